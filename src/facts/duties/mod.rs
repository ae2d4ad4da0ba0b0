//! Legal duties held against a manifest: which of the table the declared facts select, and from when each applies.
//!
//! A duty is selected by places, by the role under the EU AI Act, by the day of launch and by other fields. What is
//! undeclared leaves it undecided, and says what would settle it. What no field states is carried along as words.

mod condition;

use jiff::civil::Date;
use serde::Serialize;

use super::{fact, flow, truth};
use crate::knowledge::calendar::calendar;
use crate::knowledge::duties::{Duty, Law};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
pub use condition::NAMED;
pub use condition::What;
use condition::{Named, Reach, Test};

/// A row of `facts.duties`.
pub static DUTY: RecordDesc = RecordDesc {
    name: "LegalDuty",
    doc: "A legal duty that is not plainly out of scope.",
    fields: &[
        fact("id", Type::Text, "Its id in the table."),
        fact("title", Type::Text, "What it asks for."),
        fact("law", Type::Text, "The law."),
        fact("reference", Type::Text, "The provision, as the law counts."),
        fact("territory", Type::Text, "Where the law applies."),
        fact("binds", Type::Text, "Whom it binds, in words."),
        fact(
            "reached",
            Type::Bool,
            "Whether the law applies where the organisation or its users are, or is among the declared regimes.",
        ),
        fact(
            "applies",
            Type::Bool,
            "Whether the declared facts select it: places, role, day of launch and what else it depends on. Where `only_if` is not `none`, that has to hold besides.",
        ),
        fact("only_if", Type::Text, "What has to hold besides and is stated by no field; `none` where nothing has to."),
        fact(
            "from",
            Type::Date,
            "The first day on which it applies to a system of this launch; `none` where the day is not known.",
        ),
        fact("days", Type::Number, "Days from today to that day: negative for one that is over; `none` where it is not known."),
        fact("until", Type::Date, "The last day; `none` where there is none."),
        fact("standing", Type::Text, "`in force`, `upcoming`, `ended` or `date not known`."),
        fact("selector", Type::Text, "The node that selects it, the one to point at."),
        fact("selected_by", Type::List(&Type::Text), "All nodes that select it."),
        fact("penalty", Type::Text, "What a breach may cost; `none` where the table does not say."),
        fact(
            "verified",
            Type::Text,
            "How the date was verified: in the `text` of the act, a `copy` of it, `secondary` sources, or not at all (`memory`).",
        ),
        fact("source", Type::Text, "Where it can be read."),
    ],
};

/// How a duty stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    InForce,
    Upcoming,
    Ended,
    /// The table has no first day.
    DateUnknown,
}

impl Standing {
    /// The word in `facts.duties`.
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Upcoming => "upcoming",
            Self::Ended => "ended",
            Self::DateUnknown => "date not known",
        }
    }

    fn of(from: Option<Date>, until: Option<Date>, today: Date) -> Self {
        match from {
            None => Self::DateUnknown,
            Some(from) if from > today => Self::Upcoming,
            Some(_) if until.is_some_and(|until| until < today) => Self::Ended,
            Some(_) => Self::InForce,
        }
    }
}

/// A duty of the table, held against a manifest on a day.
#[derive(Debug)]
pub struct Held<'m> {
    pub duty: &'static Duty<'static>,
    pub law: &'static Law<'static>,
    /// Whether the law applies where the organisation or its users are.
    pub reached: Result<bool, Gaps>,
    /// Whether the declared facts select it.
    pub applies: Result<bool, Gaps>,
    /// The first condition that does not hold, in words.
    pub why_not: Option<What>,
    /// The nodes that select it, as their paths, each once; the place comes first.
    pub by: Vec<Value<'m>>,
    /// The first day for a system of this launch; none where the table does not know it.
    pub from: Result<Option<Date>, Gaps>,
    pub standing: Result<Standing, Gaps>,
    /// What has to hold besides and no field states.
    pub only_if: Result<Option<String>, Gaps>,
}

impl<'m> Held<'m> {
    /// The node to point at: the role where the duty depends on it, else what is said of the system, else the last.
    pub fn selector(&self) -> Option<&Value<'m>> {
        let begins =
            |start: &str| self.by.iter().find(|value| matches!(&value.data, Data::Text(path) if path.starts_with(start)));
        begins(ROLE).or_else(|| begins("system.")).or(self.by.last())
    }
}

/// The field that states the role under the EU AI Act.
const ROLE: &str = "system.eu_ai_act.role";

/// The relations that duties depend on.
#[derive(Debug, Clone, Copy)]
pub struct Relations<'a, 'm> {
    pub datasets: &'a Answer<'m>,
    pub transfers: &'a Answer<'m>,
    pub arrivals: &'a Answer<'m>,
}

/// Every duty of the table, in its order.
pub fn all<'m>(view: &View<'m>, today: Date) -> Vec<Held<'m>> {
    let (datasets, _) = super::data::derive(view);
    let flow = flow::derive(view, today);
    held(view, &Relations { datasets: &datasets, transfers: &flow.transfers, arrivals: &flow.arrivals }, today)
}

fn held<'m>(view: &View<'m>, relations: &Relations<'_, 'm>, today: Date) -> Vec<Held<'m>> {
    let named = Named::of(view, relations);
    let reaches: Vec<_> = calendar().laws.iter().map(|law| (law, condition::reach(view, law))).collect();
    // A duty of a law that is not there does not pass the build.
    let of = |duty: &'static Duty<'static>| {
        let (law, reach) = reaches.iter().find(|(law, _)| law.key == duty.law)?;
        Some(hold(view, duty, law, reach, &named, today))
    };
    calendar().duties.iter().filter_map(of).collect()
}

