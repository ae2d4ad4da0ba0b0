//! The three ways: what stands for each, and the manifest in that way.

use jiff::civil::Date;

use super::{Choices, field_text};
use crate::estimate::{Context, currency, with_view};
use crate::facts::{self, capacity};
use crate::knowledge::licences;
use crate::knowledge::prices::Price;
use crate::knowledge::tables::{Known, Tables};
use crate::manifest::value::{Answer, Data, Value, View};
use crate::syntax::Limits;
use crate::syntax::overlay::{Change, apply};

/// The open-weight model to compare with where none is named or served.
const MODEL: &str = "meta-llama/Llama-3.3-70B-Instruct";

/// The small model to compare with where none is named or served.
const SMALL_MODEL: &str = "microsoft/Phi-4-mini-instruct";

/// The accelerators to compare with where none is named or stated.
const ACCELERATOR: &str = "h100";

const SMALL_ACCELERATOR: &str = "l4";

/// Parameters up to which a model counts as small here: it fits one accelerator of 24 GB in sixteen bits.
const SMALL: f64 = 8e9;

/// What is compared.
#[expect(clippy::struct_excessive_bools, reason = "answers that do not depend on each other")]
pub(super) struct Served {
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

/// The serving entry and the model that the system answers with.
pub(super) fn served<'m>(view: &View<'m>, tables: &Tables) -> Result<Served, String> {
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
pub(super) enum Way {
    SelfHosted,
    Api,
    Small,
}

impl Way {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::SelfHosted => "self_hosted",
            Self::Api => "vendor_api",
            Self::Small => "small_model",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::SelfHosted => "open weights, self-hosted",
            Self::Api => "proprietary interface",
            Self::Small => "small model",
        }
    }

    /// The manifest in this way: its text, what it stands for, and what was assumed.
    pub(super) fn text(
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
