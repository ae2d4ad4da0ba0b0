//! One container: its image, environment, command and accelerators, and what it is to the system.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Standing, Subject, SubjectKind};
use super::super::super::launch::{self, Launch, SECRET};
use super::super::super::substitution::{Term, Variables};
use super::super::super::{command, image};
use super::accelerators;
use super::files::Files;

/// Most elements of one list of arguments or variables that are read.
const MOST: usize = 2_000;

/// What was told by a container besides its facts.
#[derive(Debug, Default)]
pub(super) struct Container {
    /// The software in it.
    pub engine: Option<&'static str>,
    pub image: Option<Term>,
    pub commands: Vec<Vec<Term>>,
    pub variables: Variables,
    /// Whether it asks for accelerators.
    pub is_accelerated: bool,
}

/// Reads a container into facts of a subject: `image`, `command`, `args`, `env`, `envFrom` and `resources`. `given` are
/// variables that something else sets in it.
pub(super) fn note(subject: &mut Subject, container: Node<'_>, files: &Files<'_>, given: &Variables) -> Container {
    start(subject, container, files, given, None)
}

/// The same for what a custom resource says of a container, whose software it may name itself.
pub(super) fn note_as(subject: &mut Subject, container: Node<'_>, files: &Files<'_>, engine: Option<&'static str>) -> Container {
    start(subject, container, files, &Variables::default(), engine)
}

fn start(
    subject: &mut Subject,
    container: Node<'_>,
    files: &Files<'_>,
    given: &Variables,
    engine: Option<&'static str>,
) -> Container {
    let mut found = Container::default();
    if !files.spend(1) {
        return found;
    }
    found.image = image_of(container);
    let by_image = found.image.as_ref().and_then(|term| image::note(subject, term));
    found.variables = variables(container, files, given, subject);
    found.commands = commands(container, files, &found.variables);
    let launch = Launch { engine: engine.or(by_image), commands: &found.commands, environment: &found.variables };
    found.engine = launch::note(subject, &launch);
    if let (Some(engine), Some(image)) = (by_image, &found.image)
        && subject.fact(Attribute::Engine).is_none()
    {
        image::note_engine(subject, engine, image);
    }
    found.is_accelerated = accelerators::note(subject, container.get("resources"));
    found
}

/// The image: a reference, or `registry`, `repository`, `tag` and `digest` apart as charts and custom resources have it.
fn image_of(container: Node<'_>) -> Option<Term> {
    let image = container.get("image")?;
    if let Some(text) = image.text() {
        return Some(Variables::default().substitute(text, image.span()));
    }
    let repository = image.any(&["repository", "name"])?;
    let mut text = repository.text()?.trim().to_owned();
    if let Some(registry) = image.text_at("registry").filter(|registry| !registry.trim().is_empty()) {
        text = format!("{}/{text}", registry.trim().trim_end_matches('/'));
    }
    for (key, mark) in [("tag", ':'), ("digest", '@')] {
        if let Some(part) = image.text_at(key).map(str::trim).filter(|part| !part.is_empty()) {
            text = format!("{text}{mark}{part}");
        }
    }
    Some(Variables::default().substitute(&text, repository.span()))
}

/// The commands that a container runs, its hooks after the start among them.
fn commands(container: Node<'_>, files: &Files<'_>, variables: &Variables) -> Vec<Vec<Term>> {
    let arguments = |node: Node<'_>| {
        let nodes: Vec<Node<'_>> = ["command", "args"].iter().filter_map(|key| node.get(key)).collect();
        let size: usize = nodes.iter().map(|node| node.items().take(MOST + 1).count()).sum();
        if size > MOST || !files.spend(size) { Vec::new() } else { command::arguments(&nodes, variables) }
    };
    let mut commands = arguments(container);
    if let Some(hook) = container.at(&["lifecycle", "postStart", "exec"]) {
        commands.extend(arguments(hook));
    }
    commands
}

