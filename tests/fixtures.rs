//! The two manifests of one firm, before and after: what is reported for each, and what leaving any key
//! out does to it.

use std::collections::BTreeSet;
use std::path::Path;

use caveat::engine::{Plan, check_text};
use caveat::finding::{Finding, Verdict};
use caveat::manifest::describe::{Absence, RecordDesc, Type};
use caveat::manifest::vocabulary::Manifest;
use caveat::report::Report;
use caveat::rule::builtin;
use caveat::syntax::scalar::Scalar;
use caveat::syntax::{Kind, Limits, Place, Tree, load};
use jiff::civil::date;
use serde_json::{Map, Value, json};

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).expect("a fixture")
}

fn check(text: &str) -> Report {
    let plan = Plan::new(builtin::rules(), date(2026, 11, 23));
    check_text(&plan, "caveat.yaml", text.as_bytes().to_vec())
}

fn line(report: &Report, finding: &Finding) -> String {
    let file = &report.files[0];
    let position = file.lines.position(&file.text, finding.labels[0].span.start as usize);
    file.text.lines().nth(position.line - 1).unwrap_or_default().trim().chars().take(60).collect()
}

#[test]
fn the_clean_manifest_is_clean() {
    let report = check(&fixture("tax-assistant-clean.yaml"));
    let found: Vec<String> =
        report.findings.iter().map(|f| format!("{} {}: {} {:?}", f.rule, f.verdict.as_str(), f.message, f.missing)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Every finding with the line that its primary label is on.
#[test]
fn the_worked_manifest_is_reported_at_the_lines_people_would_point_at() {
    let report = check(&fixture("tax-assistant.yaml"));
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|f| format!("{} {} {} | {}", f.rule, f.verdict.as_str(), f.subject, line(&report, f)))
        .collect();
    let mut found = found;
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @r"
    COST001 violation  | roles:
    COST002 violation  | budget: {currency: EUR, months: 12, lines: [{kind: inference
    COST005 violation  | budget: {currency: EUR, months: 12, lines: [{kind: inference
    COST006 violation  | maintenance: {owner: none, updates: none, exit_plan: false, 
    COST009 violation  | budget: {currency: EUR, months: 12, lines: [{kind: inference
    COST011 violation  | alternatives: {options: []}
    COST013 violation  | on_call: {hours: 24x7, people: 1, sites: 1}
    COST014 violation ml_engineer | - {role: ml_engineer, fte: 1.0, status: planned, from: 2027-
    COST015 violation  | budget: {currency: EUR, months: 12, lines: [{kind: inference
    COST016 violation  | budget: {currency: EUR, months: 12, lines: [{kind: inference
    GOV004 violation  | governance: {owner: managing-partner, dpia: {status: planned
    GOV005 violation  | logging: {prompts: full, outputs: full, store: obs, retentio
    GOV006 violation SCALE005 | waivers: [{rule: SCALE005, reason: tested in June, owner: it
    HAL004 violation objections | - {id: objections, kind: task, target: taxmate-8b, dataset: 
    HAL005 violation taxmate-8b | - {id: objections, kind: task, target: taxmate-8b, dataset: 
    HAL007 violation objections client-files taxmate-8b | - {id: objections, kind: task, target: taxmate-8b, dataset: 
    HAL009 violation taxmate-8b | knowledge_cutoff: 2023-12
    HAL012 violation  | oversight: {review: before_release, share: 1.0, items_per_da
    HAL014 violation forum-qa taxmate-8b | - {id: forum-qa, role: training, source: scraped, classifica
    HAL015 violation taxmate-8b client-chats ft-autumn | datasets: [client-files, client-chats, forum-qa]
    HAL015 violation taxmate-8b client-chats training | - {from: client-chats, to: taxmate-8b, purpose: training}
    HAL015 violation taxmate-8b logging | logging: {prompts: full, outputs: full, store: obs, retentio
    HAL017 violation llama-8b | revision: main
    HAL019 violation  | monitoring: {quality: none, feedback: none, cost: monthly}
    HAL020 violation  | disclosure: {ai_interaction: none, limitations: none}
    HAL024 violation taxmate-8b elster-filing approval | - {id: elster-filing, kind: tool, effect: irreversible, appr
    HAL028 violation  | evaluations:
    IP001 violation taxmate-8b forum-qa NOASSERTION | - {id: forum-qa, role: training, source: scraped, classifica
    IP003 violation taxmate-8b llama-8b LicenseRef-Llama-3.1-Community | license: Apache-2.0
    IP006 violation taxmate-8b llama-8b LicenseRef-Llama-3.1-Community display product | attribution: none
    IP009 unknown forum-qa taxmate-8b | - {id: forum-qa, role: training, source: scraped, classifica
    IP010 violation forum-qa taxmate-8b | - {id: forum-qa, role: training, source: scraped, classifica
    IP012 violation ft-autumn clients | - {id: engagement-letter, with: clients, kind: engagement_le
    IP013 violation  | - {id: engagement-letter, with: clients, kind: engagement_le
    IP014 unknown engagement-letter client-chats | - {id: engagement-letter, with: clients, kind: engagement_le
    IP014 unknown engagement-letter client-files | - {id: engagement-letter, with: clients, kind: engagement_le
    IP018 violation  | - {role: data_scientist, fte: 0.4, status: contracted}
    LEAK001 violation client-chats taxmate-8b | datasets: [client-files, client-chats, forum-qa]
    LEAK001 violation client-files taxmate-8b | datasets: [client-files, client-chats, forum-qa]
    LEAK003 violation client-files taxmate-8b | categories: [user.financial, user.financial.bank_account, us
    LEAK004 violation taxmate-8b | evaluations:
    LEAK005 unknown client-chats | - id: client-chats
    LEAK005 violation client-files | purposes: [essential.service]
    LEAK007 violation client-files | art9_condition: none
    LEAK008 unknown forum-qa ft-autumn | - {id: forum-qa, role: training, source: scraped, classifica
    LEAK008 violation client-chats answer-cache | - {id: answer-cache, kind: cache, sharing: shared, country: 
    LEAK008 violation client-chats ft-autumn | unlearning: none
    LEAK008 violation client-chats obs | - {id: obs, kind: log_store, party: logvendor, country: US, 
    LEAK008 violation client-files ft-autumn | unlearning: none
    LEAK009 violation client-chats labelshop | - {from: client-chats, to: labelshop, purpose: annotation}
    LEAK009 violation client-chats logvendor | logging: {prompts: full, outputs: full, store: obs, retentio
    LEAK010 violation client-chats logvendor | logging: {prompts: full, outputs: full, store: obs, retentio
    LEAK011 violation client-chats labelshop | - {from: client-chats, to: labelshop, purpose: annotation}
    LEAK011 violation client-chats obs | logging: {prompts: full, outputs: full, store: obs, retentio
    LEAK012 violation client-chats labelshop | - {from: client-chats, to: labelshop, purpose: annotation}
    LEAK012 violation client-chats obs | logging: {prompts: full, outputs: full, store: obs, retentio
    LEAK015 violation client-chats | logging: {prompts: full, outputs: full, store: obs, retentio
    LEAK016 violation client-chats answer-cache | - {id: answer-cache, kind: cache, sharing: shared, country: 
    LEAK016 violation client-chats obs | - {id: obs, kind: log_store, party: logvendor, country: US, 
    LEAK017 violation client-chats | datasets: [client-files, client-chats, forum-qa]
    LEAK018 violation client-chats answer-cache | - {id: answer-cache, kind: cache, sharing: shared, country: 
    LEAK021 violation  | system_prompt: {contains: [business_rules, personal_data]}
    LEAK022 violation  | access: {authentication: shared_password, secrets: env}
    LEAK023 violation client-chats | - {from: portal, to: taxmate-8b, purpose: inference, transpo
    LEAK024 violation client-chats obs | - {id: obs, kind: log_store, party: logvendor, country: US, 
    LEAK026 violation  | governance: {owner: managing-partner, dpia: {status: planned
    LEAK029 violation client-chats | - {id: engagement-letter, with: clients, kind: engagement_le
    LEAK029 violation client-files | - {id: engagement-letter, with: clients, kind: engagement_le
    LEAK030 violation  | roles:
    SCALE002 violation gpu-box | gpus: {type: nvidia-l4, count: 1, memory: 24Gi, hourly: 0.80
    SCALE003 info gpu-box | throughput: 600
    SCALE004 violation gpu-box | load_test: {users: 10000, date: 2026-06-15}
    SCALE006 violation gpu-box | replicas: {min: 1, max: 1}
    SCALE008 violation gpu-box | replicas: {min: 1, max: 1}
    SCALE009 unknown  | - id: gpu-box
    SCALE010 violation gpu-box | limits: none
    SCALE012 violation gpu-box | decode_rate: 22
    SCALE017 violation gpu-box | rollback: false
    ");
}

/// The independent list of what the manifest should fire, for the rules that exist.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn the_worked_manifest_fires_what_an_independent_program_computed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/design/examples");
    let (Ok(expected), Ok(manifest)) =
        (std::fs::read_to_string(path.join("expected.tsv")), std::fs::read_to_string(path.join("tax-assistant.yaml")))
    else {
        eprintln!("skipped: the worked example is not beside the project");
        return;
    };
    let known: BTreeSet<String> = builtin::rules().iter().map(|rule| rule.code.to_string()).collect();
    let expected: BTreeSet<(String, String)> = expected
        .lines()
        .filter_map(|line| {
            line.split_once('\t')
                .and_then(|(code, rest)| rest.split('\t').next().map(|verdict| (code.to_owned(), verdict.to_owned())))
        })
        .filter(|(code, _)| known.contains(code))
        .collect();
    let fired = |manifest: &str| -> BTreeSet<(String, String)> {
        check(manifest).findings.iter().map(|finding| (finding.rule.to_string(), finding.verdict.as_str().to_owned())).collect()
    };
    // The program took every request for an item to review, an engine for one that serves the whole
    // context of its model and is as available as it has to be, and a data set without categories for one about nobody, and silence on the use of AI
    // for permission. Stated, both agree;
    // unstated, these are what keeps some rules from being decided (their pages say why).
    let stated = manifest
        .replace("oversight: {", "oversight: {items_per_day: 20000, ")
        .replace("    engine: vllm\n", "    engine: vllm\n    max_context_tokens: none\n    availability: 99.95\n")
        .replace("terms: {client_consent_ai: silent", "terms: {ai_use: allowed, client_consent_ai: silent")
        .replace("{id: forum-qa, role: training,", "{id: forum-qa, role: training, categories: [], ");
    assert_eq!(fired(&stated), expected);
    let undecided: BTreeSet<String> =
        fired(&manifest).difference(&expected).map(|(code, verdict)| format!("{code} {verdict}")).collect();
    let waiting: BTreeSet<String> = [
        "HAL001 unknown",
        "HAL012 unknown",
        "IP014 unknown",
        "LEAK008 unknown",
        "SCALE009 unknown",
        "SCALE014 unknown",
        "SCALE019 unknown",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(undecided, waiting);
}

/// A document as JSON, without the entry at `without`.
fn json(tree: &Tree, place: Place, at: &mut Vec<String>, without: &[String]) -> Value {
    match tree.node(place.node).kind {
        Kind::Sequence { .. } => {
            let items = tree.elements(place).enumerate().map(|(index, item)| {
                at.push(index.to_string());
                let value = json(tree, item, at, without);
                at.pop();
                value
            });
            items.collect()
        }
        Kind::Mapping { .. } => {
            let mut map = Map::new();
            for entry in tree.entries(place.node) {
                let key = tree.text(entry.key).unwrap_or_default().to_owned();
                at.push(key.clone());
                if at.as_slice() != without {
                    map.insert(key, json(tree, tree.value(place, *entry), at, without));
                }
                at.pop();
            }
            map.into()
        }
        _ => match tree.scalar(place.node) {
            Some(Scalar::Bool(value)) => json!(value),
            Some(Scalar::Int(value)) => json!(value),
            Some(Scalar::Float(value)) => json!(value),
            Some(Scalar::Text(text)) => json!(text),
            _ => Value::Null,
        },
    }
}

/// The paths of all keys.
fn keys(tree: &Tree, place: Place, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    for (index, item) in tree.elements(place).enumerate() {
        at.push(index.to_string());
        keys(tree, item, at, found);
        at.pop();
    }
    for entry in tree.entries(place.node) {
        at.push(tree.text(entry.key).unwrap_or_default().to_owned());
        found.push(at.clone());
        keys(tree, tree.value(place, *entry), at, found);
        at.pop();
    }
}

/// What the vocabulary says about leaving a key out.
fn absence(path: &[String]) -> Absence {
    let mut desc: &'static RecordDesc = Manifest::DESC;
    let mut absence = Absence::Undeclared;
    for key in path.iter().filter(|key| key.parse::<usize>().is_err()) {
        let Some((_, field)) = desc.field(key) else { return absence };
        absence = field.absence;
        // What stands below a claim belongs to the claim.
        if absence != Absence::Undeclared {
            return absence;
        }
        let mut ty = field.ty;
        while let Type::List(item) | Type::OneOrMany(item) = ty {
            ty = *item;
        }
        if let Type::Record(record) = ty {
            desc = record;
        }
    }
    absence
}

fn of(report: &Report, verdict: Verdict) -> BTreeSet<(String, String)> {
    report
        .findings
        .iter()
        .filter(|finding| finding.verdict == verdict)
        .map(|finding| (finding.rule.to_string(), finding.subject.clone()))
        .collect()
}

/// Keys that only ever raise a question, each with the rule that asks it: who does not promise a place
/// or a time, does not class a store and does not say how a flow travels is not asked, since most
/// manifests have no reason to. The pages of these rules say so.
const PROMISES: [(&str, &str); 4] =
    [("residency", "LEAK012"), ("retention", "LEAK016"), ("classification", "LEAK024"), ("transport", "LEAK023")];

#[test]
fn leaving_a_key_out_never_adds_a_violation_and_never_hides_one() {
    for name in ["tax-assistant.yaml", "tax-assistant-clean.yaml"] {
        let text = fixture(name);
        let tree = load(text.clone().into_bytes(), &Limits::default()).tree;
        let root = tree.place(tree.documents()[0]);
        let mut paths = Vec::new();
        keys(&tree, root, &mut Vec::new(), &mut paths);
        assert!(paths.len() > 300);
        let before = check(&json(&tree, root, &mut Vec::new(), &[]).to_string());
        let violations = of(&before, Verdict::Violation);
        let mut wrong = Vec::new();
        for path in paths.iter().filter(|path| absence(path) == Absence::Undeclared) {
            let after = check(&json(&tree, root, &mut Vec::new(), path).to_string());
            let shown = path.join(".");
            let left = of(&after, Verdict::Violation);
            // Without its id an entry is another subject: the rules that fire are still the same.
            let renamed = path.last().is_some_and(|key| key == "id");
            let rules = |found: &BTreeSet<(String, String)>| found.iter().map(|(rule, _)| rule.clone()).collect::<BTreeSet<_>>();
            if renamed {
                assert!(rules(&left).is_subset(&rules(&violations)), "{shown}");
                continue;
            }
            wrong.extend(
                left.difference(&violations)
                    .map(|(rule, subject)| format!("{name}: without {shown}, {rule} fires for `{subject}`")),
            );
            let unknown: BTreeSet<String> = of(&after, Verdict::Unknown).into_iter().map(|(rule, _)| rule).collect();
            let errors = after.findings.iter().any(|finding| finding.verdict == Verdict::Error);
            for (rule, subject) in violations.difference(&left).filter(|(rule, _)| !errors && !unknown.contains(rule)) {
                if path.last().is_some_and(|key| PROMISES.contains(&(key.as_str(), rule.as_str()))) {
                    continue;
                }
                wrong.push(format!("{name}: without {shown}, {rule} for `{subject}` is gone without a word"));
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn the_order_of_lists_and_comments_do_not_change_fingerprints() {
    let text = fixture("tax-assistant.yaml");
    let prints = |report: &Report| report.findings.iter().map(|finding| finding.fingerprint.clone()).collect::<BTreeSet<_>>();
    let before = prints(&check(&text));
    let tree = load(text.clone().into_bytes(), &Limits::default()).tree;
    let mut value = json(&tree, tree.place(tree.documents()[0]), &mut Vec::new(), &[]);
    assert_eq!(prints(&check(&format!("# a comment\n\n{text}"))), before);
    for section in value.as_object_mut().expect("a mapping").values_mut() {
        if let Value::Array(list) = section {
            list.reverse();
        }
    }
    assert_eq!(prints(&check(&format!("{value:#}"))), before);
}

#[test]
fn the_same_bytes_on_every_run() {
    let text = fixture("tax-assistant.yaml");
    let once = caveat::render::json::render(&check(&text));
    for _ in 0..3 {
        assert_eq!(caveat::render::json::render(&check(&text)), once);
    }
}
