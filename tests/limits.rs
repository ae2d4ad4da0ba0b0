//! Every limit can be set, and one that is exceeded ends the run with status 2 and says so.

mod common;

use caveat::policy::limit::Limit;
use caveat::syntax::Limits;
use common::{Desk, code, err, fixture, out};

fn with(limits: &str, manifest: &str) -> (i32, String) {
    let desk = Desk::new().with(".caveat.yaml", format!("limits: {limits}\n")).with("caveat.yaml", manifest);
    let output = desk.run(&["check", "--as-of", "2026-11-23", "--format", "compact"]);
    (code(&output), out(&output) + &err(&output))
}

#[test]
fn what_exceeds_a_limit_is_an_error_and_ends_with_status_2() {
    let manifest = fixture("tax-assistant.yaml");
    assert_eq!(with("{}", &manifest).0, 1, "nothing is exceeded");
    for (limits, said) in [
        ("{file_size: 1000}", "bytes"),
        ("{depth: 2}", "more than 2 nested collections"),
        ("{nodes: 100}", "more than 100 nodes"),
        ("{visits: 100}", "more than 100 values"),
        ("{findings: 10}", "more than 10 findings"),
        ("{steps: 1000}", "more than 1000 steps"),
        ("{ways: 3}", "more than 3 ways to follow"),
    ] {
        let (status, text) = with(limits, &manifest);
        assert_eq!(status, 2, "{limits}: {text}");
        assert!(text.contains(said), "{limits}: {text}");
    }
}

/// A report has a chapter for each manifest, and 2.6 MB of text may hold 100,000.
#[test]
fn the_manifests_of_a_file_are_counted() {
    let three = format!("{0}---\n{0}---\n{0}", fixture("tax-assistant.yaml"));
    assert_eq!(with("{documents: 3}", &three).0, 1, "nothing is exceeded");
    let (status, text) = with("{documents: 2}", &three);
    assert_eq!(status, 2, "{text}");
    // The first line of the third that is no comment.
    let before = three.rfind("---\n").map_or(0, |at| three[..at].lines().count() + 1);
    let line = before + 1 + three.lines().skip(before).take_while(|line| line.starts_with('#') || line.is_empty()).count();
    assert!(text.contains(&format!("caveat.yaml:{line}:1: error E012 limit-exceeded: more than 2 manifests")), "{text}");
    assert!(!text.contains("HAL"), "a part of a verdict is none: {text}");
    let desk = Desk::new().with(".caveat.yaml", "limits: {documents: 2}\n").with("caveat.yaml", &three);
    for command in ["facts", "report"] {
        assert_eq!(code(&desk.run(&[command, "--as-of", "2026-11-23"])), 2, "{command}");
    }
}

#[test]
fn mistakes_are_findings_and_counted() {
    let keys = (0..50).map(|at| format!("k{at}: 1\n")).collect::<Vec<_>>().concat();
    let twice: String = (0..50).map(|_| "a: 1\n").collect();
    for manifest in
        [format!("system: {{id: s}}\n{keys}"), format!("system: {{id: s}}\nx-twice:\n  {}", twice.replace('\n', "\n  "))]
    {
        let (status, text) = with("{findings: 10}", &manifest);
        assert_eq!(status, 2, "{text}");
        assert!(text.contains("more than 10 mistakes"), "{text}");
        assert!(text.lines().count() < 20, "{text}");
    }
}

#[test]
fn the_findings_of_a_file_are_counted_over_its_documents() {
    let document = "system: {id: s, a1: 1, a2: 1, a3: 1, a4: 1, a5: 1, a6: 1}\n";
    let text = vec![document; 40].join("---\n");
    let desk = Desk::new().with("caveat.yaml", text).with(".caveat.yaml", "limits: {findings: 20}\n");
    let output = desk.run(&["check", "--format", "json"]);
    assert_eq!(code(&output), 2);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|finding| finding["rule"] == "E012"));
    assert!(findings.len() <= 40, "{}", findings.len());
}

const RULE: &str = r#"code: ORG001
name: unapproved-source
family: governance
severity: low
summary: A source that nobody approved.
help: Use another.
for: m in models
when: m.source.matches("PATTERN")
message: "`{m.id}` comes from a source that nobody approved"
labels:
  - at: m.source
    text: here
