//! The order of nodes within their layers, so that few edges cross. An edge that passes a layer has a cell of its own
//! there, so that no node is drawn over it.

/// Sweeps through the layers. More have changed no drawing that was looked at.
const SWEEPS: usize = 24;

/// Nodes and the places where edges pass a layer.
#[derive(Debug)]
pub struct Grid {
    /// The layer of each cell; nodes come first.
    pub layer: Vec<usize>,
    /// The cells of each layer, in their order.
    pub ranks: Vec<Vec<usize>>,
    /// The cells of each edge from its lower to its higher layer, one in each.
    pub chains: Vec<Vec<usize>>,
    /// How many of the cells are nodes.
    pub nodes: usize,
}

impl Grid {
    /// Orders the cells. Edges are pairs of a node in a lower and one in a higher layer.
    pub fn of(layer: &[usize], edges: &[(usize, usize)]) -> Self {
        let mut grid = Self { layer: layer.to_vec(), ranks: Vec::new(), chains: Vec::new(), nodes: layer.len() };
        for (low, high) in edges {
            let mut chain = vec![*low];
            for between in layer[*low] + 1..layer[*high] {
                chain.push(grid.layer.len());
                grid.layer.push(between);
            }
            chain.push(*high);
            grid.chains.push(chain);
        }
        grid.ranks = vec![Vec::new(); layer.iter().max().map_or(0, |highest| highest + 1)];
        for cell in grid.walked() {
            grid.ranks[grid.layer[cell]].push(cell);
        }
        grid.untangle();
        grid
    }

    /// The steps of all edges from one layer to the next.
    pub fn steps(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.chains.iter().flat_map(|chain| chain.windows(2).map(|pair| (pair[0], pair[1])))
    }

    /// The cells that each cell is tied to in the layers before and after.
    pub fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let (mut before, mut after) = (vec![Vec::new(); self.layer.len()], vec![Vec::new(); self.layer.len()]);
        for (low, high) in self.steps() {
            after[low].push(high);
            before[high].push(low);
        }
        (before, after)
    }

    /// All cells, neighbours soon after each other: what belongs together begins together.
    fn walked(&self) -> Vec<usize> {
        let (before, after) = self.neighbours();
        let mut seen = vec![false; self.layer.len()];
        let mut walked = Vec::new();
        for start in 0..self.layer.len() {
            let mut stack = vec![start];
            while let Some(cell) = stack.pop() {
                if std::mem::replace(&mut seen[cell], true) {
                    continue;
                }
                walked.push(cell);
                stack.extend(before[cell].iter().rev().chain(after[cell].iter().rev()));
            }
        }
        walked
    }

    fn untangle(&mut self) {
        let (before, after) = self.neighbours();
        let mut best = (self.crossings(), self.ranks.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            let forth = sweep % 2 == 0;
            let ties = if forth { &before } else { &after };
            let count = self.ranks.len();
            for step in 0..count {
                let rank = if forth { step } else { count - 1 - step };
                self.sort(rank, ties, sweep % 4 >= 2);
            }
            self.swap(&before, &after);
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.ranks.clone());
            }
        }
        self.ranks = best.1;
    }

    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.layer.len()];
        for rank in &self.ranks {
            for (at, cell) in rank.iter().enumerate() {
                places[*cell] = at;
            }
        }
        places
    }

    /// Sorts a layer by the mean place of what its cells are tied to. What is tied to nothing stays where it is; of
    /// equal ones the last comes first in every other pair of sweeps, which gets out of some dead ends.
    fn sort(&mut self, rank: usize, ties: &[Vec<usize>], turned: bool) {
        let places = self.places();
        let mean = |cell: usize| {
            let ties = &ties[cell];
            let sum: usize = ties.iter().map(|tie| places[*tie]).sum();
            // In thousandths, so that the order is exact.
            (!ties.is_empty()).then(|| sum * 1000 / ties.len())
        };
        let mut tied: Vec<(usize, usize)> = self.ranks[rank].iter().filter_map(|cell| Some((mean(*cell)?, *cell))).collect();
        if turned {
            tied.reverse();
        }
        tied.sort_by_key(|(mean, _)| *mean);
        let mut tied = tied.into_iter();
        for cell in &mut self.ranks[rank] {
            if !ties[*cell].is_empty()
                && let Some((_, next)) = tied.next()
            {
                *cell = next;
            }
        }
    }

    /// Swaps neighbours as long as fewer edges cross then.
    fn swap(&mut self, before: &[Vec<usize>], after: &[Vec<usize>]) {
        let mut places = self.places();
        for _ in 0..4 {
            let mut better = false;
            for rank in 0..self.ranks.len() {
                for at in 1..self.ranks[rank].len() {
                    let (a, b) = (self.ranks[rank][at - 1], self.ranks[rank][at]);
                    let tied =
                        |a: usize, b: usize| tangled(&before[a], &before[b], &places) + tangled(&after[a], &after[b], &places);
                    if tied(b, a) < tied(a, b) {
                        self.ranks[rank].swap(at - 1, at);
                        (places[a], places[b]) = (at, at - 1);
                        better = true;
                    }
                }
            }
            if !better {
                break;
            }
        }
    }

    /// How many pairs of edges cross.
    pub fn crossings(&self) -> usize {
        let places = self.places();
        let mut gaps: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.ranks.len()];
        for (low, high) in self.steps() {
            gaps[self.layer[low]].push((places[low], places[high]));
        }
        gaps.iter_mut().map(|steps| inversions(steps)).sum()
    }
}

/// Crossings between the ties of two cells, the first of which stands before the second.
fn tangled(first: &[usize], second: &[usize], places: &[usize]) -> usize {
    first.iter().map(|a| second.iter().filter(|b| places[**b] < places[*a]).count()).sum()
}

/// Pairs of steps that cross: sorted by one end, out of order at the other.
fn inversions(steps: &mut [(usize, usize)]) -> usize {
    steps.sort_unstable();
    // A tree of counts over the places at the other end (Fenwick).
    let size = steps.iter().map(|(_, high)| high + 1).max().unwrap_or(0);
    let mut tree = vec![0_usize; size + 1];
    let mut found = 0;
    for (seen, (_, high)) in steps.iter().enumerate() {
        let (mut below, mut at) = (0, high + 1);
        while at > 0 {
            below += tree[at];
            at &= at - 1;
        }
        found += seen - below;
        at = high + 1;
        while at <= size {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn crossings_that_can_be_undone_are() {
        // 0→3, 1→2 cross as they stand.
        let grid = Grid::of(&[0, 0, 1, 1], &[(0, 3), (1, 2)]);
        assert_eq!(grid.crossings(), 0);
        // Every one of two to every one of two: one crossing is the least.
        assert_eq!(Grid::of(&[0, 0, 1, 1], &[(0, 2), (0, 3), (1, 2), (1, 3)]).crossings(), 1);
    }

    #[test]
    fn an_edge_has_a_cell_in_every_layer_that_it_passes() {
        let grid = Grid::of(&[0, 1, 3], &[(0, 2), (0, 1)]);
        assert_eq!(grid.chains[0].iter().map(|cell| grid.layer[*cell]).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(grid.ranks.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1, 1]);
    }

    proptest! {
        #[test]
        fn inversions_are_what_counting_pairs_gives(steps in prop::collection::vec((0_usize..9, 0_usize..9), 0..40)) {
            let mut naive = 0;
            for a in &steps {
                for b in &steps {
                    naive += usize::from(a.0 < b.0 && a.1 > b.1);
                }
            }
            prop_assert_eq!(inversions(&mut steps.clone()), naive);
        }
    }
}
