//! What a model comes from: bases, teachers and training data, all the way up.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Any, fact, list, text};
use crate::manifest::describe::{RecordDesc, Section, Type, vocabulary};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::manifest::vocabulary::Model;
use crate::syntax::tree::Place;

vocabulary! {
    /// How something is behind a model.
    plain enum Relation {
        /// It is the model.
        Itself = "itself",
        /// The model's weights were made from it.
        Base = "base",
        /// What it writes is in the training of the model, of its bases or of its teachers.
        Teacher = "teacher",
        /// A data set in that training.
        Data = "data",
    }
}

/// One step of a descent.
pub static STEP: RecordDesc = RecordDesc {
    name: "DescentStep",
    doc: "One step from a model towards what it comes from. Its place is where the step is declared.",
    fields: &[
        fact("at", Type::Text, "The id of what the step leads to, where it is declared."),
        fact("text", Type::Text, "The step in words."),
    ],
};

/// A row of `facts.lineage`.
pub static DESCENT: RecordDesc = RecordDesc {
    name: "Descent",
    doc: "One model and one thing that it comes from: a base, a teacher, or a data set in the training of any of them.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("origin", Type::Ref(target::DatasetOrModel::SECTIONS), "What it comes from."),
        fact("relation", Type::Enum(Relation::DESC), "How it is behind the model."),
        fact("path", Type::List(&Type::Record(&STEP)), "The way to it, the step nearest to the model first."),
    ],
};

/// A model or data set.
#[derive(Debug, Clone)]
pub struct Node<'m> {
    pub id: &'m str,
    pub section: Section,
    pub value: Value<'m>,
}

/// A step from something to what it comes from.
#[derive(Debug, Clone)]
pub struct Step<'m> {
    pub from: &'m str,
    pub to: &'m str,
    pub relation: Relation,
    /// Where it is said.
    pub place: Option<Place>,
}

impl Step<'_> {
    pub fn text(&self) -> String {
        let (from, to) = (self.from, self.to);
        match self.relation {
            Relation::Teacher => format!("`{from}` learns from what `{to}` writes"),
            Relation::Data => format!("`{from}` is made with `{to}`"),
            Relation::Itself | Relation::Base => format!("`{from}` is made from `{to}`"),
        }
    }
}

/// Something that a model comes from, with the way to it; the model itself with no way.
#[derive(Debug, Clone)]
pub struct Origin<'m> {
    pub node: Node<'m>,
    pub relation: Relation,
    pub path: Vec<Step<'m>>,
}

/// Descent, as declared.
#[derive(Debug, Default)]
pub struct Lineage<'m> {
    nodes: BTreeMap<&'m str, Node<'m>>,
    steps: BTreeMap<&'m str, Vec<Step<'m>>>,
    /// From a model to what was made from it.
    made: BTreeMap<&'m str, Vec<&'m str>>,
    /// Descent that is said to exist and is not declared.
    holes: BTreeMap<&'m str, Gaps>,
}

/// Kinds of models that are made from another.
const DERIVED: [&str; 5] = ["fine_tune", "adapter", "merge", "quantised", "distilled"];

