//! What has to hold for data flows, whatever the deployment: on deployments made up at random, and
//! against a second, naive computation of what reaches whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use caveat::engine::{Plan, check_text, facts};
use caveat::facts::flow::{Leak, Picture};
use caveat::finding::Verdict;
use caveat::knowledge::tables::Tables;
use caveat::rule::builtin;
use caveat::syntax::Limits;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value;

const CONTROLS: [&str; 8] =
    ["anonymise", "aggregate", "redact", "authorise", "output_filter", "human_review", "policy_gate", "allowlist"];
const ACTORS: [&str; 3] = ["staff", "clients", "visitors"];
const DATASETS: [&str; 3] = ["files", "chats", "manuals"];
const MODELS: [&str; 2] = ["writer", "helper"];
const COMPONENTS: [&str; 3] = ["portal", "gateway", "archive"];

#[derive(Debug, Clone)]
struct Dataset {
    id: &'static str,
    class: &'static str,
    state: &'static str,
    entitled: Option<Vec<&'static str>>,
    unit: &'static str,
}

#[derive(Debug, Clone)]
struct Flow {
    from: &'static str,
    to: &'static str,
    purpose: &'static str,
    controls: Vec<&'static str>,
    carries: Option<Vec<&'static str>>,
}

#[derive(Debug, Clone)]
struct Deployment {
    datasets: Vec<Dataset>,
    flows: Vec<Flow>,
    /// By component, in the order of `COMPONENTS`; the archive is a store.
    sharing: [&'static str; 3],
    /// The data sets of one training run, the base and the output.
    run: Vec<&'static str>,
    trained: &'static str,
}

fn dataset(id: &'static str) -> impl Strategy<Value = Dataset> {
    let class = select(vec!["public", "internal", "confidential", "restricted"]);
    let state = select(vec!["none", "none", "none", "pseudonymised", "anonymised"]);
    let unit = select(vec!["group", "per_client", "own_records"]);
    (class, state, subsequence(ACTORS.to_vec(), 0..=3), unit).prop_map(move |(class, state, entitled, unit)| Dataset {
        id,
        class,
        state,
        entitled: Some(entitled),
        unit,
    })
}

fn flow() -> impl Strategy<Value = Flow> {
    let sources: Vec<&str> = DATASETS.iter().chain(&MODELS).chain(&COMPONENTS).copied().collect();
    let targets: Vec<&str> = sources.iter().chain(&ACTORS).copied().collect();
    let purpose = select(vec!["inference", "inference", "logging", "evaluation"]);
    let controls = prop_oneof![2 => Just(Vec::new()), 1 => subsequence(CONTROLS.to_vec(), 1..=2)];
    let carries = prop_oneof![3 => Just(None), 1 => subsequence(DATASETS.to_vec(), 0..=2).prop_map(Some)];
    (select(sources), select(targets), purpose, controls, carries).prop_map(|(from, to, purpose, controls, carries)| Flow {
        from,
        to,
        purpose,
        controls,
        carries,
    })
}

fn deployment() -> impl Strategy<Value = Deployment> {
    let datasets = (dataset("files"), dataset("chats"), dataset("manuals")).prop_map(|(a, b, c)| vec![a, b, c]);
    let sharing = select(vec!["per_user", "shared", "per_tenant"]);
    let sharing = [sharing.clone(), sharing.clone(), sharing];
    let run = subsequence(DATASETS.to_vec(), 0..=2);
    (datasets, prop::collection::vec(flow(), 0..14), sharing, run, select(MODELS.to_vec()))
        .prop_map(|(datasets, flows, sharing, run, trained)| Deployment { datasets, flows, sharing, run, trained })
}

impl Deployment {
    fn text(&self) -> String {
        let mut out = String::from("system: {id: s}\nagreements: []\nparties: []\nretrieval: []\nevaluations: []\ndatasets:\n");
        for d in &self.datasets {
            let entitled = d.entitled.as_ref().map(|ids| format!(", entitled: [{}]", ids.join(", "))).unwrap_or_default();
            let _ = writeln!(
                out,
                "  - {{id: {}, categories: [user.name], duties: [], classification: {}, deidentification: {{state: {}, verified: true}}, entitlement_unit: {}{entitled}}}",
                d.id, d.class, d.state, d.unit
            );
        }
        out.push_str("actors: [{id: staff, kind: employees}, {id: clients, kind: customers}, {id: visitors, kind: public}]\n");
        out.push_str(
            "models: [{id: writer, kind: instruct, trained_on: []}, {id: helper, kind: instruct, trained_on: []}]\ncomponents:\n",
        );
        for (id, sharing) in COMPONENTS.iter().zip(self.sharing) {
            let kind = if *id == "archive" { "store" } else { "app" };
            let _ = writeln!(out, "  - {{id: {id}, kind: {kind}, sharing: {sharing}}}");
        }
        let _ = writeln!(out, "hosting: [{{id: box, models: [writer, helper]}}]\nlogging: {{prompts: none, outputs: none}}");
        if self.run.is_empty() {
            out.push_str("training: []\n");
        } else {
            let _ = writeln!(out, "training: [{{id: run, output: {}, datasets: [{}]}}]", self.trained, self.run.join(", "));
        }
        out.push_str("flows:\n");
        for f in &self.flows {
            let carries = f.carries.as_ref().map(|ids| format!(", carries: [{}]", ids.join(", "))).unwrap_or_default();
            let _ = writeln!(
                out,
                "  - {{from: {}, to: {}, purpose: {}, controls: [{}]{carries}}}",
                f.from,
                f.to,
                f.purpose,
                f.controls.join(", ")
            );
        }
        if self.flows.is_empty() {
            out.truncate(out.len() - "flows:\n".len());
            out.push_str("flows: []\n");
        }
        out
    }

