//! Models and what they are made from: which weights run where, and what they can know.
//!
//! A model's ancestors are its declared bases and those of the training runs that produced it, all the
//! way up. Weights run where the model, or anything made from it, is served.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::naming::Naming;
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

#[derive(Default)]
struct Graph<'m> {
    models: BTreeMap<String, Value<'m>>,
    /// From a model to what it was made from.
    parents: BTreeMap<String, Vec<String>>,
    /// From a model to those whose outputs it was trained on.
    teachers: BTreeMap<String, Vec<String>>,
    /// From a model to both.
    sources: BTreeMap<String, Vec<String>>,
    /// From a model to what was made from it.
    children: BTreeMap<String, Vec<String>>,
}

impl Graph<'_> {
    /// Everything that taught a model, or what it was made from, nearest first; not the model itself.
    fn teachers(&self, id: &str) -> Vec<String> {
        let ancestors: BTreeSet<String> = reach(id, &self.parents).into_iter().collect();
        reach(id, &self.sources).into_iter().filter(|model| !ancestors.contains(model)).collect()
    }
}

/// What may name a model, by the ids of the models.
struct Uses<'m> {
    hosting: Naming<'m>,
    training: Naming<'m>,
    retrieval: Naming<'m>,
    flows: Naming<'m>,
}

/// The relation, or the gap of the section it is about.
pub fn derive<'m>(view: &View<'m>) -> Answer<'m> {
    let manifest = view.manifest();
    let models = list(view, &manifest, "models")?;
    let graph = graph(view, &models);
    let by = |section, field| Naming::of(view, section, field);
    let uses = Uses {
        hosting: by("hosting", "models"),
        training: by("training", "output"),
        retrieval: by("retrieval", "model"),
        flows: by("flows", "to"),
    };
    let rows = models.into_iter().map(|model| {
        let model = model?;
        let id = text(view, &model, "id")?.into_owned();
        let ancestors = reach(&id, &graph.parents);
        let users: BTreeSet<String> = reach(&id, &graph.children).into_iter().collect();
        let retrieval = fed(view, &uses.retrieval, &id);
        let values = vec![
            Ok(model.clone()),
            truth(any(&hosts(view, &uses.hosting, &BTreeSet::from([id.clone()])))),
            hosts(view, &uses.hosting, &users).map(Value::list),
            Ok(Value::list(ancestors.iter().filter_map(|id| graph.models.get(id).cloned()).map(Ok).collect())),
            Ok(Value::list(graph.teachers(&id).iter().filter_map(|id| graph.models.get(id).cloned()).map(Ok).collect())),
            latest_run(view, &uses.training, &id),
            truth(produced(view, &uses.training, &id)),
            truth(generative(view, &model)),
            cutoff(view, &graph, &ancestors),
            retrieval.clone().map(Value::list),
            truth(grounded(view, &uses.flows, &retrieval, &id)),
        ];
        Ok(Value { place: model.place, data: Data::row(&MODEL, id, values) })
    });
    Ok(Value::list(rows.collect()))
}

fn graph<'m>(view: &View<'m>, models: &[Answer<'m>]) -> Graph<'m> {
    let mut graph = Graph::default();
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
    graph.sources = graph.parents.clone();
    for (model, teachers) in &graph.teachers {
        graph.sources.entry(model.clone()).or_default().extend(teachers.iter().cloned());
    }
    for (child, bases) in &graph.parents {
        for base in bases {
            graph.children.entry(base.clone()).or_default().push(child.clone());
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
fn latest_run<'m>(view: &View<'m>, training: &Naming<'m>, id: &str) -> Answer<'m> {
    let mut latest: Option<Value<'m>> = None;
    for run in training.about(id)? {
        let run = run.clone()?;
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

/// Hosting entries that serve one of these models; entries that do not say stay in as gaps.
fn hosts<'m>(view: &View<'m>, hosting: &Naming<'m>, ids: &BTreeSet<String>) -> Result<Vec<Answer<'m>>, Gaps> {
    let named = hosting.about_any(ids.iter().map(String::as_str))?.cloned();
    // What is not silent serves one of them.
    Ok(named.map(|host| host.and_then(|host| list(view, &host, "models").map(|_| host))).collect())
}

/// Whether a list of answers has a known element.
fn any(answers: &Result<Vec<Answer<'_>>, Gaps>) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for answer in answers.as_ref().map_err(Clone::clone)? {
        any.add(answer.as_ref().map(|_| true).map_err(Clone::clone));
    }
    any.answer()
}

fn produced<'m>(view: &View<'m>, training: &Naming<'m>, id: &str) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for run in training.about(id)? {
        any.add(run.clone().and_then(|run| text(view, &run, "output").map(|output| output == id)));
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
    Err(gaps.first_only())
}

/// Entries whose `model` is this one; those that do not say stay in as gaps.
fn fed<'m>(view: &View<'m>, retrieval: &Naming<'m>, id: &str) -> Result<Vec<Answer<'m>>, Gaps> {
    let named = retrieval.about(id)?.cloned();
    Ok(named.map(|entry| entry.and_then(|entry| text(view, &entry, "model").map(|_| entry))).collect())
}

fn grounded<'m>(view: &View<'m>, flows: &Naming<'m>, retrieval: &Result<Vec<Answer<'_>>, Gaps>, id: &str) -> Result<bool, Gaps> {
    let mut grounded = Any::default();
    grounded.add(any(retrieval));
    match flows.about(id) {
        Ok(flows) => {
            for flow in flows.flatten() {
                let to = text(view, flow, "to").map(|to| to == id);
                let purpose = text(view, flow, "purpose").map(|purpose| purpose == "retrieval");
                grounded.add(super::both(to, purpose));
            }
        }
        Err(gaps) => grounded.add(Err(gaps)),
    }
    grounded.answer()
}
