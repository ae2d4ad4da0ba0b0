//! Who can come to see a data set: through the flows, or through what a model remembers.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::{fact, list, text, truth, word};
use super::graph::Level;
use super::hops::{HOP, path};
use super::memories::Memory;
use super::{Any, Flow, both, none, not, of_level, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::{Actor, Dataset, Model};

/// A row of `facts.exposures`.
pub static EXPOSURE: RecordDesc = RecordDesc {
    name: "Exposure",
    doc: "One data set and one group of people that it reaches.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("actor", Type::Record(Actor::DESC), "Those whom it reaches."),
        fact("through", Type::Text, "`context`: as data, along flows; or `weights`: as what a model remembers."),
        fact("model", Type::Record(Model::DESC), "The model that remembers it; `none` for data that flows."),
        fact("personal", Type::Bool, "Whether what arrives is personal data."),
        fact("secret", Type::Bool, "Whether what arrives is secret."),
        fact("sensitive", Type::Bool, "Personal or secret."),
        fact(
            "unfiltered",
            Type::Bool,
            "Whether a way is left on which nothing filters who receives what: no authorisation, filter, review, redaction or isolated session. Memory is never filtered.",
        ),
        fact("listed", Type::Bool, "Whether the actor is among those entitled to the data set."),
        fact(
            "entitled",
            Type::Bool,
            "Whether the actor is entitled to every record: listed, and the right is that of the whole group.",
        ),
        fact("outside", Type::Bool, "Whether the actor is outside the organisation: neither employees nor contractors."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest way on which what is sensitive survives the controls."),
        fact("cut", Type::Record(&HOP), "The last step of that way, where a control would cut it."),
    ],
};

/// What does not depend on how it got there.
pub struct Right {
    pub listed: Result<bool, Gaps>,
    pub entitled: Result<bool, Gaps>,
    outside: Result<bool, Gaps>,
}

impl<'m> Flow<'m> {
    /// What right an actor has to a data set.
    pub fn right(&self, dataset: &Value<'m>, actor: usize) -> Right {
        let id = self.graph.nodes[actor].id;
        let listed = list(&self.view, dataset, "entitled").and_then(|entitled| {
            let mut any = Any::default();
            for entry in entitled {
                any.add(entry.map(|entry| word(&entry).as_deref() == Some(id)));
            }
            any.answer()
        });
        let whole = text(&self.view, dataset, "entitlement_unit").map(|unit| unit == "group");
        let kind = text(&self.view, &self.graph.nodes[actor].value, "kind");
        let outside = kind.map(|kind| !matches!(kind.as_ref(), "employees" | "contractors"));
        Right { entitled: both(listed.clone(), whole), listed, outside }
    }
}

/// The answers at each level, highest first, to be asked more than once.
fn known(answers: [Result<bool, Gaps>; 3]) -> impl Fn(Level) -> Result<bool, Gaps> {
    move |level| of_level(&answers, level).clone()
}

/// Those who see a data set as data.
fn of_context<'m>(flow: &Rc<Flow<'m>>) -> Vec<Answer<'m>> {
    let mut rows = Vec::new();
    for (at, label) in flow.labels.iter().enumerate() {
        for actor in label.spreads[2].of_section(&flow.graph, Section::Actors) {
            let reaches = known(Level::LEFT.map(|level| label.spread(level).reaches(&flow.graph, actor)));
            let (personal, secret, sensitive) =
                (label.personal(&reaches), label.secret(&reaches), label.sensitive(flow, &reaches));
            let dataset = flow.value(label.dataset);
            let right = flow.right(&dataset, actor);
            let shown = label.shown(&Level::LEFT, &reaches, &sensitive);
            let cut = label.spread(shown).last(actor).map(|edge| flow.hop_row(flow.hop(edge)));
            let way = path(flow, move |flow| {
                let way = flow.labels[at].spread(shown).way(&flow.graph, actor);
                way.into_iter().map(|edge| flow.hop(edge)).collect()
            });
            let values = vec![
                Ok(dataset.clone()),
                Ok(flow.value(actor)),
                Ok(Value::computed(Data::Text(Cow::Borrowed("context")))),
                none(),
                truth(personal),
                truth(secret),
                truth(sensitive),
                truth(reaches(Level::Unfiltered)),
                truth(right.listed),
                truth(right.entitled),
                truth(right.outside),
                way,
                cut.map_or_else(none, Ok),
            ];
            let key = format!("{} {}", flow.graph.nodes[label.dataset].id, flow.graph.nodes[actor].id);
            rows.push(Ok(row(&EXPOSURE, key, &dataset, values)));
        }
    }
    rows
}

