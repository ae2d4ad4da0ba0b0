//! The JSON Schema of a manifest, from the same descriptions as its types.
//!
//! Editors use it for completion. It accepts what the reader accepts: `unknown` and `none` in every
//! field, extensions that begin with `x-`, both spellings of words.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::describe::{Absence, EVIDENCE, EnumDesc, FieldDesc, RecordDesc, Type};
use super::leaf::{self, LONGEST_ID};
use super::vocabulary::Manifest;

/// ISO 8601 with its units in order, each once; at least one of them.
const DURATION: &str = "^P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+([.,][0-9]{1,9})?H)?([0-9]+([.,][0-9]{1,9})?M)?([0-9]+([.,][0-9]{1,9})?S)?)?$";

/// The schema as a JSON document, draft 2020-12.
pub fn manifest() -> Value {
    let mut definitions = BTreeMap::new();
    let mut root = record(Manifest::DESC, &mut definitions);
    root.insert("$defs".into(), definitions.into_iter().collect::<Map<_, _>>().into());
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!("caveat manifest"));
    schema.append(&mut root);
    schema.into()
}

type Definitions = BTreeMap<String, Value>;

fn record(desc: &'static RecordDesc, definitions: &mut Definitions) -> Map<String, Value> {
    let properties: Map<_, _> = desc.fields.iter().map(|f| (f.name.to_owned(), property(f, definitions))).collect();
    let mut schema = Map::new();
    schema.insert("description".into(), json!(one_line(desc.doc)));
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), properties.into());
    schema.insert("patternProperties".into(), json!({"^x-": true}));
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

/// What every record has alike is defined once.
fn property(desc: &'static FieldDesc, definitions: &mut Definitions) -> Value {
    if desc.name != EVIDENCE || matches!(desc.ty, Type::List(_)) {
        return field(desc, definitions);
    }
    if !definitions.contains_key("Evidence") {
        let schema = field(desc, definitions);
        definitions.insert("Evidence".to_owned(), schema);
    }
    json!({"$ref": "#/$defs/Evidence"})
}

fn field(field: &'static FieldDesc, definitions: &mut Definitions) -> Value {
    let states = json!({"enum": ["unknown", "none", null]});
    let value = value(&field.ty, definitions);
    let mut schema = Map::new();
    schema.insert("description".into(), json!(one_line(field.doc)));
    match field.absence {
        Absence::Undeclared => {}
        Absence::Claim => {
            schema.insert("x-claim".into(), json!(true));
        }
        Absence::Default(number) => {
            schema.insert("default".into(), json!(number));
        }
    }
    schema.insert("anyOf".into(), json!([value, states]));
    schema.into()
}

/// An element of a list: it may be `unknown` or `none` like a field.
fn element(ty: &'static Type, definitions: &mut Definitions) -> Value {
    json!({"anyOf": [value(ty, definitions), {"enum": ["unknown", "none", null]}]})
}

