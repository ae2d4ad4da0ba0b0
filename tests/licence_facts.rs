//! Licences in force, from small manifests. What is expected was taken from the texts of the licences
//! and from the vocabulary, not from the program.

use caveat::engine::facts;
use caveat::knowledge::tables::Tables;
use caveat::syntax::Limits;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

fn derive(manifest: &str) -> Value {
    let (derived, _) =
        facts(&Limits::default(), &Tables::builtin(), date(2026, 11, 23), "caveat.yaml", manifest.as_bytes().to_vec(), false);
    derived.into_iter().next().expect("one document").facts
}

/// The rows of a relation about a model and something that it comes from.
fn rows<'f>(facts: &'f Value, relation: &str, model: &str, node: &str) -> Vec<&'f Value> {
    let all = facts[relation].as_array().unwrap_or_else(|| panic!("{relation}: {}", facts[relation]));
    all.iter().filter(|row| row["model"] == model && row["node"] == node).collect()
}

fn row<'f>(facts: &'f Value, model: &str, node: &str) -> &'f Value {
    match rows(facts, "licences", model, node).as_slice() {
        [row] => row,
        other => panic!("{model} {node}: {other:?}"),
    }
}

fn undeclared(path: &str) -> Value {
    json!({ "undeclared": [path] })
}

#[test]
fn a_model_answers_for_everything_that_it_comes_from() {
    let facts = derive(
        "datasets:
  - {id: own, source: internal}
  - {id: crawl, source: scraped, license: CC-BY-NC-4.0}
  - {id: cleaned, derived_from: [crawl], source: internal}
  - {id: invented, source: synthetic, generated_by: teacher}
models:
  - {id: root, license: llama3.1}
  - {id: middle, base: root, license: llama3.1}
  - {id: teacher, license: MIT, base: grand}
  - {id: grand, license: gemma}
  - {id: leaf, license: Apache-2.0, trained_on: [own]}
training:
  - {id: run, base: middle, output: leaf, datasets: [cleaned, invented]}
hosting: [{id: host, models: [leaf]}]
",
    );
    let of = |node: &str| {
        let row = row(&facts, "leaf", node);
        let path: Vec<&str> = row["path"].as_array().expect("a list").iter().filter_map(|step| step["at"].as_str()).collect();
        (row["relation"].as_str().expect("a word").to_owned(), path.join(" "))
    };
    assert_eq!(of("leaf"), ("itself".into(), String::new()));
    assert_eq!(of("middle"), ("base".into(), "middle".into()));
    assert_eq!(of("root"), ("base".into(), "middle root".into()));
    assert_eq!(of("crawl"), ("data".into(), "cleaned crawl".into()));
    assert_eq!(of("teacher"), ("teacher".into(), "invented teacher".into()));
    assert_eq!(of("grand"), ("teacher".into(), "invented teacher grand".into()));
    // Data of one's own that names no licence is governed by something else.
    for own in ["own", "cleaned", "invented"] {
        assert!(rows(&facts, "licences", "leaf", own).is_empty(), "{own}");
    }
    assert_eq!(row(&facts, "leaf", "leaf")["own"], true);
    for (model, served, hosted) in
        [("leaf", true, true), ("middle", true, false), ("root", true, false), ("teacher", false, false)]
    {
        assert_eq!(row(&facts, model, model)["served"], served, "{model}");
        assert_eq!(row(&facts, model, model)["hosted"], hosted, "{model}");
    }
}

#[test]
fn a_base_that_is_said_to_exist_is_missed() {
    let facts = derive("models: [{id: tuned, kind: fine_tune, license: MIT}, {id: plain, kind: instruct, license: MIT}]");
    let holes: Vec<&Value> =
        facts["licences"].as_array().expect("a list").iter().filter(|row| row.get("undeclared").is_some()).collect();
    assert_eq!(holes, [&undeclared("models[0].base")]);
    let told = derive("models: [{id: tuned, kind: distilled, taught_by: [t], license: MIT}, {id: t, license: MIT}]");
    assert!(told["licences"].as_array().expect("a list").iter().all(|row| row.get("undeclared").is_none()));
}

