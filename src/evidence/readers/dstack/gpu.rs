//! `resources.gpu` of dstack: name, memory and count in any order, as text or as an object.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::range::Range;
use crate::span::Span;

/// What accelerators a run asks for.
pub(super) struct Gpu {
    names: Vec<String>,
    /// As it is written, with its unit.
    memory: Option<String>,
    count: Option<Range>,
    written: String,
    /// Where the product is, and where the number.
    span: Span,
    count_span: Span,
}

impl Gpu {
    pub(super) fn of(node: Node<'_>) -> Option<Self> {
        let empty = Self {
            names: Vec::new(),
            memory: None,
            count: None,
            written: String::new(),
            span: node.span(),
            count_span: node.span(),
        };
        if node.is_mapping() { Some(empty.with_object(node)) } else { empty.with_text(node) }
    }

    /// `A100:40GB:2`, `H200:8`, `8:H200`, `24GB`, `nvidia:A10G,A100:2`; a list holds alternatives.
    fn with_text(mut self, node: Node<'_>) -> Option<Self> {
        let texts: Vec<&str> = node.each().into_iter().filter_map(Node::text).collect();
        self.written = texts.join(" | ");
        for token in texts.iter().flat_map(|text| text.split(':')).map(str::trim).filter(|token| !token.is_empty()) {
            if let Some(count) = Range::parse(token) {
                self.count = Some(count);
            } else if is_memory(token) {
                self.memory = Some(token.to_owned());
            } else if !is_vendor(token) {
                self.names.extend(token.split(',').map(|name| name.trim().to_owned()));
            }
        }
        (!self.written.is_empty()).then_some(self)
    }

    fn with_object(mut self, node: Node<'_>) -> Self {
        let mut shown = Vec::new();
        if let Some(name) = node.get("name") {
            self.names = name.each().into_iter().filter_map(Node::text).map(str::to_owned).collect();
            self.span = name.span();
            shown.push(self.names.join(","));
        }
        if let Some(memory) = node.get("memory").and_then(Node::text) {
            self.memory = Some(memory.to_owned());
            shown.push(memory.to_owned());
        }
        if let Some(count) = node.get("count") {
            self.count = Range::of(count);
            self.count_span = count.span();
            shown.extend(count.text().map(str::to_owned));
        }
        self.written = shown.join(":");
        self
    }

    /// How many, where that is one number.
    pub(super) fn count(&self) -> Option<f64> {
        self.count.and_then(Range::exact)
    }

    /// Notes the accelerators of one replica.
    pub(super) fn note(&self, subject: &mut Subject, nodes: Option<f64>) {
        match self.names.as_slice() {
            [name] => {
                let size = self.memory.as_ref().filter(|memory| !memory.contains(".."));
                let value = size.map_or_else(|| name.clone(), |memory| format!("{name}-{}", memory.replace(' ', "")));
                let value = Some(Content::Text(value));
                let written = self.written.clone();
                subject.note(Fact {
                    attribute: Attribute::GpuType,
                    value,
                    written,
                    standing: Standing::Literal,
                    span: self.span,
                });
            }
            [] if self.memory.is_none() => {}
            _ => subject.unresolved(Attribute::GpuType, self.written.clone(), self.span),
        }
        let nodes = nodes.filter(|nodes| *nodes > 1.0);
        let Some(count) = self.count() else {
            if self.count.is_some() {
                subject.unresolved(Attribute::GpuCount, self.written.clone(), self.count_span);
            }
            return;
        };
        let (total, standing, written) = match nodes {
            Some(nodes) => (count * nodes, Standing::Resolved, format!("{} on {nodes} nodes", self.written)),
            None => (count, Standing::Literal, self.written.clone()),
        };
        let value = Some(Content::Number(total));
        subject.note(Fact { attribute: Attribute::GpuCount, value, written, standing, span: self.count_span });
    }
}

/// `24GB`, `40GB..80GB`, `24GB..`.
fn is_memory(token: &str) -> bool {
    let mut parts = token.split("..").map(str::trim).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some()
        && parts.all(|part| part.starts_with(|c: char| c.is_ascii_digit()) && part.to_ascii_uppercase().ends_with('B'))
}

fn is_vendor(token: &str) -> bool {
    matches!(token.to_ascii_lowercase().as_str(), "nvidia" | "amd" | "intel" | "google" | "tenstorrent")
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn the_grammar_of_accelerators_is_read() {
        let cases = [
            ("H200:8", "H200 8"),
            ("8:H200", "H200 8"),
            ("nvidia:A100:80GB..:2", "A100 2"),
            ("A10G,L4", "A10G,L4"),
            ("H100:2..4", "H100 H100:2..4"),
            ("40GB..80GB:4", "40GB..80GB:4 4"),
            ("2", "2"),
            ("{name: MI300X, count: 8}", "MI300X 8"),
            ("{name: [A100, H100], memory: 80GB}", "A100,H100:80GB"),
        ];
        for (gpu, expected) in cases {
            let found = facts(
                "x.yml",
                &format!("type: task\nimage: x\nnodes: 1\nresources: {{gpu: \"{gpu}\"}}\n")
                    .replace("\"{", "{")
                    .replace("}\"", "}"),
            );
            let shown: Vec<&str> =
                found.lines().filter(|line| line.contains("gpu_")).filter_map(|line| line.split_whitespace().nth(1)).collect();
            assert_eq!(shown.join(" "), expected, "{gpu}");
        }
    }
}
