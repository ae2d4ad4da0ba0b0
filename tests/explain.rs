//! Everything that has a name can be explained, in every format, and a field names the rules that read it.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use caveat::explain::{Library, data, markdown};
use caveat::facts::FACTS;
use caveat::knowledge::licences;
use caveat::knowledge::references::frameworks;
use caveat::knowledge::tables::Tables;
use caveat::manifest::describe::{RecordDesc, Type};
use caveat::manifest::vocabulary::Manifest;
use caveat::render::terminal;
use caveat::render::text::Style;
use caveat::rule::{Page, Rule, builtin};
use common::{Desk, code, err, out};
use regex::Regex;
use serde_json::Value;

type Paged = (Rule<'static>, Page<'static>);

fn rules() -> Vec<Paged> {
    builtin::rules().into_iter().zip(builtin::pages()).collect()
}

/// The fields of a record with their paths, and the record that each leads to.
fn fields(prefix: &str, desc: &'static RecordDesc, depth: usize, found: &mut BTreeMap<String, Option<&'static RecordDesc>>) {
    for field in desc.fields.iter().filter(|_| depth < 6) {
        let path = format!("{prefix}{}", field.name);
        let mut ty = &field.ty;
        while let Type::List(item) | Type::OneOrMany(item) = ty {
            ty = item;
        }
        let inner = if let Type::Record(inner) = ty { Some(*inner) } else { None };
        found.insert(path.clone(), inner);
        if let Some(inner) = inner {
            fields(&format!("{path}."), inner, depth + 1, found);
        }
    }
}

fn every_field() -> BTreeMap<String, Option<&'static RecordDesc>> {
    let mut found = BTreeMap::new();
    fields("", Manifest::DESC, 0, &mut found);
    fields("facts.", &FACTS, 0, &mut found);
    found
}

#[test]
fn everything_is_explained_in_every_format() {
    let (rules, codes, tables) = (rules(), builtin::codes(), Tables::builtin());
    let library = Library::new(&rules, &codes, &tables);
    let mut names: BTreeSet<String> = rules.iter().flat_map(|(rule, _)| [rule.code.to_string(), rule.name.to_string()]).collect();
    names.extend(codes.iter().flat_map(|code| [code.code.to_string(), code.name.to_string()]));
    names.extend(licences::entries().map(|entry| entry.licence().id.to_string()));
    names.extend(tables.models().map(|known| known.entry.id.to_string()));
    names.extend(tables.accelerators().map(|known| known.entry.id.to_string()));
    names.extend(tables.prices().map(|known| known.entry.id.to_string()));
    for framework in frameworks() {
        names.insert(framework.key.to_string());
        names.extend(framework.controls.iter().map(|control| format!("{}:{}", framework.key, control.id)));
    }
    // What a fact leads to in the manifest has a page there.
    names.extend(every_field().into_keys().filter(|path| !path.starts_with("facts.") || path.matches('.').count() <= 2));
    names.extend(library.names().into_iter().map(|(name, _)| name));
    assert!(names.len() > 2000, "{}", names.len());
    for name in names {
        let found = library.find(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!found.is_empty(), "{name}");
        let page = markdown(&name, &found);
        assert!(page.contains("# "), "{name}");
        let text = terminal::page(&page, Style { width: Some(80), ..Style::PLAIN });
        assert!(!text.trim().is_empty() && !text.lines().any(|line| line.starts_with("## ")), "{name}\n{text}");
        assert!(data(found).as_object().is_some_and(|all| !all.is_empty()), "{name}");
    }
}