#[test]
fn a_licence_is_declared_known_missing_or_said_not_to_be_there() {
    let facts = derive(
        "models:
  - {id: declared, license: CC-BY-NC-4.0}
  - {id: known, source: 'hf:meta-llama/Llama-3.1-8B-Instruct'}
  - {id: missing}
  - {id: asked, license: unknown}
  - {id: nothing, license: none}
  - {id: unasserted, license: NOASSERTION}
  - {id: foreign, license: LicenseRef-somebody}
",
    );
    let row = |model| row(&facts, model, model);
    assert_eq!(row("declared")["non_commercial"], true);
    assert_eq!(row("declared")["basis"], "declared");
    assert_eq!(row("known")["licence"], "LicenseRef-Llama-3.1-Community");
    assert_eq!(row("known")["basis"], "source");
    assert_eq!(row("known")["declared"], undeclared("models[1].license"));
    for (model, path) in [("missing", "models[2].license"), ("asked", "models[3].license"), ("foreign", "models[6].license")] {
        for field in ["licence", "category", "commercial", "permissive", "non_commercial", "verified"] {
            assert_eq!(row(model)[field], undeclared(path), "{model} {field}");
        }
    }
    for model in ["nothing", "unasserted"] {
        for field in ["licence", "category", "commercial", "permissive", "non_commercial"] {
            assert_eq!(row(model)[field], Value::Null, "{model} {field}");
        }
    }
    assert_eq!(row("nothing")["declared"], Value::Null);
    assert_eq!(row("unasserted")["declared"], "NOASSERTION");
    assert_eq!(row("foreign")["known"], false);
}

#[test]
fn expressions_take_the_best_choice_and_every_part() {
    let facts = derive(
        "models:
  - {id: choice, license: llama3.1 OR Apache-2.0}
  - {id: both, license: llama3.1 AND CC-BY-NC-4.0}
  - {id: mixed, license: (MIT OR CC-BY-NC-4.0) AND Apache-2.0}
  - {id: unsure, license: LicenseRef-x OR AGPL-3.0-only}
  - {id: excepted, license: GPL-2.0-only WITH Classpath-exception-2.0}
",
    );
    let ids = |model: &str| -> Vec<String> {
        let rows = rows(&facts, "licences", model, model);
        rows.iter().map(|row| row["licence"].as_str().unwrap_or("?").to_owned()).collect()
    };
    assert_eq!(ids("choice"), ["Apache-2.0"]);
    assert_eq!(ids("both"), ["LicenseRef-Llama-3.1-Community", "CC-BY-NC-4.0"]);
    assert_eq!(ids("mixed"), ["MIT", "Apache-2.0"]);
    assert_eq!(ids("unsure"), ["AGPL-3.0-only"]);
    assert_eq!(rows(&facts, "licences", "excepted", "excepted").len(), 1);
}

#[test]
fn a_shared_tag_says_what_its_licences_agree_on() {
    let facts = derive(
        "models:
  - {id: tagged, license: modified-mit}
  - {id: sourced, license: modified-mit, source: 'hf:moonshotai/Kimi-K2-Instruct'}
  - {id: elsewhere, license: modified-mit, source: 'hf:nobody/knows'}
datasets: [{id: data, source: public_dataset, license: cc-by-nc-4.0}]
",
    );
    // Kimi and MiniMax ask for a display, Mistral withholds the licence; all of them have a threshold.
    assert_eq!(row(&facts, "tagged", "tagged")["licence"], undeclared("models[0].source"));
    assert_eq!(row(&facts, "tagged", "tagged")["commercial"], "conditional");
    assert_eq!(row(&facts, "tagged", "tagged")["category"], undeclared("models[0].source"));
    assert_eq!(row(&facts, "sourced", "sourced")["licence"], "LicenseRef-Kimi-K2-Modified-MIT");
    assert_eq!(row(&facts, "elsewhere", "elsewhere")["licence"], undeclared("models[2].license"));
    let limits = rows(&facts, "licence_limits", "tagged", "tagged");
    assert!(!limits.is_empty() && limits.iter().all(|limit| limit["holds"] == undeclared("models[0].source")));
    let limits = rows(&facts, "licence_limits", "sourced", "sourced");
    assert!(!limits.is_empty() && limits.iter().all(|limit| limit["holds"] == true));
}

