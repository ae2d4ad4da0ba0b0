//! Edits of a text that keep what they are not about: comments, indentation, line ends.

use super::tree::{Kind, NodeId, Tree};
use crate::finding::Edit;
use crate::span::Span;

/// The line end that a text uses.
pub fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        Some(_) => "\n",
        None if text.contains('\r') => "\r",
        None => "\n",
    }
}

/// The start of the line that holds an offset.
pub fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// The end of the line that holds an offset, its line end included.
pub fn line_stop(text: &str, at: usize) -> usize {
    match text[at..].find(['\n', '\r']) {
        Some(end) if text[at + end..].starts_with("\r\n") => at + end + 2,
        Some(end) => at + end + 1,
        None => text.len(),
    }
}

/// Removes a comment: with its line where it stands alone, else with the blanks before it.
pub fn remove_comment(text: &str, comment: Span) -> Edit {
    let (start, end) = (comment.start as usize, comment.end as usize);
    let first = line_start(text, start);
    let before = text[first..start].trim_start_matches('\u{feff}');
    let span = if before.trim().is_empty() {
        Span::new(start - before.len(), line_stop(text, end))
    } else {
        Span::new(first + text[first..start].trim_end().len(), end)
    };
    Edit { span, text: String::new() }
}

/// Removes an element of a list: with its lines in a block, with its comma in brackets. A list that would be left
/// without elements becomes `[]`.
pub fn remove_item(tree: &Tree, item: NodeId) -> Edit {
    let text = tree.source();
    let span = tree.node(item).span;
    let gone = |span| Edit { span, text: String::new() };
    let Some(list) = tree.parent(item).filter(|list| matches!(tree.node(*list).kind, Kind::Sequence { .. })) else {
        return gone(span);
    };
    let items = tree.items(list);
    let whole = tree.node(list).span;
    if items.len() == 1 {
        // A block begins on the line below its key.
        let block = text[..whole.start as usize].trim_end().ends_with(':') && !text[whole.range()].starts_with('[');
        let start = if block { text[..whole.start as usize].trim_end().len() } else { whole.start as usize };
        let gap = if block { " " } else { "" };
        return Edit { span: Span::new(start, whole.end as usize), text: format!("{gap}[]") };
    }
    let at = items.iter().position(|other| *other == item).unwrap_or(0);
    if text[whole.range()].starts_with('[') {
        return gone(match items.get(at + 1) {
            Some(next) => Span::new(span.start as usize, tree.node(*next).span.start as usize),
            None => Span::new(tree.node(items[at - 1]).span.end as usize, span.end as usize),
        });
    }
    let dash = text[..span.start as usize].rfind('-').unwrap_or(span.start as usize);
    let first = line_start(text, dash);
    if text[first..dash].trim().is_empty() {
        return gone(Span::new(first, line_stop(text, span.end as usize)));
    }
    // The first element on the line of another dash: what follows takes its place.
    match items.get(at + 1) {
        Some(next) => {
            let next = tree.node(*next).span.start as usize;
            let next = text[..next].rfind('-').unwrap_or(next);
            gone(Span::new(dash, next))
        }
        None => gone(span),
    }
}

/// The text with edits made, from the last to the first; one that overlaps an earlier one is left out.
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort();
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if start >= at && end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end) {
            out.push_str(&text[at..start]);
            out.push_str(&edit.text);
            at = end;
        }
    }
    out.push_str(&text[at..]);
    out
}
