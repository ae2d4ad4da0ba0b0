//! The lines of the cost of ownership, each from its own inputs.

use std::collections::HashMap;

use jiff::civil::Date;

use super::super::capacity::demand::Demand;
use super::super::capacity::figure::{Figure, Origin, Term, Unit, stated, total, work};
use super::super::capacity::{Answering, Case, Entry};
use super::super::{list, text};
use super::{budget_lines, kind, twelfth};
use crate::knowledge::tables::Tables;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// Hours of a month: a twelfth of 365 days.
const HOURS: f64 = 730.0;
/// Seconds of a month, for durations: 30.4375 days.
const MONTH: f64 = 30.4375 * 86_400.0;

/// One kind of cost.
#[derive(Debug, Clone)]
pub struct Line<'m> {
    pub kind: &'static str,
    pub now: Term,
    pub planned: Term,
    /// Lines of the budget of this kind.
    pub budget: Result<Vec<Value<'m>>, Gaps>,
    /// What it costs by what is stated of prices and volumes, today and as planned, whatever the budget says; none
    /// where nothing of the kind is stated.
    pub worked: Option<Pair>,
    /// Whether the sums were worked out; else they are those of the budget.
    pub computed: bool,
    /// Whether it is of a kind that can be worked out.
    pub computed_kind: bool,
}

/// Where prices come from.
#[derive(Debug, Clone, Copy)]
pub enum Pricing<'t> {
    /// What the manifest states, and nothing on top that it does not state.
    Stated,
    /// List prices where the manifest states none, with what usually comes on top of the price of accelerators.
    List(&'t Tables),
}

/// What is worked out for one line: today, and as planned.
pub type Pair = (Term, Term);

/// All lines: those that can be worked out or are in the budget, in a fixed order.
///
/// An estimate may price what nobody priced; a finding stands on what is stated.
pub fn all<'m>(
    view: &View<'m>,
    entries: &Result<Vec<Result<Entry<'m>, Gaps>>, Gaps>,
    case: Case,
    pricing: Pricing<'_>,
    today: Date,
) -> Vec<Line<'m>> {
    let budget = budget_lines(view);
    let demand = Demand::of(view, case, today);
    let staffing = view.field(&view.manifest(), "staffing");
    let computed: [(&'static str, Option<Pair>); 12] = [
        ("inference_compute", accelerators(view, entries, case, pricing)),
        ("vendor_api", vendors(view, &demand, pricing)),
        ("training_compute", training(view)),
        ("people", people(view, &staffing)),
        ("on_call", inner(view, &staffing, "on_call").map(|on_call| same(stated(view, &on_call, "monthly", Some(0.0))))),
        ("support", inner(view, &staffing, "support").map(|support| same(support_contract(view, &support)))),
        ("maintenance", maintenance(view)),
        ("human_review", review(view, &demand)),
        ("evaluation", evaluation(view)),
        ("storage", storage(view)),
        ("egress", egress(view, &demand)),
        ("observability", observability(view, &demand)),
    ];
    let of_kind = |wanted: &str| {
        budget
            .clone()
            .map(|lines| lines.into_iter().filter(|line| kind(view, line).as_deref() == Some(wanted)).collect::<Vec<_>>())
    };
    let mut lines = Vec::new();
    for (kind, pair) in computed {
        let budget = of_kind(kind);
        if let Some(line) = line(view, kind, pair, budget) {
            lines.push(line);
        }
    }
    for kind in STATED_ONLY {
        let budget = of_kind(kind);
        if let Some(mut line) = line(view, kind, None, budget) {
            line.computed_kind = false;
            lines.push(line);
        }
    }
    lines
}

/// Kinds that only the budget knows.
const STATED_ONLY: [&str; 10] = [
    "infrastructure",
    "hiring",
    "contractor",
    "data_preparation",
    "compliance",
    "legal",
    "audit",
    "security",
    "license",
    "contingency",
];