/// The environment of a container: what ConfigMaps of the file hold, then what is set by name.
fn variables(container: Node<'_>, files: &Files<'_>, given: &Variables, subject: &mut Subject) -> Variables {
    let mut variables = given.clone();
    for source in container.get("envFrom").into_iter().flat_map(Node::items).take(MOST) {
        if let Some(secret) = source.at(&["secretRef", "name"]) {
            subject.literal(Attribute::Secrets, "secret", secret.span());
        }
        let prefix = source.text_at("prefix").unwrap_or_default();
        let Some(map) = source.at(&["configMapRef", "name"]).and_then(Node::text) else { continue };
        for (key, value) in files.configuration(map).take(MOST) {
            if !files.spend(1) {
                return variables;
            }
            if let Some(text) = value.text() {
                variables.set(format!("{prefix}{key}"), resolved(text, value, &Variables::default()));
            }
        }
    }
    let Some(environment) = container.get("env") else { return variables };
    // Charts and custom resources write the environment as a mapping.
    let listed = environment.items().filter_map(|entry| Some((entry.text_at("name")?, entry)));
    for (name, entry) in environment.entries().chain(listed).take(MOST) {
        if !files.spend(1) {
            break;
        }
        if let Some(term) = value(entry, files, &variables) {
            variables.set(name.trim(), term);
        }
    }
    variables
}

/// What a variable is set to.
fn value(entry: Node<'_>, files: &Files<'_>, known: &Variables) -> Option<Term> {
    if let Some(text) = entry.text() {
        return Some(known.substitute(text, entry.span()));
    }
    if let Some(value) = entry.get("value") {
        return Some(known.substitute(value.text()?, value.span()));
    }
    let from = entry.get("valueFrom")?;
    let reference = |key: &str| {
        let node = from.get(key)?;
        Some((node, node.text_at("name").unwrap_or_default(), node.text_at("key").unwrap_or_default()))
    };
    if let Some((node, map, key)) = reference("configMapKeyRef") {
        let held = files.configured(map, key).and_then(|held| Some((held, held.text()?)));
        return Some(match held {
            Some((held, text)) => resolved(text, held, &Variables::default()),
            None => hidden(format!("configmap:{map}/{key}"), node),
        });
    }
    if let Some((node, secret, key)) = reference("secretKeyRef") {
        return Some(hidden(format!("{SECRET}{secret}/{key}"), node));
    }
    let field = from.any(&["fieldRef", "resourceFieldRef"])?;
    let path = field.any(&["fieldPath", "resource"]).and_then(Node::text).unwrap_or_default();
    Some(hidden(format!("field:{path}"), field))
}

/// What another resource of the file holds.
fn resolved(text: &str, held: Node<'_>, known: &Variables) -> Term {
    let term = known.substitute(text.trim(), held.span());
    Term { standing: term.standing.max(Standing::Resolved), ..term }
}

/// What the file does not tell.
fn hidden(expression: String, node: Node<'_>) -> Term {
    let span = node.get("name").unwrap_or(node).span();
    Term { text: expression.clone(), written: expression, standing: Standing::Unresolved, span }
}

impl Container {
    /// What the container is: something that runs a model, a gateway, an application that calls one, or none of them.
    pub fn role(&self, subject: &Subject) -> Option<SubjectKind> {
        match self.engine {
            Some("litellm" | "llama-stack") => return Some(SubjectKind::Gateway),
            Some("open-webui") => return Some(SubjectKind::Client),
            Some(_) => return Some(SubjectKind::Server),
            None => {}
        }
        let model = subject.fact(Attribute::Model);
        if self.is_accelerated || model.is_some_and(|fact| fact.standing != Standing::Inferred) {
            return Some(SubjectKind::Server);
        }
        let calls = self.calls_models(subject);
        match model {
            _ if calls => Some(SubjectKind::Client),
            Some(_) => Some(SubjectKind::Server),
            None => None,
        }
    }

    /// Whether it is told an address of models, or holds the key of a vendor of them.
    fn calls_models(&self, subject: &Subject) -> bool {
        let vendor = subject
            .all(Attribute::Vendor)
            .filter_map(|fact| fact.text())
            .any(|id| crate::knowledge::vendors::named(id).is_some_and(|vendor| vendor.answers));
        let speaks = |name: &str| {
            let mut parts = name.split('_');
            parts.any(|part| {
                matches!(part, "OPENAI" | "OLLAMA" | "LITELLM" | "VLLM" | "LLM" | "LLAMA" | "ANTHROPIC" | "TGI" | "NIM")
            })
        };
        let address = subject.all(Attribute::Endpoint).next().is_some() && self.variables.iter().any(|(name, _)| speaks(name));
        vendor || address
    }

    /// Whether it surely runs a model, and not only has the name of a software that could.
    pub fn is_strong(&self, subject: &Subject) -> bool {
        let started = subject.all(Attribute::Engine).any(|fact| fact.standing.is_firm());
        self.is_accelerated || started || subject.all(Attribute::Model).any(|fact| fact.standing != Standing::Inferred)
    }
}