    fn picture(&self) -> Picture {
        let (derived, _) =
            facts(&Limits::default(), &Tables::builtin(), date(2026, 11, 23), "caveat.yaml", self.text().into_bytes(), true);
        derived[0].picture.clone().expect("it was asked for")
    }

    fn exposures(&self) -> Vec<Value> {
        let (derived, _) =
            facts(&Limits::default(), &Tables::builtin(), date(2026, 11, 23), "caveat.yaml", self.text().into_bytes(), false);
        derived[0].facts["exposures"].as_array().expect("a relation").clone()
    }
}

/// What an exposure is about.
fn key(row: &Value) -> String {
    ["dataset", "actor", "through", "model"].map(|field| row[field].as_str().unwrap_or("-")).join(" ")
}

/// Keys of the rows for which a field is certain, or at least not excluded.
fn certain(rows: &[Value], field: &str) -> BTreeSet<String> {
    rows.iter().filter(|row| row[field] == true && row["sensitive"] == true).map(key).collect()
}

fn possible(rows: &[Value], field: &str) -> BTreeSet<String> {
    rows.iter()
        .filter(|row| row[field] != false && row["sensitive"] != false && row.get("undeclared").is_none())
        .map(key)
        .collect()
}

/// The highest level at which each data set arrives anywhere, by repetition until nothing changes.
/// 3: as it is; 2: only some receive it; 1: redacted; 0: nothing.
fn levels(deployment: &Deployment) -> BTreeMap<(&'static str, &'static str), u8> {
    let left = |controls: &[&str]| {
        if controls.iter().any(|c| ["anonymise", "aggregate"].contains(c)) {
            0
        } else if controls.contains(&"redact") {
            1
        } else if controls.iter().any(|c| ["authorise", "output_filter", "human_review"].contains(c)) {
            2
        } else {
            3
        }
    };
    let isolates = |node: &str| {
        let at = COMPONENTS.iter().position(|id| *id == node);
        at.is_some_and(|at| COMPONENTS[at] != "archive" && deployment.sharing[at] == "per_user")
    };
    let mut levels = BTreeMap::new();
    for dataset in DATASETS {
        let mut here: BTreeMap<&str, u8> = BTreeMap::from([(dataset, 3)]);
        // What goes on from a node; what is only evaluated or trained with does not.
        let mut onwards = here.clone();
        loop {
            let before = (here.clone(), onwards.clone());
            for flow in &deployment.flows {
                if flow.carries.as_ref().is_some_and(|carries| !carries.contains(&dataset)) {
                    continue;
                }
                let Some(level) = onwards.get(flow.from).copied() else { continue };
                let level = if flow.from != dataset && isolates(flow.from) { level.min(2) } else { level };
                let level = level.min(left(&flow.controls));
                let arrived = here.entry(flow.to).or_default();
                *arrived = level.max(*arrived);
                let aside = MODELS.contains(&flow.to) && flow.purpose == "evaluation";
                if !aside && !ACTORS.contains(&flow.to) {
                    let passed = onwards.entry(flow.to).or_default();
                    *passed = level.max(*passed);
                }
            }
            if before == (here.clone(), onwards.clone()) {
                break;
            }
        }
        for (node, level) in here {
            levels.insert((dataset, node), level);
        }
    }
    levels
}

/// Whether an exposure is a leak as the rules see it: unlisted people who are reached past no filter, or people who may
/// not see every record of what a model remembers. In these deployments nothing is retrieved, and no tenant has a model.
fn leaks(row: &Value, deployment: &Deployment) -> bool {
    let dataset = deployment.datasets.iter().find(|dataset| row["dataset"] == dataset.id).expect("declared");
    if row["through"] == "context" {
        row["sensitive"] == true && row["unfiltered"] == true && row["listed"] == false
    } else {
        row["sensitive"] == true && row["entitled"] == false && (dataset.class != "public" || dataset.unit != "group")
    }
}

fn leaking(picture: &Picture) -> BTreeSet<&Leak> {
    picture.edges.iter().flat_map(|line| &line.leaks).filter(|leak| leak.certain).collect()
}

/// From one seed, so that a gate fails for everybody or for nobody; `PROPTEST_RNG_SEED=7` looks elsewhere.
fn config() -> ProptestConfig {
    use proptest::test_runner::RngSeed;
    let given = ProptestConfig::default();
    let rng_seed = if given.rng_seed == RngSeed::Random { RngSeed::Fixed(20_261_128) } else { given.rng_seed };
    ProptestConfig { cases: 200, failure_persistence: None, rng_seed, ..given }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_reaches_whom_agrees_with_a_naive_computation(deployment in deployment()) {
        let rows = deployment.exposures();
        let levels = levels(&deployment);
        for dataset in &deployment.datasets {
            for actor in ACTORS {
                let level = levels.get(&(dataset.id, actor)).copied().unwrap_or(0);
                let named = deployment.datasets.iter().find(|other| other.id == dataset.id).expect("declared");
                let hidden = named.state == "anonymised";
                let secret = ["confidential", "restricted"].contains(&named.class);
                // All hold names, so that all are personal; what is redacted is sensitive only if secret.
                let sensitive = !hidden && (level >= 2 || (level >= 1 && secret));
                let row = rows.iter().find(|row| {
                    row["dataset"] == dataset.id && row["actor"] == actor && row["through"] == "context"
                });
                let found = row.is_some_and(|row| row["sensitive"] == true);
                prop_assert_eq!(found, sensitive, "{} to {} at {}\n{}", dataset.id, actor, level, deployment.text());
                if let Some(row) = row {
                    if row["unfiltered"].get("undeclared").is_some() {
                        // A flow names the data set, and nothing says how it got there.
                        let named = |flow: &Flow| flow.carries.as_ref().is_some_and(|ids| ids.contains(&dataset.id));
                        prop_assert!(level < 3 && deployment.flows.iter().any(named));
                        continue;
                    }
                    prop_assert_eq!(&row["unfiltered"], &Value::Bool(level == 3), "{} to {}", dataset.id, actor);
                    let path = row["path"].as_array().expect("a path");
                    if row["sensitive"].get("undeclared").is_some() {
                        // What decides is how it got to a flow that names it: the way begins there.
                        let named = |flow: &Flow| flow.carries.as_ref().is_some_and(|ids| ids.contains(&dataset.id));
                        prop_assert!(deployment.flows.iter().any(|flow| named(flow) && path[0]["from"] == flow.from));
                    } else if level > 0 {
                        prop_assert_eq!(&path[0]["from"], dataset.id);
                    }
                    prop_assert_eq!(&path[path.len() - 1]["to"], actor);
                    for pair in path.windows(2) {
                        prop_assert_eq!(&pair[0]["to"], &pair[1]["from"]);
                    }
                }
            }
        }
    }

    #[test]
    fn leaks_are_the_exposures_of_those_who_are_not_entitled(deployment in deployment()) {
        let (picture, rows) = (deployment.picture(), deployment.exposures());
        let found: BTreeSet<(&str, &str, bool)> =
            leaking(&picture).into_iter().map(|leak| (leak.dataset.as_str(), leak.actor.as_str(), leak.memory)).collect();
        let text = |row: &Value, field: &str| row[field].as_str().expect("text").to_owned();
        let expected: BTreeSet<(String, String, bool)> = rows
            .iter()
            .filter(|row| row.get("undeclared").is_none() && leaks(row, &deployment))
            .map(|row| (text(row, "dataset"), text(row, "actor"), row["through"] == "weights"))
            .collect();
        let borrowed: BTreeSet<(&str, &str, bool)> =
            expected.iter().map(|(dataset, actor, memory)| (dataset.as_str(), actor.as_str(), *memory)).collect();
        prop_assert_eq!(found, borrowed, "{}", deployment.text());
        // Every step of the way that the exposure shows is marked with the leak.
        for row in rows.iter().filter(|row| row.get("undeclared").is_none() && leaks(row, &deployment)) {
            let steps = row["path"].as_array().expect("a path");
            for hop in steps.iter().filter(|hop| hop["from"] != "run" && hop["to"] != "run") {
                let marked = picture.edges.iter().any(|line| {
                    let leak = |leak: &Leak| row["dataset"] == leak.dataset && row["actor"] == leak.actor && leak.certain;
                    hop["from"] == line.from && hop["to"] == line.to && line.leaks.iter().any(leak)
                });
                prop_assert!(marked, "{} {}\n{}", hop, row, deployment.text());
            }
        }
    }

    #[test]
    fn a_further_flow_never_removes_an_exposure(deployment in deployment(), more in flow()) {
        let mut grown = deployment.clone();
        grown.flows.push(more);
        let (before, after) = (deployment.exposures(), grown.exposures());
        for field in ["sensitive", "unfiltered"] {
            prop_assert!(certain(&before, field).is_subset(&certain(&after, field)));
        }
    }

    #[test]
    fn a_further_control_never_adds_an_exposure(deployment in deployment(), at in any::<prop::sample::Index>(), control in select(CONTROLS.to_vec())) {
        prop_assume!(!deployment.flows.is_empty());
        let mut guarded = deployment.clone();
        let at = at.index(guarded.flows.len());
        guarded.flows[at].controls.push(control);
        let (before, after) = (deployment.exposures(), guarded.exposures());
        for field in ["sensitive", "unfiltered"] {
            prop_assert!(possible(&after, field).is_subset(&possible(&before, field)));
        }
    }

    #[test]
    fn the_order_of_lists_does_not_matter(deployment in deployment().prop_flat_map(|deployment| {
        (Just(deployment.clone()), Just(deployment.flows).prop_shuffle(), Just(deployment.datasets).prop_shuffle())
    })) {
        let (deployment, flows, datasets) = deployment;
        let shuffled = Deployment { datasets, flows, ..deployment.clone() };
        let answers = |rows: Vec<Value>| -> BTreeSet<String> {
            let fields = ["personal", "secret", "sensitive", "unfiltered", "listed", "entitled", "outside"];
            rows.iter().map(|row| format!("{} {:?} {}", key(row), fields.map(|field| row[field].as_bool()), row["path"].as_array().map_or(0, Vec::len))).collect()
        };
        prop_assert_eq!(answers(deployment.exposures()), answers(shuffled.exposures()));
    }

    #[test]
    fn what_is_anonymised_and_verified_is_never_exposed(deployment in deployment()) {
        for row in deployment.exposures() {
            let dataset = deployment.datasets.iter().find(|dataset| row["dataset"] == dataset.id).expect("declared");
            if dataset.state == "anonymised" {
                prop_assert_eq!(&row["sensitive"], &Value::Bool(false));
            }
        }
    }

    #[test]
    fn without_entitlements_nobody_is_entitled_and_nobody_is_not(deployment in deployment()) {
        let mut silent = deployment.clone();
        silent.datasets.iter_mut().for_each(|dataset| dataset.entitled = None);
        for row in silent.exposures() {
            prop_assert!(row["listed"].get("undeclared").is_some(), "{row}");
            prop_assert!(row["entitled"] != true, "{row}");
        }
    }
}

/// The deployment of the article: a client's file goes into training and comes out of the portal.
#[test]
fn memory_reaches_everybody_who_is_answered() {
    let text = "system: {id: s}
datasets: [{id: files, categories: [user.name], classification: restricted, entitled: [staff], entitlement_unit: per_client}]
actors: [{id: staff, kind: employees}, {id: clients, kind: customers}]
models: [{id: base, kind: instruct}, {id: tuned, kind: fine_tune, base: base}, {id: second, kind: fine_tune, base: tuned, trained_on: []}]
training: [{id: autumn, base: base, output: tuned, datasets: [files]}]
components: [{id: portal, kind: app, sharing: per_user}]
hosting: [{id: box, models: [second]}]
flows:
  - {from: second, to: portal, purpose: inference, controls: [output_filter, human_review, authorise]}
  - {from: portal, to: clients, purpose: inference}
";
    let (derived, _) =
        facts(&Limits::default(), &Tables::builtin(), date(2026, 11, 23), "caveat.yaml", text.as_bytes().to_vec(), false);
    let rows = derived[0].facts["exposures"].as_array().expect("a relation");
    let row = rows.iter().find(|row| row["model"] == "second" && row["actor"] == "clients").expect("an exposure");
    let stops: Vec<&str> = row["path"].as_array().expect("a path").iter().filter_map(|hop| hop["to"].as_str()).collect();
    assert_eq!(stops, ["autumn", "tuned", "second", "portal", "clients"]);
    assert_eq!((row["sensitive"].as_bool(), row["entitled"].as_bool()), (Some(true), Some(false)));
}

const WHAT_SEEDS_FOUND: [(&str, &str, &str); 3] = [
    // Seed 1: past a redaction it is nearer to the clients than past another data set.
    (
        "chats -> clients; manuals -> chats; manuals -> clients: redact; writer -> manuals",
        "files in writer",
        "run writer manuals chats clients",
    ),
    // Seed 2: past a redaction it is nearer to the portal than past another model.
    (
        "files -> portal: redact; files -> writer; helper -> files; writer -> portal; portal -> staff",
        "chats in helper",
        "run helper files writer portal staff",
    ),
    // Seed 5: what the model answers itself is redacted, what another answers that it asks is not.
    (
        "portal -> clients; helper -> portal; writer -> clients: redact; writer -> helper",
        "manuals in writer",
        "run writer helper portal clients",
    ),
];

/// A deployment of data sets that are public and personal, each client entitled to his own records of what is remembered.
fn remembering(flows: &str, memory: &str, class: &str) -> String {
    let (remembered, model) = memory.split_once(" in ").expect("a data set and a model");
    let mut out = String::from("system: {id: s}\nagreements: []\nparties: []\nretrieval: []\nevaluations: []\ndatasets:\n");
    for id in DATASETS {
        let _ = writeln!(
            out,
            "  - {{id: {id}, categories: [user.name], duties: [], classification: {class}, deidentification: {{state: none}}, entitled: [staff], entitlement_unit: per_client}}"
        );
    }
    out.push_str("actors: [{id: staff, kind: employees}, {id: clients, kind: customers}, {id: visitors, kind: public}]\n");
    out.push_str("models: [{id: writer, kind: instruct, trained_on: []}, {id: helper, kind: instruct, trained_on: []}]\n");
    out.push_str("components: [{id: portal, kind: app, sharing: per_user}, {id: archive, kind: store}]\n");
    out.push_str("hosting: [{id: box, models: [writer, helper]}]\nlogging: {prompts: none, outputs: none}\n");
    let _ = writeln!(
        out,
        "training: [{{id: run, output: {model}, datasets: [{remembered}], privacy: {{differential_privacy: none}}}}]\nflows:"
    );
    for flow in flows.split("; ") {
        let (ends, controls) = flow.split_once(": ").unwrap_or((flow, ""));
        let (from, to) = ends.split_once(" -> ").expect("two ends");
        let controls = if controls == "undeclared" { String::new() } else { format!(", controls: [{controls}]") };
        let _ = writeln!(out, "  - {{from: {from}, to: {to}, purpose: inference{controls}}}");
    }
    out
}

/// The facts of a manifest and its picture.
fn drawn(text: &str) -> (serde_json::Map<String, Value>, Picture) {
    let bytes = text.as_bytes().to_vec();
    let (mut derived, _) = facts(&Limits::default(), &Tables::builtin(), date(2026, 11, 23), "caveat.yaml", bytes, true);
    let derived = derived.remove(0);
    (derived.facts.as_object().expect("relations").clone(), derived.picture.expect("it was asked for"))
}

fn stops(row: &Value) -> String {
    row["path"].as_array().expect("a path").iter().filter_map(|hop| hop["to"].as_str()).collect::<Vec<_>>().join(" ")
}

fn rows<'a>(facts: &'a serde_json::Map<String, Value>, relation: &str) -> &'a [Value] {
    facts[relation].as_array().expect("a relation")
}

