//! Restrictions, duties and territories: a licence in force together with one of its terms.

use super::super::{Any, both, fact, list, text, truth};
use super::force::State;
use super::row::{none, perhaps, texts, word};
use super::{Ground, InForce};
use crate::knowledge::licences::matches;
use crate::knowledge::licences::model::{
    Duty, DutyKind, DutyWhen, Licence, Modalities, Restriction, Territory, Unless, Use, Whose,
};
use crate::knowledge::regions;
use crate::manifest::describe::{FieldDesc, RecordDesc, Section, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value};
use crate::manifest::vocabulary::Model;

/// What every term has in front.
macro_rules! about {
    ($name:literal, $doc:literal, $($field:expr),* $(,)?) => {
        RecordDesc {
            name: $name,
            doc: $doc,
            fields: &[
                fact("row", Type::Record(&super::row::LICENCE), "The licence in force: a row of `facts.licences`."),
                fact("model", Type::Record(Model::DESC), "The model."),
                fact("node", Type::Ref(target::DatasetOrModel::SECTIONS), "The model itself, or what it comes from."),
                fact("holds", Type::Bool, "Whether the licence in force says so: undeclared where a name stands for several licences and not all of them do. Ask for it in every condition."),
                $($field),*
            ],
        }
    };
}
pub(super) use about;

const CLAUSE: FieldDesc = fact("clause", Type::Text, "The clause; `none` where the table has none.");
const SAYS: FieldDesc = fact("says", Type::Text, "What it says, where more is to be said; else `none`.");

/// A row of `facts.licence_restrictions`.
pub static RESTRICTION: RecordDesc = about!(
    "LicenceRestriction",
    "One use that a licence in force does not allow. Where the licence is undeclared, or its restrictions are not known, a row without a known `use` stands for them.",
    fact("use", Type::Enum(Use::DESC), "The use."),
    fact("unless", Type::Enum(Unless::DESC), "What lifts the restriction; else `none`."),
    CLAUSE,
    SAYS,
);

/// A row of `facts.licence_duties`.
pub static DUTY: RecordDesc = about!(
    "LicenceDuty",
    "One thing that a licence in force asks for. Where the licence is undeclared, or its duties are not known, a row without a known `duty` stands for them.",
    fact("duty", Type::Enum(DutyKind::DESC), "What is asked for."),
    fact("text", Type::Text, "The words to be shown, or with which a name begins; else `none`."),
    fact("alternatives", Type::List(&Type::Text), "Words that do as well."),
    fact("when", Type::Enum(DutyWhen::DESC), "When it is asked for."),
    fact("outputs", Type::Bool, "Whether it reaches models made with outputs; `none` where the text does not say."),
    fact("hosted", Type::Bool, "Whether a hosted service has to do it too; `none` where the text does not say."),
    fact("modified_only", Type::Bool, "Whether it is about changed versions only."),
    CLAUSE,
    SAYS,
);

/// A row of `facts.licence_territories`.
pub static TERRITORY: RecordDesc = about!(
    "LicenceTerritory",
    "One territory that a licence in force leaves out. Lists of supported countries, as services keep them, are not in the table.",
    fact("excluded", Type::Text, "The territory: an ISO 3166-1 code, `EU` or `EEA`."),
    fact("of", Type::Enum(Whose::DESC), "What has to lie there."),
    fact("modalities", Type::Enum(Modalities::DESC), "The models it is about; `none` for all."),
    fact("modality", Type::Bool, "Whether the model is one of these, by its `modalities`."),
    fact("country", Type::Bool, "Whether the organisation's principal place of business lies there."),
    fact("users", Type::Bool, "Whether users or data subjects are there, by `organization.regions`."),
    fact(
        "matches",
        Type::Bool,
        "Whether the exclusion concerns this deployment: the licensee's country, or for use the country or the users, and the kind of model. Includes `holds`."
    ),
    fact("outputs", Type::Bool, "Whether outputs are left out too."),
    CLAUSE,
    SAYS,
);

