//! What is drawn: nodes that something flows to or from, and strands, each of which stands for all edges from one node
//! to another.

use std::collections::HashMap;

use super::layers::Link;
use crate::facts::flow::{Fate, Leak, Line, Picture};
use crate::manifest::describe::Section;

/// All edges from one node to another.
#[derive(Debug)]
pub struct Strand {
    pub from: usize,
    pub to: usize,
    /// Positions in the picture.
    pub lines: Vec<usize>,
    pub look: Look,
}

/// How a strand is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub leak: Option<Certainty>,
    /// Whether sensitive data passes, or may.
    pub sensitive: bool,
    /// Whether no flow declares any of it.
    pub implied: bool,
    /// Whether controls stop all of it.
    pub stopped: bool,
}

/// Whether a leak is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    Certain,
    Undecided,
}

impl Look {
    fn of(lines: &[&Line]) -> Self {
        let leaks = || lines.iter().flat_map(|line| &line.leaks);
        let leak = if leaks().any(|leak| leak.certain) {
            Some(Certainty::Certain)
        } else {
            leaks().next().map(|_| Certainty::Undecided)
        };
        Self {
            leak,
            sensitive: lines.iter().any(|line| sensitive(line)),
            implied: lines.iter().all(|line| !line.declared),
            stopped: leak.is_none() && lines.iter().all(|line| stopped(line)),
        }
    }

    /// The classes of its line.
    pub fn classes(self) -> String {
        let mut classes = String::from("cv-edge");
        for (class, is) in [
            ("cv-leak", self.leak == Some(Certainty::Certain)),
            ("cv-perhaps", self.leak == Some(Certainty::Undecided)),
            ("cv-sensitive", self.sensitive && self.leak.is_none()),
            ("cv-implied", self.implied && self.leak.is_none()),
            ("cv-stopped", self.stopped),
        ] {
            if is {
                classes.push(' ');
                classes.push_str(class);
            }
        }
        classes
    }

    /// How much it matters that a strand points forward: a leak should read from its source to those whom it reaches.
    fn weight(self) -> i64 {
        match (self.leak, self.sensitive) {
            (Some(Certainty::Certain), _) => 12,
            (Some(Certainty::Undecided), _) => 8,
            (None, true) => 4,
            (None, false) => 3,
        }
    }
}

fn sensitive(line: &Line) -> bool {
    let passes = |fate: Fate| matches!(fate, Fate::Passes | Fate::Undecided);
    !line.memory.is_empty() || line.labels.iter().any(|label| label.sensitive != Some(false) && passes(label.fate))
}

/// Whether controls stop everything that comes this way.
fn stopped(line: &Line) -> bool {
    line.memory.is_empty() && !line.labels.is_empty() && line.labels.iter().all(|label| label.fate == Fate::Stopped)
}

/// The nodes and strands of a picture.
#[derive(Debug)]
pub struct Graph {
    pub strands: Vec<Strand>,
    /// Edges from a node to itself.
    pub loops: Vec<Strand>,
    /// Parts that nothing connects, the largest first; each the positions of its nodes in the picture.
    pub parts: Vec<Vec<usize>>,
    /// Nodes that no edge touches.
    pub apart: Vec<usize>,
}

impl Graph {
    pub fn of(picture: &Picture) -> Self {
        let index: HashMap<&str, usize> = picture.nodes.iter().enumerate().map(|(at, spot)| (spot.id.as_str(), at)).collect();
        let mut strands: Vec<Strand> = Vec::new();
        let mut known: HashMap<(usize, usize), usize> = HashMap::new();
        for (at, line) in picture.edges.iter().enumerate() {
            let (Some(from), Some(to)) = (index.get(line.from.as_str()), index.get(line.to.as_str())) else { continue };
            let strand = *known.entry((*from, *to)).or_insert(strands.len());
            if strand == strands.len() {
                strands.push(Strand { from: *from, to: *to, lines: Vec::new(), look: Look::of(&[]) });
            }
            strands[strand].lines.push(at);
        }
        for strand in &mut strands {
            let lines: Vec<&Line> = strand.lines.iter().map(|line| &picture.edges[*line]).collect();
            strand.look = Look::of(&lines);
        }
        let (loops, strands): (Vec<Strand>, Vec<Strand>) = strands.into_iter().partition(|strand| strand.from == strand.to);
        let mut touched = vec![false; picture.nodes.len()];
        for strand in strands.iter().chain(&loops) {
            (touched[strand.from], touched[strand.to]) = (true, true);
        }
        let apart = (0..picture.nodes.len()).filter(|node| !touched[*node]).collect();
        Self { parts: parts(&touched, &strands), strands, loops, apart }
    }

    /// A strand as an edge between the nodes of a part. What is written back into a data set should not keep the data
    /// set from standing first.
    pub fn link(&self, strand: usize, place: &HashMap<usize, usize>, picture: &Picture) -> Link {
        let strand = &self.strands[strand];
        let back =
            picture.nodes[strand.to].section == Section::Datasets && picture.nodes[strand.from].section != Section::Datasets;
        Link { from: place[&strand.from], to: place[&strand.to], weight: if back { 1 } else { strand.look.weight() } }
    }
}

fn parts(touched: &[bool], strands: &[Strand]) -> Vec<Vec<usize>> {
    let mut part: Vec<usize> = (0..touched.len()).collect();
    // The smallest number spreads over each part.
    loop {
        let mut calm = true;
        for strand in strands {
            let low = part[strand.from].min(part[strand.to]);
            calm &= part[strand.from] == low && part[strand.to] == low;
            (part[strand.from], part[strand.to]) = (low, low);
        }
        if calm {
            break;
        }
    }
    let members = |name: usize| (0..touched.len()).filter(|node| touched[*node] && part[*node] == name).collect::<Vec<_>>();
    let mut parts: Vec<Vec<usize>> = (0..touched.len()).map(members).filter(|part| !part.is_empty()).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// All leaks of a picture, each once.
pub fn leaks(picture: &Picture) -> Vec<&Leak> {
    let mut leaks: Vec<&Leak> = picture.edges.iter().flat_map(|line| &line.leaks).collect();
    leaks.sort();
    leaks.dedup();
    leaks
}
