//! Which licence is in force at a model or data set.
//!
//! Declared and known facts are put together so that more of them never clears anything: where the
//! declared licence contradicts what is known of the model, both count until that is settled. A
//! licensee picks the best branch of an `OR`; the order is that of [`Category`], licences that the table
//! does not know come last, and of equals the first written is taken.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::lineage::Node;
use super::super::text;
use crate::knowledge::licences::model::{Category, Kind};
use crate::knowledge::licences::{Confidence, Entry, Expression, Known, Licence, known_model, lookup};
use crate::manifest::describe::Section;
use crate::manifest::value::{Data, Gaps, Value, View};
use crate::syntax::tree::Place;

/// The licences of the table that were asked for, each decoded once.
#[derive(Debug, Default)]
pub struct Shelf(RefCell<HashMap<Entry, Rc<Licence<'static>>>>);

impl Shelf {
    pub fn get(&self, entry: Entry) -> Rc<Licence<'static>> {
        Rc::clone(self.0.borrow_mut().entry(entry).or_insert_with(|| Rc::new(entry.licence())))
    }

    fn rank(&self, name: &str) -> usize {
        let best = lookup(name).into_iter().map(|entry| self.get(entry).category as usize).min();
        best.unwrap_or(Category::Unknown as usize + 1)
    }
}

/// What is said of a licence.
#[derive(Debug, Clone)]
pub enum State {
    /// That there is none: `none` or `NOASSERTION`.
    Absent,
    /// Nothing.
    Undeclared(Gaps),
    /// A name that may stand for one of these; none for a name that the table does not know. The gaps
    /// say what is asked where the candidates differ or the table is silent.
    Named(Vec<Rc<Licence<'static>>>, Gaps),
}

/// A licence in force.
#[derive(Debug, Clone)]
pub struct Held<'m> {
    /// As it is written, or the id of the licence that the model is known to be under.
    pub name: &'m str,
    pub state: State,
    /// Where it follows from: the field `license`, else `source`.
    pub place: Option<Place>,
    /// Whether it follows from where the model comes from, rather than from `license`.
    pub from_source: bool,
}

impl Held<'_> {
    /// What names the licence whatever it was called: its id in the table, else the name as it is written.
    pub fn key(&self) -> &str {
        match &self.state {
            State::Named(candidates, _) if candidates.len() == 1 => candidates[0].id,
            _ => self.name,
        }
    }

    /// A term on which the candidates agree; `None` where there is no licence.
    pub fn ask<T: PartialEq>(&self, read: impl Fn(&Licence<'static>) -> Option<T>) -> Result<Option<T>, Gaps> {
        match &self.state {
            State::Absent => Ok(None),
            State::Undeclared(gaps) => Err(gaps.clone()),
            State::Named(candidates, gaps) => {
                let mut terms = candidates.iter().map(|licence| read(licence));
                match terms.next().flatten() {
                    Some(first) if terms.all(|term| term.as_ref() == Some(&first)) => Ok(Some(first)),
                    _ => Err(gaps.clone()),
                }
            }
        }
    }

    pub fn candidates(&self) -> &[Rc<Licence<'static>>] {
        if let State::Named(candidates, _) = &self.state { candidates } else { &[] }
    }

    /// What to ask for where the licence does not say enough.
    pub fn gaps(&self) -> Gaps {
        match &self.state {
            State::Absent => Gaps::default(),
            State::Undeclared(gaps) | State::Named(_, gaps) => gaps.clone(),
        }
    }
}

/// What is known of a model by its source, with the place of that field.
pub fn known<'m>(view: &View<'m>, node: &Node<'m>) -> Option<(Known, Option<Place>)> {
    if node.section != Section::Models {
        return None;
    }
    let source = view.field(&node.value, "source").ok()?;
    let Data::Text(text) = &source.data else { return None };
    Some((known_model(text)?, source.place))
}

/// The licences in force at a node: each part of a conjunction, and what the model is known to be under.
/// None for data of one's own that names no licence.
pub fn held<'m>(view: &View<'m>, shelf: &Shelf, node: &Node<'m>) -> Vec<Held<'m>> {
    let known = known(view, node);
    let of_source = |known: &Known, place| {
        let licence = shelf.get(known.entry);
        let gaps = view.gap_at(place);
        Held { name: licence.id, state: State::Named(vec![licence], gaps), place, from_source: true }
    };
    let sure = known.filter(|(known, _)| known.confidence != Confidence::Memory);
    let declared = match view.field(&node.value, "license") {
        Ok(declared) => declared,
        Err(gaps) => {
            return match sure {
                Some((known, place)) => vec![of_source(&known, place)],
                None if own_data(view, node) => Vec::new(),
                None => vec![Held { name: "", state: State::Undeclared(gaps), place: None, from_source: false }],
            };
        }
    };
    let place = declared.place;
    let written = written(view, &declared);
    if matches!(written, "none" | "NOASSERTION" | "") {
        return vec![Held { name: written, state: State::Absent, place, from_source: false }];
    }
    let (_, names) = Expression::parse(written).best(&|name| shelf.rank(name));
    let mut held = Vec::new();
    let mut met = false;
    for name in names {
        let mut candidates: Vec<Entry> = lookup(name);
        if let Some((known, _)) = &known {
            let tag = candidates.iter().all(|entry| shelf.get(*entry).kind == Kind::Tag) && !candidates.is_empty();
            if candidates.contains(&known.entry) || (tag && sure.is_some()) {
                met = true;
                candidates = vec![known.entry];
            }
        }
        let mut candidates: Vec<_> = candidates.into_iter().map(|entry| shelf.get(entry)).collect();
        if node.section == Section::Datasets && candidates.iter().any(|licence| licence.kind != Kind::Model) {
            candidates.retain(|licence| licence.kind != Kind::Model);
        }
        let gaps = if candidates.len() > 1 { which(view, node, place) } else { view.gap_at(place) };
        held.push(Held { name, state: State::Named(candidates, gaps), place, from_source: false });
    }
    if let Some((known, place)) = sure.filter(|_| !met) {
        held.push(of_source(&known, place));
    }
    held
}

/// Where several licences share the name, where the model comes from tells which it is.
fn which<'m>(view: &View<'m>, node: &Node<'m>, license: Option<Place>) -> Gaps {
    match (node.section, view.field(&node.value, "source")) {
        (Section::Models, Err(gaps)) => gaps,
        _ => view.gap_at(license),
    }
}

/// Data of one's own is governed by agreements and notices, not by a licence.
fn own_data<'m>(view: &View<'m>, node: &Node<'m>) -> bool {
    node.section == Section::Datasets
        && text(view, &node.value, "source")
            .is_ok_and(|source| !matches!(source.as_ref(), "scraped" | "public_dataset" | "licensed" | "vendor"))
}

/// The text of a `license` field as it stands in the manifest.
pub fn written<'m>(view: &View<'m>, declared: &Value<'m>) -> &'m str {
    declared.place.and_then(|place| view.tree.text(place.node)).unwrap_or_default().trim()
}
