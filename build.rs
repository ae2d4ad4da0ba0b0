//! Turns the rule files and the tables into the compact form that the binary carries, with
//! the program's own modules.
//!
//! Only syntax is checked here; types and examples are checked by the tests, which have the
//! vocabulary.

#![allow(dead_code, unused_imports, reason = "the program's modules are used in part")]

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/digest.rs"]
mod digest;
#[path = "src/finding.rs"]
mod finding;
#[path = "src/span.rs"]
mod span;
#[path = "src/spelling.rs"]
mod spelling;
#[path = "src/syntax/mod.rs"]
mod syntax;

#[path = "src/manifest"]
mod manifest {
    pub mod describe;
}

#[path = "src/knowledge"]
mod knowledge {
    pub mod accelerators;
    pub mod catalogue;
    pub mod duties;
    pub mod frameworks;
    pub mod hub;
    pub mod models;
    pub mod packed;
    pub mod prices;

    pub mod licences {
        pub mod file;
        pub mod model;
    }
}

#[path = "src/expr"]
mod expr {
    pub mod ast;
    pub mod parse;
}

#[path = "src/rule"]
mod rule {
    pub mod file;
    pub mod model;
}

use knowledge::accelerators::Accelerators;
use knowledge::catalogue::{self, Kind};
use knowledge::licences;
use knowledge::models::Models;
use knowledge::prices::Prices;
use rule::file::{compile, compile_engine_code};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    let rules = ["expr", "rule/file.rs", "rule/model.rs"];
    let knowledge = ["manifest/describe.rs", "knowledge"];
    for module in ["digest.rs", "finding.rs", "span.rs", "spelling.rs", "syntax"].into_iter().chain(rules).chain(knowledge) {
        println!("cargo::rerun-if-changed=src/{module}");
    }
    let mut files = Vec::new();
    walk(Path::new("rules"), &mut files)?;
    files.sort();
    let (mut rules, mut pages, mut codes, mut sources) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for path in files {
        let loaded = syntax::load(fs::read(&path)?, &syntax::Limits::default());
        let document = *loaded.tree.documents().first().ok_or_else(|| refuse(&path, &loaded.tree, &loaded.faults))?;
        if !loaded.faults.is_empty() {
            return Err(refuse(&path, &loaded.tree, &loaded.faults).into());
        }
        if path.starts_with("rules/engine") {
            let code = compile_engine_code(&loaded.tree, document).map_err(|faults| refuse(&path, &loaded.tree, &faults))?;
            codes.push(code);
        } else {
            let compiled = compile(&loaded.tree, document).map_err(|faults| refuse(&path, &loaded.tree, &faults))?;
            sources.push((compiled.rule.code.to_string(), path.to_string_lossy().replace('\\', "/")));
            rules.push(compiled.rule);
            pages.push(compiled.page);
        }
    }
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    pages.sort_by(|a, b| a.code.cmp(&b.code));
    codes.sort_by(|a, b| a.code.cmp(&b.code));
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("rules.bin"), postcard::to_stdvec(&rules)?)?;
    fs::write(out.join("pages.bin"), postcard::to_stdvec(&pages)?)?;
    fs::write(out.join("codes.bin"), postcard::to_stdvec(&codes)?)?;
    for (name, bytes) in licence_table()?.files() {
        fs::write(out.join(name), bytes)?;
    }
    references(&out)?;
    duties(&out)?;
    figures::<Models>(&out, "models")?;
    figures::<Accelerators>(&out, "accelerators")?;
    figures::<Prices>(&out, "prices")?;
    println!("cargo::rustc-env=CAVEAT_RULES_SHA256={}", digest_of("rules")?);
    println!("cargo::rustc-env=CAVEAT_TABLES_SHA256={}", digest_of("src/knowledge")?);
    Ok(())
}

