//! Texts that try to be something else where they are shown: on a terminal, in a log of a pipeline, in a browser, in a
//! spreadsheet, in a renderer of Markdown or of graphs. Every command that prints names, in every format. And files that
//! try to make caveat read or write elsewhere.

mod common;

use common::{DAY, Desk, code, err, out};

const MANIFEST: &str = r#"
system: {id: "x<script>alert(1)</script>", name: "\u001b]0;owned\u0007\u202egnp\u2028\U000e0041", stakes: critical, lifecycle: production, tasks: [question_answering], audiences: [public], effects: [legal], decision_role: sole}
organization: {name: "::error::o\r\n::set-output name=a::b", kind: sme, regions: [DE]}
models:
  - {id: "m | a,b:c%0A::error::@team", license: llama3.1, access: open_weights, format: pickle, source: "::warning::</script><img src=x onerror=alert(1)>"}
  - {id: "]]> & \"quoted\" 'too' `code` [link](http://example.com)", license: cc-by-nc-4.0}
datasets:
  - {id: "data\u001b[31m\u202egnp", role: prompts, categories: [user.name], classification: restricted, entitlement_unit: own_records, entitled: []}
actors:
  - {id: "::set-output name=x::y", kind: public, authenticated: false}
flows:
  - {from: "data\u001b[31m\u202egnp", to: "m | a,b:c%0A::error::@team", purpose: training, transport: plain}
  - {from: "m | a,b:c%0A::error::@team", to: "::set-output name=x::y", purpose: inference, transport: plain}
hosting:
  - {id: "=cmd()|", models: ["m | a,b:c%0A::error::@team", "]]> & \"quoted\" 'too' `code` [link](http://example.com)"], mode: self_managed, accelerator: "=HYPERLINK(\"http://x\")", replicas: {min: 1, max: 1}, fallback: []}
workload: {availability_target: 99.9}
budget: {currency: EUR, months: 12, lines: [{kind: inference_compute, monthly: 900, note: "=1+1"}]}
waivers:
  - {rule: SCALE008, reason: "a | b\n::error::c <b>", owner: "@team", expires: 2099-01-01}
  - {rule: "=no-such-rule\n::error::d", reason: "=r", owner: "=o", expires: 2099-01-01}
"::error::key\n\u001b[31m": 1
"#;

/// As a manifest with ids that a reader accepts, so that rules, facts and drawings meet the other texts.
fn tame() -> String {
    let ids = [
        ("x<script>alert(1)</script>", "x"),
        ("m | a,b:c%0A::error::@team", "::error::@team"),
        ("]]> & \\\"quoted\\\" 'too' `code` [link](http://example.com)", "::b"),
        ("data\\u001b[31m\\u202egnp", "::warning::data"),
        ("::set-output name=x::y", "::stop-commands::y"),
        ("=cmd()|", "::debug::h"),
    ];
    ids.iter().fold(MANIFEST.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn desk() -> Desk {
    Desk::new()
        .with("caveat.yaml", MANIFEST)
        .with("tame.caveat.yaml", tame())
        .with(
            "compose.yaml",
            "services:\n  \"::error::s\\e[31m\": {image: \"vllm/vllm-openai:v1\", command: [--model, \"<script>/::error::\"]}\n",
        )
        .with(".caveat.yaml", "severity: {LEAK001: high}\n")
}

/// What may go to a terminal: lines and tabs, and nothing that moves, colours, turns or hides.
fn plain(what: &str, text: &str) {
    let odd = |c: &char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(*c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(*c, '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
    };
    let found: Vec<&str> = text.lines().filter(|line| line.chars().any(|c| odd(&c))).collect();
    assert!(found.is_empty(), "{what}: {found:?}");
}

/// What a runner of GitHub takes for a command: a line that begins with `::`, white space aside.
fn commands(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.trim_start().starts_with("::")).collect()
}

fn quiet(what: &str, text: &str) {
    plain(what, text);
    assert!(commands(text).is_empty(), "{what}: {:?}", commands(text));
}

const FILES: [&str; 2] = ["caveat.yaml", "tame.caveat.yaml"];

fn run(desk: &Desk, args: &[&str]) -> String {
    let output = desk.run(args);
    let complaint = err(&output);
    assert!(!complaint.contains("panicked") && !complaint.contains("unexpected argument"), "{args:?}: {complaint}");
    quiet(&format!("{args:?}, standard error"), &complaint);
    out(&output)
}

#[test]
fn texts_for_people_neither_move_the_cursor_nor_command_a_runner() {
    let desk = desk();
    for file in FILES {
        for args in [
            &["check", file, "--format", "text", "--each-unknown"][..],
            &["check", file, "--format", "compact"],
            &["check", file, "--format", "markdown"],
            &["check", file, "--diff", "--unsafe-fixes"],
            &["verify", file, "compose.yaml"],
            &["facts", file],
            &["facts", file, "--format", "mermaid"],
            &["facts", file, "--format", "dot"],
            &["estimate", file],
            &["estimate", file, "--format", "markdown"],
            &["compare", file],
            &["compare", file, "--format", "markdown"],
            &["frameworks", "owasp_llm_2025", "--manifest", file],
            &["suppressions", file],
            &["diff", file, "tame.caveat.yaml"],
            &["explain", "::error::\u{1b}[31mx"],
            &["config", "show", file],
            &["init", "--from", "compose.yaml"],
        ] {
            quiet(&format!("{args:?}"), &run(&desk, args));
        }
    }
}

#[test]
fn annotations_are_ours_alone() {
    let desk = desk();
    for file in FILES {
        let text = run(&desk, &["check", file, "--format", "github"]);
        plain(file, &text);
        for line in text.lines() {
            let ours = ["::error ", "::warning ", "::notice "].iter().any(|begin| line.starts_with(begin));
            assert!(ours, "{line}");
        }
    }
}

#[test]
fn documents_for_programs_are_whole_and_escaped() {
    let desk = desk();
    for file in FILES {
        for args in [
            &["check", file, "--format", "json"][..],
            &["check", file, "--format", "sarif"],
            &["check", file, "--format", "gitlab"],
            &["facts", file, "--format", "json"],
            &["estimate", file, "--format", "json"],
            &["report", file, "--format", "intoto"],
        ] {
            let text = run(&desk, args);
            assert!(!text.chars().any(|c| c.is_ascii_control() && c != '\n'), "{args:?}");
            if !text.is_empty() {
                serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|error| panic!("{args:?}: {error}"));
            }
        }
        for line in run(&desk, &["check", file, "--format", "jsonl"]).lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("one object a line");
        }
    }
}

