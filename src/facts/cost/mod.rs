//! What the system costs in a month, line by line, against what is set aside for it.
//!
//! A line is worked out from what the manifest states of prices, hours and volumes; where that is not
//! enough, the sum that the budget sets aside stands for it. Self-hosted capacity is counted as it has to
//! be rented: the replicas that always run today, and as many as the planned demand needs. All sums are in
//! `budget.currency`.

pub mod lines;

use super::capacity::figure::{Figure, Term, Unit, decide, stated, total, work};
use super::capacity::{self, Case, Entry};
use super::{fact, list, text, truth, word};
use crate::manifest::describe::{RecordDesc, Type};
use crate::manifest::value::{Answer, Data, Gaps, Value, View};
use crate::manifest::vocabulary::{AlternativeOption, BudgetLine};
use lines::{Line, Pricing};

/// A row of `facts.costs`.
pub static COST: RecordDesc = RecordDesc {
    name: "Cost",
    doc: "One kind of monthly cost, in the currency of the budget. What nobody stated is taken at its most favourable, so that each sum is the least it can be.",
    fields: &[
        fact("kind", Type::Text, "The kind, a word of `budget.lines[].kind`."),
        fact("now", Type::Number, "Cost of a month today."),
        fact("planned", Type::Number, "Cost of a month at the planned number of users."),
        fact("lines", Type::List(&Type::Record(BudgetLine::DESC)), "Lines of the budget for it."),
        fact("budgeted", Type::Number, "Their monthly sum; `none` where there is no such line."),
        fact("computed", Type::Bool, "Whether the cost is worked out rather than taken from the budget."),
        fact("working", Type::List(&Type::Record(&capacity::STEP)), "How the cost of today comes about."),
    ],
};

/// The record `facts.cost`.
pub static TOTALS: RecordDesc = RecordDesc {
    name: "CostTotals",
    doc: "Monthly sums over `facts.costs`, in the currency of the budget.",
    fields: &[
        fact("inference", Type::Number, "Accelerators and tokens, today."),
        fact("inference_planned", Type::Number, "The same at the planned number of users."),
        fact(
            "inference_budget",
            Type::Number,
            "What the budget sets aside for `inference_compute`, `vendor_api` and `infrastructure`, else `budget.monthly_cap`; `none` where it says neither.",
        ),
        fact(
            "affordable",
            Type::Bool,
            "Whether `inference` is no more than 1.1 × `inference_budget`, whatever is assumed of demand and speed.",
        ),
        fact("affordable_planned", Type::Bool, "The same at the planned number of users."),
        fact("inference_lines", Type::List(&Type::Record(BudgetLine::DESC)), "Those lines of the budget."),
        fact("known", Type::Number, "Sum of all lines that are known, today: the least that the system costs."),
        fact("known_planned", Type::Number, "The same as planned."),
        fact("total", Type::Number, "Sum of all lines, today; undeclared while one of them is."),
        fact("total_planned", Type::Number, "The same as planned."),
        fact("budget", Type::Number, "Sum of the monthly lines of the budget."),
    ],
};

/// A row of `facts.alternatives`.
pub static ALTERNATIVE: RecordDesc = RecordDesc {
    name: "AlternativeCost",
    doc: "What a weighed alternative with a price for tokens would cost in a month for the same work.",
    fields: &[
        fact("option", Type::Record(AlternativeOption::DESC), "The alternative."),
        fact("open", Type::Bool, "Whether it was not rejected."),
        fact("now", Type::Number, "Its cost today."),
        fact("planned", Type::Number, "Its cost at the planned number of users."),
    ],
};

/// The facts about cost.
#[derive(Debug)]
pub struct Costs<'m> {
    pub costs: Answer<'m>,
    pub totals: Answer<'m>,
    pub alternatives: Answer<'m>,
}

/// Derives them from what each hosting entry can do.
pub fn derive<'m>(view: &View<'m>, entries: &Result<Vec<Result<Entry<'m>, Gaps>>, Gaps>, today: jiff::civil::Date) -> Costs<'m> {
    let lines = lines::all(view, entries, Case::Best, Pricing::Stated, today);
    let worst = lines::all(view, entries, Case::Worst, Pricing::Stated, today);
    Costs {
        costs: Ok(relation(view, &lines)),
        totals: Ok(totals(view, entries, &lines, &worst)),
        alternatives: alternatives(view, today),
    }
}

