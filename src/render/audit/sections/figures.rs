//! What a system carries and costs, and what it would cost done otherwise.

use super::super::super::estimate::label;
use super::super::super::figure::{digits, number, quantity};
use super::super::super::svg;
use super::super::block::{Block, Figure, Section, Table, Text, Tone, badge, code, inline, join, plain};
use super::rule_link;
use crate::audit::System;
use crate::compare::{Choice, Comparison, Line, Question};
use crate::estimate::{Estimate, Host, Quantity, Step};

/// Capacity, cost and comparison.
pub fn sections(id: &str, system: &System) -> Vec<Section> {
    vec![
        Section::new(format!("{id}-capacity"), "Capacity and growth", capacity(id, &system.estimate)),
        Section::new(format!("{id}-cost"), "Cost", cost(id, &system.estimate)),
        Section::new(format!("{id}-comparison"), "The same work done otherwise", comparison(id, system)),
    ]
}

fn capacity(id: &str, estimate: &Estimate) -> Vec<Block> {
    let mut demand = Table::new("What users ask of it", ["demand", ">today", ">planned"]);
    for row in &estimate.demand {
        demand.row([plain(row.name), figure(&row.now, row.unit), figure(&row.planned, row.unit)]);
    }
    let mut blocks = vec![Block::Table(demand)];
    if estimate.hosts.is_empty() {
        let text = match estimate.not_sized.as_slice() {
            [] => "No hosting entry has accelerators of its own, so there is no capacity to work out.".to_owned(),
            missing => format!("What it carries cannot be worked out until these are declared: {}.", missing.join(", ")),
        };
        blocks.push(Block::Paragraph(plain(text)));
    }
    blocks.extend(chart(svg::capacity(estimate, &format!("{id}-capacity")), "Memory and users, from the best case to the worst"));
    blocks.extend(estimate.hosts.iter().flat_map(host));
    blocks.extend(chart(svg::growth(estimate, &format!("{id}-growth")), "Users month by month, against what is carried"));
    if let Some(growth) = &estimate.growth {
        let carried = growth.carried.value;
        let line = match (carried, growth.saturation.value) {
            (Some(limit), Some(months)) => format!(
                "{} users are carried: outgrown in month {} if users grow by the same factor each month, {} in a straight line.",
                digits(limit),
                digits(months),
                quantity(&growth.saturation_linear, "months")
            ),
            (Some(limit), None) => format!("{} users are carried, and that is never outgrown.", digits(limit)),
            (None, _) => "How many users are carried is not known.".to_owned(),
        };
        let mut table = Table::new("Users month by month", [">month", ">users", ">in a straight line", ">replicas needed"]);
        for point in &growth.points {
            let replicas = point.replicas.map_or_else(|| "–".to_owned(), digits);
            table.row([digits(point.month), digits(point.users.round()), digits(point.linear.round()), replicas].map(plain));
        }
        blocks.push(Block::Paragraph(plain(line)));
        blocks.push(Block::More { summary: plain("Users month by month"), blocks: vec![Block::Table(table)], paper: true });
    }
    blocks
}

fn host(host: &Host) -> Vec<Block> {
    let limit = host.limit.map(|limit| format!("; what limits it is {}", limit.replace('_', " "))).unwrap_or_default();
    let caption = format!("{}: {}, replicas: {}{limit}", host.id, host.model, quantity(&host.replicas, "replicas"));
    let mut table = Table::new(caption, ["figure", ">best", ">expected", ">worst"]);
    for row in &host.figures {
        let known = |quantity: &Quantity| quantity.value.is_some() || quantity.unbounded;
        if [&row.best, &row.expected, &row.worst].into_iter().any(known) {
            let cell = |of: &Quantity| figure(of, row.unit);
            table.row([plain(label(row.name)), cell(&row.best), cell(&row.expected), cell(&row.worst)]);
        }
    }
    let figures =
        Block::More { summary: plain(format!("Every figure of {}", host.id)), blocks: vec![Block::Table(table)], paper: true };
    vec![figures, working(&format!("How {} is sized", host.id), &host.steps)]
}

/// Calculations, each with what went into it.
fn working(title: &str, steps: &[Step]) -> Block {
    let mut table = Table::new(title, ["figure", ">value", "formula", "from"]);
    for step in steps {
        let input = |input: &crate::estimate::Input| {
            let source = match (&input.source, input.line) {
                (Some(source), _) => format!("{}: {source}", input.origin),
                (None, Some(line)) => format!("line {line}"),
                (None, None) => input.origin.to_owned(),
            };
            [code(input.symbol), plain(format!(" {} ({source})", number(input.value, input.unit)))].concat()
        };
        let inputs = join(step.inputs.iter().map(input), "; ");
        table.row([plain(step.name), plain(number(step.value, step.unit)), code(step.formula), inputs]);
    }
    Block::More { summary: plain(title), blocks: vec![Block::Table(table)], paper: true }
}

fn cost(id: &str, estimate: &Estimate) -> Vec<Block> {
    let caption = format!("Cost of a month, {}", estimate.currency);
    let mut table = Table::new(caption, ["kind", ">today", ">planned", ">budget", "origin"]);
    let money = |quantity: &Quantity| figure(quantity, "money");
    for cost in &estimate.costs {
        table.row([
            plain(cost.kind.replace('_', " ")),
            money(&cost.now),
            money(&cost.planned),
            cost.budget.as_ref().map_or_else(|| plain("no line"), money),
            plain(if cost.computed { "worked out" } else { "budget" }),
        ]);
    }
    let known = estimate.total.now.value.is_some() && estimate.total.planned.value.is_some();
    let (name, sum) = if known { ("total", &estimate.total) } else { ("known so far", &estimate.known) };
    let budget = estimate.budget.as_ref().map_or_else(|| plain("–"), money);
    table.row([
        vec![super::super::block::Piece::Strong(name.to_owned())],
        money(&sum.now),
        money(&sum.planned),
        budget,
        plain(""),
    ]);
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(chart(svg::costs(estimate, &format!("{id}-costs")), "Cost of a month by kind, today and as planned"));
    let steps = estimate.costs.iter().filter(|cost| !cost.steps.is_empty());
    blocks.extend(steps.map(|cost| working(&format!("How {} comes about", cost.kind.replace('_', " ")), &cost.steps)));
    blocks
}