#[test]
fn what_does_not_cross_any_of_the_candidates_is_not_crossed() {
    let facts = derive(
        "organization: {commercial: true, annual_revenue: {amount: 1000000, currency: USD}}
workload: {users: {current: 10000, planned: 25000}}
models: [{id: tagged, license: modified-mit}]
",
    );
    for limit in rows(&facts, "licence_limits", "tagged", "tagged") {
        assert_eq!(limit["crossed"], false, "{limit}");
        assert_eq!(limit["crossed_planned"], false, "{limit}");
    }
}

/// One limit of a model under a licence.
fn limit(rest: &str, licence: &str, metric: &str) -> Value {
    let facts = derive(&format!("{rest}\nmodels: [{{id: m, license: {licence}}}]"));
    let all = rows(&facts, "licence_limits", "m", "m");
    let mut fitting = all.into_iter().filter(|limit| limit["metric"] == metric);
    fitting.next().expect("a limit").clone()
}

#[test]
fn thresholds_are_compared_with_what_is_declared() {
    // Qwen (2024), section 4: more than 100 million monthly active users of the product, commercially.
    let qwen = |rest: &str| limit(rest, "LicenseRef-Qwen-2024", "monthly_active_users");
    let many = qwen("organization: {commercial: true}\nworkload: {users: {current: 100000001, planned: 1}}");
    assert_eq!((&many["crossed"], &many["limit_text"]), (&json!(true), &json!("100,000,000 monthly active users")));
    let few = qwen("organization: {commercial: true}\nworkload: {users: {current: 100M, planned: 200M}}");
    assert_eq!((&few["crossed"], &few["crossed_planned"], &few["headroom"]), (&json!(false), &json!(true), &json!(1.0)));
    let idle = qwen("organization: {commercial: false}\nsystem: {monetised: false}\nworkload: {users: {current: 200M}}");
    assert_eq!(idle["crossed"], false);
    let silent = qwen("organization: {commercial: true}");
    assert_eq!(silent["crossed"], undeclared("workload.users.current"));

    // Llama 3.1, section 2: tested for the month before release, over all products of the group.
    let llama = |rest: &str| limit(rest, "llama3.1", "monthly_active_users");
    let large = llama("organization: {monthly_active_users: 701M}\nworkload: {users: {current: 1000, planned: 900M}}");
    assert_eq!((&large["when"], &large["counted"]), (&json!("release"), &json!("group")));
    assert_eq!((&large["crossed"], &large["crossed_planned"], &large["planned"]), (&json!(true), &json!(false), &Value::Null));
    let grown = llama("workload: {users: {current: 900M, planned: 900M}}");
    assert_eq!(grown["crossed"], undeclared("organization.monthly_active_users"));
    assert_eq!(grown["crossed_planned"], false);

    // Stability Community, section III: more than USD 1,000,000 of annual revenue.
    let stability = |money: &str| {
        let rest = format!("organization: {{annual_revenue: {money}}}");
        limit(&rest, "LicenseRef-Stability-Community-2024-07-05", "annual_revenue")
    };
    assert_eq!(stability("{amount: 40000000, currency: USD}")["crossed"], true);
    assert_eq!(stability("{amount: 1000000, currency: USD}")["crossed"], false);
    assert_eq!(stability("none")["crossed"], false);
    let euros = stability("{amount: 40000000, currency: EUR}");
    assert_eq!(euros["crossed"], undeclared("organization.annual_revenue.currency"));
    assert_eq!(euros["limit_text"], "1,000,000 USD of annual revenue");
}

