//! What users of linters hold them to: twenty-five behaviours, by the real binary. `docs/behaviour.md` maps them.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{BAD, CLEAN, DAY, Desk, code, err, fixture, out};
use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_caveat");

/// A manifest with one violation, at a line that is easy to find.
const SMALL: &str = "system: {id: desk, stakes: significant}\nworkload: {availability_target: 99.9}\nmodels: [{id: m8}]\nhosting:\n  - {id: box, models: [m8], mode: self_managed, replicas: {min: 1}, fallback: []}\ndatasets: []\nactors: []\nflows: []\n";

fn json(desk: &Desk, args: &[&str]) -> (i32, Value) {
    let day: &[&str] = if args.contains(&"--as-of") { &[] } else { &DAY };
    let output = desk.run(&[&["check", "--format", "json"], day, args].concat());
    (code(&output), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
}

fn rules(report: &Value) -> Vec<&str> {
    report["findings"]
        .as_array()
        .map_or(Vec::new(), |list| list.iter().map(|finding| finding["rule"].as_str().expect("a rule")).collect())
}

fn found<'r>(report: &'r Value, rule: &str) -> &'r Value {
    report["findings"].as_array().expect("a list").iter().find(|finding| finding["rule"] == rule).unwrap_or(&Value::Null)
}

/// SCALE008 alone, with what is said about suppressions.
fn small(extra: &str) -> String {
    format!("{SMALL}{extra}")
}

#[test]
fn b01_exit_codes_are_the_same_in_every_format() {
    for format in ["text", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"] {
        let status =
            |desk: &Desk, more: &[&str]| code(&desk.run(&[&["check", DAY[0], DAY[1], "--format", format], more].concat()));
        let bad = Desk::new().with("caveat.yaml", fixture(BAD));
        assert_eq!(status(&bad, &[]), 1, "{format}");
        assert_eq!(status(&bad, &["--exit-zero"]), 0, "{format}");
        assert_eq!(status(&bad, &["no-such-file.yaml", "caveat.yaml"]), 2, "{format}: an error outranks findings");
        assert_eq!(status(&bad, &["--exit-zero", "no-such-file.yaml"]), 2, "{format}");
        assert_eq!(status(&Desk::new().with("caveat.yaml", fixture(CLEAN)), &[]), 0, "{format}");
        assert_eq!(status(&Desk::new(), &[]), 3, "{format}");
        assert_eq!(status(&bad, &["--no-such-flag"]), 2, "{format}");
        let broken = Desk::new().with("caveat.yaml", fixture(CLEAN)).with(".caveat.yaml", "fail_onn: low\n");
        assert_eq!(status(&broken, &[]), 2, "{format}: a broken configuration");
    }
}