fn hold<'m>(
    view: &View<'m>,
    duty: &'static Duty<'static>,
    law: &'static Law<'static>,
    reach: &Reach,
    named: &Named,
    today: Date,
) -> Held<'m> {
    let mut tests = vec![reach.test.clone()];
    if !duty.roles.is_empty() && reach.test.met != Ok(false) {
        tests.push(condition::field(view, ROLE, &duty.roles, named));
    }
    if reach.test.met != Ok(false) {
        tests.extend(duty.launched_before.map(|day| condition::launched_before(view, day)));
        tests.extend(duty.when.iter().map(|fields| condition::one_of(view, fields, named)));
    }
    let why_not = tests.iter().find(|test| test.met == Ok(false)).map(|test| test.what.clone());
    let applies = tests.iter().map(|test| test.met.clone()).fold(Ok(true), super::both);
    let start = Start::of(view, duty);
    let part = law.part.as_deref().filter(|_| !reach.whole);
    Held {
        duty,
        law,
        reached: reach.test.met.clone(),
        applies,
        why_not,
        by: selectors(view, &tests),
        standing: start.standing(duty, today),
        only_if: start.only_if.map(|own| joined(part, own)),
        from: start.from,
    }
}

/// The paths of the nodes that decide, each once.
fn selectors<'m>(view: &View<'m>, tests: &[Test]) -> Vec<Value<'m>> {
    let mut found: Vec<Value<'m>> = Vec::new();
    for place in tests.iter().filter(|test| test.met == Ok(true)).filter_map(|test| test.place) {
        if !found.iter().any(|known| known.place == Some(place)) {
            let path = view.tree.path(place).text();
            found.push(Value { data: Data::Text(path.into()), place: Some(place) });
        }
    }
    found
}

fn joined(part: Option<&str>, own: Option<&str>) -> Option<String> {
    match (part, own) {
        (Some(part), Some(own)) => Some(format!("{part}, and {own}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// When a duty starts for a system of the declared launch.
struct Start {
    from: Result<Option<Date>, Gaps>,
    only_if: Result<Option<&'static str>, Gaps>,
    /// The first days that are possible: one, unless the launch decides and is not declared.
    possible: Vec<Option<Date>>,
}

impl Start {
    fn of(view: &View<'_>, duty: &'static Duty<'static>) -> Self {
        let usual = (duty.from, duty.only_if.as_deref());
        let Some(legacy) = &duty.legacy else { return Self::settled(usual) };
        let earlier = (legacy.from.or(duty.from), legacy.only_if.as_deref().or(duty.only_if.as_deref()));
        match condition::launched_before(view, legacy.before).met {
            Ok(true) => Self::settled(earlier),
            Ok(false) => Self::settled(usual),
            Err(gaps) => Self {
                from: if usual.0 == earlier.0 { Ok(usual.0) } else { Err(gaps.clone()) },
                only_if: if usual.1 == earlier.1 { Ok(usual.1) } else { Err(gaps) },
                possible: vec![usual.0, earlier.0],
            },
        }
    }

    fn settled((from, only_if): (Option<Date>, Option<&'static str>)) -> Self {
        Self { from: Ok(from), only_if: Ok(only_if), possible: vec![from] }
    }

    /// Undeclared only where the possible days differ in it.
    fn standing(&self, duty: &Duty<'_>, today: Date) -> Result<Standing, Gaps> {
        let mut standings = self.possible.iter().map(|from| Standing::of(*from, duty.until, today));
        let first = standings.next().unwrap_or(Standing::DateUnknown);
        match &self.from {
            Err(gaps) if standings.any(|other| other != first) => Err(gaps.clone()),
            _ => Ok(first),
        }
    }
}

/// The relation `facts.duties`: one row for each duty that is not plainly out of scope.
pub fn derive<'m>(view: &View<'m>, relations: &Relations<'_, 'm>, today: Date) -> Answer<'m> {
    let held = held(view, relations, today);
    Ok(Value::list(held.iter().filter(|held| held.applies != Ok(false)).map(|held| Ok(row(held, today))).collect()))
}

fn row<'m>(held: &Held<'m>, today: Date) -> Value<'m> {
    let words = |text: &'static str| Ok(Value::computed(Data::Text(text.into())));
    let maybe = |text: Option<&'static str>| Ok(Value::computed(text.map_or(Data::None, |text| Data::Text(text.into()))));
    let day = |day: Option<Date>| Value::computed(day.map_or(Data::None, Data::Date));
    let days = |from: Option<Date>| Value::computed(from.map_or(Data::None, |from| Data::Number(days(today, from))));
    let (duty, law) = (held.duty, held.law);
    let selector = held.selector().cloned();
    let values = vec![
        words(&duty.id),
        words(&duty.title),
        words(&law.name),
        words(&duty.reference),
        words(&law.territory),
        words(&duty.binds),
        truth(held.reached.clone()),
        truth(held.applies.clone()),
        held.only_if.clone().map(|text| Value::computed(text.map_or(Data::None, |text| Data::Text(text.into())))),
        held.from.clone().map(day),
        held.from.clone().map(days),
        Ok(day(duty.until)),
        held.standing.clone().map(|standing| Value::computed(Data::Text(standing.word().into()))),
        Ok(selector.clone().unwrap_or(Value::computed(Data::None))),
        Ok(Value::list(held.by.iter().cloned().map(Ok).collect())),
        maybe(duty.penalty.as_deref()),
        words(duty.verified.word()),
        words(&duty.source),
    ];
    Value { place: selector.and_then(|value| value.place), data: Data::row(&DUTY, duty.id.to_string(), values) }
}

/// Days from one day to another; negative if it is earlier.
fn days(today: Date, from: Date) -> f64 {
    f64::from((from - today).get_days())
}
