//! Why a value does not fit a type, as a fault with what is to be done.

use std::fmt;

use serde::de;

use super::MEANT;
use crate::finding::{Edit, Fault, Fix, Safety};
use crate::span::Span;
use crate::spelling;

/// Why a value does not fit. The fault carries no place until it is recorded; it is boxed because
/// results are moved often.
#[derive(Debug)]
pub struct Error(pub(super) Box<Fault>);

impl Error {
    pub(super) fn new(fault: Fault) -> Self {
        Self(Box::new(fault))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    /// Leaf types refuse a text by this: a date or quantity that does not parse.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        let (message, meant) =
            message.split_once(MEANT).map_or((message.as_str(), None), |(message, meant)| (message, Some(meant)));
        // What is to be done stands last; the text that is refused may have anything in it.
        let fault = match message.rsplit_once("; ") {
            Some((message, help)) => Fault::new("E007", message).help(help),
            None => Fault::new("E007", message),
        };
        Self::new(match meant {
            Some(meant) => fault.fix(instead(meant, Safety::Safe)),
            None => fault,
        })
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        // serde's own visitors name Rust types.
        let expected = match expected.to_string().as_str() {
            "f64" | "f32" => "a number".to_owned(),
            "a string" | "a borrowed string" => "a text".to_owned(),
            "a sequence" => "a list".to_owned(),
            other => other.to_owned(),
        };
        Self::new(Fault::new("E003", format!("expected {expected}, found {}", Found(found))))
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Fault::new("E003", format!("`{field}` is missing")))
    }
}

/// Writes another text in place of a value whose place is not known yet.
pub(super) fn instead(text: &str, safety: Safety) -> Fix {
    let edit = Edit { span: Span::default(), text: text.to_owned() };
    Fix { title: format!("write `{text}`"), safety, edits: vec![edit] }
}

/// Whether a near word is beyond doubt.
pub(super) fn safety(word: &str, near: &str, known: &[&str]) -> Safety {
    if spelling::is_sure(word, near, known.iter().copied()) { Safety::Safe } else { Safety::Unsafe }
}

struct Found<'a>(de::Unexpected<'a>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            de::Unexpected::Str(text) => write!(f, "the text `{}`", text.chars().take(60).collect::<String>()),
            de::Unexpected::Bool(value) => write!(f, "`{value}`"),
            de::Unexpected::Signed(value) => write!(f, "the number {value}"),
            de::Unexpected::Unsigned(value) => write!(f, "the number {value}"),
            de::Unexpected::Float(value) => write!(f, "the number {value}"),
            de::Unexpected::Unit => f.write_str("nothing"),
            de::Unexpected::Seq => f.write_str("a list"),
            de::Unexpected::Map => f.write_str("a mapping"),
            other => write!(f, "{other}"),
        }
    }
}
