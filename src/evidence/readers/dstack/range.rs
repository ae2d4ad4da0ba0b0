//! Ranges as dstack writes them: `4`, `1..4`, `2..`, `..4`, `{min: 1, max: 4}`.

use super::super::super::document::Node;

/// A number, or what lies between two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) least: Option<f64>,
    pub(super) most: Option<f64>,
}

impl Range {
    pub(super) fn of(node: Node<'_>) -> Option<Self> {
        if node.is_mapping() {
            let bound = |key: &str| node.get(key).and_then(Node::number);
            return Some(Self { least: bound("min"), most: bound("max") });
        }
        Self::parse(node.text()?)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let Some((least, most)) = text.split_once("..") else {
            let both = Some(number(text)?);
            return Some(Self { least: both, most: both });
        };
        let bound = |text: &str| if text.trim().is_empty() { Some(None) } else { number(text).map(Some) };
        Some(Self { least: bound(least)?, most: bound(most)? })
    }

    /// The number, where there is only one.
    pub(super) fn exact(self) -> Option<f64> {
        self.least.filter(|least| self.most.is_some_and(|most| most.to_bits() == least.to_bits()))
    }
}