about: [m.id]
why: A test.
wrong_when: Never.
examples:
  - fails: |
      models: [{id: m, source: xxxxxxxx}]
"#;

/// A regular expression of a few bytes can need gigabytes.
#[test]
fn the_size_of_a_regular_expression_is_a_limit() {
    let run = |pattern: &str, limits: &str| {
        let desk = Desk::new()
            .with("caveat.yaml", "system: {id: s}\nmodels: [{id: m, source: xxxxxxxx}]\n")
            .with(".caveat.yaml", format!("rules: rule.yaml\nlimits: {limits}\n"))
            .with("rule.yaml", RULE.replace("PATTERN", pattern));
        let output = desk.run(&["check", "--as-of", "2026-11-23", "--format", "compact", "--select", "ORG001"]);
        (code(&output), out(&output) + &err(&output))
    };
    let (status, text) = run("(x{1000}){1000}", "{}");
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("needs more than 1048576 bytes"), "{text}");
    assert!(text.contains("limits.pattern_size") && text.contains("rule.yaml:8:"), "{text}");

    // One that is within the default and matches is beyond a smaller limit, and one beyond the default within a larger.
    let within = "^(x{2}){4}$";
    let (status, text) = run(within, "{}");
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("ORG001"), "{text}");
    assert_eq!(run(within, "{pattern_size: 100}").0, 2);
    let beyond = "^(x{0,100}){0,1000}$";
    assert_eq!(run(beyond, "{}").0, 2);
    let (status, text) = run(beyond, "{pattern_size: 64Mi}");
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("ORG001"), "a pattern that is allowed is also asked: {text}");
}

/// What names the limits names all of them, with the values that hold.
#[test]
fn every_limit_is_documented() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let (configuration, robustness, page) =
        (read("docs/configuration.md"), read("docs/robustness.md"), read("docs/rules/E012.md"));
    let shown = out(&Desk::new().with("caveat.yaml", "").run(&["config", "show", "caveat.yaml"]));
    let schema = out(&Desk::new().run(&["schema", "config"]));
    let mut limits = Limits::default();
    for limit in Limit::ALL {
        let (key, value) = (limit.as_str(), *limit.of(&mut limits));
        let written = if limit.is_size() { format!("{}Mi", value >> 20) } else { value.to_string() };
        assert!(configuration.contains(&format!("{key}: {written}")), "docs/configuration.md: {key}: {written}");
        let row = robustness.lines().find(|line| line.contains(&format!("| `{key}` |"))).expect(key);
        let told = if limit.is_size() { format!("| {} Mi |", value >> 20) } else { format!("| {} |", thousands(value)) };
        assert!(row.contains(&told), "docs/robustness.md: {row} should say {told}");
        assert!(page.contains(&format!("`{key}`")), "docs/rules/E012.md: {key}");
        assert!(schema.contains(limit.meaning()) && schema.contains(&format!("\"{key}\"")), "the schema: {key}");
        assert!(shown.contains(limit.key()) && shown.contains(&value.to_string()), "caveat config show: {key}\n{shown}");
    }
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

/// Devices that never end and files that are too large are refused wherever a file is named.
#[cfg(unix)]
#[test]
fn no_file_is_read_beyond_the_limit() {
    let desk = Desk::new().with("caveat.yaml", "system: {id: s}\n");
    for args in [
        &["check", "caveat.yaml", "--rules", "/dev/zero"][..],
        &["check", "caveat.yaml", "--tables", "/dev/zero"],
        &["check", "caveat.yaml", "--config", "/dev/zero"],
        &["check", "caveat.yaml", "--baseline", "/dev/zero"],
        &["check", "/dev/zero"],
        &["facts", "/dev/zero"],
        &["estimate", "/dev/zero"],
        &["verify", "caveat.yaml", "/dev/zero"],
        &["init", "--from", "/dev/zero"],
        &["diff", "caveat.yaml", "/dev/zero"],
    ] {
        let output = desk.run(args);
        assert_ne!(code(&output), 0, "{args:?}: {}", out(&output));
    }
}

