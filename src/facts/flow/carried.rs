//! What travels on each flow.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::{fact, truth};
use super::graph::Level;
use super::{Flow, both, row};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Gaps};
use crate::manifest::vocabulary::Dataset;

/// A row of `facts.carried`.
pub static CARRIED: RecordDesc = RecordDesc {
    name: "Carried",
    doc: "One flow and one data set that is, or may be, sensitive as it travels on it.",
    fields: &[
        fact("flow", Type::Record(crate::manifest::vocabulary::Flow::DESC), "The flow."),
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("sensitive", Type::Bool, "That it travels there and is sensitive: true, or open. What is not has no row."),
    ],
};

/// The relation `facts.carried`.
pub fn carried<'m>(flow: &Rc<Flow<'m>>) -> Answer<'m> {
    flow.section("flows")?;
    let mut rows = Vec::new();
    for (at, edge) in flow.graph.edges.iter().enumerate() {
        let Some(declared) = &edge.flow else { continue };
        let (from, to) = (flow.graph.nodes[edge.from].id, flow.graph.nodes[edge.to].id);
        for label in candidates(flow, at).into_iter().map(|label| &flow.labels[label]) {
            let travels = |level: Level| travels(flow, label, at, level);
            let sensitive = label.sensitive(flow, &travels);
            if sensitive == Ok(false) {
                continue;
            }
            let values = vec![Ok(declared.clone()), Ok(flow.value(label.dataset)), truth(sensitive)];
            let key = format!("{from} {to} {} {}", edge.word, flow.graph.nodes[label.dataset].id);
            rows.push(Ok(row(&CARRIED, key, declared, values)));
        }
    }
    Flow::with_holes(rows, &flow.graph.holes)
}

/// The data sets that may travel on an edge, by index of the label: those that it names, else what is where it begins.
pub fn candidates(flow: &Flow<'_>, edge: usize) -> BTreeSet<usize> {
    let edge = &flow.graph.edges[edge];
    match &edge.carries {
        Some(carries) => carries.iter().filter_map(|dataset| flow.label_of(*dataset)).collect(),
        None => flow.labels_at(edge.from).into_iter().collect(),
    }
}

/// Whether a data set travels on an edge, at no less than a level.
pub fn travels(flow: &Flow<'_>, label: &super::Label, edge: usize, level: Level) -> Result<bool, Gaps> {
    let edge = &flow.graph.edges[edge];
    let named = edge.carries.as_ref().map(|carries| carries.contains(&label.dataset));
    if named == Some(false) {
        return Ok(false);
    }
    let passage = &edge.passage;
    let passes = if passage.exists && passage.surely >= level {
        Ok(true)
    } else if passage.perhaps >= level {
        Err(passage.doubt.clone().unwrap_or_default())
    } else {
        Ok(false)
    };
    // What a flow names it carries, wherever it comes from.
    let here = if named == Some(true) || edge.from == label.dataset {
        Ok(true)
    } else {
        label.spread(level).enters(&flow.graph, edge.from)
    };
    both(here, passes)
}
