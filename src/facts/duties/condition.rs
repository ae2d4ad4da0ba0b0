//! The conditions that select a duty, each answered in three values with the node that answers it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use super::super::{Any, both, list, regimes, word};
use super::Relations;
use crate::knowledge::duties::{ANY, Law};
use crate::knowledge::regions;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::syntax::tree::Place;

/// One condition of a duty, answered.
#[derive(Debug, Clone)]
pub struct Test {
    pub met: Result<bool, Gaps>,
    /// The node that makes it true.
    pub place: Option<Place>,
    pub what: What,
}

/// What does not hold where a condition is false: put into words only where somebody reads them.
#[derive(Debug, Clone)]
pub enum What {
    /// Neither the organisation nor its users are in this territory.
    Territory(&'static str),
    /// `organization.regimes` does not list this word.
    Regime(&'static str),
    /// The launch is not before this day.
    Launch(Date),
    /// The field at this path has none of these words.
    Words(&'static str, &'static [Cow<'static, str>]),
    /// It is not so that this holds.
    Named(&'static str),
    /// None of these holds.
    All(Vec<What>),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Territory(territory) => write!(f, "neither the organisation nor its users are in {territory}"),
            Self::Regime(regime) => write!(f, "`organization.regimes` does not list {regime}"),
            Self::Launch(day) => write!(f, "`system.launch` is not before {day}"),
            Self::Words(path, words) => write!(f, "`{path}` has none of {}", words.join(", ")),
            Self::Named(meaning) => write!(f, "it is not so that {meaning}"),
            Self::All(all) => f.write_str(&all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Finds a true one among answers, and remembers its place.
#[derive(Default)]
struct Search {
    any: Any,
    place: Option<Place>,
}

impl Search {
    fn add(&mut self, met: Result<bool, Gaps>, place: Option<Place>) {
        if met == Ok(true) && self.place.is_none() {
            self.place = place;
        }
        self.any.add(met);
    }

    fn test(self, what: What) -> Test {
        Test { met: self.any.answer(), place: self.place, what }
    }
}

/// Whether a law applies where the organisation or its users are.
pub struct Reach {
    pub test: Test,
    /// Whether that is known of the whole law: it is among the declared regimes, or has no part.
    pub whole: bool,
}

/// A stated list of regimes decides for the laws that have a word in it, as in `facts.regimes`; the EU AI Act
/// applies by places too, as in `facts.eu_nexus`.
pub fn reach(view: &View<'_>, law: &'static Law<'static>) -> Reach {
    let what = What::Territory(&law.territory);
    let organization = match view.field(&view.manifest(), "organization") {
        Ok(organization) => organization,
        Err(gaps) => return Reach { test: Test { met: Err(gaps), place: None, what }, whole: law.part.is_none() },
    };
    let mut search = Search::default();
    if let (Some(regime), Ok(declared)) = (&law.regime, list(view, &organization, "regimes")) {
        for answer in declared {
            match answer {
                Ok(value) => search.add(Ok(word(&value).as_deref() == Some(regime.as_ref())), value.place),
                Err(gaps) => search.add(Err(gaps), None),
            }
        }
        let by_places = regime == "eu_ai_act";
        if search.place.is_some() || !by_places {
            return Reach { test: search.test(What::Regime(regime)), whole: true };
        }
    }
    for place in regimes::nexus(view, &organization) {
        match place {
            Ok(value) => {
                let region = word(&value).unwrap_or_default();
                let met = match covers(law, &region) {
                    Some(met) => Ok(met),
                    None => Err(view.gap_at(value.place)),
                };
                search.add(met, value.place);
            }
            Err(gaps) => search.add(Err(gaps), None),
        }
    }
    Reach { test: search.test(what), whole: law.part.is_none() }
}

/// Whether a place lies in the territory of a law; none where only a part of it may.
fn covers(law: &Law<'_>, region: &str) -> Option<bool> {
    let within = |place: &Cow<'_, str>| match place.as_ref() {
        "EU" => regions::in_eu(region),
        "EEA" => regions::in_eea(region),
        country => country == region,
    };
    let union = |place: &Cow<'_, str>| match region {
        "EU" => regions::in_eu(place),
        "EEA" => regions::in_eea(place),
        _ => false,
    };
    if law.places.iter().any(within) {
        return Some(true);
    }
    // `EU` says that people in some member states are reached, and not in which.
    if law.places.iter().any(union) { None } else { Some(false) }
}

/// Whether the system was launched before a day; one that is never launched was not.
pub fn launched_before(view: &View<'_>, day: Date) -> Test {
    let what = What::Launch(day);
    match walk(view, "system.launch") {
        Ok(Value { data: Data::Date(launch), place }) => Test { met: Ok(launch < day), place, what },
        Ok(Value { data: Data::None, .. }) => Test { met: Ok(false), place: None, what },
        Ok(value) => Test { met: Err(view.gap_at(value.place)), place: None, what },
        Err(gaps) => Test { met: Err(gaps), place: None, what },
    }
}

/// Whether one of several fields has one of its words.
pub fn one_of(view: &View<'_>, fields: &'static BTreeMap<Cow<'static, str>, Vec<Cow<'static, str>>>, named: &Named) -> Test {
    let mut search = Search::default();
    let mut what = Vec::new();
    for (path, words) in fields {
        let test = field(view, path, words, named);
        search.add(test.met, test.place);
        what.push(test.what);
    }
    search.test(What::All(what))
}

/// Whether a field has one of the words.
pub fn field(view: &View<'_>, path: &'static str, words: &'static [Cow<'static, str>], named: &Named) -> Test {
    if let Some(test) = named.get(path) {
        return test.clone();
    }
    let mut search = Search::default();
    match walk(view, path) {
        Ok(value) => match view.elements(&value).filter(|elements| !elements.is_empty()) {
            Some(elements) => {
                for element in elements {
                    match element {
                        Ok(element) => search.add(Ok(has(&element, words)), element.place),
                        Err(gaps) => search.add(Err(gaps), None),
                    }
                }
            }
            None => search.add(Ok(has(&value, words)), value.place),
        },
        Err(gaps) => search.add(Err(gaps), None),
    }
    search.test(What::Words(path, words))
}

fn has(value: &Value<'_>, words: &[Cow<'_, str>]) -> bool {
    let Some(word) = word(value) else { return false };
    words.iter().any(|wanted| *wanted == word || (wanted == ANY && word != "none"))
}

/// The value at a path of keys. A gap names the whole path, and a claim in a record that is not there is not made.
fn walk<'m>(view: &View<'m>, path: &str) -> Answer<'m> {
    let mut answer = Ok(view.manifest());
    for key in path.split('.') {
        answer = match answer {
            Ok(value) => view.field(&value, key),
            Err(gaps) => gaps.field(key),
        };
    }
    answer
}

/// The conditions that depend on more than a field, under their names in the table.
pub const NAMED: [(&str, &str); 5] = [
    ("facts.personal", "a data set holds personal data"),
    ("facts.special", "a data set holds special categories of personal data, or data of crimes"),
    ("facts.trained", "the organisation trains or tunes a model"),
    ("facts.handed_on", "personal data is handed to another party"),
    ("facts.abroad", "personal data reaches a place outside the European Economic Area"),
];

/// Their answers for one manifest.
pub struct Named(Vec<Test>);

impl Named {
    /// Answers them.
    pub fn of<'m>(view: &View<'m>, relations: &Relations<'_, 'm>) -> Self {
        let all = |row: &Value<'m>, fields: &[&str]| fields.iter().map(|name| truth(view, row, name)).fold(Ok(true), both);
        let tests = [
            any_row(view, relations.datasets, |row| all(row, &["personal"])),
            any_row(view, relations.datasets, |row| all(row, &["special"])),
            any_row(view, &view.field(&view.manifest(), "training"), |_| Ok(true)),
            any_row(view, relations.transfers, |row| all(row, &["external", "personal"])),
            any_row(view, relations.arrivals, |row| both(all(row, &["personal"]), outside(view, row))),
        ];
        let name = |(search, (_, meaning)): (Search, (&str, &'static str))| search.test(What::Named(meaning));
        Self(tests.into_iter().zip(NAMED).map(name).collect())
    }

    fn get(&self, path: &str) -> Option<&Test> {
        NAMED.iter().position(|(name, _)| *name == path).map(|at| &self.0[at])
    }
}

/// Whether a row of a relation fits.
fn any_row<'m>(view: &View<'m>, rows: &Answer<'m>, fits: impl Fn(&Value<'m>) -> Result<bool, Gaps>) -> Search {
    let mut search = Search::default();
    let rows = rows.clone().and_then(|rows| view.elements(&rows).ok_or_else(|| view.gap_at(rows.place)));
    match rows {
        Ok(rows) => {
            for row in rows {
                match row {
                    Ok(row) => search.add(fits(&row), row.place),
                    Err(gaps) => search.add(Err(gaps), None),
                }
            }
        }
        Err(gaps) => search.add(Err(gaps), None),
    }
    search
}

fn truth<'m>(view: &View<'m>, row: &Value<'m>, name: &str) -> Result<bool, Gaps> {
    let value = view.field(row, name)?;
    if let Data::Bool(answer) = value.data { Ok(answer) } else { Err(view.gap_at(value.place)) }
}

/// Whether what a row of `facts.arrivals` is about lies outside the Economic Area.
fn outside<'m>(view: &View<'m>, row: &Value<'m>) -> Result<bool, Gaps> {
    let country = view.field(row, "country")?;
    Ok(word(&country).is_some_and(|country| country != "none" && !regions::in_eea(&country)))
}
