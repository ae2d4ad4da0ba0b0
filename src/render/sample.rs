//! The report that the tests of every format render.
//!
//! It has one of each thing that a format has to show, and text that a format has to survive: a control
//! character, HTML, a link, braces, characters of several bytes, a path with a space.

use jiff::civil::date;

use crate::facts::drift::Compared;
use crate::finding::{
    BaselineState, Edit, Finding, Fix, Label, Missing, References, Role, Safety, Severity, Suppression, SuppressionKind, Verdict,
    fingerprint,
};
use crate::report::{
    Document, Evidence, EvidenceFile, Failure, File, FileRole, Outcome, Report, RuleInfo, RuleOutcome, Stale, Thresholds,
};
use crate::span::{LineIndex, Span};

/// A manifest of two documents.
pub(crate) const MANIFEST: &str = "\
# Größe und Zweck: siehe Akte
system: {id: kanzlei, stakes: significant, tasks: [drafting]}
models:
  - {id: entwurf, base: llama-3.1-8b}
datasets: # über alle Mandate
  - {id: mandate, classification: confidential}
flows:
  - {from: mandate, to: entwurf, purpose: training}
  - {from: entwurf, to: büro, purpose: answers}
oversight: {covers: unknown}
hosting: [{id: gpu-box, replicas: 1}]
---
system: {stakes: low}
";

/// A file that is no YAML.
pub(crate) const BROKEN: &str = "system: {id: helpdesk\n";

/// A message with everything in it that a format could mistake for its own.
pub(crate) const HOSTILE: &str = "\
`mandate` was trained into `entwurf`, which answers \
`büro <script>alert(1)</script>\u{1b}[31m [here](http://example.com) {0}`";

/// A report with a finding of every verdict, and a failure.
pub(crate) fn report() -> Report {
    let documents = vec![
        Document { system: Some("kanzlei".into()), owner: Some("head-of-tax".into()) },
        Document { system: None, owner: None },
    ];
    Report {
        as_of: date(2026, 11, 23),
        files: vec![file("ai models/caveat.yaml", MANIFEST, documents), file("helpdesk.caveat.yaml", BROKEN, Vec::new())],
        findings: vec![unknown(), violation(), info(), accepted(), known(), error()],
        outcomes: outcomes(),
        rules: rules(),
        failures: vec![Failure { path: "locked/caveat.yaml".into(), message: "Permission denied (os error 13)".into() }],
        stale: vec![stale()],
        evidence: Some(evidence()),
        suppressions: Vec::new(),
    }
}

fn compared() -> Compared {
    Compared {
        subject: "entwurf".into(),
        attribute: "context".into(),
        declared: "32768".into(),
        observed: "${MAX_LEN}".into(),
        file: "k8s/büro.yaml".into(),
    }
}

fn evidence() -> Evidence {
    let refused = vec![(3, "a Helm template | rendered <elsewhere>".to_owned())];
    let file = |name: &str, kinds, facts, refused| EvidenceFile {
        name: name.to_owned(),
        digest: crate::digest::sha256(name.as_bytes()),
        kinds,
        subjects: 1,
        facts,
        unresolved: 1,
        refused,
    };
    Evidence {
        files: vec![file("k8s/büro.yaml", vec!["kubernetes"], 12, Vec::new()), file("chart.yaml", Vec::new(), 0, refused)],
        confirmed: vec![compared(); 7],
        unstated: vec![compared(); 3],
        unconfirmed: vec![compared()],
    }
}

/// A report of a run in which nothing was found, nor anything to look at.
pub(crate) fn empty() -> Report {
    Report {
        as_of: date(2026, 11, 23),
        files: Vec::new(),
        findings: Vec::new(),
        outcomes: Vec::new(),
        rules: Vec::new(),
        failures: Vec::new(),
        stale: Vec::new(),
        evidence: None,
        suppressions: Vec::new(),
    }
}

fn file(name: &str, text: &str, documents: Vec<Document>) -> File {
    File {
        role: FileRole::Manifest,
        name: name.into(),
        text: text.into(),
        digest: crate::digest::sha256(text.as_bytes()),
        lines: LineIndex::new(text),
        documents,
        thresholds: Thresholds::default(),
    }
}

/// A label on the first occurrence of some text in the manifest.
fn label(role: Role, needle: &str, path: &str, text: &str) -> Label {
    Label { file: 0, span: span(needle), role, path: path.into(), text: text.into() }
}

fn span(needle: &str) -> Span {
    let start = MANIFEST.find(needle).expect("in the manifest");
    Span::new(start, start + needle.len())
}

fn unknown() -> Finding {
    let tasks = "tasks: [drafting]";
    Finding {
        rule: "HAL001".into(),
        name: "high-stakes-answers-ungrounded".into(),
        family: "hallucination".into(),
        verdict: Verdict::Unknown,
        severity: Severity::Medium,
        message: "it cannot be told whether anybody checks the answers of `kanzlei`".into(),
        labels: vec![label(Role::Primary, tasks, "system.tasks", "drafts from memory")],
        help: "Say who reviews the answers, and when.".into(),
        missing: vec![
            Missing { path: "oversight.review".into(), span: span("oversight:"), stated_unknown: false },
            Missing { path: "oversight.covers".into(), span: span("unknown"), stated_unknown: true },
        ],
        references: References::of::<&str>([("owasp_llm_2025", ["LLM09"].as_slice()), ("eu_ai_act", &["Art. 15(1)"])]),
        fingerprint: fingerprint(["kanzlei", "HAL001"]),
        document: 0,
        subject: String::new(),
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: None,
    }
}