#[test]
fn b02_nothing_passes_in_silence() {
    // A rule that names no field is refused; a missing fact is named; every outcome is counted.
    let desk = Desk::new().with("caveat.yaml", "system: {id: x}\nmodels: []\nhosting: []\ndatasets: []\nactors: []\nflows: []\n");
    let (_, report) = json(&desk, &[]);
    let missing: usize =
        report["findings"].as_array().expect("a list").iter().map(|f| f["missing"].as_array().map_or(0, Vec::len)).sum();
    assert!(missing > 10, "{missing}");
    let outcomes = report["outcomes"].as_array().expect("a list");
    let asked: BTreeSet<_> = outcomes.iter().map(|outcome| outcome["rule"].as_str().expect("a rule")).collect();
    assert_eq!(asked.len() as u64, report["summary"]["rules"].as_u64().expect("a number"), "every rule came to something");
    assert_eq!(code(&desk.run(&["check", DAY[0], DAY[1], "--strict"])), 1);
    let rule = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/template.txt")).expect("a rule");
    let typo =
        desk.with("rule.yaml", rule.replace("rule-name", "own-rule").replace("when: ", "when: workload.userz.current > 0 && "));
    let output = typo.run(&["check", "--rules", "rule.yaml"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("did you mean `users`?"), "{}", err(&output));
}

#[test]
fn b03_a_file_that_does_not_parse_fails_the_run_and_the_others_are_checked() {
    let desk = Desk::new().with("a/caveat.yaml", fixture(BAD)).with("b/caveat.yaml", "system: {id: x\n");
    let output = desk.run(&["check", DAY[0], DAY[1], "--format", "compact"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("b/caveat.yaml:1:9: error E009") || out(&output).contains("b/caveat.yaml:2:1: error E009"),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("a/caveat.yaml:"), "the other file is checked");
    let alone = Desk::new().with("caveat.yaml", "system: {id: x\n");
    assert_eq!(code(&alone.run(&["check"])), 1);
}

#[test]
fn b04_nothing_to_check_is_three_and_says_what_took_it_away() {
    let desk = Desk::new().with("sub/caveat.yaml", fixture(CLEAN)).with(".gitignore", "sub/\n");
    let output = desk.run(&["check"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("sub/caveat.yaml is left out by .gitignore"), "{}", err(&output));
    assert!(err(&output).contains("*.caveat.yaml"), "{}", err(&output));
    let desk = Desk::new().with("caveat.yaml", fixture(CLEAN)).with(".caveat.yaml", "exclude: [caveat.yaml]\n");
    let output = desk.run(&["check"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("`exclude`"), "{}", err(&output));
    assert_eq!(code(&desk.run(&["check", "caveat.yaml", DAY[0], DAY[1]])), 0, "who names a file means it");
    assert_eq!(code(&desk.run(&["check", "caveat.yaml", "--select", "HAL001", "--ignore", "HAL001"])), 3, "no rule");
}

#[test]
fn b05_standard_input_is_read_when_asked_and_has_a_name() {
    let desk = Desk::new().with("team/.caveat.yaml", "ignore: [SCALE008]\n");
    let run = |args: &[&str], input: &str| desk.command(args).write_stdin(input).output().expect("it runs");
    let output = run(&["check", "-", "--format", "compact", DAY[0], DAY[1]], SMALL);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("<stdin>:5:"), "{}", out(&output));
    let output = run(&["check", "-", "--stdin-filename", "team/caveat.yaml", "--format", "compact", DAY[0], DAY[1]], SMALL);
    assert!(!out(&output).contains("SCALE008"), "its configuration is that of its folder: {}", out(&output));
    assert!(out(&output).contains("team/caveat.yaml:"), "{}", out(&output));
    assert_eq!(code(&run(&["check", "-"], "")), 2, "empty");
    assert_eq!(code(&run(&["check"], SMALL)), 3, "it is not touched unless asked for");
    assert_eq!(code(&run(&["check", "-", "--fix"], &SMALL.replace("stakes", "stkaes"))), 2, "it cannot be mended in place");
}

#[test]
#[cfg(unix)]
fn b06_a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let mut child = Command::new(BIN)
        .current_dir(desk.0.path())
        .args(["check", DAY[0], DAY[1]])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "findings stay findings");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    if std::path::Path::new("/dev/full").exists() {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
        let output = Command::new(BIN)
            .current_dir(desk.0.path())
            .args(["check", DAY[0], DAY[1]])
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"));
    }
}

#[test]
fn b07_colour_follows_the_flag_then_no_color_then_force() {
    let desk = Desk::new().with("caveat.yaml", SMALL);
    let colours = |args: &[&str], vars: &[(&str, &str)]| {
        let mut command = desk.command(&[&["check", DAY[0], DAY[1]], args].concat());
        command.envs(vars.iter().copied());
        out(&command.output().expect("it runs")).contains("\u{1b}[")
    };
    assert!(!colours(&[], &[]), "a pipe is no terminal");
    assert!(colours(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!colours(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(colours(&[], &[("FORCE_COLOR", "1")]) && colours(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colours(&[], &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
}

#[test]
fn b08_a_pipeline_changes_no_result() {
    let desk = Desk::new().with("caveat.yaml", fixture(BAD));
    let run = |vars: &[(&str, &str)]| {
        let mut command = desk.command(&["check", DAY[0], DAY[1], "--format", "json"]);
        command.envs(vars.iter().copied());
        let output = command.output().expect("it runs");
        (code(&output), output.stdout)
    };
    assert_eq!(run(&[]), run(&[("CI", "true"), ("GITHUB_ACTIONS", "true"), ("GITLAB_CI", "true")]));
    let mut command = desk.command(&["check", DAY[0], DAY[1], "--format", "github"]);
    command.env("GITHUB_STEP_SUMMARY", desk.0.path().join("summary.md"));
    let output = command.output().expect("it runs");
    assert_eq!(code(&output), 1);
    assert!(fs::read_to_string(desk.0.path().join("summary.md")).expect("a summary").starts_with("# caveat"));
}

#[test]
fn b09_width_and_wide_characters() {
    let wide = SMALL.replace("system:", "# größe 日本語 \u{1f600}\nsystem:").replace("id: box", "id: \"日本\"");
    let desk = Desk::new().with("caveat.yaml", &wide);
    let piped = out(&desk.run(&["check", DAY[0], DAY[1], "--select", "SCALE008"]));
    assert!(piped.is_ascii() || !piped.contains('│') && !piped.contains('╭'), "no boxes in a pipe: {piped}");
    let mut command = desk.command(&["check", DAY[0], DAY[1], "--select", "SCALE008"]);
    command.env("COLUMNS", "50");
    let narrow = out(&command.output().expect("it runs"));
    let help = narrow.lines().filter(|line| line.contains("help:")).map(str::len).max().expect("a help");
    assert!(help <= 50, "{narrow}");
    let (_, report) = json(&desk, &["--select", "SCALE008"]);
    let start = &found(&report, "SCALE008")["labels"][0]["span"]["start"];
    let number = |key: &str| usize::try_from(start[key].as_u64().expect("a number")).expect("small");
    let line = wide.lines().nth(number("line") - 1).expect("a line");
    let column: String = line.chars().take(number("column") - 1).collect();
    assert!(line[column.len()..].starts_with("min: 1"), "{}", &line[column.len()..]);
}

#[test]
fn b10_the_same_bytes_whatever_the_order_and_the_number_of_threads() {
    let mut desk = Desk::new();
    for n in 0..12 {
        desk = desk.with(&format!("m{n:02}/caveat.yaml"), if n % 2 == 0 { fixture(BAD) } else { SMALL.to_owned() });
    }
    for format in ["text", "json", "sarif", "junit", "github", "markdown"] {
        let run = |threads: &str, paths: &[&str]| {
            let mut command = desk.command(&[&["check", DAY[0], DAY[1], "--format", format], paths].concat());
            command.env("RAYON_NUM_THREADS", threads);
            command.output().expect("it runs").stdout
        };
        let first = run("1", &["."]);
        assert!(first == run("4", &["."]), "{format}");
        assert!(run("1", &["m01", "m00", "m05"]) == run("4", &["m05", "m01", "m00"]), "{format}");
        assert!(!String::from_utf8_lossy(&first).contains(&*desk.0.path().to_string_lossy()), "{format} has no absolute path");
    }
}

#[test]
#[cfg(unix)]
fn b11_the_same_file_is_checked_once() {
    let desk = Desk::new().with("caveat.yaml", SMALL);
    std::os::unix::fs::symlink("caveat.yaml", desk.0.path().join("link.caveat.yaml")).expect("a link");
    let (_, report) = json(&desk, &["caveat.yaml", "./caveat.yaml", "link.caveat.yaml", "."]);
    assert_eq!(report["summary"]["manifests"], 1);
    assert_eq!(report["manifests"][0]["path"], "caveat.yaml");
}

#[test]
#[cfg(unix)]
fn b12_links_in_circles_and_into_nothing() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new().with("a/caveat.yaml", SMALL);
    symlink("..", desk.0.path().join("a/up")).expect("a link");
    symlink("gone.yaml", desk.0.path().join("a/gone.caveat.yaml")).expect("a link");
    let output = desk.run(&["check", DAY[0], DAY[1], "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((code(&output), &report["summary"]["manifests"]), (1, &Value::from(1)));
    assert!(err(&output).contains("a/gone.caveat.yaml: a link that leads nowhere"), "{}", err(&output));
    assert_eq!(code(&desk.run(&["check", "a/gone.caveat.yaml"])), 2, "named, it is an error");
}

#[test]
fn b13_encodings_are_read_or_refused_by_name() {
    let at = |bytes: &[u8]| {
        let desk = Desk::new().with("caveat.yaml", bytes);
        let (status, report) = json(&desk, &["--select", "SCALE008"]);
        (
            status,
            found(&report, "SCALE008")["labels"][0]["span"]["start"]["line"].clone(),
            found(&report, "E011")["message"].clone(),
        )
    };
    let plain = at(SMALL.as_bytes());
    assert_eq!(plain.1, 5);
    let mut bom = b"\xef\xbb\xbf".to_vec();
    bom.extend(SMALL.as_bytes());
    assert_eq!(at(&bom), plain);
    let (status, _, message) = at(b"system: {id: caf\xe9}\n");
    assert!(
        status == 1 && message.as_str().is_some_and(|message| message.contains("0xe9 at offset 16 (line 1:17)")),
        "{message}"
    );
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("a: 1\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(at(&utf16).0, 1);
    assert!(at(b"a: \0\n").2.as_str().is_some_and(|message| message.contains("NUL")));
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let desk = Desk::new();
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.caveat.yaml");
        // Some file systems have no such names.
        if fs::write(desk.0.path().join(name), SMALL).is_ok() {
            assert_eq!(json(&desk, &["--select", "SCALE008"]).0, 1);
        }
    }
}

#[test]
fn b14_line_ends_change_nothing_and_are_kept() {
    let dos = SMALL.replace('\n', "\r\n");
    let (unix, windows) = (Desk::new().with("caveat.yaml", SMALL), Desk::new().with("caveat.yaml", &dos));
    let places = |desk: &Desk| -> Vec<Value> {
        let (_, report) = json(desk, &[]);
        report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|f| {
                serde_json::json!([
                    f["rule"],
                    f["fingerprint"],
                    f["labels"][0]["span"]["start"]["line"],
                    f["labels"][0]["span"]["start"]["column"]
                ])
            })
            .collect()
    };
    assert_eq!(places(&unix), places(&windows));
    let broken = Desk::new().with("caveat.yaml", dos.replace("stakes:", "stkaes:"));
    broken.run(&["check", "--fix"]);
    assert_eq!(fs::read_to_string(broken.0.path().join("caveat.yaml")).expect("a file"), dos);
}

#[test]
fn b15_duplicate_keys_are_an_error_with_both_places() {
    let desk = Desk::new().with("caveat.yaml", SMALL.replace("{id: m8}", "{id: m8, license: MIT, license: Apache-2.0}"));
    let (status, report) = json(&desk, &[]);
    let labels = found(&report, "E010")["labels"].as_array().expect("labels").clone();
    assert_eq!((status, labels.len()), (1, 2));
    assert_ne!(labels[0]["span"], labels[1]["span"]);
}

#[test]
fn b16_every_document_of_a_file_is_checked() {
    let desk = Desk::new().with("caveat.yaml", format!("{SMALL}---\n{}", SMALL.replace("id: desk", "id: second")));
    let (_, report) = json(&desk, &["--select", "SCALE008"]);
    let places: Vec<_> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|f| f["rule"] == "SCALE008")
        .map(|f| (f["document"].as_u64(), f["labels"][0]["span"]["start"]["line"].as_u64()))
        .collect();
    assert_eq!(places, [(Some(0), Some(5)), (Some(1), Some(14))]);
}

#[test]
fn b17_bombs_and_depths_end_at_once() {
    // Ten billion values, were every alias followed: each entry of the list is a mapping that is read.
    let mut bomb = "x-a0: &a0 {id: m, languages: [de, de, de, de, de, de, de, de, de, de]}\n".to_owned();
    bomb.push_str(&format!("x-a1: &a1 [{}]\n", vec!["*a0"; 3000].join(", ")));
    bomb.push_str(&format!("x-a2: &a2 {{models: *a1}}\nmodels: *a1\n---\n{SMALL}"));
    let (status, report) = json(&Desk::new().with("caveat.yaml", &bomb).with(".caveat.yaml", "limits: {visits: 10000}\n"), &[]);
    assert_eq!(status, 2, "{:?}", rules(&report));
    assert!(found(&report, "E012")["labels"][0]["span"]["start"]["line"].as_u64().is_some());
    let deep = format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let (status, report) = json(&Desk::new().with("caveat.yaml", deep), &[]);
    assert_eq!((status, rules(&report)), (2, vec!["E012"]));
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        laughs.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", ")));
    }
    laughs.push_str("models: *a11\n");
    assert_eq!(json(&Desk::new().with("caveat.yaml", laughs), &[]).0, 1, "what is never read costs nothing");
}

#[test]
fn b18_anchors_aliases_and_merge_keys_work_and_point_at_the_use() {
    let text = SMALL.replace("system:", "x-box: &box {mode: self_managed, replicas: {min: 1}, fallback: []}\nsystem:").replace(
        "{id: box, models: [m8], mode: self_managed, replicas: {min: 1}, fallback: []}",
        "{<<: *box, id: box, models: [m8]}",
    );
    let (_, report) = json(&Desk::new().with("caveat.yaml", &text), &["--select", "SCALE008"]);
    let labels = found(&report, "SCALE008")["labels"].as_array().expect("labels").clone();
    assert_eq!(labels[0]["span"]["start"]["line"], 6, "the use: {labels:?}");
    assert!(labels.iter().any(|label| label["span"]["start"]["line"] == 1), "and where it is written: {labels:?}");
}

#[test]
fn b19_a_file_above_the_limit_is_two_and_never_skipped() {
    let desk = Desk::new().with("caveat.yaml", format!("{SMALL}# {}\n", "x".repeat(4000)));
    let (status, report) = json(&desk, &["--max-file-size", "1000"]);
    assert_eq!((status, rules(&report)), (2, vec!["E012"]));
    let desk = desk.with(".caveat.yaml", "limits: {file_size: 2Ki}\n");
    assert_eq!(json(&desk, &[]).0, 2, "from a configuration");
    assert_eq!(json(&desk, &["--max-file-size", "100000"]).0, 1, "the command line goes first");
}

#[test]
fn b20_one_schema_of_scalars_and_advice_where_others_differ() {
    let text = SMALL.replace("{id: m8}", "{id: m8, parameters: 1e3, context: 010}");
    let (_, report) = json(&Desk::new().with("caveat.yaml", &text), &[]);
    let told: Vec<_> = report["findings"].as_array().expect("a list").iter().filter(|f| f["rule"] == "E008").collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|finding| finding["verdict"] == "info"), "advice");
    let desk = Desk::new().with("caveat.yaml", text);
    desk.run(&["check", "--fix"]);
    let mended = fs::read_to_string(desk.0.path().join("caveat.yaml")).expect("a file");
    assert!(mended.contains("parameters: 1000, context: 10}"), "{mended}");
}