/// Those who are answered by a model that remembers a data set, in the order of the manifest: first those whom something
/// sensitive reaches to which they are not entitled, and of them those without any right.
pub fn of_memory<'m>(flow: &Rc<Flow<'m>>, memory: &Rc<Memory<'m>>) -> Result<Vec<Answer<'m>>, Gaps> {
    flow.section("flows")?;
    let label = &flow.labels[memory.label];
    let Some(spreads) = flow.memory.get(&memory.model) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for actor in spreads[2].of_section(&flow.graph, Section::Actors) {
        let [released, secret] = Memory::LEVELS.map(|level| memory.reaches(flow, level, actor));
        let reaches = known([released.clone(), released, secret]);
        let (personal, secret, sensitive) = (label.personal(&reaches), label.secret(&reaches), label.sensitive(flow, &reaches));
        let dataset = flow.value(label.dataset);
        let right = flow.right(&dataset, actor);
        let shown = label.shown(&Memory::LEVELS, &reaches, &sensitive);
        let cut = of_level(spreads, shown).last(actor).map(|edge| flow.hop_row(flow.hop(edge)));
        let way = {
            let memory = Rc::clone(memory);
            path(flow, move |flow| {
                let mut steps = memory.steps(flow, shown);
                let way = of_level(&flow.memory[&memory.model], shown).way(&flow.graph, actor);
                steps.extend(way.into_iter().map(|edge| flow.hop(edge)));
                steps
            })
        };
        let rank = (unlikely(&both(sensitive.clone(), not(right.entitled.clone()))), right.listed != Ok(false));
        let values = vec![
            Ok(dataset.clone()),
            Ok(flow.value(actor)),
            Ok(Value::computed(Data::Text(Cow::Borrowed("weights")))),
            Ok(flow.value(memory.model)),
            truth(personal),
            truth(secret),
            truth(sensitive),
            truth(Ok(true)),
            truth(right.listed),
            truth(right.entitled),
            truth(right.outside),
            way,
            cut.map_or_else(none, Ok),
        ];
        let nodes = &flow.graph.nodes;
        let key = format!("{} {} {}", nodes[label.dataset].id, nodes[memory.model].id, nodes[actor].id);
        rows.push((rank, row(&EXPOSURE, key, &dataset, values)));
    }
    rows.sort_by_key(|(rank, _)| *rank);
    let mut rows: Vec<Answer<'m>> = rows.into_iter().map(|(_, row)| Ok(row)).collect();
    // Whom the model answers is not said at all.
    if rows.is_empty() && flow.graph.leaving(memory.model).next().is_none() && flow.in_use(memory.model) != Ok(false) {
        let flows = flow.view.field(&flow.view.manifest(), "flows").ok().and_then(|value| value.place);
        rows.push(Err(flow.view.gap_at(flows)));
    }
    rows.extend(flow.graph.holes.iter().cloned().map(Err));
    Ok(rows)
}

/// What is certain first, then what may be.
fn unlikely(answer: &Result<bool, Gaps>) -> u8 {
    match answer {
        Ok(true) => 0,
        Err(_) => 1,
        Ok(false) => 2,
    }
}

impl Flow<'_> {
    /// Whether a hosting entry serves the model.
    pub fn in_use(&self, model: usize) -> Result<bool, Gaps> {
        let id = self.graph.nodes[model].id;
        let mut any = Any::default();
        for host in self.hosting.about(id)? {
            let served = host.clone().and_then(|host| list(&self.view, &host, "models"));
            any.add(served.map(|models| models.iter().flatten().filter_map(word).any(|name| name == id)));
        }
        any.answer()
    }
}

/// The relation `facts.exposures`.
pub fn relation<'m>(flow: &Rc<Flow<'m>>, memories: &[Rc<Memory<'m>>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let mut rows = of_context(flow);
    for memory in memories {
        if let Ok(exposures) = of_memory(flow, memory) {
            rows.extend(exposures.into_iter().flatten().map(Ok));
        }
    }
    Flow::with_holes(rows, &[flow.graph.holes.as_slice(), flow.graph.untold.as_slice()].concat())
}
