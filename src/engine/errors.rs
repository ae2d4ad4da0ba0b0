//! Faults of a manifest, and limits that it exceeded, as findings.

use std::borrow::Cow;

use crate::finding::{Fault, Finding, Label, References, Role, Severity, Verdict, fingerprint};
use crate::manifest::value::View;
use crate::rule::model::EngineCode;
use crate::rule::run::Site;

/// A limit that was exceeded while rules were asked.
pub(super) fn beyond(view: View<'_>, message: String, help: &str) -> Fault {
    Fault::new("E012", message).label(view.span(view.root), "this manifest").help(help).limit()
}

/// A fault of the manifest as a finding.
pub(super) fn error(fault: Fault, codes: &[EngineCode<'static>], site: Site<'_>) -> Finding {
    let code = codes.iter().find(|code| code.code == fault.code);
    let labels = fault.labels.iter().enumerate().map(|(at, (span, text))| Label {
        file: site.file,
        span: *span,
        role: if at == 0 { Role::Primary } else { Role::Evidence },
        path: if at == 0 { fault.path.to_string() } else { String::new() },
        text: text.clone(),
    });
    let document = site.document.to_string();
    Finding {
        rule: fault.code.into(),
        name: code.map_or("error".into(), |code| code.name.clone()),
        family: "manifest".into(),
        verdict: if fault.is_advice() { Verdict::Info } else { Verdict::Error },
        severity: code.map_or(Severity::High, |code| code.severity),
        labels: labels.collect(),
        fingerprint: fingerprint([site.key, &document, fault.code, &fault.message]),
        help: fault.help.map(Cow::Owned).or_else(|| code.map(|code| code.help.clone())).unwrap_or_default(),
        message: fault.message,
        missing: Vec::new(),
        references: References::default(),
        document: site.document,
        subject: fault.path.into(),
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: fault.fix.map(|fix| *fix),
    }
}