/// What a suppression of SCALE008 above its line comes to: the finding's state and the codes about suppressions.
fn suppressed(comment: &str, args: &[&str]) -> (Value, Vec<String>) {
    let text = SMALL.replace("  - {id: box", &format!("  {comment}\n  - {{id: box"));
    let desk = Desk::new().with("caveat.yaml", text);
    let (_, report) = json(&desk, &[&["--select", "SCALE008"], args].concat());
    let codes = rules(&report).into_iter().filter(|rule| rule.starts_with("SUP")).map(str::to_owned).collect();
    (found(&report, "SCALE008")["suppressed"]["kind"].clone(), codes)
}

#[test]
fn b21_a_suppression_says_why_until_when_and_by_whom() {
    let comment = Value::from("comment");
    let all = "# caveat: allow[single-point-of-failure] until=2026-11-23 owner=it -- second site in spring";
    assert_eq!(suppressed(all, &[]), (comment.clone(), vec!["SUP006".to_owned()]), "the last day counts, and is announced");
    assert_eq!(suppressed(all, &["--as-of", "2026-11-24"]), (Value::Null, vec!["SUP002".to_owned()]));
    assert_eq!(suppressed("# caveat: allow[SCALE008] -- ok", &[]), (comment.clone(), Vec::new()), "codes work too");
    assert_eq!(suppressed("# caveat: allow[SCALE008] until=2027-13-01 -- ok", &[]), (Value::Null, vec!["SUP002".to_owned()]));
    assert_eq!(suppressed("# caveat: allow[SCALE008]", &[]), (Value::Null, vec!["SUP004".to_owned()]), "no reason");
    assert_eq!(suppressed("# caveat: allow[SCALE800] -- ok", &[]), (Value::Null, vec!["SUP003".to_owned()]));
    assert_eq!(suppressed("# caveat: allow[E004] -- ok", &[]), (Value::Null, vec!["SUP007".to_owned()]));
    assert_eq!(suppressed("# caveat: allow[SCALE008] -- ok", &["--no-suppressions"]), (Value::Null, Vec::new()));
    assert_eq!(suppressed("# caveat: allow[LEAK016] -- ok", &[]), (Value::Null, Vec::new()), "a rule that was not asked");
    assert_eq!(
        suppressed("# caveat: allow[LEAK016] -- ok", &["--select", "SCALE008,LEAK016"]),
        (Value::Null, vec!["SUP001".to_owned()])
    );
}

