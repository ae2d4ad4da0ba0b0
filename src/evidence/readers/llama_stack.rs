//! Run configuration of a llama-stack distribution: registered models, providers, shields, tools and stores.
//!
//! A model of a remote provider is a route, one of an inline provider runs in the stack itself. `${env.X:=default}` is a
//! default; `${env.X:+value}` switches something on from outside, so that it is neither there nor absent.

use std::collections::BTreeMap;

use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::substitution::{Term, Variables};
use super::super::{Context, Kind, Reader, launch, names};
use crate::knowledge::vendors;
use crate::span::Span;

mod store;

pub(super) const READER: Reader = Reader { kind: Kind::LlamaStack, fits, read };

fn fits(document: Node<'_>) -> bool {
    let Some(providers) = document.get("providers").filter(|providers| providers.is_mapping()) else { return false };
    providers.entries().flat_map(|(_, list)| list.items()).any(|provider| {
        provider.text_at("provider_type").is_some_and(|kind| kind.starts_with("remote::") || kind.starts_with("inline::"))
    })
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let inference = providers(*document, "inference");
        // A model names a provider by what its expression comes to where it is on.
        let called = inference.iter().filter_map(|provider| Some((conditional(provider.id)?, *provider)));
        let known: BTreeMap<&str, Provider<'_>> =
            inference.iter().map(|provider| (provider.id, *provider)).chain(called).collect();
        for model in registered(*document, "models") {
            if let Some(subject) = read_model(model, &known) {
                context.add(subject);
            }
        }
        let gateway = read_stack(*document, &inference);
        if !gateway.facts.is_empty() {
            context.add(gateway);
        }
    }
}

/// A provider of an interface.
#[derive(Clone, Copy)]
struct Provider<'d> {
    node: Node<'d>,
    id: &'d str,
    /// What stands after `remote::` or `inline::`.
    kind: &'d str,
    remote: bool,
}

/// The providers of an interface, save those that are off unless someone turns them on.
fn providers<'d>(document: Node<'d>, interface: &str) -> Vec<Provider<'d>> {
    let list = document.at(&["providers", interface]).into_iter().flat_map(Node::items);
    let read = |node: Node<'d>| {
        let written = node.text_at("provider_type")?;
        let (place, kind) = written.split_once("::")?;
        let id = node.text_at("provider_id").unwrap_or(kind);
        (!id.contains("__disabled__")).then_some(Provider { node, id, kind, remote: place == "remote" })
    };
    list.filter_map(read).collect()
}

/// What is registered under a key, in the older and the newer place.
fn registered<'d>(document: Node<'d>, key: &str) -> Vec<Node<'d>> {
    let places = [document.get(key), document.at(&["registered_resources", key])];
    places.into_iter().flatten().flat_map(Node::items).collect()
}

/// A scalar after defaults are put in.
fn term(node: Node<'_>) -> Option<Term> {
    Some(Variables::default().substitute(node.text()?, node.span()))
}

