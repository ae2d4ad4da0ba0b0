//! The steps of a way through the graph, as rows that a finding can point to one after the other.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::{fact, list, word};
use super::graph::{Ancestor, Link};
use super::{Flow, row};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Value};
use crate::syntax::tree::Place;

/// One step of a path.
pub static HOP: RecordDesc = RecordDesc {
    name: "Hop",
    doc: "One step on the way of something through the deployment. Its place is where the step is declared.",
    fields: &[
        fact("from", Type::Text, "Where the step begins: an id."),
        fact("to", Type::Text, "Where it ends: an id."),
        fact(
            "purpose",
            Type::Text,
            "What it is for: the purpose of a flow, or `retrieval`, `indexing`, `logging`, `fallback`, `evaluation`, `derivation`, `training`, `base`.",
        ),
        fact("controls", Type::List(&Type::Text), "The controls that the step declares."),
    ],
};

/// A step that has been taken.
#[derive(Debug, Clone)]
pub struct Step<'m> {
    pub from: &'m str,
    pub to: &'m str,
    pub purpose: &'m str,
    pub place: Option<Place>,
    pub flow: Option<Value<'m>>,
}

impl<'m> Flow<'m> {
    /// The hop for an edge.
    pub fn hop(&self, edge: usize) -> Step<'m> {
        let edge = &self.graph.edges[edge];
        let (from, to) = (self.graph.nodes[edge.from].id, self.graph.nodes[edge.to].id);
        Step { from, to, purpose: edge.word, place: edge.place, flow: edge.flow.clone() }
    }

    /// The hops by which a data set gets into weights.
    pub fn training_hops(&self, link: &Link<'m>) -> Vec<Step<'m>> {
        let (dataset, model) = (self.graph.nodes[link.dataset].id, self.graph.nodes[link.model].id);
        let step = |from, to, place| Step { from, to, purpose: "training", place, flow: None };
        match &link.run {
            Some(run) => {
                let output = self.view.field(run, "output").ok().and_then(|value| value.place);
                vec![step(dataset, link.name, link.place), step(link.name, model, output)]
            }
            None => vec![step(dataset, model, link.place)],
        }
    }

    /// The hops from an ancestor down to the model at the head of the list.
    pub fn lineage_hops(&self, ancestry: &[Ancestor], from: usize) -> Vec<Step<'m>> {
        let mut hops = Vec::new();
        let mut at = from;
        while at != 0 {
            let Ancestor { model, child, place } = ancestry[at];
            let (base, made) = (self.graph.nodes[model].id, self.graph.nodes[ancestry[child].model].id);
            hops.push(Step { from: base, to: made, purpose: "base", place, flow: None });
            at = child;
        }
        hops
    }

    /// The controls that a step declares, by name.
    pub fn controls_of(&self, step: &Step<'m>) -> Vec<String> {
        let controls = step.flow.as_ref().and_then(|flow| list(&self.view, flow, "controls").ok()).unwrap_or_default();
        controls.iter().flatten().filter_map(word).map(Cow::into_owned).collect()
    }

    /// A hop as a row.
    pub fn hop_row(&self, step: Step<'m>) -> Value<'m> {
        let text = |text: &'m str| Ok(Value::computed(Data::Text(Cow::Borrowed(text))));
        let flow = step.flow;
        let controls = flow.as_ref().and_then(|flow| list(&self.view, flow, "controls").ok()).unwrap_or_default();
        let controls = controls.into_iter().map(|control| {
            control.and_then(|value| {
                let name = word(&value).ok_or_else(|| self.view.gap_at(value.place))?.into_owned();
                Ok(Value { data: Data::Text(Cow::Owned(name)), place: value.place })
            })
        });
        let values = vec![text(step.from), text(step.to), text(step.purpose), Ok(Value::list(controls.collect()))];
        let at = Value { data: Data::None, place: step.place };
        row(&HOP, format!("{}>{}", step.from, step.to), &at, values)
    }
}

/// A path that is laid out when somebody looks at it.
#[expect(clippy::unnecessary_wraps, reason = "a cell of a row")]
pub fn path<'m>(flow: &Rc<Flow<'m>>, steps: impl Fn(&Flow<'m>) -> Vec<Step<'m>> + 'm) -> Answer<'m> {
    let flow = Rc::clone(flow);
    Ok(Value::later(move || steps(&flow).into_iter().map(|step| Ok(flow.hop_row(step))).collect()))
}