/// Personal data is no longer that behind a redaction: what shows how it leaks goes another way, however long.
#[test]
fn what_is_remembered_leaks_on_the_way_on_which_it_is_left() {
    for (flows, memory, way) in WHAT_SEEDS_FOUND {
        let (facts, picture) = drawn(&remembering(flows, memory, "public"));
        let found = |row: &&Value| row["through"] == "weights" && memory.starts_with(row["dataset"].as_str().unwrap_or("?"));
        let row = rows(&facts, "exposures").iter().find(found).expect("an exposure");
        assert_eq!((stops(row).as_str(), &row["personal"]), (way, &Value::Bool(true)), "{flows}");
        let steps = row["path"].as_array().expect("a path");
        assert_eq!(&row["cut"], steps.last().expect("a step"), "{flows}");
        assert_eq!(stops(rows(&facts, "memories").first().expect("a memory")), way, "{flows}");
        let redacted = picture.edges.iter().filter(|line| line.controls.iter().any(|control| control == "redact"));
        assert!(redacted.into_iter().all(|line| line.leaks.is_empty()), "{flows}");
    }
}

/// A secret outlives redaction: it leaks on every way, also where it is personal, too, and one way is not redacted.
#[test]
fn what_is_secret_leaks_past_a_redaction_too() {
    for (flows, memory, way) in WHAT_SEEDS_FOUND {
        let (facts, picture) = drawn(&remembering(flows, memory, "restricted"));
        let found = |row: &&Value| row["through"] == "weights" && memory.starts_with(row["dataset"].as_str().unwrap_or("?"));
        assert_eq!(stops(rows(&facts, "exposures").iter().find(found).expect("an exposure")), way, "{flows}");
        let mut redacted = picture.edges.iter().filter(|line| line.controls.iter().any(|control| control == "redact"));
        assert!(redacted.all(|line| line.leaks.iter().any(|leak| leak.memory && leak.certain)), "{flows}");
    }
}

