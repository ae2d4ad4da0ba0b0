//! Joins: `rows.exists(row, row.dataset.id == data.dataset.id && …)` looks at the rows of one data set, not at all of them.
//!
//! An element for which one operand of a conjunction is false can make it neither true nor undecided, so it is left out
//! before anything else is asked of it. Whether the equality is false is known where both sides are texts or references, and of
//! an element that may be there where it would have a text (`Gaps::of`); every other element is asked as ever. The answer and its
//! gaps are the same, and the evidence, save what was read of elements that a `filter` leaves out. A condition that joins two
//! relations costs what they have in common rather than their product.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::ast::{Comparison, Expr, Node, Program, Quantifier};
use crate::manifest::value::{Answer, Data, Elements, Gaps, Value, View};
use crate::syntax::tree::Place;

/// Elements below which a list is gone through as it stands.
pub(super) const FEW: usize = 16;

/// An equality that every element of a list has to meet: a field of the element, or of something in a list of the element,
/// and what it is compared with.
#[derive(Debug)]
pub struct Join<'r> {
    pub fields: Vec<&'r str>,
    /// In `x.list.exists(y, y.field == other)`, the fields of `y`; `fields` are then those that lead to the list. None of them
    /// in `other in x.list`.
    pub within: Option<Vec<&'r str>>,
    /// Does not depend on the element.
    pub other: Expr,
    /// Whether it may equal any of a list, as in `x.field in other`.
    pub any: bool,
}

impl<'r> Join<'r> {
    /// The first equality that a condition on `name` cannot hold without.
    pub fn of(program: &'r Program<'r>, condition: Expr, name: &str) -> Option<Self> {
        let equality = |own: Expr, other: Expr| {
            let (root, fields) = path(program, own)?;
            let (beside, _) = path(program, other)?;
            (root == name && beside != name).then_some(Self { fields, within: None, other, any: false })
        };
        match program.node(condition) {
            Node::And(left, right) => Self::of(program, left, name).or_else(|| Self::of(program, right, name)),
            Node::Compare(Comparison::Equal, left, right) => equality(left, right).or_else(|| equality(right, left)),
            Node::In(item, list) => {
                let through = |join: Self| Self { within: Some(Vec::new()), ..join };
                let any = |join: Self| Self { any: true, ..join };
                equality(list, item).map(through).or_else(|| equality(item, list).map(any))
            }
            Node::Each(Quantifier::Exists, range, inner, body) => {
                let (root, fields) = path(program, range)?;
                let join = Self::of(program, body, inner).filter(|join| join.within.is_none())?;
                let (beside, _) = path(program, join.other)?;
                (root == name && beside != name).then_some(Self { fields, within: Some(join.fields), ..join })
            }
            _ => None,
        }
    }
}

impl Join<'_> {
    /// The elements of a list that is too short for an index, without those that may be there and would have another text; none
    /// where there are no such.
    pub fn others<'m>(&self, list: &Value<'m>, texts: &[&str]) -> Option<Elements<'m>> {
        let (Data::List(items), None) = (&list.data, &self.within) else { return None };
        if !items.iter().any(|item| item.as_ref().is_err_and(Gaps::tells)) {
            return None;
        }
        let path = self.fields.join(".");
        let may_be = |item: &&Answer<'m>| match item {
            Ok(_) => true,
            Err(gaps) => gaps.known(&path).is_none_or(|text| texts.contains(&text)),
        };
        let left: Vec<_> = items.iter().filter(may_be).cloned().collect();
        (left.len() < items.len()).then(|| Elements::Worked(left.into_iter()))
    }
}

/// The name that an expression begins with, and the fields that are selected from it.
fn path<'r>(program: &'r Program<'r>, expr: Expr) -> Option<(&'r str, Vec<&'r str>)> {
    match program.node(expr) {
        Node::Name(name) => Some((name, Vec::new())),
        Node::Select(operand, field) => path(program, operand).map(|(root, mut fields)| {
            fields.push(field);
            (root, fields)
        }),
        _ => None,
    }
}

