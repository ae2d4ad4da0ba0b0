//! The same work done in three ways, before anybody decides: with open weights on machines of one's own,
//! behind a provider's interface, and with a small model.
//!
//! One of the ways is usually the manifest as it stands. Each of the others is the manifest with its serving
//! entry and its model replaced, in the text, and read and checked again: what it would cost and what would
//! be reported of it come out of the same facts and rules.

use jiff::civil::Date;
use serde::Serialize;

use crate::engine::{Plan, check_text};
use crate::estimate::{Context, Cost, Estimate, Quantity, currency, estimate_of, with_view};
use crate::facts::{self, capacity};
use crate::finding::{Finding, Severity, Verdict};
use crate::knowledge::licences;
use crate::knowledge::prices::Price;
use crate::knowledge::tables::{Known, Tables};
use crate::manifest::value::{Answer, Data, Value, View};
use crate::report::Report;
use crate::spelling;
use crate::syntax::Limits;
use crate::syntax::overlay::{Change, apply};

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

/// The open-weight model to compare with where none is named or served.
const MODEL: &str = "meta-llama/Llama-3.3-70B-Instruct";
/// The small model to compare with where none is named or served.
const SMALL_MODEL: &str = "microsoft/Phi-4-mini-instruct";
/// The accelerators to compare with where none is named or stated.
const ACCELERATOR: &str = "h100";
const SMALL_ACCELERATOR: &str = "l4";
/// Parameters up to which a model counts as small here: it fits one accelerator of 24 GB in sixteen bits.
const SMALL: f64 = 8e9;

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

/// The questions to ask before adopting, and the rules whose outcomes answer each: whole codes, or the letters
/// that codes begin with.
const QUESTIONS: [(&str, &str, &[&str]); 5] = [
    (
        "resources",
        "Do you have the technical team to implement and maintain?",
        &["COST001", "COST002", "COST007", "COST013", "COST014", "HAL012", "HAL013"],
    ),
    (
        "capabilities",
        "Can you handle customisation and updates?",
        &["COST005", "COST006", "COST012", "COST017", "SCALE017", "HAL005", "HAL007", "HAL014", "HAL015", "HAL018"],
    ),
    (
        "specific needs",
        "Does open source align with your use case?",
        &["COST011", "HAL001", "HAL003", "HAL004", "HAL008", "HAL009", "HAL022", "IP"],
    ),
    ("scale", "Can you handle the computational requirements?", &["SCALE", "COST004", "COST009"]),
    ("security", "Can you manage the data privacy risks?", &["LEAK", "HAL016", "HAL017", "HAL023", "HAL024", "HAL028"]),
];

/// What is compared.
#[expect(clippy::struct_excessive_bools, reason = "answers that do not depend on each other")]
struct Served {
    host: String,
    model: String,
    /// All models of the entry, as a list of the manifest.
    models: String,
    title: String,
    own: bool,
    api: bool,
    small: bool,
    trained: bool,
    accelerator: Option<String>,
    stated_price: Option<[Option<f64>; 2]>,
    alternative: Option<[Option<f64>; 2]>,
}