/// What was worked out, else what the budget says; none where the line is about nothing.
fn line<'m>(view: &View<'m>, kind: &'static str, pair: Option<Pair>, budget: Result<Vec<Value<'m>>, Gaps>) -> Option<Line<'m>> {
    let lines = budget.as_ref().map_or(&[][..], Vec::as_slice);
    let parts: Vec<_> = lines.iter().map(|line| ("line", super::monthly(view, line))).collect();
    let set_aside = (!parts.is_empty()).then(|| total("set aside", Unit::Money, "sum of the lines", &parts));
    let worked = pair.clone();
    let (now, planned, computed) = match (pair, set_aside) {
        (Some((Ok(now), Ok(planned))), _) => (Ok(now), Ok(planned), true),
        // The budget stands for what cannot be worked out, where it is enough for what can.
        (Some((Err(_), _)) | None, Some(sum)) => (sum.clone(), sum, false),
        (Some((now, planned)), _) => (now, planned, true),
        (None, None) => return None,
    };
    Some(Line { kind, now, planned, worked, budget, computed, computed_kind: true })
}

fn same(term: Term) -> Pair {
    (term.clone(), term)
}

/// A record of the manifest; none where it is said not to be there or is not stated.
fn inner<'m>(view: &View<'m>, record: &Answer<'m>, name: &str) -> Option<Answer<'m>> {
    let value = view.field(record.as_ref().ok()?, name).ok()?;
    (!matches!(value.data, Data::None)).then_some(Ok(value))
}

fn section<'m>(view: &View<'m>, name: &str) -> Option<Answer<'m>> {
    inner(view, &Ok(view.manifest()), name)
}

/// Sums pairs; none of none.
fn sum(name: &'static str, parts: Vec<(&'static str, Pair)>) -> Option<Pair> {
    if parts.is_empty() {
        return None;
    }
    let (now, planned): (Vec<_>, Vec<_>) =
        parts.into_iter().map(|(symbol, (now, planned))| ((symbol, now), (symbol, planned))).unzip();
    Some((total(name, Unit::Money, "sum", &now), total(name, Unit::Money, "sum", &planned)))
}

/// Accelerators that serve: the replicas that always run, and those that the plan needs.
fn accelerators<'m>(
    view: &View<'m>,
    entries: &Result<Vec<Result<Entry<'m>, Gaps>>, Gaps>,
    case: Case,
    pricing: Pricing<'_>,
) -> Option<Pair> {
    let hosts = list(view, &view.manifest(), "hosting").ok()?;
    let budget = view.field(&view.manifest(), "budget");
    let uplift = stated(view, &budget, "infrastructure_uplift", Some(0.0)).or_else(|asked| {
        let value = if matches!(pricing, Pricing::List(_)) { 0.4 } else { 0.0 };
        Ok::<_, Gaps>(Figure { value, origin: Origin::Assumed { range: "0.3 to 0.5 by one vendor's account; 0 at best", asked } })
    });
    let sized: HashMap<_, _> = entries.iter().flatten().flatten().map(|entry| (entry.host.place, entry)).collect();
    let unsized_one = entries.iter().flatten().find_map(|entry| entry.as_ref().err());
    let mut parts = Vec::new();
    for host in hosts.iter().flatten() {
        let mode = text(view, host, "mode");
        let gpus = view.field(host, "gpus");
        let own = match (mode.as_deref(), &gpus) {
            (_, Ok(gpus)) if matches!(gpus.data, Data::None) => false,
            (Ok("vendor_api" | "on_device"), _) => false,
            (Ok("self_managed"), _) | (_, Ok(_)) => true,
            _ => false,
        };
        if !own {
            continue;
        }
        let (count, hourly) = (stated(view, &gpus, "count", None), hourly(view, &gpus, case, pricing));
        let replicas = view.field(host, "replicas");
        let running = stated(view, &replicas, "min", None);
        let needed = match sized.get(&host.place) {
            Some(entry) => entry.case(case).planned_needed.clone(),
            // One of several could not be sized, perhaps this.
            None => match unsized_one {
                Some(gaps) => Err(gaps.clone()),
                None => running.clone(),
            },
        };
        let planned = work(
            "replicas as planned",
            Unit::Replicas,
            "max(running, needed)",
            [("running", Unit::Replicas, &running), ("needed", Unit::Replicas, &needed)],
            |[running, needed]| running.max(needed),
        );
        let cost = |replicas: &Term| {
            work(
                "accelerators",
                Unit::Money,
                "replicas × accelerators × price of an hour × 730 × (1 + uplift)",
                [
                    ("replicas", Unit::Replicas, replicas),
                    ("accelerators", Unit::Count, &count),
                    ("price of an hour", Unit::Money, &hourly),
                    ("uplift", Unit::Share, &uplift),
                ],
                |[replicas, count, hourly, uplift]| replicas * count * hourly * HOURS * (1.0 + uplift),
            )
        };
        parts.push(("entry", (cost(&running), cost(&planned))));
    }
    sum("accelerators of all entries", parts)
}

