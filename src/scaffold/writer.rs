//! The text of a draft: lines with their comments, questions, and values that every reader of YAML takes alike.

use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::vocabulary::Manifest;
use crate::syntax::scalar::is_control;

/// A draft that is being written.
#[derive(Debug, Default)]
pub struct Writer {
    lines: Vec<String>,
    indent: usize,
    /// Whether the next line begins an item of a list.
    item: bool,
}

impl Writer {
    /// The text.
    pub fn finish(self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }

    fn push(&mut self, text: &str) {
        let mut lead = " ".repeat(self.indent);
        if std::mem::take(&mut self.item) {
            lead.truncate(self.indent.saturating_sub(2));
            lead.push_str("- ");
        }
        self.lines.push(format!("{lead}{text}").trim_end().to_owned());
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.lines.push(String::new());
    }

    /// A comment of its own.
    pub fn comment(&mut self, text: &str) {
        let kept = std::mem::take(&mut self.item);
        self.push(&format!("# {}", one_line(text)));
        self.item = kept;
    }

    /// `key: value`, and where the value is from.
    pub fn value(&mut self, key: &str, value: &str, from: &str) {
        let from = if from.is_empty() { String::new() } else { format!("  # {}", one_line(from)) };
        self.push(&format!("{key}: {value}{from}"));
    }

    /// A key whose fields follow, indented by what `write` writes.
    pub fn section(&mut self, key: &str, write: impl FnOnce(&mut Self)) {
        self.push(&format!("{key}:"));
        self.indent += 2;
        write(self);
        self.indent -= 2;
    }

    /// An item of a list.
    pub fn entry(&mut self, write: impl FnOnce(&mut Self)) {
        self.indent += 2;
        self.item = true;
        write(self);
        self.item = false;
        self.indent -= 2;
    }

    /// An open question: the key as a comment, with its choices.
    pub fn ask(&mut self, path: &str, note: &str) {
        let kept = std::mem::take(&mut self.item);
        self.push(&format!("# {}", question(path, note)));
        self.item = kept;
    }

    /// A whole section as a question: taken out of its comment it is one.
    pub fn ask_section(&mut self, key: &str, note: &str, fields: &[&str]) {
        let note = if note.is_empty() { String::new() } else { format!("  # {note}") };
        self.push(&format!("# {key}:{note}"));
        for field in fields {
            self.push(&format!("#   {}", question(&format!("{key}.{field}"), "")));
        }
    }

    /// A list of which no entry is known, and what an entry says.
    pub fn ask_list(&mut self, key: &str, note: &str, fields: &[&str]) {
        self.value(key, "[]", note);
        for (at, field) in fields.iter().enumerate() {
            let lead = if at == 0 { "- " } else { "  " };
            self.push(&format!("#   {lead}{}", question(&format!("{key}.{field}"), "")));
        }
    }
}

fn question(path: &str, note: &str) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    let parts: Vec<String> = [one_line(note), choices(path)].into_iter().filter(|part| !part.is_empty()).collect();
    format!("{key}:  # {}", parts.join("; "))
}

/// A text on one line of a comment, whatever stands in it.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || is_control(c)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text as a value: quoted unless every reader takes it for this text.
pub fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-' | '+'))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null" | "none" | "unknown"
        );
    if plain {
        return text.to_owned();
    }
    let quoted = serde_json::Value::from(text).to_string();
    // JSON leaves what turns or hides its neighbours as it is. Beyond 16 bits YAML writes it otherwise than JSON.
    let shown = |c: char| if is_control(c) { format!("\\U{:08X}", u32::from(c)) } else { c.to_string() };
    quoted.chars().map(shown).collect()
}

/// A number as a value.
pub fn number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// What may be written for a field, as its type says: the words, else the kind of value.
pub fn choices(path: &str) -> String {
    let mut ty = Type::Record(Manifest::DESC);
    for key in path.split('.') {
        let Some(desc) = record(&ty) else { return String::new() };
        let Some((_, field)) = desc.field(key) else { return String::new() };
        ty = field.ty;
    }
    shown(&ty)
}

fn record(ty: &Type) -> Option<&'static RecordDesc> {
    match ty {
        Type::Record(desc) => Some(desc),
        Type::List(item) | Type::OneOrMany(item) => record(item),
        _ => None,
    }
}

fn shown(ty: &Type) -> String {
    match ty {
        Type::Enum(desc) => desc.words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "),
        Type::List(item) | Type::OneOrMany(item) if record(item).is_none() => format!("[…] of: {}", shown(item)),
        Type::Record(desc) => {
            let names: Vec<&str> = desc.fields.iter().map(|field| field.name).filter(|name| *name != "evidence").collect();
            format!("{{{}}}", names.join(", "))
        }
        Type::List(item) | Type::OneOrMany(item) => format!("a list of {}", shown(item)),
        other => other.to_string().replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_somebody_might_read_them_otherwise() {
        let cases = [
            ("vllm", "vllm"),
            ("hf:Qwen/Qwen3-8B", "\"hf:Qwen/Qwen3-8B\""),
            ("no", "\"no\""),
            ("12", "\"12\""),
            ("a: b", "\"a: b\""),
            ("x\ny", "\"x\\ny\""),
        ];
        for (text, expected) in cases {
            assert_eq!(scalar(text), expected);
        }
    }

    #[test]
    fn questions_show_their_choices() {
        assert_eq!(choices("system.stakes"), "negligible, limited, significant, critical");
        assert_eq!(choices("hosting.gpus.count"), "a whole number");
        assert!(choices("system.tasks").starts_with("[…] of: question_answering, "));
    }
}
