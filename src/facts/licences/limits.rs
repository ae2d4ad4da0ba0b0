//! Thresholds of users and revenue: what they say, what is declared, and whether they are crossed.

use std::borrow::Cow;

use super::super::{Any, both, fact, truth};
use super::row::{none, perhaps, texts, word};
use super::terms::{about, collect, front, holds, made, unknown};
use super::{Ground, InForce};
use crate::knowledge::licences::model::{Counted, Effect, Metric, Tested, Threshold};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::field::{Target, target};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::manifest::vocabulary::Model;

/// A row of `facts.licence_limits`.
pub static LIMIT: RecordDesc = about!(
    "LicenceLimit",
    "One threshold of a licence in force. Where the licence is undeclared, or its thresholds are not known, a row without a known `limit` stands for them.",
    fact("metric", Type::Enum(Metric::DESC), "What is counted."),
    fact("limit", Type::Number, "The limit."),
    fact("currency", Type::Text, "Its currency; `none` for users."),
    fact("counted", Type::Enum(Counted::DESC), "Whose users or revenue count; `none` where the text does not say."),
    fact("when", Type::Enum(Tested::DESC), "When it is tested."),
    fact("effect", Type::Enum(Effect::DESC), "What happens beyond it."),
    fact(
        "business",
        Type::List(&Type::Text),
        "The kinds of business it is about (`maas`, `ai_assistant`, `image_generation`); empty for all. The numbers below do not ask for it."
    ),
    fact("exempt", Type::List(&Type::Text), "Who or what it does not touch, such as `internal_use`."),
    fact("commercial_only", Type::Bool, "Whether only commercial use is tested; then `crossed` asks whether the use is."),
    fact("limit_text", Type::Text, "The limit in words: `700,000,000 monthly active users`."),
    fact(
        "measured",
        Type::Number,
        "What is declared of what is counted: for users of a product `workload.users.current`, of a group or organisation `organization.monthly_active_users`; for revenue `organization.annual_revenue`, a twelfth of it for a month. Undeclared where the currency is another; it is not converted."
    ),
    fact("planned", Type::Number, "The planned number of users, where growth counts; else `none`."),
    fact(
        "crossed",
        Type::Bool,
        "Whether the limit is exceeded today, as far as what is declared tells: a yearly sum settles a month where it is itself below the limit, or more than twelve times as much. Includes `holds`."
    ),
    fact(
        "crossed_planned",
        Type::Bool,
        "Whether the planned number of users exceeds it. Never where the test is at release: growth does not count there."
    ),
    fact("headroom", Type::Number, "How many times what is declared fits into the limit."),
    fact("clause", Type::Text, "The clause; `none` where the table has none."),
    fact("says", Type::Text, "What it says."),
);

/// The relation.
pub fn relation<'m>(ground: &Ground<'m>, rows: &[InForce<'m>]) -> Vec<Answer<'m>> {
    let declared = Declared::of(&ground.view);
    let mut found = Vec::new();
    for row in rows {
        let (terms, open) = collect(&row.held.state, |licence| licence.thresholds.clone(), same);
        for (term, all) in terms {
            found.push(Ok(limit(row, &term, &declared, holds(row, all))));
        }
        if open {
            found.push(Ok(unknown(&LIMIT, row)));
        }
    }
    found
}

fn same(a: &Threshold<'_>, b: &Threshold<'_>) -> bool {
    let key = |t: &Threshold<'_>| (t.metric, t.currency.map(str::to_owned), t.counted, t.when, t.effect, t.commercial_only);
    key(a) == key(b) && a.limit.total_cmp(&b.limit).is_eq() && a.business == b.business
}

/// What the manifest declares of users and revenue.
struct Declared<'m> {
    view: View<'m>,
    users: Answer<'m>,
    planned: Answer<'m>,
    group: Answer<'m>,
    revenue: Answer<'m>,
    commercial: Result<bool, Gaps>,
}

impl<'m> Declared<'m> {
    fn of(view: &View<'m>) -> Self {
        let manifest = view.manifest();
        let below = |record: Answer<'m>, field: &str| match record {
            Ok(record) => view.field(&record, field),
            Err(gaps) => gaps.field(field),
        };
        let organization = || view.field(&manifest, "organization");
        let users = || below(view.field(&manifest, "workload"), "users");
        let flag = |answer: Answer<'m>| answer.map(|value| matches!(value.data, Data::Bool(true)));
        let mut commercial = Any::default();
        commercial.add(flag(below(organization(), "commercial")));
        commercial.add(flag(below(view.field(&manifest, "system"), "monetised")));
        Self {
            view: *view,
            users: below(users(), "current"),
            planned: below(users(), "planned"),
            group: below(organization(), "monthly_active_users"),
            revenue: below(organization(), "annual_revenue"),
            commercial: commercial.answer(),
        }
    }

    /// The yearly revenue in a currency.
    fn revenue(&self, currency: Option<&str>) -> Answer<'m> {
        let revenue = self.revenue.clone()?;
        if matches!(revenue.data, Data::None) {
            return Ok(Value { data: Data::Number(0.0), place: revenue.place });
        }
        let amount = self.view.field(&revenue, "amount")?;
        let declared = self.view.field(&revenue, "currency")?;
        match &declared.data {
            Data::Text(code) if Some(code.as_ref()) == currency => Ok(amount),
            _ => Err(self.view.gap_at(declared.place)),
        }
    }
}