/// The name that an expression `${env.X:+name}` gives, where it is one.
fn conditional(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${env.")?.strip_suffix('}')?;
    inner.split_once(":+").map(|(_, name)| name)
}

fn read_model(model: Node<'_>, inference: &BTreeMap<&str, Provider<'_>>) -> Option<Subject> {
    let id = model.any(&["model_id", "provider_model_id"])?;
    let wanted = model.text_at("provider_id");
    let provider = match wanted {
        Some(wanted) => inference.get(wanted),
        None => inference.values().next().filter(|_| inference.len() == 1),
    };
    let inline = provider.is_some_and(|provider| !provider.remote);
    let kind = if inline { SubjectKind::Server } else { SubjectKind::Route };
    let name = term(id)?;
    let mut subject = Subject::new(kind, name.value().unwrap_or(&name.written), id.span());
    name.note_text(&mut subject, Attribute::ServedName);
    if let Some(artefact) = model.get("provider_model_id").and_then(term).or(Some(name)) {
        names::note(&mut subject, &artefact);
    }
    if let Some(length) = model.at(&["metadata", "context_length"]).and_then(term) {
        length.note_number(&mut subject, Attribute::ModelContext);
    }
    if let Some(provider) = provider {
        if inline {
            note_inline(&mut subject, *provider);
        } else {
            note_remote(&mut subject, *provider);
        }
    }
    Some(subject)
}

/// A provider that runs the model in the stack.
fn note_inline(subject: &mut Subject, provider: Provider<'_>) {
    if let Some(node) = provider.node.get("provider_type") {
        written(subject, Attribute::Engine, provider.kind, node);
    }
    let Some(config) = provider.node.get("config") else { return };
    let numbers = [
        (&["max_seq_len", "max_model_len"][..], Attribute::Context),
        (&["tensor_parallel_size"][..], Attribute::TensorParallel),
        (&["gpu_memory_utilization"][..], Attribute::MemoryUtilization),
    ];
    for (keys, attribute) in numbers {
        if let Some(term) = config.any(keys).and_then(term) {
            term.note_number(subject, attribute);
        }
    }
    if let Some(kind) = config.at(&["quantization", "type"]).and_then(term) {
        kind.note(subject, Attribute::Quantization, |text| Some(text.to_ascii_lowercase()));
    }
}

/// A provider elsewhere: its address decides who it is, else its type does.
fn note_remote(subject: &mut Subject, provider: Provider<'_>) {
    let config = provider.node.get("config");
    let setting = |keys: &[&str]| config.and_then(|config| config.any(keys)).and_then(term);
    let address = setting(&["url", "base_url", "api_base", "guardrails_service_url", "endpoint"])
        .filter(|address| !address.text.trim().is_empty());
    if let Some(address) = &address {
        launch::note_address(subject, address);
    }
    if let Some(vendor) = vendor(provider.kind).filter(|_| address.as_ref().is_none_or(|address| !address.standing.has_value()))
        && let Some(node) = provider.node.get("provider_type")
    {
        match conditional(provider.id) {
            Some(_) => {
                subject.unresolved(Attribute::Vendor, provider.id, provider.node.get("provider_id").unwrap_or(node).span());
            }
            None if address.is_some() => subject.inferred(Attribute::Vendor, vendor, provider.kind, node.span()),
            None => written(subject, Attribute::Vendor, vendor, node),
        }
    }
    if let Some(region) = setting(&["region_name", "region", "location"]) {
        region.note_text(subject, Attribute::Region);
    }
    for key in ["api_key", "api_token", "aws_secret_access_key", "openai_api_key"] {
        if let Some(secret) = setting(&[key]) {
            launch::note_credential(subject, key, &secret);
        }
    }
}

/// The vendor behind a type of provider.
fn vendor(kind: &str) -> Option<&'static str> {
    let word = match kind {
        "llama-openai-compat" => return Some("meta"),
        "vertexai" => "vertex",
        "hf::serverless" | "hf::endpoint" => "huggingface",
        other => other,
    };
    vendors::named(word).filter(|vendor| vendor.answers).map(|vendor| vendor.id)
}

/// The stack as a whole.
fn read_stack(document: Node<'_>, inference: &[Provider<'_>]) -> Subject {
    let named = document.any(&["image_name", "distro_name"]);
    let name = named.and_then(Node::text).unwrap_or("llama-stack");
    let mut subject = Subject::new(SubjectKind::Gateway, name, named.unwrap_or(document).span());
    for provider in inference.iter().filter(|provider| provider.remote) {
        let before = subject.facts.len();
        note_remote(&mut subject, *provider);
        if conditional(provider.id).is_some() {
            withhold(&mut subject.facts[before..], *provider);
        }
    }
    note_filters(&mut subject, document);
    store::note(&mut subject, document);
    note_tools(&mut subject, document);
    note_access(&mut subject, document);
    subject
}