/// Visitors are not entitled either, and receive nothing that is personal: the way is that to those who do.
#[test]
fn the_way_of_a_memory_leads_to_those_whom_something_sensitive_reaches() {
    let text = remembering("writer -> visitors: redact; writer -> portal; portal -> staff", "files in writer", "public");
    // In the order of the manifest, and by right, visitors come first.
    let text = text.replace(
        "actors: [{id: staff, kind: employees}, {id: clients, kind: customers}, {id: visitors, kind: public}]",
        "actors: [{id: visitors, kind: public}, {id: clients, kind: customers}, {id: staff, kind: employees}]",
    );
    let (facts, _) = drawn(&text);
    assert_eq!(stops(rows(&facts, "memories").first().expect("a memory")), "run writer portal staff");
}

/// Where only an undeclared step decides whether anything sensitive arrives, the way is that on which it may.
#[test]
fn a_way_that_may_leak_is_shown_before_one_on_which_nothing_sensitive_is_left() {
    let flows = "files -> clients: redact; files -> portal; portal -> archive: unknown; archive -> clients";
    let (facts, _) = drawn(&remembering(flows, "manuals in writer", "public"));
    let row = rows(&facts, "exposures").iter().find(|row| row["through"] == "context" && row["dataset"] == "files");
    let row = row.expect("an exposure");
    assert!(row["sensitive"].get("undeclared").is_some(), "{row}");
    assert_eq!(stops(row), "portal archive clients");
}