#[test]
fn b21_suppressions_on_the_line_at_the_top_and_in_waivers() {
    let kind = |text: String| {
        let (status, report) = json(&Desk::new().with("caveat.yaml", text), &["--select", "SCALE008"]);
        (status, found(&report, "SCALE008")["suppressed"]["kind"].clone())
    };
    let beside = SMALL.replace("fallback: []}", "fallback: []}  # caveat: allow[SCALE008] -- ok");
    assert_eq!(kind(beside), (0, Value::from("comment")));
    assert_eq!(kind(format!("# caveat: allow-file[SCALE008] -- ok\n{SMALL}")), (0, Value::from("file-comment")));
    assert_eq!(
        kind(small("waivers: [{rule: SCALE008, reason: ok, owner: it, expires: 2026-11-23}]\n")),
        (0, Value::from("waiver"))
    );
    assert_eq!(
        kind(small("waivers: [{rule: SCALE008, scope: box, reason: ok, owner: it, expires: 2027-01-01}]\n")),
        (0, Value::from("waiver"))
    );
    assert_eq!(
        kind(small("waivers: [{rule: SCALE008, scope: other, reason: ok, owner: it, expires: 2027-01-01}]\n")).1,
        Value::Null
    );
    assert_eq!(kind(small("waivers: [{rule: SCALE008, reason: ok, owner: it, expires: 2026-11-22}]\n")).1, Value::Null);
    // In the wrong place: it says where the finding is, and can be moved there.
    let desk = Desk::new().with("caveat.yaml", SMALL.replace("\nmodels:", "\n# caveat: allow[SCALE008] -- ok\nmodels:"));
    let (_, report) = json(&desk, &["--select", "SCALE008"]);
    assert_eq!(found(&report, "SUP005")["labels"][1]["span"]["start"]["line"], 6, "{:?}", rules(&report));
    desk.run(&["check", "--unsafe-fixes", "--select", "SCALE008", DAY[0], DAY[1]]);
    assert_eq!(found(&json(&desk, &["--select", "SCALE008"]).1, "SCALE008")["suppressed"]["kind"], "comment");
}

