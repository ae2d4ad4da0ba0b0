//! Edges that no flow declares: retrieval, logging, fallback, evaluation, derivation.

use std::collections::{HashMap, HashSet};

use super::super::super::{data, list, text, word};
use super::{Controls, Graph, Level, Passage, Purpose, end, entries, id};
use crate::manifest::describe::Section;
use crate::manifest::value::{Gaps, Value, View};

impl<'m> Graph<'m> {
    /// Sources reach the model under the rights that retrieval asks for, and lie in the index as they are.
    pub(super) fn retrieval(&mut self, view: &View<'m>) {
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
    pub(super) fn logging(&mut self, view: &View<'m>) {
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
        let mut seen = HashSet::new();
        for host in entries(view, "hosting").unwrap_or_default() {
            let models = match list(view, &host, "models") {
                Ok(models) => models,
                Err(gaps) => {
                    untold.push(gaps);
                    continue;
                }
            };
            for model in models.iter().flatten() {
                if let Some(at) = word(model).and_then(|id| self.find(&id)).filter(|at| seen.insert(*at)) {
                    served.push(at);
                }
            }
        }
        (served, untold)
    }

    /// A fallback sees what the model sees, and answers in its place.
    pub(super) fn fallback(&mut self, view: &View<'m>) {
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
    pub(super) fn evaluation(&mut self, view: &View<'m>) {
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
    pub(super) fn derivation(&mut self, view: &View<'m>) {
        for to in self.of_section(Section::Datasets) {
            let value = self.nodes[to].value.clone();
            let passage = match data::identifiable(view, &value) {
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
}
