//! What has to hold for every picture, on pictures made up at random.

use proptest::prelude::*;
use proptest::sample::select;
use roxmltree::Document;

use super::layout::{BOLD, Cell, NAME};
use super::{Plan, flow, standalone};
use crate::facts::flow::{Fate, Leak, Line, Picture, Spot, Tag};
use crate::manifest::describe::Section;
use crate::render::svg::text::width;

fn spot(id: &str, section: Section, kind: &str) -> Spot {
    Spot { id: id.to_owned(), section, kind: Some(kind.to_owned()) }
}

fn line(from: &str, to: &str) -> Line {
    Line {
        from: from.to_owned(),
        to: to.to_owned(),
        purpose: "inference".to_owned(),
        declared: true,
        controls: Vec::new(),
        labels: Vec::new(),
        memory: Vec::new(),
        leaks: Vec::new(),
    }
}

fn leak(dataset: &str, actor: &str, certain: bool) -> Leak {
    Leak { dataset: dataset.to_owned(), actor: actor.to_owned(), memory: false, certain }
}

/// Names as people give them, and as somebody gives them who wants to break the page.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z]{2,9}(-[a-z0-9]{2,9}){0,4}",
        1 => ".{0,40}",
        1 => select(vec![
            "<script>alert(1)</script>".to_owned(),
            "\"'&<>\u{0}\u{1b}[31m".to_owned(),
            "\u{202e}evil\u{2066}".to_owned(),
            "x".repeat(200),
            "משרד-עורכי-דין".to_owned(),
            "👩\u{200d}💻🧾".to_owned(),
        ]),
    ]
}

prop_compose! {
    fn picture()(
        names in prop::collection::vec((name(), 0_usize..6, select(vec!["app", "log_store", "customers", "a_kind_with_a_very_long_name"])), 0..40)
    )(
        ends in prop::collection::vec((0..names.len().max(1), 0..names.len().max(1), 0_u8..8), 0..names.len() * 3 / 2 + 1),
        names in Just(names)
    ) -> Picture {
        let sections = [Section::Datasets, Section::Models, Section::Actors, Section::Components, Section::Parties, Section::Components];
        // Ids are unique in a manifest.
        let nodes: Vec<Spot> =
            names.iter().enumerate().map(|(at, (name, section, kind))| spot(&format!("{name}{at}"), sections[*section], kind)).collect();
        let edges = ends.iter().filter(|_| !nodes.is_empty()).map(|(from, to, look)| {
            let (from, to) = (&nodes[*from].id, &nodes[*to].id);
            let tag = |fate| vec![Tag { dataset: from.clone(), sensitive: Some(true), fate }];
            let mut line = line(from, to);
            match look {
                0 | 1 => line.leaks = vec![leak(from, to, *look == 0)],
                2 => line.labels = tag(Fate::Passes),
                3 => line.labels = tag(Fate::Stopped),
                4 => line.declared = false,
                _ => {}
            }
            line
        });
        Picture { edges: edges.collect(), nodes }
    }
}

fn apart(a: &Cell, b: &Cell) -> bool {
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
}

fn inside(cell: &Cell, (x, y): (f64, f64)) -> bool {
    x > cell.x + 1.0 && x < cell.x + cell.width - 1.0 && y > cell.y + 1.0 && y < cell.y + cell.height - 1.0
}

