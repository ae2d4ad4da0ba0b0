//! Bars are in proportion, and what is not known is never drawn as nothing.

use roxmltree::{Document, Node};

use super::{capacity, costs, growth};
use crate::estimate::{Cost, Estimate, Growth, Host, Now, Point, Quantity, Sizing};

fn known(value: f64) -> Quantity {
    Quantity { value: Some(value), unbounded: false, missing: Vec::new() }
}

fn unknown() -> Quantity {
    Quantity { value: None, unbounded: false, missing: vec!["x".to_owned()] }
}

fn cost(kind: &'static str, now: Quantity, planned: Quantity, budget: Option<Quantity>) -> Cost {
    Cost { kind, now, planned, budget, computed: true, worked: None, steps: Vec::new() }
}

fn estimate() -> Estimate {
    let sum = |now, planned| Now { name: "total", unit: "money", now, planned };
    Estimate {
        file: "caveat.yaml".to_owned(),
        as_of: "2026-11-23".to_owned(),
        set: Vec::new(),
        currency: "EUR".to_owned(),
        demand: vec![Now { name: "users", unit: "users", now: known(1000.0), planned: known(4000.0) }],
        hosts: Vec::new(),
        not_sized: Vec::new(),
        growth: None,
        sensitivity: Vec::new(),
        costs: vec![
            cost("inference_compute", known(500.0), known(2000.0), Some(known(1000.0))),
            cost("people", unknown(), known(0.0), None),
            cost("support", known(20.0), known(20.0), None),
        ],
        total: sum(unknown(), known(2000.0)),
        known: sum(known(500.0), known(2000.0)),
        budget: None,
    }
}

fn with<'d>(document: &'d Document<'_>, class: &str) -> Vec<Node<'d, 'd>> {
    let class = class.to_owned();
    document.root_element().descendants().filter(move |node| node.attribute("class") == Some(class.as_str())).collect()
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).expect("a number")
}

fn texts(document: &Document<'_>) -> Vec<String> {
    document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text().map(str::to_owned)).collect()
}

#[test]
fn bars_are_in_proportion() {
    let svg = costs(&estimate(), "p").expect("a chart");
    let document = Document::parse(&svg).expect("well-formed");
    let now = number(with(&document, "cv-bar")[0], "width");
    let planned: Vec<f64> = with(&document, "cv-bar cv-planned").into_iter().map(|bar| number(bar, "width")).collect();
    assert!((planned[0] / now - 4.0).abs() < 0.02, "{now} {planned:?}");
    assert_eq!(planned[1], 0.0, "a cost of 0 is known");
    // The budget is half way along the planned bar.
    let limit = number(with(&document, "cv-limit")[0], "x1");
    let start = number(with(&document, "cv-bar")[0], "x");
    assert!(((limit - start) / planned[0] - 0.5).abs() < 0.01);
    assert!(texts(&document).contains(&"2,000 planned, over budget".to_owned()), "{:?}", texts(&document));
}

#[test]
fn what_is_not_known_is_hatched_and_said() {
    let svg = costs(&estimate(), "p").expect("a chart");
    let document = Document::parse(&svg).expect("well-formed");
    let hatched = with(&document, "cv-hatched");
    assert_eq!(hatched.len(), 1);
    assert!(number(hatched[0], "width") > 20.0);
    assert_eq!(hatched[0].attribute("fill"), Some("url(#p-hatch)"));
    let texts = texts(&document);
    assert!(texts.contains(&"not known today".to_owned()) && texts.contains(&"0 planned".to_owned()), "{texts:?}");
    assert!(texts.contains(&"known so far".to_owned()) && texts.contains(&"1 not known".to_owned()), "{texts:?}");
}

#[test]
fn a_sum_of_nothing_is_not_drawn() {
    let mut estimate = estimate();
    estimate.costs = vec![cost("people", unknown(), known(5.0), None)];
    estimate.known.now = known(-0.0);
    let svg = costs(&estimate, "p").expect("a chart");
    assert!(!texts(&Document::parse(&svg).expect("well-formed")).contains(&"known so far".to_owned()));
}