#[test]
fn markup_stays_text() {
    let desk = desk();
    for file in FILES {
        let junit = run(&desk, &["check", file, "--format", "junit"]);
        roxmltree::Document::parse(&junit).expect("XML");
        plain("junit", &junit);
        let drawing = run(&desk, &["facts", file, "--format", "svg"]);
        if !drawing.is_empty() {
            let document = roxmltree::Document::parse(&drawing).expect("XML");
            let acts = |node: roxmltree::Node<'_, '_>| {
                node.has_tag_name("script") || node.attributes().any(|attribute| attribute.name().starts_with("on"))
            };
            assert!(!document.descendants().any(acts));
        }
        let page = run(&desk, &["report", file, "--format", "html"]);
        plain("html", &page);
        let page = page.to_lowercase();
        for harm in ["<script>alert", "<img src=x", "onerror=alert(1)>", "</script><img"] {
            assert!(!page.contains(harm), "{file}: {harm}");
        }
        for args in [&["report", file, "--format", "markdown"][..], &["check", file, "--format", "markdown"]] {
            let text = outside_of_code(&run(&desk, args));
            for harm in ["<script", "<img", "](http://example.com)"] {
                assert!(!text.contains(harm), "{args:?}: {harm} in\n{text}");
            }
        }
    }
}

/// Markdown without its fenced blocks and code spans, in which nothing is markup.
fn outside_of_code(text: &str) -> String {
    let mut fence: Option<usize> = None;
    let mut left = String::new();
    for line in text.lines() {
        let ticks = line.trim_start().chars().take_while(|c| *c == '`').count();
        match fence {
            Some(open) if ticks >= open && line.trim().len() == ticks => fence = None,
            Some(_) => {}
            None if ticks >= 3 => fence = Some(ticks),
            None => {
                let mut rest = line;
                while let Some(at) = rest.find('`') {
                    left.push_str(&rest[..at]);
                    let run = rest[at..].chars().take_while(|c| *c == '`').count();
                    let inside = &rest[at + run..];
                    let mark = "`".repeat(run);
                    rest = inside.find(&mark).map_or(inside, |end| &inside[end + run..]);
                }
                left.push_str(rest);
                left.push('\n');
            }
        }
    }
    left
}

