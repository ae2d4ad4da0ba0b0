//! What each way costs, asks for and gives, and from which volume on one is cheaper than another.

use super::ways::Way;
use super::{BreakEven, Choice, Factor, field_text};
use crate::estimate::{Cost, Estimate, Quantity};
use crate::facts;
use crate::manifest::value::{Value, View};
use crate::spelling;

/// The sum of what is known. What the budget of today sets aside for answering is no cost of another way.
pub(super) fn known(sheet: &Estimate, declared: bool, planned: bool) -> Quantity {
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
pub(super) fn answering(cost: &Cost, planned: bool) -> Option<&Quantity> {
    let [now, then] = cost.worked.as_ref().filter(|_| facts::cost::INFERENCE.contains(&cost.kind))?;
    Some(if planned { then } else { now })
}

pub(super) fn add<'q>(quantities: impl Iterator<Item = &'q Quantity>) -> Quantity {
    let mut sum = Quantity { value: Some(0.0), unbounded: false, missing: Vec::new() };
    for quantity in quantities {
        sum.value = sum.value.zip(quantity.value).map(|(a, b)| a + b);
        sum.missing.extend(quantity.missing.iter().cloned());
    }
    sum.missing.sort();
    sum.missing.dedup();
    sum
}

/// The rows of the article's comparison, from what is declared.
pub(super) fn factors<'m>(view: &View<'m>, way: Way, sheet: &Estimate) -> Vec<Factor> {
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
pub(super) fn break_even(options: &[Choice], estimates: &[(Way, Estimate)]) -> Vec<BreakEven> {
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
