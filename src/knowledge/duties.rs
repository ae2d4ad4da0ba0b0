//! Which legal duty applies from when, whom it binds and what selects it: the file, read and checked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::packed::encode;
use crate::finding::Fault;
use crate::syntax::de::{Reader, Spanned, point};
use crate::syntax::tree::{NodeId, Place, Tree};

/// How many values the file may have.
const VISITS: usize = 1_000_000;

/// The word that stands for every stated value but `none`.
pub const ANY: &str = "any";

/// The table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calendar<'t> {
    /// The day on which it was put together.
    pub generated: Date,
    #[serde(borrow)]
    pub laws: Vec<Law<'t>>,
    /// In the order of the file: by law.
    pub duties: Vec<Duty<'t>>,
}

/// A law, and where it applies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Law<'t> {
    #[serde(borrow)]
    pub key: Cow<'t, str>,
    pub name: Cow<'t, str>,
    /// Its key among the frameworks, where it is one.
    pub framework: Option<Cow<'t, str>>,
    /// The word for it in `organization.regimes`, where there is one.
    pub regime: Option<Cow<'t, str>>,
    /// Where it applies, for people.
    pub territory: Cow<'t, str>,
    /// Where it applies: ISO 3166-1 alpha-2 codes, `EU` or `EEA`.
    pub places: Vec<Cow<'t, str>>,
    /// What has to hold besides for a law of a part of these places, which no field of a manifest states.
    pub part: Option<Cow<'t, str>>,
}

/// One duty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duty<'t> {
    #[serde(borrow)]
    pub id: Cow<'t, str>,
    /// What it asks for, in our own words.
    pub title: Cow<'t, str>,
    /// The key of its law.
    pub law: Cow<'t, str>,
    /// The provision, as the law counts.
    pub reference: Cow<'t, str>,
    /// The controls of the law's framework that it belongs to.
    #[serde(default)]
    pub controls: Vec<Cow<'t, str>>,
    /// Whom it binds, for people.
    pub binds: Cow<'t, str>,
    /// The roles under the EU AI Act that it binds; none where the role does not matter.
    #[serde(default)]
    pub roles: Vec<Cow<'t, str>>,
    /// Conditions that all have to hold. In each, one of the fields has to have one of the words.
    #[serde(default)]
    pub when: Vec<BTreeMap<Cow<'t, str>, Vec<Cow<'t, str>>>>,
    /// It concerns only systems that were launched before this day.
    pub launched_before: Option<Date>,
    /// What has to hold besides, which no field of a manifest states.
    pub only_if: Option<Cow<'t, str>>,
    /// The first day; none where it is not known.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// What is different for systems that were launched before a day.
    pub legacy: Option<Legacy<'t>>,
    /// What a breach may cost.
    pub penalty: Option<Cow<'t, str>>,
    pub note: Option<Cow<'t, str>>,
    /// An address.
    pub source: Cow<'t, str>,
    /// What was seen there and elsewhere.
    pub seen: Cow<'t, str>,
    pub verified: Verified,
}

/// What is different for systems that were launched before a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Legacy<'t> {
    /// They were launched before this day.
    pub before: Date,
    /// Their first day, where it is another.
    pub from: Option<Date>,
    /// What has to hold besides for them, where it is something else; no field of a manifest states it.
    #[serde(borrow)]
    pub only_if: Option<Cow<'t, str>>,
}

/// How the date of a duty was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    /// In the text of the act.
    Text,
    /// In a copy of the text.
    Copy,
    /// In reports and quotations by others.
    Secondary,
    /// Not at all.
    Memory,
}

impl Verified {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Copy => "copy",
            Self::Secondary => "secondary",
            Self::Memory => "memory",
        }
    }
}

/// The file as it is written.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    generated: Date,
    laws: Vec<Spanned<IgnoredAny>>,
    duties: Vec<Spanned<IgnoredAny>>,
}

/// Reads the file and gives the encoded [`Calendar`].
pub fn compile(tree: &Tree, document: NodeId) -> Result<Vec<u8>, Vec<Fault>> {
    let reader = Reader::new(tree, VISITS);
    let Some(file) = reader.read::<File>(tree.place(document)) else { return Err(reader.into_faults()) };
    let mut calendar = Calendar { generated: file.generated, laws: Vec::new(), duties: Vec::new() };
    let mut wrong = Vec::new();
    for place in file.laws.iter().map(|law| law.place) {
        let Some(law) = reader.read::<Law<'_>>(place) else { continue };
        if calendar.laws.iter().any(|other| other.key == law.key) {
            wrong.push(fault(tree, place, format!("`{}` is there twice", law.key)));
        }
        calendar.laws.push(law);
    }
    for place in file.duties.iter().map(|duty| duty.place) {
        let Some(duty) = reader.read::<Duty<'_>>(place) else { continue };
        wrong.extend(mistakes(&calendar, &duty).into_iter().map(|message| fault(tree, place, message)));
        calendar.duties.push(duty);
    }
    let encoded = encode(&calendar);
    drop(calendar);
    let mut faults = reader.into_faults();
    faults.extend(wrong);
    if faults.is_empty() { Ok(encoded) } else { Err(faults) }
}

fn fault(tree: &Tree, place: Place, message: String) -> Fault {
    point(tree, Fault::new("E002", message), place, "here")
}

/// What cannot be right about a duty.
fn mistakes(calendar: &Calendar<'_>, duty: &Duty<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let law = calendar.laws.iter().find(|law| law.key == duty.law);
    if calendar.duties.iter().any(|other| other.id == duty.id) {
        found.push(format!("`{}` is there twice", duty.id));
    }
    if law.is_none() {
        found.push(format!("no law has the key `{}`", duty.law));
    }
    if !duty.controls.is_empty() && law.is_some_and(|law| law.framework.is_none()) {
        found.push(format!("`{}` has controls, and its law is no framework", duty.id));
    }
    if duty.from.is_none() && duty.note.is_none() {
        found.push(format!("`{}` has no first day and no note that says why", duty.id));
    }
    if duty.until.is_some_and(|until| duty.from.is_none_or(|from| until < from)) {
        found.push(format!("`{}` ends before it begins", duty.id));
    }
    let later = |legacy: &Legacy<'_>| legacy.from.is_none_or(|from| duty.from.is_some_and(|first| from > first));
    if duty.legacy.as_ref().is_some_and(|legacy| !later(legacy) || (legacy.from.is_none() && legacy.only_if.is_none())) {
        found.push(format!("what `legacy` says of `{}` is nothing later and no other condition", duty.id));
    }
    found
}
