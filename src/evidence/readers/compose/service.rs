//! A service of a Compose file, with what it takes from others by `extends`.

use std::collections::BTreeMap;

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Standing, Subject};
use super::super::super::image;
use super::super::super::names;
use super::super::super::substitution::{Term, Variables};
use super::term;

/// A service.
#[derive(Debug)]
pub(super) struct Service<'d> {
    pub name: &'d str,
    pub node: Node<'d>,
    /// The service itself, then the one that it extends, and so on.
    layers: Vec<Node<'d>>,
}

/// The services of a file.
pub(super) fn services(document: Node<'_>) -> Vec<Service<'_>> {
    let own: Vec<(&str, Node<'_>)> = document.get("services").into_iter().flat_map(Node::entries).collect();
    let known: BTreeMap<&str, Node<'_>> = own.iter().copied().collect();
    own.into_iter().map(|(name, node)| Service { name, node, layers: layers(node, &known) }).collect()
}

fn layers<'d>(node: Node<'d>, known: &BTreeMap<&str, Node<'d>>) -> Vec<Node<'d>> {
    let mut layers = vec![node];
    // Services that extend each other end somewhere.
    while layers.len() < 8
        && let Some(base) = layers.last().and_then(|last| last.get("extends"))
        && base.get("file").is_none()
        && let Some(next) = base.text().or_else(|| base.text_at("service")).and_then(|name| known.get(name))
    {
        layers.push(*next);
    }
    layers
}

impl<'d> Service<'d> {
    /// The value under a key, of the service itself or of the nearest that it extends.
    pub fn get(&self, key: &str) -> Option<Node<'d>> {
        self.layers.iter().find_map(|layer| layer.get(key))
    }

    /// The values under a key of all layers; lists are added to each other.
    pub fn all(&self, key: &str) -> impl Iterator<Item = Node<'d>> {
        self.layers.iter().filter_map(move |layer| layer.get(key))
    }

    /// The services that it waits for.
    pub fn depends_on(&self) -> Vec<&'d str> {
        let nodes: Vec<Node<'d>> = self.all("depends_on").collect();
        let listed = nodes.iter().flat_map(|node| node.items()).filter_map(Node::text);
        let keyed = nodes.iter().flat_map(|node| node.entries()).map(|(name, _)| name);
        listed.chain(keyed).collect()
    }

    /// Its environment. What has no value comes from outside.
    pub fn environment(&self) -> Variables {
        let mut found: Vec<(&str, Term)> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for node in self.layers.iter().rev().filter_map(|layer| layer.get("environment")) {
            for (name, term) in variables(node) {
                match places.get(name) {
                    Some(place) => found[*place].1 = term,
                    None => {
                        places.insert(name, found.len());
                        found.push((name, term));
                    }
                }
            }
        }
        let mut environment = Variables::default();
        for (name, term) in found {
            environment.set(name, term);
        }
        environment
    }

    /// Notes the image, and gives the server in it. Where no image tells, a name that is the server's own does.
    pub fn note_image(&self, subject: &mut Subject) -> Option<&'static str> {
        let image = self.get("image").map(term);
        if let Some(image) = &image {
            let engine = image::note(subject, image);
            if let Some(engine) = engine {
                image::note_engine(subject, engine, image);
                note_nim(subject, image);
                return Some(engine);
            }
            if image.standing.has_value() {
                return None;
            }
        }
        let expression = image.as_ref().map(|image| image.written.as_str()).unwrap_or_default();
        let mut words = expression.split(|c: char| !c.is_ascii_alphanumeric()).chain([self.name]);
        let engine = words.find_map(named)?;
        let (from, span) = match &image {
            Some(image) => (image.written.clone(), image.span),
            None => (self.name.to_owned(), self.node.span()),
        };
        subject.inferred(Attribute::Engine, engine, from, span);
        Some(engine)
    }
}

/// An image of NIM names the model that is in it.
fn note_nim(subject: &mut Subject, term: &Term) {
    if let Some(model) = term.value().and_then(|text| image::parse(text).nim_model().map(str::to_owned)) {
        names::note(subject, &Term { standing: term.standing.max(Standing::Inferred), ..term.with(model) });
    }
}

/// The server whose name a word is.
fn named(word: &str) -> Option<&'static str> {
    let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    Some(match word.as_str() {
        "vllm" => "vllm",
        "ollama" => "ollama",
        "tgi" => "tgi",
        "tei" => "tei",
        "sglang" => "sglang",
        "litellm" => "litellm",
        "llamacpp" | "llamaserver" => "llama.cpp",
        "lmdeploy" => "lmdeploy",
        "aphrodite" => "aphrodite",
        "localai" => "localai",
        "nim" => "nim",
        "openwebui" => "open-webui",
        "llamastack" => "llama-stack",
        _ => return None,
    })
}

/// The variables of `environment`, which is a mapping or a list of `NAME=value`.
fn variables(node: Node<'_>) -> Vec<(&str, Term)> {
    let outside = Variables::default();
    let absent =
        |name: &str, span| Term { text: name.to_owned(), written: name.to_owned(), standing: Standing::Unresolved, span };
    if node.is_mapping() {
        let blank = node.blanks().map(|(name, span)| (name, absent(name, span)));
        return node.entries().map(|(name, value)| (name, term(value))).chain(blank).collect();
    }
    let items = node.items().filter_map(|item| Some((item.text()?, item.value_span())));
    items
        .map(|(text, span)| match text.split_once('=') {
            Some((name, value)) => (name.trim(), outside.substitute(value, span)),
            None => (text.trim(), absent(text.trim(), span)),
        })
        .collect()
}
