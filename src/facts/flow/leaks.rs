//! Leaks: sensitive data on its way to people who are not entitled to it, edge by edge.
//!
//! What counts is what the rules on exposures, memories and retrieval count: data that flows past no filter to people
//! who are not listed, what weights remember for people who may not see every record, and retrieval that does not ask
//! what the asker may see. A way that nobody has declared enough about to decide is kept apart.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::{list, text, word};
use super::exposures::Right;
use super::graph::{Edge, Level};
use super::memories::Memory;
use super::spread::Spread;
use super::{Flow, Label, both, either, not, of_level};
use crate::manifest::describe::Section;
use crate::manifest::value::{Gaps, Value};

/// One data set that travels on an edge on its way to people who are not entitled to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    pub dataset: String,
    /// Those whom it reaches.
    pub actor: String,
    /// Whether it travels as what a model remembers.
    pub memory: bool,
    /// Whether that is certain; if not, an undeclared fact decides.
    pub certain: bool,
}

/// Leaks by edge of the graph, and by pair of a model and what it was made from.
#[derive(Debug, Default)]
pub struct Leaks {
    pub edges: BTreeMap<usize, Vec<Leak>>,
    pub bases: BTreeMap<(usize, usize), Vec<Leak>>,
}

/// Units of entitlement that are finer than a group.
const FINER: [&str; 4] = ["per_tenant", "per_client", "per_matter", "own_records"];

/// All leaks.
pub fn of<'m>(flow: &Flow<'m>, memories: &[Rc<Memory<'m>>]) -> Leaks {
    let mut leaks = Leaks::default();
    for label in &flow.labels {
        for actor in label.spreads[0].of_section(&flow.graph, Section::Actors) {
            leaks.context(flow, label, actor);
        }
    }
    for memory in memories {
        let Some(spreads) = flow.memory.get(&memory.model) else { continue };
        for actor in spreads[2].of_section(&flow.graph, Section::Actors) {
            leaks.weights(flow, memory, spreads, actor);
        }
    }
    leaks.retrieval(flow);
    for found in leaks.edges.values_mut().chain(leaks.bases.values_mut()) {
        settle(found);
    }
    leaks
}

/// In order, each once; what is certain one way is certain.
fn settle(leaks: &mut Vec<Leak>) {
    leaks.sort_by(|a, b| (&a.dataset, &a.actor, a.memory, b.certain).cmp(&(&b.dataset, &b.actor, b.memory, a.certain)));
    leaks.dedup_by(|next, first| (&next.dataset, &next.actor, next.memory) == (&first.dataset, &first.actor, first.memory));
}

impl Leaks {
    fn add(&mut self, edges: impl IntoIterator<Item = usize>, leak: &Leak) {
        for edge in edges {
            self.edges.entry(edge).or_default().push(leak.clone());
        }
    }

    /// Data that flows unfiltered to people who are not listed.
    fn context(&mut self, flow: &Flow<'_>, label: &Label, actor: usize) {
        let reaches = |level: Level| label.spread(level).reaches(&flow.graph, actor);
        let Right { listed, .. } = flow.right(&flow.value(label.dataset), actor);
        let unfiltered = both(label.sensitive(flow, &reaches), reaches(Level::Unfiltered));
        let leaks = both(unfiltered, not(listed));
        let Some(leak) = leak(flow, label, actor, false, &leaks) else { return };
        self.add(label.spreads[0].ways(&flow.graph, actor, leak.certain), &leak);
    }

