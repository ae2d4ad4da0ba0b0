//! A value of YAML or of TOML alike: what a build of BentoML says may stand in either.

use super::super::super::document::Node;
use super::super::super::substitution::{Term, Variables};
use crate::span::Span;

/// A value, and where it stands with its key.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text(String),
    List(Vec<Value>),
    Table(Vec<(String, Value)>),
}

impl Value {
    /// Of a node of a YAML document. Its depth was bounded when it was parsed.
    pub(super) fn of_node(node: Node<'_>) -> Self {
        let kind = if node.is_mapping() {
            Kind::Table(node.entries().map(|(key, value)| (key.to_owned(), Self::of_node(value))).collect())
        } else if node.is_list() {
            Kind::List(node.items().map(Self::of_node).collect())
        } else {
            Kind::Text(node.text().unwrap_or_default().to_owned())
        };
        Self { kind, span: node.span() }
    }

    /// Of a value in TOML, which stands under a key that begins at an offset.
    pub(super) fn of_toml(value: &toml_span::Value<'_>, key: Option<usize>) -> Self {
        let kind = if let Some(table) = value.as_table() {
            let mut entries: Vec<(usize, String, Self)> = table
                .iter()
                .map(|(key, value)| (key.span.start, key.name.to_string(), Self::of_toml(value, Some(key.span.start))))
                .collect();
            // In the order in which they are written.
            entries.sort_by_key(|(start, ..)| *start);
            Kind::Table(entries.into_iter().map(|(_, name, value)| (name, value)).collect())
        } else if let Some(list) = value.as_array() {
            Kind::List(list.iter().map(|item| Self::of_toml(item, None)).collect())
        } else {
            Kind::Text(scalar(value))
        };
        let start = key.filter(|start| *start < value.span.end).unwrap_or(value.span.start);
        // The span of a text is what stands between its quotes.
        let quote = usize::from(key.is_some() && value.as_str().is_some());
        Self { kind, span: Span::new(start, value.span.end.max(start) + quote) }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Table(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table(_))
    }

    /// The text with its expressions.
    pub(super) fn term(&self) -> Option<Term> {
        Some(Variables::default().substitute(self.text()?, self.span))
    }
}

fn scalar(value: &toml_span::Value<'_>) -> String {
    let text = value.as_str().map(str::to_owned);
    let text = text.or_else(|| value.as_integer().map(|number| number.to_string()));
    let text = text.or_else(|| value.as_float().map(|number| number.to_string()));
    text.or_else(|| value.as_bool().map(|flag| flag.to_string())).unwrap_or_default()
}
