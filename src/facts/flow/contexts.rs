//! What comes together in one model: what it sees, what it remembers, whom it answers, and whether
//! strangers can write to it while it can send things out.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::naming::Naming;
use super::super::{fact, list, text, truth, word};
use super::graph::{Controls, Level};
use super::hops::{HOP, path};
use super::memories::Memory;
use super::spread::{Approval, Cargo, Spread};
use super::{Any, Flow, both, either, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::{Actor, Component, Dataset, Model, Party, TrainingRun};

/// A row of `facts.contexts`.
pub static CONTEXT: RecordDesc = RecordDesc {
    name: "Context",
    doc: "One model: what it sees, what it remembers, and whom it answers.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("served", Type::Bool, "Whether a hosting entry serves it."),
        fact("sees_sensitive", Type::Bool, "Whether sensitive data enters its context."),
        fact("seen", Type::List(&Type::Record(Dataset::DESC)), "The sensitive data sets that enter its context."),
        fact(
            "remembers_sensitive",
            Type::Bool,
            "Whether sensitive data is in its weights, without differential privacy or with.",
        ),
        fact("remembered", Type::List(&Type::Record(Dataset::DESC)), "The sensitive data sets in its weights."),
        fact("audience", Type::List(&Type::Record(Actor::DESC)), "Those who are answered by it."),
        fact("runs", Type::List(&Type::Record(TrainingRun::DESC)), "The training runs behind its weights."),
        fact(
            "tenants",
            Type::List(&Type::Record(Party::DESC)),
            "The tenants whose data is in its weights, each once; what is anonymised, synthetic or aggregated is nobody's.",
        ),
        fact("many_tenants", Type::Bool, "Whether data of more than one tenant is in its weights."),
    ],
};

/// A row of `facts.triangles`.
pub static TRIANGLE: RecordDesc = RecordDesc {
    name: "Triangle",
    doc: "One model and one component that it can call, with the three things that together let data be stolen: private data, content that strangers write, and a way out.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("component", Type::Record(Component::DESC), "The component."),
        fact("private", Type::Bool, "Whether sensitive data enters the model's context."),
        fact("untrusted", Type::Bool, "Whether content that strangers can write enters the model's context."),
        fact(
            "outward",
            Type::Bool,
            "Whether the component can send things out, nobody approves its calls, and a way to it is left past every allowlist and review.",
        ),
        fact("datasets", Type::List(&Type::Record(Dataset::DESC)), "The sensitive data sets in the context."),
        fact(
            "sources",
            Type::List(&Type::Ref(target::FlowSource::SECTIONS)),
            "The data sets and people that strangers write through.",
        ),
        fact("path", Type::List(&Type::Record(&HOP)), "The way from the model to the component."),
    ],
};

impl<'m> Flow<'m> {
    /// Sensitive data sets that enter a model's context.
    fn seen(&self, model: usize) -> (Result<bool, Gaps>, Vec<Answer<'m>>) {
        let mut any = Any::default();
        let mut seen = Vec::new();
        for label in self.labels_at(model).into_iter().map(|label| &self.labels[label]) {
            let enters = |level: Level| label.spread(level).enters(&self.graph, model);
            let sensitive = label.sensitive(self, &enters);
            match &sensitive {
                Ok(true) => seen.push(Ok(self.value(label.dataset))),
                Ok(false) => {}
                Err(gaps) => seen.push(Err(gaps.clone())),
            }
            any.add(sensitive);
        }
        for gaps in &self.graph.holes {
            any.add(Err(gaps.clone()));
        }
        (any.answer(), seen)
    }
}