fn value(ty: &'static Type, definitions: &mut Definitions) -> Value {
    // A leaf that is a text in a manifest may look like a number to YAML: `revision: 12`.
    let text = json!({"type": ["string", "number", "boolean"]});
    match ty {
        Type::Bool => json!({"type": "boolean"}),
        Type::Int => json!({"anyOf": [
            {"type": "integer", "exclusiveMinimum": -9_000_000_000_000_000_i64, "exclusiveMaximum": 9_000_000_000_000_000_i64},
            {"type": "string", "pattern": "^[+-]?0*([0-9]{1,15}|[1-8][0-9]{15})$"},
        ]}),
        Type::Number => json!({"type": "number"}),
        Type::Count => json!({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[0-9.]+[kKMBGT]?$"}]}),
        Type::Share => {
            json!({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": "^(0?\\.[0-9]+|0\\.?|1(\\.0*)?)$"}]})
        }
        Type::Percent => {
            json!({"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "string", "pattern": "^(100(\\.0*)?|[0-9]{1,2}(\\.[0-9]*)?|\\.[0-9]+)$"}]})
        }
        Type::Text | Type::Ref(_) => text,
        // The grammar of licence expressions is more than a pattern can say.
        Type::Licence => with(text, "pattern", json!("[^\\s]")),
        // The pattern is for those that are written as text; a number or a flag can be an id too.
        Type::Id => {
            let text = with(text, "pattern", json!("^[\\p{L}\\p{N}_.:/@-]+$"));
            with(text, "maxLength", json!(LONGEST_ID))
        }
        Type::Date => day(),
        Type::Month => json!({"anyOf": [{"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}, day()]}),
        Type::Duration => json!({"type": "string", "pattern": DURATION}),
        Type::Quantity => {
            json!({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[0-9.]+([KMGTPE]i|[mkMGTPE]|[eE][+-]?[0-9]+)?$"}]})
        }
        Type::Country => countries(definitions, "Country", &[]),
        Type::Region => countries(definitions, "Region", &["EU", "EEA"]),
        Type::Language => json!({"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"}),
        Type::Currency => json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
        Type::Enum(desc) => {
            definitions.entry(desc.name.to_owned()).or_insert_with(|| words(desc));
            json!({"$ref": format!("#/$defs/{}", desc.name)})
        }
        Type::List(item) => json!({"type": "array", "items": element(item, definitions)}),
        Type::OneOrMany(item) => {
            let one = value(item, definitions);
            json!({"anyOf": [one, {"type": "array", "items": element(item, definitions)}]})
        }
        Type::Record(desc) => {
            if !definitions.contains_key(desc.name) {
                definitions.insert(desc.name.to_owned(), Value::Null);
                let schema = record(desc, definitions);
                definitions.insert(desc.name.to_owned(), schema.into());
            }
            json!({"$ref": format!("#/$defs/{}", desc.name)})
        }
        Type::Evidenced(word) => {
            let kind = value(word, definitions);
            json!({"anyOf": [kind.clone(), {
                "type": "object",
                "properties": {"kind": kind, "evidence": {"type": "string", "description": "What proves it: FILE#POINTER."}},
                "required": ["kind"],
                "patternProperties": {"^x-": true},
                "additionalProperties": false,
            }]})
        }
        Type::Either(first, second) => json!({"anyOf": [value(first, definitions), value(second, definitions)]}),
    }
}

/// The codes of countries, and these words besides, as a definition of its own.
fn countries(definitions: &mut Definitions, name: &str, besides: &[&str]) -> Value {
    let codes = || leaf::COUNTRIES.split_whitespace().chain(besides.iter().copied());
    definitions.entry(name.to_owned()).or_insert_with(|| json!({ "enum": codes().collect::<Vec<_>>() }));
    json!({"$ref": format!("#/$defs/{name}")})
}

/// A word, in either spelling; words with a doc comment say what they mean.
fn words(desc: &'static EnumDesc) -> Value {
    let mut one_of: Vec<Value> = Vec::new();
    for (word, doc) in desc.words {
        let mut spellings = vec![(*word).to_owned()];
        for (from, to) in [("is", "iz"), ("iz", "is")] {
            for (at, _) in word.match_indices(from) {
                let other = format!("{}{to}{}", &word[..at], &word[at + 2..]);
                if desc.index(&other).is_some() && !spellings.contains(&other) {
                    spellings.push(other);
                }
            }
        }
        for spelling in spellings {
            let mut entry = Map::new();
            entry.insert("const".into(), json!(spelling));
            if !doc.is_empty() {
                entry.insert("description".into(), json!(one_line(doc)));
            }
            one_of.push(entry.into());
        }
    }
    json!({"description": one_line(desc.doc), "anyOf": one_of})
}

/// A calendar day. Where formats are asserted, one that exists.
fn day() -> Value {
    json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}

fn with(mut schema: Value, key: &str, value: Value) -> Value {
    schema[key] = value;
    schema
}

/// A doc comment as one line.
pub fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
