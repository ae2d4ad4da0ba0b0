//! A line of a batch: an id, and a manifest as text or as JSON.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

/// A record as far as it could be read.
#[derive(Debug)]
pub struct Record {
    /// The line that it stands in, counted from 1.
    pub line: usize,
    /// The JSON of its id, as it was written; the number of the line where it has none. None where it could not be read.
    pub id: Option<Box<RawValue>>,
    /// The text of its manifest.
    pub text: Result<String, Refusal>,
}

/// Why a record is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// One sentence; it quotes nothing of the record.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The line is longer than a line may be.
    LineTooLong,
    /// Not UTF-8.
    NotUtf8,
    /// Not JSON.
    NotJson,
    /// JSON, and not a record.
    NotARecord,
    /// The manifest is larger than a file may be.
    ManifestTooLarge,
    /// The check itself failed.
    Internal,
}

impl RefusalKind {
    pub const ALL: [Self; 6] =
        [Self::LineTooLong, Self::NotUtf8, Self::NotJson, Self::NotARecord, Self::ManifestTooLarge, Self::Internal];

    /// The word used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LineTooLong => "line_too_long",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::NotARecord => "not_a_record",
            Self::ManifestTooLarge => "manifest_too_large",
            Self::Internal => "internal",
        }
    }
}

/// The members that are read; others may be there.
#[derive(Deserialize)]
struct Members<'l> {
    #[serde(borrow)]
    id: Option<&'l RawValue>,
    #[serde(borrow)]
    manifest: Option<&'l RawValue>,
    #[serde(borrow)]
    text: Option<&'l RawValue>,
}

impl Record {
    /// Reads a line.
    pub fn parse(line: usize, bytes: &[u8]) -> Self {
        let refused = |kind, message: String| Self { line, id: None, text: Err(Refusal { kind, message }) };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("byte {} of the line is not UTF-8", error.valid_up_to() + 1);
                return refused(RefusalKind::NotUtf8, message);
            }
        };
        let text = text.strip_prefix('\u{feff}').filter(|_| line == 1).unwrap_or(text);
        match serde_json::from_str::<Members<'_>>(text) {
            // A list with as many entries would pass for an object.
            Ok(members) if text.trim_start().starts_with('{') => members.record(line),
            Err(error) if error.classify() != Category::Data => refused(RefusalKind::NotJson, syntax(&error)),
            Err(_) if text.trim_start().starts_with('{') => {
                refused(RefusalKind::NotARecord, "`id`, `manifest` or `text` is there twice".to_owned())
            }
            _ => refused(RefusalKind::NotARecord, "the line is not a JSON object".to_owned()),
        }
    }

    /// A line that was not kept.
    pub fn too_long(line: usize, limit: usize) -> Self {
        let message = format!("the line is longer than {limit} bytes; --max-line sets the limit");
        Self { line, id: None, text: Err(Refusal { kind: RefusalKind::LineTooLong, message }) }
    }

    /// What its manifest is called: the id, without quotes where it is a text.
    pub fn name(&self) -> String {
        let id = self.id.as_ref().map(|id| id.get());
        let text = id.and_then(|id| serde_json::from_str::<String>(id).ok());
        text.or(id.map(str::to_owned)).unwrap_or_else(|| format!("line {}", self.line))
    }
}

