//! What a derived model's licence drops of its base's, and declared licences that contradict known ones.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::lineage::{STEP, path};
use super::super::{fact, truth};
use super::force::{self, Held, State, known, written};
use super::row::{perhaps, word};
use super::terms::front;
use super::{Ground, InForce, Relation};
use crate::knowledge::licences::model::{Confidence, DutyKind, Kind, Licence, OutputsAllowed};
use crate::knowledge::licences::{Expression, lookup};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::Model;

/// A row of `facts.licence_derivations`.
pub static DERIVATION: RecordDesc = RecordDesc {
    name: "LicenceDerivation",
    doc: "One model, one model that its weights were made from, and one licence in force there.",
    fields: &[
        fact("row", Type::Record(&super::row::LICENCE), "The licence of the ancestor: a row of `facts.licences`."),
        fact("model", Type::Record(Model::DESC), "The derived model."),
        fact("ancestor", Type::Record(Model::DESC), "What it was made from, directly or not."),
        fact("path", Type::List(&Type::Record(&STEP)), "The way to it, the step nearest to the model first."),
        fact("declared", Type::Licence, "The licence that the derived model declares."),
        fact("permissive", Type::Bool, "Whether that licence is permissive."),
        fact("includes", Type::Bool, "Whether that licence is, or as part of a conjunction includes, the ancestor's."),
        fact(
            "dropped",
            Type::List(&Type::Text),
            "Conditions of the ancestor's licence that the derived model's does not have, in words.",
        ),
        fact(
            "contradicts",
            Type::Bool,
            "Whether conditions are dropped and the ancestor's licence is not included. Never for a permissive ancestor, nor where either model has no licence.",
        ),
        fact("covered", Type::Bool, "Whether an agreement in force covers the ancestor."),
        fact("verified", Type::Bool, "Whether the text of the ancestor's licence was read for the table."),
    ],
};

/// A row of `facts.licence_conflicts`.
pub static CONFLICT: RecordDesc = RecordDesc {
    name: "LicenceConflict",
    doc: "One model whose `source` names a model with a known licence.",
    fields: &[
        fact("model", Type::Record(Model::DESC), "The model."),
        fact("declared", Type::Licence, "The licence that it declares."),
        fact("known", Type::Text, "The id of the licence that the model is known to be under."),
        fact("known_name", Type::Text, "What that licence is called."),
        fact("confidence", Type::Enum(Confidence::DESC), "How well that is known: `seen` or `family`."),
        fact(
            "conflict",
            Type::Bool,
            "Whether the declared licence is another. Undeclared where the table does not know the declared one, or it names no single text; a model said to have no licence is not in conflict.",
        ),
        fact("covered", Type::Bool, "Whether an agreement in force covers the model."),
    ],
};

/// The relation `facts.licence_derivations`.
pub fn relation<'m>(ground: &Ground<'m>, rows: &[InForce<'m>]) -> Vec<Answer<'m>> {
    let bases = rows.iter().filter(|row| row.origin.relation == Relation::Base);
    bases.map(|row| Ok(derivation(ground, row))).collect()
}

fn derivation<'m>(ground: &Ground<'m>, row: &InForce<'m>) -> Value<'m> {
    let view = &ground.view;
    let own = force::held(view, &ground.shelf, &row.model);
    let declared = view.field(&row.model.value, "license");
    let permissive = own.iter().map(|held| held.ask(|licence| Some(licence.permissive())).map(|answer| answer == Some(true)));
    let permissive = permissive.reduce(super::super::both).unwrap_or(Ok(false));
    let included = includes(ground, row, &declared, &own);
    let dropped = dropped(&row.held, &own);
    let none = |state: &State| matches!(state, State::Absent);
    let contradicts = if none(&row.held.state) || own.iter().any(|held| none(&held.state)) {
        Ok(false)
    } else {
        let lost = dropped.clone().map(|dropped| !dropped.is_empty());
        let lost = super::super::both(row.held.ask(|licence| Some(!licence.permissive())).map(|kept| kept == Some(true)), lost);
        super::super::both(included.clone().map(|included| !included), lost)
    };
    let place = declared.as_ref().ok().and_then(|declared| declared.place);
    let mut values = front(row, Ok(true));
    values.truncate(2);
    values.extend([
        Ok(row.origin.node.value.clone()),
        Ok(path(&row.origin)),
        declared,
        truth(permissive),
        truth(included),
        dropped.map(|dropped| Value { data: texts(dropped), place: row.held.place }),
        contradicts.map(|answer| Value { data: Data::Bool(answer), place }),
        truth(ground.covered(row.origin.node.id, row.origin.node.section)),
        row.held.answer(|licence| Some(licence.read()), Data::Bool),
    ]);
    let place = place.or(row.model.value.place);
    Value { place, data: Data::row(&DERIVATION, row.key.clone(), values) }
}

fn texts<'m>(texts: BTreeSet<&'static str>) -> Data<'m> {
    Data::List(texts.into_iter().map(|text| Ok(Value::computed(Data::Text(Cow::Borrowed(text))))).collect())
}

