//! What a month costs, by kind, and what the same work costs in other ways.

use super::bars::{Bar, Group, chart};
use crate::compare::Comparison;
use crate::estimate::{Estimate, Quantity};
use crate::render::figure::digits;

/// The monthly cost by kind, today and as planned, against the budget. Nothing where no cost is known.
pub fn costs(estimate: &Estimate, prefix: &str) -> Option<String> {
    let known = |quantity: &Quantity| quantity.value;
    let mut groups: Vec<Group> = Vec::new();
    for cost in &estimate.costs {
        let name = cost.kind.replace('_', " ");
        let origin = if cost.computed { "" } else { "as budgeted" };
        groups.push(group(name, origin, [&cost.now, &cost.planned], cost.budget.as_ref().and_then(known), false));
    }
    let whole = estimate.total.now.value.is_some() && estimate.total.planned.value.is_some();
    let (name, sum) = if whole { ("total", &estimate.total) } else { ("known so far", &estimate.known) };
    // What is known so far is the sum of what is known both today and as planned; of nothing there is no sum.
    let open = |cost: &&crate::estimate::Cost| cost.now.value.is_none() || cost.planned.value.is_none();
    let missing = estimate.costs.iter().filter(open).count();
    if missing < estimate.costs.len() {
        let note = if whole { String::new() } else { format!("{missing} not known") };
        groups.push(group(name.to_owned(), &note, [&sum.now, &sum.planned], estimate.budget.as_ref().and_then(known), true));
    }
    chart(prefix, "Cost of a month", &format!("{} a month", estimate.currency), &groups)
}

/// What answering requests costs in a month in each of the three ways. Nothing where none is known.
pub fn comparison(comparison: &Comparison, prefix: &str) -> Option<String> {
    let option = |choice: &crate::compare::Choice| {
        let note = if choice.declared { "as declared" } else { "" };
        group(choice.title.to_owned(), note, [&choice.inference, &choice.inference_planned], None, false)
    };
    let groups: Vec<Group> = comparison.options.iter().map(option).collect();
    let users = |quantity: &Quantity| {
        quantity.value.map_or_else(|| "users not known".to_owned(), |users| format!("{} users", digits(users)))
    };
    let unit = format!(
        "{} a month for answering requests; today {}, planned {}",
        comparison.currency,
        users(&comparison.users),
        users(&comparison.users_planned)
    );
    chart(prefix, "Cost of the same work in three ways", &unit, &groups)
}

fn group(name: String, note: &str, [now, planned]: [&Quantity; 2], budget: Option<f64>, total: bool) -> Group {
    let over = |quantity: &Quantity| match (quantity.value, budget) {
        (Some(value), Some(budget)) if value > budget => "over budget",
        _ => "",
    };
    let bar = |quantity: &Quantity, when, planned| Bar { value: quantity.clone(), when, planned, remark: over(quantity) };
    let note = match (budget, note.is_empty()) {
        (Some(budget), true) => format!("budget {}", digits(budget)),
        (Some(budget), false) => format!("budget {}, {note}", digits(budget)),
        (None, _) => note.to_owned(),
    };
    Group {
        name,
        note,
        bars: vec![bar(now, "today", false), bar(planned, "planned", true)],
        limit: budget.map(|budget| (budget, "budget")),
        total,
    }
}
