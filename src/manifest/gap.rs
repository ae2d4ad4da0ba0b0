//! Facts that are not declared, and what is undecided for want of them.
//!
//! Most manifests leave most of what could be said unsaid, and every answer that rests on it carries the reason. So the
//! nearly only case, one fact with one key, takes no memory of its own, and lists of them are shared.

use std::collections::HashSet;
use std::ops::Deref;
use std::rc::Rc;

use super::describe::{Absence, RecordDesc, Type};
use super::value::{Answer, Data, Value};
use crate::syntax::tree::Place;

/// Keys below a node: none, one, or more.
#[derive(Debug, Clone, Default)]
enum Keys {
    #[default]
    None,
    One(&'static str),
    More(Rc<[&'static str]>),
}

impl Keys {
    fn push(&mut self, key: &'static str) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(key),
            Self::One(first) => Self::More([first, key].into()),
            Self::More(keys) => Self::More(keys.iter().copied().chain([key]).collect()),
        };
    }

    fn as_slice(&self) -> &[&'static str] {
        match self {
            Self::None => &[],
            Self::One(key) => std::slice::from_ref(key),
            Self::More(keys) => keys,
        }
    }
}

/// A fact that is not declared.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The nearest thing that is there.
    pub at: Place,
    keys: Keys,
    /// Whether the manifest says `unknown`, rather than nothing.
    pub stated_unknown: bool,
    /// Whether it is this fact that is asked for, whatever is read from what depends on it.
    closed: bool,
}

impl Gap {
    /// Something at a place that is there: it holds nothing, or nothing usable.
    pub fn here(at: Place) -> Self {
        Self { at, keys: Keys::None, stated_unknown: false, closed: false }
    }

    /// A place that says `unknown`.
    pub fn unknown(at: Place) -> Self {
        Self { stated_unknown: true, ..Self::here(at) }
    }

    /// A key of the mapping at a place that is not there.
    pub fn key(at: Place, key: &'static str) -> Self {
        Self { keys: Keys::One(key), ..Self::here(at) }
    }

    /// The keys from what is there to the fact.
    pub fn rest(&self) -> &[&'static str] {
        self.keys.as_slice()
    }

    fn parts(&self) -> (Place, &[&'static str], bool, bool) {
        (self.at, self.rest(), self.stated_unknown, self.closed)
    }
}

impl PartialEq for Gap {
    fn eq(&self, other: &Self) -> bool {
        // Keys are names of the vocabulary, and mostly the very same text.
        let same = |(a, b): (&&str, &&str)| std::ptr::eq::<str>(*a, *b) || a == b;
        let (keys, others) = (self.rest(), other.rest());
        self.at == other.at
            && keys.len() == others.len()
            && keys.iter().zip(others).all(same)
            && (self.stated_unknown, self.closed) == (other.stated_unknown, other.closed)
    }
}

impl Eq for Gap {}

impl PartialOrd for Gap {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Gap {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl std::hash::Hash for Gap {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// What keeps an answer from being known: at least one gap.
#[derive(Debug, Clone, Default)]
pub struct Gaps {
    list: List,
    /// The record that is missing as a whole.
    record: Option<&'static RecordDesc>,
    /// Of an element of which it is open whether it is there: what it would have in one of its fields.
    known: Option<Rc<(&'static str, Box<str>)>>,
}

#[derive(Debug, Clone, Default)]
enum List {
    #[default]
    None,
    One(Gap),
    Many(Rc<Many>),
}

/// Gaps in the order in which they were met, each once.
#[derive(Debug, Clone, Default)]
struct Many {
    list: Vec<Gap>,
    /// All of them, once there are more than are worth comparing one by one.
    seen: HashSet<Gap>,
}

/// Gaps that are compared one by one.
const FEW: usize = 16;

impl Many {
    fn has(&self, gap: &Gap) -> bool {
        if self.seen.is_empty() { self.list.contains(gap) } else { self.seen.contains(gap) }
    }

    fn add(&mut self, gap: &Gap) {
        if self.list.len() < FEW {
            if !self.list.contains(gap) {
                self.list.push(gap.clone());
            }
            return;
        }
        if self.seen.is_empty() {
            self.seen.extend(self.list.iter().cloned());
        }
        if self.seen.insert(gap.clone()) {
            self.list.push(gap.clone());
        }
    }
}

impl PartialEq for Gaps {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Vec<Gap>> for Gaps {
    fn from(list: Vec<Gap>) -> Self {
        Self { list: List::Many(Rc::new(Many { list, seen: HashSet::new() })), record: None, known: None }
    }
}

impl Deref for Gaps {
    type Target = [Gap];

    fn deref(&self) -> &[Gap] {
        match &self.list {
            List::None => &[],
            List::One(gap) => std::slice::from_ref(gap),
            List::Many(many) => &many.list,
        }
    }
}

impl Gaps {
    /// One gap.
    pub fn one(gap: Gap) -> Self {
        Self { list: List::One(gap), record: None, known: None }
    }

    /// A whole record is missing: what is known of its fields without it is still known.
    pub(super) fn record(gap: Gap, desc: Option<&'static RecordDesc>) -> Self {
        Self { list: List::One(gap), record: desc, known: None }
    }

