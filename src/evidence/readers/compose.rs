//! Docker Compose: services that serve models, gateways, and applications that call models.
//!
//! `${X}` is put in by Compose from outside the file, never from the service's own `environment`; `$$X` is what the
//! container's shell sees, and that is decided by `environment`. Of `extends` only what stands in the file is followed.

mod kinds;
mod reach;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use super::super::command;
use super::super::document::Node;
use super::super::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use super::super::launch::{self, Launch};
use super::super::names;
use super::super::substitution::{Term, Variables};
use super::super::{Context, Kind, Reader};
use crate::knowledge::vendors;
use kinds::{Observed, helped, kind};
use service::{Service, services};

pub(super) const READER: Reader = Reader { kind: Kind::Compose, fits, read };

/// Keys of a service that no other file with `services` has.
const KEYS: &[&str] = &[
    "image",
    "build",
    "command",
    "container_name",
    "deploy",
    "depends_on",
    "entrypoint",
    "env_file",
    "environment",
    "extends",
    "healthcheck",
    "network_mode",
    "networks",
    "ports",
    "profiles",
    "provider",
    "restart",
    "runtime",
    "volumes",
];

fn fits(document: Node<'_>) -> bool {
    if document.any(&["apiVersion", "kind"]).is_some() {
        return false;
    }
    let Some(services) = document.get("services").filter(|services| services.is_mapping()) else { return false };
    services.entries().all(|(_, service)| service.is_mapping())
        && services.entries().any(|(_, service)| service.any(KEYS).is_some())
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let models = models(*document);
        for subject in services_of(*document, &models) {
            context.add(subject);
        }
        for (name, model) in &models {
            context.add(runner(name, *model));
        }
        read_configs(*document, context);
    }
}

/// The models of a file, which Docker Model Runner serves.
fn models(document: Node<'_>) -> BTreeMap<&str, Node<'_>> {
    let entries = document.get("models").into_iter().flat_map(Node::entries);
    entries.filter(|(_, model)| model.text_at("model").is_some()).collect()
}

/// The subjects of the services, in the order of the file.
fn services_of(document: Node<'_>, models: &BTreeMap<&str, Node<'_>>) -> Vec<Subject> {
    let services = services(document);
    let mut observed: Vec<Observed<'_>> = services.iter().map(|service| observe(service, models)).collect();
    let ollamas: BTreeMap<&str, usize> = observed
        .iter()
        .enumerate()
        .filter(|(_, one)| one.engine == Some("ollama"))
        .map(|(at, one)| (one.service.name, at))
        .collect();
    let helpers: Vec<Option<usize>> = observed.iter().map(|one| helped(one, &ollamas)).collect();
    for (at, target) in helpers.iter().enumerate() {
        let Some(target) = target else { continue };
        let pulled: Vec<Fact> = observed[at].subject.all(Attribute::Model).cloned().collect();
        for fact in pulled {
            observed[*target].subject.note(fact);
        }
    }
    let servers: BTreeSet<&str> = observed.iter().filter(|one| one.engine.is_some()).map(|one| one.service.name).collect();
    let mut subjects = Vec::new();
    for (mut one, helps) in observed.into_iter().zip(helpers) {
        // A name alone is none: the file adds to a service that stands in another one.
        let known = one.subject.facts.is_empty() || one.subject.facts.iter().any(|fact| fact.span != one.service.node.span());
        if helps.is_none()
            && known
            && let Some(kind) = kind(&one, &servers)
        {
            one.subject.kind = kind;
            // The key of an application is what it calls with, not what it asks for.
            if kind == SubjectKind::Client && one.engine.is_none() {
                one.subject.facts.retain(|fact| fact.attribute != Attribute::Authentication);
            }
            note_servers(&mut one, &servers);
            subjects.push(one.subject);
        }
    }
    subjects
}

/// Notes the servers of the file that a client or a gateway is given the address of, whatever the variable is called.
fn note_servers(one: &mut Observed<'_>, servers: &BTreeSet<&str>) {
    if one.subject.kind == SubjectKind::Server {
        return;
    }
    for (_, term) in one.environment.iter().filter(|(_, term)| term.text.contains("://")) {
        if servers.contains(vendors::host(&term.text)) {
            launch::note_address(&mut one.subject, term);
        }
    }
}

/// Everything that a service says of itself; what it is comes later.
fn observe<'s>(service: &'s Service<'_>, models: &BTreeMap<&str, Node<'_>>) -> Observed<'s> {
    let mut subject = Subject::new(SubjectKind::Server, service.name, service.node.span());
    let mut engine = service.note_image(&mut subject);
    if let Some(provider) = service.get("provider").filter(|provider| provider.text_at("type") == Some("model")) {
        if let Some(model) = provider.at(&["options", "model"]) {
            names::note(&mut subject, &term(model));
        }
        engine = engine.or(Some("docker-model-runner"));
    }
    let environment = service.environment();
    let commands = commands(service, &environment);
    engine = launch::note(&mut subject, &Launch { engine, commands: &commands, environment: &environment });
    note_pulls(&mut subject, engine, &commands);
    let gpu = service.note_devices(&mut subject, &environment);
    note_copies(&mut subject, service);
    reach::note(&mut subject, service);
    note_access(&mut subject, engine, &environment);
    let calls = note_models(&mut subject, service, models);
    Observed { service, subject, engine, gpu, calls, environment }
}

/// A scalar after Compose has put variables in.
fn term(node: Node<'_>) -> Term {
    Variables::default().substitute(node.text().unwrap_or_default(), node.span())
}

