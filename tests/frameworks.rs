//! References of rules lead somewhere, and rules can be chosen by them.

use std::collections::BTreeSet;

use assert_cmd::Command;
use caveat::knowledge::references::{Reference, framework, frameworks};
use caveat::rule::builtin;

#[test]
fn every_reference_of_every_rule_resolves() {
    let mut count = 0;
    for rule in builtin::rules() {
        for (key, controls) in rule.references.iter().filter(|(key, _)| *key != "other") {
            let framework = framework(key).unwrap_or_else(|| panic!("{}: {key}", rule.code));
            for id in controls {
                let control = framework.control(id).unwrap_or_else(|| panic!("{}: {key}:{id}", rule.code));
                assert_eq!(control.id, *id, "{}", rule.code);
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn controls_are_unique_and_their_parents_exist() {
    for framework in frameworks() {
        let ids: BTreeSet<&str> = framework.controls.iter().map(|control| control.id.as_ref()).collect();
        assert_eq!(ids.len(), framework.controls.len(), "{}", framework.key);
        for control in &framework.controls {
            assert!(control.parent.as_deref().is_none_or(|parent| ids.contains(parent)), "{}:{}", framework.key, control.id);
            assert!(["seen", "memory"].contains(&control.verified.as_ref()));
            if let Some(other) = &control.belongs_to {
                assert!(matches!(Reference::parse(other), Some(Ok(_))), "{other}");
            }
        }
    }
}

/// Numbers by their value, so that a reader finds `A.10` after `A.9` and a whole before its parts.
#[test]
fn controls_stand_in_order() {
    for (key, first, second) in [
        ("nist_ai_rmf_1_0", "MEASURE 2.9", "MEASURE 2.10"),
        ("iso_42001_annex_a", "A.9.4", "A.10"),
        ("eu_ai_act", "Art. 15(5)", "Art. 17"),
        ("gdpr", "Art. 5(1)(f)", "Art. 6"),
        ("cwe", "CWE-200", "CWE-1426"),
    ] {
        let framework = framework(key).expect("a framework");
        let place = |id: &str| framework.controls.iter().position(|control| control.id == id).expect("a control");
        assert!(place(first) < place(second), "{first} and {second}");
    }
    for framework in frameworks() {
        for (at, control) in framework.controls.iter().enumerate() {
            if let Some(parent) = &control.parent {
                assert!(framework.controls[..at].iter().any(|other| other.id == *parent), "{} before {parent}", control.id);
                assert!(control.id.starts_with(parent.as_ref()), "{} is no part of {parent}", control.id);
            }
        }
    }
}

/// As many as their publishers count.
#[test]
fn complete_lists_are_complete() {
    let count = |key: &str, of: &dyn Fn(&str) -> bool| {
        let framework = framework(key).expect("a framework");
        assert!(framework.complete);
        framework.controls.iter().filter(|control| of(&control.id)).count()
    };
    assert_eq!(count("owasp_llm_2025", &|_| true), 10);
    assert_eq!(count("nist_ai_600_1_risks", &|_| true), 12);
    assert_eq!(count("nist_ai_rmf_1_0", &|id| id.contains('.')), 72);
}

fn caveat(args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("caveat").expect("the binary").args(args).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn selected(selector: &str) -> BTreeSet<String> {
    let (status, out, err) = caveat(&["rules", "list", "--format", "json", "--select", selector]);
    assert_eq!(status, 0, "{err}");
    let rules: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let list = rules.as_array().or_else(|| rules["rules"].as_array()).expect("a list");
    list.iter().map(|rule| rule["code"].as_str().expect("a code").to_owned()).collect()
}

#[test]
fn rules_are_selected_by_control_and_by_what_it_is_part_of() {
    let narrow = selected("nist_ai_rmf_1_0:MEASURE 2.5");
    let wide = selected("nist_ai_rmf_1_0:measure");
    assert!(!narrow.is_empty() && narrow.len() < wide.len() && narrow.is_subset(&wide));
    assert!(selected("eu_ai_act:Art. 15").is_superset(&selected("eu_ai_act:Art. 15(4)")));
    assert!(selected("owasp_llm_2025").is_superset(&selected("owasp_llm_2025:LLM02")));
    assert!(selected("owasp_llm_2025:LLM02").contains("LEAK001"));
    let (status, _, err) = caveat(&["rules", "list", "--select", "owasp_llm_2025:LLM22"]);
    assert_eq!(status, 2);
    assert!(err.contains("has no `LLM22`") && err.contains("did you mean `owasp_llm_2025:LLM"), "{err}");
    let (status, _, err) = caveat(&["rules", "list", "--select", "owasp_llm_2024:LLM02"]);
    assert_eq!(status, 2);
    assert!(err.contains("did you mean `owasp_llm_2025`?"), "{err}");
}

#[test]
fn what_selects_nothing_is_told_apart() {
    for (selector, said) in [
        ("nist_ai_600_1_risks:CBRN Information or Capabilities", "none refers to it"),
        ("owasp_llm_2024", "did you mean `owasp_llm_2025`?"),
        ("OWASP_LLM_2024:LLM02", "did you mean `owasp_llm_2025`?"),
        ("eu_ai_act:Art. 15(9)", "did you mean `eu_ai_act:Art. 15(1)`?"),
    ] {
        let (status, _, err) = caveat(&["rules", "list", "--select", selector]);
        assert_eq!(status, 2, "{selector}");
        assert!(err.contains(said), "{selector}: {err}");
    }
    for word in ["owasp_llm_2024", "owasp_llm_2024:LLM02"] {
        let (status, _, err) = caveat(&["explain", word]);
        assert_eq!(status, 2);
        assert!(err.contains("did you mean `owasp_llm_2025` (a framework)?"), "{word}: {err}");
    }
}

/// A rule of an organisation may refer to its own policy, or to a weakness that no built-in rule refers to.
#[test]
fn frameworks_of_ones_own_select_too() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("own.yaml");
    let rule = "code: ORG001\nname: too-critical\nfamily: organisation\nseverity: low\nsummary: Too much is at stake.\nwhen: system.stakes == \"critical\"\n\
        message: too much is at stake\nhelp: Do less.\nwhy: Our policy says so.\nwrong_when: Never.\n\
        labels: [{at: system.stakes, text: here}]\nreferences: {our_policy: [P1, P2], cwe: [CWE-79]}\n";
    std::fs::write(&path, rule).expect("a file");
    let own = path.to_str().expect("UTF-8");
    let list = |selector: &str| caveat(&["rules", "list", "--rules", own, "--select", selector]);
    for selector in ["our_policy", "our_policy:P1", "Our_Policy:p2", "cwe:CWE-79"] {
        let (status, out, err) = list(selector);
        assert_eq!((status, out.lines().count()), (0, 1), "{selector}: {out}{err}");
        assert!(out.starts_with("ORG001"), "{selector}: {out}");
    }
    assert!(list("cwe").1.lines().count() > 10, "with the built-in rules");
    let (status, _, err) = list("our_policy:P9");
    assert!(status == 2 && err.contains("no rule refers to `P9` of `our_policy`; did you mean `P1`?"), "{err}");
    assert!(list("our_polisy:P1").2.contains("did you mean `our_policy`?"));
}

#[test]
fn controls_are_explained() {
    let (status, out, _) = caveat(&["explain", "owasp_llm_2025:llm02"]);
    assert_eq!(status, 0);
    for part in ["LLM02 Sensitive Information Disclosure", "OWASP", "LEAK001"] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let (_, out, _) = caveat(&["explain", "eu_ai_act:Art. 15(4)", "--format", "json"]);
    let page: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(page["controls"][1]["id"], "Art. 15");
    assert!(page["rules"].as_array().expect("a list").iter().any(|code| code == "SCALE001"));
    let (_, out, _) = caveat(&["explain", "SCALE001"]);
    assert!(out.contains("MEASURE 2.3 "), "{out}");
}