impl Members<'_> {
    fn record(self, line: usize) -> Record {
        let id = match self.id {
            Some(id) if id.get().starts_with(['{', '[']) => {
                let message = "`id` is neither a text nor a number nor a truth value".to_owned();
                return Record { line, id: None, text: Err(Refusal { kind: RefusalKind::NotARecord, message }) };
            }
            Some(id) => Some(id.to_owned()),
            None => serde_json::value::to_raw_value(&line).ok(),
        };
        let text = self.text().map_err(|message| Refusal { kind: RefusalKind::NotARecord, message: message.to_owned() });
        Record { line, id, text }
    }

    /// The text of the manifest, of which there is exactly one.
    fn text(&self) -> Result<String, &'static str> {
        match (self.manifest, self.text) {
            (Some(manifest), None) if manifest.get().starts_with('{') => Ok(manifest.get().to_owned()),
            (Some(_), None) => Err("`manifest` is not an object; a manifest as text belongs into `text`"),
            (None, Some(text)) if text.get().starts_with('"') => {
                serde_json::from_str(text.get()).map_err(|_| "`text` holds half a surrogate pair, which is no character")
            }
            (None, Some(_)) => Err("`text` is not a text; a manifest as an object belongs into `manifest`"),
            (None, None) => Err("there is neither `manifest` nor `text`"),
            (Some(_), Some(_)) => Err("there are both `manifest` and `text`"),
        }
    }
}

/// What is wrong with the JSON of a line; the messages of the parser quote nothing.
fn syntax(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    format!("not JSON at byte {} of the line: {what}", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &[u8]) -> RefusalKind {
        Record::parse(2, line).text.expect_err("a refusal").kind
    }

    #[test]
    fn a_manifest_is_a_text_or_an_object_as_it_stands() {
        let record = Record::parse(7, br#"{"text": "system: {id: a}\n", "id": "x\u0041", "manifest": null, "team": 1}"#);
        assert_eq!(record.text.as_deref(), Ok("system: {id: a}\n"));
        assert_eq!((record.id.as_ref().map(|id| id.get()), record.name()), (Some(r#""x\u0041""#), "xA".to_owned()));
        let record = Record::parse(7, br#" {"manifest":  {"b" : 1,"b":1e999}} "#);
        assert_eq!(record.text.as_deref(), Ok(r#"{"b" : 1,"b":1e999}"#));
        assert_eq!((record.id.as_ref().map(|id| id.get()), record.name()), (Some("7"), "7".to_owned()));
    }

    #[test]
    fn an_id_is_any_scalar_and_is_not_rounded() {
        for id in ["12345678901234567890123", "-0.10", "true", "false", r#""""#] {
            let record = Record::parse(1, format!(r#"{{"id":{id},"text":""}}"#).as_bytes());
            assert_eq!(record.id.as_ref().map(|id| id.get()), Some(id));
        }
        let none = Record::parse(3, br#"{"id":null,"text":""}"#);
        assert_eq!(none.id.as_ref().map(|id| id.get()), Some("3"), "null is none");
    }

    #[test]
    fn what_is_no_record_says_why() {
        assert_eq!(kind(b"{\"text\": \"\xff\"}"), RefusalKind::NotUtf8);
        for line in ["{", "{\"text\": \"a\"} {}", "system: {id: a}", "{\"text\": \"a\tb\"}", "\u{feff}{}"] {
            assert_eq!(kind(line.as_bytes()), RefusalKind::NotJson, "{line}");
        }
        for line in [
            "{}",
            "[]",
            "3",
            "[1, {}, null]",
            r#"{"id": 1}"#,
            r#"{"text": "a", "manifest": {}}"#,
            r#"{"text": 1}"#,
            r#"{"manifest": "system: {}"}"#,
            r#"{"manifest": [{}]}"#,
            r#"{"id": {}, "text": ""}"#,
            r#"{"text": "", "text": ""}"#,
            r#"{"text": "\ud800"}"#,
        ] {
            assert_eq!(kind(line.as_bytes()), RefusalKind::NotARecord, "{line}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_id_and_quotes_nothing() {
        let record = Record::parse(1, br#"{"id": "a", "text": "hunter2", "manifest": "hunter2"}"#);
        assert_eq!(record.id.as_ref().map(|id| id.get()), Some(r#""a""#));
        assert!(!record.text.expect_err("both").message.contains("hunter2"));
        let message = Record::parse(1, br#""hunter2""#).text.expect_err("no object").message;
        assert!(!message.contains("hunter2"), "{message}");
    }
}
