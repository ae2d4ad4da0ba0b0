//! How much there is to follow in a manifest, counted before it is followed.
//!
//! Every model is paired with everything that it comes from, and everything that sends data with everything that the data
//! reaches; a pair has a way, and rows of its own for each term of a licence. A chain of models takes kilobytes of a manifest,
//! and the square of its length in pairs.

use std::collections::{BTreeMap, HashSet};

use super::lineage::{Lineage, entries};
use crate::manifest::value::{Data, Value, View};
use crate::syntax::tree::Place;

/// Steps of a way that cost as much as a further pair.
const STEPS: usize = 64;

/// The entry with which what there is to follow becomes more than this many pairs.
pub fn excess(view: &View<'_>, most: usize) -> Option<Place> {
    let mut left = most;
    let lineage = Lineage::of(view);
    for model in lineage.models() {
        match spend(model.id, left, |id| lineage.sources(id).collect()) {
            Some(rest) => left = rest,
            None => return model.value.place,
        }
    }
    let mut sent: BTreeMap<&str, (Option<Place>, Vec<&str>)> = BTreeMap::new();
    for flow in entries(view, "flows") {
        if let (Some(from), Some(to)) = (end(view, &flow, "from"), end(view, &flow, "to")) {
            sent.entry(from).or_insert_with(|| (flow.place, Vec::new())).1.push(to);
        }
    }
    left = most;
    for (from, (place, _)) in &sent {
        match spend(from, left, |id| sent.get(id).map(|(_, to)| to.clone()).unwrap_or_default()) {
            Some(rest) => left = rest,
            None => return *place,
        }
    }
    None
}

/// What is left after everything that can be reached from an id is paired with it; none where it is not enough.
fn spend<'m>(from: &'m str, mut left: usize, next: impl Fn(&'m str) -> Vec<&'m str>) -> Option<usize> {
    let mut seen = HashSet::from([from]);
    let mut edge = vec![from];
    let mut depth = 0;
    while !edge.is_empty() {
        left = left.checked_sub(edge.len() * (1 + depth / STEPS))?;
        depth += 1;
        let reached: Vec<&str> = edge.into_iter().flat_map(&next).collect();
        edge = reached.into_iter().filter(|id| seen.insert(id)).collect();
    }
    Some(left)
}

fn end<'m>(view: &View<'m>, flow: &Value<'m>, field: &str) -> Option<&'m str> {
    match view.field(flow, field).ok()?.data {
        Data::Ref(id, _) => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(chain: usize, most: usize) -> Option<usize> {
        let names: Vec<String> = (0..=chain).map(|at| at.to_string()).collect();
        let next = |id: &str| names.get(id.parse::<usize>().expect("a number") + 1).map(String::as_str).into_iter().collect();
        spend(&names[0], most, next)
    }

    #[test]
    fn what_is_reached_is_paid_for_once() {
        // The end itself and three steps.
        assert_eq!(left(3, 10), Some(6));
        assert_eq!(left(3, 4), Some(0));
        assert_eq!(left(3, 3), None);
        let circle = |_: &str| vec!["a", "b"];
        assert_eq!(spend("a", 10, circle), Some(8));
    }

    #[test]
    fn long_ways_cost_more() {
        // 64 things less than 64 steps away cost one each, 64 further ones two.
        assert_eq!(left(127, 1000), Some(1000 - 64 - 128));
    }
}