/// Which fields a condition names, read from its text with a few patterns and without the parser.
fn named(text: &str, known: &BTreeMap<String, Option<&'static RecordDesc>>) -> BTreeSet<String> {
    let literal = Regex::new(r#"'[^']*'|"[^"]*""#).expect("a pattern");
    let text = literal.replace_all(text, "''");
    let each = Regex::new(r"([a-z_]+(?:\.[a-z_]+)*)\.(?:all|exists|exists_one|filter|map)\(\s*([a-z_]+)\s*,").expect("a pattern");
    let mut bound: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for found in each.captures_iter(&text) {
        let (_, [range, name]) = found.extract();
        bound.entry(name).or_default().insert(range);
    }
    let path = Regex::new(r"[a-z_]+(?:\.[a-z_]+)*").expect("a pattern");
    let mut fields = BTreeSet::new();
    for found in path.find_iter(&text).filter(|found| !text[..found.start()].ends_with(['.', ')', ']'])) {
        let parts: Vec<&str> = found.as_str().split('.').collect();
        let whole = match bound.get(parts[0]) {
            // Told only where the name stands for one list, and that list is no other name.
            Some(ranges) if ranges.len() == 1 => {
                let range = ranges.first().expect("one");
                if bound.contains_key(range.split('.').next().expect("a word")) {
                    continue;
                }
                let mut whole: Vec<&str> = range.split('.').collect();
                whole.extend(&parts[1..]);
                whole
            }
            Some(_) => continue,
            None => parts,
        };
        for end in 1..=whole.len() {
            let path = whole[..end].join(".");
            if !known.contains_key(&path) {
                break;
            }
            fields.insert(path);
        }
    }
    fields
}

#[test]
fn a_field_lists_every_rule_whose_condition_names_it() {
    let (rules, codes, tables) = (rules(), builtin::codes(), Tables::builtin());
    let library = Library::new(&rules, &codes, &tables);
    let known = every_field();
    let conditions = ["where", "when", "info_when", "unknown_when"];
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (rule, page) in &rules {
        for (_, text) in page.logic.iter().filter(|(key, _)| conditions.contains(&key.as_ref())) {
            for field in named(text, &known) {
                expected.entry(field).or_default().insert(rule.code.to_string());
            }
        }
    }
    let pairs: usize = expected.values().map(BTreeSet::len).sum();
    assert!(pairs > 400 && expected.len() > 150, "{pairs} of {}", expected.len());
    let mut wrong = Vec::new();
    for (field, codes) in expected {
        let found = data(library.find(&field).expect("a field"));
        let listed = found["fields"].as_array().and_then(|list| list[0]["rules"].as_array()).expect("rules");
        let listed: BTreeSet<String> = listed.iter().map(|code| code.as_str().expect("a code").to_owned()).collect();
        let missing: Vec<&String> = codes.difference(&listed).collect();
        if !missing.is_empty() {
            wrong.push(format!("{field}: {missing:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_field_is_explained_by_its_path_or_the_end_of_it() {
    let desk = Desk::new();
    let text = out(&desk.run(&["explain", "models[].license"]));
    assert_eq!(text, out(&desk.run(&["explain", "models.license"])));
    for part in ["models[].license\n", "undeclared", "IP001", "\nRules that read it\n"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let several = out(&desk.run(&["explain", "license"]));
    for path in ["`models[].license`", "`datasets[].license`", "`components[].license`"] {
        assert!(several.contains(path), "{several}");
    }
    let claim: Value =
        serde_json::from_slice(&desk.run(&["explain", "flows.controls", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(
        (&claim["fields"][0]["kind"], &claim["fields"][0]["path"]),
        (&Value::from("claim"), &Value::from("flows[].controls"))
    );
    let derived = out(&desk.run(&["explain", "facts.exposures[].entitled"]));
    assert!(derived.contains("derived from the manifest") && derived.contains("LEAK001"), "{derived}");
    let word = out(&desk.run(&["explain", "irreversible"]));
    assert!(word.contains("Changes that cannot be undone.") && word.contains("`components[].effect`"), "{word}");
}

#[test]
fn text_is_for_a_terminal_and_markdown_is_the_page() {
    let desk = Desk::new();
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = desk.command(args);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR").env_remove("COLUMNS");
        out(&command.envs(variables.iter().copied()).output().expect("it runs"))
    };
    let text = run(&["explain", "hal004"], &[("COLUMNS", "60")]);
    assert!(text.starts_with("HAL004 released-below-own-threshold\n"), "{text}");
    let prose = text.lines().filter(|line| !line.starts_with("    "));
    assert!(prose.clone().all(|line| line.chars().count() <= 60), "{text}");
    assert!(!text.contains("```") && !text.contains('\u{1b}'));
    let forced = [("CLICOLOR_FORCE", "1")];
    assert!(run(&["explain", "hal004"], &forced).starts_with("\u{1b}[1mHAL004"));
    assert!(!run(&["explain", "hal004"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(!run(&["explain", "hal004", "--format", "markdown", "--color", "always"], &forced).contains('\u{1b}'));
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules/HAL004.md")).expect("a page");
    assert_eq!(run(&["explain", "HAL004", "--format", "markdown"], &[]).trim_end(), page.trim_end());
}

#[test]
fn a_word_may_mean_several_things() {
    let desk = Desk::new();
    let text = out(&desk.run(&["explain", "model_card"]));
    assert!(text.contains("A kind of evidence: A model card"), "{text}");
    let text = out(&desk.run(&["explain", "openai", "--format", "markdown"]));
    assert!(text.contains("# openai\n") && text.contains("`OPENAI_API_KEY`"), "{text}");
    let all = out(&desk.run(&["explain", "Art. 5", "--format", "markdown"]));
    for part in ["`Art. 5` has 2 meanings:\n", "Prohibited AI practices", "Principles relating to processing of personal data"] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    let both: Value = serde_json::from_slice(&desk.run(&["explain", "Art. 5", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(both["references"].as_array().map(Vec::len), Some(2));
}

#[test]
fn near_misses_are_told_with_what_they_are() {
    let desk = Desk::new();
    for (word, said) in [
        ("lama3.1", "did you mean `llama3.1` (a licence)"),
        ("HAL04", "(a rule)"),
        ("clasification", "`classification` (a field)"),
        ("models[].licence", "`models[].license` (a field)"),
        ("irreversable", "`irreversible` (a word)"),
        ("gdrp", "`gdpr` (a framework)"),
        ("wilson_low", "`wilson_lower` (a function)"),
    ] {
        let output = desk.run(&["explain", word]);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{word}");
        assert!(err(&output).contains(said), "{word}: {}", err(&output));
    }
    let none = desk.run(&["explain", "quetzalcoatlus", "--format", "json"]);
    assert_eq!((code(&none), out(&none).as_str()), (2, ""));
    assert!(err(&none).contains("nothing is called `quetzalcoatlus`; `caveat rules list`"), "{}", err(&none));
}