#[test]
fn b21_a_configuration_sets_terms() {
    let run = |config: &str, comment: &str| {
        let desk = Desk::new()
            .with("caveat.yaml", SMALL.replace("  - {id: box", &format!("  {comment}\n  - {{id: box")))
            .with(".caveat.yaml", config);
        let (_, report) = json(&desk, &["--select", "SCALE008"]);
        (
            found(&report, "SCALE008")["suppressed"].is_object(),
            rules(&report).into_iter().find(|rule| rule.starts_with("SUP")).map(str::to_owned),
        )
    };
    let plain = "# caveat: allow[SCALE008] until=2027-01-01 owner=it -- ok";
    assert_eq!(run("unsuppressible: [scalability]\n", plain), (false, Some("SUP007".into())));
    assert_eq!(run("suppressions: {require: [ticket]}\n", plain), (false, Some("SUP004".into())));
    assert_eq!(run("suppressions: {require: [owner, until]}\n", plain), (true, None));
    assert_eq!(run("suppressions: {longest: P10D}\n", plain), (false, Some("SUP004".into())));
    assert_eq!(run("suppressions: {warn: P60D}\n", plain), (true, Some("SUP006".into())));
}

#[test]
fn b22_a_baseline_shrinks_fails_on_growth_and_marks() {
    let desk = Desk::new()
        .with("caveat.yaml", SMALL)
        .with(".caveat.yaml", "baseline: base.json\nselect: [SCALE008, SCALE005, GOV001]\n");
    assert_eq!(code(&desk.run(&["baseline", "write", DAY[0], DAY[1]])), 0);
    let (status, report) = json(&desk, &[]);
    assert_eq!((status, &found(&report, "SCALE008")["baseline"]), (0, &Value::from("unchanged")));
    assert_eq!(found(&report, "SCALE008")["suppressed"]["kind"], "baseline");
    let text = fs::read_to_string(desk.0.path().join("base.json")).expect("a baseline");
    let entries = text.matches("fingerprint").count();
    // Worse than it was: it counts again.
    let worse = desk.with("base.json", text.replace("\"severity\":\"high\"", "\"severity\":\"low\""));
    let (status, report) = json(&worse, &[]);
    assert_eq!((status, &found(&report, "SCALE008")["baseline"]), (1, &Value::from("updated")));
    // Gone: frozen, it fails; else the file becomes shorter by itself, and what comes back is new.
    let gone = worse.with("base.json", &text).with("caveat.yaml", SMALL.replace("min: 1", "min: 3"));
    let (status, report) = json(&gone, &["--frozen-baseline"]);
    assert_eq!((status, &report["stale"][0]["rule"]), (1, &Value::from("SCALE008")));
    assert_eq!(fs::read_to_string(gone.0.path().join("base.json")).expect("a baseline"), text);
    assert_eq!(json(&gone, &[]).0, 0);
    let shorter = fs::read_to_string(gone.0.path().join("base.json")).expect("a baseline");
    assert_eq!(shorter.matches("fingerprint").count(), entries - 1);
    let back = gone.with("caveat.yaml", SMALL);
    let (status, report) = json(&back, &[]);
    assert_eq!((status, &found(&report, "SCALE008")["baseline"]), (1, &Value::from("new")));
    // `update` only takes out.
    assert_eq!(code(&back.run(&["baseline", "update", DAY[0], DAY[1]])), 0);
    assert_eq!(fs::read_to_string(back.0.path().join("base.json")).expect("a baseline"), shorter);
    assert!(out(&back.run(&["baseline", "show", DAY[0], DAY[1]])).contains("left for later"));
}

