//! What models say, and what stands between that and those who read it or what acts on it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use super::super::{fact, text, truth};
use super::graph::Controls;
use super::hops::{HOP, path};
use super::spread::{Approval, Cargo, Spread};
use super::{Flow, none, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Value};
use crate::manifest::vocabulary::{Actor, Component, Model};

/// A row of `facts.deliveries`.
pub static DELIVERY: RecordDesc = RecordDesc {
    name: "Delivery",
    doc: "One model, one group of people or one component that acts and that its output reaches, and one kind of gate in between.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("target", Type::Ref(target::FlowTarget::SECTIONS), "What its output reaches."),
        fact("actor", Type::Record(Actor::DESC), "The people; `none` for a component."),
        fact("component", Type::Record(Component::DESC), "The component; `none` for people."),
        fact(
            "gate",
            Type::Text,
            "`review` (human_review, or approval by a person), `validation` (schema_validation, sandbox, allowlist or human_review), `approval` (human_review, policy_gate, or approval by a person), `allowlist` (allowlist, human_review, or approval by a person), `filter` (output_filter) or `similarity` (similarity_check).",
        ),
        fact("open", Type::Bool, "Whether a way is left on which no such gate stands."),
        fact("path", Type::List(&Type::Record(&HOP)), "A shortest such way; where there is none, a shortest way of all."),
        fact("cut", Type::Record(&HOP), "Its last step, where a gate would close it."),
    ],
};

/// The gates that rules ask for: the controls that close a way, and whether a tool's approval does.
pub const GATES: [(&str, &[&str], Approval); 6] = [
    ("review", &["human_review"], Approval::Stops),
    ("validation", &["schema_validation", "sandbox", "human_review", "allowlist"], Approval::Ignored),
    ("approval", &["human_review", "policy_gate"], Approval::Stops),
    ("allowlist", &["allowlist", "human_review"], Approval::Stops),
    ("filter", &["output_filter"], Approval::Ignored),
    ("similarity", &["similarity_check"], Approval::Ignored),
];

/// The relation `facts.deliveries`.
pub fn relation<'m>(flow: &Rc<Flow<'m>>) -> Answer<'m> {
    flow.section("models")?;
    flow.section("flows")?;
    let mut rows = Vec::new();
    let called: HashSet<usize> = flow.graph.edges.iter().filter(|edge| edge.word == "action").map(|edge| edge.to).collect();
    for model in flow.graph.of_section(Section::Models) {
        let all = &flow.output[&model];
        let targets: Vec<usize> = all.nodes().into_iter().filter(|node| acts(flow, &called, *node)).collect();
        if targets.is_empty() {
            continue;
        }
        for (gate, controls, approval) in GATES {
            let spread = Rc::new(Spread::from(&flow.graph, model, Cargo::Output(Controls::of(controls), approval), &[]));
            for target in &targets {
                rows.push(Ok(delivery(flow, model, *target, gate, &spread)));
            }
        }
    }
    Flow::with_holes(rows, &flow.graph.holes)
}

/// People, and components that do something: tools, executors, whatever has a declared effect, and what is
/// called by a flow with the purpose action.
fn acts(flow: &Flow<'_>, called: &HashSet<usize>, at: usize) -> bool {
    let node = &flow.graph.nodes[at];
    match node.section {
        Section::Actors => true,
        Section::Components => {
            let kind = text(&flow.view, &node.value, "kind").unwrap_or_default();
            matches!(kind.as_ref(), "tool" | "executor")
                || called.contains(&at)
                || text(&flow.view, &node.value, "effect").is_ok_and(|effect| effect != "none")
        }
        _ => false,
    }
}

fn delivery<'m>(flow: &Rc<Flow<'m>>, model: usize, target: usize, gate: &'static str, spread: &Rc<Spread>) -> Value<'m> {
    let nodes = &flow.graph.nodes;
    let open = spread.may_reach(target);
    let last = if open { spread.last(target) } else { flow.output[&model].last(target) };
    let way = {
        let spread = Rc::clone(spread);
        path(flow, move |flow| {
            let spread = if open { &spread } else { &flow.output[&model] };
            spread.way(&flow.graph, target).into_iter().map(|edge| flow.hop(edge)).collect()
        })
    };
    let as_record = |wanted: Section| if nodes[target].section == wanted { Ok(flow.value(target)) } else { none() };
    let values = vec![
        Ok(flow.value(model)),
        Ok(flow.refer(target)),
        as_record(Section::Actors),
        as_record(Section::Components),
        Ok(Value::computed(Data::Text(Cow::Borrowed(gate)))),
        truth(spread.reaches(&flow.graph, target)),
        way,
        last.map_or_else(none, |edge| Ok(flow.hop_row(flow.hop(edge)))),
    ];
    let key = format!("{} {} {gate}", nodes[model].id, nodes[target].id);
    row(&DELIVERY, key, &flow.value(model), values)
}
