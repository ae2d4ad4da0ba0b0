//! The sizing and the cost of one manifest, as plain data to be shown.
//!
//! The figures are those of the facts; nothing is computed here but what they would be if an assumption
//! were another, by changing the manifest and deriving again.

use std::rc::Rc;

use jiff::civil::Date;
use serde::Serialize;

use crate::facts::capacity::demand::Demand;
use crate::facts::capacity::figure::{Figure, Origin, Term, Unit, Working};
use crate::facts::capacity::{self, Case, Entry, SIZING};
use crate::facts::cost::lines::{self, Line, Pricing};
use crate::facts::cost::{budgeted, total_of};
use crate::knowledge::tables::Tables;
use crate::manifest::value::{Data, Gaps, View};
use crate::manifest::{Scope, read};
use crate::span::LineIndex;
use crate::syntax::overlay::{Change, apply};
use crate::syntax::{Limits, load};

/// A number, or what would have to be declared for it to be known. A number that has no bound is `unbounded`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantity {
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unbounded: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// A figure in three cases.
#[derive(Debug, Clone, Serialize)]
pub struct Sizing {
    /// Its name in `facts.capacity`.
    pub name: &'static str,
    pub meaning: &'static str,
    pub unit: &'static str,
    pub best: Quantity,
    pub expected: Quantity,
    pub worst: Quantity,
}

/// One hosting entry.
#[derive(Debug, Clone, Serialize)]
pub struct Host {
    pub id: String,
    pub model: String,
    /// What limits the number of users, in the expected case.
    pub limit: Option<&'static str>,
    pub replicas: Quantity,
    pub replicas_planned: Quantity,
    pub figures: Vec<Sizing>,
    /// How the expected figures come about.
    pub steps: Vec<Step>,
}

/// A calculation.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub formula: &'static str,
    pub inputs: Vec<Input>,
}

/// One symbol of a formula.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    pub symbol: &'static str,
    pub value: f64,
    pub unit: &'static str,
    /// `stated`, `table`, `assumed` or `worked out`.
    pub origin: &'static str,
    /// The table, or the range that was assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The line of the manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// A figure of demand, today and as planned.
#[derive(Debug, Clone, Serialize)]
pub struct Now {
    pub name: &'static str,
    pub unit: &'static str,
    pub now: Quantity,
    pub planned: Quantity,
}

/// One kind of monthly cost.
#[derive(Debug, Clone, Serialize)]
pub struct Cost {
    pub kind: &'static str,
    pub now: Quantity,
    pub planned: Quantity,
    /// What the budget sets aside; null where it has no such line.
    pub budget: Option<Quantity>,
    /// Whether it is worked out rather than taken from the budget.
    pub computed: bool,
    /// What it costs by prices and volumes, today and as planned, whatever the budget says; null where nothing of the
    /// kind is stated.
    pub worked: Option<[Quantity; 2]>,
    pub steps: Vec<Step>,
}

/// Users from month to month.
#[derive(Debug, Clone, Serialize)]
pub struct Growth {
    pub users: f64,
    pub planned: f64,
    pub months: f64,
    /// Users that all replicas carry.
    pub carried: Quantity,
    /// Months until they are outgrown, by the same factor and by the same number each month.
    pub saturation: Quantity,
    pub saturation_linear: Quantity,
    pub points: Vec<Point>,
}

/// Users in one month.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    pub month: f64,
    pub users: f64,
    pub linear: f64,
    /// Replicas that they need, where that is known.
    pub replicas: Option<f64>,
}

/// What users carried would be with another value of one input.
#[derive(Debug, Clone, Serialize)]
pub struct Lever {
    /// The path of the input.
    pub path: String,
    /// `assumed`: the ends of the range; `stated`: a fifth less and more.
    pub origin: &'static str,
    pub low: f64,
    pub high: f64,
    /// Users carried with each.
    pub at_low: Option<f64>,
    pub at_high: Option<f64>,
}

