//! The command line, by the real binary in a folder of its own.

mod common;

use std::fs;

use common::{BAD, CLEAN, DAY, Desk, code, err, fixture, out};

#[test]
fn a_clean_manifest_ends_with_zero_and_says_what_was_evaluated() {
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN));
    let output = desk.run(&["check", DAY[0], DAY[1]]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    let text = out(&output);
    assert!(text.starts_with("0 violations in 1 manifest\n"), "{text}");
    assert!(text.contains("could not be decided") && text.contains("did not apply"), "{text}");
}

#[test]
fn violations_end_with_one_and_the_threshold_decides() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1]])), 1);
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1], "--fail-on", "never"])), 0);
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1], "--exit-zero"])), 0);
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1], "--select", "COST011"])), 0, "low is below the default threshold");
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1], "--select", "COST011", "--fail-on", "low"])), 1);
}

#[test]
fn the_status_is_the_same_in_every_format() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    for format in ["text", "json", "sarif"] {
        assert_eq!(code(&desk.run(&["check", "--format", format])), 1, "{format}");
    }
}

#[test]
fn nothing_to_check_is_three_and_names_what_was_looked_for() {
    let desk = Desk::new().with("other.yaml", "a: 1\n");
    let output = desk.run(&["check"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("caveat.yaml") && err(&output).contains("git ignores"), "{}", err(&output));
    let desk = desk.with("caveat.yaml", fixture(CLEAN));
    assert_eq!(code(&desk.run(&["check", "--select", "HAL001", "--ignore", "HAL001"])), 3);
}

#[test]
fn what_cannot_be_read_is_two_and_the_others_are_still_checked() {
    let desk = Desk::new().with("good.yaml", fixture(CLEAN));
    let output = desk.run(&["check", "missing.yaml", "good.yaml", DAY[0], DAY[1]]);
    assert_eq!(code(&output), 2);
    assert!(out(&output).contains("missing.yaml: no such file or folder"), "{}", out(&output));
    assert!(out(&output).contains("in 1 manifest"), "{}", out(&output));
}

#[test]
fn a_broken_manifest_is_a_finding_and_the_others_are_still_checked() {
    let desk = Desk::new().with("a.caveat.yaml", "system: [\n").with("b.caveat.yaml", fixture(CLEAN));
    let output = desk.run(&["check", "--format", "json", DAY[0], DAY[1]]);
    assert_eq!(code(&output), 1);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["findings"][0]["rule"], "E009");
    assert_eq!(report["manifests"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_limit_is_two() {
    let desk = Desk::new().with("caveat.yaml", "a: ".to_owned() + &"[".repeat(400) + &"]".repeat(400));
    let output = desk.run(&["check"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("E012"), "{}", out(&output));
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN));
    assert_eq!(code(&desk.run(&["check", "--max-file-size", "100"])), 2);
}

#[test]
fn standard_input_is_read_when_asked_and_named() {
    let desk = Desk::new();
    let output = desk
        .command(&["check", "-", "--stdin-filename", "infra/caveat.yaml", DAY[0], DAY[1]])
        .write_stdin(fixture(BAD))
        .output()
        .expect("it runs");
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("infra/caveat.yaml:"), "{}", out(&output));
    assert_eq!(code(&desk.command(&["check", "-"]).write_stdin("").output().expect("it runs")), 2);
}

#[test]
fn the_same_file_is_checked_once_and_order_does_not_depend_on_arguments() {
    let desk = Desk::new().with("b.caveat.yaml", fixture(BAD)).with("a.caveat.yaml", fixture(BAD));
    let one = desk.run(&["check", "a.caveat.yaml", "./a.caveat.yaml", "b.caveat.yaml", ".", "--format", "json", DAY[0], DAY[1]]);
    let two = desk.run(&["check", "b.caveat.yaml", "a.caveat.yaml", "--format", "json", DAY[0], DAY[1]]);
    assert_eq!(out(&one), out(&two));
    let report: serde_json::Value = serde_json::from_slice(&one.stdout).expect("JSON");
    assert_eq!(report["manifests"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_git_ignores_is_left_out_and_folders_are_searched() {
    let desk = Desk::new()
        .with(".gitignore", "build/\n")
        .with("build/caveat.yaml", "x")
        .with("x/y/z.caveat.yml", fixture(CLEAN))
        .with("x/other.yaml", "y");
    let output = desk.run(&["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["manifests"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["manifests"][0]["path"], "x/y/z.caveat.yml");
}

#[cfg(unix)]
#[test]
fn links_in_circles_and_into_nothing_are_harmless() {
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN));
    std::os::unix::fs::symlink(".", desk.0.path().join("self")).expect("a link");
    std::os::unix::fs::symlink("nowhere.yaml", desk.0.path().join("gone.caveat.yaml")).expect("a link");
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1]])), 0);
    assert_eq!(code(&desk.run(&["check", "gone.caveat.yaml"])), 2);
}