/// The price of an accelerator for an hour: stated, or from the list.
fn hourly<'m>(view: &View<'m>, gpus: &Answer<'m>, case: Case, pricing: Pricing<'_>) -> Term {
    let own = stated(view, gpus, "hourly", Some(0.0));
    let (Err(missing), Pricing::List(tables)) = (&own, pricing) else { return own };
    let name = gpus.as_ref().ok().and_then(|gpus| text(view, gpus, "type").ok());
    let Some(known) = name.and_then(|name| tables.accelerator(&name)) else { return own };
    let Some(band) = &known.entry.price else { return own };
    let price = match case {
        Case::Best => band.low,
        // Prices are a factor apart, not an amount.
        Case::Expected => (band.low * band.high).sqrt(),
        Case::Worst => band.high,
    };
    let date = band.date.as_deref().map_or_else(|| known.date.to_string(), str::to_owned);
    let source = format!("{}: {} to {} {} an hour, list prices, {date}", known.entry.title(), band.low, band.high, band.currency);
    converted(view, Figure::table(price, source), &band.currency, missing)
}

/// A price of a table in the currency of the budget. A dollar is the only thing of which the manifest says what it costs.
pub fn converted(view: &View<'_>, price: Figure, currency: &str, missing: &Gaps) -> Term {
    let budget = view.field(&view.manifest(), "budget");
    let own = budget.as_ref().ok().and_then(|budget| text(view, budget, "currency").ok());
    match own.as_deref() {
        None => Ok(price),
        Some(own) if own == currency => Ok(price),
        Some(_) if currency == "USD" => work(
            "price, converted",
            Unit::Money,
            "price × rate of the dollar",
            [("price", Unit::Money, &Ok(price)), ("rate of the dollar", Unit::Count, &stated(view, &budget, "usd_rate", None))],
            |[price, rate]| price * rate,
        ),
        Some(_) => Err(missing.clone()),
    }
}

/// Tokens bought.
fn vendors(view: &View<'_>, demand: &Demand, pricing: Pricing<'_>) -> Option<Pair> {
    let hosts = list(view, &view.manifest(), "hosting").ok()?;
    let answering = Answering::of(view);
    let mut parts = Vec::new();
    for host in hosts.iter().flatten() {
        let price = view.field(host, "price");
        let bought = match (&price, text(view, host, "mode").as_deref()) {
            (Ok(price), _) => !matches!(price.data, Data::None),
            (Err(_), mode) => mode == Ok("vendor_api"),
        };
        if !bought {
            continue;
        }
        let share = super::super::capacity::share(view, &answering, host);
        let rates = listed(view, host, &price, demand, pricing).unwrap_or_else(|| Rates::stated(view, &price));
        let cost = |requests: &Term| tokens(view, &rates, demand, requests, &share);
        parts.push(("entry", (cost(&demand.requests), cost(&demand.planned_requests))));
    }
    sum("tokens of all entries", parts)
}

/// Prices of a million tokens. A tier that there is not costs as much as without it.
#[derive(Debug, Clone)]
pub struct Rates {
    input: Term,
    output: Term,
    cached: Term,
    batch_input: Term,
    batch_output: Term,
}

impl Rates {
    /// Those that a record of prices states.
    pub fn stated<'m>(view: &View<'m>, price: &Answer<'m>) -> Self {
        let tier = |name: &str, otherwise: &Term| match stated(view, price, name, Some(-1.0)) {
            Ok(figure) if figure.value >= 0.0 => Ok(figure),
            _ => otherwise.clone(),
        };
        let (input, output) =
            (stated(view, price, "input_per_million", Some(0.0)), stated(view, price, "output_per_million", Some(0.0)));
        Self {
            cached: tier("cached_input_per_million", &input),
            batch_input: tier("batch_input_per_million", &input),
            batch_output: tier("batch_output_per_million", &output),
            input,
            output,
        }
    }
}

