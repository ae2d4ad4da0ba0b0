//! The legal timeline: what the table may say, which declared facts select a duty, and on which day it starts.

mod common;

use caveat::engine::faults;
use caveat::facts::duties::NAMED;
use caveat::knowledge::calendar::{calendar, duties_of};
use caveat::knowledge::duties::{self, Verified};
use caveat::knowledge::references::{Reference, framework};
use caveat::manifest::describe::{RecordDesc, Type};
use caveat::manifest::vocabulary::Manifest;
use caveat::syntax::{Limits, load};
use caveat::timeline::{Applies, Entry, Standing, Timeline, of_text};
use common::{BAD, DAY, Desk, fixture, out};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

const TODAY: Date = date(2026, 11, 28);

fn of(text: &str, today: Date) -> Timeline {
    of_text(text, &Limits::default(), today).into_iter().next().unwrap_or_else(|| panic!("not YAML: {text}"))
}

fn entry<'t>(timeline: &'t Timeline, id: &str) -> &'t Entry {
    timeline.entries.iter().find(|entry| entry.id == id).unwrap_or_else(|| panic!("no duty `{id}`"))
}

/// `yes`, `no`, or what is missing.
fn answer(text: &str, id: &str) -> String {
    match &entry(&of(text, TODAY), id).applies {
        Applies::Yes => "yes".to_owned(),
        Applies::No { .. } => "no".to_owned(),
        Applies::Undecided { missing, only_if: None } => format!("needs {}", missing.join(", ")),
        Applies::Undecided { missing, only_if: Some(_) } if missing.is_empty() => "if".to_owned(),
        Applies::Undecided { missing, .. } => format!("needs {}, and if", missing.join(", ")),
    }
}

// The table

/// First days as Art. 113 and Art. 111 of the EU AI Act, Art. 99(2) of the GDPR and the reports on other laws give them.
#[test]
fn first_days_are_those_of_the_sources() {
    let expected = [
        ("eu-ai-act-literacy", "2025-02-02"),
        ("eu-ai-act-prohibited", "2025-02-02"),
        ("eu-ai-act-prohibited-intimate", "2026-12-02"),
        ("eu-ai-act-gpai", "2025-08-02, 2027-08-02 before 2025-08-02"),
        ("eu-ai-act-interaction", "2026-08-02"),
        ("eu-ai-act-marking", "2026-08-02, 2026-12-02 before 2026-08-02"),
        ("eu-ai-act-annex-iii-provider", "2027-12-02"),
        ("eu-ai-act-annex-iii-deployer", "2027-12-02"),
        ("eu-ai-act-annex-i", "2028-08-02"),
        ("eu-ai-act-public-authorities", "2030-08-02"),
        ("gdpr-principles", "2018-05-25"),
        ("uk-gdpr-automated-decisions", "2026-02-05"),
        ("us-colorado-admt", "2027-01-01"),
        ("us-texas-traiga", "2026-01-01"),
        ("us-new-york-city-hiring", "2023-07-05"),
        ("kr-transparency", "2026-01-22"),
        ("it-workers", "2025-10-10"),
        ("cn-labelling", "2025-09-01"),
        ("vn-transparency", "2026-03-01, 2027-03-01 before 2026-03-01"),
    ];
    for (id, days) in expected {
        let duty = calendar().duties.iter().find(|duty| duty.id == id).unwrap_or_else(|| panic!("no duty `{id}`"));
        let legacy = duty.legacy.as_ref().and_then(|legacy| Some(format!(", {} before {}", legacy.from?, legacy.before)));
        assert_eq!(format!("{}{}", duty.from.expect("a day"), legacy.unwrap_or_default()), days, "{id}");
    }
}

fn field_type(path: &str) -> Option<Type> {
    let mut desc: &RecordDesc = Manifest::DESC;
    let mut found = None;
    for key in path.split('.') {
        let ty = desc.field(key)?.1.ty;
        if let Type::Record(inner) = ty {
            desc = inner;
        }
        found = Some(ty);
    }
    found
}

fn knows(ty: Type, word: &str) -> bool {
    match ty {
        Type::List(item) | Type::OneOrMany(item) | Type::Evidenced(item) => knows(*item, word),
        Type::Enum(desc) => desc.words.iter().any(|(known, _)| *known == word),
        Type::Text => ["any", "none"].contains(&word),
        _ => false,
    }
}

