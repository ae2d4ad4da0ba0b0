//! Conditions against the evaluator of the `cel` crate, over values that are all declared.
//!
//! What the two do not have in common is left out of what is generated: caveat has one kind of number (so every number is
//! a double here, without `%`), gives a gap where arithmetic leaves the finite numbers (no division by what may be zero),
//! answers `none` and undeclared fields in its own way (none stand here), and knows functions that CEL does not.

use caveat::expr::ast::Program;
use caveat::expr::eval::{Env, Evaluator, Options};
use caveat::expr::join::Joins;
use caveat::expr::parse::parse;
use caveat::expr::patterns::Patterns;
use caveat::facts;
use caveat::knowledge::tables::Tables;
use caveat::manifest::value::{Data, View};
use caveat::manifest::{Scope, read};
use caveat::syntax::{Limits, load};
use cel::objects::{Key, Map};
use cel::{Context, Value as Cel};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::Arc;

use super::values::of_text;

const MANIFEST: &str = "\
system: {id: desk, name: Front Desk, purpose: answers questions, effects: [financial, legal]}
workload: {requests_per_user_day: 2.5, peak_factor: 4, peak_rps: 1200, reasoning_factor: 300}
models:
  - {id: small, source: mistralai/Ministral-8B, license: MIT}
  - {id: large, source: meta-llama/Llama-3.1-70B, license: llama3.1}
";

#[derive(Debug)]
struct NoOptions;

impl Options for NoOptions {
    fn value<'m>(&self, _: &str) -> Option<Data<'m>> {
        None
    }
}

fn by_caveat(condition: &str) -> Result<bool, String> {
    let mut program = Program::default();
    let (root, _) = parse(condition, &mut program).map_err(|error| error.message)?;
    let limits = Limits::default();
    let loaded = load(MANIFEST.as_bytes().to_vec(), &limits);
    let read = read(&loaded.tree, loaded.tree.documents()[0], Scope::Fragment, &limits);
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    let view = View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false };
    let today = date(2026, 11, 23);
    let facts = facts::derive(&view, &Tables::builtin(), today, &[], &facts::Wanted::all());
    let (patterns, joins) = (Patterns::default(), Joins::default());
    let env = Env { view, facts: &facts, today, patterns: &patterns, joins: &joins };
    Evaluator::new(env, &program, &NoOptions).boolean(root).map_err(|gaps| format!("{gaps:?}"))
}

fn by_cel(condition: &str) -> Result<bool, String> {
    let program = cel::Program::compile(condition).map_err(|error| error.to_string())?;
    let mut context = Context::default();
    let Value::Object(sections) = of_text(MANIFEST) else { panic!("a mapping") };
    for (name, section) in &sections {
        context.add_variable_from_value(name.as_str(), value(section));
    }
    match program.execute(&context) {
        Ok(Cel::Bool(answer)) => Ok(answer),
        other => Err(format!("{other:?}")),
    }
}

fn value(json: &Value) -> Cel {
    match json {
        Value::Bool(flag) => Cel::Bool(*flag),
        Value::Number(number) => Cel::Float(number.as_f64().expect("a number")),
        Value::String(text) => Cel::String(Arc::new(text.clone())),
        Value::Array(list) => Cel::List(Arc::new(list.iter().map(value).collect())),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, inner)| (Key::String(Arc::new(key.clone())), value(inner)));
            Cel::Map(Map { map: Arc::new(entries.collect()) })
        }
        Value::Null => Cel::Null,
    }
}

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0_i32..2000).prop_map(|number| format!(
            "{}.{}",
            number / 4,
            [0, 25, 5, 75][usize::try_from(number % 4).expect("small")]
        )),
        Just("workload.reasoning_factor".to_owned()),
        Just("workload.peak_rps".to_owned()),
        Just("workload.requests_per_user_day".to_owned()),
        Just("workload.peak_factor".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop_oneof![Just("+"), Just("-"), Just("*")], inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), 1_u32..9).prop_map(|(a, b)| format!("({a} / {b}.0)")),
            inner.prop_map(|a| format!("(-{a})")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z /-]{0,4}".prop_map(|text| format!("'{text}'")),
        Just("'MIT'".to_owned()),
        Just("'legal'".to_owned()),
        Just("'desk'".to_owned()),
        Just("system.id".to_owned()),
        Just("system.name".to_owned()),
        Just("system.purpose".to_owned()),
        Just("models[0].id".to_owned()),
        Just("models[1].license".to_owned()),
        Just("models[1].source".to_owned()),
    ]
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(text(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
        Just("system.effects".to_owned()),
        Just("models.map(m, m.id)".to_owned()),
        Just("models.filter(m, m.license == 'MIT').map(m, m.source)".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let compare = || prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")];
    let quantifier = || prop_oneof![Just("exists"), Just("all"), Just("exists_one")];
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(|flag| flag.to_string()),
        4 => (number(), compare(), number()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        3 => (text(), prop_oneof![Just("=="), Just("!=")], text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        2 => (text(), texts()).prop_map(|(a, list)| format!("{a} in {list}")),
        2 => (texts(), compare(), 0_u32..4).prop_map(|(list, op, size)| format!("size({list}) {op} {size}")),
        2 => (text(), prop_oneof![Just("startsWith"), Just("endsWith"), Just("contains")], text())
            .prop_map(|(a, test, b)| format!("{a}.{test}({b})")),
        2 => (texts(), quantifier(), text()).prop_map(|(list, each, b)| format!("{list}.{each}(x, x == {b})")),
        2 => (quantifier(), text()).prop_map(|(each, b)| format!("models.{each}(m, m.id != {b} && {b} in system.effects)")),
        1 => Just("has(system.purpose)".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || {b}")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("(({a}) ? ({b}) : ({c}))")),
        ]
    })
}

proptest! {
    #![proptest_config(super::config(512))]

    #[test]
    fn conditions_have_the_answers_of_cel(condition in condition().prop_filter("short", |text| text.len() < 1500)) {
        let (ours, theirs) = (by_caveat(&condition), by_cel(&condition));
        prop_assert!(theirs.is_ok(), "{}: cel: {:?}", condition, theirs);
        prop_assert_eq!(ours, theirs, "{}", condition);
    }
}

#[test]
fn what_is_compared_has_answers() {
    for (condition, answer) in [
        ("workload.peak_factor == 4.0", true),
        ("models[1].source.contains('Llama') && size(models) == 2", true),
        ("system.effects.all(x, x == 'legal')", false),
        ("(workload.peak_rps - 300.0) / 2.0 < 450.0", false),
        // Zero has two signs and is one number.
        ("-(workload.peak_rps - workload.peak_rps) == workload.peak_rps - workload.peak_rps", true),
    ] {
        assert_eq!(by_caveat(condition), Ok(answer), "{condition}");
        assert_eq!(by_cel(condition), Ok(answer), "{condition}");
    }
}
