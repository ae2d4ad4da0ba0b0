//! Files that are known and not read, each with the reason.

use super::super::Reading;
use super::super::document::Node;

/// Why a document of a known shape is not read.
pub(crate) fn declined(_document: Node<'_>) -> Option<String> {
    None
}

/// Declines a text that no document could be read of, where it is known what it is. True where it is.
pub(crate) fn decline_text(_text: &str, _reading: &mut Reading) -> bool {
    false
}