/// The build checks the shape of the table; what it refers to is checked here.
#[test]
fn everything_that_the_table_refers_to_is_there() {
    let regimes = field_type("organization.regimes").expect("a field");
    let role = field_type("system.eu_ai_act.role").expect("a field");
    for law in &calendar().laws {
        assert!(law.regime.as_deref().is_none_or(|regime| knows(regimes, regime)), "{}", law.key);
        assert!(law.framework.as_deref().is_none_or(|key| framework(key).is_some()), "{}", law.key);
        assert!(!law.places.is_empty() && calendar().duties.iter().any(|duty| duty.law == law.key), "{}", law.key);
    }
    for duty in &calendar().duties {
        let law = calendar().laws.iter().find(|law| law.key == duty.law).expect("a law");
        for id in &duty.controls {
            let framework = framework(law.framework.as_deref().expect("a framework")).expect("a framework");
            assert!(framework.control(id).is_some_and(|control| control.id == *id), "{}: {id}", duty.id);
        }
        assert!(duty.roles.iter().all(|word| knows(role, word)), "{}", duty.id);
        for (path, words) in duty.when.iter().flatten() {
            if NAMED.iter().any(|(name, _)| name == path) {
                assert_eq!(words, &["yes"], "{}: {path}", duty.id);
                continue;
            }
            let ty = field_type(path).unwrap_or_else(|| panic!("{}: no field `{path}`", duty.id));
            assert!(words.iter().all(|word| knows(ty, word)), "{}: {path}: {words:?}", duty.id);
        }
        assert!(duty.source.starts_with("https://") && !duty.seen.is_empty(), "{}", duty.id);
        assert!(!duty.title.ends_with('.') && duty.title.len() <= 125, "{}: {}", duty.id, duty.title.len());
        assert!(duty.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", duty.id);
    }
}

/// What was not seen in the text may not claim it: the Official Journal of Regulation (EU) 2026/1744 was not read.
#[test]
fn what_the_amending_regulation_changed_is_from_secondary_sources() {
    let amended: Vec<_> =
        calendar().duties.iter().filter(|duty| duty.note.as_deref().is_some_and(|note| note.contains("2026/1744"))).collect();
    assert!(amended.len() >= 8, "{}", amended.len());
    assert!(amended.iter().all(|duty| duty.verified == Verified::Secondary));
}

fn mistakes(law: &str, duty: &str) -> Vec<String> {
    let text = format!("schema: caveat/duties@1\ngenerated: 2026-11-28\nlaws:\n  - {law}\nduties:\n  - {duty}\n");
    let loaded = load(text.clone().into_bytes(), &Limits::default());
    match duties::compile(&loaded.tree, loaded.tree.documents()[0]) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .iter()
            .map(|fault| {
                let line = fault.labels.first().map_or(0, |(span, _)| text[..span.start as usize].lines().count());
                format!("{line}: {}", fault.message)
            })
            .collect(),
    }
}

#[test]
fn a_mistake_in_the_table_stops_at_its_line() {
    let law = "{key: l, name: L, territory: T, places: [DE]}";
    let duty = |rest: &str| {
        format!(
            "{{id: d, title: T, law: l, reference: A, binds: b, source: s, seen: s, verified: copy, from: 2026-01-02, {rest}}}"
        )
    };
    let right = duty("until: 2026-01-02");
    assert_eq!(mistakes(law, &right), Vec::<String>::new());
    for (law, duty, found) in [
        (law, duty("fromm: 2026-01-01"), "6: unknown field `fromm`"),
        (law, duty("until: 2026-01-01"), "6: `d` ends before it begins"),
        (law, duty("legacy: {before: 2026-01-02}"), "6: what `legacy` says of `d` is nothing later and no other condition"),
        (law, duty("controls: [Art. 1]"), "6: `d` has controls, and its law is no framework"),
        (law, duty("x: 1").replace("from: 2026-01-02, x: 1", "from: null"), "6: `d` has no first day and no note that says why"),
        (law, right.replace("law: l", "law: m"), "6: no law has the key `m`"),
        (law, format!("{right}\n  - {right}"), "7: `d` is there twice"),
    ] {
        assert_eq!(mistakes(law, &duty), [found], "{duty}");
    }
    assert!(mistakes(law, &right.replace("copy", "hearsay"))[0].starts_with("6: "));
}

