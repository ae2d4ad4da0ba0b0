//! The log against the official schema, and what the schema cannot express.

use std::path::Path;

use serde_json::{Value, json};

use super::location::uri;
use super::render;
use crate::finding::{Finding, Verdict};
use crate::render::sample;
use crate::report::Report;

fn log(report: &Report) -> Value {
    serde_json::from_str(&render(report)).expect("JSON")
}

fn run() -> Value {
    log(&sample::report())["runs"][0].take()
}

/// The official schema, which is not part of the package.
#[expect(clippy::print_stderr, reason = "a test that does nothing has to say so")]
fn official() -> Option<jsonschema::Validator> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/schemas/sarif-2.1.0.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: the official SARIF schema is not at {}", path.display());
        return None;
    };
    // Its pattern for languages, which are not used here, has a bracket too many to be an expression.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema = serde_json::from_str(&text).expect("JSON");
    Some(jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema"))
}

fn errors(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn fits_the_official_schema() {
    let Some(schema) = official() else { return };
    assert_eq!(errors(&schema, &log(&sample::report())), [""; 0]);
    assert_eq!(errors(&schema, &log(&sample::empty())), [""; 0]);
}

#[test]
fn the_official_schema_refuses_what_it_should() {
    let Some(schema) = official() else { return };
    let wrong = |pointer: &str, value: Value| {
        let mut log = log(&sample::report());
        *log.pointer_mut(pointer).expect("a member") = value;
        assert_ne!(errors(&schema, &log), [""; 0], "{pointer} may not be anything");
    };
    wrong("/version", json!("2.0.0"));
    wrong("/runs/0/tool/driver", json!({}));
    wrong("/runs/0/results/0/level", json!("high"));
    wrong("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0));
    wrong("/runs/0/artifacts/0/location/uri", json!(null));
    wrong("/runs/0/taxonomies/0/guid", json!("none"));
}

#[test]
fn kinds_and_levels_agree() {
    let run = run();
    let told: Vec<_> = run["results"].as_array().expect("a list").iter().map(|r| [&r["kind"], &r["level"]]).collect();
    assert_eq!(
        json!(told),
        json!([
            ["open", "none"],
            ["fail", "error"],
            ["informational", "none"],
            ["fail", "warning"],
            ["fail", "note"],
            ["fail", "error"]
        ]),
        "§3.27.10: a level other than none only with fail"
    );
    assert_eq!(run["results"][0]["properties"]["verdict"], "unknown");
    assert_eq!(run["results"][0]["properties"]["severity"], "medium");
    let missing = json!([
        {"path": "oversight.review", "stated": "absent"},
        {"path": "oversight.covers", "stated": "unknown"},
    ]);
    assert_eq!(run["results"][0]["properties"]["missing"], missing);
}

#[test]
fn indexes_point_at_what_they_name() {
    let run = run();
    for result in run["results"].as_array().expect("a list") {
        let index = result["ruleIndex"].as_u64().expect("an index");
        assert_eq!(run["tool"]["driver"]["rules"][usize::try_from(index).expect("small")]["id"], result["ruleId"]);
        let at = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let index = usize::try_from(at["index"].as_u64().expect("an index")).expect("small");
        assert_eq!(&run["artifacts"][index]["location"], at);
    }
    for rule in run["tool"]["driver"]["rules"].as_array().expect("a list") {
        for relationship in rule["relationships"].as_array().into_iter().flatten() {
            let target = &relationship["target"];
            let is_it = |taxonomy: &&Value| taxonomy["guid"] == target["toolComponent"]["guid"];
            let taxonomy = run["taxonomies"].as_array().expect("a list").iter().find(is_it).expect("a taxonomy");
            let index = usize::try_from(target["index"].as_u64().expect("an index")).expect("small");
            assert_eq!(taxonomy["taxa"][index]["id"], target["id"]);
        }
    }
}

#[test]
fn a_place_is_a_file_a_region_and_a_node() {
    let run = run();
    let at = &run["results"][1]["locations"][0];
    let file = json!({"uri": "ai%20models/caveat.yaml", "uriBaseId": "%SRCROOT%", "index": 0});
    assert_eq!(at["physicalLocation"]["artifactLocation"], file);
    let needle = "{id: mandate, classification: confidential}";
    let offset = sample::MANIFEST.find(needle).expect("present");
    let region = json!({
        "startLine": 6, "startColumn": 5, "endLine": 6, "endColumn": 5 + needle.len(),
        "byteOffset": offset, "byteLength": needle.len(),
    });
    assert_eq!(at["physicalLocation"]["region"], region);
    assert_eq!(at["logicalLocations"], json!([{"fullyQualifiedName": "datasets[0]"}]));
    let hop = &run["results"][1]["relatedLocations"][2];
    assert_eq!(hop["id"], 3);
    // `ü` is one column and two bytes.
    let columns = hop["physicalLocation"]["region"]["endColumn"].as_u64().expect("a number") - 5;
    assert_eq!(hop["physicalLocation"]["region"]["byteLength"], columns + 1);
}

#[test]
fn paths_become_code_flows_and_every_other_place_has_a_message() {
    let run = run();
    let violation = &run["results"][1];
    let steps = violation["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("a list");
    let told: Vec<_> = steps.iter().map(|step| &step["location"]["message"]["text"]).collect();
    assert_eq!(json!(told), json!(["training to `entwurf`", "answers to `büro`"]));
    let related = violation["relatedLocations"].as_array().expect("a list");
    let told: Vec<_> = related.iter().map(|place| &place["message"]["text"]).collect();
    assert_eq!(json!(told), json!(["flows[0].purpose", "training to `entwurf`", "answers to `büro`"]));
    assert!(run["results"][0].get("codeFlows").is_none() && run["results"][0].get("relatedLocations").is_none());
}

#[test]
fn messages_are_text_and_say_what_to_do() {
    let told = run()["results"][1]["message"]["text"].as_str().expect("text").to_owned();
    assert!(told.ends_with(" [here\\](http://example.com) {{0}}`\nKeep client records out of weights."), "{told}");
    let text = render(&sample::report());
    assert!(text.contains("<script>alert(1)</script>\\u001b[31m"), "escaped as JSON, not lost");
}

#[test]
fn a_run_fails_where_something_could_not_be_read() {
    let invocation = |report: &Report| log(report)["runs"][0]["invocations"][0].take();
    let told = invocation(&sample::report());
    assert_eq!(told["executionSuccessful"], false);
    let notifications = told["toolExecutionNotifications"].as_array().expect("a list");
    let levels: Vec<_> = notifications.iter().map(|n| [&n["descriptor"]["id"], &n["level"]]).collect();
    assert_eq!(json!(levels), json!([["unread", "error"], ["unchecked", "warning"], ["stale", "note"]]));
    assert_eq!(notifications[1]["associatedRule"], json!({"id": "E009", "index": 0}));

    let syntax_only = Report { failures: Vec::new(), ..sample::report() };
    assert_eq!(invocation(&syntax_only)["executionSuccessful"], true, "a finding is what the run was to find");

    let limit = |finding: Finding| match finding.verdict {
        Verdict::Error => Finding { rule: "E012".into(), ..finding },
        _ => finding,
    };
    let findings = sample::report().findings.into_iter().map(limit).collect();
    let told = invocation(&Report { failures: Vec::new(), findings, ..sample::report() });
    assert_eq!(told["executionSuccessful"], false);
    assert_eq!(told["toolExecutionNotifications"][0]["level"], "error");
    assert!(told["toolExecutionNotifications"][0].get("associatedRule").is_none(), "E012 is not described");
}

#[test]
fn rules_carry_what_code_scanning_reads() {
    let rules = run()["tool"]["driver"]["rules"].take();
    let leak = &rules[2];
    assert_eq!(leak["help"]["markdown"], "# LEAK001\n\nWhy, with an example: `{id: a}`.\n");
    assert_eq!(leak["properties"]["security-severity"], "9.5");
    assert_eq!(leak["properties"]["problem.severity"], "error");
    let tags = ["security", "data-leakage", "external/cwe/cwe-1426", "external/cwe/cwe-200"];
    assert_eq!(leak["properties"]["tags"], json!(tags));
    assert_eq!(rules[0]["properties"]["tags"], json!(["manifest"]));
    assert!(rules[0]["properties"].get("security-severity").is_none(), "a syntax error is no weakness");
    assert_eq!(rules[3]["defaultConfiguration"]["level"], "note");
}

#[test]
fn taxonomies_hold_what_rules_refer_to() {
    let run = run();
    let ids = |taxonomy: &Value| -> Vec<Value> {
        taxonomy["taxa"].as_array().expect("a list").iter().map(|taxon| taxon["id"].clone()).collect()
    };
    let [owasp, cwe] = [&run["taxonomies"][0], &run["taxonomies"][1]];
    assert_eq!(ids(owasp), ["LLM02", "LLM04", "LLM09"]);
    assert_eq!(ids(cwe), ["CWE-200", "CWE-1426"]);
    assert_eq!(cwe["taxa"][0]["helpUri"], "https://cwe.mitre.org/data/definitions/200.html");
    assert_eq!(run["tool"]["driver"]["supportedTaxonomies"][1]["guid"], cwe["guid"]);
    assert!(log(&sample::empty())["runs"][0].get("taxonomies").is_none());
}

#[test]
fn names_become_uris() {
    let of = |name| {
        let (uri, absolute) = uri(name);
        format!("{uri} {absolute}")
    };
    assert_eq!(of("./größe/a b#1.yaml"), "gr%C3%B6%C3%9Fe/a%20b%231.yaml false");
    assert_eq!(of("c:x.yaml"), "c%3Ax.yaml false");
    assert_eq!(of("../100%.yaml"), "../100%25.yaml false");
    assert_eq!(of("<stdin>"), "%3Cstdin%3E false");
    assert_eq!(of("/srv/a b.yaml"), "file:///srv/a%20b.yaml true");
    assert_eq!(of("C:/a.yaml"), "file:///C:/a.yaml true");
    assert_eq!(of("//host/share/a.yaml"), "file://host/share/a.yaml true");
}

#[test]
fn is_the_same_text_every_time_and_ends_with_a_line_break() {
    let text = render(&sample::report());
    assert_eq!(text, render(&sample::report()));
    assert!(text.ends_with("}\n"));
    let run = run();
    assert_eq!(run["properties"]["as_of"], "2026-11-23");
    assert_eq!(run["properties"]["outcomes"]["passed"], 2);
    let fingerprint = run["results"][1]["partialFingerprints"]["caveat/v1"].as_str().expect("text").len();
    assert_eq!(fingerprint, 32);
}

#[test]
fn a_suppressed_result_says_why_and_until_when() {
    let run = run();
    let accepted = &run["results"][3];
    assert_eq!(accepted["suppressions"][0]["kind"], "inSource");
    assert_eq!(accepted["suppressions"][0]["status"], "accepted");
    assert_eq!(accepted["suppressions"][0]["location"]["physicalLocation"]["region"]["startLine"], 5);
    assert_eq!(accepted["suppressions"][0]["properties"], json!({"kind": "comment", "owner": "it-lead", "until": "2027-03-31"}));
    assert_eq!(accepted["baselineState"], "new");
    let replacement = &accepted["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "replicas: 2");
    let known = &run["results"][4];
    assert_eq!((&known["suppressions"][0]["kind"], &known["baselineState"]), (&json!("external"), &json!("unchanged")));
    assert!(run["results"][1].get("suppressions").is_none(), "§3.27.23: only where something is suppressed");
}
