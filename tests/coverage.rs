//! How far rules cover the frameworks is computed, and an outcome reaches every control of its rule.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use caveat::coverage::{Coverage, Extent, Standing, coverage};
use caveat::engine::{Plan, check_text, rule_info};
use caveat::report::{Outcome, RuleInfo};
use caveat::rule::builtin;
use common::{BAD, Desk, code, err, fixture, out};
use jiff::civil::date;

fn infos() -> Vec<RuleInfo> {
    builtin::rules().iter().map(rule_info).collect()
}

fn of<'c>(coverages: &'c [Coverage], key: &str) -> &'c Coverage {
    coverages.iter().find(|coverage| coverage.framework.key == key).expect("a framework")
}

/// Counted from the texts of the rule files, which know nothing of the table.
#[test]
fn the_rules_of_a_control_are_those_whose_files_name_it() {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rule in builtin::rules() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
        let path = format!("{folder}/{}/{}-{}.yaml", rule.family, rule.code, rule.name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let Some(line) = text.lines().find_map(|line| line.strip_prefix("  owasp_llm_2025: [")) else { continue };
        for id in line.trim_end_matches(']').split(", ") {
            named.entry(id.to_owned()).or_default().insert(rule.code.to_string());
        }
    }
    let all = coverage(&infos(), None);
    for covered in &of(&all, "owasp_llm_2025").controls {
        let rules: BTreeSet<String> = covered.rules.iter().cloned().collect();
        assert_eq!(Some(&rules), named.get(covered.control.id.as_ref()), "{}", covered.control.id);
        assert_eq!(covered.standing, Standing::NotAsked);
    }
}

#[test]
fn a_control_without_its_rules_is_unseen() {
    let without = |codes: &[&str]| {
        let rules: Vec<RuleInfo> = infos().into_iter().filter(|rule| !codes.contains(&rule.code.as_ref())).collect();
        coverage(&rules, None)
    };
    let extent = |all: &[Coverage], key: &str, id: &str| of(all, key).control(id).expect("a control").extent;
    let (whole, less) = (without(&[]), without(&["LEAK021", "GOV005"]));
    assert_eq!(extent(&whole, "owasp_llm_2025", "LLM07"), Extent::Partly, "the text of a prompt is in no manifest");
    assert_eq!(extent(&less, "owasp_llm_2025", "LLM07"), Extent::Unseen);
    assert_eq!(extent(&whole, "eu_ai_act", "Art. 19(1)"), Extent::Covered, "a retention time is a declared figure");
    assert_eq!(extent(&whole, "eu_ai_act", "Art. 19"), Extent::Partly, "the list of its parts is not complete");
    assert_eq!(extent(&less, "eu_ai_act", "Art. 19"), Extent::Unseen);
    let counts = |all: &[Coverage]| of(all, "owasp_llm_2025").extents();
    assert_eq!(counts(&whole), BTreeMap::from([(Extent::Covered, 0), (Extent::Partly, 10), (Extent::Unseen, 0)]));
    assert_eq!(counts(&less), BTreeMap::from([(Extent::Covered, 0), (Extent::Partly, 9), (Extent::Unseen, 1)]));
}

/// A framework of which nothing is counted would look as if it were covered.
#[test]
fn every_control_without_parts_is_counted_once_and_no_unseen_one_is_left_unexplained() {
    for coverage in coverage(&infos(), None) {
        let framework = coverage.framework;
        assert_eq!(coverage.controls.len(), framework.controls.len());
        let leaves = framework.controls.iter().filter(|control| framework.parts(control).next().is_none()).count();
        assert_eq!(coverage.extents().values().sum::<usize>(), leaves, "{}", framework.key);
        for covered in &coverage.controls {
            let seen = !covered.rules.is_empty();
            assert_eq!(seen, covered.extent != Extent::Unseen);
            let explained = seen || covered.whole || covered.beyond.is_some();
            assert!(explained, "{}:{} says nothing of why no rule refers to it", framework.key, covered.control.id);
        }
    }
}