/// Chats get to the portal redacted, and a flow from there names them.
fn named_behind_a_redaction() -> String {
    let flows = "manuals -> files; portal -> files; files -> staff: output_filter; chats -> portal: redact";
    let text = remembering(flows, "manuals in writer", "public");
    text.replace("to: files, purpose: inference, controls: []}", "to: files, purpose: inference, controls: [], carries: [chats]}")
}

fn of_chats(text: &str) -> Value {
    let (facts, _) = drawn(text);
    let row = rows(&facts, "exposures").iter().find(|row| row["through"] == "context" && row["dataset"] == "chats");
    row.expect("an exposure").clone()
}

/// Seed 1: nothing sensitive arrives; the way is that on which the rest does, not that from a flow that names it.
#[test]
fn a_way_on_which_nothing_sensitive_arrives_begins_where_the_data_is() {
    let row =
        of_chats(&named_behind_a_redaction().replace("id: chats, categories: [user.name]", "id: chats, categories: [system]"));
    assert_eq!((&row["sensitive"], stops(&row).as_str()), (&Value::Bool(false), "portal files staff"));
}

/// What is public and not said to be about people is not sensitive, whatever may be done to it on a way.
#[test]
fn public_data_that_nobody_describes_is_not_sensitive() {
    let text = remembering("files -> portal; portal -> clients: unknown", "manuals in writer", "public");
    let (facts, _) = drawn(&text.replace("id: files, categories: [user.name], ", "id: files, "));
    let found = |row: &&Value| row["through"] == "context" && row["dataset"] == "files";
    let row = rows(&facts, "exposures").iter().find(found).expect("an exposure");
    assert_eq!(row["sensitive"], Value::Bool(false), "{row}");
}