#[test]
fn there_is_no_chart_of_nothing_known() {
    let mut estimate = estimate();
    estimate.costs = vec![cost("people", unknown(), unknown(), None)];
    assert_eq!(costs(&estimate, "p"), None);
    estimate.costs.clear();
    estimate.known.now = known(-0.0);
    assert_eq!(costs(&estimate, "p"), None);
    assert_eq!(growth(&estimate, "p"), None);
    assert_eq!(capacity(&estimate, "p"), None);
}

fn grown(carried: Quantity, saturation: Quantity) -> Estimate {
    let point =
        |month: f64| Point { month, users: 1000.0 * 4_f64.powf(month / 12.0), linear: 1000.0 + 250.0 * month, replicas: None };
    let growth = Growth {
        users: 1000.0,
        planned: 4000.0,
        months: 12.0,
        carried,
        saturation,
        saturation_linear: unknown(),
        points: (0..=12_u32).map(|month| point(f64::from(month))).collect(),
    };
    Estimate { growth: Some(growth), ..estimate() }
}

#[test]
fn growth_is_marked_where_it_is_too_much() {
    // 1000 × 4^(6/12) = 2000.
    let svg = growth(&grown(known(2000.0), known(6.0)), "p").expect("a chart");
    let document = Document::parse(&svg).expect("well-formed");
    let (crossing, dots) = (with(&document, "cv-crossing")[0], with(&document, "cv-dot"));
    assert_eq!(number(crossing, "cx"), number(dots[6], "cx"));
    assert_eq!(number(crossing, "cy"), number(dots[6], "cy"));
    assert!(texts(&document).contains(&"outgrown after 6 months".to_owned()));
    // Heights above the axis are in proportion.
    let axis = number(with(&document, "cv-axis")[0], "y1");
    let height = |at: usize| axis - number(dots[at], "cy");
    assert!((height(12) / height(0) - 4.0).abs() < 0.02);
}

#[test]
fn growth_without_a_known_limit_has_no_limit_at_nothing() {
    let svg = growth(&grown(unknown(), unknown()), "p").expect("a chart");
    let document = Document::parse(&svg).expect("well-formed");
    assert!(with(&document, "cv-limit").is_empty() && with(&document, "cv-above").is_empty());
    assert!(texts(&document).contains(&"users carried: not known".to_owned()));
    let far = growth(&grown(known(1e6), unknown()), "p").expect("a chart");
    assert!(texts(&Document::parse(&far).expect("well-formed")).contains(&"carried: 1,000,000, above this chart".to_owned()));
}

#[test]
fn capacity_shows_ranges_and_what_is_not_known() {
    let sizing = |name, unit, [best, expected, worst]: [Quantity; 3]| Sizing { name, meaning: "", unit, best, expected, worst };
    let gib = |value: f64| known(value * 1_073_741_824.0);
    let host = Host {
        id: "<box>".to_owned(),
        model: "m".to_owned(),
        limit: None,
        replicas: known(1.0),
        replicas_planned: unknown(),
        figures: vec![
            sizing("weights", "bytes", [gib(16.0), gib(16.0), gib(16.0)]),
            sizing("context", "bytes", [gib(4.0), gib(4.0), gib(4.0)]),
            sizing("usable", "bytes", [gib(24.0), gib(22.0), gib(18.0)]),
            sizing("carried", "users", [unknown(), unknown(), unknown()]),
        ],
        steps: Vec::new(),
    };
    let svg = capacity(&Estimate { hosts: vec![host], ..estimate() }, "p").expect("a chart");
    let document = Document::parse(&svg).expect("well-formed");
    let (weights, context, range) =
        (with(&document, "cv-bar")[0], with(&document, "cv-bar cv-planned")[0], with(&document, "cv-range")[0]);
    let unit = number(weights, "width") / 16.0;
    assert!((number(context, "width") - 4.0 * unit).abs() < 0.2);
    assert!((number(range, "x") - number(weights, "x") - 18.0 * unit).abs() < 0.2);
    assert!((number(range, "width") - 6.0 * unit).abs() < 0.2);
    let texts = texts(&document);
    for said in [
        "20 GiB needed",
        "22 GiB usable",
        "from 18 GiB to 24 GiB; too little in the worst case",
        "carried: not known",
        "4,000 planned",
    ] {
        assert!(texts.contains(&said.to_owned()), "{said}: {texts:?}");
    }
    assert_eq!(with(&document, "cv-range").len(), 1, "no range where nothing is known");
}
