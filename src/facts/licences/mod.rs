//! Licences: which are in force behind each model, and what they say to this deployment.
//!
//! A row of `facts.licences` is one model, one thing that it comes from, and one licence in force there.
//! The other relations are a row together with one of its terms. A term that the table does not know is
//! undeclared, never permitted; where a tag may stand for several licences, a term is known as far as
//! they agree, and a row for a term that only some of them have says so in `holds`.

mod derivations;
mod force;
mod limits;
mod row;
mod terms;

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::lineage::{self, Hosts, Lineage, Origin, Relation};
use super::naming::Index;
use super::{Any, both, list, text, truth, word};
use crate::manifest::describe::{Section, vocabulary};
use crate::manifest::value::{Answer, Data, Gap, Gaps, Value, View};
use force::{Held, Shelf};

pub use derivations::{CONFLICT, DERIVATION};
pub use limits::LIMIT;
pub use row::LICENCE;
pub use terms::{DUTY, RESTRICTION, TERRITORY};

vocabulary! {
    /// What a licence follows from.
    plain enum Basis {
        /// The field `license`.
        Declared = "declared",
        /// The field `source`, which names a model whose licence is known.
        Source = "source",
    }
}

/// The relations.
#[derive(Debug)]
pub struct Relations<'m> {
    pub licences: Answer<'m>,
    pub limits: Answer<'m>,
    pub restrictions: Answer<'m>,
    pub duties: Answer<'m>,
    pub territories: Answer<'m>,
    pub derivations: Answer<'m>,
    pub conflicts: Answer<'m>,
}

/// A licence in force behind a model, with its row.
struct InForce<'m> {
    model: lineage::Node<'m>,
    origin: Origin<'m>,
    held: Held<'m>,
    row: Value<'m>,
    key: String,
}

/// What everything is derived from.
struct Ground<'m> {
    view: View<'m>,
    shelf: Shelf,
    lineage: Lineage<'m>,
    hosts: Hosts<'m>,
    agreements: Result<Agreements, Gaps>,
}

/// Agreements, by what they cover.
struct Agreements {
    all: Vec<Covering>,
    index: Index<String>,
}

/// An agreement that may stand in for a licence.
struct Covering {
    data_only: bool,
    covers: Result<BTreeSet<String>, Gaps>,
    in_force: Result<bool, Gaps>,
}

/// Derives all of them, as of a day.
pub fn derive<'m>(view: &View<'m>, today: Date) -> Relations<'m> {
    let models = match view.field(&view.manifest(), "models") {
        Ok(models) => models,
        Err(gaps) => {
            let gap = || Err(gaps.clone());
            return Relations {
                licences: gap(),
                limits: gap(),
                restrictions: gap(),
                duties: gap(),
                territories: gap(),
                derivations: gap(),
                conflicts: gap(),
            };
        }
    };
    let ground = Ground {
        view: *view,
        shelf: Shelf::default(),
        lineage: Lineage::of(view),
        hosts: Hosts::of(view),
        agreements: agreements(view, today),
    };
    let mut rows = Vec::new();
    let mut unlisted: Vec<Answer<'m>> = Vec::new();
    unlisted.extend(view.elements(&models).into_iter().flatten().filter(Result::is_err));
    let mut told: BTreeSet<Vec<Gap>> =
        unlisted.iter().filter_map(|known| known.as_ref().err()).map(|gaps| gaps.to_vec()).collect();
    for model in ground.lineage.models() {
        let (origins, holes) = ground.lineage.closure(model.id);
        let served = truth(ground.hosts.serve(&ground.lineage.descendants(model.id)));
        let hosted = truth(ground.hosts.serve(&[model.id]));
        for origin in origins {
            for held in force::held(view, &ground.shelf, &origin.node) {
                rows.push(ground.row(model, origin.clone(), held, &served, &hosted));
            }
        }
        for hole in holes {
            // Everything that was made from it has the same hole.
            if told.insert(hole.to_vec()) {
                unlisted.push(Err(hole));
            }
        }
    }
    let all = rows.iter().map(|row| Ok(row.row.clone())).chain(unlisted.iter().cloned());
    Relations {
        licences: Ok(Value::list(all.collect())),
        limits: Ok(Value::list(limits::relation(&ground, &rows))),
        restrictions: Ok(Value::list(terms::restrictions(&rows))),
        duties: Ok(Value::list(terms::duties(&ground, &rows))),
        territories: Ok(Value::list(terms::territories(&ground, &rows))),
        derivations: Ok(Value::list(derivations::relation(&ground, &rows).into_iter().chain(unlisted).collect())),
        conflicts: Ok(Value::list(derivations::conflicts(&ground))),
    }
}

impl Ground<'_> {
    /// Whether an agreement in force covers a node.
    fn covered(&self, id: &str, section: Section) -> Result<bool, Gaps> {
        let mut any = Any::default();
        let Agreements { all, index } = self.agreements.as_ref().map_err(Clone::clone)?;
        for agreement in index.about([id]).into_iter().map(|at| &all[at]) {
            if agreement.data_only && section != Section::Datasets {
                continue;
            }
            let covers = agreement.covers.as_ref().map(|covers| covers.contains(id)).map_err(Clone::clone);
            any.add(both(covers, agreement.in_force.clone()));
        }
        any.answer()
    }
}

fn agreements(view: &View<'_>, today: Date) -> Result<Agreements, Gaps> {
    let mut found = Vec::new();
    for agreement in list(view, &view.manifest(), "agreements")?.into_iter().flatten() {
        let kind = text(view, &agreement, "kind");
        let relevant = kind.as_ref().map(|kind| matches!(kind.as_ref(), "license" | "enterprise_terms" | "data_license"));
        let in_force = both(relevant.map_err(Clone::clone), in_force(view, &agreement, kind.as_deref().unwrap_or(""), today));
        if in_force == Ok(false) {
            continue;
        }
        let covers = list(view, &agreement, "covers");
        let covers = covers.map(|ids| ids.iter().flatten().filter_map(word).map(Cow::into_owned).collect());
        found.push(Covering { data_only: kind.as_deref() == Ok("data_license"), covers, in_force });
    }
    let index = Index::of(found.iter().map(|covering| covering.covers.as_ref().ok().cloned()));
    Ok(Agreements { all: found, index })
}

/// Terms run until somebody ends them; of other agreements the end has to be said.
fn in_force<'m>(view: &View<'m>, agreement: &Value<'m>, kind: &str, today: Date) -> Result<bool, Gaps> {
    let renews = matches!(view.field(agreement, "auto_renews")?.data, Data::Bool(true));
    match view.field(agreement, "expires") {
        Ok(Value { data: Data::Date(day), .. }) => Ok(renews || day >= today),
        Ok(_) => Ok(true),
        Err(_) if renews => Ok(true),
        Err(gaps) if kind == "enterprise_terms" && !gaps.iter().any(|gap| gap.stated_unknown) => Ok(true),
        Err(gaps) => Err(gaps),
    }
}