fn references(out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let path = PathBuf::from("src/knowledge/frameworks.yaml");
    let loaded = syntax::load(fs::read(&path)?, &syntax::Limits::default());
    let document = *loaded.tree.documents().first().ok_or_else(|| refuse(&path, &loaded.tree, &loaded.faults))?;
    if !loaded.faults.is_empty() {
        return Err(refuse(&path, &loaded.tree, &loaded.faults).into());
    }
    let table = knowledge::frameworks::compile(&loaded.tree, document);
    let (names, entries) = table.map_err(|faults| refuse(&path, &loaded.tree, &faults))?;
    fs::write(out.join("framework_names.txt"), names)?;
    fs::write(out.join("frameworks.bin"), entries)?;
    Ok(())
}

fn duties(out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let path = PathBuf::from("src/knowledge/duties.yaml");
    let loaded = syntax::load(fs::read(&path)?, &syntax::Limits::default());
    let document = *loaded.tree.documents().first().ok_or_else(|| refuse(&path, &loaded.tree, &loaded.faults))?;
    if !loaded.faults.is_empty() {
        return Err(refuse(&path, &loaded.tree, &loaded.faults).into());
    }
    let table = knowledge::duties::compile(&loaded.tree, document).map_err(|faults| refuse(&path, &loaded.tree, &faults))?;
    fs::write(out.join("duties.bin"), table)?;
    Ok(())
}

fn figures<K: Kind>(out: &Path, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let path = PathBuf::from(format!("src/knowledge/{name}.yaml"));
    let loaded = syntax::load(fs::read(&path)?, &syntax::Limits::default());
    let document = *loaded.tree.documents().first().ok_or_else(|| refuse(&path, &loaded.tree, &loaded.faults))?;
    if !loaded.faults.is_empty() {
        return Err(refuse(&path, &loaded.tree, &loaded.faults).into());
    }
    let table =
        catalogue::compile::<K>(&loaded.tree, document, |_| None).map_err(|faults| refuse(&path, &loaded.tree, &faults))?;
    fs::write(out.join(format!("{name}_head.bin")), table.head)?;
    fs::write(out.join(format!("{name}_names.txt")), table.names)?;
    fs::write(out.join(format!("{name}.bin")), table.entries)?;
    Ok(())
}

fn licence_table() -> Result<licences::file::Table, Box<dyn std::error::Error>> {
    let mut table = licences::file::Table::default();
    for name in ["model", "software", "data", "service", "known_models"] {
        let path = PathBuf::from(format!("src/knowledge/licences/{name}.yaml"));
        let loaded = syntax::load(fs::read(&path)?, &syntax::Limits::default());
        let document = *loaded.tree.documents().first().ok_or_else(|| refuse(&path, &loaded.tree, &loaded.faults))?;
        if !loaded.faults.is_empty() {
            return Err(refuse(&path, &loaded.tree, &loaded.faults).into());
        }
        let read = match name {
            "known_models" => table.models(&loaded.tree, document),
            _ => table.licences(&loaded.tree, document),
        };
        read.map_err(|faults| refuse(&path, &loaded.tree, &faults))?;
    }
    Ok(table)
}

/// The digest of every YAML file of a folder, as anybody can work it out:
/// `find FOLDER -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum`.
fn digest_of(folder: &str) -> std::io::Result<String> {
    let mut files = Vec::new();
    walk(Path::new(folder), &mut files)?;
    let named = |path: PathBuf| Ok((path.to_string_lossy().replace('\\', "/"), fs::read(&path)?));
    let mut files = files.into_iter().map(named).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(digest::sha256_of_all(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}

/// The faults of a rule file, one a line, as `path:line:column: message`.
fn refuse(path: &Path, tree: &syntax::Tree, faults: &[finding::Fault]) -> String {
    let lines = span::LineIndex::new(tree.source());
    let shown = faults.iter().map(|fault| {
        let at = fault.labels.first().map_or(0, |(span, _)| span.start as usize);
        let help = fault.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}:{}: {}{help}", path.display(), lines.position(tree.source(), at), fault.message)
    });
    shown.collect::<Vec<_>>().join("\n")
}
