//! Edits, made: those that can be made together, and of those only what leaves a text that can be read.

use std::collections::BTreeSet;

use crate::finding::{Edit, Fix, Safety};
use crate::syntax::edit::apply;
use crate::syntax::{Limits, load};

/// How often a text is read to find out which of its fixes do harm: each time costs as much as the text is long. What was not tried
/// is not made.
const TRIES: usize = 200;

/// A text with some fixes made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    pub text: String,
    /// What was done, in the order of the text; what several findings ask for alike, once.
    pub done: Vec<String>,
}

/// Makes fixes of one text; those that overlap an earlier one are left for another time, and those after which the
/// text could no longer be read are not made. None where nothing was done.
pub fn fix(text: &str, fixes: &[&Fix], most: Safety, limits: &Limits) -> Option<Fixed> {
    let mut chosen: Vec<&Fix> = Vec::new();
    let mut taken: BTreeSet<(u32, u32)> = BTreeSet::new();
    let mut sorted: Vec<&Fix> = fixes.iter().copied().filter(|fix| fix.safety <= most && !fix.edits.is_empty()).collect();
    sorted.sort_by(|a, b| a.edits.cmp(&b.edits).then(a.title.cmp(&b.title)));
    sorted.dedup();
    for fix in sorted {
        if fix.edits.iter().all(|edit| free(&taken, edit)) {
            taken.extend(fix.edits.iter().map(|edit| (edit.span.start, edit.span.end)));
            chosen.push(fix);
        }
    }
    let sound = |text: &str| load(text.as_bytes().to_vec(), limits).faults.len();
    let before = sound(text);
    let made = |fixes: &[&Fix]| apply(text, fixes.iter().flat_map(|fix| &fix.edits));
    let mut new = made(&chosen);
    if sound(&new) > before {
        // Some of them does harm: keep the others.
        let mut kept: Vec<&Fix> = Vec::new();
        let mut tries = 0;
        let mut left = vec![chosen.as_slice()];
        while let Some(some) = left.pop().filter(|_| tries < TRIES) {
            tries += 1;
            let before_some = kept.len();
            kept.extend(some);
            if sound(&made(&kept)) > before {
                kept.truncate(before_some);
                if some.len() > 1 {
                    let (first, second) = some.split_at(some.len() / 2);
                    left.extend([second, first]);
                }
            }
        }
        chosen = kept;
        new = made(&chosen);
    }
    (new != text).then(|| Fixed { text: new, done: chosen.iter().map(|fix| fix.title.clone()).collect() })
}

/// Whether an edit gets in the way of none that is taken: spans do not overlap. Insertions in one place come in the order of
/// their texts. Those that are taken do not overlap each other either, so that the last that begins before this one ends tells.
fn free(taken: &BTreeSet<(u32, u32)>, edit: &Edit) -> bool {
    taken.range(..(edit.span.end, 0)).next_back().is_none_or(|(_, end)| *end <= edit.span.start)
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
    fn what_several_ask_for_is_done_once() {
        let text = "a: b\nc: d\n";
        let one = replace(text, "b", "x");
        let fixed = fix(text, &[&one, &one.clone(), &one], Safety::Safe, &Limits::default()).expect("something to do");
        assert_eq!((fixed.text.as_str(), fixed.done.len()), ("a: x\nc: d\n", 1));
    }

    #[test]
    fn the_few_that_do_harm_are_found_among_many() {
        let lines: Vec<String> = (0..2_000).map(|at| format!("k{at:04}: v{at:04}\n")).collect();
        let text = lines.concat();
        let with = |at: usize| if at % 400 == 7 { "[".to_owned() } else { format!("w{at:04}") };
        let fixes: Vec<Fix> = (0..2_000)
            .map(|at| Fix {
                title: format!("{at}"),
                safety: Safety::Safe,
                edits: vec![Edit { span: Span::new(at * 13 + 7, at * 13 + 12), text: with(at) }],
            })
            .collect();
        let fixed = fix(&text, &fixes.iter().collect::<Vec<_>>(), Safety::Safe, &Limits::default()).expect("something to do");
        assert_eq!(fixed.done.len(), 1_995);
        assert!(fixed.text.contains("k0006: w0006\nk0007: v0007\nk0008: w0008\n"));
    }

    #[test]
    fn an_unsafe_edit_waits_for_consent() {
        let text = "a: b\n";
        let unsafe_fix = Fix { safety: Safety::Unsafe, ..replace(text, "b", "c") };
        assert_eq!(fix(text, &[&unsafe_fix], Safety::Safe, &Limits::default()), None);
        assert!(fix(text, &[&unsafe_fix], Safety::Unsafe, &Limits::default()).is_some());
    }
}