fn relation<'m>(view: &View<'m>, lines: &[Line<'m>]) -> Value<'m> {
    let rows = lines.iter().map(|line| {
        let working = line.now.clone();
        let values = vec![
            Ok(Value::computed(Data::Text(line.kind.into()))),
            number(&line.now),
            number(&line.planned),
            line.budget.clone().map(|lines| Value::list(lines.into_iter().map(Ok).collect())),
            match budgeted(view, line) {
                None => Ok(Value::computed(Data::None)),
                Some(term) => number(&term),
            },
            truth(Ok(line.computed)),
            Ok(Value::later(move || working.iter().flat_map(Figure::workings).map(|step| Ok(capacity::step(&step))).collect())),
        ];
        let place = line.now.as_ref().ok().and_then(Figure::place);
        Ok(Value { place, data: Data::row(&COST, line.kind.to_owned(), values) })
    });
    Value::list(rows.collect())
}

/// What the budget sets aside for a line in a month; none where it has no such line.
pub fn budgeted<'m>(view: &View<'m>, line: &Line<'m>) -> Option<Term> {
    match &line.budget {
        Ok(lines) if lines.is_empty() => None,
        Ok(lines) => {
            let sums: Vec<_> = lines.iter().map(|line| ("line", monthly(view, line))).collect();
            Some(total("set aside", Unit::Money, "sum of the lines", &sums))
        }
        Err(gaps) => Some(Err(gaps.clone())),
    }
}

/// The monthly sum of a line; `none` says that the cost does not recur.
pub fn monthly<'m>(view: &View<'m>, line: &Value<'m>) -> Term {
    let line = Ok(line.clone());
    // A sum that is spent once says by itself that nothing is due each month.
    stated(view, &line, "monthly", Some(0.0)).or_else(|gaps| match stated(view, &line, "one_off", None) {
        Ok(_) => Ok(Figure::table(0.0, "spent once")),
        Err(_) => Err(gaps),
    })
}

/// Kinds of cost that pay for answering requests.
pub const INFERENCE: [&str; 3] = ["inference_compute", "vendor_api", "infrastructure"];

/// What answering costs, by what is stated: what is not known cannot be taken from the budget that it is held against.
fn inference(view: &View<'_>, lines: &[Line<'_>], planned: bool) -> Term {
    list(view, &view.manifest(), "hosting")?;
    let of_inference = lines.iter().filter(|line| INFERENCE.contains(&line.kind));
    let parts: Vec<_> = of_inference
        .filter_map(|line| {
            let (now, then) = line.worked.clone()?;
            Some((line.kind, if planned { then } else { now }))
        })
        .collect();
    total("inference", Unit::Money, "accelerators + tokens", &parts)
}

/// Whether a cost is within a sum, with the tolerance of [`TOLERANCE`]. Where it depends on how fast accelerators are,
/// a measurement would settle it.
fn within<'m>(view: &View<'m>, entries: &Sizings<'m>, best: &Term, worst: &Term, sum: &Term) -> Result<bool, Gaps> {
    let limit = TOLERANCE * sum.as_ref().map_err(Clone::clone)?.value;
    decide(best, worst, |cost| cost <= limit).map_err(|gaps| {
        if best.is_err() {
            return gaps;
        }
        let missing = worst.as_ref().err().cloned().unwrap_or_default();
        let asked = entries.iter().flatten().flatten().fold(missing, |gaps, entry| {
            let sized = entry.case(Case::Best);
            let demand = sized.planned_asked.as_ref().map(Figure::asked).unwrap_or_default();
            let throughput = view.field(&entry.host, "throughput").err().unwrap_or_default();
            gaps.and(demand).and(throughput)
        });
        if asked.is_empty() { gaps } else { asked }
    })
}

/// How far above the budget a cost may be before it counts as above it.
const TOLERANCE: f64 = 1.1;

/// Every hosting entry on accelerators of its own, or what keeps it from being sized.
type Sizings<'m> = Result<Vec<Result<Entry<'m>, Gaps>>, Gaps>;

