//! Which laws apply.

use std::borrow::Cow;

use super::{list, truth, word};
use crate::knowledge::regions;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// The places an organisation declares: its own country and its users' regions, each with its value.
pub fn nexus<'m>(view: &View<'m>, organization: &Value<'m>) -> Vec<Answer<'m>> {
    let mut places = vec![view.field(organization, "country")];
    match list(view, organization, "regions") {
        Ok(regions) => places.extend(regions),
        Err(gaps) => places.push(Err(gaps)),
    }
    places
}

/// Declared regimes win; otherwise they follow from where the organisation and its users are. What is
/// undeclared stays in the list as a gap, so that asking for a regime is undecided where it matters.
pub fn regimes<'m>(view: &View<'m>) -> Answer<'m> {
    let organization = view.field(&view.manifest(), "organization")?;
    if let Ok(declared) = view.field(&organization, "regimes") {
        let words = view.elements(&declared).unwrap_or_default();
        let words = words.into_iter().map(|regime| {
            let regime = regime?;
            let name = word(&regime).ok_or_else(|| view.gap_at(regime.place))?;
            Ok(Value { data: Data::Text(name), place: regime.place })
        });
        return Ok(Value { data: Data::List(words.collect()), place: declared.place });
    }
    let mut regimes: Vec<Answer<'m>> = Vec::new();
    let mut gaps = Gaps::default();
    let mut missing = false;
    for place in nexus(view, &organization) {
        match place {
            Ok(region) => regimes
                .extend(regime_of(&region).map(|name| Ok(Value { data: Data::Text(Cow::Borrowed(name)), place: region.place }))),
            Err(more) => {
                missing = true;
                gaps = gaps.and(more);
            }
        }
    }
    if missing {
        regimes.push(Err(gaps));
    }
    Ok(Value::list(regimes))
}

fn regime_of(region: &Value<'_>) -> Option<&'static str> {
    let name = word(region)?;
    if regions::in_eea(&name) { Some("gdpr") } else { (name == "GB").then_some("uk_gdpr") }
}

/// Whether EU product law applies.
pub fn eu_nexus<'m>(view: &View<'m>) -> Answer<'m> {
    let organization = view.field(&view.manifest(), "organization")?;
    let mut any = super::Any::default();
    if let Ok(declared) = list(view, &organization, "regimes") {
        for regime in declared {
            any.add(regime.map(|regime| word(&regime).as_deref() == Some("eu_ai_act")));
        }
    }
    for place in nexus(view, &organization) {
        match place {
            Ok(region) if word(&region).is_some_and(|name| regions::in_eu(&name)) => {
                // The place that decides is the evidence.
                return Ok(Value { data: Data::Bool(true), place: region.place });
            }
            Ok(_) => {}
            Err(gaps) => any.add(Err(gaps)),
        }
    }
    truth(any.answer())
}