/// The terms of one kind that any candidate has, each with whether all of them have it; and whether some
/// candidate's are not known.
pub fn collect<T: Clone + PartialEq>(
    state: &State,
    read: impl Fn(&Licence<'static>) -> Option<Vec<T>>,
    same: impl Fn(&T, &T) -> bool,
) -> (Vec<(T, bool)>, bool) {
    let State::Named(candidates, _) = state else { return (Vec::new(), matches!(state, State::Undeclared(_))) };
    let lists: Vec<Option<Vec<T>>> = candidates.iter().map(|licence| read(licence)).collect();
    let mut found: Vec<(T, bool)> = Vec::new();
    for (at, list) in lists.iter().enumerate() {
        for term in list.iter().flatten() {
            // What the first candidate has twice, for different reasons, are two terms.
            if at > 0 && found.iter().any(|(known, _)| same(known, term)) {
                continue;
            }
            let all = lists.iter().all(|list| list.iter().flatten().any(|other| same(other, term)));
            found.push((term.clone(), all));
        }
    }
    (found, lists.is_empty() || lists.iter().any(Option::is_none))
}

/// A row in which everything but where it is is unknown.
pub fn unknown<'m>(desc: &'static RecordDesc, row: &InForce<'m>) -> Value<'m> {
    let gaps = row.held.gaps();
    let mut values = front(row, Err(gaps.clone()));
    values.resize_with(desc.fields.len(), || Err(gaps.clone()));
    Value { place: row.row.place, data: Data::row(desc, row.key.clone(), values) }
}

/// The fields that every term begins with.
pub fn front<'m>(row: &InForce<'m>, holds: Result<bool, Gaps>) -> Vec<Answer<'m>> {
    let node = &row.origin.node;
    vec![
        Ok(row.row.clone()),
        Ok(row.model.value.clone()),
        Ok(Value { data: Data::Ref(node.id, target::DatasetOrModel::SECTIONS), place: node.value.place }),
        truth(holds),
    ]
}

/// A row for a term.
pub fn made<'m>(desc: &'static RecordDesc, row: &InForce<'m>, key: &str, values: Vec<Answer<'m>>) -> Value<'m> {
    let key = format!("{} {key}", row.key);
    Value { place: row.row.place, data: Data::row(desc, key, values) }
}

/// Whether a term holds, given whether every candidate has it.
pub fn holds(row: &InForce<'_>, all: bool) -> Result<bool, Gaps> {
    if all { Ok(true) } else { Err(row.held.gaps()) }
}

/// The relation `facts.licence_restrictions`.
pub fn restrictions<'m>(rows: &[InForce<'m>]) -> Vec<Answer<'m>> {
    let mut found = Vec::new();
    for row in rows {
        let same = |a: &Restriction<'_>, b: &Restriction<'_>| a.uses == b.uses && a.unless == b.unless;
        let (terms, open) = collect(&row.held.state, |licence| licence.restrictions.clone(), same);
        for (term, all) in terms {
            let mut values = front(row, holds(row, all));
            values.extend([
                Ok(word(Use::DESC, term.uses as usize, row.held.place)),
                Ok(term.unless.map_or(none(None), |unless| word(Unless::DESC, unless as usize, None))),
                Ok(perhaps(term.clause)),
                Ok(perhaps(term.says)),
            ]);
            found.push(Ok(made(&RESTRICTION, row, term.uses.word(), values)));
        }
        if open {
            found.push(Ok(unknown(&RESTRICTION, row)));
        }
    }
    found
}

/// The relation `facts.licence_duties`.
pub fn duties<'m>(ground: &Ground<'m>, rows: &[InForce<'m>]) -> Vec<Answer<'m>> {
    let mut found = Vec::new();
    for row in rows {
        let same = |a: &Duty<'_>, b: &Duty<'_>| a.kind == b.kind && a.when == b.when && a.text == b.text;
        let (terms, open) = collect(&row.held.state, |licence| licence.duties.clone(), same);
        for (term, all) in terms {
            let concerned = concerned(ground, row, &term);
            if concerned == Ok(false) {
                continue;
            }
            let flag = |value: Option<bool>| value.map_or(none(None), |value| Value::computed(Data::Bool(value)));
            let mut values = front(row, both(holds(row, all), concerned));
            values.extend([
                Ok(word(DutyKind::DESC, term.kind as usize, row.held.place)),
                Ok(perhaps(term.text)),
                Ok(Value::computed(texts(term.alternatives.clone()))),
                Ok(word(DutyWhen::DESC, term.when as usize, None)),
                Ok(flag(term.outputs)),
                Ok(flag(term.hosted)),
                Ok(flag(Some(term.modified_only))),
                Ok(perhaps(term.clause)),
                Ok(perhaps(term.says)),
            ]);
            found.push(Ok(made(&DUTY, row, &format!("{} {}", term.kind.word(), term.when.word()), values)));
        }
        if open {
            found.push(Ok(unknown(&DUTY, row)));
        }
    }
    found
}

/// Whether a duty that is about some models only is about this one.
fn concerned<'m>(ground: &Ground<'m>, row: &InForce<'m>, duty: &Duty<'_>) -> Result<bool, Gaps> {
    if duty.models.is_empty() || row.origin.node.section != Section::Models {
        return Ok(duty.models.is_empty());
    }
    let source = text(&ground.view, &row.origin.node.value, "source")?;
    Ok(duty.models.iter().any(|pattern| matches(pattern, &source)))
}