impl<'m> Lineage<'m> {
    pub fn of(view: &View<'m>) -> Self {
        let mut lineage = Self::default();
        for section in [Section::Models, Section::Datasets] {
            for value in entries(view, section.key()) {
                let Some(id) = id_of(view, &value) else { continue };
                lineage.nodes.insert(id, Node { id, section, value });
            }
        }
        for model in entries(view, "models") {
            let Some(id) = id_of(view, &model) else { continue };
            lineage.add(view, id, &model, "base", Relation::Base);
            lineage.add(view, id, &model, "taught_by", Relation::Teacher);
            lineage.add(view, id, &model, "trained_on", Relation::Data);
        }
        for run in entries(view, "training") {
            let Some(output) = refer(view.field(&run, "output")) else { continue };
            lineage.add(view, output, &run, "base", Relation::Base);
            lineage.add(view, output, &run, "datasets", Relation::Data);
        }
        for flow in entries(view, "flows") {
            let training = text(view, &flow, "purpose").is_ok_and(|purpose| purpose == "training");
            if let (true, Some(to)) = (training, refer(view.field(&flow, "to"))) {
                lineage.add(view, to, &flow, "from", Relation::Data);
            }
        }
        for dataset in entries(view, "datasets") {
            let Some(id) = id_of(view, &dataset) else { continue };
            lineage.add(view, id, &dataset, "derived_from", Relation::Data);
            lineage.add(view, id, &dataset, "generated_by", Relation::Teacher);
        }
        for model in entries(view, "models") {
            let Some(id) = id_of(view, &model) else { continue };
            let derived = text(view, &model, "kind").is_ok_and(|kind| DERIVED.contains(&kind.as_ref()));
            let told = lineage.steps.get(id).is_some_and(|steps| steps.iter().any(|step| step.relation != Relation::Data));
            if let (true, false, Err(gaps)) = (derived, told, view.field(&model, "base")) {
                lineage.hole(id, gaps);
            }
        }
        // What is found does not depend on the order in which it is written.
        lineage.steps.values_mut().for_each(|steps| {
            steps.sort_by_key(|step| (step.relation, step.to));
            steps.dedup_by_key(|step| (step.relation, step.to));
        });
        for (made, steps) in &lineage.steps {
            let bases = steps.iter().filter(|step| step.relation == Relation::Base);
            bases.for_each(|step| lineage.made.entry(step.to).or_default().push(made));
        }
        lineage
    }

    /// The steps that a field says. What is left out says nothing, what is `unknown` is a hole.
    fn add(&mut self, view: &View<'m>, from: &'m str, record: &Value<'m>, field: &str, relation: Relation) {
        let named = match view.field(record, field) {
            Ok(value) => match view.elements(&value) {
                Some(elements) => elements,
                None => vec![Ok(value)],
            },
            Err(gaps) => vec![Err(gaps)],
        };
        for answer in named {
            match answer {
                Ok(value) => {
                    let Data::Ref(to, _) = value.data else { continue };
                    // A flow may come from anywhere; a model that trains another teaches it.
                    let relation = match (self.nodes.get(to).map(|node| node.section), relation) {
                        (None, _) => continue,
                        (Some(Section::Models), Relation::Data) => Relation::Teacher,
                        (Some(_), relation) => relation,
                    };
                    self.steps.entry(from).or_default().push(Step { from, to, relation, place: value.place });
                }
                Err(gaps) if gaps.iter().any(|gap| gap.stated_unknown) => self.hole(from, gaps),
                Err(_) => {}
            }
        }
    }

    fn hole(&mut self, id: &'m str, gaps: Gaps) {
        let known = self.holes.remove(id).unwrap_or_default();
        self.holes.insert(id, known.and(gaps));
    }

    /// The model and everything it comes from: what it was made from first, then its teachers and data,
    /// nearest first; and what keeps the list from being complete.
    pub fn closure(&self, model: &str) -> (Vec<Origin<'m>>, Vec<Gaps>) {
        let Some(start) = self.nodes.get(model) else { return (Vec::new(), Vec::new()) };
        let mut found = vec![Origin { node: start.clone(), relation: Relation::Itself, path: Vec::new() }];
        let mut known = HashSet::from([start.id]);
        for bases_only in [true, false] {
            let mut next = 0;
            while let Some(origin) = found.get(next).cloned() {
                next += 1;
                for step in self.steps.get(origin.node.id).into_iter().flatten() {
                    let fits = !bases_only || (step.relation == Relation::Base);
                    let Some(node) = self.nodes.get(step.to).filter(|_| fits && !known.contains(step.to)) else { continue };
                    known.insert(step.to);
                    let relation = match node.section {
                        Section::Datasets => Relation::Data,
                        _ if bases_only => Relation::Base,
                        _ => Relation::Teacher,
                    };
                    let mut path = origin.path.clone();
                    path.push(step.clone());
                    found.push(Origin { node: node.clone(), relation, path });
                }
            }
        }
        let holes = found.iter().filter_map(|origin| self.holes.get(origin.node.id).cloned()).collect();
        (found, holes)
    }

