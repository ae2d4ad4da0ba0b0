//! Environment files: `NAME=value` and nothing else. Names become facts; values never do, whatever they are.

use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::launch::{goes_elsewhere, is_credential, names_credential};
use super::super::substitution::{Term, Variables, is_placeholder};
use super::super::{Kind, Reading};
use crate::knowledge::vendors;
use crate::span::Span;

/// A variable that is set: its name with its place, and its value, which stays here.
struct Setting<'t> {
    name: &'t str,
    value: &'t str,
    span: Span,
}

/// Reads a text as an environment file. False where it is none, or none that concerns models.
pub(super) fn read(text: &str, reading: &mut Reading) -> bool {
    let name = reading.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let named = name.starts_with(".env") || name.split('.').skip(1).any(|part| part == "env");
    let Some(settings) = settings(text, named) else { return false };
    if !named && (settings.is_empty() || !settings.iter().any(|setting| speaks_of_models(setting.name))) {
        return false;
    }
    reading.is(Kind::Env);
    let mut subject = Subject::new(SubjectKind::Client, name, settings.first().map_or(Span::default(), |first| first.span));
    let mut variables = Variables::default();
    for setting in &settings {
        variables.set(setting.name, Term::literal(setting.value, setting.span));
    }
    let elsewhere: Vec<&str> =
        vendors::VENDORS.iter().filter(|vendor| goes_elsewhere(vendor, &variables)).map(|vendor| vendor.id).collect();
    for setting in &settings {
        note(&mut subject, setting, &elsewhere);
    }
    if !subject.facts.is_empty() {
        reading.subjects.push(subject);
    }
    true
}

fn note(subject: &mut Subject, setting: &Setting<'_>, elsewhere: &[&str]) {
    if !is_credential(setting.value) {
        return;
    }
    if let Some(vendor) = vendors::of_variable(setting.name).filter(|vendor| !elsewhere.contains(&vendor.id)) {
        subject.inferred(Attribute::Vendor, vendor.id, setting.name, setting.span);
    }
    let expression =
        setting.value.contains('$') && Variables::default().substitute(setting.value, setting.span).standing != Standing::Literal;
    let file = ["_FILE", "_PATH", "_URL"].iter().any(|end| setting.name.ends_with(end));
    if names_credential(setting.name) && !file && !expression && !stands_for_another(setting.value) {
        // Each stands at a place of its own.
        subject.facts.push(Fact {
            attribute: Attribute::Secrets,
            value: Some(Content::from("source")),
            written: setting.name.to_owned(),
            standing: Standing::Literal,
            span: setting.span,
        });
    }
}

/// Whether a value is there to be replaced.
fn stands_for_another(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    is_placeholder(value)
        || ["...", "***", "xxx", "your", "example", "change", "replace", "insert", "here"].iter().any(|word| lower.contains(word))
}

/// The variables of a text, if it is nothing but variables and comments. Files that are not named as such may not have
/// what shells, property files and TOML have as well: spaces around `=`, names in small letters.
fn settings(text: &str, named: bool) -> Option<Vec<Setting<'_>>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut open: Option<char> = None;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let trimmed = line.trim();
        if let Some(quote) = open {
            if trimmed.ends_with(quote) {
                open = None;
            }
            continue;
        }
        if trimmed.is_empty() || (trimmed.starts_with('#') && !trimmed.starts_with("#!")) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let (setting, export) = match trimmed.strip_prefix("export ") {
            Some(rest) => (rest.trim_start(), trimmed.len() - rest.trim_start().len()),
            None => (trimmed, 0),
        };
        let (name, value) = setting.split_once('=')?;
        let spaced = name.ends_with(' ') || value.starts_with(' ');
        let name = name.trim_end();
        let small = name.chars().any(|c| c.is_ascii_lowercase());
        if !is_name(name) || (!named && (spaced || small)) {
            return None;
        }
        let value = value.trim();
        open = value.chars().next().filter(|quote| matches!(quote, '"' | '\'') && !value[1..].contains(*quote));
        let begin = at + indent + export;
        found.push(Setting { name, value: plain(value), span: Span::new(begin, begin + name.len()) });
    }
    Some(found)
}

/// A value without its quotes and the comment behind it.
fn plain(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or(rest);
        }
    }
    if value.starts_with('#') {
        return "";
    }
    value.split_once(" #").map_or(value, |(value, _)| value).trim_end()
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a name speaks of models, of tokens of the Hub, or of a vendor.
fn speaks_of_models(name: &str) -> bool {
    let words = [
        "LLM",
        "MODEL",
        "HF",
        "HUGGINGFACE",
        "HUGGING",
        "OLLAMA",
        "VLLM",
        "LITELLM",
        "OPENAI",
        "ANTHROPIC",
        "LANGFUSE",
        "LANGSMITH",
        "EMBEDDING",
        "INFERENCE",
        "NIM",
        "TGI",
        "SGLANG",
    ];
    vendors::of_variable(name).is_some() || name.split('_').any(|part| words.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::super::facts;

    #[test]
    fn names_are_kept_and_values_are_not() {
        let text = "\
# keys
OPENAI_API_KEY=sk-abc
export ANTHROPIC_API_KEY=\"your-key-here\"
GROQ_API_KEY=
MISTRAL_API_KEY=m1
MISTRAL_API_BASE=http://vllm:8000
HF_TOKEN=hf_x # mine
PUBLIC_KEY=x
MODEL=a/b
";
        let found = facts("deploy/.env", text);
        insta::assert_snapshot!(found, @r"
        client .env
          vendor openai inferred
          secrets source literal
          vendor anthropic inferred
          secrets source literal
          secrets source literal
        ");
        assert!(!["sk-abc", "hf_x", "m1", "vllm"].iter().any(|value| found.contains(value)));
    }

    #[test]
    fn a_name_does_not_have_to_say_what_it_is() {
        insta::assert_snapshot!(facts("settings", "OPENAI_API_KEY=sk-abc\nLONG='a\nb'\n"), @r"
        client settings
          vendor openai inferred
          secrets source literal
        ");
    }

    #[test]
    fn what_only_looks_alike_is_none() {
        let texts = [
            "#!/bin/sh\nOPENAI_API_KEY=a\n",
            "OPENAI_API_KEY=a\npython app.py\n",
            "[default]\nOPENAI_API_KEY=a\n",
            "openai_api_key=a\n",
            "OPENAI_API_KEY = \"a\"\n",
            "PATH=/bin\nHOME=/root\n",
            "",
        ];
        for text in texts {
            assert_eq!(facts("file", text), "", "{text}");
        }
    }
}
