//! The deployment as a picture: Mermaid for pages that draw it, DOT for Graphviz.
//!
//! Data is named on the edges it travels, and so is what a model remembers; what is redacted stands in
//! brackets, what a control stops behind scissors, what only something undeclared decides has a question
//! mark. Edges on which sensitive data passes are thick, those on which everything is stopped broken.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::text::is_control;
use crate::facts::flow::{Fate, Line, Picture, Spot};
use crate::manifest::describe::Section;

/// A Mermaid flowchart.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    let numbers = numbers(picture);
    for (at, spot) in picture.nodes.iter().enumerate() {
        let (open, close) = match spot.section {
            Section::Datasets => ("[(", ")]"),
            Section::Actors => ("([", "])"),
            Section::Models => ("{{", "}}"),
            Section::Parties => ("[[", "]]"),
            _ => ("[", "]"),
        };
        let _ = writeln!(out, "  n{at}{open}\"{}\"{close}", quote(&spot.id));
    }
    let mut styles = String::new();
    for (at, line) in picture.edges.iter().filter(|line| known(&numbers, line)).enumerate() {
        let arrow = match weight(line) {
            Weight::Leaks => "==>",
            Weight::Calm => "-->",
            Weight::Implied => "-.->",
        };
        let (from, to) = (numbers[line.from.as_str()], numbers[line.to.as_str()]);
        let _ = writeln!(out, "  n{from} {arrow}|\"{}\"| n{to}", quote(&caption(line)));
        if cut(line) {
            let _ = writeln!(styles, "  linkStyle {at} stroke-dasharray:2");
        }
    }
    out + &styles
}

/// A Graphviz graph.
pub fn dot(picture: &Picture) -> String {
    let mut out = String::from(
        "digraph deployment {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    let numbers = numbers(picture);
    for (at, spot) in picture.nodes.iter().enumerate() {
        let shape = match spot.section {
            Section::Datasets => "cylinder",
            Section::Actors => "oval",
            Section::Models => "hexagon",
            Section::Parties => "box3d",
            _ => "box",
        };
        let _ = writeln!(out, "  n{at} [label=\"{}\", shape={shape}];", escape(&spot.id));
    }
    for line in picture.edges.iter().filter(|line| known(&numbers, line)) {
        let style = match weight(line) {
            Weight::Leaks => "penwidth=2.5",
            Weight::Calm => "penwidth=1",
            Weight::Implied => "style=dashed",
        };
        let style = if cut(line) { "style=dotted" } else { style };
        let (from, to) = (numbers[line.from.as_str()], numbers[line.to.as_str()]);
        let _ = writeln!(out, "  n{from} -> n{to} [label=\"{}\", {style}];", escape(&caption(line)));
    }
    out.push_str("}\n");
    out
}

enum Weight {
    /// Sensitive data passes.
    Leaks,
    Calm,
    /// No flow declares it, and nothing sensitive passes.
    Implied,
}

fn weight(line: &Line) -> Weight {
    let passes = |fate: Fate| matches!(fate, Fate::Passes | Fate::Undecided);
    if !line.memory.is_empty() || line.labels.iter().any(|label| label.sensitive != Some(false) && passes(label.fate)) {
        Weight::Leaks
    } else if line.declared {
        Weight::Calm
    } else {
        Weight::Implied
    }
}

/// Whether controls stop everything that comes this way.
fn cut(line: &Line) -> bool {
    line.memory.is_empty() && !line.labels.is_empty() && line.labels.iter().all(|label| label.fate == Fate::Stopped)
}

/// The purpose, the controls, and what travels.
fn caption(line: &Line) -> String {
    let mut caption = line.purpose.clone();
    if !line.controls.is_empty() {
        let _ = write!(caption, " [{}]", line.controls.join(", "));
    }
    let labels: Vec<String> = line
        .labels
        .iter()
        .map(|label| match label.fate {
            Fate::Passes => label.dataset.clone(),
            Fate::Redacted => format!("({})", label.dataset),
            Fate::Stopped => format!("✂ {}", label.dataset),
            Fate::Undecided => format!("{} ?", label.dataset),
        })
        .chain(line.memory.iter().map(|dataset| format!("{dataset} remembered")))
        .collect();
    if !labels.is_empty() {
        let _ = write!(caption, ": {}", labels.join(", "));
    }
    caption
}

fn numbers(picture: &Picture) -> HashMap<&str, usize> {
    picture.nodes.iter().enumerate().map(|(at, Spot { id, .. })| (id.as_str(), at)).collect()
}

fn known(numbers: &HashMap<&str, usize>, line: &Line) -> bool {
    numbers.contains_key(line.from.as_str()) && numbers.contains_key(line.to.as_str())
}

/// Text inside a quoted Mermaid label: entities for what would end or mark it up.
fn quote(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '|' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if is_control(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text inside a DOT string.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_control(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::flow::Tag;

    #[test]
    fn a_name_cannot_leave_its_label() {
        let tag = |fate| Tag { dataset: "a\"b".to_owned(), sensitive: Some(true), fate };
        let line = |fate| Line {
            from: "a\"b".to_owned(),
            to: "m".to_owned(),
            purpose: "inference".to_owned(),
            declared: true,
            controls: vec!["anonymise".to_owned()],
            labels: vec![tag(fate)],
            memory: Vec::new(),
            leaks: Vec::new(),
        };
        let spot = |id: &str, section| Spot { id: id.to_owned(), section, kind: None };
        let picture = Picture {
            nodes: vec![spot("a\"b", Section::Datasets), spot("m", Section::Models)],
            edges: vec![line(Fate::Passes), line(Fate::Stopped)],
        };
        assert_eq!(
            mermaid(&picture),
            "flowchart LR\n  n0[(\"a#34;b\")]\n  n1{{\"m\"}}\n  n0 ==>|\"inference [anonymise]: a#34;b\"| n1\n  \
             n0 -->|\"inference [anonymise]: ✂ a#34;b\"| n1\n  linkStyle 1 stroke-dasharray:2\n"
        );
        assert!(dot(&picture).contains("n0 -> n1 [label=\"inference [anonymise]: ✂ a\\\"b\", style=dotted];"));
    }
}
