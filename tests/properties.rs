//! What holds for every input: nothing panics, types and conditions agree, the schema and the reader agree.

use std::path::Path;

use caveat::engine::{Plan, check_text};
use caveat::expr::ast::Program;
use caveat::expr::parse::{MAX_BYTES, parse};
use caveat::manifest::describe::{RecordDesc, Type};
use caveat::manifest::vocabulary::Manifest;
use caveat::manifest::{Scope, read, schema};
use caveat::rule::builtin;
use caveat::syntax::{Limits, load};
use jiff::civil::date;
use proptest::prelude::*;

fn plan() -> Plan {
    Plan::new(builtin::rules(), date(2026, 11, 23))
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).expect("a fixture")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// A manifest with a piece replaced by anything is still answered, and every span lies in the text.
    #[test]
    fn a_damaged_manifest_is_answered(at in 0usize..9000, len in 0usize..40, piece in "[ -~\\n\\t{}\\[\\]:*&!|>'\"é]{0,20}") {
        let mut text = fixture("tax-assistant.yaml");
        let start = at.min(text.len());
        let start = (start..=text.len()).find(|at| text.is_char_boundary(*at)).expect("a boundary");
        let end = (start + len).min(text.len());
        let end = (end..=text.len()).find(|at| text.is_char_boundary(*at)).expect("a boundary");
        text.replace_range(start..end, &piece);
        let report = check_text(&plan(), "caveat.yaml", text.clone().into_bytes());
        for label in report.findings.iter().flat_map(|finding| &finding.labels) {
            prop_assert!(text.get(label.span.range()).is_some(), "{:?}", label);
        }
        caveat::render::text::render(&report, caveat::render::text::Style::PLAIN);
    }

    /// Any text is an expression or is refused at a place in it.
    #[test]
    fn any_expression_is_parsed_or_refused(text in "[a-z.()\\[\\]'\"&|!<>=?:,+*/ 0-9%-]{0,80}") {
        if let Err(error) = parse(&text, &mut Program::default()) {
            prop_assert!(error.offset <= text.len());
            prop_assert!(!error.message.is_empty());
        }
    }
}

#[test]
fn long_chains_are_refused_or_parsed_within_the_stack() {
    for piece in ["a.", "!", "-", "(", "[", "a?b:", "a||", "a&&", "1+", "a.exists(x,"] {
        let mut text = piece.repeat(MAX_BYTES / piece.len());
        text.push('a');
        let _ = parse(&text[..text.len().min(MAX_BYTES)], &mut Program::default());
        assert!(parse(&text.repeat(2), &mut Program::default()).is_err(), "{piece}");
    }
}

/// Values that fit a type, and values that do not.
fn samples(ty: &Type) -> (Vec<&'static str>, Vec<&'static str>) {
    match ty {
        Type::Bool => (vec!["true"], vec!["yes", "1", "[]"]),
        Type::Int => (vec!["3"], vec!["3.5", "three", "{}"]),
        Type::Number => (vec!["3.5"], vec!["three", "[]"]),
        Type::Count => (vec!["8B", "12"], vec!["8 B", "[]"]),
        Type::Share => (vec!["0.5"], vec!["1.5", "half"]),
        Type::Percent => (vec!["99.9"], vec!["101", "{}"]),
        Type::Text => (vec!["text"], vec!["{}", "[]"]),
        Type::Date => (vec!["2026-11-23"], vec!["23.11.2026", "[]"]),
        Type::Month => (vec!["2026-11", "2026-11-23"], vec!["2026"]),
        Type::Duration => (vec!["P30D", "PT15S"], vec!["30 days", "[]"]),
        Type::Quantity => (vec!["24Gi", "12"], vec!["24 GB", "{}"]),
        Type::Country => (vec!["DE"], vec!["de", "Germany"]),
        Type::Region => (vec!["DE", "EEA"], vec!["eea", "Europe"]),
        Type::Language => (vec!["de", "pt-BR"], vec!["german!", "[]"]),
        Type::Currency => (vec!["EUR"], vec!["euro"]),
        Type::Licence => (vec!["MIT", "llama3.1"], vec!["{}", "[]"]),
        Type::Id | Type::Ref(_) => (vec!["name"], vec!["{}", "[]"]),
        Type::Enum(desc) => (vec![desc.words[0].0], vec!["no-such-word", "[]"]),
        Type::List(_) => (vec!["[]"], vec!["{}", "12"]),
        Type::OneOrMany(_) => (vec!["[]"], vec!["{}"]),
        Type::Record(_) => (vec!["{}"], vec!["[]", "12"]),
        Type::Evidenced(_) => (vec![], vec!["[]"]),
        Type::Either(first, _) => (samples(first).0, vec!["{}"]),
    }
}