    /// The models that were made from this one, itself included.
    pub fn descendants(&self, model: &'m str) -> Vec<&'m str> {
        let mut found = vec![model];
        let mut known = HashSet::from([model]);
        let mut next = 0;
        while let Some(base) = found.get(next).copied() {
            next += 1;
            found.extend(self.made.get(base).into_iter().flatten().filter(|made| known.insert(**made)));
        }
        found
    }

    /// The ids that something is made from, once each.
    pub fn sources(&self, id: &str) -> impl Iterator<Item = &'m str> {
        self.steps.get(id).into_iter().flatten().map(|step| step.to)
    }

    pub fn models(&self) -> impl Iterator<Item = &Node<'m>> {
        self.nodes.values().filter(|node| node.section == Section::Models)
    }
}

/// Where models run: those that some hosting entry serves, and what keeps it from being known of others.
#[derive(Debug)]
pub struct Hosts<'m>(Result<(BTreeSet<&'m str>, Result<bool, Gaps>), Gaps>);

impl<'m> Hosts<'m> {
    pub fn of(view: &View<'m>) -> Self {
        Self(list(view, &view.manifest(), "hosting").map(|hosts| {
            let (mut all, mut others) = (BTreeSet::new(), Any::default());
            for served in hosts.into_iter().map(|host| list(view, &host?, "models")) {
                match served {
                    Ok(served) => all.extend(served.into_iter().filter_map(refer)),
                    Err(gaps) => others.add(Err(gaps)),
                }
            }
            (all, others.answer())
        }))
    }

    /// Whether any of these models is served.
    pub fn serve(&self, ids: &[&str]) -> Result<bool, Gaps> {
        let (served, others) = self.0.as_ref().map_err(Clone::clone)?;
        if ids.iter().any(|id| served.contains(id)) { Ok(true) } else { others.clone() }
    }
}

/// The way to an origin, as rows.
pub fn path<'m>(origin: &Origin<'m>) -> Value<'m> {
    let steps = origin.path.iter().map(|step| {
        let at = Value { data: Data::Text(Cow::Borrowed(step.to)), place: step.place };
        let values = vec![Ok(at), Ok(Value { data: Data::Text(Cow::Owned(step.text())), place: step.place })];
        let key = format!("{} {}", step.from, step.to);
        Ok(Value { place: step.place, data: Data::row(&STEP, key, values) })
    });
    Value::list(steps.collect())
}

/// The relation `facts.lineage`, or the gap of the section it is about.
pub fn derive<'m>(view: &View<'m>) -> Answer<'m> {
    view.field(&view.manifest(), "models")?;
    let lineage = Lineage::of(view);
    let mut rows = Vec::new();
    for model in lineage.models() {
        let (origins, holes) = lineage.closure(model.id);
        for origin in origins.iter().filter(|origin| origin.relation != Relation::Itself) {
            let values = vec![
                Ok(model.value.clone()),
                Ok(Value { data: Data::Ref(origin.node.id, target::DatasetOrModel::SECTIONS), place: origin.node.value.place }),
                Ok(Value::computed(Data::Word(Relation::DESC, origin.relation as usize))),
                Ok(path(origin)),
            ];
            let key = format!("{} {}", model.id, origin.node.id);
            rows.push(Ok(Value { place: model.value.place, data: Data::row(&DESCENT, key, values) }));
        }
        rows.extend(holes.into_iter().map(Err));
    }
    Ok(Value::list(rows))
}

/// The entries of a section that can be read.
pub fn entries<'m>(view: &View<'m>, section: &str) -> Vec<Value<'m>> {
    list(view, &view.manifest(), section).unwrap_or_default().into_iter().flatten().collect()
}

fn id_of<'m>(view: &View<'m>, record: &Value<'m>) -> Option<&'m str> {
    let place = view.field(record, "id").ok()?.place?;
    view.tree.text(place.node)
}

fn refer(answer: Answer<'_>) -> Option<&str> {
    match answer.ok()?.data {
        Data::Ref(id, _) => Some(id),
        _ => None,
    }
}