/// The relation `facts.contexts`.
pub fn relation<'m>(flow: &Rc<Flow<'m>>, memories: &[Rc<Memory<'m>>]) -> Answer<'m> {
    flow.section("models")?;
    let mut by_model: HashMap<usize, Vec<&Rc<Memory<'m>>>> = HashMap::new();
    for memory in memories {
        by_model.entry(memory.model).or_default().push(memory);
    }
    let rows = flow.graph.of_section(Section::Models).map(|model| {
        let (sees, seen) = flow.seen(model);
        let flows = flow.section("flows");
        let mut remembers = Any::default();
        let (mut remembered, mut runs, mut tenants) = (Vec::new(), Vec::new(), Tenants::default());
        for memory in by_model.get(&model).into_iter().flatten() {
            let label = &flow.labels[memory.label];
            let enters = |level| memory.enters(flow, level);
            let sensitive = label.sensitive(flow, &enters);
            let dataset = flow.value(label.dataset);
            match &sensitive {
                Ok(true) => remembered.push(Ok(dataset.clone())),
                Ok(false) => {}
                Err(gaps) => remembered.push(Err(gaps.clone())),
            }
            remembers.add(sensitive);
            tenants.add(flow, &dataset);
            if let Some(run) = &memory.link.run
                && !runs.iter().flatten().any(|known: &Value<'m>| known.place == run.place)
            {
                runs.push(Ok(run.clone()));
            }
        }
        for gaps in &flow.graph.untold {
            remembers.add(Err(gaps.clone()));
        }
        let values = vec![
            Ok(flow.value(model)),
            truth(flow.in_use(model)),
            match flows.clone() {
                Ok(()) => truth(sees),
                Err(gaps) => Err(gaps),
            },
            flows.map(|()| Value::list(seen)),
            truth(remembers.answer()),
            Ok(Value::list(remembered)),
            flow.audience(model),
            Ok(Value::list(runs)),
            Ok(Value::list(tenants.parties)),
            truth(tenants.many.answer()),
        ];
        Ok(row(&CONTEXT, flow.graph.nodes[model].id.to_owned(), &flow.value(model), values))
    });
    Ok(Value::list(rows.collect()))
}

/// The tenants whose data is in some weights.
#[derive(Default)]
struct Tenants<'m> {
    parties: Vec<Answer<'m>>,
    many: Any,
}

impl<'m> Tenants<'m> {
    fn add(&mut self, flow: &Flow<'m>, dataset: &Value<'m>) {
        let view = &flow.view;
        match super::super::data::identifiable(view, dataset) {
            Ok(true) => {}
            Ok(false) => return,
            Err(gaps) => self.many.add(Err(gaps)),
        }
        // Data of many tenants says so; a single owner is named. Neither is asked of data that has none.
        if let Ok(tenants) = view.field(dataset, "tenants") {
            let many = match tenants.data {
                Data::Number(number) => number > 1.0,
                Data::Word(..) | Data::Text(_) => true,
                _ => false,
            };
            self.many.add(Ok(many));
        }
        let Ok(tenant) = view.field(dataset, "tenant").and_then(|tenant| view.follow(&tenant)) else { return };
        if !matches!(tenant.data, Data::None) && !self.parties.iter().flatten().any(|known| known.place == tenant.place) {
            self.parties.push(Ok(tenant));
            self.many.add(Ok(self.parties.len() > 1));
        }
    }
}

/// The relation `facts.triangles`.
pub fn triangles<'m>(flow: &Rc<Flow<'m>>) -> Answer<'m> {
    flow.section("models")?;
    flow.section("flows")?;
    let strangers = strangers(flow);
    let retrieval = Naming::of(&flow.view, "retrieval", "model");
    let mut asking: HashMap<usize, Vec<&Stranger>> = HashMap::new();
    for stranger in &strangers {
        stranger.spread.nodes().into_iter().for_each(|node| asking.entry(node).or_default().push(stranger));
    }
    let gate = Controls::of(&["allowlist", "human_review"]);
    let mut rows = Vec::new();
    for model in flow.graph.of_section(Section::Models) {
        let called: Vec<usize> = flow.output[&model].nodes().into_iter().filter(|node| callable(flow, *node)).collect();
        if called.is_empty() {
            continue;
        }
        let (private, datasets) = flow.seen(model);
        let (untrusted, sources) = untrusted(flow, model, &retrieval, asking.get(&model).map_or(&[], Vec::as_slice));
        let spread = Spread::from(&flow.graph, model, Cargo::Output(gate, Approval::Stops), &[]);
        for component in called {
            let value = flow.value(component);
            let sends = text(&flow.view, &value, "effect").map(|effect| effect == "egress");
            let unapproved = text(&flow.view, &value, "approval").map(|approval| approval == "none");
            let outward = both(sends, both(unapproved, spread.reaches(&flow.graph, component)));
            let way = path(flow, move |flow| {
                let way = flow.output[&model].way(&flow.graph, component);
                way.into_iter().map(|edge| flow.hop(edge)).collect()
            });
            let values = vec![
                Ok(flow.value(model)),
                Ok(value),
                truth(private.clone()),
                truth(untrusted.clone()),
                truth(outward),
                Ok(Value::list(datasets.clone())),
                Ok(Value::list(sources.clone())),
                way,
            ];
            let nodes = &flow.graph.nodes;
            let key = format!("{} {}", nodes[model].id, nodes[component].id);
            rows.push(Ok(row(&TRIANGLE, key, &flow.value(model), values)));
        }
    }
    Flow::with_holes(rows, &flow.graph.holes)
}