/// Whether a point is on the outline of a node, no further inside than its corners are round or lean.
fn on_edge(cell: &Cell, (x, y): (f64, f64)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 21.0;
    let within = x >= cell.x - 1.0 && x <= cell.x + cell.width + 1.0 && y >= cell.y - 1.0 && y <= cell.y + cell.height + 1.0;
    within && (near(x, cell.x) || near(x, cell.x + cell.width) || near(y, cell.y) || near(y, cell.y + cell.height))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nodes_are_apart_and_edges_meet_their_own_nodes_only(picture in picture()) {
        let plan = Plan::of(&picture, "p");
        let cells: Vec<(usize, &Cell)> = plan.layout.cells.iter().enumerate().filter_map(|(at, cell)| Some((at, cell.as_ref()?))).collect();
        for (at, (_, a)) in cells.iter().enumerate() {
            for (_, b) in &cells[at + 1..] {
                prop_assert!(apart(a, b), "{a:?} {b:?}");
            }
        }
        for (strand, course) in plan.graph.strands.iter().zip(&plan.layout.courses) {
            let (first, last) = (course.stretches[0].from, course.stretches[course.stretches.len() - 1].to);
            let (start, end) = if course.back { (last, first) } else { (first, last) };
            for (node, point) in [(strand.from, start), (strand.to, end)] {
                let cell = plan.layout.cells[node].as_ref().expect("a node that an edge touches");
                prop_assert!(on_edge(cell, point), "{point:?} {cell:?}");
            }
            for stretch in &course.stretches {
                for step in 0..=20_u32 {
                    let point = stretch.point(f64::from(step) / 20.0);
                    for (node, cell) in cells.iter().filter(|(node, _)| *node != strand.from && *node != strand.to) {
                        prop_assert!(!inside(cell, point), "{strand:?} crosses {node} at {point:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn names_fit_into_their_nodes(picture in picture()) {
        let plan = Plan::of(&picture, "p");
        for cell in plan.layout.cells.iter().flatten() {
            for line in &cell.name {
                prop_assert!(width(line, NAME) * BOLD <= cell.width - 10.0, "{line:?} in {}", cell.width);
            }
        }
    }

    #[test]
    fn drawings_are_well_formed_whole_and_the_same_each_time(picture in picture()) {
        let drawn = flow(&picture, "p");
        prop_assert_eq!(&drawn, &flow(&picture, "p"));
        let document = Document::parse(&drawn.svg).expect("well-formed");
        let known = ["svg", "title", "desc", "g", "path", "line", "rect", "polygon", "text"];
        let mut ids = std::collections::BTreeSet::new();
        for element in document.descendants().filter(roxmltree::Node::is_element) {
            prop_assert!(known.contains(&element.tag_name().name()), "{element:?}");
            prop_assert!(element.attributes().all(|attribute| !attribute.name().starts_with("on")));
            if let Some(id) = element.attribute("id") {
                prop_assert!(id.starts_with("p-") && ids.insert(id), "{id}");
            }
        }
        prop_assert_eq!(drawn.edges.len(), picture.edges.len());
        for (at, edge) in drawn.edges.iter().enumerate() {
            prop_assert_eq!(edge.number, at + 1);
            prop_assert!(ids.contains(edge.anchor.as_str()));
        }
        prop_assert!(Document::parse(&standalone(&picture)).is_ok());
    }
}

#[test]
fn a_leak_is_a_double_line_and_its_ends_are_marked() {
    let mut leaking = line("files", "visitors");
    leaking.leaks = vec![leak("files", "visitors", true)];
    let mut open = line("wiki", "visitors");
    open.leaks = vec![leak("wiki", "visitors", false)];
    let nodes = vec![
        spot("files", Section::Datasets, "prompts"),
        spot("wiki", Section::Datasets, "prompts"),
        spot("visitors", Section::Actors, "public"),
    ];
    let drawn = flow(&Picture { nodes, edges: vec![leaking, open] }, "p");
    let document = Document::parse(&drawn.svg).expect("well-formed");
    let count =
        |class: &str| document.descendants().filter(|node| node.attribute("class").is_some_and(|found| found == class)).count();
    // One in the picture and one in the legend.
    assert_eq!((count("cv-edge cv-leak"), count("cv-core"), count("cv-edge cv-perhaps")), (2, 2, 2));
    assert_eq!(count("cv-end"), 2, "the source and those whom it reaches");
    let said = document.descendants().find(|node| node.has_tag_name("desc")).and_then(|node| node.text());
    assert_eq!(
        said,
        Some(
            "3 nodes and 2 edges between them. 1 edge on the way of sensitive data to people who are not entitled to it: \
             files to visitors. Undecided: wiki to visitors."
        )
    );
}

#[test]
fn edges_between_the_same_two_nodes_share_a_line_and_keep_their_numbers() {
    let nodes = vec![spot("a", Section::Components, "app"), spot("b", Section::Components, "app")];
    let drawn = flow(&Picture { nodes, edges: vec![line("a", "b"), line("b", "a"), line("a", "b")] }, "p");
    let anchors: Vec<&str> = drawn.edges.iter().map(|edge| edge.anchor.as_str()).collect();
    assert_eq!(anchors, ["p-e1", "p-e1", "p-e3"]);
    let document = Document::parse(&drawn.svg).expect("well-formed");
    let numbers = document.descendants().filter(|node| node.attribute("class") == Some("cv-number"));
    assert_eq!(numbers.filter_map(|node| node.text()).collect::<Vec<_>>(), ["1–2", "3"]);
}

#[test]
fn a_chain_that_a_page_has_no_room_for_runs_down() {
    let names: Vec<String> = (0..14).map(|at| format!("station-{at}")).collect();
    let nodes: Vec<Spot> = names.iter().map(|name| spot(name, Section::Components, "app")).collect();
    let edges: Vec<Line> = names.windows(2).map(|pair| line(&pair[0], &pair[1])).collect();
    let short = Picture { nodes: nodes[..4].to_vec(), edges: edges[..3].to_vec() };
    assert!(!Plan::of(&short, "p").layout.down);
    let plan = Picture { nodes, edges };
    let plan = Plan::of(&plan, "p");
    assert!(plan.layout.down && plan.layout.width <= super::layout::PAGE);
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let drawn = flow(&Picture { nodes: Vec::new(), edges: Vec::new() }, "p");
    assert!(drawn.edges.is_empty());
    assert!(drawn.svg.contains("Nothing is declared"));
}