#[test]
fn several_outputs_are_written_whole() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let output = desk.run(&["check", "--output", "sarif=a.sarif", "--output", "json=a.json", DAY[0], DAY[1]]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("violations"), "text still goes to standard output");
    for name in ["a.sarif", "a.json"] {
        let text = fs::read_to_string(desk.0.path().join(name)).expect("written");
        serde_json::from_str::<serde_json::Value>(&text).expect("whole");
    }
    let output = desk.run(&["check", "--format", "json", "--output", "only.json"]);
    assert!(out(&output).is_empty());
    assert_eq!(code(&desk.run(&["check", "--output", "no/such/folder/x.json"])), 2);
}

#[test]
fn wrong_arguments_are_two_with_a_suggestion() {
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN));
    assert_eq!(code(&desk.run(&["chekc"])), 2);
    let output = desk.run(&["check", "--select", "HAL0001"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("did you mean `HAL001`?"), "{}", err(&output));
    assert_eq!(code(&desk.run(&["check", "--as-of", "yesterday"])), 2);
}

#[test]
fn selection_is_by_code_letters_name_family_severity_and_control() {
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN));
    for selector in ["HAL001", "HAL", "released-below-own-threshold", "hidden-cost", "critical", "owasp_llm_2025:LLM02"] {
        let output = desk.run(&["rules", "list", "--select", selector]);
        assert_eq!(code(&output), 0, "{selector}");
        let all = out(&desk.run(&["rules", "list"])).lines().count();
        assert!((1..all).contains(&out(&output).lines().count()), "{selector}");
    }
}

const PLANTED: &str = "code: ORG001
name: planted
family: organisation
severity: low
summary: Planted
for: model in models
when: WHEN
message: m
labels:
  - {at: model, text: t}
help: H.
why: W
wrong_when: N
examples: []
";

#[test]
fn a_typo_in_a_condition_is_refused_with_its_place_and_a_suggestion() {
    let cases = [
        ("modle.license == 'MIT'", "7:7", "did you mean `model`?"),
        ("model.licence == 'MIT'", "7:13", "did you mean `license`?"),
        ("system.stakes == 'sever'", "7:", "is not a word of `Stakes`"),
        ("system.stakes == 'significent'", "7:24", "did you mean `significant`?"),
        ("size(model.languages, model.id) > 1", "7:7", "takes 1 argument, not 2"),
        ("siez(model.languages) > 1", "7:7", "did you mean `size`?"),
        ("model.parameters > 'big'", "7:", "have no order"),
        ("system.freshness > 'P30D'", "7:", "duration('P30D')"),
        ("model.kind < 'base'", "7:", "only words with a rank"),
        ("!has(model.license)", "7:", "can never be true"),
        ("model.license == 'unknown'", "7:", "can never be decided"),
        ("1 == 1", "7:7", "reads no fact"),
        ("models.license == 'MIT'", "7:14", "is asked of a list"),
        ("model.license.matches('(')", "7:", "not a regular expression"),
        ("model.license ==", "7:", "not a CEL expression"),
        ("model == 'm'", "7:", "compare its id"),
        ("facts.modles.exists(m, m.served)", "7:13", "did you mean `models`?"),
    ];
    for (when, place, help) in cases {
        let text = PLANTED.replace("WHEN", &format!("\"{when}\""));
        let desk = Desk::new().with("caveat.yaml", fixture(CLEAN)).with("rule.yaml", text);
        let output = desk.run(&["check", "--rules", "rule.yaml"]);
        assert_eq!(code(&output), 2, "{when}");
        // The condition is quoted, which moves it by one.
        let place = match place.strip_prefix("7:").and_then(|column| column.parse::<usize>().ok()) {
            Some(column) => format!("rule.yaml:7:{}", column + 1),
            None => "rule.yaml:7:".to_owned(),
        };
        assert!(err(&output).contains(&place), "{when}: {}", err(&output));
        assert!(err(&output).contains(help), "{when}: {}", err(&output));
    }
}