#[test]
fn a_yearly_sum_settles_a_month_only_at_the_extremes() {
    // Mistral's modified MIT: more than USD 20 million in the preceding month.
    let month = |amount: &str| {
        let rest = format!("organization: {{annual_revenue: {{amount: {amount}, currency: USD}}}}");
        limit(&rest, "LicenseRef-Mistral-Modified-MIT", "monthly_revenue")["crossed"].clone()
    };
    assert_eq!(month("20000000"), false);
    assert_eq!(month("240000012"), true);
    assert_eq!(month("100000000"), undeclared("organization.annual_revenue.amount"));
}

#[test]
fn restrictions_and_duties_have_their_clauses() {
    let facts = derive(
        "models:
  - {id: rail, license: bigscience-openrail-m}
  - {id: llama, license: llama3.1}
  - {id: free, license: Apache-2.0}
  - {id: missing}
",
    );
    // BigScience OpenRAIL-M, Attachment A: (l) medical advice.
    let uses: Vec<&Value> = rows(&facts, "licence_restrictions", "rail", "rail");
    let medical = uses.iter().find(|row| row["use"] == "medical_advice").expect("a restriction");
    assert!(medical["clause"].as_str().is_some_and(|clause| clause.contains("(l)")), "{medical}");
    assert!(rows(&facts, "licence_restrictions", "free", "free").is_empty());
    let missing = rows(&facts, "licence_restrictions", "missing", "missing");
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0]["use"], undeclared("models[3].license"));
    assert_eq!(missing[0]["holds"], undeclared("models[3].license"));

    // Llama 3.1, 1.b.i: the words to be shown and how names of released models begin.
    let duty = |duty: &str| {
        let rows = rows(&facts, "licence_duties", "llama", "llama");
        let row = rows.iter().find(|row| row["duty"] == duty).expect("a duty");
        (row["text"].clone(), row["when"].clone())
    };
    assert_eq!(duty("display"), (json!("Built with Llama"), json!("product")));
    assert_eq!(duty("name_prefix"), (json!("Llama"), json!("model_release")));
}

#[test]
fn territories_ask_for_the_country_and_the_kind_of_model() {
    // Llama 4: no rights in multimodal models for licensees in the Union.
    let territory = |organization: &str, model: &str| {
        let facts = derive(&format!("organization: {organization}\nmodels: [{{id: m, license: llama4{model}}}]"));
        let rows = rows(&facts, "licence_territories", "m", "m");
        assert_eq!(rows.len(), 1);
        rows[0].clone()
    };
    let images = ", modalities: [text, image]";
    assert_eq!(territory("{country: FR}", images)["matches"], true);
    assert_eq!(territory("{country: US, regions: [FR]}", images)["matches"], false, "only the licensee counts");
    assert_eq!(territory("{country: FR}", ", modalities: [text]")["matches"], false);
    assert_eq!(territory("{country: FR}", "")["matches"], undeclared("models[0].modalities"));
    assert_eq!(territory("{name: x}", images)["matches"], undeclared("organization.country"));
    // Tencent Hunyuan: not to be used in the Union, wherever the licensee is.
    let facts = derive(
        "organization: {country: US, regions: [DE]}\nmodels: [{id: m, license: LicenseRef-Tencent-Hunyuan-Community-2024}]",
    );
    let hunyuan = rows(&facts, "licence_territories", "m", "m");
    assert_eq!((&hunyuan[0]["of"], &hunyuan[0]["excluded"], &hunyuan[0]["matches"]), (&json!("use"), &json!("EU"), &json!(true)));
}

/// Whether a model under one licence that is made from a model under another contradicts it.
fn derived(base: &str, own: &str) -> Value {
    let facts = derive(&format!("models: [{{id: base, {base}}}, {{id: made, base: base, {own}}}]"));
    let rows = facts["licence_derivations"].as_array().expect("a list");
    rows.iter().find(|row| row["model"] == "made" && row["ancestor"] == "base").expect("a row")["contradicts"].clone()
}

