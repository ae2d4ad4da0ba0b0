//! A manifest, changed as a value. Bytes are read as a list of changes, each a place, a kind of change and an argument, so
//! that libFuzzer's small changes of the bytes are small changes of the manifest.

use caveat::manifest::schema;
use caveat::syntax::scalar::Scalar;
use caveat::syntax::{Kind, Limits, Place, Tree, load};
use serde_json::{Map, Value, json};

thread_local! {
    /// Every word of the vocabulary, and figures at the ends of their ranges.
    static WORDS: Vec<Value> = words();
}

/// The manifest that a list of changes makes of another, as JSON.
pub fn manifest(base: &str, data: &[u8]) -> String {
    let loaded = load(base.as_bytes().to_vec(), &Limits::default());
    let mut value = value(&loaded.tree, loaded.tree.place(loaded.tree.documents()[0]));
    for change in data.chunks_exact(5).take(40) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]]));
        let argument = usize::from(u16::from_le_bytes([change[3], change[4]]));
        let places = count(&value);
        let other = pick(&mut value, argument % places).clone();
        apply(pick(&mut value, at % places), change[2], argument, other);
    }
    value.to_string()
}

fn apply(at: &mut Value, kind: u8, argument: usize, other: Value) {
    let nth = |len: usize| argument.checked_rem(len).unwrap_or(0);
    match (kind % 8, &mut *at) {
        (0, Value::Object(map)) => {
            if let Some(key) = map.keys().nth(nth(map.len())).cloned() {
                map.shift_remove(&key);
            }
        }
        (0, Value::Array(list)) if !list.is_empty() => {
            list.remove(nth(list.len()));
        }
        (1, Value::Array(list)) if !list.is_empty() => {
            let twice = list[nth(list.len())].clone();
            list.push(twice);
        }
        (2, Value::Object(map)) => {
            if let Some(key) = map.keys().nth(nth(map.len())).cloned() {
                let value = map.shift_remove(&key).unwrap_or_default();
                map.insert(format!("{key}s"), value);
            }
        }
        // Only small things move: a manifest that holds itself forty times over is slow and tells nothing new.
        (3, _) if count(&other) < 40 => *at = other,
        (4, _) => *at = json!("unknown"),
        (5, _) => *at = json!("none"),
        (6, _) => *at = Value::Array(vec![at.clone()]),
        _ => *at = WORDS.with(|words| words[argument % words.len()].clone()),
    }
}

/// The number of values in a value, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a position in reading order.
fn pick(value: &mut Value, at: usize) -> &mut Value {
    if at == 0 {
        return value;
    }
    let mut left = at - 1;
    let children: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(map) => map.values_mut().collect(),
        _ => Vec::new(),
    };
    for child in children {
        let size = count(child);
        if left < size {
            return pick(child, left);
        }
        left -= size;
    }
    unreachable!("positions are below the count")
}

fn words() -> Vec<Value> {
    fn gather(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::Array(words)) = map.get("enum") {
                    found.extend(words.iter().cloned());
                }
                map.values().for_each(|value| gather(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| gather(value, found)),
            _ => {}
        }
    }
    let mut found = vec![
        json!(0),
        json!(1),
        json!(-1),
        json!(0.5),
        json!(1e308),
        json!(1e-308),
        json!(9_007_199_254_740_993_u64),
        json!(true),
        json!(""),
        json!("P1D"),
        json!("P999999Y"),
        json!("2026-11-23"),
        json!("9999-12-31"),
        json!("16Gi"),
        json!("999999999T"),
        json!("llama3.1 OR (MIT AND Apache-2.0)"),
        json!([]),
        json!({}),
        Value::Null,
    ];
    gather(&schema::manifest(), &mut found);
    found.dedup();
    found
}

fn value(tree: &Tree, place: Place) -> Value {
    match tree.node(place.node).kind {
        Kind::Sequence { .. } => tree.elements(place).map(|item| value(tree, item)).collect(),
        Kind::Mapping { .. } => {
            let entry = |entry: &caveat::syntax::tree::Entry| {
                (tree.text(entry.key).unwrap_or_default().to_owned(), value(tree, tree.value(place, *entry)))
            };
            Value::Object(tree.entries(place.node).iter().map(entry).collect::<Map<_, _>>())
        }
        _ => match tree.scalar(place.node) {
            Some(Scalar::Bool(value)) => json!(value),
            Some(Scalar::Int(value)) => json!(value),
            Some(Scalar::Float(value)) => json!(value),
            Some(Scalar::Text(text)) => json!(text),
            _ => Value::Null,
        },
    }
}