/// Everything about one manifest.
#[derive(Debug, Clone, Serialize)]
pub struct Estimate {
    pub file: String,
    pub as_of: String,
    /// Changes that were made before.
    pub set: Vec<String>,
    /// The currency of all sums.
    pub currency: String,
    pub demand: Vec<Now>,
    pub hosts: Vec<Host>,
    /// What keeps hosting entries from being sized.
    pub not_sized: Vec<String>,
    pub growth: Option<Growth>,
    pub sensitivity: Vec<Lever>,
    pub costs: Vec<Cost>,
    pub total: Now,
    /// The sum of what is known, where the total is not.
    pub known: Now,
    pub budget: Option<Quantity>,
}

/// Units of the figures of [`SIZING`], in its order.
const UNITS: [Unit; 26] = [
    Unit::Bytes,
    Unit::Bytes,
    Unit::Bytes,
    Unit::Bytes,
    Unit::Bytes,
    Unit::Bytes,
    Unit::Sequences,
    Unit::Sequences,
    Unit::Bytes,
    Unit::TokensPerSecond,
    Unit::Seconds,
    Unit::Seconds,
    Unit::TokensPerSecond,
    Unit::TokensPerSecond,
    Unit::TokensPerSecond,
    Unit::TokensPerSecond,
    Unit::TokensPerSecond,
    Unit::Share,
    Unit::Share,
    Unit::Users,
    Unit::Users,
    Unit::Months,
    Unit::Months,
    Unit::Replicas,
    Unit::Replicas,
    Unit::Bytes,
];

/// What is needed beside the manifest.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    pub tables: &'c Tables,
    pub limits: &'c Limits,
    pub today: Date,
    /// Changes that were made to the text before.
    pub set: &'c [String],
}

/// The estimate of a text; none where it has no document that can be read.
pub fn estimate(context: Context<'_>, file: &str, text: &str) -> Option<Estimate> {
    with_view(context, text, |view| estimate_of(context, file, view, Some(text)))
}

/// The estimate of a manifest that has been read. What it would be with other inputs is worked out where its text is
/// given, which has to hold no other manifest.
pub fn estimate_of(context: Context<'_>, file: &str, view: &View<'_>, text: Option<&str>) -> Estimate {
    let mut estimate = of(context, file, view);
    estimate.sensitivity = text.map(|text| sensitivity(context, text)).unwrap_or_default();
    estimate
}

/// Reads a text and hands over its first document.
pub fn with_view<T>(context: Context<'_>, text: &str, then: impl FnOnce(&View<'_>) -> T) -> Option<T> {
    let loaded = load(text.as_bytes().to_vec(), context.limits);
    let root = *loaded.tree.documents().first().filter(|_| loaded.faults.is_empty())?;
    let read = read(&loaded.tree, root, Scope::Whole, context.limits);
    Some(then(&View { tree: &loaded.tree, root: read.root, ids: &read.ids, require_evidence: false }))
}

fn of(context: Context<'_>, file: &str, view: &View<'_>) -> Estimate {
    let show = Show { view, lines: LineIndex::new(view.tree.source()) };
    let entries = capacity::size(view, context.tables, context.today);
    let demand = Demand::of(view, Case::Expected, context.today);
    let costs = lines::all(view, &entries, Case::Expected, Pricing::List(context.tables), context.today);
    let sized: Vec<&Entry<'_>> = entries.iter().flatten().flatten().collect();
    let gaps = entries.iter().flatten().filter_map(|entry| entry.as_ref().err()).chain(entries.as_ref().err());
    let mut not_sized: Vec<String> = gaps.flat_map(|gaps| show.missing(gaps)).collect();
    not_sized.sort();
    not_sized.dedup();
    let known: Vec<&Line<'_>> = costs.iter().filter(|line| line.now.is_ok() && line.planned.is_ok()).collect();
    let all: Vec<&Line<'_>> = costs.iter().collect();
    Estimate {
        file: file.to_owned(),
        as_of: context.today.to_string(),
        set: context.set.to_vec(),
        currency: currency(view),
        demand: demand_rows(&show, &demand),
        hosts: sized.iter().map(|entry| host(&show, entry)).collect(),
        not_sized,
        growth: growth(&show, &demand, &sized),
        sensitivity: Vec::new(),
        total: sum(&show, &all),
        known: sum(&show, &known),
        costs: costs.iter().map(|line| cost(&show, line)).collect(),
        budget: crate::facts::cost::budget_total(view).map(|term| show.quantity(&term)),
    }
}