/// What a provider leads to is open where something outside the file turns it on.
fn withhold(facts: &mut [Fact], provider: Provider<'_>) {
    for fact in facts {
        if matches!(fact.attribute, Attribute::Vendor | Attribute::Endpoint) && fact.standing.is_firm() {
            fact.value = None;
            fact.standing = Standing::Unresolved;
            provider.id.clone_into(&mut fact.written);
        }
    }
}

/// Shields filter; without any, a provider of safety is only at hand.
fn note_filters(subject: &mut Subject, document: Node<'_>) {
    let shields = registered(document, "shields");
    for id in shields.iter().filter_map(|shield| shield.get("shield_id").and_then(term)) {
        id.note_text(subject, Attribute::Guardrail);
    }
    for provider in providers(document, "safety") {
        if let Some(node) = provider.node.get("provider_type").filter(|_| shields.is_empty()) {
            subject.inferred(Attribute::Guardrail, provider.kind, node.text().unwrap_or_default(), node.span());
        }
        if provider.remote {
            note_remote(subject, provider);
        }
    }
}

/// Tools that send what they are asked for elsewhere: web searches, servers of the Model Context Protocol.
fn note_tools(subject: &mut Subject, document: Node<'_>) {
    let runtime = providers(document, "tool_runtime");
    let known: BTreeMap<&str, Provider<'_>> = runtime.iter().map(|provider| (provider.id, *provider)).collect();
    for group in registered(document, "tool_groups") {
        if let Some(address) = group.at(&["mcp_endpoint", "uri"]).and_then(term) {
            launch::note_address(subject, &address);
        }
        let Some(id) = group.get("provider_id") else { continue };
        let Some(provider) = id.text().and_then(|text| known.get(text)).filter(|provider| provider.remote) else { continue };
        if provider.kind != "model-context-protocol" {
            written(subject, Attribute::Vendor, provider.kind, id);
            if let Some(secret) = provider.node.at(&["config", "api_key"]).and_then(term) {
                launch::note_credential(subject, "api_key", &secret);
            }
        }
    }
}

fn note_access(subject: &mut Subject, document: Node<'_>) {
    let Some(server) = document.get("server") else { return };
    let auth = server.get("auth");
    let kind = auth.and_then(|auth| auth.at(&["provider_config", "type"]).or_else(|| auth.get("provider_type")));
    if let Some((kind, text)) = kind.and_then(|kind| Some((kind, kind.text()?))) {
        let way = match text {
            "oauth2_token" | "github_token" | "kubernetes" | "upstream_header" => "sso",
            _ => "custom",
        };
        written(subject, Attribute::Authentication, way, kind);
    }
    if let Some(certificate) = server.any(&["tls_certfile", "tls_keyfile"]).and_then(term) {
        certificate.note(subject, Attribute::Tls, |_| Some(true));
    }
}

/// Notes what is written in other words.
fn written(subject: &mut Subject, attribute: Attribute, value: &str, node: Node<'_>) {
    let (written, span): (String, Span) = (node.text().unwrap_or_default().to_owned(), node.span());
    subject.note(Fact { attribute, value: Some(Content::from(value)), written, standing: Standing::Literal, span });
}

#[cfg(test)]
mod tests {
    use super::super::facts;