/// JSON is often one line. An excerpt shows the part that matters; before, a column beyond 65535 was more than the drawing
/// could indent, and every finding repeated the whole line.
#[test]
fn a_manifest_on_one_line_is_shown_in_pieces() {
    let pad = "y".repeat(70_000);
    let manifest = format!(r#"{{"x-pad": "é{pad}", "system": {{"id": "s", "surprise": 1, "name": "{pad}", "stakes": "hihg"}}}}"#);
    let desk = Desk::new().with("caveat.yaml", &manifest);
    let output = desk.run(&["check", "--as-of", "2026-11-23"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let text = out(&output);
    // Places are counted in characters, from 1.
    let column = |what: &str| manifest.chars().count() - manifest[manifest.find(what).expect("there")..].chars().count() + 1;
    assert!(text.contains(&format!("caveat.yaml:1:{}", column("\"surprise\"") + 1)), "{text}");
    assert!(text.contains(&format!("caveat.yaml:1:{}", column("\"hihg\"") + 1)), "{text}");
    assert!(text.contains(r#""id": "s", "surprise": 1, "name": "yyy"#), "{text}");
    let longest = text.lines().map(|line| line.chars().count()).max().expect("a line");
    assert!(longest < 1000, "{longest}");
}

/// Twenty bytes for each model, and the square of their number in pairs with licences and ways: 12 kB were 2 GB of facts.
#[test]
fn a_chain_of_models_is_bounded() {
    let chain = |models: usize| {
        let model = |at: usize| format!("  - {{id: m{at}, license: llama3.1, base: m{}}}\n", at + 1);
        let models: String = (0..models).map(model).collect();
        format!("system: {{id: s}}\nmodels:\n{models}  - {{id: m{}}}\n", models.lines().count())
    };
    assert_eq!(with("{}", &chain(10)).0, 1);
    let desk = Desk::new().with("caveat.yaml", chain(2000));
    for args in [&["check"][..], &["facts"], &["report"], &["diff", "caveat.yaml", "caveat.yaml"]] {
        let output = desk.run(args);
        assert_eq!(code(&output), 2, "{args:?}: {}", err(&output));
    }
    let (_, text) = with("{}", &chain(2000));
    assert!(text.contains("E012") && text.contains("more than 100000 ways"), "{text}");
}

/// An id is in every finding about it.
#[test]
fn the_length_of_an_id_is_bounded() {
    for (length, accepted) in [(200, true), (201, false), (1 << 20, false)] {
        let id = "é".repeat(length);
        let (_, text) = with("{}", &format!("system: {{id: s}}\nmodels: [{{id: {id}}}]\nhosting: [{{id: h, models: [{id}]}}]\n"));
        assert_eq!(!text.contains("is longer than an id may be"), accepted, "{length}");
    }
}

#[test]
fn what_is_wrong_with_suppressions_counts_as_findings() {
    let manifest = format!("system: {{id: s}}\n{}", "# caveat: allow[no-such-rule] -- x\n".repeat(500));
    let (status, text) = with("{findings: 400}", &manifest);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("more than 400 findings in one file, with those about its suppressions"), "{text}");
    assert!(text.lines().count() < 450);
}

/// One manifest of one folder is under the same limits whichever command reads it.
#[test]
fn every_command_that_reads_a_manifest_is_under_its_limits() {
    let desk = Desk::new().with("caveat.yaml", fixture("tax-assistant.yaml")).with("open.yaml", "{}\n");
    let commands: [&[&str]; 9] = [
        &["check"],
        &["suppressions"],
        &["facts"],
        &["estimate"],
        &["compare"],
        &["report"],
        &["diff", "caveat.yaml", "caveat.yaml"],
        &["frameworks", "--manifest", "caveat.yaml"],
        &["baseline", "write", "--baseline", "left.json"],
    ];
    let run = |command: &[&str], more: &[&str]| {
        let output = desk.run(&[command, more, &["--as-of", "2026-11-23"]].concat());
        (code(&output), out(&output) + &err(&output))
    };
    for (limits, said) in [
        ("limits: {file_size: 1000}", "bytes"),
        ("limits: {depth: 2}", "more than 2 nested collections"),
        ("limits: {nodes: 100}", "more than 100 nodes"),
        ("limits: {visits: 100}", "more than 100 values"),
        ("limits: {ways: 3}", "more than 3 ways to follow"),
        ("overrides: [{files: [caveat.yaml], limits: {nodes: 100}}]", "more than 100 nodes"),
    ] {
        std::fs::write(desk.0.path().join(".caveat.yaml"), limits).expect("a file");
        for command in commands {
            let (status, text) = run(command, &[]);
            // What a deployment carries and costs follows no way.
            if command[0] == "estimate" && said.contains("ways") {
                assert_ne!(status, 2, "{text}");
                continue;
            }
            assert_eq!(status, 2, "{command:?} under {limits}: {text}");
            if !matches!(command[0], "report" | "frameworks") {
                assert!(text.contains(said), "{command:?} under {limits}: {text}");
            }
        }
    }
    for (command, more) in commands.iter().flat_map(|it| [(it, &["--no-config"][..]), (it, &["--config", "open.yaml"])]) {
        let (status, text) = run(command, more);
        assert_ne!(status, 2, "{command:?} {more:?}: {text}");
    }
    // An override for other files is none for this one; the command line goes before the file.
    let other = "overrides: [{files: [other.yaml], limits: {nodes: 100}}]\nlimits: {file_size: 10}\n";
    std::fs::write(desk.0.path().join(".caveat.yaml"), other).expect("a file");
    for command in commands {
        let (status, text) = run(command, &["--max-file-size", "100000"]);
        assert_ne!(status, 2, "{command:?}: {text}");
    }
}

/// A file of evidence that lies in a folder is not passed over either, where it is not read to its end.
#[test]
fn evidence_beyond_a_limit_is_not_passed_over() {
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let desk = Desk::new()
        .with("caveat.yaml", "system: {id: s}\nhosting: [{id: gpu, mode: self_managed, engine: vllm}]\n")
        .with("compose.yaml", "services: {gpu: {image: 'vllm/vllm-openai:v0.9.1'}}\n")
        .with("deploy/other.yaml", &deep);
    assert_ne!(code(&desk.run(&["verify", "."])), 2);
    let desk = desk.with(".caveat.yaml", "limits: {depth: 20}\n");
    let output = desk.run(&["verify", ".", "--format", "compact"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("deploy/other.yaml:1:22: error E012"), "{}", out(&output));
}

/// What is read once for several manifests is under the widest of their limits, whichever comes first.
#[test]
fn evidence_is_read_under_the_widest_limits() {
    let deep = format!("services: {{gpu: {{image: 'vllm/vllm-openai:v0.9.1', x-a: {}1{}}}}}\n", "[".repeat(40), "]".repeat(40));
    let manifest = "system: {id: s}\nhosting: [{id: gpu, mode: self_managed, engine: vllm}]\n";
    for narrow in ["a", "b"] {
        let desk = Desk::new()
            .with("a/caveat.yaml", manifest)
            .with("b/caveat.yaml", manifest)
            .with("a/compose.yaml", &deep)
            .with(&format!("{narrow}/.caveat.yaml"), "limits: {depth: 20}\n");
        let output = desk.run(&["verify", ".", "--format", "compact"]);
        assert_ne!(code(&output), 2, "{narrow}: {}", out(&output));
    }
}

/// A baseline grows with what it holds, so that whoever lets manifests be larger lets it be larger.
#[test]
fn a_baseline_is_read_under_the_limit_of_its_manifests() {
    let desk = Desk::new().with("caveat.yaml", fixture("tax-assistant.yaml")).with(".caveat.yaml", "baseline: b.json\n");
    assert_eq!(code(&desk.run(&["baseline", "write", "--as-of", "2026-11-23"])), 0);
    let path = desk.0.path().join("b.json");
    let padded = std::fs::read_to_string(&path).expect("a baseline") + &" ".repeat(17 << 20);
    std::fs::write(&path, padded).expect("a file");
    let output = desk.run(&["check", "--as-of", "2026-11-23"]);
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert_eq!(code(&desk.run(&["check", "--as-of", "2026-11-23", "--max-file-size", "40000000"])), 0);
    // Nor is it smaller than by default where they are: it holds what was found in many.
    assert_eq!(code(&desk.run(&["baseline", "write", "--as-of", "2026-11-23"])), 0);
    let manifest = std::fs::metadata(desk.0.path().join("caveat.yaml")).expect("a file").len();
    assert!(manifest + 100 < std::fs::metadata(&path).expect("a file").len());
    let output = desk.run(&["check", "--as-of", "2026-11-23", "--max-file-size", &(manifest + 100).to_string()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
}

/// A document that is passed over is not passed over in silence.
#[test]
fn facts_of_some_documents_are_not_those_of_all() {
    let desk = Desk::new()
        .with("caveat.yaml", format!("system: {{id: s}}\n---\n{}", fixture("tax-assistant.yaml")))
        .with(".caveat.yaml", "limits: {ways: 3}\n");
    let output = desk.run(&["facts", "--as-of", "2026-11-23", "--format", "json"]);
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("more than 3 ways to follow"), "{}", err(&output));
}

/// What `--diff` would mend of a part is not all there is to mend.
#[test]
fn what_is_not_read_to_its_end_is_not_clean() {
    let desk = Desk::new().with("caveat.yaml", fixture("tax-assistant.yaml")).with(".caveat.yaml", "limits: {nodes: 20}\n");
    let output = desk.run(&["check", "--diff", "--as-of", "2026-11-23"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(err(&output).contains("more than 20 nodes"), "{}", err(&output));
}

/// A configuration that is broken is no reason not to read a page, nor one beside a file that is no manifest.
#[test]
fn a_broken_configuration_stops_what_it_is_for() {
    let compose = "services: {web: {image: nginx}}\n";
    let desk = Desk::new()
        .with("caveat.yaml", fixture("tax-assistant-clean.yaml"))
        .with("infra/.caveat.yaml", "limtis: {}\n")
        .with("infra/compose.yaml", compose);
    let verified = |path: &str| {
        let output = desk.run(&["verify", "--manifest", "caveat.yaml", path, "--as-of", "2026-11-23"]);
        (code(&output), out(&output))
    };
    let (status, text) = verified("infra/compose.yaml");
    assert!(status < 2, "{text}");
    assert_eq!(status, verified("infra").0, "{text}");
    let desk = desk.with(".caveat.yaml", "limtis: {}\n").with("caveat.yaml", "");
    for command in [&["explain", "LEAK001"][..], &["rules", "list"], &["frameworks"]] {
        assert_eq!(code(&desk.run(command)), 0, "{command:?}");
    }
    assert_eq!(code(&desk.run(&["check"])), 2);
}

/// Rules that are asked come to an end in a comparison as in a check, and a part of an answer is none.
#[test]
fn a_comparison_is_under_the_limits_of_rules() {
    for (limits, said) in [("{steps: 1000}", "more than 1000 steps"), ("{findings: 10}", "more than 10 findings")] {
        let desk =
            Desk::new().with("caveat.yaml", fixture("tax-assistant.yaml")).with(".caveat.yaml", format!("limits: {limits}\n"));
        let output = desk.run(&["compare", "--as-of", "2026-11-23"]);
        assert_eq!(code(&output), 2, "{limits}: {}", out(&output));
        assert!(err(&output).contains(said) && out(&output).is_empty(), "{limits}: {}", err(&output));
    }
}

/// A limit may be raised as well, and standard input is where it says it is.
#[test]
fn a_larger_manifest_may_be_allowed() {
    let large = format!("# {}\n{}", "x".repeat(16 << 20), fixture("tax-assistant.yaml"));
    let desk = Desk::new().with("services/.caveat.yaml", "limits: {file_size: 32Mi}\n").with("services/caveat.yaml", &large);
    for command in [&["facts"][..], &["estimate"], &["compare"], &["diff", "services/caveat.yaml"]] {
        let output = desk.run(&[command, &["services/caveat.yaml", "--as-of", "2026-11-23"]].concat());
        assert!(code(&output) < 2, "{command:?}: {}", err(&output));
    }
    for (name, allowed) in [("services/caveat.yaml", true), ("caveat.yaml", false)] {
        let args = ["facts", "-", "--stdin-filename", name, "--as-of", "2026-11-23"];
        let output = desk.command(&args).write_stdin(large.as_bytes()).output().expect("it runs");
        assert_eq!(code(&output) < 2, allowed, "{name}: {}", err(&output));
    }
}

/// What is begun from a part of the files would look like what is begun from all of them.
#[test]
fn a_manifest_is_begun_under_the_limits_that_will_apply_to_it() {
    let compose = "services:\n  llm:\n    image: vllm/vllm-openai:v0.10.0\n    command: [--model, mistralai/Mistral-7B-v0.1]\n";
    let desk = Desk::new().with("deploy/compose.yaml", compose).with("deploy/lock.json", format!("[\"{}\"]", "x".repeat(2000)));
    let run = |more: &[&str]| {
        desk.run(&[&["init", "--from", "deploy/compose.yaml", "--output", "new/caveat.yaml", "--force"], more].concat())
    };
    std::fs::create_dir(desk.0.path().join("new")).expect("a folder");
    assert_eq!(code(&run(&[])), 0, "{}", err(&run(&[])));
    for (limits, said) in
        [("{file_size: 50}", "50 bytes"), ("{depth: 2}", "more than 2 nested"), ("{nodes: 5}", "more than 5 nodes")]
    {
        std::fs::write(desk.0.path().join("new/.caveat.yaml"), format!("limits: {limits}\n")).expect("a file");
        let output = run(&[]);
        assert_eq!(code(&output), 2, "{limits}: {}", err(&output));
        assert!(err(&output).contains(said), "{limits}: {}", err(&output));
        assert_eq!(code(&run(&["--no-config"])), 0, "{limits}");
    }
    assert_eq!(code(&run(&["--no-config", "--max-file-size", "50"])), 2);
    // What is come upon beside it may be anything: that it was not read is said, and no failure.
    let output = desk.run(&["init", "--from", "deploy", "--no-config", "--max-file-size", "1000"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("lock.json") && err(&output).contains("1000 bytes"), "{}", err(&output));
}

/// A rule that a check accepts is accepted by whatever reads rules, and the other way round.
#[test]
fn rules_are_read_under_the_limit_on_expressions() {
    // Beyond the default of 1 MiB, and within 64 MiB.
    let more = "  - passes: |\n      models: [{id: m, source: y}]\n  - unknown: |\n      models: [{id: m}]\n    missing: [\"models[0].source\"]\n";
    let rule = RULE.replace("PATTERN", "^(x{0,100}){0,1000}$") + more;
    let desk = Desk::new().with("policies/rule.yaml", rule).with("caveat.yaml", "system: {id: s}\n");
    let commands: [&[&str]; 7] = [
        &["rules", "check", "policies"],
        &["rules", "test", "policies/rule.yaml"],
        &["rules", "list", "--rules", "policies"],
        &["rules", "list", "--rules", "policies", "--format", "json"],
        &["explain", "ORG001", "--rules", "policies"],
        &["frameworks", "--rules", "policies"],
        &["check", "--exit-zero", "--rules", "policies"],
    ];
    let status = |command: &[&str]| code(&desk.run(command));
    for command in commands {
        assert_ne!(status(command), 0, "{command:?} under the default");
    }
    std::fs::write(desk.0.path().join(".caveat.yaml"), "rules: policies\nlimits: {pattern_size: 64Mi}\n").expect("a file");
    for command in commands {
        assert_eq!(status(command), 0, "{command:?} under a larger limit: {}", err(&desk.run(command)));
        assert_ne!(status(&[command, &["--no-config"]].concat()), 0, "{command:?} without it");
        assert_eq!(status(&[command, &["--config", ".caveat.yaml"]].concat()), 0, "{command:?} with it by name");
    }
    // A rule that is broken is told so, though the configuration names it.
    std::fs::write(desk.0.path().join(".caveat.yaml"), "rules: policies\nlimits: {pattern_size: 100}\n").expect("a file");
    let output = desk.run(&["rules", "check", "policies"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(out(&output).contains("needs more than 100 bytes") && out(&output).contains("1 broken"), "{}", out(&output));
}
