//! Every licence of the table that has a limit, an excluded territory, a naming duty, a rule on outputs
//! or a restriction on use: a deployment that breaks it is found, and one that does not is not.
//!
//! What breaks a term is made from the term itself, twice the limit or a seat in the territory; that the
//! terms are those of the licences is the table's to prove, with a clause and a source for each.

use std::collections::BTreeSet;

use caveat::engine::{Plan, check_text};
use caveat::finding::{Finding, Verdict};
use caveat::knowledge::licences::{Entry, entries, lookup, names};
use caveat::rule::builtin;
use jiff::civil::date;

fn check(manifest: &str) -> Vec<Finding> {
    let mut rules = builtin::rules();
    rules.retain(|rule| rule.code.starts_with("IP"));
    let plan = Plan::new(rules, date(2026, 11, 23));
    check_text(&plan, "caveat.yaml", manifest.as_bytes().to_vec()).findings
}

fn fires(manifest: &str, code: &str) -> bool {
    check(manifest).iter().any(|finding| finding.rule == code && finding.verdict == Verdict::Violation)
}

/// A deployment of one model under a licence.
fn deployed(licence: &str, organization: &str, system: &str, model: &str) -> String {
    format!(
        "organization: {{kind: enterprise, commercial: true, sector: retail{organization}}}\n\
         system: {{id: s, monetised: false{system}}}\n\
         models: [{{id: m, license: {licence}{model}}}]\n\
         hosting: [{{id: h, models: [m]}}]\n\
         datasets: []\ntraining: []\nflows: []\nagreements: []\noversight: {{review: none, reviewers: {{qualified: false}}}}\n"
    )
}

#[test]
fn every_name_of_the_table_finds_its_licence() {
    let known: BTreeSet<String> = entries().map(|entry| entry.licence().id.to_owned()).collect();
    assert_eq!(known.len(), 160);
    for name in names() {
        let found = lookup(name);
        assert!(!found.is_empty(), "{name}");
    }
    for entry in entries() {
        let (licence, page) = (entry.licence(), entry.page());
        assert_eq!(lookup(licence.id).iter().map(|entry| entry.licence().id).collect::<Vec<_>>(), [licence.id]);
        let tags = page.aliases.hugging_face.iter().chain(&page.aliases.spdx).chain(&page.aliases.scancode);
        for alias in tags {
            assert!(lookup(alias).iter().any(|found| found.licence().id == licence.id), "{alias} of {}", licence.id);
        }
        for key in &page.aliases.scancode {
            let reference = format!("LicenseRef-scancode-{key}");
            assert!(lookup(&reference).iter().any(|found| found.licence().id == licence.id), "{reference}");
        }
    }
}

#[test]
fn every_limit_is_found_when_it_is_crossed_and_only_then() {
    let mut tested = 0;
    for licence in entries().map(Entry::licence) {
        for threshold in licence.thresholds.iter().flatten().filter(|threshold| threshold.business.is_empty()) {
            let needs_licence = ["licence_needed", "terminates", "not_licensed"].contains(&threshold.effect.word());
            if !needs_licence {
                continue;
            }
            let users = threshold.metric.word().ends_with("users");
            let facts = |figure: f64| {
                let currency = threshold.currency.unwrap_or("USD");
                let (people, money) = if users { (figure, 1.0) } else { (1.0, figure) };
                let organization =
                    format!(", monthly_active_users: {people:.0}, annual_revenue: {{amount: {money:.0}, currency: {currency}}}");
                deployed(licence.id, &organization, ", exposure: internal", "")
                    + &format!("workload: {{users: {{current: {people:.0}, planned: {people:.0}}}}}\n")
            };
            // What is earned in a year is at least a twelfth of it in some month.
            let above = facts(threshold.limit * if users { 2.0 } else { 24.0 });
            let daily = threshold.metric.word().starts_with("daily");
            if daily {
                continue;
            }
            assert!(fires(&above, "IP005"), "{} above {}\n{above}", licence.id, threshold.limit);
            let below = facts(threshold.limit / 4.0);
            assert!(!fires(&below, "IP005"), "{} below {}\n{below}", licence.id, threshold.limit);
            tested += 1;
        }
    }
    assert!(tested >= 15, "{tested}");
}

#[test]
fn every_excluded_territory_is_found_from_within() {
    let mut tested = 0;
    for licence in entries().map(Entry::licence) {
        for territory in licence.territories.iter().flatten() {
            for place in &territory.excluded {
                let country = if matches!(*place, "EU" | "EEA") { "FR" } else { place };
                let seat = |country: &str| {
                    deployed(
                        licence.id,
                        &format!(", country: {country}, regions: [{country}]"),
                        "",
                        ", modalities: [text, image]",
                    )
                };
                assert!(fires(&seat(country), "IP007"), "{} in {country}", licence.id);
                assert!(!fires(&seat("US"), "IP007"), "{} in US", licence.id);
                tested += 1;
            }
        }
    }
    assert!(tested >= 5, "{tested}");
}