/// Compares. `Err` says why there is nothing to compare.
pub fn compare(plan: &Plan<'_>, choices: &Choices, set: &[String], file: &str, text: &str) -> Result<Comparison, String> {
    let context = Context { tables: &plan.tables, limits: &plan.limits, today: plan.today, set };
    let base = sized(context, file, text)?;
    let served = with_view(context, text, |view| served(view, &plan.tables)).ok_or("nothing could be read")??;
    let report = check_text(plan, file, text.as_bytes().to_vec());
    let mut options = Vec::new();
    let mut estimates = Vec::new();
    for kind in [Way::SelfHosted, Way::Api, Way::Small] {
        let (changed, what, assumed) = kind.text(context, &served, choices, text)?;
        let declared = changed == text;
        let sheet = if declared { base.clone() } else { sized(context, file, &changed)? };
        let found = if declared { None } else { Some(check_text(plan, file, changed.clone().into_bytes())) };
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

/// The estimate of a text; what another input would change is not asked here.
fn sized(context: Context<'_>, file: &str, text: &str) -> Result<Estimate, String> {
    with_view(context, text, |view| estimate_of(context, file, view, None)).ok_or_else(|| "nothing could be read".to_owned())
}

/// The serving entry and the model that the system answers with.
fn served<'m>(view: &View<'m>, tables: &Tables) -> Result<Served, String> {
    let hosting = view.field(&view.manifest(), "hosting");
    let hosts = hosting.ok().and_then(|hosting| view.elements(&hosting)).unwrap_or_default();
    for host in hosts.into_iter().flatten() {
        let models = view.field(&host, "models").ok().and_then(|models| view.elements(&models)).unwrap_or_default();
        let followed: Vec<Value<'m>> = models.into_iter().flatten().filter_map(|model| view.follow(&model).ok()).collect();
        let Some(model) = followed.iter().find(|model| capacity::writes(view, model)) else { continue };
        let word = |record: &Value<'m>, name: &str| field_text(view, record, name);
        let mode = word(&host, "mode");
        let api = matches!(mode.as_deref(), Some("vendor_api" | "managed"));
        let gpus = view.field(&host, "gpus").ok().filter(|gpus| !matches!(gpus.data, Data::None));
        let parameters = capacity::parameters(view, tables, model);
        let ids: Vec<String> = followed.iter().map(|model| facts::name_of(view, model)).collect();
        let id = facts::name_of(view, model);
        return Ok(Served {
            host: facts::name_of(view, &host),
            models: format!("[{}]", ids.join(", ")),
            title: word(model, "source").unwrap_or_else(|| id.clone()),
            own: !api && (mode.as_deref() == Some("self_managed") || gpus.is_some()),
            api,
            small: parameters.is_some_and(|parameters| parameters <= SMALL),
            trained: trains(view, &id),
            accelerator: gpus.and_then(|gpus| word(&gpus, "type")),
            stated_price: price(view, view.field(&host, "price")),
            alternative: alternative(view),
            model: id,
        });
    }
    Err("no hosting entry serves a model that writes, so there is nothing to compare".to_owned())
}

fn field_text<'m>(view: &View<'m>, record: &Value<'m>, name: &str) -> Option<String> {
    facts::word_of(&view.field(record, name).ok()?)
}

fn trains(view: &View<'_>, model: &str) -> bool {
    let runs = view.field(&view.manifest(), "training").ok().and_then(|runs| view.elements(&runs)).unwrap_or_default();
    runs.into_iter().flatten().any(|run| field_text(view, &run, "output").as_deref() == Some(model))
}

/// Input and output prices of a record of prices.
fn price<'m>(view: &View<'m>, price: Answer<'m>) -> Option<[Option<f64>; 2]> {
    let price = price.ok().filter(|price| !matches!(price.data, Data::None))?;
    Some(["input_per_million", "output_per_million"].map(|name| match view.field(&price, name).map(|value| value.data) {
        Ok(Data::Number(number)) => Some(number),
        _ => None,
    }))
}

/// The price of a vendor's interface among the alternatives that were weighed.
fn alternative(view: &View<'_>) -> Option<[Option<f64>; 2]> {
    let alternatives = view.field(&view.manifest(), "alternatives").ok()?;
    let options = view.field(&alternatives, "options").ok().and_then(|options| view.elements(&options))?;
    let mut api =
        options.into_iter().flatten().filter(|option| field_text(view, option, "option").as_deref() == Some("vendor_api"));
    api.find_map(|option| price(view, view.field(&option, "price")))
}

/// The three ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    SelfHosted,
    Api,
    Small,
}

