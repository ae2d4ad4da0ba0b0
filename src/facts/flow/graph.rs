//! The deployment as a graph: what is declared as nodes, and everything that moves data between them.
//!
//! Edges are the declared flows and what other sections imply: a retrieval entry puts its sources into
//! the model's context and its store, logging copies what a served model sees into the log store, a
//! fallback receives what the model it stands in for receives, an evaluation sends its data set to the
//! model it measures and to the model that judges, and a data set contains what it is derived from.
//! Training is kept apart: what is trained on does not move on as data, it moves with the weights.

use std::collections::{HashMap, HashSet};

use super::super::{list, text, word};
use crate::manifest::describe::Section;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::syntax::tree::Place;

/// How much of a data set is left after the controls on the way. Each level contains those below it,
/// because whatever takes away the name also takes away that nobody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing that points to anybody, and no secret: anonymised or aggregated.
    Nothing,
    /// Redacted: recognised identifiers are gone, secrets remain.
    Secret,
    /// Somebody or something decides who receives it; the content is all there.
    Released,
    /// As it is at the source, to whoever receives it.
    Unfiltered,
}

impl Level {
    /// Those at which something is left, highest first.
    pub const LEFT: [Self; 3] = [Self::Unfiltered, Self::Released, Self::Secret];
}

/// What an edge or a node does: what passes for certain, and what may pass if all that is undeclared
/// turns out for the worse.
#[derive(Debug, Clone)]
pub struct Passage {
    pub surely: Level,
    pub perhaps: Level,
    /// The controls that are there for certain, and those that may be.
    pub controls: (Controls, Controls),
    /// Whether there is a passage at all, for certain.
    pub exists: bool,
    /// Why the two differ.
    pub doubt: Option<Gaps>,
}

impl Passage {
    fn open() -> Self {
        Self {
            surely: Level::Unfiltered,
            perhaps: Level::Unfiltered,
            controls: (Controls::default(), Controls::default()),
            exists: true,
            doubt: None,
        }
    }

    /// A passage that may not exist at all.
    fn doubtful(mut self, gaps: Gaps) -> Self {
        self.surely = Level::Nothing;
        self.exists = false;
        self.doubt = Some(match self.doubt {
            Some(doubt) => doubt.and(gaps),
            None => gaps,
        });
        self
    }
}

/// A set of words of the enumeration of controls, by index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Controls(u16);

impl Controls {
    /// The control with this name; nothing for a word that is none.
    pub fn of(names: &[&str]) -> Self {
        let desc = crate::manifest::vocabulary::Control::DESC;
        Self(names.iter().filter_map(|name| desc.index(name)).fold(0, |set, at| set | 1 << at))
    }

    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What these controls leave of what passes.
    fn leaves(self) -> Level {
        if self.meets(Self::of(&["anonymise", "aggregate"])) {
            Level::Nothing
        } else if self.meets(Self::of(&["redact"])) {
            Level::Secret
        } else if self.meets(Self::of(&["authorise", "output_filter", "human_review"])) {
            Level::Released
        } else {
            Level::Unfiltered
        }
    }
}

/// What a node is.
#[derive(Debug, Clone)]
pub struct Node<'m> {
    pub id: &'m str,
    pub section: Section,
    pub value: Value<'m>,
    /// What happens to data that passes through.
    pub passage: Passage,
    /// A tool or executor whose calls a person approves: for certain, or perhaps.
    pub approval: (bool, bool),
}

/// What an edge is there for. The declared purposes that matter to where data goes on from a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// Data reaches what runs the model, not what others ask of it.
    Apart,
    /// Data enters the context, or passes on.
    Through,
    /// Not declared.
    Unknown(Gaps),
}

/// A movement of data.
#[derive(Debug, Clone)]
pub struct Edge<'m> {
    pub from: usize,
    pub to: usize,
    /// The purpose, as a word.
    pub word: &'m str,
    pub purpose: Purpose,
    pub passage: Passage,
    /// The data sets that it carries, by node; `None` is everything that is at the source.
    pub carries: Option<Vec<usize>>,
    /// Where it is written.
    pub place: Option<Place>,
    /// The flow, where it is declared as one.
    pub flow: Option<Value<'m>>,
}