/// Being public settles what data is that nobody describes, and not whether what is personal gets there: a flow names it, and
/// nothing says how it got past the redaction.
#[test]
fn public_data_about_people_may_arrive() {
    let row = of_chats(&named_behind_a_redaction());
    assert_eq!(row["sensitive"]["undeclared"], serde_json::json!(["flows[0].from"]), "{row}");
}

/// What is open of one data set is open of that one: who runs the place that it gets to, and whether it is left on a flow.
#[test]
fn what_is_open_of_one_data_set_is_not_open_of_another() {
    let (facts, _) = drawn(
        "system: {id: s, purpose: p, status: production, users: internal}
datasets:
  - {id: files, classification: restricted}
  - {id: chats, classification: restricted}
parties: [{id: printer, kind: saas_vendor}]
components: [{id: mailer, kind: app}, {id: press, kind: app, party: printer}]
flows:
  - {from: files, to: press, purpose: support}
  - {from: chats, to: mailer, purpose: support, controls: unknown}
",
    );
    let told = |relation: &str, field: &str| -> Vec<String> {
        let open = |row: &Value| row[field].get("undeclared").map_or_else(|| "known".to_owned(), ToString::to_string);
        rows(&facts, relation).iter().map(|row| format!("{}: {}", row["dataset"].as_str().unwrap_or("?"), open(row))).collect()
    };
    assert_eq!(told("transfers", "party"), ["files: known", "?: known"]);
    assert_eq!(rows(&facts, "transfers")[1]["undeclared"], serde_json::json!(["components[0].party"]));
    assert_eq!(told("carried", "sensitive"), ["files: known", "chats: [\"datasets[1].categories\",\"flows[1].controls\"]"]);
}