impl Way {
    fn key(self) -> &'static str {
        match self {
            Self::SelfHosted => "self_hosted",
            Self::Api => "vendor_api",
            Self::Small => "small_model",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::SelfHosted => "open weights, self-hosted",
            Self::Api => "proprietary interface",
            Self::Small => "small model",
        }
    }

    /// The manifest in this way: its text, what it stands for, and what was assumed.
    fn text(
        self,
        context: Context<'_>,
        served: &Served,
        choices: &Choices,
        text: &str,
    ) -> Result<(String, String, Vec<String>), String> {
        match self {
            Self::SelfHosted if served.own && choices.model.is_none() => {
                Ok((text.to_owned(), format!("{} on `{}`, as declared", served.title, served.host), Vec::new()))
            }
            Self::Api if served.api && choices.api.is_none() && served.stated_price.is_some() => {
                Ok((text.to_owned(), format!("{} through `{}`, as declared", served.title, served.host), Vec::new()))
            }
            Self::SelfHosted => {
                let model = choices.model.as_deref().unwrap_or(MODEL);
                let accelerator = choices.accelerator.as_deref().or(served.accelerator.as_deref()).unwrap_or(ACCELERATOR);
                own(context, served, model, accelerator, text)
            }
            Self::Small => {
                let declared = served.own && served.small && choices.small_model.is_none();
                let model = choices.small_model.as_deref().unwrap_or(SMALL_MODEL);
                // A small model that is served already is held against one that is smaller.
                let accelerator = choices.accelerator.as_deref().or(served.accelerator.as_deref().filter(|_| declared));
                own(context, served, model, accelerator.unwrap_or(SMALL_ACCELERATOR), text)
            }
            Self::Api => api(context, served, choices, text),
        }
    }
}

/// The manifest with the work done on accelerators of one's own: as few for a replica as hold the model, and as many
/// replicas as today's demand needs.
fn own(
    context: Context<'_>,
    served: &Served,
    model: &str,
    accelerator: &str,
    text: &str,
) -> Result<(String, String, Vec<String>), String> {
    let known = context
        .tables
        .model(model)
        .ok_or_else(|| format!("no model is called `{model}`; `caveat explain` knows those of the table"))?;
    let card = context
        .tables
        .accelerator(accelerator)
        .ok_or_else(|| format!("no accelerator is called `{accelerator}`; `caveat explain` knows those of the table"))?;
    let source = format!("hf:{}", known.entry.id);
    let licence =
        licences::known_model(&source).map_or_else(String::new, |known| format!(", license: {}", known.entry.licence().id));
    let model_text = format!(
        "{{id: {}, kind: instruct, source: \"{source}\", access: open_weights, base: [], parameters: {}{licence}}}",
        served.model,
        known.entry.parameters.map_or_else(|| "unknown".to_owned(), |parameters| parameters.to_string()),
    );
    for count in [1, 2, 4, 8] {
        let write = |replicas: &str| {
            let host = format!(
                "{{id: {}, models: {}, mode: self_managed, precision: bf16, gpus: {{type: {}, count: {count}}}, tensor_parallel: {count}, replicas: {replicas}}}",
                served.host, served.models, card.entry.id,
            );
            replaced(context.limits, served, &host, &model_text, text)
        };
        let first = write("{min: 1, max: 1}")?;
        let sized = with_view(context, &first, |view| needed(view, context, &served.host)).flatten();
        let Some(sized) = sized.filter(|sized| sized.fits && sized.keeps_up) else { continue };
        let replicas = match (sized.needed, sized.planned) {
            (Some(needed), Some(planned)) => format!("{{min: {needed}, max: {}}}", planned.max(needed)),
            (Some(needed), None) => format!("{{min: {needed}, max: {needed}}}"),
            _ => "{min: 1, max: 1}".to_owned(),
        };
        let what = format!("{} on {count} × {} for a replica, in bf16", known.entry.id, card.entry.title());
        let mut assumed = vec![
            "as few accelerators for a replica as hold the model, as many replicas as the demand needs".to_owned(),
            format!("{}, {}: tables of {}", known.entry.id, card.entry.title(), known.date),
        ];
        assumed.extend(served.trained.then(|| "without the training runs of today".to_owned()));
        return Ok((write(&replicas)?, what, assumed));
    }
    Err(format!(
        "{} does not fit eight {} or is too slow on them for the promised time; choose others with --model, --small-model and --accelerator",
        known.entry.id,
        card.entry.title()
    ))
}

/// How an entry would do at the usual figures.
struct Trial {
    fits: bool,
    /// Whether at least one request at a time is answered in the promised time.
    keeps_up: bool,
    /// Replicas needed today and as planned.
    needed: Option<u64>,
    planned: Option<u64>,
}