// Selection

/// A provider of a generative system in Germany.
fn provider(country: &str, system: &str) -> String {
    format!("organization: {{country: {country}, regions: [{country}]}}\nsystem: {{{system}}}\n")
}

const GENERATES: &str =
    "tasks: [drafting], outputs: [text], launch: 2026-09-01, eu_ai_act: {role: provider, risk_class: limited}";

#[test]
fn a_place_selects_a_law() {
    let marking = |text: &str| answer(text, "eu-ai-act-marking");
    assert_eq!(marking(&provider("DE", GENERATES)), "yes");
    assert_eq!(marking(&provider("EU", GENERATES).replace("country: EU", "country: CH")), "yes");
    assert_eq!(marking(&provider("CH", GENERATES)), "no");
    // Norway is in the Economic Area and not in the Union.
    assert_eq!(marking(&provider("NO", GENERATES)), "no");
    let regimes = provider("CH", GENERATES).replace("country: CH", "country: CH, regimes: [eu_ai_act]");
    assert_eq!(marking(&regimes), "yes");
    assert_eq!(marking(&format!("system: {{{GENERATES}}}\n")), "needs organization");
    assert_eq!(marking(&format!("organization: {{country: CH}}\nsystem: {{{GENERATES}}}\n")), "needs organization.regions");
    assert_eq!(
        marking(&format!("organization: {{regions: [CH, unknown]}}\nsystem: {{{GENERATES}}}\n")),
        "needs organization.country, organization.regions[1]"
    );
    assert_eq!(marking(&format!("organization: {{regions: [FR]}}\nsystem: {{{GENERATES}}}\n")), "yes");
}

#[test]
fn a_union_says_that_some_of_its_members_are_reached_and_not_which() {
    let workers = |regions: &str| {
        answer(&format!("organization: {{country: DE, regions: {regions}}}\nsystem: {{effects: [employment]}}\n"), "it-workers")
    };
    assert_eq!(workers("[IT]"), "yes");
    assert_eq!(workers("[FR]"), "no");
    assert_eq!(workers("[FR, EU]"), "needs organization.regions[1]");
}

/// As in `facts.regimes`: a stated list wins.
#[test]
fn stated_regimes_win_over_places() {
    let principles = |organization: &str| {
        answer(&format!("organization: {{{organization}}}\ndatasets: [{{id: d, categories: [user.name]}}]\n"), "gdpr-principles")
    };
    assert_eq!(principles("country: DE, regions: [DE]"), "yes");
    assert_eq!(principles("country: DE, regions: [DE], regimes: [hipaa]"), "no");
    assert_eq!(principles("country: US, regions: [US], regimes: [gdpr]"), "yes");
    assert_eq!(principles("country: DE, regimes: [hipaa, unknown]"), "needs organization.regimes[1]");
}

#[test]
fn a_role_selects_whom_a_duty_binds() {
    let with = |role: &str, id: &str| answer(&provider("DE", &GENERATES.replace("role: provider, ", role)), id);
    assert_eq!(with("role: provider, ", "eu-ai-act-marking"), "yes");
    assert_eq!(with("role: deployer, ", "eu-ai-act-marking"), "no");
    assert_eq!(with("role: none, ", "eu-ai-act-marking"), "no");
    assert_eq!(with("", "eu-ai-act-marking"), "needs system.eu_ai_act.role");
    assert_eq!(with("role: gpai_provider, ", "eu-ai-act-gpai"), "yes");
    assert_eq!(with("role: deployer, ", "eu-ai-act-literacy"), "yes");
    assert_eq!(with("role: importer, ", "eu-ai-act-literacy"), "no");
    // Whoever it is, a prohibition binds.
    assert_eq!(with("", "eu-ai-act-prohibited"), "yes");
}