    #[test]
    fn models_go_where_their_provider_is() {
        let text = "\
version: 2
image_name: demo
providers:
  inference:
    - {provider_id: vllm, provider_type: 'remote::vllm', config: {url: '${env.VLLM_URL:=http://localhost:8000/v1}', api_token: '${env.T:=fake}'}}
    - {provider_id: openai, provider_type: 'remote::openai', config: {api_key: '${env.OPENAI_API_KEY:=}'}}
    - {provider_id: '${env.GROQ_API_KEY:+groq}', provider_type: 'remote::groq'}
    - {provider_id: st, provider_type: 'inline::sentence-transformers'}
models:
  - {model_id: '${env.INFERENCE_MODEL}', provider_id: vllm}
  - {model_id: gpt, provider_model_id: gpt-4o, provider_id: openai}
  - {model_id: mini, provider_model_id: a/mini, provider_id: st, metadata: {context_length: 512}}
";
        insta::assert_snapshot!(facts("run.yaml", text), @r"
        route ${env.INFERENCE_MODEL}
          served_name ${env.INFERENCE_MODEL} unresolved
          model ${env.INFERENCE_MODEL} unresolved
          endpoint localhost default
          secrets env literal
        route gpt
          served_name gpt literal
          model gpt-4o literal
          vendor openai literal
          secrets env literal
        server mini
          served_name mini literal
          model a/mini literal
          model_context 512 literal
          engine sentence-transformers literal
        gateway demo
          endpoint localhost default
          secrets env literal
          vendor openai literal
          secrets env literal
          vendor ${env.GROQ_API_KEY:+groq} unresolved
        ");
    }

    #[test]
    fn stores_shields_and_tools_are_facts_of_the_stack() {
        let text = "\
version: '2'
providers:
  safety:
    - {provider_id: llama-guard, provider_type: 'inline::llama-guard'}
  agents:
    - provider_id: meta-reference
      provider_type: inline::meta-reference
      config: {responses_store: {type: postgres}}
  telemetry:
    - {provider_id: t, provider_type: 'inline::meta-reference', config: {sinks: '${env.SINKS:=console,sqlite}'}}
  tool_runtime:
    - {provider_id: tavily-search, provider_type: 'remote::tavily-search', config: {api_key: '${env.TAVILY:=}'}}
    - {provider_id: brave-search, provider_type: 'remote::brave-search'}
inference_store: {type: sqlite, db_path: /x}
shields: [{shield_id: guard}]
tool_groups:
  - {toolgroup_id: 'builtin::websearch', provider_id: tavily-search}
server: {port: 8321, tls_certfile: /c, auth: {provider_config: {type: oauth2_token}}}
";
        insta::assert_snapshot!(facts("run.yaml", text), @r"
        gateway llama-stack
          guardrail guard literal
          prompt_logging full literal
          prompt_store sqlite literal
          prompt_logging full literal
          prompt_store postgres literal
          prompt_store sqlite default
          vendor tavily-search literal
          secrets env literal
          authentication sso literal
          tls true literal
        ");
    }

    #[test]
    fn providers_may_be_on_or_off() {
        let text = "\
image_name: s
providers:
  inference:
    - provider_id: ${env.CEREBRAS_API_KEY:+cerebras}
      provider_type: remote::cerebras
      config: {base_url: 'https://api.cerebras.ai'}
    - provider_id: ${env.OLLAMA_URL:+ollama}
      provider_type: remote::ollama
      config: {url: '${env.OLLAMA_URL:=http://localhost:11434}'}
registered_resources:
  models: [{model_id: tiny, provider_id: ollama, provider_model_id: 'tiny:1b'}]
";
        insta::assert_snapshot!(facts("run.yaml", text), @r"
        route tiny
          served_name tiny literal
          model tiny:1b literal
          endpoint localhost default
        gateway s
          vendor ${env.CEREBRAS_API_KEY:+cerebras} unresolved
          endpoint ${env.CEREBRAS_API_KEY:+cerebras} unresolved
          endpoint localhost default
        ");
    }

    #[test]
    fn stores_may_name_a_backend() {
        let text = "\
providers: {inference: [{provider_id: a, provider_type: 'remote::ollama'}]}
storage:
  backends: {sql: {type: sql_postgres}, kv: {type: kv_sqlite}}
  stores:
    inference: {backend: sql, table_name: x}
    metadata: {backend: kv}
";
        insta::assert_snapshot!(facts("run.yaml", text), @r"
        gateway llama-stack
          prompt_logging full literal
          prompt_store postgres resolved
        ");
    }
}
