//! What weights remember, and what retrieval puts before a model.
//!
//! Weights carry every data set that the model, or anything it was made from, was trained on: declared
//! by `trained_on`, by training runs and by flows with that purpose, and what those data sets contain
//! in turn. Memory has no permissions: what is in the weights is there for whoever gets an answer.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::{fact, list, text, truth, word};
use super::graph::{Ancestor, Level, Link};
use super::hops::{HOP, Step, path};
use super::{Any, Flow, both, most, none, of_level, row};
use crate::manifest::describe::{RecordDesc, Section, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::{Actor, Dataset, Model, Retrieval, TrainingRun};

/// A row of `facts.memories`.
pub static MEMORY: RecordDesc = RecordDesc {
    name: "Memory",
    doc: "One data set that is in the weights of one model.",
    fields: &[
        fact("dataset", Type::Record(Dataset::DESC), "The data set."),
        fact("model", Type::Record(Model::DESC), "The model whose weights carry it."),
        fact(
            "learner",
            Type::Record(Model::DESC),
            "The model that was trained on it: the model itself, or one it was made from.",
        ),
        fact(
            "through",
            Type::Record(Dataset::DESC),
            "The data set in the training that contains it: itself, or one that it flows into.",
        ),
        fact("direct", Type::Bool, "Whether the model itself was trained on the data set itself."),
        fact("run", Type::Record(TrainingRun::DESC), "The training run; `none` where only `trained_on` or a flow says it."),
        fact("kept", Type::Bool, "Whether any of it is left after the controls on the way into training."),
        fact("personal", Type::Bool, "Whether what is left is personal data."),
        fact("secret", Type::Bool, "Whether what is left is secret."),
        fact("sensitive", Type::Bool, "Personal or secret."),
        fact("private", Type::Bool, "Whether the run applies differential privacy."),
        fact("scrubbed", Type::Bool, "Whether the run removes direct identifiers."),
        fact("unfiltered", Type::Bool, "Whether it gets into training without redaction or anything stronger."),
        fact(
            "exposures",
            Type::List(&Type::Record(&super::exposures::EXPOSURE)),
            "Those who are answered by the model; first those whom something sensitive reaches to which they are not entitled.",
        ),
        fact("path", Type::List(&Type::Record(&HOP)), "How it gets into the weights, and to the first of `exposures`."),
        fact("training_path", Type::List(&Type::Record(&HOP)), "How it gets into the weights."),
        fact("cut", Type::Record(&HOP), "The step by which it enters training."),
    ],
};

/// A row of `facts.retrieved`.
pub static RETRIEVED: RecordDesc = RecordDesc {
    name: "Retrieved",
    doc: "One source of one retrieval entry.",
    fields: &[
        fact("retrieval", Type::Record(Retrieval::DESC), "The retrieval entry."),
        fact("dataset", Type::Record(Dataset::DESC), "The source."),
        fact("personal", Type::Bool, "Whether it holds personal data."),
        fact("secret", Type::Bool, "Whether it is secret."),
        fact("sensitive", Type::Bool, "Personal or secret."),
        fact("audience", Type::List(&Type::Record(Actor::DESC)), "Those who are answered by the model that it feeds."),
    ],
};

/// What one model remembers of one data set.
pub struct Memory<'m> {
    pub label: usize,
    pub model: usize,
    pub link: Link<'m>,
    pub ancestry: Rc<Vec<Ancestor>>,
    /// The learner's position in the ancestry.
    pub learner: usize,
    pub private: Result<bool, Gaps>,
}

impl<'m> Memory<'m> {
    /// Whether at least this much gets into the weights.
    pub fn enters(&self, flow: &Flow<'m>, level: Level) -> Result<bool, Gaps> {
        let label = &flow.labels[self.label];
        let passage = &self.link.passage;
        let training = if passage.exists && passage.surely >= level {
            Ok(true)
        } else if passage.perhaps >= level {
            Err(passage.doubt.clone().unwrap_or_default())
        } else {
            Ok(false)
        };
        if label.dataset == self.link.dataset {
            return training;
        }
        both(label.spread(level).reaches(&flow.graph, self.link.dataset), training)
    }

    /// The levels at which something can be remembered. Who receives what is decided of data, not of memory.
    pub const LEVELS: [Level; 2] = [Level::Released, Level::Secret];