/// A number between two bounds; an infinite one is none.
struct Between<'m> {
    /// What is shown.
    shown: Answer<'m>,
    least: f64,
    most: f64,
    /// What to ask for where the bounds do not settle it.
    gaps: Gaps,
}

fn number(answer: &Answer<'_>) -> Result<f64, Gaps> {
    match answer.as_ref().map_err(Clone::clone)?.data {
        Data::Number(number) => Ok(number),
        // `none` declares that there are none.
        _ => Ok(0.0),
    }
}

impl<'m> Between<'m> {
    fn of(term: &Threshold<'_>, declared: &Declared<'m>) -> Self {
        let product = term.counted == Some(Counted::Product);
        match term.metric {
            Metric::MonthlyActiveUsers | Metric::DailyActiveUsers => {
                let shown = if product { declared.users.clone() } else { declared.group.clone() };
                let daily = term.metric == Metric::DailyActiveUsers;
                let own = number(&shown);
                // The users of the product are among those of the group; but not at a day in the past.
                let among = if term.when == Tested::AnyTime { number(&declared.users).unwrap_or(0.0) } else { 0.0 };
                let least = if daily { 0.0 } else { own.clone().unwrap_or(among).max(if product { 0.0 } else { among }) };
                Self { least, ..Self::up_to(declared, shown, own, 1.0) }
            }
            metric => {
                let year = declared.revenue(term.currency);
                let amount = number(&year);
                let month = metric == Metric::MonthlyRevenue;
                let share = if month { 12.0 } else { 1.0 };
                let whole = !product && !matches!(metric, Metric::AttributableRevenue | Metric::AnnualRecurringRevenue);
                // The best month of a year is at least its twelfth part.
                let least = if whole { amount.clone().unwrap_or(0.0) / share } else { 0.0 };
                Self { least, ..Self::up_to(declared, year, amount, share) }
            }
        }
    }

    fn up_to(declared: &Declared<'m>, shown: Answer<'m>, most: Result<f64, Gaps>, share: f64) -> Self {
        let place = shown.as_ref().ok().and_then(|value| value.place);
        let gaps = shown.as_ref().err().cloned().unwrap_or_else(|| declared.view.gap_at(place));
        let shown = shown.and_then(|value| {
            let number = number(&Ok(value.clone()))?;
            Ok(Value { data: Data::Number(number / share), place: value.place })
        });
        Self { shown, least: 0.0, most: most.unwrap_or(f64::INFINITY), gaps }
    }

    fn exceeds(&self, term: &Threshold<'_>) -> Result<bool, Gaps> {
        if over(self.least, term) {
            Ok(true)
        } else if over(self.most, term) {
            Err(self.gaps.clone())
        } else {
            Ok(false)
        }
    }
}

fn over(number: f64, term: &Threshold<'_>) -> bool {
    number > term.limit || (term.inclusive && number >= term.limit)
}

fn limit<'m>(row: &InForce<'m>, term: &Threshold<'static>, declared: &Declared<'m>, holds: Result<bool, Gaps>) -> Value<'m> {
    let between = Between::of(term, declared);
    let commercial = if term.commercial_only { declared.commercial.clone() } else { Ok(true) };
    let applies = both(holds.clone(), commercial);
    let crossed = both(applies.clone(), between.exceeds(term));
    let users = matches!(term.metric, Metric::MonthlyActiveUsers | Metric::DailyActiveUsers);
    let growth = users && term.when == Tested::AnyTime;
    let planned = if growth { declared.planned.clone() } else { Ok(none(None)) };
    let exceeded = match (growth, term.metric) {
        (false, _) => Ok(false),
        (true, Metric::DailyActiveUsers) => number(&planned).and_then(|planned| {
            let place = declared.planned.as_ref().ok().and_then(|value| value.place);
            if over(planned, term) { Err(declared.view.gap_at(place)) } else { Ok(false) }
        }),
        (true, _) => number(&planned).map(|planned| over(planned, term)),
    };
    let place = between.shown.as_ref().ok().and_then(|value| value.place);
    let headroom = number(&between.shown).map(|measured| {
        let data = if measured > 0.0 { Data::Number(term.limit / measured) } else { Data::None };
        Value { data, place }
    });
    let mut values = front(row, holds);
    values.extend([
        Ok(word(Metric::DESC, term.metric as usize, None)),
        Ok(Value { data: Data::Number(term.limit), place: row.held.place }),
        Ok(perhaps(term.currency)),
        Ok(term.counted.map_or(none(None), |counted| word(Counted::DESC, counted as usize, None))),
        Ok(word(Tested::DESC, term.when as usize, None)),
        Ok(word(Effect::DESC, term.effect as usize, None)),
        Ok(Value::computed(texts(term.business.clone()))),
        Ok(Value::computed(texts(term.exempt.clone()))),
        truth(Ok(term.commercial_only)),
        Ok(Value { data: Data::Text(Cow::Owned(term.text())), place: row.held.place }),
        between.shown.clone(),
        planned,
        crossed.map(|crossed| Value { data: Data::Bool(crossed), place }),
        truth(both(applies, exceeded)),
        headroom,
        Ok(perhaps(term.clause)),
        Ok(perhaps(term.says)),
    ]);
    made(&LIMIT, row, &format!("{} {}", term.metric.word(), term.effect.word()), values)
}
