//! The legal duties of one manifest as plain data, in the order of their dates.
//!
//! Nothing is decided here: what applies, and from when, is that of `facts.duties`. Here are also the duties that do not
//! apply, each with the reason.

use std::cmp::Ordering;

use jiff::civil::Date;
use serde::Serialize;

use crate::facts::duties::{self, Held};
use crate::knowledge::calendar::calendar;
use crate::knowledge::duties::Verified;
use crate::manifest::value::{Data, Gaps, Value, View};
use crate::manifest::{Scope, read};
use crate::span::LineIndex;
use crate::syntax::tree::NodeId;
use crate::syntax::{Limits, load};

pub use crate::facts::duties::Standing;

/// The duties of the table, held against one manifest on one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// What counts as today.
    pub as_of: Date,
    /// The day on which the table was put together.
    pub table: Date,
    /// By first day, those without one last; then by id.
    pub entries: Vec<Entry>,
}

/// One duty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    pub id: &'static str,
    /// What it asks for.
    pub title: &'static str,
    pub law: &'static str,
    /// The provision, as the law counts.
    pub reference: &'static str,
    /// Where the law applies.
    pub territory: &'static str,
    /// Whom it binds, in words.
    pub binds: &'static str,
    /// The first day for a system of this launch; none where the table does not know it, or where the launch decides
    /// and is not declared (`missing` then names it).
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// Days from today to the first day; negative once it has passed, and 0 on the day itself.
    pub days: Option<i64>,
    /// `DateUnknown` also where the launch decides between two days on different sides of today.
    pub standing: Standing,
    pub applies: Applies,
    /// The nodes that select it, each with its line; empty where nothing does.
    pub selected_by: Vec<Selector>,
    /// What a breach may cost.
    pub penalty: Option<&'static str>,
    pub note: Option<&'static str>,
    /// How its date was verified: `text`, `copy`, `secondary` or `memory`.
    pub verified: Verified,
    /// An address.
    pub source: &'static str,
    /// What was seen there and elsewhere.
    pub seen: &'static str,
}

/// Whether a duty applies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Applies {
    Yes,
    No {
        /// The first condition that does not hold.
        why: String,
    },
    Undecided {
        /// The facts that would settle it, as paths.
        missing: Vec<String>,
        /// What has to hold besides, and no field states.
        only_if: Option<String>,
    },
}

/// A node that selects a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Selector {
    /// `system.eu_ai_act.role`.
    pub path: String,
    /// Its line in the manifest, from 1.
    pub line: usize,
}

impl Timeline {
    /// The entries that apply or may apply: what does not is left out.
    pub fn relevant(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !matches!(entry.applies, Applies::No { .. }))
    }
}

/// The timelines of the documents of a text, in their order; none for a text that cannot be parsed. A mistaken field is
/// one that is not declared.
pub fn of_text(text: &str, limits: &Limits, today: Date) -> Vec<Timeline> {
    let loaded = load(text.as_bytes().to_vec(), limits);
    let documents = loaded.tree.documents().iter().filter(|_| loaded.faults.is_empty());
    let of = |root: &NodeId| {
        let read = read(&loaded.tree, *root, Scope::Whole, limits);
        timeline(&View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false }, today)
    };
    documents.map(of).collect()
}

/// The timeline of a manifest.
pub fn timeline(view: &View<'_>, today: Date) -> Timeline {
    let lines = LineIndex::new(view.tree.source());
    let held = duties::all(view, today);
    let mut entries: Vec<Entry> = held.iter().map(|held| entry(view, &lines, held, today)).collect();
    entries.sort_by(order);
    Timeline { as_of: today, table: calendar().generated, entries }
}

fn order(a: &Entry, b: &Entry) -> Ordering {
    let key = |entry: &Entry| (entry.from.is_none(), entry.from);
    key(a).cmp(&key(b)).then_with(|| a.id.cmp(b.id))
}

fn entry(view: &View<'_>, lines: &LineIndex, held: &Held<'_>, today: Date) -> Entry {
    let duty = held.duty;
    let from = held.from.clone().unwrap_or_default();
    let selector = |value: &Value<'_>| {
        let Data::Text(path) = &value.data else { return None };
        let start = view.span(value.place?).start as usize;
        Some(Selector { path: path.to_string(), line: lines.line(start) + 1 })
    };
    Entry {
        id: &duty.id,
        title: &duty.title,
        law: &held.law.name,
        reference: &duty.reference,
        territory: &held.law.territory,
        binds: &duty.binds,
        from,
        until: duty.until,
        days: from.map(|from| i64::from((from - today).get_days())),
        standing: held.standing.clone().unwrap_or(Standing::DateUnknown),
        applies: applies(view, held),
        selected_by: held.by.iter().filter_map(selector).collect(),
        penalty: duty.penalty.as_deref(),
        note: duty.note.as_deref(),
        verified: duty.verified,
        source: &duty.source,
        seen: &duty.seen,
    }
}

/// A duty whose first day or further condition depends on the launch is undecided without it.
fn applies(view: &View<'_>, held: &Held<'_>) -> Applies {
    if held.applies == Ok(false) {
        return Applies::No { why: held.why_not.as_ref().map(ToString::to_string).unwrap_or_default() };
    }
    let gaps = [held.applies.as_ref().err(), held.only_if.as_ref().err(), held.from.as_ref().err()];
    let mut missing: Vec<String> = gaps.into_iter().flatten().flat_map(|gaps| paths(view, gaps)).collect();
    missing.sort();
    missing.dedup();
    match held.only_if.clone().ok().flatten() {
        None if missing.is_empty() => Applies::Yes,
        only_if => Applies::Undecided { missing, only_if },
    }
}

fn paths(view: &View<'_>, gaps: &Gaps) -> Vec<String> {
    gaps.iter().map(|gap| view.gap_path(gap)).collect()
}
