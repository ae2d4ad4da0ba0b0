//! What a rule cannot say in one expression, derived for all rules alike.
//!
//! Facts are relations: lists of rows whose fields are typed and documented like the vocabulary, and
//! keep the places they came from. A field that depends on something undeclared is undeclared, and
//! says on what. Nothing here judges.

pub mod capacity;
pub mod cost;
mod data;
pub mod drift;
pub mod duties;
pub mod fields;
pub mod flow;
pub mod licences;
pub mod lineage;
pub mod links;
mod models;
mod naming;
mod regimes;
pub mod show;
pub mod tables;
pub mod ways;

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::knowledge::tables::Tables;
use crate::manifest::describe::{Absence, FieldDesc, RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use drift::Exhibit;

/// The record behind the name `facts`.
pub static FACTS: RecordDesc = RecordDesc {
    name: "facts",
    doc: "What follows from the manifest as a whole.",
    fields: &[
        fact(
            "regimes",
            Type::List(&Type::Text),
            "Laws that apply: those declared in `organization.regimes`, else `gdpr` where the organisation or its users are in the EEA and `uk_gdpr` where they are in the United Kingdom.",
        ),
        fact(
            "eu_nexus",
            Type::Bool,
            "Whether EU product law applies: the organisation or its users are in the Union, or `eu_ai_act` is among the declared regimes.",
        ),
        fact(
            "models",
            Type::List(&Type::Record(&models::MODEL)),
            "One row for each model: where it runs, what it is made from, what it knows.",
        ),
        fact(
            "datasets",
            Type::List(&Type::Record(&data::DATASET)),
            "One row for each data set: how sensitive it is, and whether it is trained on, retrieved or prompted with.",
        ),
        fact(
            "uses",
            Type::List(&Type::Record(&data::USE)),
            "One row for each data set and purpose (`training`, `retrieval`, `inference`): whether it is so used, on which legal basis and with which consent.",
        ),
        fact(
            "lineage",
            Type::List(&Type::Record(&lineage::DESCENT)),
            "What each model comes from, all the way up, with the path that proves it.",
        ),
        fact(
            "exposures",
            Type::List(&Type::Record(&flow::EXPOSURE)),
            "Whom each data set reaches, as data or as memory, and whether they are entitled to it.",
        ),
        fact("memories", Type::List(&Type::Record(&flow::MEMORY)), "Which data sets are in the weights of which models."),
        fact(
            "arrivals",
            Type::List(&Type::Record(&flow::ARRIVAL)),
            "Which components, models, data sets and parties each data set reaches, who runs them and where.",
        ),
        fact(
            "transfers",
            Type::List(&Type::Record(&flow::TRANSFER)),
            "Which parties each data set is handed to, under which agreements.",
        ),
        fact("copies", Type::List(&Type::Record(&flow::COPY)), "Which stores and parties keep what reaches them, and how long."),
        fact(
            "erasures",
            Type::List(&Type::Record(&flow::ERASURE)),
            "Which copies of each data set a request for erasure would have to reach, in stores and in weights.",
        ),
        fact(
            "carried",
            Type::List(&Type::Record(&flow::CARRIED)),
            "One row for each flow and each data set that is, or may be, sensitive as it travels on it: ask `sensitive`.",
        ),
        fact(
            "contexts",
            Type::List(&Type::Record(&flow::CONTEXT)),
            "One row for each model: what it sees, what it remembers, whom it answers.",
        ),
        fact(
            "triangles",
            Type::List(&Type::Record(&flow::TRIANGLE)),
            "One row for each model and each tool it can call: private data, strangers' content and a way out.",
        ),
        fact(
            "deliveries",
            Type::List(&Type::Record(&flow::DELIVERY)),
            "One row for each model, each group of people or component that acts on its output, and each kind of gate between.",
        ),
        fact("loops", Type::List(&Type::Record(&flow::LOOP)), "Models that are trained on what they said."),
        fact(
            "retrieved",
            Type::List(&Type::Record(&flow::RETRIEVED)),
            "One row for each retrieval entry and each of its sources.",
        ),
        fact(
            "licences",
            Type::List(&Type::Record(&licences::LICENCE)),
            "One row for each model, each model or data set that it comes from (itself first), and each licence in force there, with its terms.",
        ),
        fact(
            "licence_limits",
            Type::List(&Type::Record(&licences::LIMIT)),
            "One row for each licence in force and each threshold of users or revenue in it, with what is declared of them.",
        ),
        fact(
            "licence_restrictions",
            Type::List(&Type::Record(&licences::RESTRICTION)),
            "One row for each licence in force and each use that it does not allow.",
        ),
        fact(
            "licence_duties",
            Type::List(&Type::Record(&licences::DUTY)),
            "One row for each licence in force and each thing that it asks for.",
        ),
        fact(
            "licence_territories",
            Type::List(&Type::Record(&licences::TERRITORY)),
            "One row for each licence in force and each territory that it leaves out.",
        ),
        fact(
            "licence_derivations",
            Type::List(&Type::Record(&licences::DERIVATION)),
            "One row for each model, each model that its weights were made from, and each licence in force there: whether the derived model's licence drops conditions.",
        ),
        fact(
            "licence_conflicts",
            Type::List(&Type::Record(&licences::CONFLICT)),
            "One row for each model that is known by its `source`: whether the declared licence is the known one.",
        ),
        fact(
            "demand",
            Type::Record(&capacity::demand::DEMAND),
            "What users ask of the system at the busiest time and in a month.",
        ),
        fact(
            "capacity",
            Type::List(&Type::Record(&capacity::CAPACITY)),
            "One row for each hosting entry on accelerators of its own: memory, speed and how many users it carries.",
        ),
        fact("costs", Type::List(&Type::Record(&cost::COST)), "One row for each kind of monthly cost, today and as planned."),
        fact("cost", Type::Record(&cost::TOTALS), "Monthly sums, against the budget."),
        fact(
            "alternatives",
            Type::List(&Type::Record(&cost::ALTERNATIVE)),
            "One row for each weighed alternative that states a price: what it would cost for the same work.",
        ),
        fact(
            "links",
            Type::List(&Type::Record(&links::LINK)),
            "One row for each thing without which the system does not work, with its availability.",
        ),
        fact(
            "drift",
            Type::List(&Type::Record(&drift::DRIFT)),
            "What the manifest declares against what the files that deploy the system show; empty where it is held against no file.",
        ),
        fact(
            "duties",
            Type::List(&Type::Record(&duties::DUTY)),
            "One row for each legal duty of the table that is not plainly out of scope: whether it applies, and from when.",
        ),
        fact("tables", Type::List(&Type::Record(&tables::TABLE)), "One row for each table of figures that was looked into."),
    ],
};

/// The description of one derived field.
const fn fact(name: &'static str, ty: Type, doc: &'static str) -> FieldDesc {
    FieldDesc { name, doc, ty, absence: Absence::Undeclared }
}

/// Which relations somebody is going to read: what nobody reads is not derived.
#[derive(Debug, Clone)]
pub struct Wanted(BTreeSet<&'static str>);

impl Wanted {
    /// All of them.
    pub fn all() -> Self {
        Self::of(|_| true)
    }

    /// Those whose name is asked for.
    pub fn of(asked: impl Fn(&str) -> bool) -> Self {
        Self(FACTS.fields.iter().map(|field| field.name).filter(|name| asked(name)).collect())
    }

    /// Whether anything is read that follows from the manifest alone.
    pub fn follows(&self) -> bool {
        self.0.iter().any(|name| *name != "drift")
    }
}

/// Derives what is wanted, as of a day. The value is what conditions see under the name `facts`.
///
/// `exhibits` are the files that the manifest is held against.
pub fn derive<'m>(view: &View<'m>, tables: &Tables, today: Date, exhibits: &[Exhibit<'_>], wanted: &Wanted) -> Value<'m> {
    // Relations that are derived together are so when the first of them is wanted.
    let data = LazyCell::new(|| data::derive(view));
    let flow = LazyCell::new(|| flow::derive(view, today));
    let licences = LazyCell::new(|| licences::derive(view, today));
    let entries = LazyCell::new(|| capacity::size(view, tables, today));
    let costs = LazyCell::new(|| cost::derive(view, &entries, today));
    let relation = |name: &str| match name {
        "regimes" => regimes::regimes(view),
        "eu_nexus" => regimes::eu_nexus(view),
        "models" => models::derive(view),
        "datasets" => data.0.clone(),
        "uses" => data.1.clone(),
        "lineage" => lineage::derive(view),
        "exposures" => flow.exposures.clone(),
        "memories" => flow.memories.clone(),
        "arrivals" => flow.arrivals.clone(),
        "transfers" => flow.transfers.clone(),
        "copies" => flow.copies.clone(),
        "erasures" => flow.erasures.clone(),
        "carried" => flow.carried.clone(),
        "contexts" => flow.contexts.clone(),
        "triangles" => flow.triangles.clone(),
        "deliveries" => flow.deliveries.clone(),
        "loops" => flow.loops.clone(),
        "retrieved" => flow.retrieved.clone(),
        "licences" => licences.licences.clone(),
        "licence_limits" => licences.limits.clone(),
        "licence_restrictions" => licences.restrictions.clone(),
        "licence_duties" => licences.duties.clone(),
        "licence_territories" => licences.territories.clone(),
        "licence_derivations" => licences.derivations.clone(),
        "licence_conflicts" => licences.conflicts.clone(),
        "demand" => capacity::demand::derive(view, today),
        "capacity" => capacity::relation(view, &entries),
        "costs" => costs.costs.clone(),
        "cost" => costs.totals.clone(),
        "alternatives" => costs.alternatives.clone(),
        "links" => links::derive(view),
        "drift" => drift::derive(view, tables, exhibits),
        "duties" => {
            let relations = duties::Relations { datasets: &data.0, transfers: &flow.transfers, arrivals: &flow.arrivals };
            duties::derive(view, &relations, today)
        }
        "tables" => tables::derive(view, tables, today),
        _ => Err(Gaps::default()),
    };
    let unread = || Err(Gaps::default());
    let values = FACTS.fields.iter().map(|field| if wanted.0.contains(field.name) { relation(field.name) } else { unread() });
    Value::computed(Data::row(&FACTS, String::new(), values.collect()))
}

/// The elements of a list field; absent is a gap.
fn list<'m>(view: &View<'m>, record: &Value<'m>, field: &str) -> Result<Vec<Answer<'m>>, Gaps> {
    let value = view.field(record, field)?;
    view.elements(&value).ok_or_else(|| view.gap_at(value.place))
}

/// The text of a word, reference or text field.
fn text<'m>(view: &View<'m>, record: &Value<'m>, field: &str) -> Result<Cow<'m, str>, Gaps> {
    let value = view.field(record, field)?;
    word(&value).ok_or_else(|| view.gap_at(value.place))
}

/// The text of a value; `none` reads as the word.
fn word<'m>(value: &Value<'m>) -> Option<Cow<'m, str>> {
    match &value.data {
        Data::Text(text) => Some(text.clone()),
        Data::Ref(id, _) => Some(Cow::Borrowed(id)),
        Data::Word(desc, index) => Some(Cow::Borrowed(desc.words[*index].0)),
        Data::None => Some(Cow::Borrowed("none")),
        _ => None,
    }
}

/// The text of a value, as a word.
pub fn word_of(value: &Value<'_>) -> Option<String> {
    word(value).map(Cow::into_owned)
}

/// The id of a record, for people to read.
pub fn name_of<'m>(view: &View<'m>, record: &Value<'m>) -> String {
    text(view, record, "id").map(Cow::into_owned).unwrap_or_default()
}

/// Disjunction in three values: true if any is, else undeclared if any is.
#[derive(Debug, Default, Clone)]
struct Any {
    yes: bool,
    gaps: Gaps,
}

impl Any {
    fn add(&mut self, answer: Result<bool, Gaps>) {
        match answer {
            Ok(yes) => self.yes |= yes,
            Err(gaps) => self.gaps = std::mem::take(&mut self.gaps).and(gaps),
        }
    }

    fn answer(self) -> Result<bool, Gaps> {
        match (self.yes, self.gaps.is_empty()) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(self.gaps),
        }
    }
}

/// Conjunction in three values.
fn both(a: Result<bool, Gaps>, b: Result<bool, Gaps>) -> Result<bool, Gaps> {
    match (a, b) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), Ok(true)) => Ok(true),
        (Err(a), Err(b)) => Err(a.and(b)),
        (Err(gaps), _) | (_, Err(gaps)) => Err(gaps),
    }
}

fn truth<'m>(answer: Result<bool, Gaps>) -> Answer<'m> {
    answer.map(|value| Value::computed(Data::Bool(value)))
}