    /// Whether at least this much of what gets into the weights gets out to a node.
    pub fn reaches(&self, flow: &Flow<'m>, level: Level, node: usize) -> Result<bool, Gaps> {
        let out = flow.memory.get(&self.model).map_or(Ok(false), |spreads| of_level(spreads, level).reaches(&flow.graph, node));
        both(self.enters(flow, level), out)
    }

    /// The steps into the weights of the model, of what gets there whole if anything certainly does.
    pub fn training_steps(&self, flow: &Flow<'m>) -> Vec<Step<'m>> {
        let level = most(Self::LEVELS.into_iter(), &|level| self.enters(flow, level));
        self.steps(flow, level.unwrap_or(Level::Secret))
    }

    /// The steps into the weights of the model on which at least this much is left.
    pub fn steps(&self, flow: &Flow<'m>, level: Level) -> Vec<Step<'m>> {
        let label = &flow.labels[self.label];
        let mut steps = Vec::new();
        if label.dataset != self.link.dataset {
            let way = label.spread(level).way(&flow.graph, self.link.dataset);
            steps.extend(way.into_iter().map(|edge| flow.hop(edge)));
        }
        steps.extend(flow.training_hops(&self.link));
        steps.extend(flow.lineage_hops(&self.ancestry, self.learner));
        steps
    }
}

/// Everything that any model remembers, each data set once for each model.
pub fn of<'m>(flow: &Flow<'m>) -> Vec<Rc<Memory<'m>>> {
    let mut memories: Vec<Rc<Memory<'m>>> = Vec::new();
    for model in flow.graph.of_section(Section::Models) {
        let ancestry = Rc::new(flow.graph.ancestry(model));
        let mut known: HashMap<usize, usize> = HashMap::new();
        for (learner, ancestor) in ancestry.iter().enumerate() {
            for link in flow.graph.learned(ancestor.model).iter().map(|link| &flow.graph.links[*link]) {
                // The data set, and what is in it.
                for label in flow.labels_at(link.dataset) {
                    let private = private(flow, link);
                    let (ancestry, link) = (Rc::clone(&ancestry), link.clone());
                    let memory = Memory { label, model, link, ancestry, learner, private };
                    match known.get(&label).map(|at| &mut memories[*at]) {
                        Some(other) if better(flow, &memory, other) => *other = Rc::new(memory),
                        Some(_) => {}
                        None => {
                            known.insert(label, memories.len());
                            memories.push(Rc::new(memory));
                        }
                    }
                }
            }
        }
    }
    memories
}

/// Of two ways into the same weights the one that protects less is the one that counts.
fn better<'m>(flow: &Flow<'m>, new: &Memory<'m>, old: &Memory<'m>) -> bool {
    let rank = |memory: &Memory<'m>| {
        let level = Level::LEFT.iter().position(|level| memory.enters(flow, *level) == Ok(true)).unwrap_or(3);
        let own = flow.labels[memory.label].dataset != memory.link.dataset;
        (memory.private != Ok(false), level, own, memory.learner, memory.link.run.is_none())
    };
    rank(new) < rank(old)
}

/// Whether a run applies differential privacy; what no run describes does not.
fn private<'m>(flow: &Flow<'m>, link: &Link<'m>) -> Result<bool, Gaps> {
    let Some(run) = &link.run else { return Ok(false) };
    let privacy = flow.view.field(run, "privacy")?;
    let noise = flow.view.field(&privacy, "differential_privacy")?;
    Ok(!matches!(noise.data, Data::None))
}

fn scrubbed<'m>(flow: &Flow<'m>, link: &Link<'m>) -> Result<bool, Gaps> {
    let Some(run) = &link.run else { return Ok(false) };
    let privacy = flow.view.field(run, "privacy")?;
    Ok(matches!(flow.view.field(&privacy, "scrub")?.data, Data::Bool(true)))
}

