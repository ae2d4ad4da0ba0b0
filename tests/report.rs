//! `caveat report`, by the real binary: what is in the document, that it can be made again, and what is signed.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::{BAD, CLEAN, DAY, Desk, code, err, fixture, out};
use serde_json::Value;
use sha2::{Digest, Sha256};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: vllm}
spec:
  replicas: 2
  selector: {matchLabels: {app: vllm}}
  template:
    metadata: {labels: {app: vllm}}
    spec:
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.9.1
          args: [--model=Qwen/Qwen2.5-7B-Instruct, --max-model-len=8192]
          resources: {limits: {nvidia.com/gpu: 1}}
";

/// A manifest that agrees with the deployment in the model and not in the replicas.
const SERVED: &str = "\
system: {id: served}
datasets: []
actors: []
flows: []
models: [{id: qwen, source: \"hf:Qwen/Qwen2.5-7B-Instruct\", license: apache-2.0}]
hosting: [{id: gpu, models: [qwen], mode: self_managed, engine: vllm, max_context_tokens: 8192, replicas: {min: 5, max: 5}}]
";

fn desk() -> Desk {
    Desk::new().with("caveat.yaml", fixture(BAD))
}

fn report(desk: &Desk, args: &[&str]) -> String {
    let output = desk.run(&[&["report"], args, &DAY].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The text between two marks, wherever they stand.
fn between<'t>(text: &'t str, start: &'t str, end: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

#[test]
fn every_finding_of_a_check_is_in_the_report_and_nothing_else() {
    let desk = desk();
    let html = report(&desk, &[]);
    let check: Value = serde_json::from_str(&out(&desk.run(&[&["check", "--format", "json"], &DAY[..]].concat()))).expect("JSON");
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    for finding in check["findings"].as_array().expect("a list").iter().filter(|finding| finding["verdict"] != "unknown") {
        let rule = finding["rule"].as_str().expect("a code");
        *expected.entry(rule.to_owned()).or_default() += 1;
    }
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for card in between(&html, "<article ", ">") {
        let rule = between(card, "data-rule=\"", "\"").next().expect("a rule");
        *found.entry(rule.to_owned()).or_default() += 1;
    }
    assert_eq!(found, expected);
    // What is undecided is asked for, once for each fact.
    let missing: BTreeSet<&str> = check["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["verdict"] == "unknown")
        .flat_map(|finding| finding["missing"].as_array().expect("a list"))
        .filter_map(|fact| fact["path"].as_str())
        .collect();
    assert!(html.contains(&format!("Open questions ({})", missing.len())), "{missing:?}");
}

#[test]
fn the_four_outcomes_are_those_of_a_check() {
    let desk = desk();
    let html = report(&desk, &[]);
    let check: Value = serde_json::from_str(&out(&desk.run(&[&["check", "--format", "json"], &DAY[..]].concat()))).expect("JSON");
    let counts = &check["summary"]["outcomes"];
    for (outcome, label) in [("violation", "violated"), ("passed", "passed"), ("unknown", "could not be decided")] {
        let tile = format!("<span class=\"value\">{}</span> <span class=\"label\">{label}</span>", counts[outcome]);
        assert!(html.contains(&tile), "{tile}");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_other_inputs_are_named() {
    let desk = desk();
    let written = |file: &str| fs::read(desk.0.path().join(file)).expect("a report");
    for (form, file) in [("html", "a.html"), ("markdown", "a.md"), ("html", "b.html"), ("markdown", "b.md")] {
        report(&desk, &["--output", &format!("{form}={file}")]);
    }
    assert_eq!(written("a.html"), written("b.html"));
    assert_eq!(written("a.md"), written("b.md"));
    for file in ["a.html", "a.md"] {
        let output = desk.run(&["report", "--check", file]);
        assert_eq!(
            (code(&output), out(&output)),
            (0, format!("{file}: the same inputs give the same report, as of 2026-11-23\n"))
        );
    }
    // A word of the report is another.
    let text = String::from_utf8(written("a.html")).expect("UTF-8");
    fs::write(desk.0.path().join("c.html"), text.replacen("does not pass", "passes", 1)).expect("a file");
    let output = desk.run(&["report", "--check", "c.html"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("the report itself was changed after it was written; line"), "{}", out(&output));
    // The manifest is another.
    let manifest = fixture(BAD).replace("headcount: 180", "headcount: 181");
    fs::write(desk.0.path().join("caveat.yaml"), manifest).expect("a file");
    let output = desk.run(&["report", "--check", "a.html"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("manifest caveat.yaml: changed"), "{}", out(&output));
    // It is gone.
    fs::remove_file(desk.0.path().join("caveat.yaml")).expect("removed");
    assert_eq!(code(&desk.run(&["report", "--check", "a.html"])), 3);
}

#[test]
fn what_is_no_report_is_refused() {
    let desk = desk().with("no.html", "<!DOCTYPE html><p>something else").with("no.json", "{}").with("no.bin", [0xff, 0xfe]);
    for file in ["no.html", "no.json", "no.bin", "missing.html"] {
        let output = desk.run(&["report", "--check", file]);
        assert_eq!(code(&output), 2, "{file}");
        assert!(err(&output).contains(file), "{}", err(&output));
    }
    // A record that asks to write somewhere does not.
    let record = r#"{"schema":"caveat/audit@1","tool":{"name":"caveat","version":"0","rules":"","tables":""},"as_of":"2026-11-23","arguments":["--output=written.html","--as-of=2026-11-23","--","caveat.yaml"],"inputs":[]}"#;
    let desk = desk.with("odd.md", format!("# Odd\n\n```json caveat-record\n{record}\n```\n"));
    assert_eq!(code(&desk.run(&["report", "--check", "odd.md"])), 1);
    assert!(!desk.0.path().join("written.html").exists());
}

#[test]
fn everything_that_was_read_is_listed_with_its_digest() {
    let rule = "code: ORG001\nname: own-rule\nfamily: organisation\nseverity: low\nsummary: A system has no id.\nwhen: system.lifecycle == 'retired'\nmessage: \"the system is retired\"\nhelp: Remove it.\nwhy: |\n  Because a system that is retired and still described is one that nobody looks after any more, here.\nwrong_when: |\n  Never.\nreferences:\n  our_policy: [\"1\"]\nlabels:\n  - {at: system.lifecycle, text: retired}\nexamples:\n  - fails: |\n      system: {lifecycle: retired}\n";
    let desk = Desk::new()
        .with("app/caveat.yaml", SERVED)
        .with("app/k8s.yaml", DEPLOYMENT)
        .with("own.yaml", rule)
        .with(".caveat.yaml", "rules: [own.yaml]\n");
    let html = report(&desk, &["."]);
    let record = between(&html, "id=\"caveat-record\">", "</script>").last().expect("a record");
    let record: Value = serde_json::from_str(record).expect("JSON");
    let mut listed: Vec<(String, String)> = Vec::new();
    for input in record["inputs"].as_array().expect("a list") {
        let name = input["name"].as_str().expect("a name");
        let bytes = fs::read(desk.0.path().join(name)).expect("a file that is there");
        assert_eq!(input["sha256"], sha256(&bytes), "{name}");
        listed.push((input["role"].as_str().expect("a role").to_owned(), name.to_owned()));
    }
    let pairs =
        [("manifest", "app/caveat.yaml"), ("evidence", "app/k8s.yaml"), ("configuration", ".caveat.yaml"), ("rule", "own.yaml")];
    let expected: Vec<(String, String)> = pairs.iter().map(|(role, name)| ((*role).to_owned(), (*name).to_owned())).collect();
    assert_eq!(listed, expected);
    // Digests of what the binary carries are those that sha256sum gives.
    assert_eq!(record["tool"]["rules"], digest_of_folder("rules"));
    assert_eq!(record["tool"]["tables"], digest_of_folder("src/knowledge"));
}

/// As `find FOLDER -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum`, worked out here from the files.
fn digest_of_folder(folder: &str) -> String {
    fn walk(folder: &std::path::Path, root: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join(folder), root, &mut files);
    files.sort();
    let list = files.iter().fold(String::new(), |list, (name, bytes)| list + &format!("{}  {name}\n", sha256(bytes)));
    sha256(list.as_bytes())
}

#[test]
fn evidence_is_confirmed_contradicted_and_asked_for() {
    let desk = Desk::new().with("caveat.yaml", SERVED).with("k8s.yaml", DEPLOYMENT);
    let html = report(&desk, &[]);
    let verify: Value =
        serde_json::from_str(&out(&desk.run(&[&["verify", "--format", "json"], &DAY[..]].concat()))).expect("JSON");
    let confirmed = verify["evidence"]["confirmed"].as_u64().expect("a count");
    assert!(confirmed > 0);
    assert!(html.contains(&format!("<span class=\"value\">{confirmed}</span> <span class=\"label\">facts confirmed</span>")));
    // Two replicas are deployed, five declared.
    assert!(html.contains("data-rule=\"EVID006\""), "the contradiction has a card");
    let alone = Desk::new().with("caveat.yaml", SERVED);
    assert!(report(&alone, &[]).contains("nothing that the manifests say was held against reality"));
}

#[test]
fn suppressions_are_listed_with_owner_and_end() {
    let manifest = fixture(BAD).replacen(
        "    replicas: {min: 1, max: 1}",
        "    # caveat: allow[single-point-of-failure] until=2027-03-31 owner=platform -- second site opens in spring\n    replicas: {min: 1, max: 1}",
        1,
    );
    assert_ne!(manifest, fixture(BAD), "the fixture has such a line");
    let html = report(&Desk::new().with("caveat.yaml", manifest), &[]);
    let section = between(&html, "<section id=\"exceptions\"", "</section>").next().expect("a section");
    for word in ["platform", "2027-03-31", "second site opens in spring", "#rule-SCALE008"] {
        assert!(section.contains(word), "{word}: {section}");
    }
    assert!(html.contains("accepted by comment at"));
}

#[test]
fn a_portfolio_sums_up_its_systems() {
    let mut desk = Desk::new().with("broken/caveat.yaml", "system: [\n");
    for at in 0..5 {
        let text = fixture(if at == 0 { BAD } else { CLEAN });
        let id = format!("  id: service-{at}");
        let text = text.replacen("  id: tax-assistant", &id, 1);
        desk = desk.with(&format!("s{at}/caveat.yaml"), text);
    }
    let output = desk.run(&[&["report"], &DAY[..]].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    let html = out(&output);
    for at in 0..5 {
        assert!(html.contains(&format!("System service-{at}")), "{at}");
    }
    assert!(html.contains("of 6 manifests do not pass"));
    // What is not YAML is no system, and is not passed over.
    assert!(html.contains("Files that could not be read as what they are") && html.contains("broken/caveat.yaml"));
}

#[test]
fn a_statement_names_report_and_manifests_and_can_be_checked() {
    let desk = desk();
    report(&desk, &["--output", "html=report.html", "--output", "markdown=report.md", "--output", "intoto=report.intoto.json"]);
    let read = |file: &str| fs::read(desk.0.path().join(file)).expect("a file");
    let statement: Value = serde_json::from_slice(&read("report.intoto.json")).expect("JSON");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/verification_summary/v1");
    for (at, file) in ["report.html", "report.md", "caveat.yaml"].iter().enumerate() {
        assert_eq!(statement["subject"][at]["name"], *file);
        assert_eq!(statement["subject"][at]["digest"]["sha256"], sha256(&read(file)));
    }
    let predicate = &statement["predicate"];
    // What the specification requires of a verification summary, version 1.
    for member in ["verifier", "timeVerified", "resourceUri", "policy", "verificationResult", "verifiedLevels"] {
        assert!(!predicate[member].is_null(), "{member}");
    }
    assert_eq!(predicate["verificationResult"], "FAILED");
    assert_eq!(predicate["verifiedLevels"], serde_json::json!(["FAILED"]));
    assert_eq!(predicate["timeVerified"], "2026-11-23T00:00:00Z");
    assert_eq!(code(&desk.run(&["report", "--check", "report.intoto.json"])), 0);
    // In the envelope of a signature.
    let payload = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, read("report.intoto.json"));
    let envelope = serde_json::json!({ "payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [] });
    fs::write(desk.0.path().join("signed.json"), envelope.to_string()).expect("a file");
    assert_eq!(code(&desk.run(&["report", "--check", "signed.json"])), 0);
    // A result that is another.
    let passed = statement.to_string().replace("FAILED", "PASSED");
    fs::write(desk.0.path().join("passed.json"), passed).expect("a file");
    let output = desk.run(&["report", "--check", "passed.json"]);
    assert_eq!((code(&output), out(&output).contains("the statement itself was changed")), (1, true), "{}", out(&output));
    let mut empty = statement.clone();
    empty["subject"] = serde_json::json!([]);
    fs::write(desk.0.path().join("empty.json"), empty.to_string()).expect("a file");
    assert_eq!(code(&desk.run(&["report", "--check", "empty.json"])), 1);
    // A digest that is another.
    let other = statement.to_string().replace(&sha256(&read("report.html")), &sha256(b"another"));
    fs::write(desk.0.path().join("other.json"), other).expect("a file");
    let output = desk.run(&["report", "--check", "other.json"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("report.html: the statement has another digest of it"), "{}", out(&output));
}

#[test]
fn a_clean_system_passes() {
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN));
    report(&desk, &["--no-config", "--output", "intoto=s.json", "--output", "html=r.html"]);
    let statement: Value = serde_json::from_slice(&fs::read(desk.0.path().join("s.json")).expect("a file")).expect("JSON");
    let html = fs::read_to_string(desk.0.path().join("r.html")).expect("a file");
    let passes = statement["predicate"]["verificationResult"] == "PASSED";
    assert_eq!(passes, html.contains("The system passes"), "{}", statement["predicate"]["caveat"]);
}

/// What a renderer of Markdown takes for more than text: everything but blocks and spans of code.
fn outside_code(markdown: &str) -> String {
    let blocks = markdown.split("```").step_by(2).collect::<Vec<_>>().join("\n");
    let lines = blocks.lines().map(|line| line.split('`').step_by(2).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_could_not_be_decided_is_not_passed() {
    let desk = Desk::new().with(
        "caveat.yaml",
        "system: {id: bare, lifecycle: production}\ndatasets: []\nactors: []\nflows: []\nmodels: []\nhosting: []\n",
    );
    let html = report(&desk, &["--fail-on", "never"]);
    assert!(!html.contains("The system passes") && html.contains("Nothing that could be decided fails"), "{}", &html[..2000]);
}

#[test]
fn text_of_a_manifest_stays_text() {
    let hostile =
        "</script><script>alert(1)</script> ](http://example.com) \\u202e\\u001b[31m | @team <img src=x onerror=alert(1)>";
    let manifest = fixture(BAD).replacen(
        "  purpose: Answers tax questions of clients and staff, drafts appeals, submits returns",
        &format!("  purpose: \"{hostile}\""),
        1,
    );
    assert_ne!(manifest, fixture(BAD));
    let desk = Desk::new().with("caveat.yaml", manifest);
    let title = "<b onclick=x>Title</b>";
    let html = report(&desk, &["--title", title]);
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("<b onclick"));
    assert!(!html.contains('\u{202e}') && !html.contains('\u{1b}'));
    // Two scripts of ours: the record and the one that sorts.
    assert_eq!(html.matches("<script").count(), 2);
    let markdown = report(&desk, &["--title", title, "--format", "markdown"]);
    let body = outside_code(&markdown);
    assert!(!body.contains("<img") && !body.contains("<b onclick") && !body.contains("](http://example.com)"));
    assert!(!body.contains('\u{202e}') && !body.contains('\u{1b}'));
    // A report with an odd title can be made again.
    fs::write(desk.0.path().join("r.html"), html).expect("a file");
    fs::write(desk.0.path().join("r.md"), markdown).expect("a file");
    assert_eq!(code(&desk.run(&["report", "--check", "r.html"])), 0);
    assert_eq!(code(&desk.run(&["report", "--check", "r.md"])), 0);
}

#[test]
fn what_could_not_be_read_is_counted_and_dated() {
    let desk = Desk::new().with("good/caveat.yaml", fixture(CLEAN));
    let output = desk.run(&[&["report", "good/caveat.yaml", "missing.yaml"], &DAY[..]].concat());
    assert_eq!(code(&output), 2);
    assert!(out(&output).contains(" of 2 manifests do not pass") && !out(&output).contains("The system passes"));
    let output = desk.run(&[&["report", "missing.yaml"], &DAY[..]].concat());
    assert_eq!(code(&output), 2);
    assert!(out(&output).contains("As of 2026-11-23") && !out(&output).contains("0000-01-01"));
}

#[test]
fn a_repeated_key_takes_no_system_away() {
    let html = report(&Desk::new().with("caveat.yaml", format!("{}system: {{id: again}}\n", fixture(BAD))), &[]);
    assert!(html.contains("data-rule=\"E010\"") && html.contains("data-rule=\"LEAK001\""));
    assert!(html.contains("<section id=\"s1-licences\">") && !html.contains("Files that could not be read"));
}

#[test]
fn evidence_lies_beside_every_manifest_that_is_named() {
    let desk = Desk::new().with("a/caveat.yaml", fixture(CLEAN)).with("b/caveat.yaml", SERVED).with("b/k8s.yaml", DEPLOYMENT);
    for paths in [&["a", "b/caveat.yaml"][..], &["b/caveat.yaml"], &["b"]] {
        assert!(report(&desk, paths).contains("data-rule=\"EVID006\""), "{paths:?}");
    }
}

#[test]
fn links_of_the_markdown_lead_somewhere() {
    let markdown = report(&desk(), &["--format", "markdown"]);
    let ids: BTreeSet<&str> = between(&markdown, "<a id=\"", "\"").collect();
    let links: Vec<&str> = between(&markdown, "](#", ")").collect();
    assert!(links.len() > 500, "{}", links.len());
    let dead: BTreeSet<&&str> = links.iter().filter(|link| !ids.contains(**link)).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn a_manifest_on_one_line_shows_what_proves_a_finding() {
    let long = format!(
        "{{\"system\": {{\"id\": \"s\", \"purpose\": \"{}\", \"lifecycle\": \"production\"}}, \"governance\": {{\"owner\": \"none\"}}}}",
        "x".repeat(900)
    );
    let html = report(&Desk::new().with("caveat.json", long), &[]);
    let card = between(&html, "data-rule=\"GOV001\"", "</article>").next().expect("a card");
    assert!(card.contains("<mark class=\"primary\">"), "{card}");
}

#[test]
fn what_follows_from_what_follows_is_shown() {
    let rule = |number: usize, attaches: &str| {
        format!(
            "code: ORG00{number}\nname: rule-{number}\nfamily: organisation\nseverity: low\nsummary: A model is there.\nfor: model in models\nwhen: model.id == 'm'\nmessage: \"`{{model.id}}` is there\"\nlabels:\n  - {{at: model.id, text: here}}\nhelp: Take it away.\nwhy: |\n  It is there, and it is there for no reason that anybody has written down, which is one too many.\nwrong_when: |\n  Never.\nreferences:\n  our_policy: [\"1\"]\nabout: [model.id]\nattaches_to: [{attaches}]\nexamples:\n  - fails: |\n      models: [{{id: m}}]\n"
        )
    };
    for third in ["", "ORG003"] {
        let desk = Desk::new()
            .with("caveat.yaml", "system: {id: s}\nmodels: [{id: m}]\n")
            .with("rules/1.yaml", rule(1, third))
            .with("rules/2.yaml", rule(2, "ORG001"))
            .with("rules/3.yaml", rule(3, "ORG002"));
        let html = report(&desk, &["--rules", "rules", "--select", "ORG"]);
        for code in ["ORG001", "ORG002", "ORG003"] {
            assert_eq!(html.matches(&format!("data-rule=\"{code}\"")).count(), 1, "{code} of {third:?}");
        }
        let text = out(&desk.run(&["check", "--rules", "rules", "--select", "ORG", "--format", "text"]));
        assert!(["ORG001", "ORG002", "ORG003"].iter().all(|code| text.contains(code)), "{text}");
    }
}
