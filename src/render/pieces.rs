//! Texts that are made of many pieces, each of which takes its time.

use rayon::prelude::*;

/// Pieces above which they are made in parallel: starting threads costs more than a few excerpts do.
const PARALLEL: usize = 256;

/// The pieces of all of these, in their order.
pub(super) fn all<T: Sync>(of: &[T], piece: impl Fn(&T, &mut String) + Sync) -> String {
    let run = |of: &[T]| {
        let mut text = String::new();
        for one in of {
            piece(one, &mut text);
        }
        text
    };
    if of.len() <= PARALLEL { run(of) } else { of.par_chunks(PARALLEL / 4).map(run).collect::<Vec<_>>().concat() }
}