#[test]
fn a_risk_class_selects_the_duties_of_its_annex() {
    let with =
        |act: &str, id: &str| answer(&provider("DE", &format!("launch: 2028-09-01, eu_ai_act: {{role: deployer{act}}}")), id);
    let (third, first) = ("eu-ai-act-annex-iii-deployer", "eu-ai-act-annex-i");
    assert_eq!(with(", risk_class: high, annex_iii: 4(a)", third), "yes");
    assert_eq!(with(", risk_class: high, annex_iii: 4(a)", first), "no");
    assert_eq!(with(", risk_class: high, annex_iii: none", third), "no");
    assert_eq!(with(", risk_class: high, annex_iii: none", first), "yes");
    assert_eq!(with(", risk_class: high", third), "needs system.eu_ai_act.annex_iii");
    assert_eq!(with(", risk_class: limited", third), "no");
    assert_eq!(with(", annex_iii: 4(a)", third), "needs system.eu_ai_act.risk_class");
    assert_eq!(with(", risk_class: high, annex_iii: 4(a)", "eu-ai-act-annex-iii-provider"), "no");
}

#[test]
fn data_selects_the_duties_of_data_protection() {
    let with = |data: &str, id: &str| answer(&format!("organization: {{country: DE}}\n{data}"), id);
    let personal = "datasets: [{id: d, categories: [user.name]}]\n";
    assert_eq!(with(personal, "gdpr-principles"), "yes");
    assert_eq!(with(personal, "gdpr-special-categories"), "no");
    assert_eq!(with(personal, "gdpr-impact-assessment"), "if");
    assert_eq!(with("datasets: [{id: d, categories: [user.health_and_medical]}]\n", "gdpr-special-categories"), "yes");
    assert_eq!(with("datasets: []\n", "gdpr-principles"), "no");
    assert_eq!(with("datasets: [{id: d}]\n", "gdpr-principles"), "needs datasets[0].categories");
    assert_eq!(with("", "gdpr-principles"), "needs datasets");
    // Handed to a vendor in the United States.
    let sent = |country: &str| {
        format!(
            "{personal}parties: [{{id: v, kind: saas_vendor, country: {country}}}]\n\
             components: [{{id: c, kind: app, party: v, country: {country}}}]\n\
             flows: [{{from: d, to: c, purpose: inference}}]\nmodels: []\nhosting: []\nactors: []\n"
        )
    };
    assert_eq!(with(&sent("US"), "gdpr-transfers"), "yes");
    assert_eq!(with(&sent("NO"), "gdpr-transfers"), "no");
    assert_eq!(with(&sent("US"), "gdpr-processors"), "if");
}

/// No field says in which state people are, so that a law of one keeps its condition.
#[test]
fn a_law_of_a_part_of_a_country_keeps_its_condition() {
    let text = |organization: &str| {
        format!(
            "organization: {{{organization}}}\nsystem: {{effects: [credit], decision_role: decisive}}\n\
             datasets: [{{id: d, categories: [user.financial]}}]\n"
        )
    };
    assert_eq!(answer(&text("country: US, regions: [US]"), "us-colorado-admt"), "if");
    assert_eq!(answer(&text("country: US, regions: [US]"), "us-california-ccpa-admt"), "if");
    // Who declares the regime has said that it applies.
    assert_eq!(answer(&text("country: US, regions: [US], regimes: [ccpa]"), "us-california-ccpa-admt"), "yes");
    assert_eq!(answer(&text("country: CA, regions: [CA]"), "us-colorado-admt"), "no");
}

#[test]
fn outside_every_listed_territory_nothing_applies() {
    let timeline = of(&provider("BR", GENERATES), TODAY);
    assert_eq!(timeline.relevant().count(), 0);
    assert!(timeline.entries.iter().all(|entry| matches!(&entry.applies, Applies::No { why } if why.starts_with("neither "))));
}

#[test]
fn what_selects_a_duty_is_named_with_its_line() {
    let timeline = of(&provider("DE", GENERATES), TODAY);
    let by = &entry(&timeline, "eu-ai-act-marking").selected_by;
    let shown: Vec<String> = by.iter().map(|node| format!("{}:{}", node.path, node.line)).collect();
    assert_eq!(shown, ["organization.country:1", "system.eu_ai_act.role:2", "system.outputs[0]:2"]);
    let Applies::No { why } = &entry(&timeline, "eu-ai-act-gpai").applies else { panic!("it applies") };
    assert_eq!(why, "`system.eu_ai_act.role` has none of gpai_provider");
}

// Days