#[test]
fn a_derived_model_keeps_the_conditions_of_its_base() {
    for (base, own, contradicts) in [
        ("license: llama3.1", "license: Apache-2.0", json!(true)),
        ("license: llama3.1", "license: LicenseRef-scancode-llama-3.1-license-2024", json!(false)),
        ("license: llama3.1", "license: llama3.1 AND Apache-2.0, kind: adapter", json!(false)),
        ("license: llama3.1", "license: llama3.1 OR Apache-2.0", json!(true)),
        ("license: CC-BY-NC-4.0", "license: MIT", json!(true)),
        ("license: CC-BY-SA-3.0", "license: CC-BY-SA-4.0", json!(false)),
        ("license: Apache-2.0", "license: MIT", json!(false)),
        ("license: CC-BY-4.0", "license: MIT", json!(false)),
        ("license: none", "license: MIT", json!(false)),
        ("license: llama3.1", "license: NOASSERTION", json!(false)),
        ("kind: instruct", "license: MIT", undeclared("models[0].license")),
        ("license: llama3.1", "kind: fine_tune", undeclared("models[1].license")),
        ("license: llama3.1", "license: LicenseRef-ours", undeclared("models[1].license")),
        ("license: Apache-2.0", "kind: fine_tune", json!(false)),
    ] {
        assert_eq!(derived(base, own), contradicts, "{base} / {own}");
    }
}

#[test]
fn what_is_declared_is_held_against_what_is_known() {
    let conflict = |license: &str| {
        let facts = derive(&format!("models: [{{id: m, source: 'hf:meta-llama/Llama-3.1-8B-Instruct', {license}}}]"));
        facts["licence_conflicts"][0].clone()
    };
    for (license, answer) in [
        ("license: Apache-2.0", json!(true)),
        ("license: llama3", json!(true)),
        ("license: llama3.1", json!(false)),
        ("license: LicenseRef-scancode-llama-3.1-license-2024", json!(false)),
        ("license: llama3.1 AND MIT", json!(false)),
        ("license: none", json!(false)),
        ("license: other", undeclared("models[0].license")),
        ("license: LicenseRef-ours", undeclared("models[0].license")),
        ("format: gguf", undeclared("models[0].license")),
    ] {
        assert_eq!(conflict(license)["conflict"], answer, "{license}");
    }
    assert_eq!(conflict("license: MIT")["known"], "LicenseRef-Llama-3.1-Community");
    let facts = derive("models: [{id: m, source: 'hf:acme/own-model', license: MIT}, {id: n, license: MIT}]");
    assert_eq!(facts["licence_conflicts"], json!([]));
}

#[test]
fn contradictory_licences_both_count() {
    let facts = derive("models: [{id: m, source: 'hf:meta-llama/Llama-3.1-8B', license: CC-BY-NC-4.0}]");
    let rows = rows(&facts, "licences", "m", "m");
    let of = |basis: &str| rows.iter().find(|row| row["basis"] == basis).map(|row| row["licence"].clone());
    assert_eq!(of("declared"), Some(json!("CC-BY-NC-4.0")));
    assert_eq!(of("source"), Some(json!("LicenseRef-Llama-3.1-Community")));
}

