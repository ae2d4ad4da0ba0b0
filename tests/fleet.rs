//! A repository of forty manifests with layered configuration, a baseline and waivers: one run, every format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const DAY: &str = "2026-11-23";

fn caveat(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_caveat"))
        .current_dir(folder)
        .args(args)
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .expect("the binary runs")
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Manifest `n` of team `t`: one that is wanting in ways that depend on its number.
fn manifest(n: usize) -> String {
    let (replicas, transport) = (1 + n % 3, if n.is_multiple_of(2) { "plain" } else { "tls" });
    let retention = if n.is_multiple_of(5) { "P6M" } else { "P10D" };
    format!(
        "system: {{id: service-{n:02}, stakes: significant, lifecycle: production, tasks: [question_answering], audiences: [employees], effects: [financial], decision_role: advisory}}
parties:
  - {{id: vendor-{n:02}, kind: model_vendor, country: US}}
actors:
  - {{id: staff, kind: employees, count: 50, authenticated: true}}
datasets:
  - {{id: notes, role: prompts, categories: [user.name], classification: confidential, entitled: [staff], entitlement_unit: own_records, retention: P1Y, purposes: [essential.service], residency: [EEA]}}
  - {{id: manuals, role: retrieval, categories: [system], classification: public, source: internal, retention: {retention}}}
models:
  - {{id: helper, license: llama3.1, access: open_weights, format: safetensors, source: \"hf:meta-llama/Llama-3.1-8B-Instruct\"}}
components:
  - {{id: portal, kind: app, country: DE}}
flows:
  - {{from: notes, to: portal, purpose: inference, transport: {transport}}}
  - {{from: portal, to: helper, purpose: inference, transport: tls}}
  - {{from: helper, to: staff, purpose: inference, transport: tls}}
  - {{from: portal, to: vendor-{n:02}, purpose: inference, transport: tls}}
  - {{from: manuals, to: portal, purpose: retrieval, transport: tls}}
hosting:
  - {{id: box, models: [helper], mode: self_managed, country: DE, replicas: {{min: {replicas}, max: 3}}, zones: 1, fallback: []}}
workload: {{availability_target: 99.9, users: {{current: 600, planned: 900}}}}
logging: {{prompts: full, outputs: full, store: portal, retention: {retention}, readers: [staff]}}
"
    )
}

/// Forty manifests of four teams.
fn repository() -> tempfile::TempDir {
    let desk = tempfile::tempdir().expect("a folder");
    let root = desk.path();
    fs::create_dir(root.join(".git")).expect("a folder");
    for n in 0..40 {
        let mut text = manifest(n);
        if n == 7 {
            let comment = "  # caveat: allow[SCALE008] until=2027-01-31 owner=team-d -- second site in spring\n";
            text = text.replace("  - {id: box,", &format!("{comment}  - {{id: box,"));
        }
        if n == 8 {
            text.push_str(
                "waivers: [{rule: LEAK015, scope: notes, reason: the store is sealed, owner: dpo, expires: 2027-03-31}]\n",
            );
        }
        if n == 9 {
            text.push_str(
                "waivers: [{rule: LEAK015, scope: notes, reason: the store is sealed, owner: dpo, expires: 2026-11-22}]\n",
            );
        }
        if n == 12 {
            text = text.replace("stakes: significant", "stakes: signifcant");
        }
        write(root, &format!("team-{}/service-{n:02}/caveat.yaml", ["a", "b", "c", "d"][n % 4]), &text);
    }
    write(
        root,
        "policy/base.yaml",
        "severity: {LEAK023: critical}\nunsuppressible: [LEAK013]\nsuppressions: {require: [owner, until]}\noptions: {no-load-test: {users: 700}}\n",
    );
    write(
        root,
        ".caveat.yaml",
        "extends: policy/base.yaml\nbaseline: accepted.json\nexclude: [attic/]\noverrides:\n  - files: [team-c/**]\n    severity: {SCALE008: critical}\n  - files: [team-d/**]\n    ignore: [hidden-cost]\n",
    );
    write(
        root,
        "team-b/.caveat.yaml",
        "extends: ../.caveat.yaml\nfail_on: critical\nselect: [data-leakage, scalability, ip-licensing]\n",
    );
    write(root, "attic/caveat.yaml", "not: [a manifest\n");
    desk
}

/// The formats that the program says it has.
fn formats() -> Vec<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_caveat")).args(["check", "--help"]).output().expect("the binary runs");
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    let from = help.find("--format").expect("the flag");
    let help = &help[from..];
    let listed = help.find("ossible values:").map(|at| &help[at + 15..]).expect("the values");
    let end = listed.find(']').or_else(|| listed.find("\n\n")).unwrap_or(listed.len());
    // On one line, or one to a line with what it is.
    let words = if listed.trim_start().starts_with('-') {
        listed
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- "))
            .take_while(|_| true)
            .map(|line| line.split(':').next().unwrap_or(line))
            .collect::<Vec<_>>()
    } else {
        listed[..end].split(',').collect()
    };
    let mut formats: Vec<String> = words
        .into_iter()
        .map(|word| word.trim().to_owned())
        .filter(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    formats.dedup();
    assert!(formats.iter().any(|format| format == "sarif"), "{formats:?}");
    formats
}

fn run_all(root: &Path) -> (i32, Vec<(String, Vec<u8>)>) {
    let mut args = vec!["check".to_owned(), "--as-of".to_owned(), DAY.to_owned()];
    let formats = formats();
    for format in &formats {
        args.push("--output".to_owned());
        args.push(format!("{format}=out.{format}"));
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = caveat(root, &args);
    let mut files = vec![("stdout".to_owned(), output.stdout)];
    for format in formats {
        let path = root.join(format!("out.{format}"));
        files.push((format, fs::read(&path).expect("an output")));
        fs::remove_file(path).expect("an output");
    }
    (output.status.code().expect("a status"), files)
}

fn report(root: &Path, more: &[&str]) -> (i32, Value) {
    let output = caveat(root, &[&["check", "--as-of", DAY, "--format", "json"], more].concat());
    (output.status.code().expect("a status"), serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn findings(report: &Value) -> &[Value] {
    report["findings"].as_array().expect("a list")
}

fn of<'r>(report: &'r Value, service: &str) -> Vec<&'r Value> {
    findings(report).iter().filter(|finding| finding["manifest"].as_str().expect("a path").contains(service)).collect()
}

#[test]
fn forty_manifests_one_run_every_format() {
    let desk = repository();
    let root = desk.path();
    let (status, all) = report(root, &["--no-baseline"]);
    assert_eq!(status, 1);
    assert_eq!(all["summary"]["manifests"], 40);
    assert!(!findings(&all).iter().any(|finding| finding["manifest"].as_str().is_some_and(|path| path.starts_with("attic"))));

    // Layers: the base raises, an override raises for one team, another leaves rules out, the nearest file goes first.
    let severity = |service: &str, rule: &str| -> BTreeSet<String> {
        let found = of(&all, service).into_iter().filter(|finding| finding["rule"] == rule && finding["verdict"] == "violation");
        found.map(|finding| finding["severity"].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(severity("service-00", "LEAK023"), BTreeSet::from(["critical".to_owned()]), "raised by the base");
    assert_eq!(severity("service-01", "LEAK023"), BTreeSet::new(), "it is encrypted there");
    assert_eq!(severity("service-00", "SCALE008"), BTreeSet::from(["high".to_owned()]));
    assert_eq!(severity("service-02", "SCALE008"), BTreeSet::from(["critical".to_owned()]), "raised for team c");
    let raised = of(&all, "service-02").into_iter().find(|finding| finding["rule"] == "SCALE008").expect("a finding");
    let labels = raised["labels"].as_array().expect("a list");
    assert!(labels.iter().any(|label| label["file"] == ".caveat.yaml" && label["span"]["start"]["line"] == 6), "{labels:?}");
    assert!(of(&all, "service-03").iter().all(|finding| finding["family"] != "hidden-cost"), "left out for team d");
    assert!(of(&all, "service-05").iter().all(|finding| finding["family"] != "governance"), "not selected for team b");
    assert!(of(&all, "service-12").iter().any(|finding| finding["rule"] == "E003"));

    // A limit of the base: 900 users are planned, so that 700 is still too few to do without a load test.
    let load = of(&all, "service-00").into_iter().find(|finding| finding["rule"] == "SCALE005").expect("a finding");
    let label =
        load["labels"].as_array().expect("a list").iter().find(|label| label["file"] == "policy/base.yaml").expect("a label");
    assert!(label["text"].as_str().expect("a text").contains("`users` is 700"), "{label}");

    // Suppressions: a comment, a waiver, and one whose last day was yesterday.
    let kinds = |service: &str, rule: &str| -> Vec<Value> {
        let found = of(&all, service).into_iter().filter(|finding| finding["rule"] == rule && finding["verdict"] == "violation");
        found.map(|finding| finding["suppressed"]["kind"].clone()).collect()
    };
    assert_eq!(kinds("service-07", "SCALE008"), ["comment"]);
    assert_eq!(kinds("service-08", "LEAK015"), ["waiver"]);
    assert_eq!(kinds("service-09", "LEAK015"), [Value::Null]);

    // The baseline takes everything but the misspelt word, and the run fails for that alone.
    assert_eq!(caveat(root, &["baseline", "write", "--as-of", DAY]).status.code(), Some(1));
    let (status, held) = report(root, &[]);
    let counting: Vec<&Value> = findings(&held)
        .iter()
        .filter(|f| f["suppressed"].is_null() && f["verdict"] != "info" && f["family"] != "policy")
        .collect();
    assert!(counting.iter().all(|finding| finding["verdict"] == "error"), "{counting:?}");
    assert_eq!((status, counting.len()), (1, 1));
    assert_eq!(findings(&held).len(), findings(&all).len(), "nothing is dropped");

    // Every format in one run, twice: the same bytes, the same status.
    let first = run_all(root);
    let second = run_all(root);
    assert_eq!(first.0, 1);
    for ((format, a), (_, b)) in first.1.iter().zip(&second.1) {
        assert!(a == b, "{format} differs between runs");
        assert!(!a.is_empty(), "{format} is empty");
    }
    assert!(first == second);

    // Mended, nothing fails.
    assert_eq!(caveat(root, &["check", "--as-of", DAY, "--fix"]).status.code(), Some(0));
    assert_eq!(run_all(root).0, 0);
    // A new defect fails, and only that one counts.
    let path = root.join("team-a/service-16/caveat.yaml");
    let text = fs::read_to_string(&path).expect("a manifest");
    fs::write(&path, text.replace("authenticated: true", "authenticated: false")).expect("a manifest");
    let (status, new) = report(root, &[]);
    let counting: Vec<&Value> = findings(&new)
        .iter()
        .filter(|f| f["baseline"] == "new" && f["verdict"] == "violation" && f["suppressed"].is_null() && f["family"] != "policy")
        .collect();
    assert!(
        !counting.is_empty() && counting.iter().all(|finding| finding["manifest"] == "team-a/service-16/caveat.yaml"),
        "{counting:?}"
    );
    assert_eq!(status, i32::from(counting.iter().any(|f| matches!(f["severity"].as_str(), Some("high" | "critical")))));
}

/// A manifest with the elements of its lists and the keys of its first mapping in another order.
fn shuffled(text: &str) -> String {
    let (mut out, mut list): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for line in text.lines() {
        if line.starts_with("  - ") {
            list.push(line.to_owned());
        } else {
            list.reverse();
            out.append(&mut list);
            out.push(line.to_owned());
        }
    }
    list.reverse();
    out.append(&mut list);
    format!("# moved about\n\n{}\n", out.join("\n\n"))
}

#[test]
fn order_layout_and_comments_change_no_fingerprint_and_no_baseline() {
    let desk = repository();
    let root = desk.path();
    let prints = |report: &Value| -> BTreeSet<String> {
        findings(report).iter().map(|finding| finding["fingerprint"].as_str().expect("a print").to_owned()).collect()
    };
    let before = report(root, &["--no-baseline"]).1;
    caveat(root, &["baseline", "write", "--as-of", DAY]);
    let entries = fs::read(root.join("accepted.json")).expect("a baseline");
    for n in 0..40 {
        let path = root.join(format!("team-{}/service-{n:02}/caveat.yaml", ["a", "b", "c", "d"][n % 4]));
        // The comment of the seventh is on a line that moves with it.
        let text = fs::read_to_string(&path).expect("a manifest");
        if n != 7 {
            fs::write(&path, shuffled(&text)).expect("a manifest");
        }
    }
    let after = report(root, &["--no-baseline"]).1;
    assert_eq!(prints(&before), prints(&after));
    let (_, held) = report(root, &[]);
    assert_eq!(held["stale"], Value::Array(Vec::new()));
    assert!(findings(&held).iter().all(|finding| finding["baseline"] != "new"
        || finding["suppressed"].is_object()
        || finding["verdict"] == "error"
        || finding["verdict"] == "info"
        || finding["family"] == "policy"));
    assert_eq!(fs::read(root.join("accepted.json")).expect("a baseline"), entries, "it did not change either");
}