#[test]
fn b22_a_baseline_never_holds_mistakes() {
    let desk = Desk::new()
        .with("caveat.yaml", SMALL.replace("models: [m8]", "models: [m9]"))
        .with(".caveat.yaml", "baseline: base.json\n");
    assert_eq!(code(&desk.run(&["baseline", "write", DAY[0], DAY[1]])), 1);
    assert!(!fs::read_to_string(desk.0.path().join("base.json")).expect("a baseline").contains("\"E0"));
    assert_eq!(json(&desk, &[]).0, 1);
    let text = fs::read_to_string(desk.0.path().join("base.json")).expect("a baseline").replacen(
        "\"rule\":\"",
        "\"rule\":\"E001\",\"x-was\":\"",
        1,
    );
    let broken = desk.with("base.json", text);
    let output = broken.run(&["check", DAY[0], DAY[1]]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("base.json:4:") && err(&output).contains("cannot be left for later"), "{}", err(&output));
    let none = Desk::new().with("caveat.yaml", SMALL).with(".caveat.yaml", "baseline: base.json\n");
    assert!(err(&none.run(&["check"])).contains("`caveat baseline write` makes it"));
}

#[test]
fn b23_sarif_is_stable_and_complete() {
    let desk = Desk::new().with("a b/caveat.yaml", SMALL).with("broken/caveat.yaml", "a: [\n");
    let run = || desk.run(&["check", DAY[0], DAY[1], "--format", "sarif"]).stdout;
    let (first, second) = (run(), run());
    assert!(first == second);
    let log: Value = serde_json::from_slice(&first).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert!(results.iter().all(|result| result["partialFingerprints"]["caveat/v1"].is_string()));
    let uri =
        &results.iter().find(|result| result["ruleId"] == "SCALE008").expect("a result")["locations"][0]["physicalLocation"];
    assert_eq!(uri["artifactLocation"]["uri"], "a%20b/caveat.yaml");
    assert_eq!(uri["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    assert!(notes.iter().any(|note| note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "broken/caveat.yaml"));
    let rule = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .find(|rule| rule["id"] == "SCALE008")
        .expect("a rule");
    assert!(rule["help"]["markdown"].as_str().is_some_and(|page| page.contains("## Options")));
}

#[test]
fn b24_everything_can_be_explained() {
    let desk = Desk::new().with(".caveat.yaml", "options: {no-load-test: {users: 100}}\n");
    for word in ["SCALE005", "no-load-test", "E008", "SUP002", "llama3.1"] {
        assert_eq!(code(&desk.run(&["explain", word])), 0, "{word}");
    }
    assert!(out(&desk.run(&["explain", "no-load-test"])).contains("`users`"));
    let shown = out(&desk.run(&["config", "show", "caveat.yaml"]));
    assert!(shown.contains("no-load-test.users: 100 at .caveat.yaml:1:26"), "{shown}");
    let shown: Value = serde_json::from_slice(&desk.run(&["config", "show", "--fail-on", "low"]).stdout).unwrap_or(Value::Null);
    assert_eq!(shown, Value::Null, "what is not a setting of the command is refused");
    let shown: Value =
        serde_json::from_slice(&desk.run(&["config", "show", "--format", "json", "--ignore", "HAL001"]).stdout).expect("JSON");
    let off = shown["rules"].as_array().expect("rules").iter().find(|rule| rule["code"] == "HAL001").expect("a rule");
    assert_eq!((&off["on"], &off["by"]["from"]), (&Value::from(false), &Value::from("command line")));
}

#[test]
fn b25_rules_are_code() {
    let template = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/template.txt"))
        .expect("a rule")
        .replace("rule-name", "own-rule");
    let desk = Desk::new()
        .with("rules/ORG001-own-rule.yaml", &template)
        .with("caveat.yaml", SMALL)
        .with(".caveat.yaml", "rules: rules\n");
    assert_eq!(code(&desk.run(&["rules", "check", "rules"])), 0);
    assert_eq!(code(&desk.run(&["rules", "test", "rules"])), 0);
    assert_eq!(code(&desk.run(&["rules", "test", "rules", "--select", "HAL001"])), 3, "nothing was tested");
    let (_, report) = json(&desk, &[]);
    assert!(report["outcomes"].as_array().expect("a list").iter().any(|outcome| outcome["rule"] == "ORG001"));
    let broken = desk
        .with("rules/ORG001-own-rule.yaml", template.replace("type: ", "typ: ").replace("when: ", "when: nosuch.field == 1 && "));
    let output = broken.run(&["check"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("rules/ORG001-own-rule.yaml:"), "{}", err(&output));
}

#[test]
fn the_table_of_behaviours_names_tests_that_are_there() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/behaviour.md")).expect("the page");
    let tests = concat!(
        include_str!("behaviour.rs"),
        include_str!("config.rs"),
        include_str!("cli.rs"),
        include_str!("fleet.rs"),
        include_str!("properties.rs"),
        include_str!("fixtures.rs")
    );
    for number in 1..=25 {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {number} |")))
            .unwrap_or_else(|| panic!("behaviour {number} is not in the table"));
        let named: Vec<&str> =
            row.split('`').filter(|word| word.contains('_') && tests.contains(&format!("fn {word}("))).collect();
        assert!(!named.is_empty(), "behaviour {number} names no test: {row}");
        for word in row.split('`').filter(|word| word.starts_with('b') && word.as_bytes().get(3) == Some(&b'_')) {
            assert!(tests.contains(&format!("fn {word}(")), "there is no test {word}");
        }
    }
}