#[test]
fn an_agreement_in_force_covers_what_it_names() {
    let covered = |agreements: &str| {
        let text = format!("{agreements}\nmodels: [{{id: m, license: llama3.1}}, {{id: n, license: MIT}}]");
        row(&derive(&text), "m", "m")["covered"].clone()
    };
    let one = |rest: &str| format!("agreements: [{{id: a, {rest}}}]");
    for (agreements, answer) in [
        (one("kind: license, covers: [m], expires: none"), json!(true)),
        (one("kind: license, covers: [m], expires: 2026-11-23"), json!(true)),
        (one("kind: license, covers: [m], expires: 2026-11-22"), json!(false)),
        (one("kind: license, covers: [m], expires: 2026-11-22, auto_renews: true"), json!(true)),
        (one("kind: enterprise_terms, covers: [m]"), json!(true)),
        (one("kind: license, covers: [n], expires: none"), json!(false)),
        (one("kind: dpa, covers: [m], expires: none"), json!(false)),
        (one("kind: data_license, covers: [m], expires: none"), json!(false)),
        (one("kind: license, expires: none"), undeclared("agreements[0].covers")),
        (one("kind: license, covers: [m]"), undeclared("agreements[0].expires")),
        ("agreements: []".to_owned(), json!(false)),
        (String::new(), undeclared("agreements")),
    ] {
        assert_eq!(covered(&agreements), answer, "{agreements}");
    }
}

/// Everything about licences, whatever the order in which it is written.
fn sorted(facts: &Value) -> Vec<String> {
    let relations =
        ["licences", "licence_limits", "licence_restrictions", "licence_duties", "licence_territories", "licence_derivations"];
    let mut rows: Vec<String> = relations
        .iter()
        .flat_map(|relation| facts[*relation].as_array().cloned().unwrap_or_default())
        .map(|row| row.to_string())
        // Gaps are asked for by position.
        .map(|row| row.split(']').map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit())).collect())
        .collect();
    rows.sort();
    rows
}

const MODELS: [&str; 5] = [
    "{id: root, license: gemma, modalities: [text, image]}",
    "{id: side, license: llama4, modalities: [text, image]}",
    "{id: middle, base: [root, side], license: MIT}",
    "{id: teacher, license: modified-mit, source: none}",
    "{id: leaf, base: middle, taught_by: [teacher, side], trained_on: [b, a], license: llama3.1 AND CC-BY-NC-4.0}",
];
const DATASETS: [&str; 3] = [
    "{id: a, source: public_dataset, license: CC-BY-NC-4.0, derived_from: [c]}",
    "{id: b, source: synthetic, generated_by: teacher, derived_from: [c]}",
    "{id: c, source: scraped, license: CC-BY-4.0}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_lists_does_not_matter(
        models in Just(MODELS.to_vec()).prop_shuffle(),
        datasets in Just(DATASETS.to_vec()).prop_shuffle(),
    ) {
        let text = |models: &[&str], datasets: &[&str]| {
            format!(
                "organization: {{country: FR, regions: [EU]}}\nagreements: []\nhosting: [{{id: h, models: [leaf]}}]\ndatasets: [{}]\nmodels: [{}]\n",
                datasets.join(", "),
                models.join(", "),
            )
        };
        prop_assert_eq!(sorted(&derive(&text(&models, &datasets))), sorted(&derive(&text(&MODELS, &DATASETS))));
    }

    /// A declared licence is never cleared by more being said: of what is known without `source`, nothing
    /// changes with it but what was undeclared.
    #[test]
    fn a_source_only_fills_gaps_or_adds(
        license in proptest::sample::select(vec!["MIT", "llama3.1", "gemma", "CC-BY-NC-4.0", "modified-mit", "llama2 OR MIT"]),
        source in proptest::sample::select(vec!["meta-llama/Llama-3.1-8B", "google/gemma-2-9b", "Qwen/Qwen3-8B", "a/b"]),
    ) {
        let before = derive(&format!("models: [{{id: m, license: {license}}}]"));
        let after = derive(&format!("models: [{{id: m, license: {license}, source: 'hf:{source}'}}]"));
        let after = rows(&after, "licences", "m", "m");
        for row in rows(&before, "licences", "m", "m") {
            let fields = row.as_object().expect("a row");
            let refines = after.iter().any(|new| fields.iter().all(|(field, value)| {
                field == "path" || value.get("undeclared").is_some() || new[field] == *value
            }));
            prop_assert!(refines, "{row}");
        }
    }
}
