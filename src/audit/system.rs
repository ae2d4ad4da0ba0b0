//! One system of an audit: what it is, and what follows from its manifest.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::licences::{self, InForce};
use crate::compare::{self, Choices, Comparison};
use crate::engine::{Plan, manifests};
use crate::estimate::{Context, Estimate, estimate_of};
use crate::facts::flow::{self, Picture};
use crate::facts::ways;
use crate::knowledge::tables::Tables;
use crate::manifest::value::View;
use crate::manifest::{Scope, read};
use crate::syntax::tree::{Place, Tree};
use crate::syntax::{Limits, load};
use crate::timeline::{Timeline, timeline};

/// A system.
#[derive(Debug)]
pub struct System {
    /// Indexes of its file in the report, and of its document in the file.
    pub file: usize,
    pub document: usize,
    /// `system.id`, else the name of the file.
    pub name: String,
    /// The ids of entries of lists, by their paths: `datasets[1]`.
    pub entries: BTreeMap<String, String>,
    /// What the manifest says of it, in the order of [`STATED`]; what is not stated is left out.
    pub about: Vec<(&'static str, String)>,
    pub picture: Picture,
    /// The sizing and the cost.
    pub estimate: Estimate,
    /// The same work in three ways; else why there is nothing to compare.
    pub comparison: Result<Comparison, String>,
    pub licences: Vec<InForce>,
    pub timeline: Timeline,
}

impl System {
    /// What the manifest says under one of the names of [`STATED`].
    pub fn stated(&self, what: &str) -> Option<&str> {
        self.about.iter().find(|(name, _)| *name == what).map(|(_, text)| text.as_str())
    }
}

/// What is told of a system: what it is called, and where the manifest says it.
pub const STATED: [(&str, &str); 15] = [
    ("purpose", "system.purpose"),
    ("organisation", "organization.name"),
    ("sector", "organization.sector"),
    ("country", "organization.country"),
    ("regions", "organization.regions"),
    ("lifecycle", "system.lifecycle"),
    ("launch", "system.launch"),
    ("stakes", "system.stakes"),
    ("exposure", "system.exposure"),
    ("audiences", "system.audiences"),
    ("EU AI Act, role", "system.eu_ai_act.role"),
    ("EU AI Act, class of risk", "system.eu_ai_act.risk_class"),
    ("accountable", "governance.owner"),
    ("facts as of", "manifest.as_of"),
    ("facts reviewed by", "manifest.reviewed_by"),
];

/// The text of a manifest, and with what it is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s> {
    /// Its index in the report.
    pub file: usize,
    pub name: &'s str,
    /// With literal credentials covered.
    pub text: &'s str,
}

/// Derives the systems of a text: one for each document. A text that is not YAML has none; a fault that
/// leaves a document leaves its system, as it leaves its rules. One with more to follow than is permitted has none.
pub fn systems(plan: &Plan, source: Source<'_>) -> Vec<System> {
    let limits = &plan.limits;
    let loaded = load(source.text.as_bytes().to_vec(), limits);
    let documents = manifests(&loaded.tree, limits);
    let several = documents.len() > 1;
    let one = |(document, root)| system(plan, source, &loaded.tree, (document, root), several);
    documents.iter().copied().enumerate().filter_map(one).collect()
}

fn system(
    plan: &Plan,
    source: Source<'_>,
    tree: &Tree,
    (document, root): (usize, crate::syntax::tree::NodeId),
    several: bool,
) -> Option<System> {
    let Plan { limits, tables, today, .. } = plan;
    let read = read(tree, root, Scope::Whole, limits);
    let view = View { tree, root: read.root, ids: &read.ids, require_evidence: plan.require_evidence };
    if ways::excess(&view, limits.ways).is_some() {
        return None;
    }
    let about = STATED.iter().filter_map(|(what, path)| Some((*what, stated(tree, read.root, path)?))).collect();
    let comparison = if several {
        Err("the file holds several manifests; each in a file of its own can be compared".to_owned())
    } else {
        compare::compare(plan, &Choices::default(), &[], source.name, source.text)
    };
    Some(System {
        file: source.file,
        document,
        name: stated(tree, read.root, "system.id").unwrap_or_else(|| source.name.to_owned()),
        entries: entries(tree, read.root),
        about,
        picture: flow::picture(&view, *today),
        estimate: sized((tables, limits, *today), source, &view, several),
        comparison,
        licences: licences::in_force(&view, *today),
        timeline: timeline(&view, *today),
    })
}

fn sized((tables, limits, today): (&Arc<Tables>, &Limits, Date), source: Source<'_>, view: &View<'_>, several: bool) -> Estimate {
    let context = Context { tables, limits, today, set: &[] };
    // What an input would change is worked out by changing the text, which is about its first document.
    estimate_of(context, source.name, view, (!several).then_some(source.text))
}

/// The text of the scalar, or of the list of scalars, at a path.
fn stated(tree: &Tree, root: Place, path: &str) -> Option<String> {
    let place = path.split('.').try_fold(root, |place, key| tree.get(place, key))?;
    if let Some(text) = tree.text(place.node) {
        return Some(text.to_owned());
    }
    let items: Vec<&str> = tree.elements(place).filter_map(|item| tree.text(item.node)).collect();
    (!items.is_empty()).then(|| items.join(", "))
}

/// The ids of the entries of every section that is a list.
fn entries(tree: &Tree, root: Place) -> BTreeMap<String, String> {
    let sections = tree.entries(root.node).iter().map(|entry| tree.value(root, *entry));
    let entries = sections.flat_map(|section| tree.elements(section));
    entries.filter_map(|entry| Some((tree.path(entry).text(), tree.text(tree.get(entry, "id")?.node)?.to_owned()))).collect()
}