/// LEAK021 alone covers LLM07; the manifests are examples of its file.
#[test]
fn a_control_stands_as_its_rules_came_out() {
    let plan = Plan::new(builtin::rules(), date(2026, 11, 28));
    let stand = |manifest: &str, id: &str| {
        let report = check_text(&plan, "caveat.yaml", manifest.as_bytes().to_vec());
        let all = coverage(&infos(), Some(&report));
        let found = of(&all, "owasp_llm_2025").control(id).expect("a control").clone();
        let expected = report.outcomes.iter().filter(|outcome| found.rules.iter().any(|rule| *rule == outcome.rule)).count();
        assert_eq!(found.outcomes.values().sum::<usize>(), expected);
        found
    };
    let fails = "system: {system_prompt: {contains: [style, credentials]}}\n";
    let found = stand(fails, "LLM07");
    assert_eq!((found.standing, found.outcomes), (Standing::Violated, BTreeMap::from([(Outcome::Violation, 1)])));
    let accepted = stand(&format!("# caveat: allow-file[LEAK021] -- ok\n{fails}"), "LLM07");
    assert_eq!((accepted.standing, accepted.outcomes), (Standing::Accepted, BTreeMap::from([(Outcome::Violation, 1)])));
    let one = stand(&format!("# caveat: allow-file[LEAK021] -- ok\n{fails}---\n{fails}access: {{secrets: source}}\n"), "LLM07");
    assert_eq!(one.outcomes, BTreeMap::from([(Outcome::Violation, 2)]), "in two documents");
    assert_eq!(stand("system: {system_prompt: none}\naccess: {secrets: env}\n", "LLM07").standing, Standing::Met);
    assert_eq!(stand("system: {system_prompt: {contains: [style]}}\n", "LLM07").standing, Standing::Undecided);
    // `check` does not ask the rules that compare with files; what it did not ask is said.
    let supply = stand(fails, "LLM03");
    assert_eq!(supply.by_rule["EVID001"], Standing::NotAsked);
    assert_ne!(supply.by_rule["IP001"], Standing::NotAsked);
}

#[test]
fn a_control_whose_rules_were_not_selected_is_not_asked() {
    let rules = builtin::rules().into_iter().filter(|rule| rule.code != "LEAK021").collect();
    let report = check_text(&Plan::new(rules, date(2026, 11, 28)), "caveat.yaml", b"system: {id: s}\n".to_vec());
    let all = coverage(&infos(), Some(&report));
    let found = of(&all, "owasp_llm_2025").control("LLM07").expect("a control");
    assert_eq!((found.standing, found.extent), (Standing::NotAsked, Extent::Partly));
    assert_eq!(found.standing_in(Standing::NotAsked).collect::<Vec<_>>(), ["LEAK021"]);
}

fn run(args: &[&str]) -> (i32, String, String) {
    let output = Desk::new().with("caveat.yaml", fixture(BAD)).run(args);
    (code(&output), out(&output), err(&output))
}

