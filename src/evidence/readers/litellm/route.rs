//! A route of LiteLLM: an entry of `model_list`.

use std::collections::BTreeMap;

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Standing, Subject, SubjectKind};
use super::super::super::substitution::{Term, Variables};
use super::super::super::{launch, names};
use super::term;
use crate::knowledge::vendors;

/// Providers of LiteLLM that stand for software which anybody runs.
const SOFTWARE: &[&str] = &[
    "ollama",
    "ollama_chat",
    "hosted_vllm",
    "vllm",
    "openai_like",
    "custom_openai",
    "custom",
    "lm_studio",
    "llamafile",
    "xinference",
    "infinity",
    "triton",
    "docker_model_runner",
    "litellm_proxy",
    "oobabooga",
    "petals",
    "aiohttp_openai",
    "lemonade",
];

/// Reads an entry; what has no name is none.
pub(super) fn read(item: Node<'_>, variables: &Variables, credentials: &BTreeMap<&str, Node<'_>>) -> Option<Subject> {
    let params = item.get("litellm_params");
    let name = item.get("model_name").or_else(|| params.and_then(|params| params.get("model")))?;
    let mut subject = Subject::new(SubjectKind::Route, name.text()?, name.span());
    if let Some(alias) = item.get("model_name").and_then(|alias| term(alias, variables)) {
        note_name(&mut subject, Attribute::ServedName, &alias);
    }
    let Some(params) = params else { return Some(subject) };
    let shared = params.text_at("litellm_credential_name").and_then(|name| credentials.get(name)).copied();
    let get = |key: &str| params.get(key).or_else(|| shared.and_then(|shared| shared.get(key)));

    let provider = note_model(&mut subject, item, params, variables);
    let base = get("api_base").or_else(|| get("base_url")).and_then(|node| term(node, variables));
    note_destination(&mut subject, provider.as_ref(), base.as_ref());
    for key in ["region_name", "aws_region_name", "vertex_location", "vertex_ai_location", "watsonx_region_name"] {
        if let Some(region) = get(key).and_then(|node| term(node, variables)) {
            region.note_text(&mut subject, Attribute::Region);
        }
    }
    for key in CREDENTIALS {
        // The mapping says what stands in the file; what it is put in for does not matter here.
        if let Some(secret) = get(key).and_then(|node| term(node, &Variables::default())) {
            launch::note_credential(&mut subject, key, &secret);
        }
    }
    Some(subject)
}

/// Parameters that hold a credential.
const CREDENTIALS: &[&str] =
    &["api_key", "aws_secret_access_key", "aws_session_token", "azure_ad_token", "client_secret", "vertex_credentials", "token"];

/// Who answers, as the provider tells.
struct Provider {
    word: String,
    /// The model with its provider, as it is written.
    written: Term,
    /// Whether the provider is written, or follows from the name of the model.
    told: bool,
}

/// Notes the model without its provider, and gives the provider.
fn note_model(subject: &mut Subject, item: Node<'_>, params: Node<'_>, variables: &Variables) -> Option<Provider> {
    let written = params.get("model").and_then(|model| term(model, variables))?;
    let custom = params.text_at("custom_llm_provider").map(str::to_owned);
    let prefix = written.text.split_once('/').filter(|(prefix, _)| is_provider(prefix));
    let name = prefix.map_or(written.text.as_str(), |(_, name)| name);
    let word = custom.or_else(|| prefix.map(|(prefix, _)| prefix.to_owned()));
    let told = word.is_some();
    let word = word.or_else(|| family(name).map(str::to_owned));
    let name = within(word.as_deref(), name);
    let model = Term { text: name.to_owned(), ..written.clone() };
    let model = if model.standing.has_value() { model } else { Term { written: name.to_owned(), ..model } };

    let base = item.at(&["model_info", "base_model"]).and_then(|node| term(node, variables));
    // A deployment at Azure is named by whoever made it.
    if base.is_none() || word.as_deref() != Some("azure") {
        note_name(subject, Attribute::Model, &model);
    }
    if let Some(base) = base {
        let name = base.text.split_once('/').filter(|(prefix, _)| is_provider(prefix)).map(|(_, name)| name.to_owned());
        note_name(subject, Attribute::Model, &name.map_or(base.clone(), |name| base.with(name)));
    }
    if word.as_deref().is_some_and(|word| word.starts_with("bedrock"))
        && let Some((area, _)) = name.split_once('.').filter(|(area, _)| AREAS.contains(area))
    {
        subject.inferred(Attribute::Region, area, name, written.span);
    }
    Some(Provider { word: word?, written, told })
}