/// The relation `facts.licence_territories`.
pub fn territories<'m>(ground: &Ground<'m>, rows: &[InForce<'m>]) -> Vec<Answer<'m>> {
    let mut found = Vec::new();
    for row in rows {
        let same =
            |a: &Territory<'_>, b: &Territory<'_>| a.excluded == b.excluded && a.of == b.of && a.modalities == b.modalities;
        let (terms, open) = collect(&row.held.state, |licence| licence.territories.clone(), same);
        for (term, all) in terms {
            for excluded in &term.excluded {
                found.push(Ok(territory(ground, row, &term, excluded, holds(row, all))));
            }
        }
        if open {
            found.push(Ok(unknown(&TERRITORY, row)));
        }
    }
    found
}

fn territory<'m>(
    ground: &Ground<'m>,
    row: &InForce<'m>,
    term: &Territory<'static>,
    excluded: &'static str,
    holds: Result<bool, Gaps>,
) -> Value<'m> {
    let view = &ground.view;
    let organization = view.field(&view.manifest(), "organization");
    let modality = match term.modalities {
        None => Ok(true),
        Some(Modalities::Multimodal) => multimodal(ground, row),
    };
    let country = organization.clone().and_then(|organization| view.field(&organization, "country"));
    let place = country.as_ref().ok().and_then(|country| country.place);
    let country = country.and_then(|country| {
        let code = super::super::word(&country).ok_or_else(|| view.gap_at(country.place))?;
        Ok(lies(&code, excluded))
    });
    let mut users = Any::default();
    match organization.and_then(|organization| list(view, &organization, "regions")) {
        Ok(regions) => regions.into_iter().for_each(|region| {
            users.add(region.map(|region| super::super::word(&region).is_some_and(|code| lies(&code, excluded))));
        }),
        Err(gaps) => users.add(Err(gaps)),
    }
    let users = users.answer();
    let concerned = match term.of {
        Whose::Licensee => country.clone(),
        Whose::Use => {
            let mut either = Any::default();
            either.add(country.clone());
            either.add(users.clone());
            either.answer()
        }
    };
    let matches = both(holds.clone(), both(modality.clone(), concerned));
    let mut values = front(row, holds);
    values.extend([
        Ok(perhaps(Some(excluded))),
        Ok(word(Whose::DESC, term.of as usize, None)),
        Ok(term.modalities.map_or(none(None), |modalities| word(Modalities::DESC, modalities as usize, None))),
        truth(modality),
        country.map(|lies| Value { data: Data::Bool(lies), place }),
        truth(users),
        truth(matches),
        Ok(Value::computed(Data::Bool(term.outputs))),
        Ok(perhaps(term.clause)),
        Ok(perhaps(term.says)),
    ]);
    made(&TERRITORY, row, excluded, values)
}

fn multimodal<'m>(ground: &Ground<'m>, row: &InForce<'m>) -> Result<bool, Gaps> {
    let mut any = Any::default();
    for modality in list(&ground.view, &row.origin.node.value, "modalities")? {
        any.add(modality.map(|modality| super::super::word(&modality).is_some_and(|word| word != "text")));
    }
    any.answer()
}

/// Whether a country, `EU` or `EEA` lies in an excluded territory, in whole or in part.
fn lies(region: &str, excluded: &str) -> bool {
    match excluded {
        "EU" => regions::in_eu(region),
        "EEA" => regions::in_eea(region),
        country => region == country,
    }
}
