//! Edits, made: those that can be made together, and of those only what leaves a text that can be read.

use crate::finding::{Edit, Fix, Safety};
use crate::syntax::edit::apply;
use crate::syntax::{Limits, load};

/// A text with some fixes made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    pub text: String,
    /// What was done, in the order of the text.
    pub done: Vec<String>,
}

/// Makes fixes of one text; those that overlap an earlier one are left for another time, and those after which the
/// text could no longer be read are not made. None where nothing was done.
pub fn fix(text: &str, fixes: &[&Fix], most: Safety, limits: &Limits) -> Option<Fixed> {
    let mut chosen: Vec<&Fix> = Vec::new();
    let mut taken: Vec<Edit> = Vec::new();
    let mut sorted: Vec<&Fix> = fixes.iter().copied().filter(|fix| fix.safety <= most && !fix.edits.is_empty()).collect();
    sorted.sort_by(|a, b| a.edits.cmp(&b.edits).then(a.title.cmp(&b.title)));
    for fix in sorted {
        let free = fix.edits.iter().all(|edit| taken.iter().all(|other| apart(edit, other)));
        if free {
            taken.extend(fix.edits.iter().cloned());
            chosen.push(fix);
        }
    }
    let sound = |text: &str| load(text.as_bytes().to_vec(), limits).faults.len();
    let before = sound(text);
    let made = |fixes: &[&Fix]| apply(text, fixes.iter().flat_map(|fix| &fix.edits));
    let mut new = made(&chosen);
    if sound(&new) > before {
        // Some of them does harm: keep those that do none, one after the other.
        let mut kept: Vec<&Fix> = Vec::new();
        for fix in chosen {
            kept.push(fix);
            if sound(&made(&kept)) > before {
                kept.pop();
            }
        }
        chosen = kept;
        new = made(&chosen);
    }
    (new != text).then(|| Fixed { text: new, done: chosen.iter().map(|fix| fix.title.clone()).collect() })
}

/// Whether two edits do not get in each other's way: they are apart, or the same insertion. Insertions in one place come
/// in the order of their texts.
fn apart(a: &Edit, b: &Edit) -> bool {
    let apart = a.span.end <= b.span.start || b.span.end <= a.span.start;
    apart && (a != b || a.span.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn replace(text: &str, what: &str, with: &str) -> Fix {
        let start = text.find(what).expect("in the text");
        let edits = vec![Edit { span: Span::new(start, start + what.len()), text: with.to_owned() }];
        Fix { title: format!("{what} to {with}"), safety: Safety::Safe, edits }
    }

    #[test]
    fn overlapping_edits_wait_for_their_turn() {
        let text = "a: bcd # note\r\ne: f\r\n";
        let fixes = [replace(text, "bc", "x"), replace(text, "cd", "y"), replace(text, "f", "g")];
        let fixed = fix(text, &fixes.iter().collect::<Vec<_>>(), Safety::Safe, &Limits::default()).expect("something to do");
        assert_eq!(fixed.text, "a: xd # note\r\ne: g\r\n");
        assert_eq!(fixed.done, ["bc to x", "f to g"]);
    }

    #[test]
    fn an_edit_that_breaks_the_text_is_not_made() {
        let text = "a: b\nc: d\n";
        let fixes = [replace(text, "b", "[x"), replace(text, "d", "e")];
        let fixed = fix(text, &fixes.iter().collect::<Vec<_>>(), Safety::Safe, &Limits::default()).expect("something to do");
        assert_eq!(fixed.text, "a: b\nc: e\n");
    }

    #[test]
    fn an_unsafe_edit_waits_for_consent() {
        let text = "a: b\n";
        let unsafe_fix = Fix { safety: Safety::Unsafe, ..replace(text, "b", "c") };
        assert_eq!(fix(text, &[&unsafe_fix], Safety::Safe, &Limits::default()), None);
        assert!(fix(text, &[&unsafe_fix], Safety::Unsafe, &Limits::default()).is_some());
    }
}