fn totals<'m>(view: &View<'m>, entries: &Sizings<'m>, lines: &[Line<'m>], worst: &[Line<'m>]) -> Value<'m> {
    let sum = |planned: bool, known: bool| {
        let is_known = |line: &&Line<'_>| if planned { line.planned.is_ok() } else { line.now.is_ok() };
        total_of(lines.iter().filter(|line| !known || is_known(line)), planned)
    };
    let budget = budget_lines(view);
    let inference_lines = budget.clone().and_then(|lines| {
        let mut of_inference = Vec::new();
        for line in lines {
            if INFERENCE.contains(&text(view, &line, "kind")?.as_ref()) {
                of_inference.push(line);
            }
        }
        Ok(of_inference)
    });
    // None where there is nothing to hold a cost against.
    let set_aside: Option<Term> = match &inference_lines {
        Ok(lines) if lines.is_empty() => cap(view).ok().map(Ok),
        Ok(lines) => {
            let sums: Vec<_> = lines.iter().map(|line| ("line", monthly(view, line))).collect();
            Some(total("set aside for inference", Unit::Money, "sum of the lines", &sums))
        }
        Err(gaps) => Some(Err(gaps.clone())),
    };
    let (now, planned) = (inference(view, lines, false), inference(view, lines, true));
    let affordable = |best: &Term, is_planned: bool| match &set_aside {
        None => Ok(Value::computed(Data::None)),
        Some(sum) => truth(within(view, entries, best, &inference(view, worst, is_planned), sum)),
    };
    let all = budget.and_then(|lines| {
        let sums: Vec<_> = lines.iter().map(|line| ("line", monthly(view, line))).collect();
        total("budget", Unit::Money, "sum of the lines", &sums)
    });
    let values = vec![
        number(&now),
        number(&planned),
        set_aside.as_ref().map_or(Ok(Value::computed(Data::None)), number),
        affordable(&now, false),
        affordable(&planned, true),
        inference_lines.map(|lines| Value::list(lines.into_iter().map(Ok).collect())),
        number(&sum(false, true)),
        number(&sum(true, true)),
        number(&sum(false, false)),
        number(&sum(true, false)),
        number(&all),
    ];
    Value::computed(Data::row(&TOTALS, String::new(), values))
}

/// The lines of the budget; none where there is no budget.
pub fn budget_lines<'m>(view: &View<'m>) -> Result<Vec<Value<'m>>, Gaps> {
    let budget = view.field(&view.manifest(), "budget");
    let lines = match budget {
        Ok(budget) => list(view, &budget, "lines")?,
        Err(gaps) => return Err(gaps.field("lines").err().unwrap_or_default()),
    };
    lines.into_iter().collect()
}

/// The sum of lines.
pub fn total_of<'l, 'm: 'l>(lines: impl Iterator<Item = &'l Line<'m>>, planned: bool) -> Term {
    let parts: Vec<_> = lines.map(|line| (line.kind, if planned { line.planned.clone() } else { line.now.clone() })).collect();
    total("total", Unit::Money, "sum of the lines", &parts)
}

/// What the budget sets aside in a month: its lines, else its cap; none where it has neither.
pub fn budget_total(view: &View<'_>) -> Option<Term> {
    let lines = budget_lines(view).unwrap_or_default();
    if lines.is_empty() {
        return cap(view).ok().map(Ok);
    }
    let sums: Vec<_> = lines.iter().map(|line| ("line", monthly(view, line))).collect();
    Some(total("budget", Unit::Money, "sum of the lines", &sums))
}

fn cap(view: &View<'_>) -> Term {
    let budget = view.field(&view.manifest(), "budget");
    stated(view, &budget, "monthly_cap", None)
}

/// The kind of a line of the budget.
pub fn kind<'m>(view: &View<'m>, line: &Value<'m>) -> Option<String> {
    text(view, line, "kind").ok().map(std::borrow::Cow::into_owned)
}

fn number<'m>(term: &Term) -> Answer<'m> {
    term.as_ref().map(Figure::value).map_err(Clone::clone)
}

/// The relation `facts.alternatives`: options that state a price for tokens.
fn alternatives<'m>(view: &View<'m>, today: jiff::civil::Date) -> Answer<'m> {
    let alternatives = view.field(&view.manifest(), "alternatives")?;
    let options = list(view, &alternatives, "options")?;
    let demand = capacity::demand::Demand::of(view, Case::Best, today);
    let mut rows = Vec::new();
    for option in options {
        let Ok(option) = option else { continue };
        let Ok(price) = view.field(&option, "price") else { continue };
        if matches!(price.data, Data::None) {
            continue;
        }
        let rejected = view.field(&option, "rejected");
        let open = rejected.map(|reason| matches!(reason.data, Data::None));
        let one = Ok(Figure::table(1.0, "all of it"));
        let rates = lines::Rates::stated(view, &Ok(price.clone()));
        let cost = |requests: &Term| lines::tokens(view, &rates, &demand, requests, &one);
        let name = view.field(&option, "option").ok().and_then(|name| word(&name).map(std::borrow::Cow::into_owned));
        let values =
            vec![Ok(option.clone()), truth(open), number(&cost(&demand.requests)), number(&cost(&demand.planned_requests))];
        let key = name.unwrap_or_default();
        rows.push(Ok(Value { place: option.place, data: Data::row(&ALTERNATIVE, key, values) }));
    }
    Ok(Value::list(rows))
}

/// One twelfth of a yearly sum.
fn twelfth(name: &'static str, year: &Term) -> Term {
    work(name, Unit::Money, "a year / 12", [("a year", Unit::Money, year)], |[year]| year / 12.0)
}