#[test]
fn a_control_is_shown_with_its_rules_and_what_is_left_open() {
    let (status, text, _) = run(&["frameworks", "owasp:LLM07", "--manifest", "caveat.yaml", "--as-of", "2026-11-28"]);
    assert_eq!(status, 0, "an overview fails nobody");
    insta::assert_snapshot!(text, @r"
    OWASP Top 10 for LLM Applications, 2025 (owasp_llm_2025)

    10 controls without parts: 0 covered, 10 partly, 0 cannot be seen in a manifest.
    Outcomes of 1 manifest as of 2026-11-28: 9 violated, 1 not applicable.

    LLM07 System Prompt Leakage

    - partly; violated LEAK021
    - no manifest shows: the text of the prompt
    ");
    let (_, text, _) = run(&["frameworks", "LLM07"]);
    assert!(text.contains("- partly, by LEAK021\n") && !text.contains("violated"), "{text}");
}

#[test]
fn frameworks_are_named_by_key_words_and_controls() {
    let keys = |name: &str| {
        let (status, text, error) = run(&["frameworks", name, "--format", "json"]);
        assert_eq!(status, 0, "{name}: {error}");
        let all: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&all["as_of"], &all["frameworks"][0]["standings"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        let list = all["frameworks"].as_array().expect("a list").clone();
        list.iter().map(|one| one["key"].as_str().expect("a key").to_owned()).collect::<Vec<_>>()
    };
    for (name, key) in [
        ("owasp", "owasp_llm_2025"),
        ("atlas", "mitre_atlas"),
        ("eu-ai-act", "eu_ai_act"),
        ("AI Act", "eu_ai_act"),
        ("iso-42001", "iso_42001_annex_a"),
        ("ai-rmf", "nist_ai_rmf_1_0"),
        ("gdpr:art. 5(1)", "gdpr"),
        ("CWE-94", "cwe"),
    ] {
        assert_eq!(keys(name), [key], "{name}");
    }
    assert_eq!(keys("600-1"), ["nist_ai_600_1_risks", "nist_ai_600_1_actions"]);
    for (name, said) in [
        ("owasp:LLM77", "did you mean `owasp_llm_2025:LLM0"),
        ("gdrp", "did you mean `gdpr`?"),
        ("caveat.yaml", "a manifest is named with `--manifest caveat.yaml`"),
    ] {
        let (status, text, error) = run(&["frameworks", name, "--format", "csv"]);
        assert_eq!((status, text.as_str()), (2, ""), "{name}");
        assert!(error.contains(said), "{name}: {error}");
    }
    let (status, _, error) = run(&["frameworks", "--select", "LEAK021"]);
    assert!(status == 2 && error.contains("--manifest"), "{error}");
    assert_eq!(run(&["frameworks", "--manifest", "missing.yaml"]).0, 2);
}

#[test]
fn csv_has_a_line_for_each_control_and_columns_that_agree_with_json() {
    let arguments = |format| ["frameworks", "--manifest", "caveat.yaml", "--as-of", "2026-11-28", "--format", format];
    let (_, text, _) = run(&arguments("csv"));
    let (_, document, _) = run(&arguments("json"));
    let all: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let controls: usize =
        all["frameworks"].as_array().expect("a list").iter().map(|one| one["controls"].as_array().expect("a list").len()).sum();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let at = |name: &str| head.iter().position(|column| column == name).expect("a column");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("as many cells as columns")).collect();
    assert_eq!(rows.len(), controls);
    let row = rows.iter().find(|row| &row[at("control")] == "LLM07").expect("a row");
    assert_eq!((&row[at("outcome")], &row[at("violated")], &row[at("rules")]), ("violated", "LEAK021", "LEAK021"));
    let sum: usize = rows.iter().filter(|row| &row[at("framework")] == "gdpr" && &row[at("has parts")] == "no").count();
    let gdpr = all["frameworks"].as_array().expect("a list").iter().find(|one| one["key"] == "gdpr").expect("one");
    let counts = gdpr["extents"].as_object().expect("counts").values().filter_map(serde_json::Value::as_u64).sum::<u64>();
    assert_eq!(sum as u64, counts);
}

#[test]
fn what_was_not_read_is_not_passed_over() {
    let desk = Desk::new().with("caveat.yaml", "system: {id: s, stakes: sky-high}\n");
    let output = desk.run(&["frameworks", "owasp", "--manifest", "caveat.yaml"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("mistakes in the file"), "{}", err(&output));
    let accepted = format!("# caveat: allow-file[LEAK021] -- ok\n{}", fixture(BAD));
    let desk = Desk::new().with("caveat.yaml", accepted);
    let text = |more: &[&str]| out(&desk.run(&[&["frameworks", "LLM07", "--manifest", "caveat.yaml"], more].concat()));
    assert!(text(&[]).contains("; accepted LEAK021"), "{}", text(&[]));
    assert!(text(&["--no-suppressions"]).contains("; violated LEAK021"));
}
