//! The frameworks that rules refer to, and their controls, with titles and how far they were verified.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::packed::{encode, pack};
use crate::finding::Fault;
use crate::syntax::de::{Reader, Spanned, point};
use crate::syntax::tree::{NodeId, Tree};

/// How many values the file may have.
const VISITS: usize = 1_000_000;

/// A framework.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Framework<'t> {
    /// Its key in the references of rules.
    #[serde(borrow)]
    pub key: Cow<'t, str>,
    pub name: Cow<'t, str>,
    pub publisher: Cow<'t, str>,
    pub version: Option<Cow<'t, str>>,
    /// The day, or the month, of this version.
    pub date: Option<Cow<'t, str>>,
    pub address: Cow<'t, str>,
    /// How it was read: `text`, a `copy`, in `parts`, as a `listing` by others.
    pub verified: Cow<'t, str>,
    /// Whether every control is listed; else those that rules refer to, with what they are part of, and some beside them.
    #[serde(default)]
    pub complete: bool,
    pub note: Option<Cow<'t, str>>,
    /// What no manifest can show of any of its controls, one line; a control's own goes before it.
    pub beyond: Option<Cow<'t, str>>,
    /// How tools that exchange findings know it.
    pub taxonomy: Option<Taxonomy<'t>>,
    pub controls: Vec<Control<'t>>,
}

/// The name and the id under which a framework is a taxonomy of SARIF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taxonomy<'t> {
    #[serde(borrow)]
    pub name: Cow<'t, str>,
    pub guid: Cow<'t, str>,
}

/// A control: a risk, a requirement, an article, a technique.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    /// The framework's own title, or our own short words; none where the id is the title.
    pub title: Option<Cow<'t, str>>,
    /// The control that it is part of.
    pub parent: Option<Cow<'t, str>>,
    /// A control of another framework that it belongs to, as `framework:control`.
    pub belongs_to: Option<Cow<'t, str>>,
    pub address: Option<Cow<'t, str>>,
    pub note: Option<Cow<'t, str>>,
    /// What of it no manifest can show, one line; of a control that no rule refers to, why none does.
    pub beyond: Option<Cow<'t, str>>,
    /// `seen` in a source, or from `memory`.
    pub verified: Cow<'t, str>,
}

impl Framework<'_> {
    /// A control by its id; case does not matter.
    pub fn control(&self, id: &str) -> Option<&Control<'_>> {
        self.controls.iter().find(|control| control.id.eq_ignore_ascii_case(id))
    }

    /// The controls that are directly part of one.
    pub fn parts(&self, whole: &Control<'_>) -> impl Iterator<Item = &Control<'_>> {
        self.controls.iter().filter(|control| control.parent.as_deref() == Some(whole.id.as_ref()))
    }

    /// A control and everything that it is part of, the nearest first.
    pub fn ancestry(&self, id: &str) -> Vec<&Control<'_>> {
        let mut found: Vec<&Control<'_>> = Vec::new();
        let mut next = self.control(id);
        while let Some(control) = next.filter(|control| !found.contains(control)) {
            found.push(control);
            next = control.parent.as_deref().and_then(|parent| self.control(parent));
        }
        found
    }
}

/// The file as it is written.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    #[serde(rename = "generated")]
    _generated: String,
    frameworks: Vec<Spanned<IgnoredAny>>,
}

/// Reads the file of frameworks. Gives lines `key <tab> number`, sorted, and the encoded entries.
pub fn compile(tree: &Tree, document: NodeId) -> Result<(String, Vec<u8>), Vec<Fault>> {
    let reader = Reader::new(tree, VISITS);
    let (mut wrong, mut names, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
    let file = reader.read::<File>(tree.place(document));
    for place in file.iter().flat_map(|file| &file.frameworks).map(|entry| entry.place) {
        let Some(framework) = reader.read::<Framework<'_>>(place) else { continue };
        for (at, control) in framework.controls.iter().enumerate() {
            let twice = framework.controls[..at].iter().any(|other| other.id == control.id);
            let orphan = control.parent.as_deref().is_some_and(|parent| framework.control(parent).is_none());
            if twice || orphan {
                let what = if twice { "is there twice" } else { "is part of something that is not there" };
                wrong.push(point(tree, Fault::new("E002", format!("`{}` {what}", control.id)), place, "in this framework"));
            }
        }
        names.push(format!("{}\t{}\n", framework.key, pieces.len()));
        pieces.push(encode(&framework));
    }
    names.sort();
    let mut faults = reader.into_faults();
    faults.extend(wrong);
    if faults.is_empty() { Ok((names.concat(), pack(&pieces))) } else { Err(faults) }
}