/// Whether the derived model's licence includes the ancestor's, whatever a licensee picks.
fn includes<'m>(ground: &Ground<'m>, row: &InForce<'m>, declared: &Answer<'m>, own: &[Held<'m>]) -> Result<bool, Gaps> {
    let candidates = row.held.candidates();
    let same = |name: &str| {
        let found = lookup(name);
        let found: Vec<_> = found.into_iter().map(|entry| ground.shelf.get(entry)).collect();
        name == row.held.name || found.iter().any(|one| candidates.iter().any(|other| stem(one.id) == stem(other.id)))
    };
    match declared {
        Ok(declared) => Ok(Expression::parse(written(&ground.view, declared)).always(&same)),
        Err(gaps) if own.iter().all(|held| matches!(held.state, State::Undeclared(_))) => Err(gaps.clone()),
        Err(_) => Ok(own.iter().any(|held| same(held.name))),
    }
}

/// An id without the number of its version: a later version of the ancestor's licence is its licence.
fn stem(id: &str) -> String {
    id.split('-').filter(|part| !part.starts_with(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join("-")
}

fn dropped(base: &Held<'_>, own: &[Held<'_>]) -> Result<BTreeSet<&'static str>, Gaps> {
    let mut dropped = base.ask(|licence| Some(conditions(licence)))?.unwrap_or_default();
    for held in own {
        for kept in held.ask(|licence| Some(conditions(licence)))?.unwrap_or_default() {
            dropped.remove(kept);
        }
    }
    Ok(dropped)
}

/// What a licence asks of what is made from it, in words. What the table does not know is left out.
fn conditions(licence: &Licence<'static>) -> BTreeSet<&'static str> {
    let duties = licence.duties.as_deref().unwrap_or_default();
    let asks = |kinds: &[DutyKind]| duties.iter().any(|duty| kinds.contains(&duty.kind));
    let derivatives = licence.derivatives.as_ref();
    let outputs = licence.outputs_for_training.as_ref().and_then(|rule| rule.rule);
    let shown = [
        (licence.non_commercial() == Some(true), "no commercial use"),
        (licence.restrictions.as_ref().is_some_and(|list| !list.is_empty()), "restrictions on use"),
        (licence.thresholds.as_ref().is_some_and(|list| !list.is_empty()), "thresholds of users or revenue"),
        (licence.territories.as_ref().is_some_and(|list| !list.is_empty()), "excluded territories"),
        (asks(&[DutyKind::Display]), "words to be shown"),
        (asks(&[DutyKind::NamePrefix]) || derivatives.is_some_and(|rule| rule.naming.is_some()), "names of derived models"),
        (licence.passes_on() == Some(true), "terms to be passed on"),
        (
            licence.share_alike == Some(true) || derivatives.is_some_and(|rule| rule.same_licence == Some(true)),
            "the same licence for what is made from it",
        ),
        (matches!(outputs, Some(OutputsAllowed::Forbidden | OutputsAllowed::WithNaming)), "rules for training on outputs"),
    ];
    shown.into_iter().filter(|(asked, _)| *asked).map(|(_, text)| text).collect()
}

/// The relation `facts.licence_conflicts`.
pub fn conflicts<'m>(ground: &Ground<'m>) -> Vec<Answer<'m>> {
    let view = &ground.view;
    let mut found = Vec::new();
    for node in ground.lineage.models() {
        let Some((known, place)) = known(view, node).filter(|(known, _)| known.confidence != Confidence::Memory) else {
            continue;
        };
        let licence = ground.shelf.get(known.entry);
        let declared = view.field(&node.value, "license");
        let conflict = declared.as_ref().map_err(Clone::clone).and_then(|declared| {
            let text = written(view, declared);
            if matches!(text, "none" | "NOASSERTION") {
                return Ok(false);
            }
            let mut vague = false;
            for name in Expression::parse(text).names() {
                let entries = lookup(name);
                if entries.contains(&known.entry) {
                    return Ok(false);
                }
                vague |= entries.iter().all(|entry| ground.shelf.get(*entry).kind == Kind::Tag);
            }
            if vague { Err(view.gap_at(declared.place)) } else { Ok(true) }
        });
        let said = declared.as_ref().ok().and_then(|declared| declared.place);
        let values = vec![
            Ok(node.value.clone()),
            declared,
            Ok(Value { place, ..perhaps(Some(licence.id)) }),
            Ok(Value { place, ..perhaps(Some(licence.name)) }),
            Ok(word(Confidence::DESC, known.confidence as usize, place)),
            conflict.map(|conflict| Value { data: Data::Bool(conflict), place: said }),
            truth(ground.covered(node.id, node.section)),
        ];
        let data = Data::row(&CONFLICT, node.id.to_owned(), values);
        found.push(Ok(Value { place: node.value.place, data }));
    }
    found
}
