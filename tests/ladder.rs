//! The ladder of modules: each imports only what stands above it in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules of the crate in the order in which `src/lib.rs` declares them.
fn ladder(source: &Path) -> Vec<String> {
    let lib = fs::read_to_string(source.join("lib.rs")).expect("src/lib.rs");
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

/// The modules that a text names after `crate::`.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("crate::").map(|(at, found)| {
        let rest = &text[at + found.len()..];
        &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
    })
}

#[test]
fn modules_import_only_what_stands_above_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let ladder = ladder(&source);
    assert!(ladder.len() > 10, "{ladder:?}");
    let rank = |module: &str| ladder.iter().position(|known| known == module);
    let mut found = Vec::new();
    files(&source, &mut found);
    let mut wrong = Vec::new();
    for path in found {
        let module = path.strip_prefix(&source).expect("below src").components().next().expect("a part");
        let module = module.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        let Some(own) = rank(&module) else { continue };
        let text = fs::read_to_string(&path).expect("a source file");
        for import in imports(&text) {
            if rank(import).is_some_and(|other| other > own) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_ladder_in_the_documentation_is_the_one_in_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ladder = ladder(&root.join("src"));
    let doc = fs::read_to_string(root.join("docs/architecture.md")).expect("docs/architecture.md");
    let mut at = 0;
    for module in ladder {
        let needle = format!("| `{module}` |");
        let found = doc[at..].find(&needle).unwrap_or_else(|| panic!("`{module}` is not in its place in docs/architecture.md"));
        at += found;
    }
}
