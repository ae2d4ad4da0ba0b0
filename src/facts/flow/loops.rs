//! Models that learn from what they said.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::{fact, text, truth};
use super::graph::{Controls, Link};
use super::hops::{HOP, Step, path};
use super::spread::{Approval, Cargo, Spread};
use super::{Flow, both, none, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::value::{Answer, Gaps, Value};
use crate::manifest::vocabulary::{Dataset, Model, TrainingRun};

/// A row of `facts.loops`.
pub static LOOP: RecordDesc = RecordDesc {
    name: "Loop",
    doc: "A way on which the output of a model gets into the training of the same model, or of one made from it.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model that speaks."),
        fact("learner", Type::Record(Model::DESC), "The model that learns from it."),
        fact("dataset", Type::Record(Dataset::DESC), "The data set in which the output is kept; `none` where logs are reused."),
        fact(
            "run",
            Type::Record(TrainingRun::DESC),
            "The training run; `none` where a flow, `trained_on` or `logging.reuse` says it.",
        ),
        fact("open", Type::Bool, "Whether a way is left on which nobody chooses or reviews: no `curated` and no `human_review`."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest such way."),
        fact("cut", Type::Record(&HOP), "The step into training."),
    ],
};

/// The relation `facts.loops`.
pub fn relation<'m>(flow: &Rc<Flow<'m>>) -> Answer<'m> {
    flow.section("models")?;
    flow.section("flows")?;
    let gate = Controls::of(&["curated", "human_review"]);
    let mut rows = Vec::new();
    // By model, the links into it and into what was made from it.
    let mut taught: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, link) in flow.graph.links.iter().enumerate() {
        for ancestor in flow.graph.ancestry(link.model) {
            taught.entry(ancestor.model).or_default().push(at);
        }
    }
    for model in flow.graph.of_section(Section::Models) {
        let spread = Rc::new(Spread::from(&flow.graph, model, Cargo::Output(gate, Approval::Ignored), &[]));
        for at in taught.get(&model).into_iter().flatten() {
            if flow.output[&model].may_reach(flow.graph.links[*at].dataset) {
                rows.push(Ok(told(flow, model, *at, &spread, gate)));
            }
        }
        rows.extend(reused(flow, model));
    }
    let holes = [flow.graph.holes.as_slice(), flow.graph.untold.as_slice()].concat();
    Flow::with_holes(rows, &holes)
}

/// Whether training takes what lies in the data set as it is.
fn taken(link: &Link<'_>, gate: Controls) -> Result<bool, Gaps> {
    if link.passage.controls.0.meets(gate) {
        Ok(false)
    } else if link.passage.exists && !link.passage.controls.1.meets(gate) {
        Ok(true)
    } else {
        Err(link.passage.doubt.clone().unwrap_or_default())
    }
}

fn told<'m>(flow: &Rc<Flow<'m>>, model: usize, link: usize, spread: &Rc<Spread>, gate: Controls) -> Value<'m> {
    let known = &flow.graph.links[link];
    let open = both(spread.reaches(&flow.graph, known.dataset), taken(known, gate));
    let way = {
        let spread = Rc::clone(spread);
        path(flow, move |flow| {
            let link = &flow.graph.links[link];
            let spread = if spread.may_reach(link.dataset) { &spread } else { &flow.output[&model] };
            let way = spread.way(&flow.graph, link.dataset);
            let mut steps: Vec<Step<'m>> = way.into_iter().map(|edge| flow.hop(edge)).collect();
            steps.extend(flow.training_hops(link));
            steps
        })
    };
    let cut = flow.training_hops(known).into_iter().next().map(|step| flow.hop_row(step));
    let values = vec![
        Ok(flow.value(model)),
        Ok(flow.value(known.model)),
        Ok(flow.value(known.dataset)),
        known.run.clone().map_or_else(none, Ok),
        truth(open),
        way,
        cut.map_or_else(none, Ok),
    ];
    let nodes = &flow.graph.nodes;
    let key = format!("{} {} {}", nodes[model].id, nodes[known.dataset].id, known.name);
    row(&LOOP, key, &flow.value(model), values)
}

/// Logs of a served model's answers that are reused for training; of which model nobody says.
fn reused<'m>(flow: &Rc<Flow<'m>>, model: usize) -> Option<Answer<'m>> {
    let view = &flow.view;
    if flow.graph.learned(model).is_empty() || flow.in_use(model) != Ok(true) {
        return None;
    }
    let logging = view.field(&view.manifest(), "logging").ok()?;
    let outputs = text(view, &logging, "outputs");
    let open = outputs.map(|level| matches!(level.as_ref(), "full" | "redacted"));
    if open == Ok(false) {
        return None;
    }
    let reuse = match view.field(&logging, "reuse") {
        Ok(reuse) => reuse,
        Err(gaps) => return Some(Err(gaps)),
    };
    if super::super::word(&reuse).as_deref() != Some("training") {
        return None;
    }
    let id = flow.graph.nodes[model].id;
    let step = move || Step { from: id, to: id, purpose: "logging", place: reuse.place, flow: None };
    let cut = flow.hop_row(step());
    let values = vec![
        Ok(flow.value(model)),
        Ok(flow.value(model)),
        none(),
        none(),
        truth(open),
        path(flow, move |_| vec![step()]),
        Ok(cut),
    ];
    let key = format!("{id} logging");
    Some(Ok(row(&LOOP, key, &flow.value(model), values)))
}
