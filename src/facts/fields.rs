//! Every field that a condition can name, by its path: `models[].license`, `facts.exposures[].entitled`.

use std::collections::BTreeSet;

use super::FACTS;
use crate::manifest::describe::{EnumDesc, FieldDesc, RecordDesc, Type};
use crate::manifest::vocabulary::Manifest;

/// A field at one place of the vocabulary or of the facts. A record that is used in several places has its fields at each.
#[derive(Debug, Clone)]
pub struct Place {
    /// The way to it; `[]` stands for the elements of a list.
    pub path: String,
    /// The name of the record that it is a field of.
    pub record: &'static str,
    pub field: &'static FieldDesc,
    /// Whether it is derived, rather than written in a manifest.
    pub derived: bool,
    /// The path as [`plain`] has it.
    plain: String,
}

impl Place {
    fn new(path: String, record: &'static str, field: &'static FieldDesc, derived: bool) -> Self {
        Self { plain: plain(&path), path, record, field, derived }
    }
}

/// All of them, the vocabulary first, each record before its fields. Facts lead to entries of the manifest; their fields
/// are listed where they are written, and [`named`] finds them behind a fact, too.
pub fn places() -> Vec<Place> {
    let mut found = Vec::new();
    walk("", Manifest::DESC, false, &mut Vec::new(), &mut found);
    let mut written: Vec<&'static str> = found.iter().map(|place| place.record).collect();
    written.sort_unstable();
    written.dedup();
    walk("facts.", &FACTS, true, &mut written, &mut found);
    found
}

/// `within` has the records that are not gone into: those that a record is within, and those listed elsewhere.
fn walk(prefix: &str, desc: &'static RecordDesc, derived: bool, within: &mut Vec<&'static str>, found: &mut Vec<Place>) {
    if within.contains(&desc.name) {
        return;
    }
    within.push(desc.name);
    for field in desc.fields {
        let path = format!("{prefix}{}", field.name);
        let inner = record(&field.ty);
        found.push(Place::new(path.clone(), desc.name, field, derived));
        if let Some((inner, list)) = inner {
            walk(&format!("{path}{}.", if list { "[]" } else { "" }), inner, derived, within, found);
        }
    }
    within.pop();
}

/// The record that a type has, and whether it has a list of them.
pub fn record(ty: &Type) -> Option<(&'static RecordDesc, bool)> {
    match ty {
        Type::Record(desc) => Some((desc, false)),
        Type::List(item) | Type::OneOrMany(item) => record(item).map(|(desc, _)| (desc, true)),
        Type::Either(first, second) => record(first).or_else(|| record(second)),
        _ => None,
    }
}

/// The words that a type has.
pub fn words(ty: &Type) -> Option<&'static EnumDesc> {
    match ty {
        Type::Enum(desc) => Some(desc),
        Type::List(item) | Type::OneOrMany(item) | Type::Evidenced(item) => words(item),
        Type::Either(first, second) => words(first).or_else(|| words(second)),
        _ => None,
    }
}

/// A path without what stands in brackets, in lower case: `models[].license` and `Models[0].license` are one.
pub fn plain(path: &str) -> String {
    let mut depth = 0;
    let mut out = String::new();
    for c in path.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ if depth <= 0 => out.push(c.to_ascii_lowercase()),
            _ => {}
        }
    }
    out
}

/// The field at the end of a whole path, whatever it leads through.
pub fn at(wanted: &str) -> Option<Place> {
    let (mut desc, mut path, mut derived) = (Manifest::DESC, String::new(), false);
    let mut parts = wanted.split('.').peekable();
    if parts.next_if_eq(&"facts").is_some() {
        (desc, path, derived) = (&FACTS, "facts.".to_owned(), true);
    }
    while let Some(part) = parts.next() {
        let field = desc.fields.iter().find(|field| field.name.eq_ignore_ascii_case(part))?;
        path.push_str(field.name);
        if parts.peek().is_none() {
            return Some(Place::new(path, desc.name, field, derived));
        }
        let (inner, list) = record(&field.ty)?;
        path.push_str(if list { "[]." } else { "." });
        desc = inner;
    }
    None
}

/// The fields that a path, or the end of one, or the name of a record may mean. A whole path means itself alone; of a fact
/// that stands in several relations, the first is told.
pub fn named(places: &[Place], word: &str) -> Vec<Place> {
    let wanted = plain(word.trim());
    if wanted.is_empty() {
        return Vec::new();
    }
    if let Some(whole) = at(&wanted) {
        return vec![whole];
    }
    let end = format!(".{wanted}");
    let entry = |place: &&Place| record(&place.field.ty).is_some_and(|(desc, _)| desc.name.eq_ignore_ascii_case(&wanted));
    let mut found: Vec<&Place> = places.iter().filter(|place| place.plain.ends_with(&end)).collect();
    if found.is_empty() {
        found = places.iter().filter(|place| !place.derived).filter(entry).collect();
    }
    told_once(found).into_iter().cloned().collect()
}

/// Without the further places of what is derived.
pub fn told_once(places: Vec<&Place>) -> Vec<&Place> {
    let mut told = BTreeSet::new();
    places.into_iter().filter(|place| told.insert((place.record, place.field.name)) || !place.derived).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_by_its_whole_its_end_and_its_record() {
        let places = places();
        let paths = |word: &str| named(&places, word).iter().map(|place| place.path.clone()).collect::<Vec<_>>();
        for word in ["models[].license", "models.license", "Models[3].license", "models[llama].license"] {
            assert_eq!(paths(word), ["models[].license"], "{word}");
        }
        assert_eq!(paths("flows"), ["flows"]);
        assert_eq!(paths("TrainingRun"), ["training"]);
        let licences = paths("license");
        assert!(
            ["models[].license", "datasets[].license", "components[].license"]
                .iter()
                .all(|path| licences.contains(&(*path).to_owned()))
        );
        assert_eq!(paths("facts.exposures.dataset.classification"), ["facts.exposures[].dataset.classification"]);
        assert!(paths("entitled").contains(&"facts.exposures[].entitled".to_owned()));
        assert!(paths("lisense").is_empty(), "a near miss is no hit");
    }

    /// What a condition reads is told by the name of the record, so no two records may share one.
    #[test]
    fn a_name_of_a_record_is_that_of_one_record() {
        let places = places();
        for place in &places {
            let same = |other: &&Place| other.record == place.record && other.field.name == place.field.name;
            assert!(places.iter().filter(same).all(|other| other.field.doc == place.field.doc), "{}", place.path);
        }
    }
}
