//! What the system stands and falls with, and how available each of it is.
//!
//! A chain of things that all have to work is at most as available as the product of its links. Hosting
//! entries that stand in for one another make one link, which fails only when all of them do; an entry with
//! another way out (a search without answers, people) is no link.

use std::collections::{HashMap, HashSet};

use super::naming::Naming;
use super::{fact, list, text, word};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// A row of `facts.links`.
pub static LINK: RecordDesc = RecordDesc {
    name: "Link",
    doc: "Something without which the system does not work: a hosting entry that nothing stands in for, entries that stand in for each other, or a critical component.",
    fields: &[
        fact("id", Type::Text, "Its id; of entries that stand in for each other, all ids."),
        fact("kind", Type::Text, "`hosting` or `component`."),
        fact(
            "availability",
            Type::Number,
            "Its availability in per cent: as stated, and no better than what an agreement with the party behind a hosting entry promises.",
        ),
        fact("critical", Type::Bool, "Whether the system fails with it."),
    ],
};

/// The relation `facts.links`.
pub fn derive<'m>(view: &View<'m>) -> Answer<'m> {
    let mut rows = Vec::new();
    let hosts: Vec<Value<'m>> = list(view, &view.manifest(), "hosting")?.into_iter().flatten().collect();
    let ids: Vec<String> =
        hosts.iter().map(|host| text(view, host, "id").map(std::borrow::Cow::into_owned).unwrap_or_default()).collect();
    let fallbacks: Vec<Vec<String>> = hosts.iter().map(|host| names(view, host)).collect();
    let neighbours = neighbours(&ids, &fallbacks);
    let known: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let agreements = Naming::of(view, "agreements", "with");
    let mut done: HashSet<&str> = HashSet::new();
    for (at, (host, id)) in hosts.iter().zip(&ids).enumerate() {
        if done.contains(id.as_str()) {
            continue;
        }
        let standing_in = &neighbours[at];
        done.extend(standing_in.iter().map(|other| ids[*other].as_str()));
        let group: Vec<usize> = std::iter::once(at).chain(standing_in.iter().copied()).collect();
        if group.iter().flat_map(|host| &fallbacks[*host]).any(|name| !known.contains(name.as_str())) {
            continue;
        }
        let each: Vec<Result<f64, Gaps>> = group.iter().map(|host| host_availability(view, &agreements, &hosts[*host])).collect();
        // All of them have to fail for the link to fail.
        let all = each.into_iter().try_fold(1.0, |failing, one| Ok::<_, Gaps>(failing * (1.0 - one? / 100.0)));
        let available = all.map(|failing| (1.0 - failing) * 100.0);
        let name = std::iter::once(id.clone()).chain(standing_in.iter().map(|other| ids[*other].clone()));
        // Something may stand in that is not mentioned.
        let critical = if standing_in.is_empty() {
            view.field(host, "fallback").map(|_| Value::computed(Data::Bool(true)))
        } else {
            Ok(Value::computed(Data::Bool(true)))
        };
        rows.push(Ok(row(&name.collect::<Vec<_>>().join(", "), "hosting", host, available, critical)));
    }
    for component in list(view, &view.manifest(), "components").unwrap_or_default().into_iter().flatten() {
        // A component of which neither is said plays no part.
        let critical = view.field(&component, "critical");
        let available = percent(view, &component, "availability");
        if critical.is_err() && available.is_err() {
            continue;
        }
        let id = text(view, &component, "id").map(std::borrow::Cow::into_owned).unwrap_or_default();
        rows.push(Ok(row(&id, "component", &component, available, critical)));
    }
    Ok(Value::list(rows))
}

fn row<'m>(id: &str, kind: &'static str, record: &Value<'m>, available: Result<f64, Gaps>, critical: Answer<'m>) -> Value<'m> {
    let values = vec![
        Ok(Value { data: Data::Text(id.to_owned().into()), place: record.place }),
        Ok(Value::computed(Data::Text(kind.into()))),
        available.map(|available| Value::computed(Data::Number(available))),
        critical,
    ];
    Value { place: record.place, data: Data::row(&LINK, id.to_owned(), values) }
}

/// By entry, those that stand in for it and those that it stands in for, by the ids and the fallbacks of all.
fn neighbours(ids: &[String], fallbacks: &[Vec<String>]) -> Vec<Vec<usize>> {
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
    ids.iter().enumerate().for_each(|(at, id)| by_id.entry(id).or_default().push(at));
    let mut all = vec![Vec::new(); ids.len()];
    for (at, names) in fallbacks.iter().enumerate() {
        for other in names.iter().filter_map(|name| by_id.get(name.as_str())).flatten().filter(|other| ids[**other] != ids[at]) {
            all[at].push(*other);
            all[*other].push(at);
        }
    }
    for found in &mut all {
        found.sort_unstable();
        found.dedup();
    }
    all
}

/// What stands in for an entry.
fn names<'m>(view: &View<'m>, host: &Value<'m>) -> Vec<String> {
    let Ok(value) = view.field(host, "fallback") else { return Vec::new() };
    let elements = view.elements(&value).unwrap_or_default();
    elements
        .iter()
        .flatten()
        .filter_map(|name| word(name).map(std::borrow::Cow::into_owned))
        .filter(|name| name != "none")
        .collect()
}

/// What is stated of an entry, and no more than what the party behind it promises.
fn host_availability<'m>(view: &View<'m>, agreements: &Naming<'m>, host: &Value<'m>) -> Result<f64, Gaps> {
    let stated = percent(view, host, "availability");
    let promised = text(view, host, "party").ok().and_then(|party| promised(view, agreements, &party));
    match (stated, promised) {
        (Ok(stated), Some(promised)) => Ok(stated.min(promised)),
        (Err(_), Some(promised)) => Ok(promised),
        (stated, None) => stated,
    }
}

fn promised<'m>(view: &View<'m>, agreements: &Naming<'m>, party: &str) -> Option<f64> {
    let with =
        agreements.about(party).ok()?.flatten().filter(|agreement| text(view, agreement, "with").is_ok_and(|with| with == party));
    let terms = with.filter_map(|agreement| view.field(agreement, "terms").ok());
    terms.filter_map(|terms| percent(view, &terms, "availability").ok()).reduce(f64::min)
}

fn percent<'m>(view: &View<'m>, record: &Value<'m>, name: &str) -> Result<f64, Gaps> {
    let value = view.field(record, name)?;
    match value.data {
        Data::Number(number) => Ok(number),
        _ => Err(view.gap_at(value.place)),
    }
}
