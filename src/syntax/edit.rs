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
pub fn remove_item(tree: &Tree, item: NodeId) -> Vec<Edit> {
    let text = tree.source();
    let span = tree.node(item).span;
    let gone = |span| Edit { span, text: String::new() };
    let Some(list) = tree.parent(item).filter(|list| matches!(tree.node(*list).kind, Kind::Sequence { .. })) else {
        return vec![gone(span)];
    };
    let items = tree.items(list);
    let whole = tree.node(list).span;
    // The key is written as it is, so that two removals from one list get in each other's way: what is left of the list
    // is known after the first.
    let key = tree.key_of(list).map(|key| tree.node(key).span);
    let same = key.map(|span| Edit { span, text: text[span.range()].to_owned() });
    let edit = if text[whole.range()].starts_with('[') {
        let at = items.iter().position(|other| *other == item).unwrap_or(0);
        match items.get(at + 1) {
            _ if items.len() == 1 => Edit { span: whole, text: "[]".to_owned() },
            Some(next) => gone(Span::new(span.start as usize, tree.node(*next).span.start as usize)),
            None => gone(Span::new(tree.node(items[at - 1]).span.end as usize, span.end as usize)),
        }
    } else {
        let dash = text[..span.start as usize].rfind('-').unwrap_or(span.start as usize);
        let first = line_start(text, dash);
        let alone = text[first..dash].trim().is_empty();
        gone(if alone { Span::new(first, line_stop(text, span.end as usize)) } else { Span::new(dash, span.end as usize) })
    };
    let colon = key.and_then(|key| text[key.end as usize..].find(':').map(|at| key.end as usize + at + 1));
    match colon {
        // Beside the key, since a block without elements says nothing.
        Some(colon) if items.len() == 1 && edit.text.is_empty() => {
            vec![Edit { span: Span::at(colon), text: " []".to_owned() }, edit]
        }
        _ => same.into_iter().chain([edit]).collect(),
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