/// A data set that is put into weights.
#[derive(Debug, Clone)]
pub struct Link<'m> {
    pub dataset: usize,
    pub model: usize,
    /// The training run, where one says it.
    pub run: Option<Value<'m>>,
    pub passage: Passage,
    pub place: Option<Place>,
    /// The run's id, or what says that the model is trained on the data set.
    pub name: &'m str,
}

/// A model that another was made from, directly or not.
#[derive(Debug, Clone, Copy)]
pub struct Ancestor {
    pub model: usize,
    /// The index, in the same list, of the model that was made from it.
    pub child: usize,
    /// Where that is said.
    pub place: Option<Place>,
}

/// The graph.
#[derive(Debug, Default)]
pub struct Graph<'m> {
    pub nodes: Vec<Node<'m>>,
    index: HashMap<&'m str, usize>,
    pub edges: Vec<Edge<'m>>,
    /// The edges that leave each node.
    out: Vec<Vec<u32>>,
    /// Edges that cannot be drawn, because an end is not declared.
    pub holes: Vec<Gaps>,
    pub links: Vec<Link<'m>>,
    /// Training that cannot be placed.
    pub untold: Vec<Gaps>,
    /// From a model to those it was made from.
    pub bases: Vec<Vec<(usize, Option<Place>)>>,
}

impl<'m> Graph<'m> {
    /// Draws the graph of a manifest.
    pub fn of(view: &View<'m>) -> Self {
        let mut graph = Self::default();
        for section in [Section::Datasets, Section::Actors, Section::Components, Section::Models, Section::Parties] {
            for entry in entries(view, section.key()).unwrap_or_default() {
                graph.node(view, section, entry);
            }
        }
        graph.flows(view);
        graph.retrieval(view);
        graph.logging(view);
        graph.fallback(view);
        graph.evaluation(view);
        graph.derivation(view);
        graph.lineage(view);
        graph.training(view);
        graph.out = vec![Vec::new(); graph.nodes.len()];
        for (at, edge) in graph.edges.iter().enumerate() {
            graph.out[edge.from].push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        graph
    }

    /// The node with this id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The edges that leave a node.
    pub fn leaving(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.out[node].iter().map(|at| *at as usize)
    }

    /// The nodes of a section, in the order of the manifest.
    pub fn of_section(&self, section: Section) -> impl Iterator<Item = usize> + '_ {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.section == section).map(|(at, _)| at)
    }

    /// A model and those it was made from, nearest first.
    pub fn ancestry(&self, model: usize) -> Vec<Ancestor> {
        let mut found = vec![Ancestor { model, child: 0, place: None }];
        let mut seen = HashSet::from([model]);
        let mut next = 0;
        while let Some(at) = found.get(next).map(|ancestor| ancestor.model) {
            for (base, place) in &self.bases[at] {
                if seen.insert(*base) {
                    found.push(Ancestor { model: *base, child: next, place: *place });
                }
            }
            next += 1;
        }
        found
    }

    fn node(&mut self, view: &View<'m>, section: Section, value: Value<'m>) {
        let Some(id) = id(view, &value) else { return };
        let at = self.nodes.len();
        if self.index.contains_key(id) {
            return;
        }
        self.index.insert(id, at);
        let component = section == Section::Components;
        let passage = if component { isolation(view, &value) } else { Passage::open() };
        let approval = if component { approval(view, &value) } else { (false, false) };
        self.nodes.push(Node { id, section, value, passage, approval });
    }

    fn flows(&mut self, view: &View<'m>) {
        let Ok(flows) = list(view, &view.manifest(), "flows") else { return };
        for flow in flows.into_iter().flatten() {
            let (from, to) = match (end(view, &flow, "from"), end(view, &flow, "to")) {
                (Ok(from), Ok(to)) => (from, to),
                (from, to) => {
                    // The end that is missing is what has to be said.
                    for gaps in [from.err(), to.err()].into_iter().flatten() {
                        self.holes.push(gaps);
                    }
                    continue;
                }
            };
            // An end that no entry declares is reported as such.
            let (Some(from), Some(to)) = (self.find(from), self.find(to)) else { continue };
            let purpose = text(view, &flow, "purpose");
            let word = view.field(&flow, "purpose").ok().and_then(|value| known_word(view, &value)).unwrap_or("");
            let mut passage = controls(view, &flow);
            let carries = match self.carried(view, &flow) {
                Ok(carries) => carries,
                Err(gaps) => {
                    passage = passage.doubtful(gaps);
                    None
                }
            };
            let purpose = match (self.nodes[to].section, purpose) {
                (Section::Models, Err(gaps)) => Purpose::Unknown(gaps),
                (Section::Models, Ok(word)) if matches!(word.as_ref(), "training" | "evaluation") => Purpose::Apart,
                _ => Purpose::Through,
            };
            let place = flow.place;
            self.edges.push(Edge { from, to, word, purpose, passage, carries, place, flow: Some(flow) });
        }
    }

