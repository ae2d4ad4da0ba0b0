//! Texts that try to be something else where they are shown: on a terminal, in a log of a pipeline, in a browser, in a
//! spreadsheet, in a renderer of Markdown or of graphs. Every command that prints names, in every format.

mod common;

use common::{Desk, code, err, out};

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

/// A rule that was found somewhere.
const RULE: &str = r#"code: ORG001
name: hostile
family: "::error::\u001b[31m\u202e"
severity: low
summary: "::error::\u001b[31m<script>alert(1)</script>\u202e"
for: m in models
when: m.id != "\u001b[31m"
message: "::error::\u001b[31m<img src=x onerror=alert(1)> {m.id}\u202e"
labels: [{at: m.id, text: "::error::\u001b[31m\u202e"}]
help: "::error::\u001b[31m\n::error::b\u202e"
why: "::error::\u001b[31m\n::error::b <script>alert(1)</script>\u202e"
wrong_when: "::error::\u001b[31m\u202e"
references: {}
examples:
  - fails: "models: [{id: m}]"
  - passes: "models: [{id: \"\\e[31m\"}]"
"#;

const K8S: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: {name: "::error::\u001b[31m\u202e\n::error::n"}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - {name: vllm, image: "vllm/vllm-openai:::error::\u001b[31m", args: [--model, "::error::\u202e<script>\n::error::m"]}
"#;

const CARD: &str = "---\nlicense: \"::error::\\e[31m\"\nbase_model: \"<script>\\n::error::b\\u202e\"\n---\n::error::text\n";

fn desk() -> Desk {
    Desk::new()
        .with("caveat.yaml", MANIFEST)
        .with("tame.caveat.yaml", tame())
        .with(
            "compose.yaml",
            "services:\n  \"::error::s\\e[31m\": {image: \"vllm/vllm-openai:v1\", command: [--model, \"<script>/::error::\"]}\n",
        )
        .with(".caveat.yaml", "severity: {LEAK001: high}\n")
        .with("empty.yaml", "system: {id: \"::error::s\"}\n")
        .with("k8s.yaml", K8S)
        .with(".env", "VLLM_MODEL=\"::error::\u{1b}[31m\u{202e}<script>\"\n::error::x=1\n")
        .with("README.md", CARD)
        .with("config.json", r#"{"model_type": "::error::\u001b[31m\u202e", "architectures": ["<script>\n::error::"]}"#)
        .with("rule.yaml", RULE)
        .with("broken.yaml", "\"::error::\\e[31m\u{202e}\": [\n::error::x\u{202e}\n")
        .with("named.yaml", "rules: [\"::error::\\e[31m\u{202e}.yaml\"]\nexclude: [\"::error::\\e[31m\"]\n")
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
            &["frameworks", "--manifest", file],
            &["frameworks", "--manifest", file, "--format", "markdown"],
            &["frameworks", "owasp_llm_2025", "--manifest", file, "--format", "csv"],
            &["verify", file, "compose.yaml", "--format", "markdown"],
            &["report", file, "--evidence", "compose.yaml", "--format", "markdown"],
            &["estimate", file, "--explain"],
            &["suppressions", file],
            &["diff", file, "tame.caveat.yaml"],
            &["diff", "empty.yaml", file],
            &["diff", "empty.yaml", file, "--format", "markdown"],
            &["diff", file, "empty.yaml", "--format", "markdown"],
            &["baseline", "show", file],
            &["explain", "::error::\u{1b}[31mx"],
            &["config", "show", file],
            &["init", "--from", "compose.yaml"],
            &["init", "--from", "compose.yaml", "k8s.yaml", ".env", "README.md", "config.json"],
            &["rules", "list", "--rules", "rule.yaml"],
            &["rules", "test", "rule.yaml"],
            &["rules", "check", "broken.yaml"],
            &["explain", "ORG001", "--rules", "rule.yaml"],
            &["explain", "ORG001", "--rules", "rule.yaml", "--format", "markdown"],
            &["check", file, "--rules", "rule.yaml", "--select", "ORG001", "--format", "markdown"],
            &["check", file, "--rules", "broken.yaml"],
            &["check", file, "--tables", "broken.yaml"],
            &["check", file, "--config", "broken.yaml"],
            &["check", file, "--baseline", "broken.yaml"],
            &["config", "show", file, "--config", "named.yaml"],
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
            &["compare", file, "--format", "json"],
            &["diff", "empty.yaml", file, "--format", "json"],
            &["verify", file, "compose.yaml", "--format", "json"],
            &["frameworks", "--manifest", file, "--format", "json"],
            &["suppressions", file, "--format", "json"],
            &["baseline", "show", file, "--format", "json"],
            &["config", "show", file, "--format", "json"],
            &["explain", "ORG001", "--rules", "rule.yaml", "--format", "json"],
            &["rules", "list", "--rules", "rule.yaml", "--format", "json"],
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

/// What a stream of manifests holds is data in its answers.
#[test]
fn records_of_a_batch_are_lines_of_their_own() {
    let desk = desk();
    let line = |id: &str, text: &str| serde_json::json!({"id": id, "text": text}).to_string();
    let stream = [
        line("::error::\u{1b}[31m\u{202e}\n::error::b", MANIFEST),
        line("tame", &tame()),
        "::error::\u{1b}[31m\u{202e}".to_owned(),
        "{\"id\": \"::error::\", \"text\": 1}".to_owned(),
    ];
    for format in ["findings", "summary"] {
        let output = desk.command(&["batch", "--format", format]).write_stdin(stream.join("\n")).output().expect("it runs");
        quiet("standard error of a batch", &err(&output));
        let text = out(&output);
        assert_eq!(text.lines().count(), stream.len(), "{text}");
        for line in text.lines() {
            assert!(!line.chars().any(|c| c.is_ascii_control()), "{line}");
            serde_json::from_str::<serde_json::Value>(line).expect("one object a line");
        }
    }
}

/// What `init` writes is read back as the manifest that it says: nothing that a file shows becomes a key or a comment's end.
#[test]
fn a_draft_from_hostile_files_is_one_manifest() {
    let desk = desk();
    let draft = run(&desk, &["init", "--from", "compose.yaml", "k8s.yaml", ".env", "README.md", "config.json"]);
    let loaded = caveat::syntax::load(draft.clone().into_bytes(), &caveat::syntax::Limits::default());
    assert!(loaded.faults.is_empty() && loaded.tree.documents().len() == 1, "{:?}\n{draft}", loaded.faults);
    let root = loaded.tree.documents()[0];
    let keys: Vec<&str> = loaded.tree.entries(root).iter().filter_map(|entry| loaded.tree.text(entry.key)).collect();
    assert!(keys.contains(&"system") && keys.contains(&"hosting"), "{keys:?}");
    assert!(keys.iter().all(|key| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')), "{keys:?}");
}