    /// The same, of an element of a list that would have this text in a field: nobody who looks for another has to wait for it.
    #[must_use]
    pub fn of(self, field: &'static str, text: &str) -> Self {
        Self { known: Some(Rc::new((field, text.into()))), ..self }
    }

    /// Whether the element would have a text in some field.
    pub fn tells(&self) -> bool {
        self.known.is_some()
    }

    /// The text that the element would have in a field.
    pub fn known(&self, field: &str) -> Option<&str> {
        self.known.as_deref().filter(|(known, _)| *known == field).map(|(_, text)| text.as_ref())
    }

    /// The first of them alone.
    #[must_use]
    pub fn first_only(&self) -> Self {
        self.first().cloned().map_or_else(Self::default, Self::one)
    }

    /// A field of what is missing. A claim that nobody made is not made, and a default holds, whether
    /// or not the record around it is there. Of what no record belongs in, such as a reference, that itself is what is missing.
    pub fn field<'m>(self, name: &str) -> Answer<'m> {
        let Some((_, field)) = self.record.and_then(|desc| desc.field(name)) else { return Err(self) };
        match (field.absence, field.ty) {
            (Absence::Claim, _) => Ok(Value::computed(Data::None)),
            (Absence::Default(number), _) => Ok(Value::computed(Data::Number(number))),
            (absence, ty) => {
                let mut gaps = self.below(field.name);
                if let (Absence::Undeclared, Type::Record(desc)) = (absence, ty) {
                    gaps.record = Some(desc);
                }
                Err(gaps)
            }
        }
    }

    /// Both, each gap once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let list = match (self.list, other.list) {
            (List::None, list) | (list, List::None) => list,
            (List::One(one), List::One(other)) if one == other => List::One(one),
            (List::One(one), List::One(other)) => List::Many(Rc::new(Many { list: vec![one, other], seen: HashSet::new() })),
            (List::Many(many), List::Many(other)) if Rc::ptr_eq(&many, &other) => List::Many(many),
            (List::Many(mut many), other) => {
                let other = Self { list: other, record: None, known: None };
                // What depends on the same facts is put together all the time: nothing is copied for that.
                if let Some(first) = other.iter().position(|gap| !many.has(gap)) {
                    let added = Rc::make_mut(&mut many);
                    other[first..].iter().for_each(|gap| added.add(gap));
                }
                List::Many(many)
            }
            (List::One(gap), List::Many(other)) if other.list.len() < FEW => {
                // They differ from each other already.
                let rest = other.list.iter().filter(|other| **other != gap);
                let mut list = Vec::with_capacity(other.list.len() + 1);
                list.push(gap.clone());
                list.extend(rest.cloned());
                List::Many(Rc::new(Many { list, seen: HashSet::new() }))
            }
            (List::One(gap), List::Many(other)) => {
                let mut many = Many { list: vec![gap], seen: HashSet::new() };
                other.list.iter().for_each(|gap| many.add(gap));
                List::Many(Rc::new(many))
            }
        };
        Self { list, record: None, known: None }
    }

    /// The same, asked for as they are: an element that is not known for want of something else has no
    /// fields to ask for.
    #[must_use]
    pub(super) fn closed(mut self) -> Self {
        self.change(|gap| gap.closed = true);
        self
    }

    /// The gaps of a field below what is missing.
    #[must_use]
    fn below(mut self, field: &'static str) -> Self {
        self.change(|gap| {
            // What is `unknown` as a whole is asked for as a whole.
            if !gap.stated_unknown && !gap.closed {
                gap.keys.push(field);
            }
        });
        self
    }

    fn change(&mut self, change: impl Fn(&mut Gap)) {
        self.record = None;
        match &mut self.list {
            List::None => {}
            List::One(gap) => change(gap),
            List::Many(many) => {
                let many = Rc::make_mut(many);
                many.seen.clear();
                many.list.iter_mut().for_each(change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Limits, load};

    /// Few and many are joined alike: each once, in the order in which they come; what shares a list does not change with it.
    #[test]
    fn gaps_are_joined_in_order_and_once() {
        let tree = load(format!("[{}]", "x, ".repeat(90)).into_bytes(), &Limits::default()).tree;
        let nodes = tree.items(tree.documents()[0]);
        let gap = |number: usize, name: &'static str| Gap::key(Place { node: nodes[number], via: None }, name);
        let mut joined = Gaps::default();
        let mut expected: Vec<Gap> = Vec::new();
        for round in 0..400_usize {
            // Numbers come again, in another order.
            let number = round * 7 % 90;
            let more = [gap(number, "a"), gap(number / 2, "b"), gap(number, "a")];
            let shared = joined.clone();
            let before = expected.clone();
            joined = match round % 3 {
                0 => more.iter().cloned().map(Gaps::one).fold(joined, Gaps::and),
                1 => joined.and(more.iter().cloned().map(Gaps::one).fold(Gaps::default(), Gaps::and)),
                _ => joined.clone().and(joined).and(Gaps::from(more[..2].to_vec())),
            };
            for one in more {
                if !expected.contains(&one) {
                    expected.push(one);
                }
            }
            if round == 300 {
                joined = joined.closed();
                for gap in &mut expected {
                    gap.closed = true;
                }
            }
            assert_eq!(*joined, *expected, "{round}");
            assert_eq!(*shared, *before, "{round}");
        }
        assert!(expected.len() > 2 * FEW);
    }
}
