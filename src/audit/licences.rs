//! The licences in force behind the models of a system, with what each asks for.
//!
//! The rows are those of `facts.licences` and the relations beside it, read from their public form.

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::facts::licences::{Relations, derive};
use crate::facts::show;
use crate::manifest::value::{Answer, View};

/// A licence in force at a model, or at something that a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The model that is used.
    pub model: String,
    /// The model itself, or what it comes from.
    pub node: String,
    /// How that is behind the model: `itself`, `base`, `training_data`, …
    pub relation: String,
    /// The id of the licence, else what is declared; empty where nothing is.
    pub licence: String,
    pub name: String,
    /// What it is like as a whole, and whether commercial use is allowed; empty where not known.
    pub category: String,
    pub commercial: String,
    /// Whether its text was read for the table; none where the table does not know it.
    pub verified: Option<bool>,
    /// What was not seen in the text.
    pub unverified: Option<String>,
    /// Whether an agreement takes its place.
    pub covered: Option<bool>,
    /// What would have to be declared for the licence to be known.
    pub missing: Vec<String>,
    pub terms: Vec<Term>,
}

/// Something that a licence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub kind: TermKind,
    /// A word of the table, such as `attribution`.
    pub what: String,
    /// It in a sentence; may be empty.
    pub says: String,
    /// The clause; empty where the table has none.
    pub clause: String,
    /// When it has to be done, such as `redistribution`; empty where it always holds.
    pub when: String,
    /// Whether it holds here; none where that cannot be told.
    pub holds: Option<bool>,
}

/// The kinds of terms, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TermKind {
    Duty,
    Limit,
    Restriction,
    Territory,
}

impl TermKind {
    /// What it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duty => "duty",
            Self::Limit => "threshold",
            Self::Restriction => "not allowed",
            Self::Territory => "territory",
        }
    }
}

/// A derived value that may be undeclared.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Maybe<T> {
    Open { undeclared: Vec<String> },
    Known(Option<T>),
}

impl<T> Maybe<T> {
    fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => value,
            Self::Open { .. } => None,
        }
    }
}

/// What is read of a row of `facts.licences`.
#[derive(Debug, Clone, Deserialize)]
struct Row {
    model: String,
    node: String,
    relation: Maybe<String>,
    declared: Maybe<String>,
    licence: Maybe<String>,
    name: Maybe<String>,
    category: Maybe<String>,
    commercial: Maybe<String>,
    verified: Maybe<bool>,
    unverified: Maybe<String>,
    covered: Maybe<bool>,
}

/// What is read of a row of one of the relations beside it.
#[derive(Debug, Clone, Deserialize)]
struct TermRow {
    row: Row,
    #[serde(alias = "duty", alias = "use", alias = "limit_text", alias = "excluded")]
    what: Maybe<String>,
    #[serde(default = "nothing")]
    says: Maybe<String>,
    #[serde(default = "nothing")]
    clause: Maybe<String>,
    #[serde(default = "nothing")]
    when: Maybe<String>,
    #[serde(default = "nothing_said")]
    holds: Maybe<bool>,
}

fn nothing() -> Maybe<String> {
    Maybe::Known(None)
}

fn nothing_said() -> Maybe<bool> {
    Maybe::Known(None)
}

/// The licences in force, by model and what it comes from.
pub fn in_force(view: &View<'_>, today: Date) -> Vec<InForce> {
    let Relations { licences, limits, restrictions, duties, territories, .. } = derive(view, today);
    let mut found: Vec<InForce> = rows::<Row>(view, &licences).into_iter().map(entry).collect();
    for (kind, relation) in [
        (TermKind::Duty, duties),
        (TermKind::Limit, limits),
        (TermKind::Restriction, restrictions),
        (TermKind::Territory, territories),
    ] {
        for row in rows::<TermRow>(view, &relation) {
            let key = entry(row.row.clone());
            let Some(licence) = found.iter_mut().find(|known| same(known, &key)) else { continue };
            let term = Term {
                kind,
                what: row.what.known().unwrap_or_default(),
                says: row.says.known().unwrap_or_default(),
                clause: row.clause.known().unwrap_or_default(),
                when: row.when.known().unwrap_or_default(),
                holds: row.holds.known(),
            };
            // A term that is known not to hold is none.
            if term.holds != Some(false) && !licence.terms.contains(&term) {
                licence.terms.push(term);
            }
        }
    }
    found
}

fn same(one: &InForce, other: &InForce) -> bool {
    (&one.model, &one.node, &one.licence) == (&other.model, &other.node, &other.licence)
}

fn entry(row: Row) -> InForce {
    let missing = match &row.licence {
        Maybe::Open { undeclared } => undeclared.clone(),
        Maybe::Known(_) => Vec::new(),
    };
    InForce {
        model: row.model,
        node: row.node,
        relation: row.relation.known().unwrap_or_default(),
        licence: row.licence.known().or_else(|| row.declared.known()).unwrap_or_default(),
        name: row.name.known().unwrap_or_default(),
        category: row.category.known().unwrap_or_default(),
        commercial: row.commercial.known().unwrap_or_default(),
        verified: row.verified.known(),
        unverified: row.unverified.known(),
        covered: row.covered.known(),
        missing,
        terms: Vec::new(),
    }
}

/// The rows of a relation that can be read; one that is undeclared as a whole has none.
fn rows<'m, T: DeserializeOwned>(view: &View<'m>, relation: &Answer<'m>) -> Vec<T> {
    let Ok(relation) = relation else { return Vec::new() };
    let elements = view.elements(relation).unwrap_or_default();
    let rows = elements.iter().flatten().map(|row| show::json(view, row));
    rows.filter_map(|row| serde_json::from_value(row).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Context, with_view};
    use crate::knowledge::tables::Tables;
    use crate::syntax::Limits;

    fn licences(text: &str) -> Vec<InForce> {
        let (tables, limits, today) = (Tables::builtin(), Limits::default(), jiff::civil::date(2026, 11, 28));
        let context = Context { tables: &tables, limits: &limits, today, set: &[] };
        with_view(context, text, |view| in_force(view, today)).expect("a document")
    }

    #[test]
    fn a_model_is_bound_by_its_own_licence_and_by_that_of_its_base() {
        let found = licences(
            "models: [{id: ours, license: apache-2.0, base: theirs}, {id: theirs, license: llama3.1}]\n\
             hosting: [{id: box, mode: self_managed, models: [ours]}]\n",
        );
        let rows: Vec<_> =
            found.iter().map(|row| [&row.model, &row.node, &row.relation, &row.licence].map(String::as_str)).collect();
        assert_eq!(
            rows,
            [
                ["ours", "ours", "itself", "Apache-2.0"],
                ["ours", "theirs", "base", "LicenseRef-Llama-3.1-Community"],
                ["theirs", "theirs", "itself", "LicenseRef-Llama-3.1-Community"],
            ]
        );
        // Section 1.b.i of the Llama 3.1 Community License: names of models made from it begin with "Llama".
        let naming = |row: &InForce| row.terms.iter().any(|term| term.what == "name_prefix" && term.clause.starts_with("1.b.i"));
        assert!(naming(&found[1]) && !naming(&found[0]));
    }

    #[test]
    fn what_is_not_declared_is_asked_for() {
        let found = licences("models: [{id: ours}]\n");
        assert_eq!(found[0].missing, ["models[0].license"]);
        assert_eq!(found[0].licence, "");
    }
}