fn violation() -> Finding {
    Finding {
        rule: "LEAK001".into(),
        name: "sensitive-data-memorised-in-shared-model".into(),
        family: "data-leakage".into(),
        verdict: Verdict::Violation,
        severity: Severity::Critical,
        message: HOSTILE.into(),
        labels: vec![
            label(Role::Primary, "{id: mandate, classification: confidential}", "datasets[0]", "confidential"),
            label(Role::Evidence, "purpose: training", "flows[0].purpose", ""),
            label(Role::Hop, "{from: mandate, to: entwurf, purpose: training}", "flows[0]", "training to `entwurf`"),
            label(Role::Hop, "{from: entwurf, to: büro, purpose: answers}", "flows[1]", "answers to `büro`"),
        ],
        help: "Keep client records out of weights.".into(),
        missing: Vec::new(),
        references: References::of::<&str>([
            ("owasp_llm_2025", ["LLM02", "LLM04"].as_slice()),
            ("cwe", &["CWE-1426", "CWE-200"]),
        ]),
        fingerprint: fingerprint(["kanzlei", "LEAK001", "mandate", "entwurf", "büro"]),
        document: 0,
        subject: "mandate, entwurf, büro".into(),
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: None,
    }
}

fn info() -> Finding {
    Finding {
        rule: "SCALE002".into(),
        name: "no-headroom".into(),
        family: "scalability".into(),
        verdict: Verdict::Info,
        severity: Severity::Low,
        message: "`gpu-box` is 93% full at today's peak".into(),
        labels: vec![label(Role::Primary, "replicas: 1", "hosting[0].replicas", "one replica")],
        help: "Add a replica before the next 1,000 users.".into(),
        missing: Vec::new(),
        references: References::default(),
        fingerprint: fingerprint(["kanzlei", "SCALE002", "gpu-box"]),
        document: 0,
        subject: "gpu-box".into(),
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: None,
    }
}

/// A finding that a comment accepts, with a fix.
fn accepted() -> Finding {
    let reason = "accepted by the board, see <minutes> | 2026-11";
    Finding {
        severity: Severity::Medium,
        verdict: Verdict::Violation,
        message: "`gpu-box` runs on one replica".into(),
        fingerprint: fingerprint(["kanzlei", "SCALE002", "gpu-box", "replicas"]),
        suppressed: Some(Suppression {
            kind: SuppressionKind::Comment,
            justification: reason.into(),
            owner: Some("it-lead".into()),
            until: Some(date(2027, 3, 31)),
            at: Some((0, span("# über alle Mandate"))),
        }),
        baseline: Some(BaselineState::New),
        fix: Some(Fix {
            title: "write `replicas: 2`".into(),
            safety: Safety::Unsafe,
            edits: vec![Edit { span: span("replicas: 1"), text: "replicas: 2".into() }],
        }),
        ..info()
    }
}

/// A finding that was there before.
fn known() -> Finding {
    Finding {
        message: "`gpu-box` has no second site".into(),
        fingerprint: fingerprint(["kanzlei", "SCALE002", "gpu-box", "site"]),
        verdict: Verdict::Violation,
        suppressed: Some(Suppression {
            kind: SuppressionKind::Baseline,
            justification: "in the baseline .caveat-baseline.json".into(),
            owner: None,
            until: None,
            at: None,
        }),
        baseline: Some(BaselineState::Unchanged),
        ..info()
    }
}

fn stale() -> Stale {
    Stale {
        manifest: "ai models/caveat.yaml".into(),
        rule: "COST001".into(),
        subject: String::new(),
        fingerprint: fingerprint(["kanzlei", "COST001"]),
        message: "the budget is | exceeded".into(),
    }
}

fn error() -> Finding {
    let open = BROKEN.find('{').expect("in the file");
    Finding {
        rule: "E009".into(),
        name: "invalid-syntax".into(),
        family: "manifest".into(),
        verdict: Verdict::Error,
        severity: Severity::High,
        message: "this mapping is never closed".into(),
        labels: vec![Label {
            file: 1,
            span: Span::new(open, BROKEN.len()),
            role: Role::Primary,
            path: String::new(),
            text: "opened here".into(),
        }],
        help: "".into(),
        missing: Vec::new(),
        references: References::default(),
        fingerprint: fingerprint(["helpdesk.caveat.yaml", "E009"]),
        document: 0,
        subject: String::new(),
        about: Vec::new(),
        attached_to: None,
        suppressed: None,
        baseline: None,
        fix: None,
    }
}

fn outcomes() -> Vec<RuleOutcome> {
    [
        (0, "HAL001", "", Outcome::Unknown),
        (0, "LEAK001", "mandate, entwurf, büro", Outcome::Violation),
        (0, "SCALE002", "gpu-box", Outcome::Passed),
        (1, "HAL001", "", Outcome::NotApplicable),
        (1, "LEAK001", "", Outcome::Passed),
    ]
    .map(|(document, rule, subject, outcome)| RuleOutcome {
        file: 0,
        document,
        rule: rule.into(),
        subject: subject.into(),
        outcome,
    })
    .into()
}

fn rules() -> Vec<RuleInfo> {
    [error(), unknown(), violation(), info()]
        .map(|finding| RuleInfo {
            severity: if finding.verdict == Verdict::Unknown { Severity::High } else { finding.severity },
            summary: format!("What {} finds.", finding.rule).into(),
            help: format!("What to do about {}.", finding.rule).into(),
            page: format!("# {}\n\nWhy, with an example: `{{id: a}}`.\n", finding.rule),
            code: finding.rule,
            name: finding.name,
            family: finding.family,
            references: finding.references,
        })
        .into()
}