/// Areas among whose regions an inference profile of Bedrock divides requests.
const AREAS: &[&str] = &["us", "eu", "apac", "jp", "au", "ca", "global", "us-gov"];

/// Ways of calling, and regions, that stand before the name of a model of Bedrock and SageMaker.
fn within<'n>(provider: Option<&str>, name: &'n str) -> &'n str {
    if provider.is_none_or(|provider| !provider.starts_with("bedrock")) {
        return name;
    }
    let name = ["converse/", "invoke/", "converse_like/", "agent/"].iter().find_map(|way| name.strip_prefix(way)).unwrap_or(name);
    match name.split_once('/') {
        Some((region, rest)) if region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit()) => rest,
        _ => name,
    }
}

/// Notes a name; a pattern stands for names that nobody can list.
fn note_name(subject: &mut Subject, attribute: Attribute, term: &Term) {
    if term.text.contains('*') {
        subject.unresolved(attribute, term.written.clone(), term.span);
    } else if attribute == Attribute::Model {
        names::note(subject, term);
    } else {
        term.note_text(subject, attribute);
    }
}

fn is_provider(prefix: &str) -> bool {
    SOFTWARE.contains(&prefix) || vendors::of_prefix(prefix).is_some()
}

/// The provider of a model whose name LiteLLM knows without one.
fn family(name: &str) -> Option<&'static str> {
    let families = [
        ("gpt-", "openai"),
        ("chatgpt-", "openai"),
        ("o1", "openai"),
        ("o3", "openai"),
        ("o4", "openai"),
        ("text-embedding-3", "openai"),
        ("text-embedding-ada", "openai"),
        ("dall-e", "openai"),
        ("whisper-1", "openai"),
        ("claude-", "anthropic"),
        ("command-", "cohere"),
        ("gemini-", "vertex_ai"),
    ];
    families.iter().find(|(start, _)| name.starts_with(start) && !name.contains('/')).map(|(_, provider)| *provider)
}

/// Notes whom requests go to: the host of `api_base`, else the vendor that the provider is.
fn note_destination(subject: &mut Subject, provider: Option<&Provider>, base: Option<&Term>) {
    if let Some(base) = base.filter(|base| !base.text.trim().is_empty()) {
        launch::note_address(subject, base);
        // The standard interface is spoken by everybody: its name tells nothing of an address from outside.
        let open = provider.is_none_or(|provider| {
            SOFTWARE.contains(&provider.word.as_str()) || matches!(provider.word.as_str(), "openai" | "text-completion-openai")
        });
        if base.standing.has_value() || open {
            return;
        }
    }
    let Some(provider) = provider else { return };
    if matches!(provider.word.as_str(), "ollama" | "ollama_chat") && is_cloud(&provider.written.text) {
        subject.inferred(Attribute::Vendor, "ollama-cloud", provider.written.text.clone(), provider.written.span);
        return;
    }
    let Some(vendor) = vendors::of_prefix(&provider.word) else { return };
    let written = &provider.written;
    // What is unresolved in the name of the model leaves the provider as it is.
    if provider.told {
        subject.note(super::super::super::fact::Fact {
            attribute: Attribute::Vendor,
            value: Some(vendor.id.into()),
            written: written.written.clone(),
            standing: Standing::Literal,
            span: written.span,
        });
    } else {
        subject.inferred(Attribute::Vendor, vendor.id, written.text.clone(), written.span);
    }
}

/// Tags by which a local Ollama passes requests on to its maker: `NAME:cloud`, `gpt-oss:20b-cloud`.
fn is_cloud(model: &str) -> bool {
    model.rsplit_once(':').is_some_and(|(_, tag)| tag == "cloud" || tag.ends_with("-cloud"))
}
