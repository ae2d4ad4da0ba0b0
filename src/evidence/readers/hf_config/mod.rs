//! TODO

use super::super::document::Node;
use super::super::{Context, Kind, Reader};

pub(super) const READER: Reader = Reader { kind: Kind::HfConfig, fits, read };

fn fits(_document: Node<'_>) -> bool {
    false
}

fn read(_documents: &[Node<'_>], _context: &mut Context<'_>) {}
