//! Configuration: which file applies, what it says, and what is wrong with it.

mod common;

use common::{BAD, DAY, Desk, code, err, fixture, out};
use serde_json::Value;

fn fired(desk: &Desk, path: &str) -> Vec<String> {
    let output = desk.run(&["check", path, DAY[0], DAY[1], "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(&output)));
    let findings = report["findings"].as_array().expect("a list").iter().filter(|finding| finding["verdict"] == "violation");
    let mut codes: Vec<String> = findings.map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn the_nearest_file_upwards_applies_and_nothing_else() {
    let desk = Desk::new()
        .with(".caveat.yaml", "select: [LEAK001]\n")
        .with("a/.caveat.yaml", "select: [COST001]\n")
        .with("a/b/caveat.yaml", fixture(BAD))
        .with("c/caveat.yaml", fixture(BAD))
        .with("d/.git/HEAD", "")
        .with("d/caveat.yaml", fixture(BAD));
    assert_eq!(fired(&desk, "a/b"), ["COST001"]);
    assert_eq!(fired(&desk, "c"), ["LEAK001"]);
    assert!(fired(&desk, "d").len() > 20, "the root of a repository ends the search");
    let one = desk.run(&["check", "c", "--config", "a/.caveat.yaml", "--format", "compact", DAY[0], DAY[1]]);
    assert!(out(&one).contains("COST001") && !out(&one).contains("LEAK001"));
    let none = desk.run(&["check", "c", "--no-config", "--format", "compact", DAY[0], DAY[1]]);
    assert!(out(&none).contains("COST001") && out(&none).contains("LEAK001"));
}

#[test]
fn layers_go_on_top_of_each_other() {
    let desk = Desk::new()
        .with("base.yaml", "ignore: [data-leakage]\nseverity: {hidden-cost: low}\n")
        .with(".caveat.yaml", "extends: base.yaml\nextend_select: [LEAK001]\nseverity: {COST001: critical}\noverrides:\n  - {files: \"x/**\", ignore: [LEAK001]}\n  - {files: [x/y/], select: [critical]}\n")
        .with("caveat.yaml", fixture(BAD))
        .with("x/caveat.yaml", fixture(BAD))
        .with("x/y/caveat.yaml", fixture(BAD));
    let leaks = |path: &str| fired(&desk, path).into_iter().filter(|rule| rule.starts_with("LEAK")).collect::<Vec<_>>();
    assert_eq!(leaks("caveat.yaml"), ["LEAK001"]);
    assert_eq!(leaks("x/caveat.yaml"), [""; 0]);
    assert!(leaks("x/y/caveat.yaml").contains(&"LEAK001".to_owned()), "`select` begins anew");
    let shown = out(&desk.run(&["config", "show", "x/y/caveat.yaml"]));
    assert!(shown.contains("base.yaml") && shown.contains("x/y/ (.caveat.yaml:6:"), "{shown}");
    let text = out(&desk.run(&["check", "caveat.yaml", "--select", "COST001", DAY[0], DAY[1]]));
    assert!(
        text.contains("[critical]") && text.contains(".caveat.yaml:3:") && text.contains("its severity is set here"),
        "{text}"
    );
}

/// What is accepted, by the program and by its schema alike.
const GOOD: [&str; 9] = [
    "",
    "select: [LEAK001, data-leakage, critical, \"owasp_llm_2025:LLM02\", LEAK]\n",
    "extends: []\nfail_on: never\nmin_severity: low\nstrict: true\nrequire_evidence: false\n",
    "severity: {LEAK001: low, hidden-cost: info}\n",
    "options: {no-load-test: {users: 100k}, COST001: {fte: 0.25}, HAL006: {margin: 0.1}}\n",
    "unsuppressible: [critical]\nsuppressions: {require: [owner, until, ticket], warn: P30D, longest: P1Y}\n",
    "limits: {file_size: 1Mi, depth: 64, nodes: 100k, visits: 200000}\n",
    "exclude: \"attic/\"\noverrides:\n  - {files: [\"a/**\", b.yaml], ignore: [HAL001], options: {no-load-test: {users: 5}}}\n",
    "x-note: anything\n",
];

/// What is refused, with a word of what is said; the last is whether the schema can know.
const WRONG: [(&str, &str, &str, bool); 16] = [
    ("fail_onn: low\n", "1:1", "did you mean `fail_on`?", true),
    ("fail_on: hihg\n", "1:10", "did you mean `high`?", true),
    ("select: LEAK001\n", "1:9", "expected a list", true),
    ("ignore: [LEAK999]\n", "1:10", "no rule is selected", false),
    (
        "ignore: [sensitive-data-memorised-in-shared-modle]\n",
        "1:10",
        "did you mean `sensitive-data-memorised-in-shared-model`?",
        false,
    ),
    ("severity: {LEAK001: awful}\n", "1:21", "not a severity", true),
    ("severity: [LEAK001]\n", "1:11", "a mapping is needed", true),
    ("options: {no-load-tset: {users: 5}}\n", "1:11", "did you mean `no-load-test`?", false),
    ("options: {no-load-test: {user: 5}}\n", "1:26", "did you mean `users`?", true),
    ("options: {no-load-test: {users: many}}\n", "1:26", "a number", false),
    ("suppressions: {require: [boss]}\n", "1:26", "not one of", true),
    ("suppressions: {warn: 14 days}\n", "1:22", "ISO 8601", true),
    ("limits: {depth: -1}\n", "1:17", "", false),
    ("overrides:\n  - {ignore: [HAL001]}\n", "2:5", "without `files`", true),
    ("exclude: [\"a{\"]\n", "1:12", "not a pattern", false),
    ("extends: none.yaml\n", "1:1", "is not there", false),
];

#[test]
fn what_is_wrong_is_said_at_its_line_with_a_remedy() {
    for (text, place, said, _) in WRONG {
        let desk = Desk::new().with(".caveat.yaml", text).with("caveat.yaml", fixture(BAD));
        let output = desk.run(&["check", DAY[0], DAY[1]]);
        let shown = err(&output);
        assert_eq!(code(&output), 2, "{text}{shown}");
        assert!(shown.contains(said) && shown.contains(&format!(".caveat.yaml:{place}")), "{text}{shown}");
        assert_eq!(out(&output), "", "nothing was checked");
    }
    for text in GOOD {
        let desk = Desk::new().with(".caveat.yaml", text).with("caveat.yaml", fixture(BAD));
        let output = desk.run(&["check", DAY[0], DAY[1]]);
        assert!(code(&output) < 2, "{text}{}", err(&output));
    }
}

#[test]
fn the_schema_and_the_program_agree() {
    let desk = Desk::new();
    let schema: Value = serde_json::from_slice(&desk.run(&["schema", "config"]).stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let value = |text: &str| -> Value {
        let loaded = caveat::syntax::load(text.as_bytes().to_vec(), &caveat::syntax::Limits::default());
        loaded.tree.documents().first().map_or(Value::Object(serde_json::Map::new()), |root| plain(&loaded.tree, *root))
    };
    for text in GOOD {
        let errors: Vec<_> = validator.iter_errors(&value(text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{text}{errors:?}");
    }
    for (text, .., knows) in WRONG {
        assert_eq!(validator.is_valid(&value(text)), !knows, "{text}");
    }
}

fn plain(tree: &caveat::syntax::tree::Tree, node: caveat::syntax::tree::NodeId) -> Value {
    use caveat::syntax::scalar::Scalar;
    use caveat::syntax::tree::Kind;
    match tree.node(node).kind {
        Kind::Mapping { .. } => {
            let entry =
                |entry: &caveat::syntax::tree::Entry| (tree.text(entry.key).expect("a key").to_owned(), plain(tree, entry.value));
            Value::Object(tree.entries(node).iter().map(entry).collect())
        }
        Kind::Sequence { .. } => tree.items(node).iter().map(|item| plain(tree, *item)).collect(),
        _ => match tree.scalar(node) {
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Int(value)) => value.into(),
            Some(Scalar::Float(value)) => value.into(),
            Some(Scalar::Text(text)) => text.into(),
            _ => Value::Null,
        },
    }
}

#[test]
fn files_that_extend_each_other_end() {
    let desk = Desk::new()
        .with(".caveat.yaml", "extends: other.yaml\n")
        .with("other.yaml", "fail_on: low\nextends: .caveat.yaml\n")
        .with("caveat.yaml", fixture(BAD));
    let output = desk.run(&["check"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("other.yaml:2:1") && err(&output).contains("extends this file itself"), "{}", err(&output));
    let both = Desk::new().with(".caveat.yaml", "").with(".caveat.yml", "").with("caveat.yaml", fixture(BAD));
    assert!(err(&both.run(&["check"])).contains("keep one of them"));
    let named = both.run(&["check", ".caveat.yaml", "--no-config"]);
    assert_eq!(code(&named), 2);
    assert!(err(&named).contains("is a configuration file") || out(&named).contains("is a configuration file"));
}

#[test]
fn tables_of_the_configuration_are_used_by_what_works_things_out() {
    let table =
        "schema: caveat/accelerators@1\ngenerated: 2026-11-01\nentries: [{id: l40s, extends: l40s, bandwidth_gb_s: 400}]\n";
    // The clean manifest states its speed, which no table may change.
    let manifest = fixture(common::CLEAN).replace("    throughput: 1400\n    decode_rate: 45\n", "");
    let desk = Desk::new().with("gpus.yaml", table).with("plain/caveat.yaml", &manifest);
    let desk = desk.with("team/caveat.yaml", &manifest).with("team/.caveat.yaml", "tables: ../gpus.yaml\n");
    for command in ["estimate", "facts"] {
        let run = |args: &[&str]| {
            out(&desk.run(&[&[command, DAY[0], DAY[1], "--format", "json"], args].concat())).replace("team/", "plain/")
        };
        let (plain, flag, configured) = (run(&["plain"]), run(&["plain", "--tables", "gpus.yaml"]), run(&["team"]));
        assert_eq!(flag, configured, "{command}");
        assert_ne!(plain, configured, "{command}: the table makes a difference");
    }
    let wrong = desk.with("gpus.yaml", "schema: caveat/accelerators@1\ngenerated: 2026-11-01\nentriez: []\n");
    for command in ["check", "facts", "estimate", "compare"] {
        let output = wrong.run(&[command, "team", DAY[0], DAY[1]]);
        assert!(code(&output) == 2 && err(&output).contains("gpus.yaml"), "{command}: {}", err(&output));
    }
}

#[test]
fn rules_and_tables_of_ones_own_come_with_the_configuration() {
    let rule = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/template.txt"))
        .expect("a rule")
        .replace("rule-name", "own-rule");
    let desk = Desk::new()
        .with("policy/rules/ORG001-own-rule.yaml", rule)
        .with("policy/base.yaml", "rules: rules\nignore: [own-rule]\n")
        .with("team/.caveat.yaml", "extends: ../policy/base.yaml\n")
        .with("team/caveat.yaml", fixture(BAD));
    let shown = out(&desk.run(&["config", "show", "team/caveat.yaml"]));
    assert!(shown.contains("without ORG001 own-rule: `own-rule` at policy/base.yaml:2:10"), "{shown}");
    let gone = desk.with("policy/base.yaml", "rules: none\n");
    assert_eq!(code(&gone.run(&["check", "team"])), 2);
}