/// The currency of the budget; prices of the tables are in US dollars, which stand where none is stated.
pub fn currency(view: &View<'_>) -> String {
    let budget = view.field(&view.manifest(), "budget");
    let currency = budget.and_then(|budget| view.field(&budget, "currency"));
    match currency.map(|value| value.data) {
        Ok(Data::Text(text)) => text.into_owned(),
        _ => "USD".to_owned(),
    }
}

/// Turns figures into what is shown of them.
struct Show<'v, 'm> {
    view: &'v View<'m>,
    lines: LineIndex,
}

impl Show<'_, '_> {
    fn quantity(&self, term: &Term) -> Quantity {
        match term {
            Ok(figure) if figure.value.is_finite() => {
                Quantity { value: Some(figure.value), unbounded: false, missing: Vec::new() }
            }
            Ok(_) => Quantity { value: None, unbounded: true, missing: Vec::new() },
            Err(gaps) => Quantity { value: None, unbounded: false, missing: self.missing(gaps) },
        }
    }

    fn missing(&self, gaps: &Gaps) -> Vec<String> {
        let mut paths: Vec<String> = gaps.iter().map(|gap| self.view.gap_path(gap)).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn step(&self, working: &Working) -> Step {
        let input = |(symbol, unit, figure): &(&'static str, Unit, Figure)| {
            let (origin, source) = match &figure.origin {
                Origin::Stated(_) => ("stated", None),
                Origin::Table(source) => ("table", Some(source.to_string())),
                Origin::Assumed { range, .. } => ("assumed", Some((*range).to_owned())),
                Origin::Worked(_) => ("worked out", None),
            };
            let place = if let Origin::Stated(place) = figure.origin { place } else { None };
            let line = place.map(|place| self.lines.line(self.view.span(place).start as usize) + 1);
            Input { symbol, value: figure.value, unit: unit.name(), origin, source, line }
        };
        Step {
            name: working.name,
            value: working.value,
            unit: working.unit.name(),
            formula: working.formula,
            inputs: working.inputs.iter().map(input).collect(),
        }
    }

    fn steps<'t>(&self, terms: impl IntoIterator<Item = &'t Term>) -> Vec<Step> {
        let mut found: Vec<Rc<Working>> = Vec::new();
        for figure in terms.into_iter().flatten() {
            for working in figure.workings() {
                if !found.iter().any(|known| known.name == working.name && known.value.to_bits() == working.value.to_bits()) {
                    found.push(working);
                }
            }
        }
        found.iter().map(|working| self.step(working)).collect()
    }
}

fn demand_rows(show: &Show<'_, '_>, demand: &Demand) -> Vec<Now> {
    let row = |name, unit: Unit, now: &Term, planned: &Term| Now {
        name,
        unit: unit.name(),
        now: show.quantity(now),
        planned: show.quantity(planned),
    };
    vec![
        row("users", Unit::Users, &demand.users, &demand.planned_users),
        row("requests a month", Unit::Requests, &demand.requests, &demand.planned_requests),
        row("requests a second at the busiest time", Unit::RequestsPerSecond, &demand.peak, &demand.planned_peak),
        row(
            "tokens a second at the busiest time",
            Unit::TokensPerSecond,
            &demand.tokens(&demand.peak),
            &demand.tokens(&demand.planned_peak),
        ),
    ]
}