fn needed(view: &View<'_>, context: Context<'_>, host: &str) -> Option<Trial> {
    let entries = capacity::size(view, context.tables, context.today).ok()?;
    let entry = entries.iter().flatten().find(|entry| entry.id == host)?;
    let sized = entry.case(capacity::Case::Expected);
    let number = |term: &capacity::figure::Term| term.as_ref().ok().map(|figure| whole(figure.value));
    let room = sized.sequences.as_ref().map_or(true, |figure| figure.value >= 1.0);
    let fits = sized.spare.as_ref().is_ok_and(|figure| figure.value > 0.0);
    Some(Trial {
        fits: fits && room,
        keeps_up: sized.throughput.as_ref().map_or(true, |figure| figure.value > 0.0),
        needed: number(&sized.needed),
        planned: number(&sized.planned_needed),
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of replicas")]
fn whole(value: f64) -> u64 {
    value.clamp(0.0, 1e9) as u64
}

fn replaced(limits: &Limits, served: &Served, host: &str, model: &str, text: &str) -> Result<String, String> {
    let change = |path: String, value: &str| Change { path, value: value.to_owned() };
    let mut changes = vec![change(format!("hosting.{}", served.host), host), change(format!("models.{}", served.model), model)];
    if served.trained {
        changes.push(change("training".to_owned(), "[]"));
    }
    apply(text, &changes, limits)
}

/// The manifest with the work done behind a provider's interface.
fn api(context: Context<'_>, served: &Served, choices: &Choices, text: &str) -> Result<(String, String, Vec<String>), String> {
    let mut assumed: Vec<String> = served.trained.then(|| "without the training runs of today".to_owned()).into_iter().collect();
    let own_price = served.stated_price.or(served.alternative).filter(|_| choices.api.is_none());
    let (price_text, source, what) = match own_price {
        Some([input, output]) => {
            let number = |price: Option<f64>| price.map_or_else(|| "unknown".to_owned(), |price| price.to_string());
            let price = format!("{{input_per_million: {}, output_per_million: {}}}", number(input), number(output));
            (price, None, "a provider's model at the price that the manifest states".to_owned())
        }
        None => {
            let known = match &choices.api {
                Some(name) => context
                    .tables
                    .price(name)
                    .ok_or_else(|| format!("no price is listed for `{name}`; `caveat explain` knows those of the table"))?,
                None => median(context).ok_or("no price is listed")?,
            };
            if choices.api.is_none() {
                assumed.push(format!(
                    "{} has the median of the list prices for this work; choose another with --api",
                    known.entry.id
                ));
            }
            let rate = with_view(context, text, |view| rate(view, known.entry.currency())).flatten();
            assumed.push(format!("list prices of {}", known.date));
            let source = known.entry.id.replacen('/', ":", 1);
            let price = match rate {
                Some(rate) => prices(&known, rate),
                // Currencies are not mixed.
                None => {
                    assumed.push(listed(&known));
                    "unknown".to_owned()
                }
            };
            (price, Some(source), format!("{} at its list price", known.entry.id))
        }
    };
    let source = source.map_or_else(String::new, |source| format!(", source: \"{source}\""));
    let model = format!("{{id: {}, kind: instruct, access: vendor_api, base: []{source}}}", served.model);
    let host = format!("{{id: {}, models: {}, mode: vendor_api, price: {price_text}}}", served.host, served.models);
    Ok((replaced(context.limits, served, &host, &model, text)?, what, assumed))
}

/// A price that cannot be held against sums in another currency, in words.
fn listed(known: &Known<Price<'_>>) -> String {
    let entry = &known.entry;
    let tokens = |price: Option<f64>| price.map_or_else(|| "?".to_owned(), |price| price.to_string());
    format!(
        "it is listed in {} ({} and {} for a million tokens in and out), and the budget is in another currency: declare `{RATE}`",
        entry.currency(),
        tokens(entry.input_per_million),
        tokens(entry.output_per_million)
    )
}

/// Where the manifest says what a dollar costs.
const RATE: &str = "budget.usd_rate";

/// What one unit of a currency of the tables costs in that of the budget.
fn rate(view: &View<'_>, listed: &str) -> Option<f64> {
    let own = currency(view);
    if own == listed {
        return Some(1.0);
    }
    let budget = view.field(&view.manifest(), "budget").ok()?;
    match view.field(&budget, "usd_rate").ok()?.data {
        Data::Number(rate) if listed == "USD" => Some(rate),
        _ => None,
    }
}

/// A price as the manifest writes it.
fn prices(known: &Known<Price<'_>>, rate: f64) -> String {
    let entry = &known.entry;
    let tiers = [
        ("input_per_million", entry.input_per_million),
        ("output_per_million", entry.output_per_million),
        ("cached_input_per_million", entry.cached_input_per_million),
        ("batch_input_per_million", entry.batch_input_per_million),
        ("batch_output_per_million", entry.batch_output_per_million),
    ];
    let tiers = tiers.iter().map(|(name, price)| match price {
        Some(price) => format!("{name}: {}", price * rate),
        None => format!("{name}: none"),
    });
    format!("{{{}}}", tiers.collect::<Vec<_>>().join(", "))
}

/// The price that as many listed ones are above as below, for three tokens in and one out. Prices that no second
/// source confirms, and of models that are withdrawn, do not count.
fn median(context: Context<'_>) -> Option<Known<Price<'_>>> {
    let offered =
        |price: &Price<'_>| price.confirmed == Some(true) && price.withdrawn.is_none_or(|day: Date| day > context.today);
    let blended = |price: &Price<'_>| Some(3.0 * price.input_per_million? + price.output_per_million?);
    let mut listed: Vec<(f64, Known<Price<'_>>)> = context
        .tables
        .prices()
        .filter(|known| offered(&known.entry))
        .filter_map(|known| Some((blended(&known.entry)?, known)))
        .collect();
    listed.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.entry.id.cmp(&b.1.entry.id)));
    let middle = listed.len() / 2;
    listed.into_iter().nth(middle).map(|(_, known)| known)
}

/// The sum of what is known. What the budget of today sets aside for answering is no cost of another way.
fn known(sheet: &Estimate, declared: bool, planned: bool) -> Quantity {
    let cost = |cost: &'_ Cost| {
        let of = if planned { &cost.planned } else { &cost.now };
        if declared || !facts::cost::INFERENCE.contains(&cost.kind) {
            Some(of.clone())
        } else {
            answering(cost, planned).cloned()
        }
    };
    let known: Vec<Quantity> = sheet.costs.iter().filter_map(cost).filter(|quantity| quantity.value.is_some()).collect();
    add(known.iter())
}

/// What answering requests costs by prices and volumes, of one kind of cost.
fn answering(cost: &Cost, planned: bool) -> Option<&Quantity> {
    let [now, then] = cost.worked.as_ref().filter(|_| facts::cost::INFERENCE.contains(&cost.kind))?;
    Some(if planned { then } else { now })
}

fn add<'q>(quantities: impl Iterator<Item = &'q Quantity>) -> Quantity {
    let mut sum = Quantity { value: Some(0.0), unbounded: false, missing: Vec::new() };
    for quantity in quantities {
        sum.value = sum.value.zip(quantity.value).map(|(a, b)| a + b);
        sum.missing.extend(quantity.missing.iter().cloned());
    }
    sum.missing.sort();
    sum.missing.dedup();
    sum
}

fn line(finding: &Finding) -> Line {
    Line { rule: finding.rule.clone(), severity: finding.severity.as_str(), message: finding.message.clone() }
}

/// What is reported of a way, against the manifest as it stands.
fn reported(base: &Report, changed: Option<&Report>) -> Reported {
    // What becomes of a suppression in a manifest that nobody wrote says nothing of the way.
    let counts = |finding: &&Finding| finding.verdict == Verdict::Violation && finding.family != "policy";
    let violations = |report: &'_ Report| -> Vec<Finding> { report.findings.iter().filter(counts).cloned().collect() };
    let report = changed.unwrap_or(base);
    let (before, after) = (violations(base), violations(report));
    let same = |a: &Finding, b: &Finding| a.rule == b.rule && a.subject == b.subject;
    let only = |these: &[Finding], those: &[Finding]| -> Vec<Line> {
        let mut only: Vec<&Finding> = these.iter().filter(|one| !those.iter().any(|other| same(one, other))).collect();
        only.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        only.into_iter().map(line).collect()
    };
    Reported {
        violations: after.len(),
        grave: after.iter().filter(|finding| finding.severity >= Severity::High).count(),
        undecided: report.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown).count(),
        new: only(&after, &before),
        gone: only(&before, &after),
    }
}

