//! Every field that a condition can name, by its path: `models[].license`, `facts.exposures[].entitled`.

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
}

/// All of them, the vocabulary first, each record before its fields.
pub fn places() -> Vec<Place> {
    let mut found = Vec::new();
    walk("", Manifest::DESC, false, &mut Vec::new(), &mut found);
    walk("facts.", &FACTS, true, &mut Vec::new(), &mut found);
    found
}

fn walk(prefix: &str, desc: &'static RecordDesc, derived: bool, within: &mut Vec<&'static str>, found: &mut Vec<Place>) {
    // A record within itself is described where it is first met.
    if within.contains(&desc.name) {
        return;
    }
    within.push(desc.name);
    for field in desc.fields {
        let path = format!("{prefix}{}", field.name);
        let inner = record(&field.ty);
        found.push(Place { path: path.clone(), record: desc.name, field, derived });
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

/// The places that a path, or the end of one, or the name of a record may mean. A whole path means itself alone.
pub fn named<'p>(places: &'p [Place], word: &str) -> Vec<&'p Place> {
    let wanted = plain(word.trim());
    if wanted.is_empty() {
        return Vec::new();
    }
    if let Some(whole) = places.iter().find(|place| plain(&place.path) == wanted) {
        return vec![whole];
    }
    let end = format!(".{wanted}");
    let found: Vec<&Place> = places.iter().filter(|place| plain(&place.path).ends_with(&end)).collect();
    if !found.is_empty() {
        return found;
    }
    let entry = |place: &&Place| record(&place.field.ty).is_some_and(|(desc, _)| desc.name.eq_ignore_ascii_case(&wanted));
    places.iter().filter(entry).collect()
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
        assert!(paths("entitled").contains(&"facts.exposures[].entitled".to_owned()));
        assert!(paths("licence").is_empty(), "a near miss is no hit");
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
