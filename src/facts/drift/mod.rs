//! What the manifest says against what the files that deploy the system show.
//!
//! Servers that were observed are paired with models of hosting entries, model cards with models, routes of a gateway
//! with vendors (`pairing`). What is declared of a pair is held against what was observed of it (`compare`); what
//! is left over on either side is undeclared or stale. A pair that nobody can be sure of is asked for, not guessed:
//! `evidence: FILE` in the entry settles it.

mod compare;
mod identity;
mod pairing;
mod regions;
mod undeclared;

use std::rc::Rc;
use std::sync::Arc;

use super::fact;
use crate::evidence::Reading;
use crate::evidence::fact::{Attribute, Fact, Subject};
use crate::knowledge::tables::Tables;
use crate::manifest::describe::{EnumDesc, RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Row, Value, View};
use crate::span::Sighting;
use crate::syntax::tree::{Place, Tree};

pub use compare::attributes;
pub use identity::{Same, hub_id, same};
pub use regions::country;

/// A file that a manifest is held against.
#[derive(Debug, Clone, Copy)]
pub struct Exhibit<'e> {
    /// Its index among the files of the run.
    pub file: usize,
    pub reading: &'e Reading,
    /// Its path as the manifest would write it.
    pub path: &'e str,
    /// What the manifests call their models that are held against the same file.
    pub others: &'e [Arc<[String]>],
}

/// What a manifest calls its models: by their sources, else by their ids.
pub fn names(tree: &Tree, root: Place) -> Arc<[String]> {
    let models = tree.get(root, "models").map(|models| tree.elements(models)).into_iter().flatten();
    let text = |model: Place, key: &str| tree.get(model, key).and_then(|value| tree.text(value.node)).map(str::to_owned);
    models.filter_map(|model| text(model, "source").or_else(|| text(model, "id"))).collect()
}

/// How a declared fact and an observed one relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    Contradiction,
    Undeclared,
    Stale,
    Ambiguous,
    Confirmed,
    Unconfirmed,
    Unstated,
}

impl Relation {
    /// The description for conditions.
    pub const DESC: &'static EnumDesc = &EnumDesc {
        name: "DriftKind",
        doc: "How a declared fact and an observed one relate.",
        ordered: false,
        words: &[
            ("contradiction", "The manifest says one thing and a file another."),
            ("undeclared", "A file shows something that the manifest does not name."),
            ("stale", "The manifest declares something that no file deploys."),
            ("ambiguous", "Several entries may be meant."),
            ("confirmed", "Both say the same."),
            ("unconfirmed", "They cannot be compared: the file leaves it open, or says it in a way that decides nothing."),
            ("unstated", "A file shows a fact that the manifest leaves open."),
        ],
    };

    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        Self::DESC.words[self as usize].0
    }
}

/// Something that was seen in a file.
static OBSERVED: RecordDesc = RecordDesc {
    name: "Observed",
    doc: "What was seen in a file; a label on it points there.",
    fields: &[
        fact("value", Type::Text, "The value, or the expression that hides it."),
        fact(
            "standing",
            Type::Text,
            "How sure it is: `literal`, `resolved`, `default`, `inferred`, `placeholder` or `unresolved`.",
        ),
        fact("file", Type::Text, "The file."),
        fact("by", Type::Text, "What the file calls the thing that it is a fact about."),
    ],
};

/// A row of `facts.drift`.
pub static DRIFT: RecordDesc = RecordDesc {
    name: "Drift",
    doc: "One fact, as the manifest declares it and as a file shows it.",
    fields: &[
        fact("kind", Type::Enum(Relation::DESC), "How the two relate."),
        fact("attribute", Type::Enum(Attribute::DESC), "What the fact is about."),
        fact("subject", Type::Text, "The id of the entry of the manifest, or what the file calls the thing that has none."),
        fact(
            "declared",
            Type::Text,
            "What the manifest says. A label on it points at the field, else at the entry or section where it would stand.",
        ),
        fact("observed", Type::Record(&OBSERVED), "What the file shows; `none` for what no file deploys."),
        fact("also", Type::List(&Type::Record(&OBSERVED)), "Further places that show the same, or that lead there."),
        fact("candidates", Type::List(&Type::Text), "For `ambiguous`: the ids that may be meant."),
    ],
};

/// What was observed, with the thing that it was observed of.
#[derive(Debug, Clone, Copy)]
struct Seen<'e> {
    exhibit: Exhibit<'e>,
    subject: &'e Subject,
    fact: Option<&'e Fact>,
}

impl<'e> Seen<'e> {
    fn new(exhibit: Exhibit<'e>, subject: &'e Subject) -> Self {
        Self { exhibit, subject, fact: None }
    }

    fn with(self, fact: &'e Fact) -> Self {
        Self { fact: Some(fact), ..self }
    }

    /// The surest fact about an attribute.
    fn fact(self, attribute: Attribute) -> Option<Self> {
        self.subject.fact(attribute).map(|fact| self.with(fact))
    }