/// The rows of the article's comparison, from what is declared.
fn factors<'m>(view: &View<'m>, way: Way, sheet: &Estimate) -> Vec<Factor> {
    let row = |name, text: String| Factor { name, text };
    let staffing = view.field(&view.manifest(), "staffing").ok();
    let support = staffing.as_ref().and_then(|staffing| view.field(staffing, "support").ok());
    let sources = support.and_then(|support| view.field(&support, "source").ok());
    let words = |value: Option<Value<'m>>| {
        let value = value?;
        let elements = view.elements(&value).unwrap_or_else(|| vec![Ok(value)]);
        let words: Vec<String> =
            elements.iter().flatten().filter_map(facts::word_of).map(|word| word.replace('_', " ")).collect();
        Some(words.join(", "))
    };
    let said = words(sources).unwrap_or_else(|| "not declared".to_owned());
    let people = "half a position for machine learning and half for operations at the least (COST001)";
    let rota = match with_on_call(view) {
        Some(true) => "; around the clock four on call at the least, eight by the book (COST013)",
        Some(false) => "",
        None => "; hours on call are not declared",
    };
    match way {
        Way::SelfHosted | Way::Small => vec![
            row("staffing", format!("{people}{rota}")),
            row(
                "customisation",
                match way {
                    Way::Small => "moderate: weights can be trained further at little cost, within what a small model can learn",
                    _ => "full: prompts, retrieval and the weights themselves, as far as the licence allows",
                }
                .to_owned(),
            ),
            row("support", format!("community, and what is declared: {said}")),
            row("security", "yours: the machines, the model, the logs and who may ask".to_owned()),
            row("scalability", scalability(sheet)),
        ],
        Way::Api => vec![
            row("staffing", "people who integrate and watch it; the provider runs it".to_owned()),
            row("customisation", "limited: prompts, retrieval, and tuning where the provider offers it".to_owned()),
            row("support", "the provider's, as far as an agreement says so".to_owned()),
            row("security", format!("shared: {}", responsibility(view))),
            row("scalability", quota(view)),
        ],
    }
}