    /// What a flow carries: left out, everything.
    fn carried(&self, view: &View<'m>, flow: &Value<'m>) -> Result<Option<Vec<usize>>, Gaps> {
        let value = match view.field(flow, "carries") {
            Ok(value) => value,
            Err(gaps) if gaps.0.iter().any(|gap| gap.stated_unknown) => return Err(gaps),
            Err(_) => return Ok(None),
        };
        let names = view.elements(&value).unwrap_or_default();
        let known: Result<Vec<_>, Gaps> = names.into_iter().collect();
        Ok(Some(known?.iter().filter_map(word).filter_map(|id| self.find(&id)).collect()))
    }

    fn implied(&mut self, from: usize, to: usize, word: &'static str, purpose: Purpose, passage: Passage, place: Option<Place>) {
        self.edges.push(Edge { from, to, word, purpose, passage, carries: None, place, flow: None });
    }

    /// Sources reach the model under the rights that retrieval asks for, and lie in the index as they are.
    fn retrieval(&mut self, view: &View<'m>) {
        for entry in entries(view, "retrieval").unwrap_or_default() {
            let sources = match list(view, &entry, "sources") {
                Ok(sources) => sources,
                Err(gaps) => {
                    self.holes.push(gaps);
                    continue;
                }
            };
            let mut passage = Passage::open();
            match text(view, &entry, "authorization") {
                Ok(word) if matches!(word.as_ref(), "per_user" | "per_document") => {
                    let authorise = Controls::of(&["authorise"]);
                    passage.controls = (authorise, authorise);
                    (passage.surely, passage.perhaps) = (Level::Released, Level::Released);
                }
                Ok(_) => {}
                Err(gaps) => {
                    passage.controls.1 = Controls::of(&["authorise"]);
                    (passage.surely, passage.doubt) = (Level::Released, Some(gaps));
                }
            }
            let model = match end(view, &entry, "model") {
                Ok(model) => self.find(model),
                Err(gaps) => {
                    self.holes.push(gaps);
                    None
                }
            };
            let store = end(view, &entry, "store").ok().and_then(|id| self.find(id));
            for source in sources {
                let source = match source {
                    Ok(source) => source,
                    Err(gaps) => {
                        self.holes.push(gaps);
                        continue;
                    }
                };
                let Some(from) = word(&source).and_then(|id| self.find(&id)) else { continue };
                if let Some(model) = model {
                    self.implied(from, model, "retrieval", Purpose::Through, passage.clone(), source.place);
                }
                if let Some(store) = store {
                    self.implied(from, store, "indexing", Purpose::Through, Passage::open(), source.place);
                }
            }
        }
    }

    /// What served models see and say lies in the log store.
    fn logging(&mut self, view: &View<'m>) {
        let Ok(logging) = view.field(&view.manifest(), "logging") else { return };
        let Some(store) = end(view, &logging, "store").ok().and_then(|id| self.find(id)) else { return };
        let place = view.field(&logging, "store").ok().and_then(|value| value.place);
        let levels = [text(view, &logging, "prompts"), text(view, &logging, "outputs")];
        let says = |wanted: &str| levels.iter().flatten().any(|level| level == wanted);
        let doubt = levels.iter().filter_map(|level| level.as_ref().err()).cloned().reduce(Gaps::and);
        let mut passage = Passage::open();
        if !says("full") {
            let redact = Controls::of(&["redact"]);
            match doubt {
                Some(gaps) => {
                    passage.surely = if says("redacted") { Level::Secret } else { Level::Nothing };
                    passage.exists = says("redacted");
                    passage.doubt = Some(gaps);
                    passage.controls.1 = redact;
                }
                None if says("redacted") => {
                    passage.controls = (redact, redact);
                    (passage.surely, passage.perhaps) = (Level::Secret, Level::Secret);
                }
                None => return,
            }
        }
        let (served, untold) = self.served(view);
        self.holes.extend(untold);
        for model in served {
            self.implied(model, store, "logging", Purpose::Through, passage.clone(), place);
        }
    }