/// A manifest that states one field, and the field's value.
fn fragments(
    desc: &'static RecordDesc,
    prefix: &str,
    suffix: &str,
    seen: &mut Vec<&'static str>,
    found: &mut Vec<(String, Type)>,
) {
    if seen.contains(&desc.name) {
        return;
    }
    seen.push(desc.name);
    for field in desc.fields {
        let open = format!("{prefix}{{{}: ", field.name);
        let close = format!("}}{suffix}");
        found.push((format!("{open}@{close}"), field.ty));
        match field.ty {
            Type::Record(record) => fragments(record, &open, &close, seen, found),
            Type::List(Type::Record(record)) => fragments(record, &format!("{open}["), &format!("]{close}"), seen, found),
            _ => {}
        }
    }
}

/// The schema and the reader accept and refuse the same values, in every field of the vocabulary.
#[test]
fn the_schema_and_the_reader_agree_on_every_field() {
    let validator = jsonschema::validator_for(&schema::manifest()).expect("a valid schema");
    let mut found = Vec::new();
    fragments(Manifest::DESC, "", "", &mut Vec::new(), &mut found);
    assert!(found.len() > 341, "{}", found.len());
    let limits = Limits::default();
    let (mut compared, mut wrong) = (0, Vec::new());
    for (fragment, ty) in found {
        let (fit, misfit) = samples(&ty);
        for value in fit
            .into_iter()
            .chain(["unknown", "none", "~"])
            .map(|value| (value, true))
            .chain(misfit.into_iter().map(|value| (value, false)))
        {
            let text = fragment.replace('@', value.0);
            let loaded = load(text.clone().into_bytes(), &limits);
            let read = read(&loaded.tree, loaded.tree.documents()[0], Scope::Fragment, &limits);
            let instance = json(&loaded.tree, loaded.tree.place(loaded.tree.documents()[0]));
            let (by_reader, by_schema) = (read.faults.is_empty(), validator.is_valid(&instance));
            compared += 1;
            if by_reader != value.1 || by_schema != value.1 {
                wrong.push(format!("{text}: fits {}, reader {by_reader}, schema {by_schema} {:?}", value.1, read.faults));
            }
        }
    }
    assert!(compared > 1500, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_schema_accepts_the_fixtures_and_the_rule_schema_every_rule() {
    let validator = jsonschema::validator_for(&schema::manifest()).expect("a valid schema");
    for name in ["tax-assistant.yaml", "tax-assistant-clean.yaml"] {
        let tree = load(fixture(name).into_bytes(), &Limits::default()).tree;
        let instance = json(&tree, tree.place(tree.documents()[0]));
        let errors: Vec<String> =
            validator.iter_errors(&instance).map(|error| format!("{} {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
    }
    let schema: serde_json::Value = serde_json::from_str(include_str!("../schemas/rule.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let mut rules = 0;
    for folder in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).expect("rules").flatten() {
        if !folder.path().is_dir() || folder.file_name() == "engine" {
            continue;
        }
        for file in std::fs::read_dir(folder.path()).expect("a family").flatten() {
            let tree = load(std::fs::read(file.path()).expect("a rule"), &Limits::default()).tree;
            let instance = json(&tree, tree.place(tree.documents()[0]));
            let errors: Vec<String> =
                validator.iter_errors(&instance).map(|error| format!("{} {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{}: {}", file.path().display(), errors.join("\n"));
            rules += 1;
        }
    }
    assert!(rules >= 35);
}

fn json(tree: &caveat::syntax::Tree, place: caveat::syntax::Place) -> serde_json::Value {
    use caveat::syntax::Kind;
    use caveat::syntax::scalar::Scalar;
    match tree.node(place.node).kind {
        Kind::Sequence { .. } => tree.elements(place).map(|item| json(tree, item)).collect(),
        Kind::Mapping { .. } => {
            let entries = tree.entries(place.node).iter();
            let entries =
                entries.map(|entry| (tree.text(entry.key).unwrap_or_default().to_owned(), json(tree, tree.value(place, *entry))));
            entries.collect::<serde_json::Map<_, _>>().into()
        }
        _ => match tree.scalar(place.node) {
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Int(value)) => value.into(),
            Some(Scalar::Float(value)) => value.into(),
            Some(Scalar::Text(text)) => text.into(),
            _ => serde_json::Value::Null,
        },
    }
}

/// Odd inputs end with the right finding, and none takes more than its budget.
#[test]
fn odd_inputs_are_answered() {
    let base = fixture("tax-assistant-clean.yaml");
    let codes = |bytes: Vec<u8>| -> Vec<String> {
        let report = check_text(&plan(), "caveat.yaml", bytes);
        report.findings.iter().map(|finding| finding.rule.to_string()).collect()
    };
    let text = |text: String| codes(text.into_bytes());
    assert!(text(base.clone()).is_empty());
    assert!(text(format!("\u{feff}{base}")).is_empty(), "a byte order mark");
    assert!(text(base.replace('\n', "\r\n")).is_empty(), "CRLF");
    assert_eq!(text(String::new()), ["E005"], "empty");
    assert_eq!(text("# nothing\n".to_owned()), ["E005"], "only a comment");
    assert_eq!(codes(base.encode_utf16().flat_map(u16::to_le_bytes).collect()), ["E011"], "UTF-16");
    assert_eq!(
        codes(base.replace("Brandt", "Br\u{e4}ndt").chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()),
        ["E011"],
        "latin-1"
    );
    assert_eq!(text(base.replace("Brandt", "Br\0ndt")), ["E011"], "NUL");
    assert_eq!(text(base.replace("  kind: sme\n", "  kind: sme\n  kind: startup\n")), ["E010"], "duplicate key");
    assert_eq!(text(base.replace("  kind: sme\n", "\tkind: sme\n")), ["E009"], "tab");
    assert_eq!(text(base.replace("regions: [DE, AT]", "regions: [DE, AT")), ["E009"], "unclosed");
    assert_eq!(text(base.replace("regions: [DE, AT]", "regions: [DE, no]")), ["E003", "E007"][1..], "the Norway problem");
    assert_eq!(text(format!("{base}x-deep: {}{}\n", "[".repeat(5000), "]".repeat(5000))), ["E012"], "deep");
    assert!(text(format!("{base}---\n{base}")).is_empty(), "two documents");
    assert_eq!(text(format!("{base}waiverss: []\n")), ["E004"], "a misspelt section");
    let mut bomb = format!("{base}x-a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb.push_str(&format!("x-{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(", ")));
    }
    assert!(text(bomb.clone()).is_empty(), "a bomb that nobody reads");
    assert_eq!(
        text(
            bomb.replace("  effects: [financial, legal]\n", "")
                .replace("system:\n", "system:\n  effects: [financial]\n")
                .replace("x-i: &i", "x-j: &i")
        ),
        Vec::<String>::new()
    );
    let mut huge = format!("{base}x-extra:\n");
    for k in 0..20_000 {
        huge.push_str(&format!("  - {{id: k{k}, note: some text to make the file larger {k}}}\n"));
    }
    assert!(text(huge).is_empty(), "large");
}

/// An alias bomb where a value is read costs its budget and no more.
#[test]
fn an_alias_bomb_that_is_read_exceeds_its_budget() {
    let mut bomb = "x-a: &a {from: a, to: b}\n".to_owned();
    bomb.push_str("x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n");
    let limits = Limits { visits: 1000, ..Limits::default() };
    let plan = Plan { limits, ..plan() };
    let flows = format!("flows: [{}]\n", vec!["*a"; 2000].join(", "));
    let report = check_text(&plan, "caveat.yaml", format!("{bomb}{flows}").into_bytes());
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_ref()).collect();
    assert!(codes.contains(&"E012"), "{codes:?}");
    assert!(codes.len() < 20, "{}", codes.len());
}

/// A rule that gives advice and cannot be decided says both of one subject.
#[test]
fn advice_and_doubt_are_about_the_same_subject() {
    let text = "code: ORG001\nname: both\nfamily: organisation\nseverity: low\nsummary: S\nfor: host in hosting\nwhen: host.replicas.min < 1\n\
                info_when: host.zones == 1\nmessage: m\nlabels: [{at: host.zones, text: t}]\nhelp: H.\nwhy: W\nwrong_when: N\n";
    let tree = load(text.as_bytes().to_vec(), &Limits::default()).tree;
    let rule = caveat::rule::file::compile(&tree, tree.documents()[0]).expect("a rule").rule;
    let run = caveat::rule::example::ask(&rule, "hosting: [{id: s, zones: 1}]\n", caveat::rule::example::TODAY, &[])
        .expect("a manifest");
    let found: Vec<_> = run.findings.iter().map(|finding| (finding.verdict.as_str(), finding.subject.as_str())).collect();
    assert_eq!(found, [("info", "s"), ("unknown", "s")]);
    assert_eq!(run.outcomes.len(), 1);
}

proptest! {
    /// A change to a text is made or refused; what was a manifest stays one text that can be read.
    #[test]
    fn a_change_never_panics_and_never_breaks_a_text(
        path in "[a-z.\\[\\]0-9 é-]{0,24}",
        value in "[a-zA-Z0-9 ,:\\[\\]{}\"'#é|&*!-]{0,16}",
        at in 0_usize..4,
    ) {
        use caveat::syntax::overlay::{Change, apply};
        let texts = ["a: {b: 1}\nc:\n  - id: x\n    d: é # c\n", "a: &n [1, 2]\nb: *n\r\nc: |\n  text\n", "{}", "a:\n  b:\n"];
        let paths = ["a.b", "c[0].d", "c.x.d", "b.e"];
        for path in [path.as_str(), paths[at]] {
            if let Ok(change) = Change::parse(&format!("{path}={value}"))
                && let Ok(changed) = apply(texts[at], &[change], &Limits::default())
            {
                let loaded = load(changed.clone().into_bytes(), &Limits::default());
                prop_assert!(loaded.faults.is_empty(), "{path}={value}\n{changed}\n{:?}", loaded.faults);
            }
        }
    }
}