/// The list prices of the model that an entry serves, where the manifest states none and an estimate may take them.
/// Inputs that are long on average are priced as such.
fn listed<'m>(view: &View<'m>, host: &Value<'m>, price: &Answer<'m>, demand: &Demand, pricing: Pricing<'_>) -> Option<Rates> {
    let (Err(missing), Pricing::List(tables)) = (price, pricing) else { return None };
    let models = list(view, host, "models").ok()?;
    let mut sources = models.iter().flatten().filter_map(|model| text(view, &view.follow(model).ok()?, "source").ok());
    let known = sources.find_map(|source| tables.price(&source))?;
    let entry = &known.entry;
    let long = entry.long_context.as_ref().filter(|long| {
        demand.input.as_ref().is_ok_and(|input| input.value > f64::from(u32::try_from(long.above).unwrap_or(u32::MAX)))
    });
    let source = format!("{}: list price, {}", entry.id, known.date);
    let rate = |number: Option<f64>| {
        let figure = Figure::table(number.ok_or_else(|| missing.clone())?, source.clone());
        converted(view, figure, entry.currency(), missing)
    };
    let input = rate(long.and_then(|long| long.input_per_million).or(entry.input_per_million));
    let output = rate(long.and_then(|long| long.output_per_million).or(entry.output_per_million));
    // A long context has tiers of its own, as far as they are listed.
    let tier = |short: Option<f64>, long: Option<Option<f64>>, otherwise: &Term| match long.unwrap_or(short) {
        Some(number) => rate(Some(number)),
        None => otherwise.clone(),
    };
    Some(Rates {
        cached: tier(entry.cached_input_per_million, long.map(|_| None), &input),
        batch_input: tier(entry.batch_input_per_million, long.map(|long| long.batch_input_per_million), &input),
        batch_output: tier(entry.batch_output_per_million, long.map(|long| long.batch_output_per_million), &output),
        input,
        output,
    })
}

/// What tokens cost in a month at a price: batches and cached input at their own tiers where they are used.
pub fn tokens(view: &View<'_>, rates: &Rates, demand: &Demand, requests: &Term, share: &Term) -> Term {
    let workload = view.field(&view.manifest(), "workload");
    let Rates { input, output, cached, batch_input, batch_output } = rates;
    let batch = stated(view, &workload, "batch_share", Some(0.0))
        .or_else(|asked| Ok::<_, Gaps>(Figure { value: 0.0, origin: Origin::Assumed { range: "none in batches", asked } }));
    let reasoning = stated(view, &workload, "reasoning_factor", Some(0.0)).or_else(|asked| {
        Ok::<_, Gaps>(Figure { value: 0.0, origin: Origin::Assumed { range: "none, and more for models that reason", asked } })
    });
    let money = Unit::Money;
    work(
        "tokens bought",
        money,
        "requests × share × ((1 − batch) × ((input − prefix) × price + prefix × cached price + written × output price) + batch × (input × batch price + written × batch output price)) / 10⁶, written = output × (1 + reasoning)",
        [
            ("requests", Unit::Requests, requests),
            ("share", Unit::Share, share),
            ("input", Unit::Tokens, &demand.input),
            ("output", Unit::Tokens, &demand.output),
            ("prefix", Unit::Tokens, &demand.shared),
            ("reasoning", Unit::Count, &reasoning),
            ("batch", Unit::Share, &batch),
            ("price", money, input),
            ("cached price", money, cached),
            ("output price", money, output),
            ("batch price", money, batch_input),
            ("batch output price", money, batch_output),
        ],
        |[requests, share, input, output, prefix, reasoning, batch, p_in, p_cached, p_out, p_batch, p_batch_out]| {
            let written = output * (1.0 + reasoning);
            let at_once = (input - prefix).max(0.0) * p_in + prefix.min(input) * p_cached + written * p_out;
            let in_batches = input * p_batch + written * p_batch_out;
            requests * share * ((1.0 - batch) * at_once + batch * in_batches) / 1e6
        },
    )
}

/// Training runs that recur.
fn training(view: &View<'_>) -> Option<Pair> {
    let runs = list(view, &view.manifest(), "training").ok()?;
    let mut parts = Vec::new();
    for run in runs.into_iter().flatten() {
        let run = Ok(run);
        // A run that is not repeated costs nothing in a month to come.
        let cadence = stated(view, &run, "cadence", Some(f64::INFINITY));
        let cost = work(
            "training",
            Unit::Money,
            "accelerator hours × price of an hour × month / cadence",
            [
                ("accelerator hours", Unit::Count, &stated(view, &run, "gpu_hours", None)),
                ("price of an hour", Unit::Money, &stated(view, &run, "gpu_hourly", Some(0.0))),
                ("cadence", Unit::Seconds, &cadence),
            ],
            |[hours, price, cadence]| hours * price * MONTH / cadence,
        );
        parts.push(("run", same(cost)));
    }
    sum("all training", parts)
}

