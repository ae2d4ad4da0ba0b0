//! The same work done in three ways, before anybody decides: with open weights on machines of one's own,
//! behind a provider's interface, and with a small model.
//!
//! One of the ways is usually the manifest as it stands. Each of the others is the manifest with its serving
//! entry and its model replaced, in the text, and read and checked again: what it would cost and what would
//! be reported of it come out of the same facts and rules.

mod answers;
mod factors;
mod ways;

use serde::Serialize;

use crate::engine::{Plan, check_text};
use crate::estimate::{Context, Estimate, Quantity, currency, estimate_of, with_view};
use crate::facts;
use crate::manifest::value::{Value, View};
use crate::report::Report;
use answers::{QUESTIONS, answer, reported};
use factors::{add, answering, break_even, factors, known};
use ways::{Way, served};

/// What takes the place of what the manifest does not say.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The provider's model, an id of the table of prices.
    pub api: Option<String>,
    /// The open-weight model, an id of the Hub.
    pub model: Option<String>,
    /// The small model, an id of the Hub.
    pub small_model: Option<String>,
    /// The accelerator, an id of the table.
    pub accelerator: Option<String>,
}

/// Three ways, side by side.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    pub file: String,
    pub as_of: String,
    pub set: Vec<String>,
    pub currency: String,
    /// Users today and as planned.
    pub users: Quantity,
    pub users_planned: Quantity,
    pub options: Vec<Choice>,
    pub break_even: Vec<BreakEven>,
    pub questions: Vec<Question>,
}

/// One way to do the work.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// `self_hosted`, `vendor_api` or `small_model`.
    pub option: &'static str,
    pub title: &'static str,
    /// What it stands for.
    pub what: String,
    /// Whether it is the manifest as it stands.
    pub declared: bool,
    /// What was taken where the manifest says nothing.
    pub assumed: Vec<String>,
    /// Cost of a month of answering requests.
    pub inference: Quantity,
    pub inference_planned: Quantity,
    /// Cost of a month in all, as far as it is known.
    pub known: Quantity,
    pub known_planned: Quantity,
    pub factors: Vec<Factor>,
    pub reported: Reported,
}

/// One row of the comparison.
#[derive(Debug, Clone, Serialize)]
pub struct Factor {
    pub name: &'static str,
    pub text: String,
}

/// What caveat reports of a way.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Reported {
    pub violations: usize,
    /// Violations that are critical or high.
    pub grave: usize,
    pub undecided: usize,
    /// Violations that the manifest as it stands does not have.
    pub new: Vec<Line>,
    /// Violations of the manifest as it stands that would be gone.
    pub gone: Vec<Line>,
}

/// A finding in one line.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub rule: String,
    pub severity: &'static str,
    pub message: String,
}

/// From which volume on one way is cheaper than another.
#[derive(Debug, Clone, Serialize)]
pub struct BreakEven {
    /// The way with a fixed cost.
    pub option: &'static str,
    /// The provider's model that it is held against, and what one request costs there.
    pub against: String,
    pub per_request: f64,
    /// Whether the declared people are counted into the fixed cost.
    pub with_people: bool,
    /// Requests a month; unbounded where it is never cheaper.
    pub requests: Quantity,
    /// Requests a month today.
    pub today: Quantity,
}

/// A question of the decision, with its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    pub area: &'static str,
    pub question: &'static str,
    /// `yes`, `no` or `cannot say`.
    pub answer: &'static str,
    /// Findings that say no.
    pub against: Vec<Line>,
    /// Rules that were satisfied.
    pub satisfied: Vec<String>,
    /// Facts that would settle what is open.
    pub missing: Vec<String>,
}

/// Compares. `Err` says why there is nothing to compare.
pub fn compare(plan: &Plan, choices: &Choices, set: &[String], file: &str, text: &str) -> Result<Comparison, String> {
    let context = Context { tables: &plan.tables, limits: &plan.limits, today: plan.today, set };
    let base = sized(context, file, text)?;
    let served = with_view(context, text, |view| served(view, &plan.tables)).ok_or("nothing could be read")??;
    let report = checked(plan, file, text)?;
    let mut options = Vec::new();
    let mut estimates = Vec::new();
    for kind in [Way::SelfHosted, Way::Api, Way::Small] {
        let (changed, what, assumed) = kind.text(context, &served, choices, text)?;
        let declared = changed == text;
        let sheet = if declared { base.clone() } else { sized(context, file, &changed)? };
        let found = if declared { None } else { Some(checked(plan, file, &changed)?) };
        let reported = reported(&report, found.as_ref());
        let factors = with_view(context, &changed, |view| factors(view, kind, &sheet)).unwrap_or_default();
        let inference = |planned: bool| add(sheet.costs.iter().filter_map(|cost| answering(cost, planned)));
        options.push(Choice {
            option: kind.key(),
            title: kind.title(),
            what,
            declared,
            assumed,
            inference: inference(false),
            inference_planned: inference(true),
            known: known(&sheet, declared, false),
            known_planned: known(&sheet, declared, true),
            factors,
            reported,
        });
        estimates.push((kind, sheet));
    }
    let row = |name: &str| base.demand.iter().find(|row| row.name == name);
    let unknown = || Quantity { value: None, unbounded: false, missing: Vec::new() };
    let users = row("users").map_or_else(|| (unknown(), unknown()), |row| (row.now.clone(), row.planned.clone()));
    Ok(Comparison {
        file: file.to_owned(),
        as_of: plan.today.to_string(),
        set: set.to_vec(),
        currency: with_view(context, text, currency).unwrap_or_default(),
        users: users.0,
        users_planned: users.1,
        break_even: break_even(&options, &estimates),
        questions: QUESTIONS.iter().map(|question| answer(question, &report)).collect(),
        options,
    })
}

/// What is reported of a text. A part of a report cannot be compared with anything.
fn checked(plan: &Plan, file: &str, text: &str) -> Result<Report, String> {
    let report = check_text(plan, file, text.as_bytes().to_vec());
    match report.findings.iter().find(|finding| finding.rule == "E012") {
        Some(beyond) => Err(format!("a limit was exceeded, so nothing was compared: {}", beyond.message)),
        None => Ok(report),
    }
}

/// The estimate of a text; what another input would change is not asked here.
fn sized(context: Context<'_>, file: &str, text: &str) -> Result<Estimate, String> {
    with_view(context, text, |view| estimate_of(context, file, view, None)).ok_or_else(|| "nothing could be read".to_owned())
}

fn field_text<'m>(view: &View<'m>, record: &Value<'m>, name: &str) -> Option<String> {
    facts::word_of(&view.field(record, name).ok()?)
}