/// Rules and pictures tell the same: on the examples of all rules about leaks, edges leak where the rules fire.
#[test]
fn pictures_leak_where_the_rules_on_leaks_fire() {
    let today = date(2026, 11, 23);
    let plan = Plan::new(builtin::rules(), today);
    let (mut seen, mut leaky) = (0, 0);
    for page in builtin::pages().iter().filter(|page| page.code.starts_with("LEAK")) {
        for example in &page.examples {
            let bytes = example.manifest.as_bytes().to_vec();
            let report = check_text(&plan, "caveat.yaml", bytes.clone());
            let fires =
                |code: &str| report.findings.iter().any(|finding| finding.verdict == Verdict::Violation && finding.rule == code);
            let (derived, _) = facts(&Limits::default(), &Tables::builtin(), today, "caveat.yaml", bytes, true);
            let Some(picture) = derived.first().and_then(|derived| derived.picture.as_ref()) else { continue };
            let leaking = leaking(picture);
            let memory = leaking.iter().any(|leak| leak.memory);
            let context = leaking.iter().any(|leak| !leak.memory);
            let said = format!("{}\n{}", page.code, example.manifest);
            assert_eq!(memory, fires("LEAK001"), "{said}");
            assert!(!context || fires("LEAK013") || fires("LEAK019"), "{said}");
            assert!(context || !fires("LEAK019"), "{said}");
            // Retrieval for a model that answers nobody yet is a finding, and leads to nobody.
            let answered = derived[0].facts["contexts"].as_array().is_some_and(|rows| {
                rows.iter().any(|row| row["audience"].as_array().is_some_and(|audience| audience.iter().any(Value::is_string)))
            });
            assert!(context || !answered || !fires("LEAK013"), "{said}");
            seen += 1;
            leaky += usize::from(memory || context);
        }
    }
    assert!(seen > 100 && leaky > 5, "{seen} examples, {leaky} of which leak");
}
