//! What users ask of the system: requests at the busiest time and in a month, today and as planned.

use jiff::civil::Date;

use super::super::{fact, truth};
use super::Case;
use super::figure::{Figure, Origin, Term, Unit, stated, work};
use super::record;
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// Days in a month, for durations.
const MONTH: f64 = 30.4375;

/// The record `facts.demand`. Rates are those of the busiest time.
pub static DEMAND: RecordDesc = RecordDesc {
    name: "Demand",
    doc: "What users ask of the system, today and as planned. Where the peak is not stated, rates are those of a day without one: less than any real one.",
    fields: &[
        fact("users", Type::Number, "Users today."),
        fact("planned_users", Type::Number, "Users as planned; those of today where no growth is planned."),
        fact("months", Type::Number, "Months until then."),
        fact("peak_stated", Type::Bool, "Whether the manifest says how demand peaks."),
        fact("requests_per_second", Type::Number, "Requests in a second at the busiest time, today."),
        fact("planned_requests_per_second", Type::Number, "The same as planned."),
        fact("tokens_per_second", Type::Number, "Tokens to be generated in a second at the busiest time, today."),
        fact("planned_tokens_per_second", Type::Number, "The same as planned."),
        fact(
            "concurrent",
            Type::Number,
            "Requests being answered at the same moment at the busiest time, today; stated, or by Little's law.",
        ),
        fact("requests_per_month", Type::Number, "Requests in a month, today."),
        fact("planned_requests_per_month", Type::Number, "The same as planned."),
    ],
};

/// Demand in one case.
#[derive(Debug, Clone)]
pub struct Demand {
    pub users: Term,
    pub planned_users: Term,
    /// Months until the planned number of users.
    pub months: Term,
    /// Requests that one user makes in a second at the busiest time.
    pub rate: Term,
    pub peak: Term,
    pub planned_peak: Term,
    /// Requests being answered at the same moment.
    pub concurrent: Term,
    pub requests: Term,
    pub planned_requests: Term,
    pub input: Term,
    pub output: Term,
    /// Tokens that all requests begin with.
    pub shared: Term,
}

impl Demand {
    pub fn of(view: &View<'_>, case: Case, today: Date) -> Self {
        let manifest = Ok(view.manifest());
        let workload = manifest.and_then(|manifest| view.field(&manifest, "workload"));
        let growth = field(view, &workload, "users");
        let users = stated(view, &growth, "current", None);
        let planned_users = planned(view, &growth, &users);
        let months = months(view, &growth, today);
        let daily = stated(view, &workload, "requests_per_user_day", None);
        let rate = rate(view, &workload, &users, &daily, case);
        let declared = stated(view, &workload, "peak_rps", None);
        let peak = match &declared {
            Ok(_) => declared.clone(),
            Err(_) => work(
                "peak requests",
                Unit::RequestsPerSecond,
                "users × rate",
                [("users", Unit::Users, &users), ("rate", Unit::RequestsPerSecond, &rate)],
                |[users, rate]| users * rate,
            ),
        };
        let planned_peak = work(
            "planned peak requests",
            Unit::RequestsPerSecond,
            "planned users × rate",
            [("planned users", Unit::Users, &planned_users), ("rate", Unit::RequestsPerSecond, &rate)],
            |[users, rate]| users * rate,
        );
        let days = stated(view, &workload, "active_days", None);
        let monthly = |name, users: &Term| {
            work(
                name,
                Unit::Requests,
                "users × requests a day × active days",
                [("users", Unit::Users, users), ("requests a day", Unit::Requests, &daily), ("active days", Unit::Count, &days)],
                |[users, daily, days]| users * daily * days,
            )
        };
        Self {
            requests: monthly("requests a month", &users),
            planned_requests: monthly("planned requests a month", &planned_users),
            concurrent: stated(view, &workload, "peak_concurrent", None),
            input: stated(view, &workload, "input_tokens", None),
            output: stated(view, &workload, "output_tokens", None),
            shared: stated(view, &workload, "shared_prefix_tokens", Some(0.0)),
            users,
            planned_users,
            months,
            rate,
            peak,
            planned_peak,
        }
    }