#[test]
fn every_prefix_is_asked_of_the_names_of_derived_models() {
    let mut tested = 0;
    for licence in entries().map(Entry::licence) {
        for duty in licence.duties.iter().flatten().filter(|duty| duty.kind.word() == "name_prefix") {
            let Some(prefix) = duty.text else { continue };
            let named = |name: &str| {
                format!(
                    "system: {{id: s, exposure: internal}}\n\
                     models: [{{id: b, license: {id}}}, {{id: m, base: b, trained_on: [], license: {id}, attribution: shown, distribution: public, public_name: \"{name}\"}}]\n\
                     hosting: [{{id: h, models: [m]}}]\ndatasets: []\ntraining: []\nflows: []\nagreements: []\n",
                    id = licence.id
                )
            };
            assert!(fires(&named("Zeta 8B"), "IP006"), "{}", licence.id);
            assert!(!fires(&named(&format!("{prefix} Zeta 8B")), "IP006"), "{}", licence.id);
            tested += 1;
        }
    }
    assert!(tested >= 5, "{tested}");
}

#[test]
fn every_rule_on_outputs_holds_for_students() {
    let mut tested = 0;
    for licence in entries().map(Entry::licence) {
        let Some(rule) = &licence.outputs_for_training else { continue };
        let Some(word) = rule.rule.map(caveat::knowledge::licences::model::OutputsAllowed::word) else { continue };
        let taught = |trained: &str| {
            format!(
                "system: {{id: s}}\norganization: {{commercial: true}}\n\
                 models: [{{id: teacher, license: {}}}, {{id: m, kind: fine_tune, license: Apache-2.0, trained_on: [{trained}]}}]\n\
                 hosting: [{{id: h, models: [m]}}]\ndatasets: [{{id: d, source: synthetic, generated_by: teacher}}]\n\
                 training: []\nflows: []\nagreements: []\n",
                licence.id
            )
        };
        assert_eq!(fires(&taught("d"), "IP008"), word == "forbidden", "{} {word}", licence.id);
        assert!(!fires(&taught(""), "IP008"), "{}", licence.id);
        tested += 1;
    }
    assert!(tested >= 100, "{tested}");
}

#[test]
fn every_restriction_that_a_manifest_can_break_is_found() {
    // Each use with what a manifest says that is it.
    let uses = [
        ("medical_advice", ", effects: [health], decision_role: advisory, audiences: [employees]"),
        ("medical_diagnosis", ", effects: [health], decision_role: advisory, audiences: [employees]"),
        ("justice_law_enforcement", ", effects: [justice], decision_role: advisory, audiences: [employees]"),
        ("migration", ", effects: [migration], decision_role: advisory, audiences: [employees]"),
        ("automated_decisions", ", effects: [none], decision_role: decisive, audiences: [employees]"),
        ("insurance_decisions", ", effects: [insurance], decision_role: advisory, audiences: [employees]"),
        ("biometrics", ", effects: [biometrics], decision_role: advisory, audiences: [employees]"),
        ("critical_infrastructure", ", effects: [critical_infrastructure], decision_role: advisory, audiences: [employees]"),
        (
            "undisclosed_machine_output",
            ", effects: [none], decision_role: advisory, audiences: [employees], disclosure: {ai_interaction: none}",
        ),
        ("professional_practice", ", effects: [legal], decision_role: advisory, audiences: [customers]"),
    ];
    let told = ", disclosure: {ai_interaction: shown}";
    let harmless = format!(", effects: [none], decision_role: informative, audiences: [employees]{told}");
    let mut tested = 0;
    for licence in entries().map(Entry::licence) {
        for restriction in licence.restrictions.iter().flatten() {
            let Some((_, system)) = uses.iter().find(|(word, _)| *word == restriction.uses.word()) else { continue };
            // What is lifted by something is tested where nothing lifts it.
            if restriction.unless.is_some_and(|unless| unless.word() == "disclosure") && !system.contains("disclosure") {
                continue;
            }
            let told = if system.contains("disclosure") { "" } else { told };
            let manifest = deployed(licence.id, "", &format!("{system}{told}"), "");
            assert!(fires(&manifest, "IP004"), "{} {}\n{manifest}", licence.id, restriction.uses.word());
            let manifest = deployed(licence.id, "", &harmless, "");
            assert!(!fires(&manifest, "IP004"), "{} {}", licence.id, restriction.uses.word());
            tested += 1;
        }
    }
    assert!(tested >= 30, "{tested}");
}
