//! The JSON Schema, read by the `jsonschema` crate, against the reader of manifests, on manifests that are changed.
//!
//! A schema says what one value may be. What has to hold between entries (references, ids that stand once, lineage) is
//! beyond it, so of the reader's faults those of shape are compared: E003, E004 and E007.

use caveat::finding::Fault;
use caveat::manifest::{Scope, read, schema};
use caveat::syntax::{Limits, load};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::values::of_text;

const FIXTURES: [&str; 2] =
    [include_str!("../../fixtures/tax-assistant.yaml"), include_str!("../../fixtures/tax-assistant-clean.yaml")];

/// A place, what is done there, and what with.
type Change = (Index, u8, Index);

/// The faults of shape that the reader finds in a value. JSON is YAML.
fn faults(value: &Value) -> Vec<String> {
    let limits = Limits::default();
    let loaded = load(value.to_string().into_bytes(), &limits);
    let read = read(&loaded.tree, loaded.tree.documents()[0], Scope::Fragment, &limits);
    let shape = |fault: &&Fault| !fault.is_advice() && matches!(fault.code, "E003" | "E004" | "E007");
    read.faults.iter().filter(shape).map(|fault| format!("{} {} at {}", fault.code, fault.message, fault.path)).collect()
}

fn words(schema: &Value, found: &mut Vec<Value>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(words)) = map.get("enum") {
                found.extend(words.iter().cloned());
            }
            map.values().for_each(|value| words(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| words(value, found)),
        _ => {}
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a position in reading order.
fn pick(value: &mut Value, at: usize) -> &mut Value {
    let Some(mut left) = at.checked_sub(1) else { return value };
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

fn change(value: &mut Value, words: &[Value], (at, kind, with): &Change) {
    let odd = [
        json!(0),
        json!(-1),
        json!(0.5),
        json!(1e300),
        json!(2.0),
        json!(""),
        json!(" "),
        json!("P1D"),
        json!("PT"),
        json!("P1DT2.5S"),
        json!("P1D2Y"),
        json!("2026-02-30"),
        json!("2026-11"),
        json!("16Gi"),
        json!("8B"),
        json!("DE"),
        json!("de-AT"),
        json!("EUR"),
        json!("a/b:c"),
        json!("MIT OR"),
        json!("true"),
        json!("5"),
        json!(true),
        json!([]),
        json!({}),
        json!(["x"]),
        json!({"x-note": 1}),
        json!({"id": "x"}),
        Value::Null,
    ];
    let size = count(value);
    let other = pick(value, with.index(size)).clone();
    let at = pick(value, 1 + at.index(size - 1));
    match (kind % 8, &mut *at) {
        (0, Value::Object(map)) if !map.is_empty() => {
            let key = map.keys().nth(with.index(map.len())).expect("a key").clone();
            map.shift_remove(&key);
        }
        (1, Value::Object(map)) => {
            map.insert("surprise".to_owned(), other);
        }
        (2, Value::Object(map)) => {
            map.insert("x-surprise".to_owned(), other);
        }
        (3, _) => *at = json!("unknown"),
        (4, _) => *at = json!("none"),
        (5, _) => *at = words[with.index(words.len())].clone(),
        (6, _) => *at = other,
        _ => *at = odd[with.index(odd.len())].clone(),
    }
}

/// Reader and schema accept the same manifests.
#[test]
fn schema_and_reader_accept_the_same() {
    let schema = schema::manifest();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a valid schema");
    let mut vocabulary = Vec::new();
    words(&schema, &mut vocabulary);
    let bases = FIXTURES.map(of_text);
    let (mut accepted, mut refused) = (0, 0);
    let config = super::config(1024);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let changes = (0_usize..2, prop::collection::vec(any::<Change>(), 1..3));
    let mut wrong = std::collections::BTreeSet::new();
    let tally = std::cell::RefCell::new((&mut accepted, &mut refused, &mut wrong));
    let outcome = runner.run(&changes, |(base, changes)| {
        let mut value = bases[base].clone();
        for one in &changes {
            change(&mut value, &vocabulary, one);
        }
        let faults = faults(&value);
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        let mut tally = tally.borrow_mut();
        *(if faults.is_empty() { &mut *tally.0 } else { &mut *tally.1 }) += 1;
        // How a number is spelt is lost in JSON, and `1e+300` as an id is refused for its plus. Licence expressions have a
        // grammar that no pattern can say.
        let beyond = |fault: &String| fault.contains("`1e+300` is not an id") || fault.contains("is not a licence expression");
        let spelt = faults.iter().all(beyond);
        if faults.is_empty() != errors.is_empty() && !(spelt && errors.is_empty()) {
            tally.2.insert(format!("reader {faults:?}\n  schema {errors:?}"));
        }
        Ok(())
    });
    outcome.expect("no case fails by itself");
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(accepted > 100 && refused > 100, "{accepted} accepted, {refused} refused");
}
