//! Layers: each node in one, so that edges point from a lower layer to a higher one. Where edges run in a circle, those
//! that matter least point back.

use std::collections::BTreeSet;

/// An edge between two different nodes. Heavier edges are kept pointing forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub from: usize,
    pub to: usize,
    pub weight: i64,
}

/// The layers of nodes.
#[derive(Debug, PartialEq, Eq)]
pub struct Layers {
    /// By node.
    pub layer: Vec<usize>,
    /// By edge, whether it points back.
    pub back: Vec<bool>,
}

/// Assigns layers.
pub fn assign(nodes: usize, links: &[Link]) -> Layers {
    let place = sequence(nodes, links);
    let back: Vec<bool> = links.iter().map(|link| place[link.from] > place[link.to]).collect();
    let forward: Vec<(usize, usize)> =
        links.iter().zip(&back).map(|(link, back)| if *back { (link.to, link.from) } else { (link.from, link.to) }).collect();
    let mut order: Vec<usize> = (0..nodes).collect();
    order.sort_by_key(|node| place[*node]);
    let mut layer: Vec<usize> = vec![0; nodes];
    let arriving = |node: usize| forward.iter().filter(move |(_, to)| *to == node).map(|(from, _)| *from);
    let leaving = |node: usize| forward.iter().filter(move |(from, _)| *from == node).map(|(_, to)| *to);
    for node in &order {
        layer[*node] = arriving(*node).map(|from| layer[from] + 1).max().unwrap_or(0);
    }
    // Each node as near to its neighbours as the others let it.
    for _ in 0..8 {
        let before = layer.clone();
        for node in order.iter().rev().chain(&order) {
            let low = arriving(*node).map(|from| layer[from] + 1).max();
            let high = leaving(*node).map(|to| layer[to].saturating_sub(1)).min();
            layer[*node] = match (low, high) {
                (Some(low), Some(high)) => {
                    // In between, every place is as near; nearer to the side with more edges is better.
                    if leaving(*node).count() > arriving(*node).count() { high.max(low) } else { low }
                }
                (Some(low), None) => low,
                (None, Some(high)) => high,
                (None, None) => layer[*node],
            };
        }
        if before == layer {
            break;
        }
    }
    let lowest = layer.iter().copied().min().unwrap_or(0);
    for layer in &mut layer {
        *layer -= lowest;
    }
    Layers { layer, back }
}

/// The place of each node in a sequence in which little weight points back: what nothing leads to comes first, what
/// leads nowhere last, and of the others the one that gives the most for what it takes (Eades, Lin and Smyth 1993).
fn sequence(nodes: usize, links: &[Link]) -> Vec<usize> {
    let mut left: BTreeSet<usize> = (0..nodes).collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let among = |link: &&Link| left.contains(&link.from) && left.contains(&link.to);
        let (mut gives, mut takes) = (vec![0; nodes], vec![0; nodes]);
        for link in links.iter().filter(among) {
            gives[link.from] += link.weight;
            takes[link.to] += link.weight;
        }
        let source = left.iter().copied().find(|node| takes[*node] == 0);
        let sink = left.iter().copied().find(|node| gives[*node] == 0);
        let best = left.iter().copied().max_by_key(|node| (gives[*node] - takes[*node], usize::MAX - node));
        let Some(next) = source.or(sink).or(best) else { break };
        left.remove(&next);
        if source.is_none() && sink.is_some() { last.push(next) } else { first.push(next) }
    }
    let mut place = vec![0; nodes];
    for (at, node) in first.into_iter().chain(last.into_iter().rev()).enumerate() {
        place[node] = at;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(from: usize, to: usize, weight: i64) -> Link {
        Link { from, to, weight }
    }

    #[test]
    fn a_chain_is_a_row_and_a_circle_is_cut_at_its_lightest_edge() {
        assert_eq!(assign(3, &[link(0, 1, 1), link(1, 2, 1)]), Layers { layer: vec![0, 1, 2], back: vec![false, false] });
        let circle = assign(3, &[link(0, 1, 5), link(1, 2, 5), link(2, 0, 1)]);
        assert_eq!(circle, Layers { layer: vec![0, 1, 2], back: vec![false, false, true] });
    }

    #[test]
    fn a_late_source_stands_beside_what_it_leads_to() {
        // 3 leads to 2 only, and need not stand in the first layer.
        let layers = assign(4, &[link(0, 1, 1), link(1, 2, 1), link(3, 2, 1)]);
        assert_eq!(layers.layer, [0, 1, 2, 1]);
    }

    proptest! {
        #[test]
        fn edges_point_forward_unless_they_are_said_to_point_back(
            links in prop::collection::vec((0_usize..30, 0_usize..30, 1_i64..9), 0..80)
        ) {
            let links: Vec<Link> = links.into_iter().filter(|(a, b, _)| a != b).map(|(a, b, weight)| link(a, b, weight)).collect();
            let layers = assign(30, &links);
            for (link, back) in links.iter().zip(&layers.back) {
                let (from, to) = (layers.layer[link.from], layers.layer[link.to]);
                prop_assert!(if *back { from > to } else { from < to }, "{link:?} {from} {to}");
            }
        }
    }
}