    /// Models that a hosting entry serves, and what keeps it from being known of others.
    fn served(&self, view: &View<'m>) -> (Vec<usize>, Vec<Gaps>) {
        let (mut served, mut untold) = (Vec::new(), Vec::new());
        for host in entries(view, "hosting").unwrap_or_default() {
            let models = match list(view, &host, "models") {
                Ok(models) => models,
                Err(gaps) => {
                    untold.push(gaps);
                    continue;
                }
            };
            for model in models.iter().flatten() {
                if let Some(at) = word(model).and_then(|id| self.find(&id)).filter(|at| !served.contains(at)) {
                    served.push(at);
                }
            }
        }
        (served, untold)
    }

    /// A fallback sees what the model sees, and answers in its place.
    fn fallback(&mut self, view: &View<'m>) {
        let hosts = entries(view, "hosting").unwrap_or_default();
        let models_of = |host: &Value<'m>| -> Vec<String> {
            let models = list(view, host, "models").unwrap_or_default();
            models.iter().flatten().filter_map(word).map(std::borrow::Cow::into_owned).collect()
        };
        let by_id: HashMap<&str, &Value<'m>> = hosts.iter().filter_map(|host| Some((id(view, host)?, host))).collect();
        for host in &hosts {
            for target in list(view, host, "fallback").unwrap_or_default().iter().flatten() {
                let Some(name) = word(target) else { continue };
                // A name that is neither a hosting entry nor a model is a mode without a model.
                let targets = match by_id.get(name.as_ref()) {
                    Some(other) => models_of(other),
                    None => vec![name.into_owned()],
                };
                for (from, to) in models_of(host).iter().flat_map(|from| targets.iter().map(move |to| (from, to))) {
                    let (Some(from), Some(to)) = (self.find(from), self.find(to)) else { continue };
                    if from != to && self.nodes[to].section == Section::Models {
                        self.implied(from, to, "fallback", Purpose::Through, Passage::open(), target.place);
                        self.implied(to, from, "fallback", Purpose::Through, Passage::open(), target.place);
                    }
                }
            }
        }
    }

    /// A data set for evaluation is sent to the model that it measures, and to the model that judges.
    fn evaluation(&mut self, view: &View<'m>) {
        for evaluation in entries(view, "evaluations").unwrap_or_default() {
            let Ok(dataset) = view.field(&evaluation, "dataset") else { continue };
            let Some(from) = word(&dataset).and_then(|id| self.find(&id)) else { continue };
            for field in ["target", "judge"] {
                let target = view.field(&evaluation, field).ok().and_then(|value| word(&value).and_then(|id| self.find(&id)));
                if let Some(to) = target.filter(|to| self.nodes[*to].section == Section::Models) {
                    self.implied(from, to, "evaluation", Purpose::Apart, Passage::open(), dataset.place);
                }
            }
        }
    }

    /// What a data set is derived from is in it, unless it says that nobody can be recognised any more.
    fn derivation(&mut self, view: &View<'m>) {
        let datasets: Vec<usize> = self.of_section(Section::Datasets).collect();
        for to in datasets {
            let value = self.nodes[to].value.clone();
            let passage = match super::super::data::identifiable(view, &value) {
                Ok(true) => Passage::open(),
                Ok(false) => continue,
                Err(gaps) => Passage::open().doubtful(gaps),
            };
            for parent in list(view, &value, "derived_from").unwrap_or_default().iter().flatten() {
                if let Some(from) = word(parent).and_then(|id| self.find(&id)) {
                    self.implied(from, to, "derivation", Purpose::Through, passage.clone(), parent.place);
                }
            }
        }
    }

    fn lineage(&mut self, view: &View<'m>) {
        self.bases = vec![Vec::new(); self.nodes.len()];
        let models: Vec<usize> = self.of_section(Section::Models).collect();
        for model in models {
            let value = self.nodes[model].value.clone();
            for base in list(view, &value, "base").unwrap_or_default().iter().flatten() {
                if let Some(at) = word(base).and_then(|id| self.find(&id)) {
                    self.bases[model].push((at, base.place));
                }
            }
        }
        for run in entries(view, "training").unwrap_or_default() {
            let ends = (view.field(&run, "base"), view.field(&run, "output"));
            let (Ok(base), Ok(output)) = ends else { continue };
            let at = |value: &Value<'m>| word(value).and_then(|id| self.find(&id));
            if let (Some(from), Some(to)) = (at(&base), at(&output)) {
                self.bases[to].push((from, output.place));
            }
        }
    }

    /// What is trained on: by runs, by flows, and by `trained_on` where no run tells the same.
    fn training(&mut self, view: &View<'m>) {
        match list(view, &view.manifest(), "training") {
            Ok(runs) => runs.iter().flatten().for_each(|run| self.run(view, run)),
            Err(gaps) => self.untold.push(gaps),
        }
        for edge in &self.edges {
            let trains = edge.word == "training" && self.nodes[edge.to].section == Section::Models;
            let from_data = self.nodes[edge.from].section == Section::Datasets;
            if edge.flow.is_none() || !from_data || !(trains || matches!(edge.purpose, Purpose::Unknown(_))) {
                continue;
            }
            let mut passage = edge.passage.clone();
            if let Purpose::Unknown(gaps) = &edge.purpose {
                passage = passage.doubtful(gaps.clone());
            }
            let link = Link { dataset: edge.from, model: edge.to, run: None, passage, place: edge.place, name: "training" };
            // A flow whose purpose nobody states adds nothing to a training that is stated.
            self.links.push(link);
        }
        let models: Vec<usize> = self.of_section(Section::Models).collect();
        for model in models {
            self.trained_on(view, model);
        }
        self.lessons(view);
    }

    /// Data for training is sent to whoever runs the model that learns, and to the vendor of a base that
    /// is tuned where it is.
    fn lessons(&mut self, view: &View<'m>) {
        let undeclared: Vec<Link<'m>> =
            self.links.iter().filter(|link| link.run.is_some() || link.name == "trained_on").cloned().collect();
        for link in undeclared {
            let base = link.run.as_ref().and_then(|run| end(view, run, "base").ok()).and_then(|id| self.find(id));
            let base = base.filter(|base| {
                let access = text(view, &self.nodes[*base].value, "access");
                access.is_ok_and(|access| matches!(access.as_ref(), "vendor_api" | "managed"))
            });
            for model in std::iter::once(link.model).chain(base) {
                self.implied(link.dataset, model, "training", Purpose::Apart, link.passage.clone(), link.place);
            }
        }
    }

    fn run(&mut self, view: &View<'m>, run: &Value<'m>) {
        let output = match end(view, run, "output") {
            Ok(output) => output,
            Err(gaps) => {
                self.untold.push(gaps);
                return;
            }
        };
        let Some(model) = self.find(output) else { return };
        let name = id(view, run).unwrap_or("training");
        match list(view, run, "datasets") {
            Ok(datasets) => {
                for dataset in datasets {
                    match dataset {
                        Ok(dataset) => {
                            let Some(at) = word(&dataset).and_then(|id| self.find(&id)) else { continue };
                            let (run, place) = (Some(run.clone()), dataset.place);
                            self.links.push(Link { dataset: at, model, run, passage: Passage::open(), place, name });
                        }
                        Err(gaps) => self.untold.push(gaps),
                    }
                }
            }
            Err(gaps) => self.untold.push(gaps),
        }
    }

    fn trained_on(&mut self, view: &View<'m>, model: usize) {
        let value = self.nodes[model].value.clone();
        let made = text(view, &value, "kind").is_ok_and(|kind| matches!(kind.as_ref(), "merge" | "quantised" | "adapter"));
        if let (true, true, Err(gaps)) = (made, self.bases[model].is_empty(), view.field(&value, "base")) {
            // What it was made from is in its weights.
            self.untold.push(gaps);
        }
        let documented = self.links.iter().any(|link| link.model == model && link.run.is_some());
        match list(view, &value, "trained_on") {
            Ok(datasets) => {
                for dataset in datasets {
                    let at = dataset.as_ref().ok().and_then(|dataset| word(dataset).and_then(|id| self.find(&id)));
                    match (at, dataset) {
                        (Some(at), Ok(dataset)) => {
                            let told = |link: &Link<'_>| {
                                link.model == model && link.dataset == at && (link.run.is_some() || link.passage.exists)
                            };
                            if !self.links.iter().any(told) {
                                let (passage, place) = (Passage::open(), dataset.place);
                                self.links.push(Link { dataset: at, model, run: None, passage, place, name: "trained_on" });
                            }
                        }
                        (_, Err(gaps)) => self.untold.push(gaps),
                        (None, Ok(_)) => {}
                    }
                }
            }
            // Nobody's own weights are asked for; those that were made here are.
            Err(gaps) => {
                let kind = text(view, &value, "kind").unwrap_or_default();
                let made = matches!(kind.as_ref(), "fine_tune" | "adapter" | "distilled") || !self.bases[model].is_empty();
                if gaps.0.iter().any(|gap| gap.stated_unknown) || (made && !documented) {
                    self.untold.push(gaps);
                }
            }
        }
    }
}