    /// What weights remember, for people who may not see every record.
    fn weights<'m>(&mut self, flow: &Flow<'m>, memory: &Memory<'m>, spreads: &[Spread; 3], actor: usize) {
        let label = &flow.labels[memory.label];
        let dataset = flow.value(label.dataset);
        let reaches = |level: Level| memory.reaches(flow, level, actor);
        let Right { entitled, .. } = flow.right(&dataset, actor);
        let there = both(label.sensitive(flow, &reaches), not(entitled));
        let leaks =
            both(both(there, not(memory.private.clone())), both(restricted(flow, &dataset), shared(flow, memory, &dataset)));
        let Some(leak) = leak(flow, label, actor, true, &leaks) else { return };
        let level = label.least(leak.certain);
        if label.dataset != memory.link.dataset {
            self.add(label.spread(level).ways(&flow.graph, memory.link.dataset, leak.certain), &leak);
        }
        let trains = |edge: &Edge<'_>| edge.word == "training" || edge.place == memory.link.place;
        self.add(flow.graph.between(memory.link.dataset, memory.link.model, trains), &leak);
        let mut at_model = memory.learner;
        while at_model != 0 {
            let ancestor = memory.ancestry[at_model];
            let made = memory.ancestry[ancestor.child].model;
            self.bases.entry((ancestor.model, made)).or_default().push(leak.clone());
            at_model = ancestor.child;
        }
        self.add(of_level(spreads, level).ways(&flow.graph, actor, leak.certain), &leak);
    }

    /// What is retrieved whoever asks. Filters behind the model decide who is answered, not from what.
    fn retrieval(&mut self, flow: &Flow<'_>) {
        for entry in list(&flow.view, &flow.view.manifest(), "retrieval").unwrap_or_default().into_iter().flatten() {
            let model = text(&flow.view, &entry, "model").ok().and_then(|model| flow.graph.find(&model));
            let Some((model, output)) = model.and_then(|model| Some((model, flow.output.get(&model)?))) else { continue };
            let audience: Vec<usize> = output.of_section(&flow.graph, Section::Actors).collect();
            for source in list(&flow.view, &entry, "sources").unwrap_or_default().iter().flatten() {
                let from = word(source).and_then(|source| flow.graph.find(&source));
                let Some(label) = from.and_then(|from| flow.label_of(from)).map(|label| &flow.labels[label]) else { continue };
                for actor in audience.iter().copied() {
                    let leaks = both(ungated(flow, &entry, label, actor), output.reaches(&flow.graph, actor));
                    let Some(leak) = leak(flow, label, actor, false, &leaks) else { continue };
                    let into = |edge: &Edge<'_>| edge.place == source.place;
                    self.add(flow.graph.between(label.dataset, model, into), &leak);
                    self.add(output.ways(&flow.graph, actor, leak.certain), &leak);
                }
            }
        }
    }
}

/// The leak, if there may be one. Where it is not even known that the data set is sensitive, none is shown.
fn leak(flow: &Flow<'_>, label: &Label, actor: usize, memory: bool, leaks: &Result<bool, Gaps>) -> Option<Leak> {
    let certain = match leaks {
        Ok(true) => true,
        Ok(false) => return None,
        Err(_) if label.sensitive(flow, &|_| Ok(true)) == Ok(true) => false,
        Err(_) => return None,
    };
    let id = |node: usize| flow.graph.nodes[node].id.to_owned();
    Some(Leak { dataset: id(label.dataset), actor: id(actor), memory, certain })
}

/// Whether retrieval shows a source to people who may not see all of it.
fn ungated<'m>(flow: &Flow<'m>, entry: &Value<'m>, label: &Label, actor: usize) -> Result<bool, Gaps> {
    let dataset = flow.value(label.dataset);
    let unit = text(&flow.view, &dataset, "entitlement_unit");
    let finer = unit.clone().map(|unit| FINER.contains(&unit.as_ref()));
    let open = text(&flow.view, entry, "authorization").and_then(|authorization| match authorization.as_ref() {
        "none" => Ok(true),
        "per_tenant" => unit.map(|unit| FINER[1..].contains(&unit.as_ref())),
        _ => Ok(false),
    });
    let Right { listed, .. } = flow.right(&dataset, actor);
    let sensitive = label.sensitive(flow, &|_| Ok(true));
    both(both(sensitive, for_somebody(flow, &dataset)), both(open, either(finer, not(listed))))
}

/// What is public, and of whose readers nothing is said, is for everybody.
fn for_somebody<'m>(flow: &Flow<'m>, dataset: &Value<'m>) -> Result<bool, Gaps> {
    let said = |name: &str| flow.view.field(dataset, name).is_ok();
    if said("entitled") || said("entitlement_unit") {
        return Ok(true);
    }
    text(&flow.view, dataset, "classification").map(|class| class != "public")
}

/// Whether not everybody may see a data set: it is not public, is under a duty of secrecy, or the right to it is
/// finer than a group.
fn restricted<'m>(flow: &Flow<'m>, dataset: &Value<'m>) -> Result<bool, Gaps> {
    let class = text(&flow.view, dataset, "classification").map(|class| class != "public");
    let duties = list(&flow.view, dataset, "duties").map(|duties| !duties.is_empty());
    let unit = text(&flow.view, dataset, "entitlement_unit").map(|unit| FINER.contains(&unit.as_ref()));
    either(class, either(duties, unit))
}

/// Whether a model's memory is not that of one tenant, where the right is a tenant's.
fn shared<'m>(flow: &Flow<'m>, memory: &Memory<'m>, dataset: &Value<'m>) -> Result<bool, Gaps> {
    let unit = text(&flow.view, dataset, "entitlement_unit").map(|unit| unit != "per_tenant");
    let run = match &memory.link.run {
        Some(run) => text(&flow.view, run, "tenancy").map(|tenancy| tenancy == "shared"),
        None => Ok(false),
    };
    let model = text(&flow.view, &flow.value(memory.model), "tenant").map(|tenant| tenant == "none");
    either(unit, either(run, model))
}