/// Tools and executors, and components that are said to send things out.
fn callable(flow: &Flow<'_>, node: usize) -> bool {
    let node = &flow.graph.nodes[node];
    let kind = text(&flow.view, &node.value, "kind").unwrap_or_default();
    node.section == Section::Components
        && (matches!(kind.as_ref(), "tool" | "executor") || text(&flow.view, &node.value, "effect").as_deref() == Ok("egress"))
}

/// People whom nobody may know.
struct Stranger {
    actor: usize,
    public: Result<bool, Gaps>,
    /// How far what they write gets.
    spread: Spread,
}

fn strangers(flow: &Flow<'_>) -> Vec<Stranger> {
    let people = flow.graph.of_section(Section::Actors).filter(|actor| flow.graph.leaving(*actor).next().is_some());
    let far = |actor: usize| {
        let public = text(&flow.view, &flow.graph.nodes[actor].value, "kind").map(|kind| kind == "public");
        let cargo = Cargo::Output(Controls::default(), Approval::Ignored);
        Stranger { actor, public, spread: Spread::from(&flow.graph, actor, cargo, &[]) }
    };
    people.map(far).filter(|stranger| stranger.public != Ok(false)).collect()
}

/// Whether content that strangers can write enters a model's context, and through what.
fn untrusted<'m>(
    flow: &Flow<'m>,
    model: usize,
    retrieval: &Naming<'m>,
    strangers: &[&Stranger],
) -> (Result<bool, Gaps>, Vec<Answer<'m>>) {
    let mut any = Any::default();
    let mut sources = Vec::new();
    let mut add = |answer: Result<bool, Gaps>, node: usize| {
        match &answer {
            Ok(true) => {
                let node = &flow.graph.nodes[node];
                let data = Data::Ref(node.id, target::FlowSource::SECTIONS);
                sources.push(Ok(Value { data, place: node.value.place }));
            }
            Ok(false) => {}
            Err(gaps) => sources.push(Err(gaps.clone())),
        }
        any.add(answer);
    };
    let written = written_by_strangers(flow, retrieval, model);
    for label in flow.arriving[model].iter().map(|label| &flow.labels[*label]) {
        let origin = text(&flow.view, &flow.graph.nodes[label.dataset].value, "source")
            .map(|source| matches!(source.as_ref(), "user_generated" | "scraped" | "inbound_mail"));
        let fed = written.iter().find(|(dataset, _)| *dataset == label.dataset).map_or(Ok(false), |(_, answer)| answer.clone());
        // An anonymised text can still give orders: what it may reach at all counts.
        let enters = label.spreads[2].enters(&flow.graph, model);
        add(both(either(origin, fed), enters), label.dataset);
    }
    for Stranger { actor, public, spread } in strangers {
        // Somebody unknown asks, and what the model sees is not all theirs.
        add(both(public.clone(), spread.enters(&flow.graph, model)), *actor);
    }
    (any.answer(), sources)
}

/// The sources of retrieval entries that feed a model, with whether strangers write to them.
fn written_by_strangers<'m>(flow: &Flow<'m>, retrieval: &Naming<'m>, model: usize) -> Vec<(usize, Result<bool, Gaps>)> {
    let mut written = Vec::new();
    for entry in retrieval.about(flow.graph.nodes[model].id).into_iter().flatten().flatten() {
        if text(&flow.view, entry, "model").as_deref() != Ok(flow.graph.nodes[model].id) {
            continue;
        }
        let writers =
            text(&flow.view, entry, "writers").map(|writers| matches!(writers.as_ref(), "customers" | "public" | "open_web"));
        for source in list(&flow.view, entry, "sources").unwrap_or_default().iter().flatten() {
            if let Some(at) = word(source).and_then(|id| flow.graph.find(&id)) {
                written.push((at, writers.clone()));
            }
        }
    }
    written
}
