//! An estimate as text and as Markdown. JSON is the estimate itself.

use std::fmt::Write as _;

use super::chart::{Bar, bars};
use super::figure::{digits, number, quantity};
use super::table::Table;
use super::text::mask;
use crate::estimate::{Estimate, Growth, Host, Lever, Quantity, Step};

/// How headings and tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    Text,
    Markdown,
}

impl Markup {
    /// A heading.
    pub fn heading(self, text: &str) -> String {
        match self {
            Self::Text => format!("\n{text}\n\n"),
            Self::Markdown => format!("\n## {text}\n\n"),
        }
    }

    /// A table.
    pub fn table(self, table: &Table) -> String {
        match self {
            Self::Text => table.text(),
            Self::Markdown => table.markdown(),
        }
    }

    /// Lines that are drawn.
    pub fn drawing(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Markdown => format!("```text\n{text}```\n"),
        }
    }

    /// A line of a list.
    pub fn item(self, text: &str) -> String {
        match self {
            Self::Text => format!("  {text}\n"),
            Self::Markdown => format!("- {text}\n"),
        }
    }
}

/// The whole estimate; `explain` adds how each figure comes about.
pub fn render(estimate: &Estimate, markup: Markup, explain: bool) -> String {
    let mut text = match markup {
        Markup::Text => format!("{}, as of {}\n", mask(&estimate.file), estimate.as_of),
        Markup::Markdown => format!("# Estimate for {}, as of {}\n", mask(&estimate.file), estimate.as_of),
    };
    for change in &estimate.set {
        text.push_str(&markup.item(&format!("with {}", mask(change))));
    }
    text.push_str(&demand(estimate, markup));
    for host in &estimate.hosts {
        text.push_str(&sizing(host, markup));
        if explain {
            text.push_str(&steps(&format!("How {} is sized", mask(&host.id)), &host.steps, markup));
        }
    }
    if estimate.hosts.is_empty() {
        text.push_str(&markup.heading("Capacity"));
        text.push_str(&markup.item(&match estimate.not_sized.as_slice() {
            [] => "no hosting entry has accelerators of its own".to_owned(),
            missing => format!("cannot be worked out; declare {}", missing.join(", ")),
        }));
    }
    if let Some(growth) = &estimate.growth {
        text.push_str(&grown(growth, markup));
    }
    if !estimate.sensitivity.is_empty() {
        text.push_str(&levers(&estimate.sensitivity, markup));
    }
    text.push_str(&costs(estimate, markup));
    if explain {
        for cost in estimate.costs.iter().filter(|cost| !cost.steps.is_empty()) {
            text.push_str(&steps(&format!("How {} comes about", cost.kind), &cost.steps, markup));
        }
    }
    text.push_str(&missing(estimate, markup));
    text
}

fn demand(estimate: &Estimate, markup: Markup) -> String {
    let mut table = Table::new(["demand", ">today", ">planned"]);
    for row in &estimate.demand {
        table.row([row.name.to_owned(), quantity(&row.now, row.unit), quantity(&row.planned, row.unit)]);
    }
    markup.heading("Demand") + &markup.table(&table)
}

fn sizing(host: &Host, markup: Markup) -> String {
    let mut table = Table::new([host.id.as_str(), ">best", ">expected", ">worst"]);
    for figure in &host.figures {
        let known = |quantity: &Quantity| quantity.value.is_some() || quantity.unbounded;
        if !known(&figure.best) && !known(&figure.expected) && !known(&figure.worst) {
            continue;
        }
        let cell = |of: &Quantity| quantity(of, figure.unit);
        table.row([label(figure.name), cell(&figure.best), cell(&figure.expected), cell(&figure.worst)]);
    }
    let limit = host.limit.map(|limit| format!("; what limits it is {}", limit.replace('_', " "))).unwrap_or_default();
    let heading = format!(
        "Capacity of {}: {}, replicas: {}{limit}",
        mask(&host.id),
        mask(&host.model),
        quantity(&host.replicas, "replicas")
    );
    markup.heading(&heading) + &markup.table(&table)
}

/// Names of facts as words.
pub(super) fn label(name: &str) -> String {
    match name {
        "pool" => "cache pool".to_owned(),
        "token" => "cache of a token".to_owned(),
        "sequence" => "cache of an average request".to_owned(),
        "sequences" => "requests at a time, one replica".to_owned(),
        "all_sequences" => "requests at a time, all replicas".to_owned(),
        "context" => "cache of the longest request".to_owned(),
        "decode_rate" => "tokens a second, nobody else".to_owned(),
        "first_token" => "first token, nobody else".to_owned(),
        "answer" => "whole answer, nobody else".to_owned(),
        "throughput" => "tokens a second, one replica".to_owned(),
        "capacity" => "tokens a second, all replicas".to_owned(),
        "demand" => "tokens a second asked for".to_owned(),
        "planned_demand" => "tokens a second asked for, planned".to_owned(),
        "users" => "users, one replica".to_owned(),
        "carried" => "users, all replicas".to_owned(),
        "months" => "months to saturation".to_owned(),
        "months_linear" => "months to saturation, straight line".to_owned(),
        "needed" => "replicas needed".to_owned(),
        "planned_needed" => "replicas needed, planned".to_owned(),
        "headroom" => "free on each accelerator at the peak".to_owned(),
        other => other.replace('_', " "),
    }
}