fn host<'m>(show: &Show<'_, 'm>, entry: &Entry<'m>) -> Host {
    let [best, expected, worst] = Case::ALL.map(|case| entry.case(case));
    let figures = SIZING.fields.iter().zip(UNITS).enumerate();
    let figures = figures.map(|(at, (field, unit))| Sizing {
        name: field.name,
        meaning: field.doc,
        unit: unit.name(),
        best: show.quantity(best.figures()[at]),
        expected: show.quantity(expected.figures()[at]),
        worst: show.quantity(worst.figures()[at]),
    });
    let model = crate::facts::name_of(show.view, &entry.model);
    Host {
        id: entry.id.clone(),
        model,
        limit: expected.limit.map(capacity::Limit::word),
        replicas: show.quantity(&expected.replicas),
        replicas_planned: show.quantity(&expected.replicas_planned),
        figures: figures.collect(),
        steps: show.steps(expected.figures()),
    }
}

fn cost<'m>(show: &Show<'_, 'm>, line: &Line<'m>) -> Cost {
    Cost {
        kind: line.kind,
        now: show.quantity(&line.now),
        planned: show.quantity(&line.planned),
        budget: budgeted(show.view, line).map(|term| show.quantity(&term)),
        computed: line.computed,
        worked: line.worked.as_ref().map(|(now, planned)| [show.quantity(now), show.quantity(planned)]),
        steps: show.steps([&line.now, &line.planned]),
    }
}

