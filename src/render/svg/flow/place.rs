//! Where cells stand within their layers: in their order, apart from each other, and as straight as can be from layer
//! to layer.

use super::order::Grid;

/// Rounds of moving each layer to where the layers beside it want it.
const ROUNDS: usize = 120;
/// The space between two nodes, and between an edge that passes and what is beside it.
const APART: f64 = 20.0;
const PASSING: f64 = 13.0;

/// The middle of each cell, by cell, from 0 on. `sizes` are the extents of the cells.
pub fn place(grid: &Grid, sizes: &[f64]) -> Vec<f64> {
    let (before, after) = grid.neighbours();
    let mut at = vec![0.0; grid.layer.len()];
    for rank in &grid.ranks {
        let mut next = 0.0;
        for (index, cell) in rank.iter().enumerate() {
            if index > 0 {
                next += apart(grid, sizes, rank[index - 1], *cell);
            }
            at[*cell] = next;
        }
        let middle = next / 2.0;
        for cell in rank {
            at[*cell] -= middle;
        }
    }
    for round in 0..ROUNDS {
        for step in 0..grid.ranks.len() {
            let rank = &grid.ranks[if round % 2 == 0 { step } else { grid.ranks.len() - 1 - step }];
            settle(grid, sizes, rank, [&before, &after], &mut at);
        }
    }
    for _ in 0..2 {
        grid.chains.iter().for_each(|chain| straighten(grid, sizes, chain, &mut at));
    }
    let top = (0..at.len()).map(|cell| at[cell] - sizes[cell] / 2.0).fold(f64::INFINITY, f64::min);
    for at in &mut at {
        *at -= top;
    }
    at
}

/// Straightens an edge where it passes layers: as many of them as can be in one line are.
fn straighten(grid: &Grid, sizes: &[f64], chain: &[usize], at: &mut [f64]) {
    let mut passing = &chain[1..chain.len() - 1];
    while let Some(first) = passing.first() {
        let (mut low, mut high) = room(grid, sizes, *first, at);
        let mut run = 1;
        for cell in &passing[1..] {
            let (more, less) = room(grid, sizes, *cell, at);
            if low.max(more) > high.min(less) {
                break;
            }
            (low, high) = (low.max(more), high.min(less));
            run += 1;
        }
        let mean = passing[..run].iter().map(|cell| at[*cell]).sum::<f64>() / crate::render::svg::count(run);
        let line = mean.max(low).min(high);
        passing[..run].iter().for_each(|cell| at[*cell] = line);
        passing = &passing[run..];
    }
}

/// Between which places a cell can move, if nothing beside it does.
fn room(grid: &Grid, sizes: &[f64], cell: usize, at: &[f64]) -> (f64, f64) {
    let rank = &grid.ranks[grid.layer[cell]];
    let index = rank.iter().position(|other| *other == cell).unwrap_or(0);
    let before = index.checked_sub(1).map(|before| rank[before]);
    let low = before.map_or(f64::NEG_INFINITY, |before| at[before] + apart(grid, sizes, before, cell));
    let high = rank.get(index + 1).map_or(f64::INFINITY, |after| at[*after] - apart(grid, sizes, cell, *after));
    // Rounding may have left it a hair outside.
    (low.min(at[cell]), high.max(at[cell]))
}

/// The least distance between the middles of two cells that stand one after the other.
fn apart(grid: &Grid, sizes: &[f64], a: usize, b: usize) -> f64 {
    let space = if a < grid.nodes && b < grid.nodes { APART } else { PASSING };
    f64::midpoint(sizes[a], sizes[b]) + space
}

/// How much a tie pulls: the parts of an edge between layers that it only passes pull hardest, so that it is straight.
fn pull(grid: &Grid, a: usize, b: usize) -> f64 {
    match (a < grid.nodes, b < grid.nodes) {
        (true, true) => 1.0,
        (false, false) => 24.0,
        _ => 3.0,
    }
}

/// Moves the cells of one layer to where the sum of squared distances to their ties is least, in their order and
/// apart: pools of adjacent violators, which is exact.
fn settle(grid: &Grid, sizes: &[f64], rank: &[usize], ties: [&[Vec<usize>]; 2], at: &mut [f64]) {
    let mut offset = 0.0;
    // Each pool: the sum of pulls, the sum of pulled places, and how many cells.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(rank.len());
    for (index, cell) in rank.iter().enumerate() {
        if index > 0 {
            offset += apart(grid, sizes, rank[index - 1], *cell);
        }
        offsets.push(offset);
        let tied = ties.iter().flat_map(|ties| &ties[*cell]);
        // What is tied to nothing stays where it is, with hardly any weight.
        let (mut weight, mut sum) = (1e-3, 1e-3 * (at[*cell] - offset));
        for tie in tied {
            let pull = pull(grid, *cell, *tie);
            weight += pull;
            sum += pull * (at[*tie] - offset);
        }
        pools.push((weight, sum, 1));
        while let [.., (w1, s1, n1), (w2, s2, n2)] = pools[..]
            && s1 / w1 > s2 / w2
        {
            pools.truncate(pools.len() - 2);
            pools.push((w1 + w2, s1 + s2, n1 + n2));
        }
    }
    let mut cells = rank.iter().zip(offsets);
    for (weight, sum, count) in pools {
        for (cell, offset) in cells.by_ref().take(count) {
            at[*cell] = sum / weight + offset;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_straight_and_a_fork_is_even() {
        let grid = Grid::of(&[0, 1, 2], &[(0, 1), (1, 2)]);
        let at = place(&grid, &[40.0, 60.0, 40.0]);
        assert!(at.iter().all(|at| (at - 30.0).abs() < 0.1), "{at:?}");
        let grid = Grid::of(&[0, 1, 1], &[(0, 1), (0, 2)]);
        let at = place(&grid, &[40.0; 3]);
        assert!((at[0] - f64::midpoint(at[1], at[2])).abs() < 0.5, "{at:?}");
        assert!((at[2] - at[1]).abs() >= 40.0 + APART - 1e-6, "{at:?}");
    }

    #[test]
    fn an_edge_that_passes_is_straight_where_it_can_be() {
        let grid = Grid::of(&[0, 1, 2, 3], &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        let at = place(&grid, &[40.0, 40.0, 40.0, 40.0, 0.0, 0.0]);
        assert!((at[4] - at[5]).abs() < 1.0, "{at:?}");
    }
}
