//! Which copies a request for erasure would have to reach: stores, and the weights that training made.

use std::rc::Rc;

use super::super::{fact, text, truth, word};
use super::arrivals::Arrival;
use super::copies::kept;
use super::graph::Level;
use super::hops::{HOP, path};
use super::memories::Memory;
use super::{Flow, none, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Value};
use crate::manifest::vocabulary::{Component, Dataset, TrainingRun};

/// A row of `facts.erasures`.
pub static ERASURE: RecordDesc = RecordDesc {
    name: "Erasure",
    doc: "One data set and one copy that a request for erasure would have to reach: a store, or the weights that a training run made.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("node", Type::Ref(target::FlowTarget::SECTIONS), "What keeps it."),
        fact("component", Type::Record(Component::DESC), "The store; `none` for weights."),
        fact(
            "run",
            Type::Record(TrainingRun::DESC),
            "For weights, the training run; `none` for stores, and where only `trained_on` or a flow says it.",
        ),
        fact(
            "route",
            Type::Text,
            "How erasure reaches it: the store's `erasure`, or the run's `unlearning`; `none` where nothing does.",
        ),
        fact("retention", Type::Duration, "How long it is kept; weights forget nothing by themselves."),
        fact("personal", Type::Bool, "Whether what is kept is personal data."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest way to it."),
        fact("cut", Type::Record(&HOP), "The last step of that way; for weights the step into training."),
    ],
};

/// The relation `facts.erasures`.
pub fn erasures<'m>(flow: &Rc<Flow<'m>>, arrivals: &[Arrival<'m>], memories: &[Rc<Memory<'m>>]) -> Answer<'m> {
    flow.section("datasets")?;
    flow.section("flows")?;
    let mut rows = Vec::new();
    for arrival in arrivals.iter().filter(|arrival| flow.graph.nodes[arrival.node].section == Section::Components) {
        let component = flow.value(arrival.node);
        match text(&flow.view, &component, "kind") {
            Ok(kind) if matches!(kind.as_ref(), "store" | "vector_store" | "cache" | "log_store") => {}
            Ok(_) => continue,
            Err(gaps) => {
                rows.push(Err(gaps));
                continue;
            }
        }
        let [personal, ..] = arrival.sensitivity(flow);
        let values = vec![
            Ok(flow.value(flow.labels[arrival.label].dataset)),
            Ok(flow.refer(arrival.node)),
            Ok(component.clone()),
            none(),
            as_text(flow, flow.view.field(&component, "erasure")),
            kept(flow, arrival.node).map(|value| match value.data {
                Data::Bool(_) => Value { data: Data::Duration(f64::INFINITY), place: value.place },
                _ => value,
            }),
            truth(personal),
            arrival.path(flow),
            arrival.cut(flow),
        ];
        rows.push(Ok(row(&ERASURE, arrival.key(flow), &component, values)));
    }
    rows.extend(memories.iter().filter(|memory| memory.learner == 0).map(|memory| Ok(in_weights(flow, memory))));
    Flow::with_holes(rows, &[flow.graph.holes.as_slice(), flow.graph.untold.as_slice()].concat())
}

/// What training puts into weights stays there as long as they do.
fn in_weights<'m>(flow: &Rc<Flow<'m>>, memory: &Rc<Memory<'m>>) -> Value<'m> {
    let label = &flow.labels[memory.label];
    let dataset = flow.value(label.dataset);
    let personal = label.personal(&|level: Level| memory.enters(flow, level));
    let steps = Rc::clone(memory);
    let route = match &memory.link.run {
        Some(run) => as_text(flow, flow.view.field(run, "unlearning")),
        None => none(),
    };
    let values = vec![
        Ok(dataset.clone()),
        Ok(flow.refer(memory.model)),
        none(),
        memory.link.run.clone().map_or_else(none, Ok),
        route,
        Ok(Value::computed(Data::Duration(f64::INFINITY))),
        truth(personal),
        path(flow, move |flow| steps.training_steps(flow)),
        flow.training_hops(&memory.link).into_iter().next().map_or_else(none, |step| Ok(flow.hop_row(step))),
    ];
    let key = format!("{} {}", flow.graph.nodes[label.dataset].id, memory.link.name);
    row(&ERASURE, key, &dataset, values)
}

/// A word of whatever enumeration, as text.
fn as_text<'m>(flow: &Flow<'m>, value: Answer<'m>) -> Answer<'m> {
    let value = value?;
    match (&value.data, word(&value)) {
        (Data::None, _) => Ok(value),
        (_, Some(word)) => Ok(Value { data: Data::Text(word.into_owned().into()), place: value.place }),
        _ => Err(flow.view.gap_at(value.place)),
    }
}