    /// What people call it.
    fn name(self) -> &'e str {
        if self.subject.name.is_empty() { &self.exhibit.reading.name } else { &self.subject.name }
    }

    fn shown(self) -> String {
        self.fact.map_or_else(|| self.name().to_owned(), Fact::shown)
    }

    fn value<'m>(self) -> Value<'m> {
        let span = self.fact.map_or(self.subject.span, |fact| fact.span);
        let text = |text: String| Ok(Value::computed(Data::Text(text.into())));
        let standing = self.fact.map_or("literal", |fact| fact.standing.as_str());
        let values = vec![
            text(self.shown()),
            text(standing.to_owned()),
            text(self.exhibit.reading.name.clone()),
            text(self.name().to_owned()),
        ];
        let seen = Some(Sighting { file: self.exhibit.file, span });
        Value::computed(Data::Row(Rc::new(Row { desc: &OBSERVED, key: String::new(), values, seen })))
    }
}

/// One row, before it is one.
struct Finding<'e> {
    relation: Relation,
    attribute: Attribute,
    subject: String,
    /// What the manifest says, and where.
    declared: Option<String>,
    place: Place,
    observed: Option<Seen<'e>>,
    also: Vec<Seen<'e>>,
    candidates: Vec<String>,
}

impl<'e> Finding<'e> {
    fn new(relation: Relation, attribute: Attribute, subject: impl Into<String>, place: Place) -> Self {
        Self {
            relation,
            attribute,
            subject: subject.into(),
            declared: None,
            place,
            observed: None,
            also: Vec::new(),
            candidates: Vec::new(),
        }
    }

    fn declared(mut self, declared: impl Into<String>) -> Self {
        self.declared = Some(declared.into());
        self
    }

    fn observed(mut self, seen: Seen<'e>) -> Self {
        self.observed = Some(seen);
        self
    }

    /// The row. Its key names what was compared, and neither a value nor a line: it stays when those change.
    fn row<'m>(self) -> Value<'m> {
        let observed = self.observed.map(|seen| seen.name().to_owned());
        let undeclared = self.relation == Relation::Undeclared;
        let value = self.observed.filter(|_| undeclared).map(Seen::shown);
        let parts =
            [Some(self.relation.as_str().to_owned()), Some(self.attribute.as_str().to_owned()), Some(self.subject.clone())];
        let key: Vec<String> = parts.into_iter().chain([observed, value]).flatten().collect();
        let text = |text: String, place| Ok(Value { data: Data::Text(text.into()), place });
        let declared = match self.declared {
            Some(declared) => text(declared, Some(self.place)),
            None => Ok(Value { data: Data::None, place: Some(self.place) }),
        };
        let values = vec![
            Ok(Value::computed(Data::Word(Relation::DESC, self.relation as usize))),
            Ok(Value::computed(Data::Word(Attribute::DESC, self.attribute as usize))),
            text(self.subject, None),
            declared,
            Ok(self.observed.map_or(Value::computed(Data::None), Seen::value)),
            Ok(Value::list(self.also.into_iter().map(|seen| Ok(seen.value())).collect())),
            Ok(Value::list(self.candidates.into_iter().map(|id| text(id, None)).collect())),
        ];
        Value { place: Some(self.place), data: Data::row(&DRIFT, key.join(" "), values) }
    }
}

/// The relation `facts.drift`.
pub fn derive<'m>(view: &View<'m>, tables: &Tables, exhibits: &[Exhibit<'_>]) -> Answer<'m> {
    if exhibits.is_empty() {
        return Ok(Value::list(Vec::new()));
    }
    let declared = pairing::Declared::read(view);
    let observed = pairing::Observed::read(exhibits);
    let pairs = pairing::pair(&declared, &observed);
    let mut found = compare::findings(view, tables, &declared, &observed, &pairs);
    found.extend(undeclared::findings(&declared, &observed, &pairs));
    Ok(Value::list(found.into_iter().map(|finding| Ok(finding.row())).collect()))
}

/// A fact as the manifest declares it and as a file shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Compared {
    /// The id of the entry, or what the file calls the thing that has none.
    pub subject: String,
    pub attribute: String,
    /// Empty where the manifest leaves it open.
    pub declared: String,
    pub observed: String,
    pub file: String,
}

/// The facts that no finding speaks of, by how they relate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub confirmed: Vec<Compared>,
    pub unstated: Vec<Compared>,
    pub unconfirmed: Vec<Compared>,
}

impl Tally {
    /// Adds what was counted of another document.
    pub fn add(&mut self, other: Self) {
        self.confirmed.extend(other.confirmed);
        self.unstated.extend(other.unstated);
        self.unconfirmed.extend(other.unconfirmed);
    }
}

/// Gathers them from the rows of `facts.drift`.
pub fn tally<'m>(view: &View<'m>, facts: &Value<'m>) -> Tally {
    let mut tally = Tally::default();
    let rows = view.field(facts, "drift").ok().and_then(|drift| view.elements(&drift)).unwrap_or_default();
    for row in rows.iter().flatten() {
        let word = |name: &str| view.field(row, name).ok().and_then(|value| super::word_of(&value)).unwrap_or_default();
        let seen = view.field(row, "observed").ok();
        let seen =
            |name: &str| seen.as_ref().and_then(|seen| view.field(seen, name).ok()).and_then(|value| super::word_of(&value));
        let list = match word("kind").as_str() {
            "confirmed" => &mut tally.confirmed,
            "unstated" => &mut tally.unstated,
            "unconfirmed" => &mut tally.unconfirmed,
            _ => continue,
        };
        let [observed, file] = ["value", "file"].map(|name| seen(name).unwrap_or_default());
        let [subject, attribute, declared] = ["subject", "attribute", "declared"].map(word);
        list.push(Compared { subject, attribute, declared, observed, file });
    }
    tally
}
