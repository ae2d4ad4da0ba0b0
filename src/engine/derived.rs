//! What follows from a text, and what is wrong with it, whatever rules say.

use jiff::civil::Date;

use super::{Plan, Ready, check_ready, check_text};
use crate::facts::flow::Picture;
use crate::facts::show::json as show_facts;
use crate::facts::{self, Wanted};
use crate::knowledge::tables::Tables;
use crate::manifest::value::View;
use crate::manifest::{Scope, read};
use crate::report::Report;
use crate::secret;
use crate::syntax::tree::NodeId;
use crate::syntax::{Limits, Tree, load};

/// What was derived from one document.
#[derive(Debug)]
pub struct Derived {
    /// Every relation, as data.
    pub facts: serde_json::Value,
    /// Where it was asked for: what leaks along it is worth working out only to be drawn.
    pub picture: Option<Picture>,
    /// The ids of the manifest.
    pub ids: Vec<String>,
}

/// Derives the facts of every document of a text, and reports its mistakes. A text that is not YAML has
/// no facts; a mistaken field is one that is not declared.
///
/// `draw` asks for the picture, too.
pub fn facts(limits: &Limits, tables: &Tables, today: Date, name: &str, bytes: Vec<u8>, draw: bool) -> (Vec<Derived>, Report) {
    let loaded = load(secret::cover(bytes.clone()).0, limits);
    let tree = &loaded.tree;
    let mut derived = Vec::new();
    for root in manifests(tree, limits).iter().filter(|_| loaded.faults.is_empty()) {
        let read = read(tree, *root, Scope::Whole, limits);
        let view = View { tree, root: read.root, ids: &read.ids, require_evidence: false };
        // That is among the mistakes.
        if facts::ways::excess(&view, limits.ways).is_some() {
            continue;
        }
        let mut ids: Vec<String> = read.ids.0.keys().cloned().collect();
        ids.sort_unstable();
        let value = facts::derive(&view, tables, today, &[], &Wanted::all());
        let picture = draw.then(|| facts::flow::picture(&view, today));
        derived.push(Derived { facts: show_facts(&view, &value), picture, ids });
    }
    let plan = ruleless(limits, today);
    let ready = Ready { wanted: Wanted::all(), ..Ready::new(&plan) };
    (derived, check_ready((&plan, &ready), name, bytes))
}

/// What is wrong with the text of a manifest itself, whatever it describes.
pub fn faults(limits: &Limits, today: Date, name: &str, bytes: Vec<u8>) -> Report {
    check_text(&ruleless(limits, today), name, bytes)
}

/// The manifests of a file: none where there are more than it may have, since a part of a verdict is no verdict.
pub fn manifests<'t>(tree: &'t Tree, limits: &Limits) -> &'t [NodeId] {
    let documents = tree.documents();
    if documents.len() > limits.documents { &[] } else { documents }
}

/// A plan that asks no rule.
fn ruleless(limits: &Limits, today: Date) -> Plan {
    let mut plan = Plan { limits: *limits, ..Plan::new(Vec::new(), today) };
    plan.terms.enabled = false;
    plan
}
