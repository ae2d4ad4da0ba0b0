//! Which hosting entries answer, and what share of the requests each of them takes.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::{list, text, word};
use super::Case;
use super::figure::{Figure, Origin, Term, stated};
use super::served;
use crate::manifest::value::{Answer, Gaps, View};

/// Which hosting entries answer requests.
#[derive(Debug)]
pub struct Answering {
    /// Those that stand in for others.
    fallbacks: HashSet<String>,
    /// How many others answer.
    others: usize,
}

impl Answering {
    pub fn of(view: &View<'_>) -> Result<Self, Gaps> {
        let hosts = list(view, &view.manifest(), "hosting")?;
        let mut fallbacks = HashSet::new();
        let mut answering = Vec::new();
        for host in hosts.iter().flatten() {
            let names = list(view, host, "fallback").unwrap_or_default();
            fallbacks.extend(names.iter().flatten().filter_map(word).map(Cow::into_owned));
            let models = list(view, host, "models").unwrap_or_default();
            let writing =
                models.into_iter().flatten().any(|model| view.follow(&model).is_ok_and(|model| served::writes(view, &model)));
            if writing {
                answering.extend(text(view, host, "id").ok());
            }
        }
        let others = answering.iter().filter(|host| !fallbacks.contains(host.as_ref())).count();
        Ok(Self { fallbacks, others })
    }
}

/// The share of all requests that this entry answers. An entry that is only somebody's fallback answers
/// none at best and all at worst.
pub fn share<'m>(view: &View<'m>, answering: &Result<Answering, Gaps>, host: &Answer<'m>, case: Case) -> Term {
    let own = stated(view, host, "share", Some(0.0));
    let Err(asked) = own else { return own };
    let answering = answering.as_ref().map_err(Clone::clone)?;
    let id = host.as_ref().ok().and_then(|host| text(view, host, "id").ok());
    let fallback = id.is_some_and(|id| answering.fallbacks.contains(id.as_ref()));
    let assumed =
        |value| Ok(Figure { value, origin: Origin::Assumed { range: "0 to 1: it stands in for others", asked: asked.clone() } });
    match (fallback, case, answering.others) {
        (true, Case::Worst, _) => assumed(1.0),
        (true, ..) => assumed(0.0),
        (false, _, 0 | 1) => Ok(Figure::table(1.0, "no other entry answers")),
        (false, ..) => Err(asked),
    }
}