#[test]
fn cells_of_tables_are_no_formulas() {
    let desk = desk();
    for file in FILES {
        let text = run(&desk, &["frameworks", "owasp_llm_2025", "--manifest", file, "--format", "csv"]);
        let mut cells = 0;
        for row in csv::Reader::from_reader(text.as_bytes()).records() {
            for cell in &row.expect("a row") {
                cells += 1;
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            }
        }
        assert!(cells > 10, "{cells}");
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_are_texts_too() {
    let desk = Desk::new().with("a\n::error::b\u{1b}[31m.caveat.yaml", MANIFEST);
    for format in ["text", "compact", "markdown"] {
        quiet(format, &run(&desk, &["check", ".", "--format", format]));
    }
    let text = run(&desk, &["check", ".", "--format", "github"]);
    assert!(
        text.lines().all(|line| ["::error ", "::warning ", "::notice "].iter().any(|begin| line.starts_with(begin))),
        "{text}"
    );
    let missing = desk.run(&["check", "no\n::error::such\u{1b}[31m.yaml"]);
    assert_eq!(code(&missing), 2);
    quiet("a file that is not there", &err(&missing));
}

/// Evidence lies in the repository of its manifest. What lies outside is not read, so nothing of it can be shown.
#[test]
fn evidence_outside_of_the_repository_is_not_read() {
    let desk = Desk::new()
        .with("secret.yaml", "services: {s: {image: \"vllm/vllm-openai:hunter2\"}}\n")
        .with("repository/.git/HEAD", "ref: refs/heads/main\n");
    let mut pointers = vec!["../secret.yaml#services"];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret.yaml", desk.0.path().join("repository/inner.yaml")).expect("a link");
        pointers.push("inner.yaml#services");
    }
    for pointer in pointers {
        let manifest = desk.0.path().join("repository/caveat.yaml");
        std::fs::write(manifest, format!("system: {{id: s}}\nmodels: [{{id: m, evidence: \"{pointer}\"}}]\n")).expect("written");
        for command in ["check", "verify"] {
            let output = desk.run(&[command, "repository/caveat.yaml"]);
            assert!(
                out(&output).contains("E016") || err(&output).contains("nothing was compared"),
                "{pointer}: {}",
                out(&output)
            );
            assert!(!out(&output).contains("hunter2") && !err(&output).contains("hunter2"), "{pointer}");
        }
    }
}

/// Whatever a configuration names, it is read at most.
#[test]
fn a_configuration_reads_and_never_writes() {
    let desk = Desk::new().with("outside.yaml", "not: [a, rule\n").with("repository/caveat.yaml", "system: {id: s}\n");
    for key in ["extends", "rules", "tables", "baseline"] {
        let desk_file = desk.0.path().join("repository/.caveat.yaml");
        std::fs::write(desk_file, format!("{key}: ../outside.yaml\n")).expect("written");
        let output = desk.run(&["check", "repository/caveat.yaml"]);
        assert_eq!(code(&output), 2, "{key}: {}{}", out(&output), err(&output));
        let left = std::fs::read_to_string(desk.0.path().join("outside.yaml")).expect("still there");
        assert_eq!(left, "not: [a, rule\n", "{key}");
    }
}

/// A link in the place of an output is replaced; what it points to stays as it is.
#[cfg(unix)]
#[test]
fn an_output_does_not_follow_a_link() {
    let desk = Desk::new().with("caveat.yaml", "system: {id: s}\n").with("precious", "keep\n");
    let link = desk.0.path().join("report.json");
    std::os::unix::fs::symlink("precious", &link).expect("a link");
    desk.run(&["check", "caveat.yaml", "--output", "json=report.json"]);
    assert_eq!(std::fs::read_to_string(desk.0.path().join("precious")).expect("there"), "keep\n");
    assert!(!link.symlink_metadata().expect("there").file_type().is_symlink());
    assert!(std::fs::read_to_string(link).expect("a report").starts_with('{'));
}

/// A manifest that is a link is mended where it lies, and stays a link.
#[cfg(unix)]
#[test]
fn a_fix_goes_through_the_link_of_its_manifest() {
    let desk = Desk::new().with("real/caveat.yaml", "system: {id: s}\n");
    let link = desk.0.path().join("caveat.yaml");
    std::os::unix::fs::symlink("real/caveat.yaml", &link).expect("a link");
    let mut args = vec!["check", "caveat.yaml", "--fix", "--unsafe-fixes"];
    args.extend(DAY);
    desk.run(&args);
    assert!(link.symlink_metadata().expect("there").file_type().is_symlink());
    let text = std::fs::read_to_string(desk.0.path().join("real/caveat.yaml")).expect("there");
    assert!(text.len() > "system: {id: s}\n".len(), "{text}");
}
