//! Texts that are made of many pieces, each of which takes its time.

use rayon::prelude::*;

/// Findings above which their pieces are made in parallel: starting threads costs more than a few excerpts do.
pub(super) const FINDINGS: usize = 256;
/// The same of files.
pub(super) const FILES: usize = 8;

/// The pieces of all of these, in their order, made in parallel where there are more than so many.
pub(super) fn all<T: Sync>(of: &[T], many: usize, piece: impl Fn(&T, &mut String) + Sync) -> String {
    let run = |of: &[T]| {
        let mut text = String::new();
        for one in of {
            piece(one, &mut text);
        }
        text
    };
    if of.len() <= many { run(of) } else { of.par_chunks(many / 4).map(run).collect::<Vec<_>>().concat() }
}