/// A list that stays what it is as long as its manifest is asked.
#[derive(Debug, PartialEq, Eq, Hash)]
enum List {
    Written(Place),
    /// Where the elements lie, which the index keeps there.
    Computed(usize),
}

/// The lists of one manifest that were joined, by what they were joined on.
#[derive(Debug, Default)]
pub struct Joins<'m>(RefCell<HashMap<(List, String), Rc<Index<'m>>>>);

/// The elements of a list by the text of one of their fields.
#[derive(Debug)]
pub struct Index<'m> {
    elements: Rc<[Answer<'m>]>,
    by: HashMap<String, Vec<usize>>,
    /// Elements whose field is no text, or is not known.
    open: Vec<usize>,
}

impl<'m> Joins<'m> {
    /// The index of a list, and how many elements were looked at to make it; none where the list is too short to need one.
    pub fn index(&self, view: &View<'m>, list: &Value<'m>, join: &Join<'_>) -> Option<(Rc<Index<'m>>, usize)> {
        let (which, len) = match (&list.data, list.place) {
            (Data::Items(_), Some(place)) => (List::Written(place), view.tree.items(place.node).len()),
            (Data::List(items), _) => (List::Computed(Rc::as_ptr(items).cast::<u8>().addr()), items.len()),
            _ => return None,
        };
        if len < FEW {
            return None;
        }
        let within = join.within.iter().flat_map(|fields| std::iter::once(&"[]").chain(fields));
        let key = (which, join.fields.iter().chain(within).copied().collect::<Vec<_>>().join("."));
        if let Some(known) = self.0.borrow().get(&key) {
            return Some((Rc::clone(known), 0));
        }
        let elements = match &list.data {
            Data::List(items) => Rc::clone(items),
            _ => view.each(list)?.collect(),
        };
        let (index, looked_at) = Index::of(view, elements, join);
        let index = Rc::new(index);
        self.0.borrow_mut().insert(key, Rc::clone(&index));
        Some((index, looked_at))
    }
}

impl<'m> Index<'m> {
    /// The index, and how many elements were looked at, those in lists of elements among them.
    fn of(view: &View<'m>, elements: Rc<[Answer<'m>]>, join: &Join<'_>) -> (Self, usize) {
        let mut by: HashMap<String, Vec<usize>> = HashMap::new();
        let mut open = Vec::new();
        let mut looked_at = elements.len();
        let path = join.fields.join(".");
        for (at, element) in elements.iter().enumerate() {
            if let (Err(gaps), None) = (element, &join.within)
                && let Some(text) = gaps.known(&path)
            {
                by.entry(text.to_owned()).or_default().push(at);
                continue;
            }
            let field = element.clone().and_then(|value| follow(view, value, &join.fields));
            let found = match &join.within {
                None => vec![field],
                Some(within) => match field.as_ref().ok().and_then(|list| view.each(list)) {
                    Some(items) => items.map(|item| item.and_then(|item| follow(view, item, within))).collect(),
                    None => vec![field.and_then(|value| Err(view.gap_at(value.place)))],
                },
            };
            looked_at += found.len() - usize::from(join.within.is_none());
            for value in found {
                match value.as_ref().ok().and_then(key) {
                    Some(text) => by.entry(text.to_owned()).or_default().push(at),
                    None => open.push(at),
                }
            }
        }
        (Self { elements, by, open }, looked_at)
    }

    /// The elements whose field may be one of these texts, in the order of the list.
    pub fn may_be<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Vec<Answer<'m>> {
        let known = texts.into_iter().filter_map(|text| self.by.get(text)).flatten();
        let mut at: Vec<usize> = known.chain(&self.open).copied().collect();
        at.sort_unstable();
        at.dedup();
        at.into_iter().map(|at| self.elements[at].clone()).collect()
    }
}

/// What fields lead to.
fn follow<'m>(view: &View<'m>, value: Value<'m>, fields: &[&str]) -> Answer<'m> {
    fields.iter().try_fold(value, |value, name| view.field(&value, name))
}

/// What a value is found under. A word of the vocabulary has two spellings, so it is not found by its text.
pub fn key<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match &value.data {
        Data::Text(text) => Some(text),
        Data::Ref(id, _) => Some(id),
        _ => None,
    }
}