fn grown(growth: &Growth, markup: Markup) -> String {
    let limit = growth.carried.value;
    let row = |point: &crate::estimate::Point| Bar {
        name: format!("month {}", digits((point.month * 10.0).round() / 10.0)),
        value: point.users,
        note: match point.replicas {
            Some(replicas) => format!("{} users, replicas: {}", digits(point.users.round()), digits(replicas)),
            None => format!("{} users", digits(point.users.round())),
        },
    };
    let rows: Vec<Bar> = growth.points.iter().map(row).collect();
    let mut text = markup.heading("Growth");
    text.push_str(&markup.drawing(&bars(&rows, limit)));
    let line = match (limit, growth.saturation.value) {
        (Some(limit), Some(months)) => format!(
            "{} users are carried: outgrown in month {} if users grow by the same factor each month, {} in a straight line",
            digits(limit),
            digits(months),
            quantity(&growth.saturation_linear, "months"),
        ),
        (Some(limit), None) => format!("{} users are carried, and that is never outgrown", digits(limit)),
        (None, _) => "how many users are carried is not known".to_owned(),
    };
    text + "\n" + &markup.item(&line)
}

fn levers(levers: &[Lever], markup: Markup) -> String {
    let mut table = Table::new(["if this were otherwise", "origin", ">from", ">to", ">users at the first", ">at the second"]);
    for lever in levers {
        let users = |users: Option<f64>| users.map_or_else(|| "—".to_owned(), digits);
        let unit = if lever.path.ends_with(".overhead") { "bytes" } else { "" };
        table.row([
            mask(&lever.path),
            lever.origin.to_owned(),
            number(lever.low, unit),
            number(lever.high, unit),
            users(lever.at_low),
            users(lever.at_high),
        ]);
    }
    markup.heading("Sensitivity of the users carried") + &markup.table(&table)
}

fn costs(estimate: &Estimate, markup: Markup) -> String {
    let mut table = Table::new(["a month", ">today", ">planned", ">budget", "origin"]);
    for cost in &estimate.costs {
        table.row([
            cost.kind.replace('_', " "),
            quantity(&cost.now, "money"),
            quantity(&cost.planned, "money"),
            cost.budget.as_ref().map_or_else(String::new, |budget| quantity(budget, "money")),
            if cost.computed { "worked out" } else { "budget" }.to_owned(),
        ]);
    }
    let total = |name: &str, now: &Quantity, planned: &Quantity| {
        let budget = estimate.budget.as_ref().map_or_else(String::new, |budget| quantity(budget, "money"));
        [name.to_owned(), quantity(now, "money"), quantity(planned, "money"), budget, String::new()]
    };
    if estimate.total.now.value.is_some() && estimate.total.planned.value.is_some() {
        table.row(total("total", &estimate.total.now, &estimate.total.planned));
    } else {
        table.row(total("known so far", &estimate.known.now, &estimate.known.planned));
    }
    markup.heading(&format!("Cost, {}", mask(&estimate.currency))) + &markup.table(&table)
}

/// Calculations, one after the other, each with what went into it.
fn steps(heading: &str, steps: &[Step], markup: Markup) -> String {
    let mut text = markup.heading(heading);
    for step in steps {
        text.push_str(&markup.item(&format!("{} = {} = {}", step.name, step.formula, number(step.value, step.unit))));
        for input in &step.inputs {
            let source = match (&input.source, input.line) {
                (Some(source), _) => format!("{}: {}", input.origin, mask(source)),
                (None, Some(line)) => format!("line {line}"),
                (None, None) => input.origin.to_owned(),
            };
            let indent = if markup == Markup::Text { "    " } else { "  " };
            let _ = write!(
                text,
                "{indent}{}",
                markup.item(&format!("{}: {} ({source})", input.symbol, number(input.value, input.unit)))
            );
        }
    }
    text
}

/// Everything that is missing, once.
fn missing(estimate: &Estimate, markup: Markup) -> String {
    let hosts = estimate.hosts.iter().flat_map(|host| host.figures.iter().map(|figure| &figure.expected));
    let demand = estimate.demand.iter().flat_map(|row| [&row.now, &row.planned]);
    let costs = estimate.costs.iter().flat_map(|cost| [&cost.now, &cost.planned]);
    let mut paths: Vec<&String> =
        hosts.chain(demand).chain(costs).flat_map(|quantity| &quantity.missing).chain(&estimate.not_sized).collect();
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return String::new();
    }
    markup.heading("Not declared, and needed for what is left open")
        + &paths.iter().map(|path| markup.item(&mask(path))).collect::<String>()
}
