//! What a service of a Compose file reaches and is reached by: accelerators and published ports.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::super::super::substitution::Variables;
use super::service::Service;
use crate::span::Span;

impl Service<'_> {
    /// Notes the accelerators of one container. True where it is given any.
    pub(super) fn note_devices(&self, subject: &mut Subject, environment: &Variables) -> bool {
        let reserved = self.get("deploy").and_then(|deploy| deploy.at(&["resources", "reservations", "devices"]));
        let requested = self.get("gpus");
        let mut found = Vec::new();
        for list in [reserved, requested].into_iter().flatten() {
            match list.text() {
                Some(_) => found.push(Count::read(list)),
                None => found.extend(list.items().filter(|device| is_gpu(*device, list == requested.unwrap_or(list))).map(count)),
            }
        }
        if found.is_empty() {
            if let Some(runtime) = self.get("runtime").filter(|runtime| runtime.text() == Some("nvidia")) {
                found.push(Count::of(None, runtime.span()));
            }
            found.extend(self.all("devices").flat_map(Node::items).filter_map(mapped));
        }
        note_count(subject, &found);
        note_visible(subject, environment, !found.is_empty());
        !found.is_empty()
    }
}

/// Whether a reserved device is an accelerator: reservations name capabilities, `gpus` needs none.
fn is_gpu(device: Node<'_>, implied: bool) -> bool {
    let capabilities = device.get("capabilities").map(Node::each).unwrap_or_default();
    let gpu = capabilities.iter().flat_map(|node| node.each()).any(|node| node.text() == Some("gpu"));
    gpu || (implied && capabilities.is_empty()) || device.text_at("driver") == Some("nvidia")
}

/// A count as facts have it.
fn number_of(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How many accelerators something gives, and where it says so. Without a number it is all that there are.
struct Count {
    number: Option<f64>,
    standing: Standing,
    written: String,
    span: Span,
}

impl Count {
    fn of(number: Option<f64>, span: Span) -> Self {
        let written = number.map_or_else(|| "all".to_owned(), |number| number.to_string());
        let standing = if number.is_some() { Standing::Literal } else { Standing::Unresolved };
        Self { number, standing, written, span }
    }

    /// A number, or an expression that may have one as its default.
    fn read(node: Node<'_>) -> Self {
        let term = super::term(node);
        match term.value().and_then(super::super::super::substitution::number) {
            Some(number) => Self { number: Some(number), standing: term.standing, written: term.written, span: node.span() },
            None => Self::of(None, node.span()),
        }
    }
}

/// How many devices a reservation asks for.
fn count(device: Node<'_>) -> Count {
    if let Some(ids) = device.get("device_ids") {
        return Count::of(Some(number_of(ids.items().count())), ids.span());
    }
    match device.get("count") {
        Some(node) => Count::read(node),
        None => Count::of(None, device.any(&["capabilities", "driver"]).unwrap_or(device).span()),
    }
}

/// An accelerator that is mapped as a device: by its name in the Container Device Interface, or AMD's as a file.
fn mapped(device: Node<'_>) -> Option<Count> {
    let text = super::term(device).text;
    if text.starts_with("/dev/kfd") {
        return Some(Count::of(None, device.value_span()));
    }
    let (kind, id) = text.split_once('=')?;
    kind.ends_with("/gpu").then(|| Count::of((id != "all").then_some(1.0), device.value_span()))
}

fn note_count(subject: &mut Subject, found: &[Count]) {
    let Some(first) = found.first() else { return };
    match found.iter().map(|count| count.number).sum::<Option<f64>>() {
        Some(total) => subject.note(Fact {
            attribute: Attribute::GpuCount,
            value: Some(Content::Number(total)),
            written: if found.len() == 1 { first.written.clone() } else { total.to_string() },
            standing: found.iter().map(|count| count.standing).max().unwrap_or(Standing::Literal),
            span: first.span,
        }),
        None => subject.unresolved(Attribute::GpuCount, "all", first.span),
    }
}

/// The devices that the runtime or CUDA lets the server see, by their numbers.
fn note_visible(subject: &mut Subject, environment: &Variables, given: bool) {
    for name in ["NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"] {
        let Some(term) = environment.get(name).filter(|term| given && term.standing.is_firm()) else { continue };
        let ids: Vec<&str> = term.text.split(',').map(str::trim).collect();
        if ids.iter().all(|id| id.starts_with("GPU-") || (!id.is_empty() && id.chars().all(|c| c.is_ascii_digit()))) {
            subject.inferred(Attribute::GpuCount, number_of(ids.len()), format!("{name}={}", term.text), term.span);
        }
    }
}

/// Notes who can reach a service: a published port opens it to all who reach the host, unless it is bound to the
/// host alone.
pub(super) fn note(subject: &mut Subject, service: &Service<'_>) {
    if let Some(mode) = service.get("network_mode").filter(|mode| mode.text() == Some("host")) {
        published(subject, "network_mode: host", mode.span());
    }
    for port in service.all("ports").flat_map(Node::items) {
        let (address, written) = match port.text() {
            Some(text) => (host_address(text), text),
            None => (port.text_at("host_ip"), port.text_at("published").or(port.text_at("target")).unwrap_or_default()),
        };
        let span = if port.is_mapping() { port.any(&["published", "target"]).map(Node::span) } else { None };
        let span = span.unwrap_or_else(|| port.value_span());
        let address = Variables::default().substitute(address.unwrap_or_default(), span);
        match address.value() {
            None => subject.unresolved(Attribute::Exposure, written, span),
            Some(text) if is_loopback(text) => {}
            Some(_) => published(subject, written, span),
        }
    }
}

fn published(subject: &mut Subject, written: &str, span: Span) {
    subject.note(Fact {
        attribute: Attribute::Exposure,
        value: Some(Content::from("host")),
        written: written.to_owned(),
        standing: Standing::Literal,
        span,
    });
}

fn is_loopback(address: &str) -> bool {
    let address = address.trim_matches(['[', ']']);
    address == "localhost" || address == "::1" || address.starts_with("127.")
}

/// The address of the host in `address:port:port`; the last two parts are ports. Colons in `${X:-1}` and `[::1]` divide
/// nothing.
fn host_address(port: &str) -> Option<&str> {
    let mut open = 0_i32;
    let mut colons = Vec::new();
    for (at, c) in port.char_indices() {
        match c {
            '{' | '[' => open += 1,
            '}' | ']' => open -= 1,
            ':' if open == 0 => colons.push(at),
            _ => {}
        }
    }
    let before_last = colons.len().checked_sub(2)?;
    colons.get(before_last).map(|at| &port[..*at])
}
