//! Every limit can be set, and one that is exceeded ends the run with status 2 and says so.

mod common;

use common::{Desk, code, fixture, out};

fn with(limits: &str, manifest: &str) -> (i32, String) {
    let desk = Desk::new().with(".caveat.yaml", format!("limits: {limits}\n")).with("caveat.yaml", manifest);
    let output = desk.run(&["check", "--as-of", "2026-11-23", "--format", "compact"]);
    (code(&output), out(&output) + &common::err(&output))
}

#[test]
fn what_exceeds_a_limit_is_an_error_and_ends_with_status_2() {
    let manifest = fixture("tax-assistant.yaml");
    assert_eq!(with("{}", &manifest).0, 1, "nothing is exceeded");
    for (limits, said) in [
        ("{file_size: 1000}", "bytes"),
        ("{depth: 2}", "more than 2 nested collections"),
        ("{nodes: 100}", "more than 100 nodes"),
        ("{visits: 100}", "more than 100 values"),
        ("{findings: 10}", "more than 10 findings"),
        ("{steps: 1000}", "more than 1000 steps"),
    ] {
        let (status, text) = with(limits, &manifest);
        assert_eq!(status, 2, "{limits}: {text}");
        assert!(text.contains(said), "{limits}: {text}");
    }
}

#[test]
fn mistakes_are_findings_and_counted() {
    let keys = (0..50).map(|at| format!("k{at}: 1\n")).collect::<Vec<_>>().concat();
    let twice: String = (0..50).map(|_| "a: 1\n").collect();
    for manifest in
        [format!("system: {{id: s}}\n{keys}"), format!("system: {{id: s}}\nx-twice:\n  {}", twice.replace('\n', "\n  "))]
    {
        let (status, text) = with("{findings: 10}", &manifest);
        assert_eq!(status, 2, "{text}");
        assert!(text.contains("more than 10 mistakes"), "{text}");
        assert!(text.lines().count() < 20, "{text}");
    }
}

#[test]
fn the_findings_of_a_file_are_counted_over_its_documents() {
    let document = "system: {id: s, a1: 1, a2: 1, a3: 1, a4: 1, a5: 1, a6: 1}\n";
    let text = vec![document; 40].join("---\n");
    let desk = Desk::new().with("caveat.yaml", text).with(".caveat.yaml", "limits: {findings: 20}\n");
    let output = desk.run(&["check", "--format", "json"]);
    assert_eq!(code(&output), 2);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|finding| finding["rule"] == "E012"));
    assert!(findings.len() <= 40, "{}", findings.len());
}
