//! What keeps an answer from being known: facts that are not declared, each once, in the order in which they were met.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Answer, Data, Value};
use crate::manifest::describe::{Absence, RecordDesc, Type};
use crate::syntax::tree::Place;

/// A fact that is not declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// The nearest thing that is there.
    pub at: Place,
    /// The keys from there to the fact.
    pub rest: Vec<Cow<'static, str>>,
    /// Whether the manifest says `unknown`, rather than nothing.
    pub stated_unknown: bool,
    /// Whether it is this fact that is asked for, whatever is read from what depends on it.
    pub closed: bool,
}

/// What keeps an answer from being known: at least one gap.
#[derive(Debug, Default)]
pub struct Gaps(pub Vec<Gap>, Option<&'static RecordDesc>, Option<Box<Seen>>);

/// From how many gaps on they are looked up. Most answers have up to three, and comparing those is cheaper.
const MANY: usize = 32;

/// Where each of many gaps is, by its hash.
#[derive(Debug)]
struct Seen {
    places: HashMap<u64, usize>,
    /// How many gaps there were when it was last up to date.
    count: usize,
}

impl Clone for Gaps {
    fn clone(&self) -> Self {
        Self(self.0.clone(), self.1, None)
    }
}

impl PartialEq for Gaps {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl From<Vec<Gap>> for Gaps {
    fn from(gaps: Vec<Gap>) -> Self {
        Self(gaps, None, None)
    }
}

impl Gaps {
    /// One gap.
    pub fn one(gap: Gap) -> Self {
        Self(vec![gap], None, None)
    }

    /// A whole record is missing: what is known of its fields without it is still known.
    pub(super) fn record(gap: Gap, desc: Option<&'static RecordDesc>) -> Self {
        Self(vec![gap], desc, None)
    }

    /// A field of what is missing. A claim that nobody made is not made, and a default holds, whether
    /// or not the record around it is there.
    pub fn field<'m>(self, name: &str) -> Answer<'m> {
        let Some((_, field)) = self.1.and_then(|desc| desc.field(name)) else {
            return Err(self.below(Cow::Owned(name.to_owned())));
        };
        let name = Cow::Borrowed(field.name);
        match (field.absence, field.ty) {
            (Absence::Claim, _) => Ok(Value::computed(Data::None)),
            (Absence::Default(number), _) => Ok(Value::computed(Data::Number(number))),
            (Absence::Undeclared, Type::Record(desc)) => Err(Self(self.below(name).0, Some(desc), None)),
            _ => Err(self.below(name)),
        }
    }

    /// Both, each gap once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.1 = None;
        if self.0.len() + other.0.len() > MANY {
            self.add_to_many(other.0);
            return self;
        }
        for gap in other.0 {
            if !self.0.contains(&gap) {
                self.0.push(gap);
            }
        }
        self
    }

    /// What [`and`](Self::and) does, at a cost that grows with what is added and not with what is there.
    fn add_to_many(&mut self, more: Vec<Gap>) {
        // Where others took some away, it is made anew.
        let seen = self.2.take().filter(|seen| seen.count == self.0.len());
        let places = || self.0.iter().enumerate().map(|(at, gap)| (hash_of(gap), at)).collect();
        let mut seen = seen.unwrap_or_else(|| Box::new(Seen { places: places(), count: 0 }));
        for gap in more {
            let known = match seen.places.entry(hash_of(&gap)) {
                Entry::Vacant(free) => {
                    free.insert(self.0.len());
                    false
                }
                // Two gaps may have one hash.
                Entry::Occupied(at) => self.0.get(*at.get()) == Some(&gap) || self.0.contains(&gap),
            };
            if !known {
                self.0.push(gap);
            }
        }
        seen.count = self.0.len();
        self.2 = Some(seen);
    }

    /// The same, asked for as they are: an element that is not known for want of something else has no
    /// fields to ask for.
    #[must_use]
    pub(super) fn closed(mut self) -> Self {
        self.0.iter_mut().for_each(|gap| gap.closed = true);
        (self.1, self.2) = (None, None);
        self
    }

    /// The gaps of a field below what is missing.
    #[must_use]
    fn below(mut self, field: Cow<'static, str>) -> Self {
        (self.1, self.2) = (None, None);
        // What is `unknown` as a whole is asked for as a whole.
        let mut open = self.0.iter_mut().filter(|gap| !gap.stated_unknown && !gap.closed);
        if let Some(first) = open.next() {
            open.for_each(|gap| gap.rest.push(field.clone()));
            first.rest.push(field);
        }
        self
    }
}

fn hash_of(gap: &Gap) -> u64 {
    let mut hasher = DefaultHasher::new();
    gap.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Limits, load};

    /// Few and many are joined alike: each once, in the order in which they come.
    #[test]
    fn gaps_are_joined_in_order_and_once() {
        let tree = load(format!("[{}]", "x, ".repeat(90)).into_bytes(), &Limits::default()).tree;
        let nodes = tree.items(tree.documents()[0]);
        let gap = |number: usize, name: &str| {
            let at = Place { node: nodes[number], via: None };
            Gap { at, rest: vec![Cow::Owned(name.to_owned())], stated_unknown: false, closed: false }
        };
        let mut joined = Gaps::default();
        let mut expected: Vec<Gap> = Vec::new();
        for round in 0..400_usize {
            // Numbers come again, in another order.
            let number = round * 7 % 90;
            let more = [gap(number, "a"), gap(number / 2, "b"), gap(number, "a")];
            joined = joined.and(Gaps::from(more.to_vec()));
            for one in more {
                if !expected.contains(&one) {
                    expected.push(one);
                }
            }
            if round == 200 {
                joined.0.truncate(40);
                expected.truncate(40);
            }
            if round == 300 {
                joined = joined.closed();
                for gap in &mut expected {
                    gap.closed = true;
                }
            }
            assert_eq!(joined.0, expected, "{round}");
        }
        assert!(expected.len() > 2 * MANY);
    }
}