/// The known entries of a section.
fn entries<'m>(view: &View<'m>, section: &str) -> Result<Vec<Value<'m>>, Gaps> {
    Ok(list(view, &view.manifest(), section)?.into_iter().flatten().collect())
}

/// The id of an entry, as it is written.
fn id<'m>(view: &View<'m>, entry: &Value<'m>) -> Option<&'m str> {
    let value = view.field(entry, "id").ok()?;
    view.tree.text(value.place?.node)
}

/// The id that a reference names.
fn end<'m>(view: &View<'m>, record: &Value<'m>, field: &str) -> Result<&'m str, Gaps> {
    let value = view.field(record, field)?;
    match value.data {
        Data::Ref(id, _) => Ok(id),
        _ => Err(view.gap_at(value.place)),
    }
}

fn known_word<'m>(_: &View<'m>, value: &Value<'m>) -> Option<&'m str> {
    match value.data {
        Data::Word(desc, index) => Some(desc.words[index].0),
        _ => None,
    }
}

/// What the controls of a flow leave. Controls are claims: what is left out is not there.
fn controls<'m>(view: &View<'m>, flow: &Value<'m>) -> Passage {
    let mut passage = Passage::open();
    let answers: Vec<Answer<'m>> = match view.field(flow, "controls") {
        Ok(value) => view.elements(&value).unwrap_or_default(),
        Err(gaps) => vec![Err(gaps)],
    };
    let mut undecided = false;
    for answer in answers {
        match answer {
            Ok(value) => {
                let control = word(&value).map(|name| Controls::of(&[name.as_ref()])).unwrap_or_default();
                passage.controls.0 = passage.controls.0.with(control);
            }
            Err(gaps) => {
                undecided = true;
                passage.doubt = Some(match passage.doubt.take() {
                    Some(doubt) => doubt.and(gaps),
                    None => gaps,
                });
            }
        }
    }
    passage.perhaps = passage.controls.0.leaves();
    passage.controls.1 = if undecided { Controls(u16::MAX) } else { passage.controls.0 };
    passage.surely = passage.controls.1.leaves();
    passage
}

/// An application or gateway that keeps sessions apart gives nobody what is another's.
fn isolation<'m>(view: &View<'m>, component: &Value<'m>) -> Passage {
    let mut passage = Passage::open();
    let kind = text(view, component, "kind");
    if kind.as_ref().is_ok_and(|kind| !matches!(kind.as_ref(), "app" | "gateway")) {
        return passage;
    }
    let separate = super::super::both(kind.map(|_| true), text(view, component, "sharing").map(|sharing| sharing == "per_user"));
    match separate {
        Ok(true) => (passage.surely, passage.perhaps) = (Level::Released, Level::Released),
        Ok(false) => {}
        Err(gaps) => (passage.surely, passage.doubt) = (Level::Released, Some(gaps)),
    }
    passage
}

/// Whether a person approves each call of a tool: for certain, or perhaps. What no model calls is not asked.
fn approval<'m>(view: &View<'m>, component: &Value<'m>) -> (bool, bool) {
    let callable = text(view, component, "kind").is_ok_and(|kind| matches!(kind.as_ref(), "tool" | "executor"));
    match text(view, component, "approval") {
        Ok(word) => (callable && word == "human", callable && word == "human"),
        Err(_) => (false, callable),
    }
}