    /// Requests being answered at the same moment: stated, or rate of arrival times the time each takes.
    pub fn concurrent(&self, seconds: &Term) -> Term {
        self.concurrent.clone().or_else(|missing| {
            let little = work(
                "concurrent requests",
                Unit::Requests,
                "peak requests × seconds each",
                [("peak requests", Unit::RequestsPerSecond, &self.peak), ("seconds each", Unit::Seconds, seconds)],
                |[rate, seconds]| rate * seconds,
            );
            // What would settle it is the number itself, not everything it could be worked out from.
            little.map_err(|_| missing)
        })
    }

    /// Tokens to be generated in a second at the busiest time.
    pub fn tokens(&self, peak: &Term) -> Term {
        work(
            "tokens asked for",
            Unit::TokensPerSecond,
            "peak requests × output",
            [("peak requests", Unit::RequestsPerSecond, peak), ("output", Unit::Tokens, &self.output)],
            |[peak, output]| peak * output,
        )
    }
}

/// The record `facts.demand`.
pub fn derive<'m>(view: &View<'m>, today: Date) -> Answer<'m> {
    let demand = Demand::of(view, Case::Best, today);
    let value = |term: &Term| term.as_ref().map(Figure::value).map_err(Clone::clone);
    let seconds = Err(Gaps::default());
    let peak_stated = demand.rate.as_ref().map(|rate| rate.asked().is_empty()).map_err(Clone::clone);
    let values = vec![
        value(&demand.users),
        value(&demand.planned_users),
        value(&demand.months),
        truth(peak_stated),
        value(&demand.peak),
        value(&demand.planned_peak),
        value(&demand.tokens(&demand.peak)),
        value(&demand.tokens(&demand.planned_peak)),
        value(&demand.concurrent(&seconds)),
        value(&demand.requests),
        value(&demand.planned_requests),
    ];
    Ok(record(&DEMAND, String::new(), None, values))
}

fn field<'m>(view: &View<'m>, record: &Answer<'m>, name: &str) -> Answer<'m> {
    match record {
        Ok(record) => view.field(record, name),
        Err(gaps) => gaps.clone().field(name),
    }
}

/// Users as planned; `none` states that no growth is planned.
fn planned<'m>(view: &View<'m>, growth: &Answer<'m>, users: &Term) -> Term {
    match field(view, growth, "planned")? {
        Value { data: Data::None, .. } => users.clone(),
        _ => stated(view, growth, "planned", None),
    }
}

fn months<'m>(view: &View<'m>, growth: &Answer<'m>, today: Date) -> Term {
    let by = field(view, growth, "by")?;
    let Data::Date(day) = by.data else { return Err(view.gap_at(by.place)) };
    let days = f64::from((day - today).get_days());
    let until = Figure { value: days, origin: Origin::Stated(by.place) };
    work("months to the plan", Unit::Months, "days / 30.4375", [("days", Unit::Count, &Ok(until))], |[days]| days / MONTH)
}

/// Requests that one user makes in a second at the busiest time.
fn rate<'m>(view: &View<'m>, workload: &Answer<'m>, users: &Term, daily: &Term, case: Case) -> Term {
    let name = "requests of one user at the peak";
    let unit = Unit::RequestsPerSecond;
    let stated_peak = stated(view, workload, "peak_rps", None);
    if stated_peak.is_ok() {
        let inputs = [("peak requests", unit, &stated_peak), ("users", Unit::Users, users)];
        return work(name, unit, "peak requests / users", inputs, |[peak, users]| peak / users);
    }
    let share = stated(view, workload, "peak_hour_share", None);
    if share.is_ok() {
        let inputs = [("requests a day", Unit::Requests, daily), ("peak hour share", Unit::Share, &share)];
        return work(name, unit, "requests a day × peak hour share / 3600", inputs, |[daily, share]| daily * share / 3600.0);
    }
    let factor = stated(view, workload, "peak_factor", None);
    let factor = match (factor, case) {
        (Ok(factor), _) => Ok(factor),
        // A day without a peak asks for less than any real one.
        (Err(_), Case::Best) => {
            let asked = share.err().unwrap_or_default();
            Ok(Figure { value: 1.0, origin: Origin::Assumed { range: "1, a day without a peak, and more", asked } })
        }
        (Err(_), _) => Err(share.err().unwrap_or_default()),
    };
    let inputs = [("requests a day", Unit::Requests, daily), ("peak factor", Unit::Count, &factor)];
    work(name, unit, "requests a day × peak factor / 86400", inputs, |[daily, factor]| daily * factor / 86_400.0)
}
