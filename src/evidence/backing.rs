//! What a manifest names as its evidence, and whether it leads anywhere.
//!
//! Files are named relative to the manifest. They have to lie in the repository that the manifest is in: a manifest
//! from outside is no way to look at other files of the machine.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::pointer::{Pointer, resolve};
use crate::finding::Fault;
use crate::manifest::describe::EVIDENCE;
use crate::manifest::value::View;
use crate::source::{self, Input};
use crate::syntax::Limits;
use crate::syntax::tree::{NodeId, Place, Tree};

/// Pointers of one manifest that are followed; more are not.
const MOST: usize = 1000;

/// A pointer and where it is written.
#[derive(Debug, Clone, Copy)]
pub struct Named<'m> {
    pub text: &'m str,
    pub place: Place,
}

/// Every `evidence` of a manifest, and the files of its section of that name.
pub fn named(tree: &Tree, root: Place) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    let mut open: Vec<NodeId> = vec![root.node];
    while let Some(node) = open.pop() {
        for entry in tree.entries(node) {
            if tree.text(entry.key) == Some(EVIDENCE) {
                note(tree, tree.place(entry.value), &mut found);
            } else {
                // What stands behind an alias is met where it is written.
                open.push(entry.value);
            }
        }
        open.extend(tree.items(node));
    }
    found.sort_by_key(|named| tree.node(named.place.node).span);
    found.truncate(MOST);
    found
}

fn note<'m>(tree: &'m Tree, place: Place, found: &mut Vec<Named<'m>>) {
    let stated = |text: &&str| !matches!(*text, "" | "none" | "unknown" | "null" | "~");
    if let Some(text) = tree.text(place.node).filter(stated) {
        found.push(Named { text, place });
    }
    for item in tree.elements(place) {
        match tree.get(item, "file") {
            Some(file) => note(tree, file, found),
            None if tree.text(item.node).is_some() => note(tree, item, found),
            None => {}
        }
    }
}

/// The files that a manifest names as evidence, as paths; addresses are left out.
pub fn files(tree: &Tree, root: Place, manifest: &Path) -> Vec<PathBuf> {
    let pointers = named(tree, root).into_iter().map(|named| Pointer::new(named.text));
    let mut files: Vec<PathBuf> = pointers
        .filter(|pointer| !pointer.is_address() && !pointer.file.is_empty())
        .filter_map(|pointer| inside(manifest, pointer.file).ok())
        .collect();
    files.sort();
    files.dedup();
    files
}

/// Pointers that lead nowhere.
pub fn dangling(view: &View<'_>, manifest: &Path, limits: &Limits) -> Vec<Fault> {
    let mut texts: HashMap<PathBuf, Result<String, String>> = HashMap::new();
    let mut faults = Vec::new();
    for named in self::named(view.tree, view.root) {
        let pointer = Pointer::new(named.text);
        if pointer.is_address() {
            continue;
        }
        if let Err(reason) = follow(pointer, manifest, limits, &mut texts) {
            let path = view.tree.path(named.place);
            let fault = Fault::new("E016", format!("`{}` leads nowhere: {reason}", named.text)).path(path);
            faults.push(fault.label(view.span(named.place), "named as evidence"));
        }
    }
    faults
}

fn follow(
    pointer: Pointer<'_>,
    manifest: &Path,
    limits: &Limits,
    texts: &mut HashMap<PathBuf, Result<String, String>>,
) -> Result<(), String> {
    if pointer.file.is_empty() {
        return Err("it names no file".to_owned());
    }
    let path = inside(manifest, pointer.file)?;
    let meta = fs::metadata(&path).map_err(|error| source::reason(&error))?;
    let Some(fragment) = pointer.fragment else { return Ok(()) };
    if meta.is_dir() {
        return Err("it is a folder".to_owned());
    }
    let text = texts.entry(path.clone()).or_insert_with(|| {
        let bytes = source::read(&Input { name: String::new(), path: Some(path), walked: false }, limits.bytes)?;
        if bytes.len() > limits.bytes {
            return Err(format!("the file has more than {} bytes", limits.bytes));
        }
        String::from_utf8(bytes).map_err(|_| "the file is no text, so that nothing in it can be pointed at".to_owned())
    });
    let text = text.as_ref().map_err(Clone::clone)?;
    resolve(pointer.file, text, fragment, limits).map(|_| ())
}

/// The path of a file that a manifest names, which has to lie in the manifest's repository: the nearest folder upwards
/// that holds `.git`, else the folder of the manifest.
fn inside(manifest: &Path, file: &str) -> Result<PathBuf, String> {
    if Path::new(file).is_absolute() {
        return Err("it is an absolute path; name it relative to the manifest".to_owned());
    }
    let manifest = std::path::absolute(manifest).map_err(|error| source::reason(&error))?;
    let folder = manifest.parent().unwrap_or(Path::new("/"));
    let root = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(folder);
    let path = folder.join(file);
    // A link may lead out as well as `..` does.
    let (Ok(real), Ok(root)) = (fs::canonicalize(&path), fs::canonicalize(root)) else {
        return Err("no such file or folder".to_owned());
    };
    if real.starts_with(&root) { Ok(path) } else { Err("it lies outside the repository of the manifest".to_owned()) }
}