/// Whether somebody is on call around the clock.
fn with_on_call(view: &View<'_>) -> Option<bool> {
    let staffing = view.field(&view.manifest(), "staffing").ok()?;
    let on_call = view.field(&staffing, "on_call").ok()?;
    Some(field_text(view, &on_call, "hours")? == "24x7")
}

fn scalability(sheet: &Estimate) -> String {
    let Some(host) = sheet.hosts.first() else { return "yours; cannot be worked out".to_owned() };
    let figure = |name: &str| host.figures.iter().find(|figure| figure.name == name).and_then(|figure| figure.expected.value);
    let count = |value: f64| spelling::grouped(&format!("{value:.0}"));
    match (figure("carried"), figure("needed"), figure("planned_needed")) {
        (Some(carried), Some(needed), Some(planned)) => format!(
            "yours: {} users, replicas: {} at most, {} needed today, {} as planned",
            count(carried),
            host.replicas.value.map_or_else(|| "?".to_owned(), count),
            count(needed),
            count(planned)
        ),
        (Some(carried), ..) => format!("yours: {} users", count(carried)),
        _ => "yours; cannot be worked out".to_owned(),
    }
}

fn responsibility(view: &View<'_>) -> String {
    let agreements = view.field(&view.manifest(), "agreements").ok().and_then(|list| view.elements(&list)).unwrap_or_default();
    let defined = agreements.into_iter().flatten().any(|agreement| {
        let terms = view.field(&agreement, "terms").ok();
        terms.and_then(|terms| field_text(view, &terms, "security_responsibility")).as_deref() == Some("defined")
    });
    if defined { "an agreement says who does what" } else { "no agreement says who does what" }.to_owned()
}

fn quota(view: &View<'_>) -> String {
    let hosts = view.field(&view.manifest(), "hosting").ok().and_then(|list| view.elements(&list)).unwrap_or_default();
    let stated = hosts.into_iter().flatten().any(|host| view.field(&host, "quota").is_ok());
    if stated {
        "the provider's, within the declared quota (SCALE007)"
    } else {
        "the provider's, within a quota that is not declared"
    }
    .to_owned()
}