/// People: those who are there, and those who will be.
fn people<'m>(view: &View<'m>, staffing: &Answer<'m>) -> Option<Pair> {
    let staffing = staffing.as_ref().ok()?;
    let roles = list(view, staffing, "roles").ok()?;
    let whole = Ok(staffing.clone());
    let (salary, overhead) = (stated(view, &whole, "salary", None), stated(view, &whole, "overhead", Some(1.0)));
    let mut parts = Vec::new();
    for role in roles.into_iter().flatten() {
        let planned = text(view, &role, "status").as_deref() == Ok("planned");
        let role = Ok(role);
        let fte = stated(view, &role, "fte", None);
        let year = match stated(view, &role, "annual_cost", None) {
            Ok(cost) => work(
                "people of a role",
                Unit::Money,
                "full-time equivalents × cost of a year",
                [("full-time equivalents", Unit::Count, &fte), ("cost of a year", Unit::Money, &Ok(cost))],
                |[fte, cost]| fte * cost,
            ),
            Err(_) => work(
                "people of a role",
                Unit::Money,
                "full-time equivalents × salary × overhead",
                [
                    ("full-time equivalents", Unit::Count, &fte),
                    ("salary", Unit::Money, &salary),
                    ("overhead", Unit::Count, &overhead),
                ],
                |[fte, salary, overhead]| fte * salary * overhead,
            ),
        };
        let month = twelfth("people of a role, a month", &year);
        let nobody = Ok(Figure::table(0.0, "not there yet"));
        parts.push(("role", if planned { (nobody, month) } else { same(month) }));
    }
    sum("people of all roles", parts)
}

fn support_contract<'m>(view: &View<'m>, support: &Answer<'m>) -> Term {
    let sources = support.as_ref().ok().and_then(|support| list(view, support, "source").ok()).unwrap_or_default();
    let paid = sources.iter().flatten().any(|source| matches!(super::super::word(source).as_deref(), Some("partner" | "vendor")));
    match stated(view, support, "monthly", Some(0.0)) {
        Err(_) if !paid && !sources.is_empty() => Ok(Figure::table(0.0, "no contract: forums and own people")),
        other => other,
    }
}

/// Keeping up what was built.
fn maintenance(view: &View<'_>) -> Option<Pair> {
    let maintenance = section(view, "maintenance")?;
    let year = work(
        "maintenance",
        Unit::Money,
        "cost of building × yearly rate",
        [
            ("cost of building", Unit::Money, &stated(view, &maintenance, "build_cost", Some(0.0))),
            ("yearly rate", Unit::Share, &stated(view, &maintenance, "annual_rate", Some(0.0))),
        ],
        |[cost, rate]| cost * rate,
    );
    Some(same(twelfth("maintenance, a month", &year)))
}

/// Reviewers' time; it grows with the users.
fn review(view: &View<'_>, demand: &Demand) -> Option<Pair> {
    let oversight = section(view, "oversight")?;
    let review = view.field(oversight.as_ref().ok()?, "review").ok()?;
    if matches!(review.data, Data::None) {
        return None;
    }
    let reviewers = view.field(oversight.as_ref().ok()?, "reviewers");
    let workload = view.field(&view.manifest(), "workload");
    let now = work(
        "human review",
        Unit::Money,
        "items a day × share × minutes / 60 × cost of an hour × active days",
        [
            ("items a day", Unit::Count, &stated(view, &oversight, "items_per_day", None)),
            ("share", Unit::Share, &stated(view, &oversight, "share", Some(0.0))),
            ("minutes", Unit::Count, &stated(view, &reviewers, "minutes_per_item", None)),
            ("cost of an hour", Unit::Money, &stated(view, &reviewers, "hourly_cost", Some(0.0))),
            ("active days", Unit::Count, &stated(view, &workload, "active_days", None)),
        ],
        |[items, share, minutes, hourly, days]| items * share * minutes / 60.0 * hourly * days,
    );
    let planned = grown("human review as planned", &now, demand);
    Some((now, planned))
}

