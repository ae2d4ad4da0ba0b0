//! TODO

use super::super::document::Node;
use super::super::{Context, Kind, Reader};

pub(super) const READER: Reader = Reader { kind: Kind::Bentoml, fits, read };

fn fits(_document: Node<'_>) -> bool {
    false
}

fn read(_documents: &[Node<'_>], _context: &mut Context<'_>) {}

/// Reads `[tool.bentoml]` of a `pyproject.toml`.
pub(super) fn read_project(_text: &str, _reading: &mut super::super::Reading) -> bool {
    false
}