#[test]
fn an_organisations_own_rule_runs_beside_the_built_in_ones() {
    let desk = Desk::new()
        .with("caveat.yaml", fixture(BAD))
        .with("policies/ORG001.yaml", PLANTED.replace("WHEN", "model.license == 'llama3.1'"));
    let output = desk.run(&["check", "--rules", "policies", "--select", "ORG", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["findings"][0]["rule"], "ORG001");
    assert_eq!(report["findings"][0]["labels"][1]["path"], "models[0].license");
    let twice = desk.with("policies/again.yaml", PLANTED.replace("WHEN", "model.license == 'MIT'"));
    assert_eq!(code(&twice.run(&["check", "--rules", "policies"])), 2, "a code is used once");
}

#[test]
fn a_new_rule_is_valid_and_its_examples_pass() {
    let desk = Desk::new();
    let text = out(&desk.run(&["rules", "new", "ORG007", "my-rule"]));
    let desk = desk.with("new.yaml", text);
    assert_eq!(code(&desk.run(&["rules", "check", "new.yaml"])), 0);
    assert_eq!(code(&desk.run(&["rules", "test", "new.yaml"])), 0);
    assert_eq!(code(&desk.run(&["rules", "new", "lower", "my-rule"])), 2);
}

#[test]
fn a_rule_whose_example_lies_fails_its_test() {
    let desk = Desk::new();
    let text = out(&desk.run(&["rules", "new", "ORG007", "my-rule"])).replace("owner: none", "owner: somebody");
    let output = desk.with("new.yaml", text).run(&["rules", "test", "new.yaml"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("new.yaml:25:7: ORG007 example 1: expected that it fails"), "{}", out(&output));
}

#[test]
fn explain_knows_codes_and_names_and_near_misses() {
    let desk = Desk::new();
    let text = out(&desk.run(&["explain", "released-below-own-threshold"]));
    assert!(text.starts_with("HAL004 released-below-own-threshold\n"), "{text}");
    let page = out(&desk.run(&["explain", "released-below-own-threshold", "--format", "markdown"]));
    assert!(page.starts_with("# HAL004 released-below-own-threshold\n"), "{page}");
    for heading in ["Why it matters", "What to do", "When it is wrong", "Examples", "References"] {
        assert!(text.contains(&format!("\n{heading}\n")) && page.contains(&format!("\n## {heading}\n")), "{heading}");
    }
    let page: serde_json::Value =
        serde_json::from_slice(&desk.run(&["explain", "HAL004", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(page["name"], "released-below-own-threshold");
    assert!(out(&desk.run(&["explain", "E004"])).starts_with("E004 unknown-field"));
    let output = desk.run(&["explain", "released-below-own-treshold"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("did you mean"), "{}", err(&output));
}

#[test]
fn explain_knows_licences_by_any_name() {
    let desk = Desk::new();
    for name in ["llama3.1", "LLAMA3.1", "LicenseRef-scancode-llama-3.1-license-2024", "Llama 3.1 Community License Agreement"] {
        let text = out(&desk.run(&["explain", name, "--format", "markdown"]));
        assert!(text.starts_with("# Llama 3.1 Community License\n"), "{name}: {text}");
        for part in
            ["700,000,000 monthly active users", "Tested at release; growth does not count.", "`Built with Llama`", "[1.b.i(B)]"]
        {
            assert!(text.contains(part), "{part}");
        }
        for heading in ["## Thresholds", "## What it does not allow", "## What remains unverified", "## Sources"] {
            assert!(text.contains(heading), "{heading}");
        }
    }
    let json: serde_json::Value =
        serde_json::from_slice(&desk.run(&["explain", "gemma", "--format", "json"]).stdout).expect("JSON");
    let licences = json["licences"].as_array().expect("a list");
    assert_eq!(licences.len(), 2);
    for licence in licences {
        assert_eq!(licence["hosted_is_distribution"], true, "Gemma Terms of Use, 1.1(b) and 3.1");
        assert_eq!(licence["verified"], "text");
        assert!(licence["evidence"].as_array().is_some_and(|list| !list.is_empty()));
    }
    let output = desk.run(&["explain", "lama3.1"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("did you mean `llama3.1` (a licence)"), "{}", err(&output));
}

#[test]
fn a_common_name_of_a_licence_is_answered_with_its_id() {
    let desk = Desk::new().with("caveat.yaml", "models: [{id: m, license: Apache 2.0}]\n");
    let text = out(&desk.run(&["check", "caveat.yaml"]));
    assert!(text.contains("E007") && text.contains("write `Apache-2.0`"), "{text}");
}

#[test]
fn schemas_completions_and_the_manual_are_printed() {
    let desk = Desk::new();
    for kind in ["manifest", "rule", "report"] {
        let schema: serde_json::Value = serde_json::from_slice(&desk.run(&["schema", kind]).stdout).expect("JSON");
        assert!(schema["$schema"].is_string(), "{kind}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&desk.run(&["completions", shell])).contains("caveat"), "{shell}");
    }
    assert!(out(&desk.run(&["man"])).contains(".TH caveat"));
    assert!(out(&desk.run(&["check", "--help"])).contains("Examples:"));
}

#[test]
fn colours_follow_the_flag_then_the_environment() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let colored = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = desk.command(args);
        command.envs(env.iter().copied());
        out(&command.output().expect("it runs")).contains('\u{1b}')
    };
    assert!(!colored(&["check"], &[]));
    assert!(colored(&["check", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_manifest_cannot_write_to_the_terminal() {
    let text = fixture(BAD).replace("taxmate-8b", "\"tax\\e[31mmate\u{202e}\"").replace("# there is none", "# \u{9b}31m");
    let desk = Desk::new().with("caveat.yaml", text);
    let text = out(&desk.run(&["check"]));
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{text}");
}

#[test]
fn encodings_and_line_ends_do_not_move_findings() {
    let plain = fixture(BAD);
    let place = |text: String| {
        let output = Desk::new().with("caveat.yaml", text).run(&["check", "--format", "json", DAY[0], DAY[1]]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("findings").clone();
        findings
            .iter()
            .map(|f| {
                (
                    f["rule"].clone(),
                    f["labels"][0]["span"]["start"]["line"].clone(),
                    f["labels"][0]["span"]["start"]["column"].clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    let expected = place(plain.clone());
    assert!(expected.len() > 20);
    assert_eq!(place(plain.replace('\n', "\r\n")), expected);
    assert_eq!(place(format!("\u{feff}{plain}")), expected);
}

#[test]
fn every_document_of_a_file_is_checked() {
    let desk = Desk::new().with("caveat.yaml", format!("{}\n---\n{}", fixture(CLEAN), fixture(BAD)));
    let output = desk.run(&["check", "--format", "json", DAY[0], DAY[1]]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let documents: Vec<_> = report["findings"].as_array().expect("findings").iter().map(|f| f["document"].as_u64()).collect();
    assert!(!documents.is_empty() && documents.iter().all(|document| *document == Some(1)));
}

#[test]
fn findings_behind_an_alias_point_at_its_use() {
    let text = fixture(CLEAN).replace("limits: {requests", "limits: &open none\n    x-was: {requests") + "x-more: *open\n";
    let desk = Desk::new().with(
        "caveat.yaml",
        text.replace("limits: &open none", "limits: *open")
            .replace("organization:", "x-open: &open none\norganization:")
            .replace("x-more: *open\n", ""),
    );
    let output = desk.run(&["check", "--format", "json", "--select", "SCALE010", DAY[0], DAY[1]]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let labels = report["findings"][0]["labels"].as_array().expect("labels").clone();
    assert_eq!(labels[0]["path"], "hosting[0].limits");
    assert!(labels.iter().any(|label| label["path"] == "x-open"), "{labels:?}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_noise() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("caveat"))
        .current_dir(desk.0.path())
        .args(["check", "--format", "sarif"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "findings stay findings");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn facts_are_shown_in_every_format_and_about_one_node() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let show = |more: &[&str]| {
        let output = desk.run(&[&["facts", DAY[0], DAY[1]], more].concat());
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    let text = show(&["--about", "client-files"]);
    assert!(text.contains("path: client-files → ft-autumn → taxmate-8b → portal → portal-clients"), "{text}");
    assert!(!text.contains("labelshop"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&show(&["--format", "json"])).expect("JSON");
    let transfers = json["transfers"].as_array().expect("a relation");
    assert!(transfers.iter().any(|row| row["dataset"] == "client-chats" && row["party"] == "labelshop"));
    let mermaid = show(&["--format", "mermaid"]);
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains("client-files remembered"), "{mermaid}");
    // By hand: the way of client-files into the weights and out to people, one of whose files it is not.
    let svg = show(&["--format", "svg"]);
    let document = roxmltree::Document::parse(&svg).expect("well-formed");
    let leaking = |text: &str| {
        document.descendants().any(|node| node.attribute("class") == Some("cv-row cv-leak") && node.text() == Some(text))
    };
    assert!(
        leaking("2. client-files → taxmate-8b: training, implied; client-files; LEAK: client-files to advisers, portal-clients"),
        "{svg}"
    );
    assert!(document.root_element().descendants().any(|node| node.has_tag_name("style")), "it has its own colours");
    let part = show(&["--format", "svg", "--about", "obs"]);
    assert!(part.contains(">obs<") && part.contains(">taxmate-8b<") && !part.contains(">advisers<"), "{part}");
    let dot = show(&["--format", "dot", "--about", "labelshop"]);
    assert!(dot.starts_with("digraph") && dot.contains("labelshop") && !dot.contains("elster-filing"), "{dot}");
    let output = desk.run(&["facts", "--about", "client-fils"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("did you mean `client-files`?"), "{}", err(&output));
}

#[test]
fn a_path_is_printed_hop_by_hop_with_what_follows_from_it() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let run = |format: &str| out(&desk.run(&["check", DAY[0], DAY[1], "--format", format]));
    let text = run("text");
    let leak = text.split("LEAK001 ").find(|part| part.contains("`client-files` was trained into")).expect("the finding");
    assert!(leak.contains("client-files → ft-autumn → taxmate-8b → portal → portal-clients"), "{leak}");
    let hops = ["1. training", "2. training", "3. inference", "4. inference"];
    assert!(hops.iter().all(|hop| leak.contains(hop)), "{leak}");
    assert!(leak.contains("from the same cause:") && leak.contains("LEAK003 raw-identifiers-in-training-data"), "{leak}");
    let json: serde_json::Value = serde_json::from_str(&run("json")).expect("JSON");
    let findings = json["findings"].as_array().expect("findings");
    let named =
        |rule: &str| findings.iter().find(|f| f["rule"] == rule && f["subject"] == "client-files taxmate-8b").expect("it fires");
    assert_eq!(named("LEAK003")["attached_to"], named("LEAK001")["fingerprint"]);
    let hops = named("LEAK001")["labels"].as_array().expect("labels").iter().filter(|label| label["role"] == "hop").count();
    assert_eq!(hops, 4);
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let flow = results.iter().find(|result| result["ruleId"] == "LEAK001").expect("a result");
    assert_eq!(flow["codeFlows"][0]["threadFlows"][0]["locations"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_control_without_evidence_counts_unless_evidence_is_required() {
    let manifest = |control: &str| {
        format!(
            "system: {{id: s}}\ndatasets: [{{id: d, classification: restricted, entitled: []}}]\nactors: [{{id: a, kind: public}}]\n\
             components: [{{id: c, kind: app, sharing: shared}}]\nmodels: []\nhosting: []\ntraining: []\nflows:\n  \
             - {{from: d, to: c, purpose: inference}}\n  - {{from: c, to: a, purpose: inference, controls: [{control}]}}\n"
        )
    };
    let check = |control: &str, more: &[&str]| {
        let desk = Desk::new().with("caveat.yaml", manifest(control));
        out(&desk.run(&[&["check", "--select", "LEAK019"], more].concat()))
    };
    assert!(check("authorise", &[]).contains("0 violations"));
    assert!(check("policy_gate", &[]).contains("1 violation"));
    let required = check("authorise", &["--require-evidence"]);
    assert!(required.contains("flows[1].controls[0].evidence") && required.contains("0 violations"), "{required}");
    assert!(!check("{kind: authorise, evidence: \"tests/rights.md#2\"}", &["--require-evidence"]).contains("cannot be decided"));
}

#[test]
fn a_rule_cannot_follow_a_rule_that_is_not_there() {
    let rule = out(&Desk::new().run(&["rules", "new", "ORG001", "unapproved-vendor"]));
    let rule = rule.replacen("labels:", "about: [system.id]\nattaches_to: [LEAK999]\nlabels:", 1);
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN)).with("own.yaml", rule);
    let output = desk.run(&["check", "--rules", "own.yaml"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(err(&output).contains("there is no rule `LEAK999`"), "{}", err(&output));
}

/// What people begin with: ten lines, nothing wrong, and a list that fits a screen of what to say next.
#[test]
fn an_ordinary_short_manifest_has_no_violation_and_a_short_list_of_what_is_missing() {
    let manifest = "system: {id: helpdesk, tasks: [question_answering], lifecycle: pilot, stakes: limited}\n\
        models:\n  - {id: llama, source: \"hf:meta-llama/Llama-3.1-8B-Instruct\", license: LicenseRef-Llama-3.1-Community, kind: instruct}\n\
        hosting:\n  - {id: box, models: [llama], mode: self_managed, gpus: {type: l4, count: 1}}\n\
        datasets: []\nflows: []\nactors: []\n";
    let run = |args: &[&str]| {
        let output = assert_cmd::Command::cargo_bin("caveat")
            .expect("the binary")
            .args(args)
            .write_stdin(manifest)
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let text = run(&["check", "-", "--as-of", "2026-11-23"]);
    assert!(text.contains("\n0 violations in 1 manifest\n"), "{text}");
    assert!(text.lines().count() <= 24, "{text}");
    let sections: Vec<&str> =
        text.lines().filter(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(sections.contains(&"training") && sections.contains(&"workload"), "{text}");
    // Every fact by itself, with the rules that wait for it, on demand.
    let each = run(&["check", "-", "--as-of", "2026-11-23", "--each-unknown"]);
    assert!(each.contains("  workload.users.current  ") && each.lines().count() > text.lines().count(), "{each}");
}

#[test]
fn a_workflow_that_is_called_after_the_program_is_no_manifest() {
    let desk = Desk::new().with(".github/workflows/caveat.yml", "on: push\njobs: {}\n").with("app/caveat.yaml", fixture(CLEAN));
    let output = desk.run(&[&["check"], &DAY[..], &["--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let manifests: Vec<&str> =
        report["manifests"].as_array().expect("a list").iter().filter_map(|one| one["path"].as_str()).collect();
    assert_eq!(manifests, ["app/caveat.yaml"]);
}

#[test]
fn a_text_that_is_refused_is_shown_whole() {
    let desk = Desk::new().with("caveat.yaml", "system: {id: \"a; b&lt;c\"}\n");
    let output = desk.run(&[&["check"], &DAY[..], &["--select", "GOV", "--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let fault = report["findings"].as_array().expect("a list").iter().find(|one| one["rule"] == "E007").expect("an E007");
    assert_eq!(fault["message"], "`a; b&lt;c` is not an id");
    assert!(fault["help"].as_str().expect("a help").starts_with("use letters"), "{fault}");
}

/// `none` and `unknown` are words, and no thing is called by them.
#[test]
fn what_is_unknown_is_not_its_own_ancestor() {
    for word in ["unknown", "none"] {
        let manifest = format!(
            "system: {{id: s}}\ntraining: [{{id: t, base: {word}, output: {word}}}]\nmodels: [{{id: m, base: {word}}}]\n"
        );
        let text = out(&Desk::new().with("caveat.yaml", manifest).run(&["check", "--format", "compact", DAY[0], DAY[1]]));
        assert!(!text.contains(" E015 "), "{text}");
    }
}