#[test]
fn a_duty_starts_on_its_day() {
    let text = provider("DE", "outputs: [image]");
    let at = |today| {
        let timeline = of(&text, today);
        let entry = entry(&timeline, "eu-ai-act-prohibited-intimate");
        (entry.standing, entry.days)
    };
    assert_eq!(at(date(2026, 12, 1)), (Standing::Upcoming, Some(1)));
    assert_eq!(at(date(2026, 12, 2)), (Standing::InForce, Some(0)));
    assert_eq!(at(date(2026, 12, 3)), (Standing::InForce, Some(-1)));
}

#[test]
fn a_duty_ends_after_its_last_day() {
    let text = "organization: {country: GB, regions: [GB]}\n";
    let at = |today| entry(&of(text, today), "uk-gdpr-automated-decisions-until-2026").standing;
    assert_eq!(at(date(2026, 2, 4)), Standing::InForce);
    assert_eq!(at(date(2026, 2, 5)), Standing::Ended);
    assert_eq!(entry(&of(text, date(2026, 2, 4)), "uk-gdpr-automated-decisions").standing, Standing::Upcoming);
    assert_eq!(entry(&of(text, date(2026, 2, 5)), "uk-gdpr-automated-decisions").standing, Standing::InForce);
}

#[test]
fn the_launch_decides_between_two_first_days() {
    let with = |launch: &str| {
        let text = provider("DE", &GENERATES.replace("launch: 2026-09-01, ", launch));
        let timeline = of(&text, TODAY);
        let entry = entry(&timeline, "eu-ai-act-marking");
        let missing = if let Applies::Undecided { missing, .. } = &entry.applies { missing.join(", ") } else { String::new() };
        (entry.from.map(|day| day.to_string()).unwrap_or_default(), entry.standing, missing)
    };
    let day = |day: &str, standing, missing: &str| (day.to_owned(), standing, missing.to_owned());
    assert_eq!(with("launch: 2026-08-01, "), day("2026-12-02", Standing::Upcoming, ""));
    assert_eq!(with("launch: 2026-08-02, "), day("2026-08-02", Standing::InForce, ""));
    assert_eq!(with(""), day("", Standing::DateUnknown, "system.launch"));
    // Once both days are over, it is in force whatever the launch was.
    let text = provider("DE", &GENERATES.replace("launch: 2026-09-01, ", ""));
    assert_eq!(entry(&of(&text, date(2026, 12, 2)), "eu-ai-act-marking").standing, Standing::InForce);
}

/// Art. 111(2): a high-risk system that is older than the duties meets them once its design changes.
#[test]
fn an_older_high_risk_system_is_bound_under_a_condition() {
    let with = |launch: &str, kind: &str, id: &str| {
        let system = format!("launch: {launch}, eu_ai_act: {{role: deployer, risk_class: high, annex_iii: 4(a)}}");
        answer(&provider("DE", &system).replace("country: DE", &format!("kind: {kind}, country: DE")), id)
    };
    assert_eq!(with("2027-12-01", "sme", "eu-ai-act-annex-iii-deployer"), "if");
    assert_eq!(with("2027-12-02", "sme", "eu-ai-act-annex-iii-deployer"), "yes");
    assert_eq!(with("2027-12-01", "public_body", "eu-ai-act-public-authorities"), "yes");
    assert_eq!(with("2027-12-02", "public_body", "eu-ai-act-public-authorities"), "no");
    assert_eq!(with("2027-12-01", "sme", "eu-ai-act-public-authorities"), "no");
}

#[test]
fn a_day_that_nobody_found_is_not_known() {
    let timeline = of("organization: {country: KR, regions: [KR]}\nsystem: {exposure: public}\n", TODAY);
    let fines = entry(&timeline, "kr-fines");
    assert_eq!((fines.from, fines.days, fines.standing), (None, None, Standing::DateUnknown));
    assert_eq!(fines.applies, Applies::Yes);
    assert!(fines.note.is_some());
}

#[test]
fn every_document_has_a_timeline_and_a_text_that_is_no_yaml_has_none() {
    let text = format!("{}---\n{}", provider("DE", GENERATES), provider("BR", GENERATES));
    let timelines = of_text(&text, &Limits::default(), TODAY);
    assert_eq!(timelines.iter().map(|timeline| timeline.relevant().count() > 0).collect::<Vec<_>>(), [true, false]);
    assert!(of_text("a: [", &Limits::default(), TODAY).is_empty());
}

