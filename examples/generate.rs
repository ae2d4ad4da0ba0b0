//! Writes the generated files: `cargo run --example generate`. The gate checks that they are fresh.

use std::fs;
use std::path::Path;

use caveat::evidence::Kind;
use caveat::evidence::fact::Attribute;
use caveat::expr::ast::Function;
use caveat::facts::FACTS;
use caveat::manifest::describe::{Absence, EVIDENCE, RecordDesc, Type};
use caveat::manifest::schema::{self, one_line};
use caveat::manifest::vocabulary::Manifest;
use caveat::policy;
use caveat::render::{batch, framework, licence_table, page, timeline};
use caveat::rule::builtin;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(root.join("docs/rules"))?;
    fs::write(root.join("schemas/manifest.schema.json"), format!("{:#}\n", schema::manifest()))?;
    fs::write(root.join("schemas/config.schema.json"), format!("{:#}\n", policy::schema::schema(&builtin::rules())))?;
    fs::write(root.join("schemas/batch.schema.json"), format!("{:#}\n", batch::schema()))?;
    fs::write(root.join("docs/manifest.md"), manifest())?;
    fs::write(root.join("docs/evidence-facts.md"), evidence())?;
    fs::write(root.join("docs/rule-language.md"), language())?;
    for old in fs::read_dir(root.join("docs/rules"))? {
        fs::remove_file(old?.path())?;
    }
    let mut index =
        "# Rules\n\nGenerated from `rules/`; edit there. [Your own](writing-rules.md) are written the same way.\n\n| code | severity | name | what is wrong |\n|---|---|---|---|\n"
            .to_owned();
    for (rule, text) in builtin::rules().iter().zip(builtin::pages()) {
        index.push_str(&format!(
            "| [{0}](rules/{0}.md) | {1} | {2} | {3} |\n",
            rule.code,
            rule.severity,
            rule.name,
            rule.summary.replace('|', "\\|")
        ));
        fs::write(root.join(format!("docs/rules/{}.md", rule.code)), page::rule(rule, &text))?;
    }
    index.push_str("\n## About the manifest itself\n\n| code | name | what is wrong |\n|---|---|---|\n");
    for code in builtin::codes() {
        index.push_str(&format!("| [{0}](rules/{0}.md) | {1} | {2} |\n", code.code, code.name, code.summary));
        fs::write(root.join(format!("docs/rules/{}.md", code.code)), page::code(&code))?;
    }
    let contents = root.join("docs/SUMMARY.md");
    fs::write(&contents, summary(&fs::read_to_string(&contents)?))?;
    fs::write(root.join("docs/licences.md"), licence_table::index())?;
    fs::write(root.join("docs/frameworks.md"), framework::index(&builtin::rules()))?;
    fs::write(root.join("docs/timeline.md"), timeline::page())?;
    fs::write(root.join("docs/rules.md"), index)
}