/// What grows with the number of users.
fn grown(name: &'static str, now: &Term, demand: &Demand) -> Term {
    work(
        name,
        Unit::Money,
        "today × planned users / users",
        [
            ("today", Unit::Money, now),
            ("planned users", Unit::Users, &demand.planned_users),
            ("users", Unit::Users, &demand.users),
        ],
        |[now, planned, users]| now * planned / users,
    )
}

/// Runs of evaluations over a model that is paid for by the token; own accelerators are paid for already.
fn evaluation(view: &View<'_>) -> Option<Pair> {
    let evaluations = list(view, &view.manifest(), "evaluations").ok()?;
    let hosts = list(view, &view.manifest(), "hosting").unwrap_or_default();
    let price = hosts.iter().flatten().find_map(|host| {
        let price = view.field(host, "price").ok()?;
        (!matches!(price.data, Data::None)).then_some(Ok(price))
    })?;
    let mut parts = Vec::new();
    for evaluation in evaluations.into_iter().flatten() {
        let evaluation = Ok(evaluation);
        let cost = work(
            "evaluation",
            Unit::Money,
            "items × (input × price + output × output price) / 10⁶ × month / cadence",
            [
                ("items", Unit::Count, &stated(view, &evaluation, "size", None)),
                ("input", Unit::Tokens, &stated(view, &evaluation, "input_tokens", None)),
                ("output", Unit::Tokens, &stated(view, &evaluation, "output_tokens", None)),
                ("price", Unit::Money, &stated(view, &price, "input_per_million", Some(0.0))),
                ("output price", Unit::Money, &stated(view, &price, "output_per_million", Some(0.0))),
                ("cadence", Unit::Seconds, &stated(view, &evaluation, "cadence", Some(f64::INFINITY))),
            ],
            |[items, input, output, p_in, p_out, cadence]| items * (input * p_in + output * p_out) / 1e6 * MONTH / cadence,
        );
        parts.push(("evaluation", same(cost)));
    }
    sum("all evaluations", parts)
}

fn prices<'m>(view: &View<'m>) -> Answer<'m> {
    let budget = view.field(&view.manifest(), "budget")?;
    view.field(&budget, "prices")
}

/// Disks of the components that state their size.
fn storage(view: &View<'_>) -> Option<Pair> {
    let components = list(view, &view.manifest(), "components").ok()?;
    let price = stated(view, &prices(view), "storage_gb_month", Some(0.0));
    let mut parts = Vec::new();
    for component in components.into_iter().flatten() {
        let size = stated(view, &Ok(component), "storage", Some(0.0));
        if size.is_ok() {
            let cost = work(
                "storage",
                Unit::Money,
                "bytes / 10⁹ × price",
                [("bytes", Unit::Bytes, &size), ("price", Unit::Money, &price)],
                |[bytes, price]| bytes / 1e9 * price,
            );
            parts.push(("component", same(cost)));
        }
    }
    sum("all storage", parts)
}

fn egress(view: &View<'_>, demand: &Demand) -> Option<Pair> {
    let workload = section(view, "workload")?;
    let bytes = stated(view, &workload, "egress", Some(0.0));
    bytes.as_ref().ok()?;
    let price = stated(view, &prices(view), "egress_gb", Some(0.0));
    let now = work(
        "egress",
        Unit::Money,
        "bytes / 10⁹ × price",
        [("bytes", Unit::Bytes, &bytes), ("price", Unit::Money, &price)],
        |[bytes, price]| bytes / 1e9 * price,
    );
    let planned = grown("egress as planned", &now, demand);
    Some((now, planned))
}

/// Logs, kept for as long as is said.
fn observability(view: &View<'_>, demand: &Demand) -> Option<Pair> {
    let logging = section(view, "logging")?;
    let bytes = stated(view, &logging, "bytes_per_request", Some(0.0));
    bytes.as_ref().ok()?;
    let cost = |requests: &Term| {
        work(
            "observability",
            Unit::Money,
            "requests × bytes / 10⁹ × retention / month × price",
            [
                ("requests", Unit::Requests, requests),
                ("bytes", Unit::Bytes, &bytes),
                ("retention", Unit::Seconds, &stated(view, &logging, "retention", None)),
                ("price", Unit::Money, &stated(view, &prices(view), "storage_gb_month", Some(0.0))),
            ],
            |[requests, bytes, retention, price]| requests * bytes / 1e9 * retention / MONTH * price,
        )
    };
    Some((cost(&demand.requests), cost(&demand.planned_requests)))
}
