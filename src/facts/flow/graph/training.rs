//! What models are made from and trained on, and who gets to see the training data.

use super::super::super::{list, text, word};
use super::{Graph, Link, Passage, Purpose, end, entries, id};
use crate::manifest::describe::Section;
use crate::manifest::value::{Value, View};

impl<'m> Graph<'m> {
    pub(super) fn lineage(&mut self, view: &View<'m>) {
        self.bases = vec![Vec::new(); self.nodes.len()];
        for model in self.of_section(Section::Models) {
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
    pub(super) fn training(&mut self, view: &View<'m>) {
        self.learned = vec![Vec::new(); self.nodes.len()];
        match list(view, &view.manifest(), "training") {
            Ok(runs) => runs.iter().flatten().for_each(|run| self.run(view, run)),
            Err(gaps) => self.untold.push(gaps),
        }
        let mut by_flows = Vec::new();
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
            by_flows.push(link);
        }
        for link in by_flows {
            self.link(link);
        }
        for model in self.of_section(Section::Models) {
            self.trained_on(view, model);
        }
        self.lessons(view);
    }

    fn link(&mut self, link: Link<'m>) {
        self.learned[link.model].push(self.links.len());
        self.links.push(link);
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
                            self.link(Link { dataset: at, model, run, passage: Passage::open(), place, name });
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
        let documented = self.learned(model).iter().any(|link| self.links[*link].run.is_some());
        match list(view, &value, "trained_on") {
            Ok(datasets) => {
                for dataset in datasets {
                    let at = dataset.as_ref().ok().and_then(|dataset| word(dataset).and_then(|id| self.find(&id)));
                    match (at, dataset) {
                        (Some(at), Ok(dataset)) => {
                            let told = |link: &usize| {
                                let link = &self.links[*link];
                                link.dataset == at && (link.run.is_some() || link.passage.exists)
                            };
                            if !self.learned(model).iter().any(told) {
                                let (passage, place) = (Passage::open(), dataset.place);
                                self.link(Link { dataset: at, model, run: None, passage, place, name: "trained_on" });
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
                if gaps.iter().any(|gap| gap.stated_unknown) || (made && !documented) {
                    self.untold.push(gaps);
                }
            }
        }
    }
}
