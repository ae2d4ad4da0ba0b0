//! The vocabulary and the reading of a manifest: tree → typed manifest, with every shape error of one
//! run. Nothing here judges.
//!
//! `describe` is how the vocabulary speaks about itself, `vocabulary` the vocabulary, `field` and
//! `leaf` the shapes of values, `value` the manifest as conditions see it, `gap` what it
//! leaves open, `check` what has to hold
//! between entries, `schema` the JSON Schema.

pub mod check;
pub mod describe;
pub mod field;
pub mod gap;
pub mod leaf;
pub mod schema;
pub mod value;
pub mod vocabulary;

use crate::finding::Fault;
use crate::span::Span;
use crate::syntax::de::Reader;
use crate::syntax::tree::{Kind, NodeId, Tree};
use crate::syntax::{Limits, Place};
use value::Ids;
use vocabulary::Manifest;

/// A document read as a manifest.
#[derive(Debug)]
pub struct Read {
    pub manifest: Manifest,
    pub root: Place,
    pub ids: Ids,
    pub faults: Vec<Fault>,
}

/// How much of what holds between entries is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A whole manifest: core sections have to be there, references have to lead somewhere.
    Whole,
    /// A fragment, as in the examples of rules: only what is written is checked.
    Fragment,
}

/// Reads one document of a tree.
pub fn read(tree: &Tree, document: NodeId, scope: Scope, limits: &Limits) -> Read {
    let root = tree.place(document);
    let reader = Reader::new(tree, limits.visits).at_most(limits.findings);
    let mapping = matches!(tree.node(root.node).kind, Kind::Mapping { .. });
    let manifest = if mapping { reader.read::<Manifest>(root).unwrap_or_default() } else { Manifest::default() };
    let mut faults = reader.into_faults();
    let ids = check::ids(tree, root);
    if !mapping {
        let span = tree.highlight(root.node);
        let message = format!("a manifest is a mapping of sections, this document is {}", tree.describe(root.node));
        faults.push(Fault::new("E003", message).label(span, "here").help("begin with `system:`, or see `caveat schema`"));
        return Read { manifest, root, ids, faults };
    }
    let limit = faults.iter().any(Fault::is_limit);
    if !limit {
        let found = check::check(tree, root, &ids, scope);
        // A value that does not fit is told so once.
        let told: Vec<Span> = faults.iter().filter_map(|fault| fault.labels.first()).map(|(span, _)| *span).collect();
        let twice = |fault: &Fault| fault.is_advice() && fault.labels.first().is_some_and(|(span, _)| told.contains(span));
        faults.extend(found.into_iter().filter(|fault| !twice(fault)));
    }
    Read { manifest, root, ids, faults }
}
