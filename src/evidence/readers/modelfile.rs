//! Modelfiles of Ollama: what `ollama create` makes a model of, and with which settings it is run.
//!
//! The format is line by line: an instruction, whatever its case, and its value, which may be a text in quotes over
//! several lines. A Dockerfile looks alike; one instruction that Ollama does not know and the file is none of ours.

use super::super::fact::{Attribute, Subject, SubjectKind};
use super::super::names;
use super::super::substitution::{Term, Variables};
use super::super::{Kind, Reading};
use crate::span::Span;

/// The instructions that Ollama accepts.
const KNOWN: &[&str] =
    &["from", "adapter", "draft", "license", "message", "parameter", "parser", "renderer", "requires", "system", "template"];

/// One instruction.
#[derive(Debug)]
struct Instruction<'t> {
    /// In lower case.
    word: String,
    /// Without quotes.
    value: &'t str,
    /// Its first line.
    span: Span,
}

pub(super) fn read(text: &str, reading: &mut Reading) -> bool {
    let Some(instructions) = instructions(text) else { return false };
    let Some(first) = instructions.iter().find(|instruction| instruction.word == "from") else { return false };
    let mut subject = Subject::new(SubjectKind::Server, "", first.span);
    subject.inferred(Attribute::Engine, "ollama", "Modelfile", first.span);
    for instruction in &instructions {
        note(&mut subject, instruction);
    }
    reading.is(Kind::Modelfile);
    reading.subjects.push(subject);
    true
}

fn note(subject: &mut Subject, instruction: &Instruction<'_>) {
    let term = Variables::default().substitute(instruction.value, instruction.span);
    match instruction.word.as_str() {
        "from" if !is_projector(instruction.value) => note_model(subject, &term),
        "adapter" => term.note_text(subject, Attribute::Adapter),
        "system" if !instruction.value.trim().is_empty() => {
            subject.literal(Attribute::SystemPrompt, true, instruction.span);
        }
        "message" => {
            let (role, message) = instruction.value.split_once(char::is_whitespace).unwrap_or_default();
            if role.eq_ignore_ascii_case("system") && !message.trim().is_empty() {
                subject.literal(Attribute::SystemPrompt, true, instruction.span);
            }
        }
        "parameter" => {
            let (name, value) = instruction.value.split_once(char::is_whitespace).unwrap_or_default();
            if name.eq_ignore_ascii_case("num_ctx") {
                Variables::default().substitute(value.trim(), instruction.span).note_number(subject, Attribute::Context);
            }
        }
        "license" => note_license(subject, instruction),
        _ => {}
    }
}

fn note_model(subject: &mut Subject, term: &Term) {
    names::note(subject, term);
    // Models with this tag are answered by the maker's servers, though they are asked through the local one.
    let tag = term.value().and_then(|text| text.rsplit_once(':')).map_or("", |(_, tag)| tag);
    if tag == "cloud" || tag.ends_with("-cloud") {
        subject.inferred(Attribute::Vendor, "ollama-cloud", term.text.clone(), term.span);
    }
}

/// Whether a file is the part of a model that reads images: it stands beside the model.
fn is_projector(path: &str) -> bool {
    path.rsplit(['/', '\\']).next().is_some_and(|file| file.to_ascii_lowercase().contains("mmproj"))
}

/// Licences are often given in full: the first line tells which one it is.
fn note_license(subject: &mut Subject, instruction: &Instruction<'_>) {
    let text = instruction.value.trim();
    if !text.is_empty() && text.len() <= 64 && !text.contains(char::is_whitespace) {
        Variables::default().substitute(text, instruction.span).note_text(subject, Attribute::License);
        return;
    }
    let Some(first) = text.lines().map(str::trim).find(|line| !line.is_empty()) else { return };
    let lower = first.to_ascii_lowercase();
    if let Some((_, tag)) = LICENCES.iter().find(|(title, _)| lower.contains(title)) {
        subject.inferred(Attribute::License, *tag, first, instruction.span);
    }
}

/// Titles of licences, and the tags that the Hub has for them.
const LICENCES: [(&str, &str); 15] = [
    ("apache license", "apache-2.0"),
    ("mit license", "mit"),
    ("llama 2 community license", "llama2"),
    ("llama 3 community license", "llama3"),
    ("llama 3.1 community license", "llama3.1"),
    ("llama 3.2 community license", "llama3.2"),
    ("llama 3.3 community license", "llama3.3"),
    ("llama 4 community license", "llama4"),
    ("gemma terms of use", "gemma"),
    ("tongyi qianwen license", "tongyi-qianwen"),
    ("qwen research license", "qwen-research"),
    ("qwen license", "qwen"),
    ("deepseek license", "deepseek"),
    ("mistral ai research license", "mrl"),
    ("attribution-noncommercial 4.0", "cc-by-nc-4.0"),
];