/// The relation `facts.memories`.
pub fn relation<'m>(flow: &Rc<Flow<'m>>, memories: &[Rc<Memory<'m>>]) -> Answer<'m> {
    flow.section("models")?;
    let rows = memories.iter().map(|memory| {
        let label = &flow.labels[memory.label];
        let enters = |level| memory.enters(flow, level);
        let (personal, secret) = (label.personal(&enters), label.secret(&enters));
        let exposures = super::exposures::of_memory(flow, memory);
        let first = exposures.as_ref().ok().and_then(|rows| rows.iter().flatten().next().cloned());
        let way = match &first {
            Some(exposure) => flow.view.field(exposure, "path"),
            None => {
                let memory = Rc::clone(memory);
                path(flow, move |flow| memory.training_steps(flow))
            }
        };
        let training = {
            let memory = Rc::clone(memory);
            path(flow, move |flow| memory.training_steps(flow))
        };
        let cut = memory.link_hop(flow);
        let model = flow.value(memory.model);
        let direct = memory.learner == 0 && label.dataset == memory.link.dataset;
        let values = vec![
            Ok(flow.value(label.dataset)),
            Ok(model),
            Ok(flow.value(memory.link.model)),
            Ok(flow.value(memory.link.dataset)),
            truth(Ok(direct)),
            memory.link.run.clone().map_or_else(none, Ok),
            truth(memory.enters(flow, Level::Secret)),
            truth(personal),
            truth(secret),
            truth(label.sensitive(flow, &enters)),
            truth(memory.private.clone()),
            truth(scrubbed(flow, &memory.link)),
            truth(memory.enters(flow, Level::Released)),
            exposures.map(Value::list),
            way,
            training,
            Ok(cut),
        ];
        let key = format!("{} {}", flow.graph.nodes[label.dataset].id, flow.graph.nodes[memory.model].id);
        Ok(row(&MEMORY, key, &flow.value(label.dataset), values))
    });
    Flow::with_holes(rows.collect(), &flow.graph.untold)
}

impl<'m> Memory<'m> {
    fn link_hop(&self, flow: &Flow<'m>) -> Value<'m> {
        match flow.training_hops(&self.link).into_iter().next() {
            Some(step) => flow.hop_row(step),
            None => Value::computed(Data::None),
        }
    }
}

/// The relation `facts.retrieved`.
pub fn retrieved<'m>(flow: &Rc<Flow<'m>>) -> Answer<'m> {
    let mut rows = Vec::new();
    for retrieval in list(&flow.view, &flow.view.manifest(), "retrieval")? {
        let retrieval = match retrieval {
            Ok(retrieval) => retrieval,
            Err(gaps) => {
                rows.push(Err(gaps));
                continue;
            }
        };
        let sources = match list(&flow.view, &retrieval, "sources") {
            Ok(sources) => sources,
            Err(gaps) => {
                rows.push(Err(gaps));
                continue;
            }
        };
        let id = text(&flow.view, &retrieval, "id").unwrap_or_default();
        for source in sources {
            let source = match source {
                Ok(source) => source,
                Err(gaps) => {
                    rows.push(Err(gaps));
                    continue;
                }
            };
            let Some(name) = word(&source) else { continue };
            let label = flow.graph.find(&name).and_then(|at| flow.label_of(at));
            let Some(label) = label.map(|label| &flow.labels[label]) else { continue };
            let sensitive = label.sensitive(flow, &|_| Ok(true));
            let values = vec![
                Ok(retrieval.clone()),
                Ok(flow.value(label.dataset)),
                truth(label.personal.clone()),
                truth(label.secret.clone()),
                truth(sensitive),
                audience(flow, &retrieval),
            ];
            rows.push(Ok(row(&RETRIEVED, format!("{id} {name}"), &source, values)));
        }
    }
    Ok(Value::list(rows))
}

fn audience<'m>(flow: &Flow<'m>, retrieval: &Value<'m>) -> Answer<'m> {
    let model = text(&flow.view, retrieval, "model")?;
    let model = flow.graph.find(&model).ok_or_else(|| flow.view.gap_at(retrieval.place))?;
    flow.audience(model)
}

impl<'m> Flow<'m> {
    /// The actors who are answered by a model. A model that is said to go nowhere has an audience that
    /// nobody has declared.
    pub fn audience(&self, model: usize) -> Answer<'m> {
        self.section("flows")?;
        let spread = &self.output[&model];
        let mut audience = Vec::new();
        for actor in spread.of_section(&self.graph, Section::Actors) {
            match spread.reaches(&self.graph, actor) {
                Ok(true) => audience.push(Ok(self.value(actor))),
                Ok(false) => {}
                Err(gaps) => audience.push(Err(gaps)),
            }
        }
        audience.extend(self.graph.holes.iter().cloned().map(Err));
        Ok(Value::list(audience))
    }

    /// Whether any answer is true.
    pub fn any(answers: impl Iterator<Item = Result<bool, Gaps>>) -> Result<bool, Gaps> {
        let mut any = Any::default();
        answers.for_each(|answer| any.add(answer));
        any.answer()
    }
}