/// Where the fixed cost of accelerators is as much as the same requests behind the interface. With more requests than
/// the replicas carry, further ones are paid for.
fn break_even(options: &[Choice], estimates: &[(Way, Estimate)]) -> Vec<BreakEven> {
    let find = |way: Way| estimates.iter().find(|(kind, _)| *kind == way).map(|(_, sheet)| sheet);
    let Some(requests) = find(Way::Api).and_then(|sheet| sheet.demand.iter().find(|row| row.name == "requests a month")) else {
        return Vec::new();
    };
    let Some(api) = options.iter().find(|choice| choice.option == Way::Api.key()) else { return Vec::new() };
    let Some(per_request) = api.inference.value.zip(requests.now.value).map(|(cost, requests)| cost / requests) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for way in [Way::SelfHosted, Way::Small] {
        let Some(sheet) = find(way).filter(|sheet| !sheet.hosts.is_empty()) else { continue };
        for with_people in [false, true] {
            let Some(requests_needed) = crossing(sheet, requests.now.value, per_request, with_people) else { continue };
            found.push(BreakEven {
                option: way.key(),
                against: api.what.clone(),
                per_request,
                with_people,
                requests: requests_needed,
                today: requests.now.clone(),
            });
        }
    }
    found
}

fn crossing(sheet: &Estimate, requests: Option<f64>, per_request: f64, with_people: bool) -> Option<Quantity> {
    let cost = |kind: &str| sheet.costs.iter().find(|cost| cost.kind == kind).and_then(|cost| cost.now.value);
    let people = if with_people { cost("people")? } else { 0.0 };
    let host = sheet.hosts.first()?;
    let figure = |name: &str| host.figures.iter().find(|figure| figure.name == name).and_then(|figure| figure.expected.value);
    let accelerators = sheet.costs.iter().find(|cost| cost.kind == "inference_compute")?;
    let accelerators = answering(accelerators, false)?.value?;
    let users = sheet.demand.iter().find(|row| row.name == "users").and_then(|row| row.now.value)?;
    let steps = host.steps.iter().chain(sheet.costs.iter().flat_map(|cost| &cost.steps));
    let running = steps
        .filter(|step| step.name == "accelerators")
        .find_map(|step| step.inputs.iter().find(|input| input.symbol == "replicas").map(|input| input.value))
        .filter(|running| *running > 0.0)?;
    let each = accelerators / running;
    let carried = figure("users")? * requests? / users;
    // One more replica costs as much as its requests would elsewhere, or more.
    let never = Quantity { value: None, unbounded: true, missing: Vec::new() };
    if carried <= 0.0 || (each / carried >= per_request && (people + accelerators) / per_request > running * carried) {
        return Some(never);
    }
    let mut replicas = running;
    while replicas < 100_000.0 {
        let crossing = (people + each * replicas) / per_request;
        if crossing <= replicas * carried {
            return Some(Quantity { value: Some(crossing.ceil()), unbounded: false, missing: Vec::new() });
        }
        replicas += 1.0;
    }
    Some(never)
}

/// A question, answered by what the rules found.
fn answer((area, question, selectors): &(&'static str, &'static str, &[&str]), report: &Report) -> Question {
    let asks = |rule: &str| selectors.iter().any(|selector| rule == *selector || letters(rule) == *selector);
    let of = |verdict: Verdict| report.findings.iter().filter(move |finding| finding.verdict == verdict && asks(&finding.rule));
    let mut violations: Vec<&Finding> = of(Verdict::Violation).collect();
    violations.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let against: Vec<Line> = violations.into_iter().map(line).collect();
    let mut missing: Vec<String> =
        of(Verdict::Unknown).flat_map(|finding| finding.missing.iter().map(|fact| fact.path.clone())).collect();
    missing.sort();
    missing.dedup();
    let mut satisfied: Vec<String> = report
        .outcomes
        .iter()
        .filter(|outcome| outcome.outcome == crate::report::Outcome::Passed && asks(&outcome.rule))
        .map(|outcome| outcome.rule.clone())
        .filter(|rule| !against.iter().any(|line| line.rule == *rule))
        .collect();
    satisfied.sort();
    satisfied.dedup();
    let answer = if !against.is_empty() {
        "no"
    } else if !missing.is_empty() || satisfied.is_empty() {
        "cannot say"
    } else {
        "yes"
    };
    Question { area, question, answer, against, satisfied, missing }
}

/// The letters that a code begins with.
fn letters(code: &str) -> &str {
    code.trim_end_matches(|c: char| c.is_ascii_digit())
}
