//! `caveat batch`, by the real binary: a stream in, a stream out.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{BAD, CLEAN, DAY, Desk, code, err, fixture};
use serde_json::{Value, json};

const BATCH: [&str; 3] = ["batch", DAY[0], DAY[1]];

/// The records that a run writes for an input, its status, and what it says beside them.
fn batch(desk: &Desk, args: &[&str], input: impl Into<Vec<u8>>) -> (Vec<Value>, i32, String) {
    let output = desk.command(&[&BATCH, args].concat()).write_stdin(input).output().expect("it runs");
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (lines.map(|line| serde_json::from_slice(line).expect("JSON")).collect(), code(&output), err(&output))
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect::<Vec<_>>().concat()
}

/// What `check` reports of a text under a name.
fn check(desk: &Desk, name: &str, text: &str, args: &[&str]) -> Value {
    let args = [&["check", "-", "--format", "json", "--stdin-filename", name, DAY[0], DAY[1]], args].concat();
    let output = desk.command(&args).write_stdin(text).output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A manifest that is wanting in ways that depend on its number, and as large as asked for.
fn manifest(n: usize, actors: usize) -> Value {
    let actors: Vec<Value> = (0..actors).map(|at| json!({"id": format!("team-{at}"), "kind": "employees"})).collect();
    json!({
        "system": {"id": format!("service-{n}"), "lifecycle": "production", "stakes": "significant"},
        "governance": {"owner": if n.is_multiple_of(2) { "none" } else { "head-of-it" }},
        "actors": actors,
    })
}

#[test]
fn both_forms_come_to_what_check_says_of_the_same_text() {
    let desk = Desk::new();
    for text in [fixture(BAD), fixture(CLEAN), "system: {stakes: signifcant}\n".to_owned(), "system: [\n".to_owned()] {
        let (records, _, _) = batch(&desk, &[], lines(&[json!({"id": "a.yaml", "text": text})]));
        let whole = check(&desk, "a.yaml", &text, &[]);
        assert_eq!(records.len(), 1);
        assert_eq!(records[0]["findings"], whole["findings"]);
        assert_eq!(records[0]["outcomes"], whole["summary"]["outcomes"]);
    }
    // The object is checked as it stands in the line: spaces, order and repeated keys.
    let text = r#"{ "system":{"id": "s", "lifecycle" : "production"},  "governance": {"owner": "none"}, "system": {} }"#;
    let (records, _, _) = batch(&desk, &[], format!("{{\"id\":\"b.json\",\"manifest\": {text} }}\n"));
    let whole = check(&desk, "b.json", text, &[]);
    assert_eq!(records[0]["findings"], whole["findings"]);
    assert!(
        whole["findings"].as_array().expect("a list").iter().any(|finding| finding["verdict"] == "error"),
        "a key is there twice"
    );
}

#[test]
fn the_summary_counts_what_the_report_lists() {
    let desk = Desk::new();
    for (name, fails) in [(BAD, true), (CLEAN, false)] {
        let text = fixture(name);
        let (records, status, _) = batch(&desk, &["--format", "summary"], lines(&[json!({"id": 1, "text": text})]));
        let whole = check(&desk, "1", &text, &[]);
        let record = &records[0];
        assert_eq!((&record["system"], &record["owner"]), (&json!("tax-assistant"), &json!("managing-partner")));
        for member in ["verdicts", "severities", "outcomes", "documents"] {
            assert_eq!(record[member], whole["summary"][member], "{member}");
        }
        assert_eq!((&record["fails"], status), (&json!(fails), i32::from(fails)));
        let findings = whole["findings"].as_array().expect("a list");
        let counted = findings.iter().filter(|finding| finding["suppressed"].is_null());
        assert_eq!(record["suppressed"], json!(findings.len() - counted.clone().count()));
        let mut left: Vec<&Value> = counted.collect();
        for rule in record["rules"].as_array().expect("a list") {
            let before = left.len();
            left.retain(|finding| {
                ["rule", "name", "family", "verdict", "severity"].iter().any(|key| finding[*key] != rule[*key])
            });
            assert_eq!(json!(before - left.len()), rule["count"], "{rule}");
        }
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn order_is_kept_whatever_the_sizes_and_the_number_of_threads() {
    let desk = Desk::new();
    let sizes = (0..60).map(|n| (n, if n % 9 == 0 { 120 } else { n % 4 }));
    let input: Vec<Value> = sizes.map(|(n, size)| json!({"id": format!("m{n}"), "manifest": manifest(n, size)})).collect();
    let (one, ..) = batch(&desk, &["--jobs", "1"], lines(&input));
    for (at, record) in one.iter().enumerate() {
        assert_eq!((&record["id"], &record["line"]), (&input[at]["id"], &json!(at + 1)));
        assert_eq!(record["documents"][0]["system"], json!(format!("service-{at}")));
    }
    assert_eq!(one.len(), 60);
    for jobs in ["2", "7"] {
        assert_eq!(batch(&desk, &["--jobs", jobs], lines(&input)).0, one, "--jobs {jobs}");
    }
}

#[test]
fn a_bad_line_is_an_error_record_and_the_stream_goes_on() {
    let desk = Desk::new();
    let good = json!({"id": "good", "text": fixture(CLEAN)}).to_string();
    let large = json!({"id": "large", "text": format!("# {}\nsystem: {{id: a}}\n", "x".repeat(30_000))}).to_string();
    let long = format!("{{\"id\":\"long\",\"text\":\"{}\"}}", "y".repeat(50_000));
    let bad: [(&[u8], &str, Value); 7] = [
        (b"{\"id\": 1, \"text\": ", "not_json", Value::Null),
        (b"{\"id\": 2, \"text\": \"\xff\"}", "not_utf8", Value::Null),
        (b"[\"id\"]", "not_a_record", Value::Null),
        (b"{\"id\": 4}", "not_a_record", json!(4)),
        (b"{\"id\": 5, \"text\": \"a: 1\", \"manifest\": {}}", "not_a_record", json!(5)),
        (large.as_bytes(), "manifest_too_large", json!("large")),
        (long.as_bytes(), "line_too_long", Value::Null),
    ];
    let mut input = Vec::new();
    for (line, ..) in &bad {
        input.extend([*line, b"\n\r\n", good.as_bytes(), b"\r\n"].concat());
    }
    let limits = ["--max-file-size", "20000", "--max-line", "40000"];
    let (records, status, _) = batch(&desk, &limits, input);
    assert_eq!((records.len(), status), (14, 2));
    for (at, (_, kind, id)) in bad.iter().enumerate() {
        let (error, next) = (&records[at * 2], &records[at * 2 + 1]);
        assert_eq!((&error["type"], &error["error"]["kind"], &error["id"]), (&json!("error"), &json!(kind), id));
        assert_eq!(error["line"], json!(at * 3 + 1), "blank lines count");
        assert_eq!((&next["id"], &next["fails"]), (&json!("good"), &json!(false)));
    }
}

#[test]
fn a_manifest_that_is_none_is_a_finding_and_not_a_bad_line() {
    let desk = Desk::new();
    let input = lines(&[json!({"text": "system: ["}), json!({"text": ""})]);
    let (records, status, _) = batch(&desk, &["--fail-on", "never"], input);
    assert_eq!(status, 1, "as `check` has it");
    let codes: Vec<&Value> = records.iter().map(|record| &record["findings"][0]["rule"]).collect();
    assert_eq!(codes, ["E009", "E005"]);
    assert_eq!((&records[0]["id"], &records[1]["id"]), (&json!(1), &json!(2)), "no id: the line");
}

#[test]
fn the_status_says_what_was_found_and_whether_everything_was_read() {
    let desk = Desk::new();
    let (bad, clean) = (json!({"text": fixture(BAD)}), json!({"text": fixture(CLEAN)}));
    let status = |args: &[&str], input: &[Value]| batch(&desk, args, lines(input)).1;
    assert_eq!(status(&[], std::slice::from_ref(&clean)), 0);
    assert_eq!(status(&[], &[bad.clone(), clean.clone()]), 1);
    assert_eq!(status(&["--exit-zero"], std::slice::from_ref(&bad)), 0);
    assert_eq!(status(&["--fail-on", "never"], std::slice::from_ref(&bad)), 0);
    assert_eq!(status(&["--exit-zero"], &[json!(3), bad.clone()]), 2);
    let (records, status, said) = batch(&desk, &[], "\n \n");
    assert_eq!((records.len(), status), (0, 3));
    assert!(said.contains("nothing was checked"), "{said}");
}

#[test]
fn one_configuration_holds_for_the_stream() {
    let desk = Desk::new().with(".caveat.yaml", "select: [GOV001]\n").with("other.yaml", "select: [GOV004]\nfail_on: low\n");
    let input = lines(&[json!({"id": "deep/down/caveat.yaml", "manifest": manifest(0, 1)})]);
    let rules = |args: &[&str]| -> Vec<String> {
        let (records, ..) = batch(&desk, &[args, &["--format", "summary"]].concat(), input.clone());
        // Mistakes of the manifest itself are told whatever is selected.
        let rules = records[0]["rules"].as_array().expect("a list").iter().filter(|rule| rule["verdict"] != "error");
        rules.map(|rule| rule["rule"].as_str().expect("a code").to_owned()).collect()
    };
    assert_eq!(rules(&[]), ["GOV001"]);
    assert_eq!(rules(&["--config", "other.yaml"]), ["GOV004"]);
    assert!(rules(&["--no-config"]).len() > 2);
    assert_eq!(rules(&["--no-config", "--select", "GOV001"]), ["GOV001"]);
}

#[test]
fn every_record_fits_the_schema_and_the_schema_is_strict() {
    let desk = Desk::new();
    let schema: Value = serde_json::from_slice(&desk.run(&["schema", "batch"]).stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let input =
        lines(&[json!({"id": "a", "text": fixture(BAD)}), json!({"id": true, "manifest": manifest(0, 1)}), json!({"id": "no"})]);
    for format in ["findings", "summary"] {
        let (records, ..) = batch(&desk, &["--format", format], input.clone());
        assert_eq!(records.iter().map(|record| &record["type"]).collect::<Vec<_>>(), [format, format, "error"]);
        for record in &records {
            let errors: Vec<String> = validator.iter_errors(record).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
            for member in record.as_object().expect("an object").keys() {
                let mut without = record.clone();
                without.as_object_mut().expect("an object").remove(member);
                assert!(!validator.is_valid(&without), "{format} does without {member}");
                let mut other = record.clone();
                other[member] = json!([null]);
                assert!(!validator.is_valid(&other), "{format} takes anything as {member}");
            }
        }
    }
}

/// The binary with pipes on both sides.
fn piped(desk: &Desk, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_caveat"));
    command.current_dir(desk.0.path()).env_clear().args([&BATCH, args].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

#[test]
fn a_reader_that_falls_behind_stops_the_reading() {
    // 20 MB, of which pipes and the window of two threads hold a fraction.
    const LINES: usize = 2_000;
    let mut child = piped(&Desk::new(), &["--jobs", "2", "--select", "GOV001"]);
    let mut stdin = child.stdin.take().expect("a pipe");
    let given = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&given);
    let producer = thread::spawn(move || {
        let padding = "x".repeat(10_000);
        for id in 0..LINES {
            writeln!(stdin, "{}", json!({"id": id, "manifest": {"system": {"id": padding}}})).expect("a line");
            count.store(id + 1, Ordering::SeqCst);
        }
    });
    // Until nothing more is taken for a while.
    let mut before = usize::MAX;
    while before != given.load(Ordering::SeqCst) {
        before = given.load(Ordering::SeqCst);
        thread::sleep(Duration::from_secs(1));
    }
    assert!(before > 0 && before < LINES / 4, "{before} lines were taken although nobody read a record");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    let ids = out.lines().map(|line| serde_json::from_str::<Value>(&line.expect("a line")).expect("JSON")["id"].clone());
    assert!(ids.eq((0..LINES).map(|id| json!(id))), "everything comes, in order, once somebody reads");
    producer.join().expect("it ends");
    assert!(child.wait().expect("it ends").code().is_some());
}

#[test]
fn records_come_while_the_stream_is_open() {
    let mut child = piped(&Desk::new(), &[]);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    for id in 0..3 {
        writeln!(stdin, "{}", json!({"id": id, "manifest": manifest(id, 1)})).expect("a line");
        let mut line = String::new();
        out.read_line(&mut line).expect("a record");
        assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON")["id"], json!(id));
    }
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "sections are missing");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly_though_the_input_stays_open() {
    let mut child = piped(&Desk::new(), &[]);
    let mut stdin = child.stdin.take().expect("a pipe");
    drop(child.stdout.take());
    writeln!(stdin, "{}", json!({"manifest": manifest(0, 0)})).expect("a line");
    let status = child.wait().expect("it ends");
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    // Nobody reads what was found, and it was found all the same.
    assert_eq!((status.code(), said.as_str()), (Some(1), ""));
    drop(stdin);
}