#[test]
fn entries_stand_in_the_order_of_their_days() {
    let timeline = of(&fixture(BAD), TODAY);
    assert_eq!(timeline.entries.len(), calendar().duties.len());
    for pair in timeline.entries.windows(2) {
        let key = |entry: &Entry| (entry.from.is_none(), entry.from, entry.id);
        assert!(key(&pair[0]) < key(&pair[1]), "{} before {}", pair[0].id, pair[1].id);
    }
    let once = serde_json::to_string(&timeline).expect("plain data");
    assert_eq!(serde_json::to_string(&of(&fixture(BAD), TODAY)).expect("plain data"), once);
}

// Deletion

/// A manifest to which many duties apply.
fn rich() -> Value {
    json!({
        "organization": {"country": "DE", "regions": ["US", "IT", "KR", "CN", "VN", "GB", "JP"], "kind": "public_body", "sector": "legal"},
        "system": {
            "id": "s", "launch": "2026-07-01", "tasks": ["dialogue", "scoring"], "outputs": ["dialogue", "image"], "exposure": "public",
            "effects": ["employment", "credit", "biometrics"], "decision_role": "decisive", "practices": [],
            "eu_ai_act": {"role": "provider", "risk_class": "high", "annex_iii": "4(a)", "derogation": "art_6_3"}
        },
        "datasets": [
            {"id": "d", "categories": ["user.health_and_medical"], "classification": "restricted"},
            {"id": "e", "categories": ["user.name"]}
        ],
        "parties": [{"id": "v", "kind": "saas_vendor", "country": "US"}],
        "components": [{"id": "c", "kind": "app", "party": "v", "country": "US"}],
        "models": [{"id": "m"}, {"id": "n", "base": "m", "trained_on": ["e"]}],
        "training": [{"id": "t", "base": "m", "output": "n", "datasets": ["e"]}],
        "flows": [{"from": "d", "to": "c", "purpose": "inference"}],
        "hosting": [], "actors": []
    })
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let path = format!("{at}/{key}");
                found.push(path.clone());
                pointers(inner, &path, found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                pointers(inner, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn without(value: &Value, pointer: &str) -> Value {
    let mut value = value.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    value.pointer_mut(parent).and_then(Value::as_object_mut).expect("a mapping").remove(key);
    value
}

/// What is left out leaves a duty undecided. A derogation is a claim: left out, none is relied on. Without its id, an
/// entry is not the one that others name.
#[test]
fn leaving_a_key_out_never_turns_yes_into_no() {
    for role in ["provider", "deployer", "gpai_provider"] {
        let mut manifest = rich();
        manifest["system"]["eu_ai_act"]["role"] = json!(role);
        let before = of(&manifest.to_string(), TODAY);
        let holds = |entry: &&Entry| !matches!(entry.applies, Applies::No { .. });
        assert!(before.entries.iter().filter(holds).count() > 20);
        let mut paths = Vec::new();
        pointers(&manifest, "", &mut paths);
        assert!(paths.len() > 40);
        let mut tried = 0;
        let exempt = |path: &&String| !path.ends_with("/derogation") && !path.ends_with("/id");
        for path in paths.iter().filter(exempt) {
            let text = without(&manifest, path).to_string();
            // A reference that leads nowhere is a finding of its own.
            let report = faults(&Limits::default(), TODAY, "m.yaml", text.clone().into_bytes());
            if report.findings.iter().any(|finding| finding.rule == "E001") {
                continue;
            }
            let after = of(&text, TODAY);
            tried += 1;
            // The derogation goes with the record around it.
            let claimed = |entry: &&Entry| entry.id == "eu-ai-act-derogation" && "/system/eu_ai_act".starts_with(path.as_str());
            for was in before.entries.iter().filter(holds).filter(|entry| !claimed(entry)) {
                let is = entry(&after, was.id);
                assert!(holds(&is), "{role}: without {path}, `{}` does not apply: {:?}", was.id, is.applies);
                // Nor does a condition vanish, except with the launch that it depends on.
                if let (Applies::Undecided { only_if: Some(_), .. }, Applies::Yes) = (&was.applies, &is.applies) {
                    panic!("{role}: without {path}, `{}` applies without its condition", was.id);
                }
            }
        }
        assert!(tried > 30, "{tried}");
    }
}

// The rule and the pages

fn soon(text: &str, args: &[&str]) -> Vec<String> {
    let mut all = vec!["check", "--select", "GOV009", "--format", "json", "m.caveat.yaml"];
    all.extend(args);
    let output = Desk::new().with("m.caveat.yaml", text).run(&all);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").clone();
    let of_rule = findings.iter().filter(|finding| finding["rule"] == "GOV009");
    of_rule
        .map(|finding| {
            format!("{} {}", finding["verdict"].as_str().unwrap_or_default(), finding["message"].as_str().unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_duty_is_mentioned_from_the_horizon_to_its_last_day_of_grace() {
    let text = provider("DE", &GENERATES.replace("2026-09-01", "2026-07-01"));
    let marking = |left: u32| {
        vec![format!(
            "info a duty starts on 2026-12-02 (days left: {left}): Mark generated audio, images, video and text in a form that machines can \
             read (EU AI Act, Art. 50(2)); the date is from secondary sources"
        )]
    };
    let none: Vec<String> = Vec::new();
    for (day, found) in
        [("2026-06-04", none.clone()), ("2026-06-05", marking(180)), ("2026-12-01", marking(1)), ("2026-12-02", none.clone())]
    {
        assert_eq!(soon(&text, &["--as-of", day]), found, "{day}");
    }
    let config = "options:\n  duty-starts-soon: {horizon: P3D}\n";
    let output = |day: &str| {
        let desk = Desk::new().with("m.caveat.yaml", &text).with(".caveat.yaml", config);
        out(&desk.run(&["check", "--select", "GOV009", "--format", "compact", "--as-of", day, "m.caveat.yaml"]))
    };
    assert!(!output("2026-11-28").contains("GOV009"));
    assert!(output("2026-11-29").contains("GOV009"));
}

#[test]
fn nothing_is_asked_where_only_the_place_points_to_a_duty() {
    assert_eq!(soon("organization: {country: DE}\nsystem: {}\n", &["--as-of", "2026-11-28"]), Vec::<String>::new());
    assert_eq!(soon(&format!("system: {{{GENERATES}}}\n"), &["--as-of", "2026-11-28"]), Vec::<String>::new());
    assert_eq!(soon(&provider("BR", GENERATES), &["--as-of", "2026-11-28"]), Vec::<String>::new());
    let asked = soon("organization: {country: DE}\nsystem: {outputs: [text], launch: 2026-07-01}\n", &["--as-of", "2026-11-28"]);
    assert_eq!(asked, ["unknown cannot tell: `system.eu_ai_act.role` is not declared"]);
}

#[test]
fn a_control_shows_the_duties_that_belong_to_it() {
    let ids = |text: &str| {
        let reference = Reference::parse(text).expect("a framework").expect("a control");
        duties_of(&reference).iter().map(|duty| duty.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids("eu_ai_act:Art. 50(2)"), ["eu-ai-act-marking", "eu-ai-act-emotion-notice"]);
    assert_eq!(ids("gdpr:Art. 5(1)(c)"), ["gdpr-principles"]);
    assert_eq!(ids("eu_ai_act:Art. 50").len(), 4);
    assert!(ids("cwe").is_empty());
    let page = out(&Desk::new().run(&["explain", "eu_ai_act:Art. 14", "--format", "markdown"]));
    assert!(page.contains("## In force\n\n- from 2027-12-02, launched before 2027-12-02 only if its design"), "{page}");
    assert!(!out(&Desk::new().run(&["explain", "owasp_llm_2025:LLM02"])).contains("In force"));
}

#[test]
fn facts_show_the_duties_of_a_manifest() {
    let desk = Desk::new().with("m.yaml", fixture(BAD));
    let mut args = vec!["facts", "m.yaml", "--format", "json"];
    args.extend(DAY);
    let facts: Value = serde_json::from_slice(&desk.run(&args).stdout).expect("JSON");
    let rows = facts["duties"].as_array().expect("rows");
    let row = |id: &str| rows.iter().find(|row| row["id"] == id);
    let literacy = row("eu-ai-act-literacy").expect("a row");
    assert_eq!(literacy["applies"], true);
    assert_eq!(literacy["selected_by"], json!(["organization.country", "system.eu_ai_act.role"]));
    assert_eq!(row("eu-ai-act-deep-fakes").expect("a row")["applies"], json!({"undeclared": ["system.outputs"]}));
    // A deployer does not mark what a provider has to mark.
    assert!(row("eu-ai-act-marking").is_none());
}
