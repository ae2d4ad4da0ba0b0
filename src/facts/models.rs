//! Models and what they are made from: which weights run where, and what they can know.
//!
//! A model's ancestors are its declared bases and those of the training runs that produced it, all the
//! way up. Weights run where the model, or anything made from it, is served.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Any, fact, list, text, truth, word};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::manifest::vocabulary::{Hosting, Model, Retrieval};

/// A row of `facts.models`.
pub static MODEL: RecordDesc = RecordDesc {
    name: "ModelFacts",
    doc: "What follows for one model.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("served", Type::Bool, "Whether a hosting entry serves the model itself."),
        fact(
            "hosts",
            Type::List(&Type::Record(Hosting::DESC)),
            "Hosting entries that run these weights: those that serve the model, or a model made from it.",
        ),
        fact(
            "ancestors",
            Type::List(&Type::Record(Model::DESC)),
            "The model and everything it was made from, nearest first, by `base` and by training runs.",
        ),
        fact(
            "teachers",
            Type::List(&Type::Record(Model::DESC)),
            "Models whose outputs it, its ancestors or its teachers were trained on: `taught_by`, and the models that generated the data sets in their training.",
        ),
        fact(
            "trained",
            Type::Date,
            "The day of the latest training run that produced it; `none` where no run of this manifest did.",
        ),
        fact("trained_here", Type::Bool, "Whether a training run of this manifest produced the model."),
        fact("generative", Type::Bool, "Whether the model writes: it is no embedding, reranker, guard or classifier."),
        fact(
            "knowledge_cutoff",
            Type::Month,
            "The model's own knowledge cutoff, else that of the nearest ancestor that states one.",
        ),
        fact("retrieval", Type::List(&Type::Record(Retrieval::DESC)), "Retrieval entries that feed the model."),
        fact("grounded", Type::Bool, "Whether retrieval feeds the model: an entry of `retrieval`, or a flow with that purpose."),
    ],
};

struct Graph<'m> {
    models: BTreeMap<String, Value<'m>>,
    /// From a model to what it was made from.
    parents: BTreeMap<String, Vec<String>>,
    /// From a model to those whose outputs it was trained on.
    teachers: BTreeMap<String, Vec<String>>,
}

impl Graph<'_> {
    /// Everything that taught a model, or what it was made from, nearest first; not the model itself.
    fn teachers(&self, id: &str) -> Vec<String> {
        let mut both = self.parents.clone();
        for (model, teachers) in &self.teachers {
            both.entry(model.clone()).or_default().extend(teachers.iter().cloned());
        }
        let ancestors: BTreeSet<String> = reach(id, &self.parents).into_iter().collect();
        reach(id, &both).into_iter().filter(|model| !ancestors.contains(model)).collect()
    }
}

/// The relation, or the gap of the section it is about.
pub fn derive<'m>(view: &View<'m>) -> Answer<'m> {
    let manifest = view.manifest();
    let models = list(view, &manifest, "models")?;
    let graph = graph(view, &models);
    let rows = models.into_iter().map(|model| {
        let model = model?;
        let id = text(view, &model, "id")?.into_owned();
        let ancestors = reach(&id, &graph.parents);
        let users = descendants(&id, &graph.parents);
        let retrieval = fed(view, "retrieval", &id);
        let values = vec![
            Ok(model.clone()),
            truth(any(&hosts(view, &BTreeSet::from([id.clone()])))),
            hosts(view, &users).map(Value::list),
            Ok(Value::list(ancestors.iter().filter_map(|id| graph.models.get(id).cloned()).map(Ok).collect())),
            Ok(Value::list(graph.teachers(&id).iter().filter_map(|id| graph.models.get(id).cloned()).map(Ok).collect())),
            latest_run(view, &id),
            truth(produced(view, &id)),
            truth(generative(view, &model)),
            cutoff(view, &graph, &ancestors),
            retrieval.clone().map(Value::list),
            truth(grounded(view, &retrieval, &id)),
        ];
        Ok(Value { place: model.place, data: Data::row(&MODEL, id, values) })
    });
    Ok(Value::list(rows.collect()))
}

fn graph<'m>(view: &View<'m>, models: &[Answer<'m>]) -> Graph<'m> {
    let mut graph = Graph { models: BTreeMap::new(), parents: BTreeMap::new(), teachers: BTreeMap::new() };
    for model in models.iter().flatten() {
        let Ok(id) = text(view, model, "id") else { continue };
        let bases = list(view, model, "base").unwrap_or_default();
        let bases = bases.iter().flatten().filter_map(word).map(Cow::into_owned);
        graph.parents.entry(id.clone().into_owned()).or_default().extend(bases);
        let taught = graph.teachers.entry(id.clone().into_owned()).or_default();
        taught.extend(list(view, model, "taught_by").unwrap_or_default().iter().flatten().filter_map(word).map(Cow::into_owned));
        taught.extend(generators(view, model, "trained_on"));
        graph.models.insert(id.into_owned(), model.clone());
    }
    for run in list(view, &view.manifest(), "training").unwrap_or_default().iter().flatten() {
        if let (Ok(base), Ok(output)) = (text(view, run, "base"), text(view, run, "output")) {
            graph.teachers.entry(output.clone().into_owned()).or_default().extend(generators(view, run, "datasets"));
            graph.parents.entry(output.into_owned()).or_default().push(base.into_owned());
        }
    }
    graph
}

/// The models that generated the data sets in a list.
fn generators<'m>(view: &View<'m>, record: &Value<'m>, field: &str) -> Vec<String> {
    let datasets = list(view, record, field).unwrap_or_default();
    let by = |dataset: &Value<'m>| text(view, dataset, "generated_by").ok().filter(|model| model != "none").map(Cow::into_owned);
    datasets.iter().flatten().filter_map(by).collect()
}