/// The table of contents of the book, with the pages of all rules below their index. The rest is written by hand.
fn summary(old: &str) -> String {
    let index = "- [Rules](rules.md)\n";
    let (before, rest) = old.split_once(index).expect("docs/SUMMARY.md has a line for the rules");
    let after: String = rest.split_inclusive('\n').skip_while(|line| line.starts_with(' ')).collect();
    let mut text = format!("{before}{index}");
    let mut family = String::new();
    for rule in builtin::rules() {
        if rule.family != family {
            family = rule.family.to_string();
            let title = if family == "ip-licensing" { "IP licensing".to_owned() } else { capital(&family.replace('-', " ")) };
            text.push_str(&format!("  - [{title}]()\n"));
        }
        text.push_str(&format!("    - [{0} {1}](rules/{0}.md)\n", rule.code, rule.name));
    }
    text.push_str("  - [About the manifest itself]()\n");
    for code in builtin::codes() {
        text.push_str(&format!("    - [{0} {1}](rules/{0}.md)\n", code.code, code.name));
    }
    text + &after
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The reference of the vocabulary.
fn manifest() -> String {
    let mut text = "# The manifest\n\nGenerated from the types in `src/manifest/vocabulary`; edit there.\n\n\
        Every field accepts `unknown` (asked, and nobody knows) and `none` (explicitly not there). A field left out is undeclared, \
        unless it is marked as a claim: a claim can only clear a finding, so leaving it out claims nothing. Keys that begin with `x-` are yours.\n\n\
        Every entry and section may say what backs it up: `evidence: FILE#POINTER`, or a list of them. The file is named relative to \
        the manifest; the pointer is a JSON Pointer (`#/spec/replicas`) in YAML and JSON, a heading (`#evaluation`) in Markdown, or \
        lines (`#L10-L20`). A pointer that leads nowhere is a finding ([E016](rules/E016.md)), and `caveat verify` holds the entry \
        against the file. The key is not repeated in the tables below.\n"
        .to_owned();
    let mut seen = Vec::new();
    let mut queue = vec![(String::new(), Manifest::DESC)];
    while let Some((path, desc)) = (!queue.is_empty()).then(|| queue.remove(0)) {
        if seen.contains(&desc.name) {
            continue;
        }
        seen.push(desc.name);
        let heading = if path.is_empty() { "The whole" } else { &path };
        text.push_str(&format!("\n## {heading}\n\n{}\n\n| field | type | meaning |\n|---|---|---|\n", one_line(desc.doc)));
        // Every record has it, and the page says so once.
        for field in desc.fields.iter().filter(|field| field.name != EVIDENCE || path.is_empty()) {
            let mark = match field.absence {
                Absence::Claim => " *Claim.*".to_owned(),
                Absence::Default(number) => format!(" *Default {number}.*"),
                Absence::Undeclared => String::new(),
            };
            text.push_str(&format!(
                "| `{}` | {} | {}{mark} |\n",
                field.name,
                short(&field.ty),
                one_line(field.doc).replace('|', "\\|")
            ));
            if let Some((record, list)) = record(&field.ty) {
                let dot = if path.is_empty() { "" } else { "." };
                queue.push((format!("{path}{dot}{}{}", field.name, if list { "[]" } else { "" }), record));
            }
        }
    }
    text
}

fn record(ty: &Type) -> Option<(&'static RecordDesc, bool)> {
    match ty {
        Type::Record(desc) => Some((desc, false)),
        Type::List(item) | Type::OneOrMany(item) => record(item).map(|(desc, _)| (desc, true)),
        _ => None,
    }
}

fn short(ty: &Type) -> String {
    match ty {
        Type::Record(_) => "mapping".into(),
        Type::List(item) => format!("list of {}", short(item)),
        Type::OneOrMany(item) => format!("{}, or a list", short(item)),
        Type::Enum(desc) => desc.words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" "),
        Type::Evidenced(word) => short(word),
        Type::Either(first, second) => format!("{} or {}", short(first), short(second)),
        other => other.to_string().replace("an id from", "id of"),
    }
}

/// What evidence is read for.
fn evidence() -> String {
    let mut text = "# Kinds of evidence, and the facts in them\n\nGenerated from `src/evidence`; edit there. [How evidence is used](evidence.md).\n\n\
        ## Kinds\n\nA file is recognised by its content. The word is what `evidence[].kind` and reports call it.\n\n| kind | what it is |\n|---|---|\n"
        .to_owned();
    for kind in Kind::ALL {
        text.push_str(&format!("| `{kind}` | {} |\n", kind.meaning()));
    }
    text.push_str(
        "\n## Facts\n\nThe word is what `drift.attribute` and reports call it. Where the manifest has a field that states the same, \
         `caveat verify` holds the two against each other, and `caveat init` fills the field in.\n\n| fact | meaning | field |\n|---|---|---|\n",
    );
    for attribute in Attribute::ALL {
        let field = if attribute.field().is_empty() { String::new() } else { format!("`{}`", attribute.field()) };
        text.push_str(&format!("| `{attribute}` | {} | {field} |\n", one_line(attribute.meaning()).replace('|', "\\|")));
    }
    text
}

/// What a condition can use.
fn language() -> String {
    let mut text = "# The rule language\n\nGenerated from the code; edit there. [Writing your own rules](writing-rules.md) shows how to use it. Conditions are CEL over the manifest, in three values: \
        what depends on an undeclared field is undeclared, by CEL's own treatment of errors in `&&`, `||`, `exists` and `all`.\n\n\
        Names are the sections of a manifest, `facts`, and what `for` and macros bind. Macros: `has`, `all`, `exists`, `exists_one`, `filter`, `map`. \
        All numbers are doubles. A condition has at most 2,000 bytes.\n\n## Functions\n\n"
        .to_owned();
    for function in Function::ALL {
        text.push_str(&format!("- {}\n", one_line(function.doc())));
    }
    text.push_str("\n## Facts\n");
    let mut queue = vec![("facts".to_owned(), &FACTS)];
    while let Some((path, desc)) = (!queue.is_empty()).then(|| queue.remove(0)) {
        text.push_str(&format!("\n### {path}\n\n{}\n\n| field | type | meaning |\n|---|---|---|\n", one_line(desc.doc)));
        for field in desc.fields {
            text.push_str(&format!("| `{}` | {} | {} |\n", field.name, short(&field.ty), one_line(field.doc)));
            if let (Some((record, _)), "facts") = (record(&field.ty), path.as_str()) {
                queue.push((format!("facts.{}[]", field.name), record));
            }
        }
    }
    text
}
