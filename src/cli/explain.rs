//! `caveat explain`.

use serde_json::json;

use super::Status;
use super::args::{ExplainArgs, PageFormat};
use super::output::{self, Failed};
use super::select::{self, Paged};
use crate::render::page;
use crate::rule::builtin;
use crate::rule::model::EngineCode;
use crate::spelling;

/// Prints the page of a rule or of an `E` code.
pub fn run(args: &ExplainArgs) -> Result<Status, Failed> {
    let rules = select::paged(&args.rules)?;
    let codes = builtin::codes();
    let is = |code: &str, name: &str| code.eq_ignore_ascii_case(&args.word) || name == args.word;
    if let Some(paged) = rules.iter().find(|(rule, _)| is(&rule.code, &rule.name)) {
        output::print(&match args.format {
            PageFormat::Text => page::rule(&paged.0, &paged.1),
            PageFormat::Json => pretty(&rule_json(paged)),
        })?;
        return Ok(Status::Clean);
    }
    if let Some(code) = codes.iter().find(|code| is(&code.code, &code.name)) {
        output::print(&match args.format {
            PageFormat::Text => page::code(code),
            PageFormat::Json => pretty(&code_json(code)),
        })?;
        return Ok(Status::Clean);
    }
    let known = rules.iter().flat_map(|(rule, _)| [rule.code.as_ref(), rule.name.as_ref()]);
    let known = known.chain(codes.iter().flat_map(|code| [code.code.as_ref(), code.name.as_ref()]));
    Err(Failed(match spelling::nearest(&args.word, known) {
        Some(near) => format!("nothing is called `{}`; did you mean `{near}`?", args.word),
        None => format!("nothing is called `{}`; `caveat rules list` shows what there is", args.word),
    }))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// A rule with everything on its page.
pub fn rule_json((rule, page): &Paged) -> serde_json::Value {
    json!({
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity,
        "summary": rule.summary,
        "help": rule.help,
        "why": page.why,
        "wrong_when": page.wrong_when,
        "conditions": page.logic.iter().map(|(key, text)| (key.to_string(), json!(text))).collect::<serde_json::Map<_, _>>(),
        "references": rule.references.iter().map(|(key, list)| (key.to_string(), json!(list))).collect::<serde_json::Map<_, _>>(),
        "examples": page.examples.iter().map(|example| json!({
            "expects": example.expects.key(),
            "manifest": example.manifest,
            "missing": example.missing,
        })).collect::<Vec<_>>(),
    })
}

fn code_json(code: &EngineCode<'_>) -> serde_json::Value {
    json!({
        "code": code.code,
        "name": code.name,
        "family": "manifest",
        "severity": code.severity,
        "summary": code.summary,
        "help": code.help,
        "why": code.page.why,
        "wrong_when": code.page.wrong_when,
        "examples": code.page.examples.iter().map(|example| json!({
            "expects": example.expects.key(),
            "manifest": example.manifest,
        })).collect::<Vec<_>>(),
    })
}