/// The commands that a container runs: the entrypoint with the command behind it.
fn commands(service: &Service<'_>, environment: &Variables) -> Vec<Vec<Term>> {
    let outside = Variables::default();
    let parts: Vec<Node<'_>> = ["entrypoint", "command"].iter().filter_map(|key| service.get(key)).collect();
    let words = |node: &Node<'_>| match node.text() {
        Some(text) if !awaits_script(text) => {
            // Compose splits a string into words; what ends a command in a shell is a word like any other.
            vec![command::shell(text, &node.offsets(), &outside).into_iter().flatten().collect::<Vec<Term>>()]
        }
        _ => command::arguments(std::slice::from_ref(node), &outside),
    };
    let commands = match parts.as_slice() {
        [entrypoint, command] if hands_script(*entrypoint, *command) => command::arguments(&parts, &outside),
        [entrypoint, command] => {
            let mut first = words(entrypoint);
            let mut second = words(command).into_iter();
            match (first.last_mut(), second.next()) {
                (Some(last), Some(next)) => last.extend(next),
                (_, next) => first.extend(next),
            }
            first.extend(second);
            first
        }
        [only] => words(only),
        _ => Vec::new(),
    };
    command::undoubled(commands, environment)
}

/// Whether a command line hands a script to a shell.
fn awaits_script(text: &str) -> bool {
    let mut shell = false;
    text.split_whitespace().any(|word| {
        let flag = shell && word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
        shell |= matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "zsh" | "dash"));
        flag
    })
}

/// Whether an entrypoint and the command behind it hand a script to a shell.
fn hands_script(entrypoint: Node<'_>, command: Node<'_>) -> bool {
    let end = |text: &str| text.starts_with('-') && !text.starts_with("--") && text.ends_with('c');
    let last = entrypoint.each().last().and_then(|node| node.text()).unwrap_or_default();
    let last = last.split_whitespace().last().unwrap_or_default();
    let shell = matches!(last.rsplit('/').next(), Some("sh" | "bash" | "ash" | "zsh" | "dash"));
    end(last) || (shell && command.items().next().and_then(Node::text).is_some_and(end))
}

/// `ollama pull X`, as often as it stands in a script; one server offers them all.
fn note_pulls(subject: &mut Subject, engine: Option<&str>, commands: &[Vec<Term>]) {
    if engine != Some("ollama") {
        return;
    }
    for words in commands {
        for pair in words.windows(2).filter(|pair| matches!(pair[0].text.as_str(), "pull" | "run")) {
            if !pair[1].written.starts_with('-') {
                names::note(subject, &pair[1]);
            }
        }
    }
}

/// `deploy.replicas`, or `scale` of the older formats.
fn note_copies(subject: &mut Subject, service: &Service<'_>) {
    let replicas = service.get("deploy").and_then(|deploy| deploy.get("replicas")).or_else(|| service.get("scale"));
    if let Some(node) = replicas {
        term(node).note_number(subject, Attribute::ReplicasMin);
        term(node).note_number(subject, Attribute::ReplicasMax);
    }
}

/// Who may call Open WebUI: accounts are asked for unless that is turned off.
fn note_access(subject: &mut Subject, engine: Option<&str>, environment: &Variables) {
    if engine != Some("open-webui") {
        return;
    }
    if let Some(term) = environment.get("WEBUI_AUTH") {
        term.note(subject, Attribute::Authentication, |text| {
            (super::super::document::flag(text) == Some(false)).then_some("none")
        });
    }
    if let Some(term) = environment.get("OPENID_PROVIDER_URL").filter(|term| !term.text.trim().is_empty()) {
        subject.inferred(Attribute::Authentication, "sso", "OPENID_PROVIDER_URL", term.span);
    }
}

/// The models of the file that a service calls. True where it calls any.
fn note_models(subject: &mut Subject, service: &Service<'_>, models: &BTreeMap<&str, Node<'_>>) -> bool {
    let Some(node) = service.get("models") else { return false };
    let listed = node.items().filter_map(|item| Some((item.text()?, item.value_span())));
    let keyed = node.entries().map(|(name, entry)| (name, entry.span()));
    let blank = node.blanks();
    let named: Vec<(&str, crate::span::Span)> = listed.chain(keyed).chain(blank).collect();
    for (name, span) in &named {
        let Some(model) = models.get(name).and_then(|model| model.get("model")) else { continue };
        let term = term(model);
        let standing = term.standing.max(Standing::Resolved);
        names::note(subject, &Term { standing, span: *span, written: (*name).to_owned(), ..term });
    }
    !named.is_empty()
}

/// A model that Docker Model Runner serves.
fn runner(name: &str, model: Node<'_>) -> Subject {
    let mut subject = Subject::new(SubjectKind::Server, name, model.span());
    if let Some(reference) = model.get("model") {
        names::note(&mut subject, &term(reference));
    }
    if let Some(size) = model.get("context_size") {
        term(size).note_number(&mut subject, Attribute::Context);
    }
    if let Some(flags) = model.get("runtime_flags") {
        let commands = command::arguments(&[flags], &Variables::default());
        let environment = Variables::default();
        launch::note(&mut subject, &Launch { engine: None, commands: &commands, environment: &environment });
    }
    subject
}

/// Configurations that the file carries in itself.
fn read_configs(document: Node<'_>, context: &mut Context<'_>) {
    for (_, config) in document.get("configs").into_iter().flat_map(Node::entries) {
        let Some(parsed) = config.get("content").and_then(|content| context.nested(content)) else { continue };
        let inner: Vec<Node<'_>> = parsed.documents().collect();
        for reader in [super::litellm::READER, super::llama_stack::READER] {
            let own: Vec<Node<'_>> = inner.iter().copied().filter(|document| (reader.fits)(*document)).collect();
            if !own.is_empty() {
                (reader.read)(&own, context);
            }
        }
    }
}

#[cfg(test)]
mod tests;