/// The instructions of a Modelfile; none where a line is not one, or where what stands after FROM is no model.
fn instructions(text: &str) -> Option<Vec<Instruction<'_>>> {
    let mut found = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let end = line_end(text, at);
        let line = text[at..end].trim();
        if line.is_empty() || line.starts_with('#') {
            at = end + 1;
            continue;
        }
        let start = at + (text[at..end].len() - text[at..end].trim_start().len());
        let length = line.find(char::is_whitespace)?;
        let word = line[..length].to_ascii_lowercase();
        if !KNOWN.contains(&word.as_str()) {
            return None;
        }
        let (value, next) = value(text, start + length)?;
        if word == "from" && !names_model(value, text[start + length..end].trim()) {
            return None;
        }
        found.push(Instruction { word, value, span: Span::new(start, start + line.len()) });
        at = next;
    }
    Some(found)
}

/// Whether what stands after FROM can be a model: one word, a text in quotes or a path. `AS` and `import` make it
/// another language's.
fn names_model(value: &str, written: &str) -> bool {
    let value = value.trim();
    let is_path =
        value.starts_with(['/', '.', '~', '\\']) || value.get(1..3).is_some_and(|drive| drive == ":\\" || drive == ":/");
    let aliased = value.contains(" AS ") || value.contains(" as ") || value.contains(" import ");
    !value.is_empty()
        && value != "scratch"
        && !value.starts_with("--")
        && (written.starts_with('"') || !value.contains(char::is_whitespace) || (is_path && !aliased))
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |length| from + length)
}

/// The value of an instruction, and where the next line begins. Texts in quotes end where their quotes do; none where
/// they never do.
fn value(text: &str, from: usize) -> Option<(&str, usize)> {
    let end = line_end(text, from);
    let line = &text[from..end];
    // A parameter and a message have a word of their own before a value in quotes.
    let open = line.find('"').filter(|open| line[..*open].split_whitespace().count() <= 1);
    let Some(open) = open else { return Some((line.trim(), end + 1)) };
    let quotes = if line[open..].starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let inner = from + open + quotes.len();
    // Quotes close where nothing stands after them on their line.
    let mut search = inner;
    while let Some(close) = text[search..].find(quotes).map(|close| search + close) {
        let after = close + quotes.len();
        let rest = text[after..].trim_start_matches([' ', '\t', '\r']);
        if rest.is_empty() || rest.starts_with('\n') {
            let lead = line[..open].trim();
            let value = if lead.is_empty() { &text[inner..close] } else { text[from..close].trim() };
            return Some((value, text.len() - rest.len() + 1));
        }
        search = close + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_modelfile_is_read_line_by_line() {
        let text = "# FROM commented/out\n\
            from hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M\n\
            FROM /models/mmproj-F16.gguf\n\
            ADAPTER ./lora.gguf\n\
            PARAMETER num_ctx 8192\n\
            PARAMETER num_predict 100\n\
            SYSTEM \"\"\"You are\nFROM nowhere\n\"\"\"\n\
            LICENSE \"\"\"\n  LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nand so on\n\"\"\"\n\
            LICENSE MIT\n";
        insta::assert_snapshot!(facts("Modelfile", text), @r"
        server 
          engine ollama inferred
          model unsloth/Qwen3-8B-GGUF literal
          quantization q4_k_m literal
          weight_format gguf inferred
          adapter ./lora.gguf literal
          context 8192 literal
          system_prompt true literal
          license llama3.1 inferred
          license MIT literal
        ");
    }

    #[test]
    fn models_are_named_in_many_ways() {
        let model = |from: &str| facts("Modelfile", &format!("FROM {from}\n")).lines().skip(2).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(model("\"C:\\my models\\a-Q8_0.gguf\""), @r"
          model C:\my models\a-Q8_0.gguf literal
          quantization q8_0 literal
          weight_format gguf inferred
        ");
        insta::assert_snapshot!(model("~/.cache/huggingface/hub/models--org--name/snapshots/0123abcd/name.gguf"), @r"
          model org/name literal
          revision 0123abcd literal
          weight_format gguf inferred
        ");
        insta::assert_snapshot!(model("my-model"), @"  model my-model literal");
        insta::assert_snapshot!(model("${BASE}"), @"  model ${BASE} unresolved");
        insta::assert_snapshot!(model("gpt-oss:120b-cloud"), @r"
          model gpt-oss:120b-cloud literal
          vendor ollama-cloud inferred
        ");
    }

    #[test]
    fn what_other_languages_write_is_not_claimed() {
        for text in [
            "FROM ubuntu:22.04\nRUN apt-get update\n",
            "FROM golang AS build\n",
            "FROM --platform=linux/amd64 alpine\n",
            "from os import path\n",
            "From me to you\n",
            "PARAMETER num_ctx 10\n",
            "FROM a\nSYSTEM \"\"\"never closed\n",
            "FROM",
            "FROM \"",
            "",
        ] {
            assert_eq!(facts("Modelfile", text), "", "{text}");
        }
    }
}
