//! Who names whom: for a field of a section, the entries that name an id, without looking through the section again.
//!
//! Most facts about one thing are read off the few entries that name it, and off those that do not say whom they mean:
//! such an entry may mean anybody, so it is a gap for everybody. The rest of the section says nothing of the thing. Made
//! once for each derivation, this keeps the cost of a manifest linear in its size.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use super::{list, word};
use crate::manifest::value::{Answer, Gaps, Value, View};

/// The positions in a list at which something is named.
#[derive(Debug)]
pub struct Index<K> {
    naming: HashMap<K, Vec<usize>>,
    /// Those that do not say.
    silent: Vec<usize>,
}

impl<K: Eq + Hash> Index<K> {
    /// From what each place of a list names; `None` where it does not say.
    pub fn of<N: IntoIterator<Item = K>>(says: impl IntoIterator<Item = Option<N>>) -> Self {
        let mut index = Self { naming: HashMap::new(), silent: Vec::new() };
        for (at, names) in says.into_iter().enumerate() {
            match names {
                Some(names) => names.into_iter().for_each(|name| index.naming.entry(name).or_default().push(at)),
                None => index.silent.push(at),
            }
        }
        index
    }

    /// Where any of these is named or nothing is said, in the order of the list, each place once.
    pub fn about<'q, Q: Eq + Hash + ?Sized + 'q>(&self, keys: impl IntoIterator<Item = &'q Q>) -> Vec<usize>
    where
        K: Borrow<Q>,
    {
        let mut places = self.silent.clone();
        places.extend(keys.into_iter().filter_map(|key| self.naming.get(key)).flatten());
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// The entries of a section, by the ids that a field of theirs names.
#[derive(Debug)]
pub struct Naming<'m> {
    entries: Result<Vec<Answer<'m>>, Gaps>,
    index: Index<String>,
}

impl<'m> Naming<'m> {
    /// By a field that is a reference or a list of them.
    pub fn of(view: &View<'m>, section: &str, field: &str) -> Self {
        let entries = list(view, &view.manifest(), section);
        Self::by(entries, |entry| names(view, entry.as_ref().ok()?, field))
    }

    /// By what each entry says; `None` where it does not say.
    pub fn by(entries: Result<Vec<Answer<'m>>, Gaps>, says: impl Fn(&Answer<'m>) -> Option<Vec<String>>) -> Self {
        let index = Index::of(entries.iter().flatten().map(says));
        Self { entries, index }
    }

    /// The entries that name an id or do not say, in the order of the manifest; the gap of the section where it is not
    /// there.
    pub fn about(&self, id: &str) -> Result<impl Iterator<Item = &Answer<'m>>, Gaps> {
        self.about_any([id])
    }

    /// As [`Self::about`], of any of these ids.
    pub fn about_any<'q>(&self, ids: impl IntoIterator<Item = &'q str>) -> Result<impl Iterator<Item = &Answer<'m>>, Gaps> {
        let entries = self.entries.as_ref().map_err(Clone::clone)?;
        Ok(self.index.about(ids).into_iter().map(|at| &entries[at]))
    }
}

/// What a field names; `None` where it does not say.
fn names<'m>(view: &View<'m>, entry: &Value<'m>, field: &str) -> Option<Vec<String>> {
    let value = view.field(entry, field).ok()?;
    match view.elements(&value) {
        Some(elements) => Some(elements.iter().flatten().filter_map(word).map(Into::into).collect()),
        None => word(&value).map(|name| vec![name.into_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn what_names_an_id_or_says_nothing_is_given_in_order_and_once() {
        let says = [Some(vec!["a", "b"]), None, Some(vec![]), Some(vec!["b", "b"]), Some(vec!["c"]), None];
        let index = Index::of(says);
        assert_eq!(index.about(["a"]), [0, 1, 5]);
        assert_eq!(index.about(["b"]), [0, 1, 3, 5]);
        assert_eq!(index.about(["c", "b"]), [0, 1, 3, 4, 5]);
        assert_eq!(index.about(["nobody"]), [1, 5], "who does not say may mean anybody");
    }
}