fn sum(show: &Show<'_, '_>, lines: &[&Line<'_>]) -> Now {
    let side = |planned: bool| show.quantity(&total_of(lines.iter().copied(), planned));
    Now { name: "total", unit: Unit::Money.name(), now: side(false), planned: side(true) }
}

/// The entry that carries the fewest users carries the system.
fn limiting<'e, 'm>(entries: &[&'e Entry<'m>], case: Case) -> Option<&'e Entry<'m>> {
    let value = |entry: &Entry<'_>| entry.case(case).carried.as_ref().map_or(f64::INFINITY, |figure| figure.value);
    entries.iter().copied().min_by(|a, b| value(a).total_cmp(&value(b)))
}

fn carried<'e>(entries: &[&'e Entry<'_>], case: Case) -> Option<&'e capacity::Sized> {
    limiting(entries, case).map(|entry| entry.case(case))
}

fn growth(show: &Show<'_, '_>, demand: &Demand, entries: &[&Entry<'_>]) -> Option<Growth> {
    let (Ok(users), Ok(planned), Ok(months)) = (&demand.users, &demand.planned_users, &demand.months) else { return None };
    let (users, planned, months) = (users.value, planned.value, months.value);
    if months <= 0.0 || users <= 0.0 {
        return None;
    }
    let sized = carried(entries, Case::Expected);
    let unknown = || Quantity { value: None, unbounded: false, missing: Vec::new() };
    let each = sized.and_then(|sized| sized.users.as_ref().ok()).map(|figure| figure.value);
    let at = |month: f64| {
        let share = month / months;
        let compound = users * (planned / users).powf(share);
        Point {
            month,
            users: compound,
            linear: users + (planned - users) * share,
            replicas: each.filter(|each| *each > 0.0).map(|each| (compound / each).ceil().max(1.0)),
        }
    };
    let mut points: Vec<Point> = Vec::new();
    let stride = (months / 12.0).ceil().max(1.0);
    let mut month = 0.0;
    while month < months {
        points.push(at(month));
        month += stride;
    }
    points.push(at(months));
    Some(Growth {
        users,
        planned,
        months,
        carried: sized.map_or_else(unknown, |sized| show.quantity(&sized.carried)),
        saturation: sized.map_or_else(unknown, |sized| show.quantity(&sized.months)),
        saturation_linear: sized.map_or_else(unknown, |sized| show.quantity(&sized.months_linear)),
        points,
    })
}

/// How users carried depend on each input that is assumed, and on each stated one that is an opinion about the
/// future; the largest swing first.
fn sensitivity(context: Context<'_>, text: &str) -> Vec<Lever> {
    let Some(inputs) = with_view(context, text, |view| inputs(context, view)) else { return Vec::new() };
    let users = |path: &str, value: f64| {
        let change = Change { path: path.to_owned(), value: format!("{value}") };
        let text = apply(text, &[change], context.limits).ok()?;
        with_view(context, &text, |view| {
            let entries = capacity::size(view, context.tables, context.today);
            let sized: Vec<&Entry<'_>> = entries.iter().flatten().flatten().collect();
            carried(&sized, Case::Expected)?.carried.as_ref().ok().map(|figure| figure.value)
        })?
    };
    let lever = |(path, origin, low, high): (String, &'static str, f64, f64)| {
        let (at_low, at_high) = (users(&path, low), users(&path, high));
        Lever { path, origin, low, high, at_low, at_high }
    };
    let mut levers: Vec<Lever> = inputs.into_iter().map(lever).collect();
    // What changes nothing is not worth a line.
    levers.retain(|lever| lever.at_low != lever.at_high);
    let swing = |lever: &Lever| (lever.at_high.unwrap_or(0.0) - lever.at_low.unwrap_or(0.0)).abs();
    levers.sort_by(|a, b| swing(b).total_cmp(&swing(a)).then_with(|| a.path.cmp(&b.path)));
    levers
}

/// Inputs to be varied: path, origin, low and high.
fn inputs(context: Context<'_>, view: &View<'_>) -> Vec<(String, &'static str, f64, f64)> {
    let entries = capacity::size(view, context.tables, context.today);
    let mut found = Vec::new();
    // What limits the system is one entry; the others have no say in the answer.
    let sized: Vec<&Entry<'_>> = entries.iter().flatten().flatten().collect();
    if let Some(entry) = limiting(&sized, Case::Expected) {
        let [best, worst] = [Case::Best, Case::Worst].map(|case| &entry.case(case).machine);
        let factors = [
            ("memory_utilization", &best.utilisation, &worst.utilisation),
            ("overhead", &best.overhead, &worst.overhead),
            ("bandwidth_efficiency", &best.bandwidth_efficiency, &worst.bandwidth_efficiency),
            ("compute_efficiency", &best.compute_efficiency, &worst.compute_efficiency),
        ];
        for (name, best, worst) in factors {
            if let (Ok(best), Ok(worst)) = (best, worst)
                && matches!(worst.origin, Origin::Assumed { .. })
            {
                found.push((
                    format!("hosting.{}.{name}", entry.id),
                    "assumed",
                    best.value.min(worst.value),
                    best.value.max(worst.value),
                ));
            }
        }
        let throughput = view.field(&entry.host, "throughput").map(|value| value.data);
        if let Ok(Data::Number(throughput)) = throughput {
            found.push((format!("hosting.{}.throughput", entry.id), "stated", 0.8 * throughput, 1.2 * throughput));
        }
    }
    for name in ["requests_per_user_day", "peak_hour_share", "peak_factor", "input_tokens", "output_tokens"] {
        let value = view.field(&view.manifest(), "workload").and_then(|workload| view.field(&workload, name));
        if let Ok(Data::Number(value)) = value.map(|value| value.data) {
            let round = |value: f64| if name.ends_with("tokens") { value.round() } else { value };
            found.push((format!("workload.{name}"), "stated", round(0.8 * value), round(1.2 * value).min(limit(name))));
        }
    }
    found
}

/// The largest value that an input can have.
fn limit(name: &str) -> f64 {
    if name == "peak_hour_share" { 1.0 } else { f64::INFINITY }
}