fn comparison(id: &str, system: &System) -> Vec<Block> {
    let comparison = match &system.comparison {
        Ok(comparison) => comparison,
        Err(why) => return vec![Block::Paragraph(plain(format!("Not compared: {why}.")))],
    };
    let mut blocks = vec![Block::Table(options(comparison))];
    blocks.extend(chart(svg::comparison(comparison, &format!("{id}-ways")), "Cost of a month in each way, today and as planned"));
    blocks.push(ways(comparison));
    blocks.push(Block::Table(factors(comparison)));
    let mut even =
        Table::new("Break-even", ["way", "people", ">cheaper from requests a month", ">requests today", "held against"]);
    for row in &comparison.break_even {
        even.row([
            plain(row.option.replace('_', " ")),
            plain(if row.with_people { "as declared" } else { "not counted" }),
            figure(&row.requests, "requests"),
            figure(&row.today, "requests"),
            plain(format!("{}, {} for a thousand requests", row.against, digits(1000.0 * row.per_request))),
        ]);
    }
    blocks.push(even.or("A break-even cannot be worked out without prices and a volume."));
    let items = comparison.questions.iter().map(question).collect();
    blocks.push(Block::More {
        summary: plain("Five questions before adopting"),
        blocks: vec![Block::List { ordered: true, items }],
        paper: true,
    });
    blocks
}

fn options(comparison: &Comparison) -> Table {
    let caption = format!("Answering requests, and all that is known of the cost, {} a month", comparison.currency);
    let heads = [
        "way",
        ">answering, today",
        ">answering, planned",
        ">all known, today",
        ">all known, planned",
        ">violations",
        ">critical or high",
        ">undecided",
    ];
    let mut table = Table::new(caption, heads);
    let money = |quantity: &Quantity| figure(quantity, "money");
    for choice in &comparison.options {
        let reported = &choice.reported;
        table.row([
            way(choice),
            money(&choice.inference),
            money(&choice.inference_planned),
            money(&choice.known),
            money(&choice.known_planned),
            super::number(reported.violations),
            super::number(reported.grave),
            super::number(reported.undecided),
        ]);
    }
    table
}

fn way(choice: &Choice) -> Text {
    if choice.declared {
        [plain(choice.title), plain(" "), badge(Tone::Info, "as declared")].concat()
    } else {
        plain(choice.title)
    }
}

/// What stands for each way, and what would be reported of it.
fn ways(comparison: &Comparison) -> Block {
    let rules = |lines: &[Line]| join(lines.iter().map(|line| rule_link(&line.rule)), ", ");
    let about = |choice: &Choice| {
        let mut text = inline(&choice.what);
        if !choice.assumed.is_empty() {
            text.extend(inline(&format!(" ({})", choice.assumed.join("; "))));
        }
        for (lines, what) in [(&choice.reported.new, ". Would be new: "), (&choice.reported.gone, ". Would be gone: ")] {
            if !lines.is_empty() {
                text.extend(plain(what));
                text.extend(rules(lines));
            }
        }
        (choice.title.to_owned(), text)
    };
    Block::Terms(comparison.options.iter().map(about).collect())
}

/// What each way asks for and gives.
fn factors(comparison: &Comparison) -> Table {
    let heads: Vec<&str> = ["factor"].into_iter().chain(comparison.options.iter().map(|choice| choice.title)).collect();
    let mut table = Table::new("What each way asks for and gives", heads);
    let mut names: Vec<&str> = Vec::new();
    for factor in comparison.options.iter().flat_map(|choice| &choice.factors) {
        if !names.contains(&factor.name) {
            names.push(factor.name);
        }
    }
    for name in names {
        let of = comparison.options.iter().map(|choice| {
            let texts = choice.factors.iter().filter(|factor| factor.name == name).map(|factor| inline(&factor.text));
            join(texts, "; ")
        });
        table.row([plain(name)].into_iter().chain(of));
    }
    table
}

fn question(question: &Question) -> Text {
    let tone = match question.answer {
        "yes" => Tone::Good,
        "no" => Tone::High,
        _ => Tone::Unknown,
    };
    let mut text = [plain(format!("{} ", question.question)), badge(tone, question.answer)].concat();
    if !question.against.is_empty() {
        text.extend(plain(" against it: "));
        text.extend(join(question.against.iter().map(|line| rule_link(&line.rule)), ", "));
    }
    if !question.missing.is_empty() {
        text.extend(plain(format!("; not declared: {}", question.missing.join(", "))));
    }
    text
}

/// A chart beside a table that has the same figures; none where nothing of it is known.
fn chart(svg: Option<String>, caption: &str) -> Option<Block> {
    svg.map(|svg| Block::Figure(Figure { svg, caption: plain(caption), words: Vec::new() }))
}

/// A figure, or what would have to be declared for it.
fn figure(of: &Quantity, unit: &str) -> Text {
    if of.value.is_none() && !of.unbounded { badge(Tone::Unknown, "not known") } else { plain(quantity(of, unit)) }
}