/// The latest day on which a run produced the model.
fn latest_run<'m>(view: &View<'m>, id: &str) -> Answer<'m> {
    let mut latest: Option<Value<'m>> = None;
    for run in list(view, &view.manifest(), "training")? {
        let run = run?;
        if text(view, &run, "output")? != id {
            continue;
        }
        let day = view.field(&run, "date")?;
        if let (Data::Date(new), Some(Data::Date(old))) = (&day.data, latest.as_ref().map(|value| &value.data))
            && new <= old
        {
            continue;
        }
        latest = Some(day);
    }
    Ok(latest.unwrap_or_else(|| Value::computed(Data::None)))
}

/// Everything reachable, the start first, in the order of distance.
fn reach(start: &str, edges: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = vec![start.to_owned()];
    let mut seen = BTreeSet::from([start.to_owned()]);
    let mut next = 0;
    while let Some(id) = found.get(next).cloned() {
        next += 1;
        for parent in edges.get(&id).into_iter().flatten() {
            if seen.insert(parent.clone()) {
                found.push(parent.clone());
            }
        }
    }
    found
}

fn descendants(id: &str, parents: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (child, bases) in parents {
        for base in bases {
            children.entry(base.clone()).or_default().push(child.clone());
        }
    }
    reach(id, &children).into_iter().collect()
}

/// Hosting entries that serve one of these models; entries that do not say stay in as gaps.
fn hosts<'m>(view: &View<'m>, ids: &BTreeSet<String>) -> Result<Vec<Answer<'m>>, Gaps> {
    let mut hosts = Vec::new();
    for host in list(view, &view.manifest(), "hosting")? {
        let Ok(host) = host else {
            hosts.push(host);
            continue;
        };
        match list(view, &host, "models") {
            Ok(served) => {
                if served.iter().flatten().filter_map(word).any(|id| ids.contains(id.as_ref())) {
                    hosts.push(Ok(host));
                }
            }
            Err(gaps) => hosts.push(Err(gaps)),
        }
    }
    Ok(hosts)
}

/// Whether a list of answers has a known element.
fn any(answers: &Result<Vec<Answer<'_>>, Gaps>) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for answer in answers.as_ref().map_err(Clone::clone)? {
        any.add(answer.as_ref().map(|_| true).map_err(Clone::clone));
    }
    any.answer()
}

fn produced(view: &View<'_>, id: &str) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for run in list(view, &view.manifest(), "training")? {
        any.add(run.and_then(|run| text(view, &run, "output").map(|output| output == id)));
    }
    any.answer()
}

fn generative<'m>(view: &View<'m>, model: &Value<'m>) -> Result<bool, Gaps> {
    let kind = text(view, model, "kind")?;
    Ok(!matches!(kind.as_ref(), "embedding" | "reranker" | "guard" | "classifier"))
}

fn cutoff<'m>(view: &View<'m>, graph: &Graph<'m>, ancestors: &[String]) -> Answer<'m> {
    let mut gaps = Gaps::default();
    for id in ancestors {
        let Some(model) = graph.models.get(id) else { continue };
        match view.field(model, "knowledge_cutoff") {
            Ok(day) => return Ok(day),
            Err(more) => gaps = gaps.and(more),
        }
    }
    // Ask for the model's own, which settles it.
    gaps.0.truncate(1);
    Err(gaps)
}

/// Entries of a section whose `model` is this one.
fn fed<'m>(view: &View<'m>, section: &str, id: &str) -> Result<Vec<Answer<'m>>, Gaps> {
    let mut feeding = Vec::new();
    for entry in list(view, &view.manifest(), section)? {
        match entry.and_then(|entry| text(view, &entry, "model").map(|model| (model == id, entry))) {
            Ok((true, entry)) => feeding.push(Ok(entry)),
            Ok(_) => {}
            Err(gaps) => feeding.push(Err(gaps)),
        }
    }
    Ok(feeding)
}

fn grounded(view: &View<'_>, retrieval: &Result<Vec<Answer<'_>>, Gaps>, id: &str) -> Result<bool, Gaps> {
    let mut grounded = Any::default();
    grounded.add(any(retrieval));
    match list(view, &view.manifest(), "flows") {
        Ok(flows) => {
            for flow in flows.iter().flatten() {
                let to = text(view, flow, "to").map(|to| to == id);
                let purpose = text(view, flow, "purpose").map(|purpose| purpose == "retrieval");
                grounded.add(super::both(to, purpose));
            }
        }
        Err(gaps) => grounded.add(Err(gaps)),
    }
    grounded.answer()
}
