//! The YAML test suite: every case accepted or refused as it says, and values equal where it gives them.

use std::path::Path;

use caveat::syntax::scalar::Scalar;
use caveat::syntax::{Kind, Limits, Place, Tree, load};
use serde_json::{Map, Value, json};

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    yaml: String,
    must_fail: bool,
    json: Option<String>,
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn the_suite_is_accepted_and_refused_as_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/yaml-test-suite.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: the YAML test suite is not beside the project");
        return;
    };
    let (mut cases, mut compared, mut wrong) = (0, 0, Vec::new());
    for line in text.lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        cases += 1;
        let loaded = load(case.yaml.clone().into_bytes(), &Limits::default());
        // Duplicate keys are judged above the parser: two cases of the suite have them.
        let refused = loaded.faults.iter().any(|fault| fault.code != "E010");
        if refused != case.must_fail {
            wrong.push(format!("{}: refused {refused}: {:?}", case.id, loaded.faults));
            continue;
        }
        // A mapping with a null key has no JSON; the suite writes `null` for the whole document.
        let Some(expected) = case.json.filter(|_| !refused && case.id != "SM9W-01") else { continue };
        let expected: Vec<Value> =
            serde_json::Deserializer::from_str(&expected).into_iter().collect::<Result<_, _>>().expect("JSON");
        let found: Vec<Value> =
            loaded.tree.documents().iter().map(|root| value(&loaded.tree, loaded.tree.place(*root))).collect();
        compared += 1;
        if !same(&Value::from(expected.clone()), &Value::from(found.clone())) {
            wrong.push(format!("{}: {found:?} instead of {expected:?}", case.id));
        }
    }
    assert_eq!(cases, 402);
    assert!(compared > 250, "{compared}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn value(tree: &Tree, place: Place) -> Value {
    match tree.node(place.node).kind {
        Kind::Sequence { .. } => tree.elements(place).map(|item| value(tree, item)).collect(),
        Kind::Mapping { .. } => {
            let mut map = Map::new();
            for entry in tree.entries(place.node) {
                map.insert(tree.text(entry.key).unwrap_or_default().to_owned(), value(tree, tree.value(place, *entry)));
            }
            map.into()
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

/// JSON has one kind of number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
