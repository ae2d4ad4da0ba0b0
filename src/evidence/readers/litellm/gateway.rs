//! LiteLLM as a whole: who may call it, what it records and where, what it filters.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::super::launch::{self, Launch};
use super::super::super::substitution::Variables;
use super::term;
use crate::knowledge::vendors;

/// Callbacks that hand on what is said to a model, and the vendor behind them, where they have one.
const RECORDERS: &[(&str, &str)] = &[
    ("langfuse", "langfuse"),
    ("langfuse_otel", "langfuse"),
    ("langsmith", "langsmith"),
    ("helicone", "helicone"),
    ("datadog", "datadog"),
    ("datadog_llm_observability", "datadog"),
    ("sentry", "sentry"),
    ("posthog", "posthog"),
    ("arize", "arize"),
    ("arize_phoenix", "arize"),
    ("wandb", "wandb"),
    ("weave_otel", "wandb"),
    ("lunary", "lunary"),
    ("braintrust", "braintrust"),
    ("galileo", "galileo"),
    ("otel", ""),
    ("opentelemetry", ""),
    ("mlflow", ""),
    ("opik", ""),
    ("logfire", ""),
    ("traceloop", ""),
    ("langtrace", ""),
    ("agentops", ""),
    ("s3", ""),
    ("s3_v2", ""),
    ("gcs_bucket", ""),
    ("gcs_pubsub", ""),
    ("azure_storage", ""),
    ("azure_sentinel", ""),
    ("dynamodb", ""),
    ("aws_sqs", ""),
    ("supabase", ""),
    ("athina", ""),
    ("promptlayer", ""),
    ("literalai", ""),
    ("humanloop", ""),
    ("argilla", ""),
    ("greenscale", ""),
    ("deepeval", ""),
    ("sumologic", ""),
    ("generic_api", ""),
    ("logger", ""),
];

/// Callbacks that filter.
const FILTERS: &[&str] = &[
    "presidio",
    "llamaguard_moderations",
    "llmguard_moderations",
    "google_text_moderation",
    "openai_moderations",
    "lakera_prompt_injection",
    "aporia_prompt_injection",
    "detect_prompt_injection",
    "hide_secrets",
    "banned_keywords",
];

/// Reads everything but routes.
pub(super) fn read(document: Node<'_>, variables: &Variables) -> Subject {
    let sections = ["general_settings", "litellm_settings", "router_settings", "environment_variables", "guardrails"];
    let span = document.any(&sections).unwrap_or(document).span();
    let mut subject = Subject::new(SubjectKind::Gateway, "litellm", span);
    launch::note(&mut subject, &Launch { engine: Some("litellm"), commands: &[], environment: variables });
    if let Some(general) = document.get("general_settings") {
        note_access(&mut subject, general, variables);
        note_spend_logs(&mut subject, general);
        for endpoint in general.get("pass_through_endpoints").into_iter().flat_map(Node::items) {
            note_address(&mut subject, endpoint.get("target"), variables);
        }
    }
    if let Some(settings) = document.get("litellm_settings") {
        note_callbacks(&mut subject, settings, variables);
        note_cache(&mut subject, settings);
        if let Some(telemetry) = settings.get("telemetry").and_then(|node| term(node, variables)) {
            telemetry.note(&mut subject, Attribute::Telemetry, super::super::super::document::flag);
        }
        for (name, guardrail) in settings.get("guardrails").into_iter().flat_map(Node::items).flat_map(Node::entries) {
            subject.literal(Attribute::Guardrail, name, guardrail.span());
        }
    }
    note_guardrails(&mut subject, document, variables);
    for (_, server) in document.get("mcp_servers").into_iter().flat_map(Node::entries) {
        note_address(&mut subject, server.get("url"), variables);
        for path in [&["auth_value"][..], &["headers", "Authorization"]] {
            if let Some(secret) = server.at(path).and_then(|node| term(node, &Variables::default())) {
                launch::note_credential(&mut subject, path[path.len() - 1], &secret);
            }
        }
    }
    note_secrets(&mut subject, document);
    subject
}

fn note_address(subject: &mut Subject, node: Option<Node<'_>>, variables: &Variables) {
    if let Some(address) = node.and_then(|node| term(node, variables)) {
        launch::note_address(subject, &address);
    }
}

fn note_access(subject: &mut Subject, general: Node<'_>, variables: &Variables) {
    if let Some(key) = general.get("master_key").and_then(|node| term(node, variables)) {
        launch::note_key(subject, &key, &key);
    }
    if let Some(custom) = general.get("custom_auth").filter(|node| node.text().is_some_and(|text| !text.is_empty())) {
        fixed(subject, Attribute::Authentication, "custom", custom);
    }
    for key in ["enable_jwt_auth", "enable_oauth2_auth", "enable_oauth2_proxy_auth"] {
        if let Some(node) = general.get(key).filter(|node| node.flag() == Some(true)) {
            fixed(subject, Attribute::Authentication, "sso", node);
        }
    }
}

/// Prompts in the proxy's own database, which is PostgreSQL.
fn note_spend_logs(subject: &mut Subject, general: Node<'_>) {
    if let Some(node) = general.get("store_prompts_in_spend_logs").filter(|node| node.flag() == Some(true)) {
        fixed(subject, Attribute::PromptLogging, "full", node);
        subject.inferred(Attribute::PromptStore, "postgres", "store_prompts_in_spend_logs", node.span());
    }
}

/// Callbacks: those that record get every message, unless messages are left out of the record.
fn note_callbacks(subject: &mut Subject, settings: Node<'_>, variables: &Variables) {
    let redacted = settings.get("turn_off_message_logging").filter(|node| node.flag() == Some(true));
    for key in ["success_callback", "failure_callback", "callbacks"] {
        for callback in settings.get(key).map(Node::each).unwrap_or_default() {
            let Some(name) = callback.text() else { continue };
            if FILTERS.contains(&name) {
                subject.literal(Attribute::Guardrail, name, callback.value_span());
            }
            let Some((_, vendor)) = RECORDERS.iter().find(|(recorder, _)| *recorder == name) else { continue };
            let own = vendors::named(vendor).filter(|vendor| launch::goes_elsewhere(vendor, variables));
            if !vendor.is_empty() && own.is_none() {
                fixed_at(subject, Attribute::Vendor, vendor, name, callback);
            }
            subject.literal(Attribute::PromptStore, name, callback.value_span());
            if redacted.is_none() {
                subject.inferred(Attribute::PromptLogging, "full", name, callback.value_span());
            }
        }
    }
    if let Some(node) = redacted {
        fixed(subject, Attribute::PromptLogging, "metadata", node);
    }
}

/// A cache of answers holds prompts. Without a type it is Redis.
fn note_cache(subject: &mut Subject, settings: Node<'_>) {
    let Some(cache) = settings.get("cache").filter(|cache| cache.flag() == Some(true)) else { return };
    match settings.at(&["cache_params", "type"]) {
        Some(kind) => {
            if let Some(term) = term(kind, &Variables::default()) {
                term.note_text(subject, Attribute::PromptStore);
            }
        }
        None => subject.inferred(Attribute::PromptStore, "redis", "cache", cache.span()),
    }
}

fn note_guardrails(subject: &mut Subject, document: Node<'_>, variables: &Variables) {
    for guardrail in document.get("guardrails").into_iter().flat_map(Node::items) {
        let params = guardrail.get("litellm_params");
        if let Some(name) = guardrail.get("guardrail_name").and_then(|node| term(node, variables)) {
            name.note_text(subject, Attribute::Guardrail);
        }
        let Some(params) = params else { continue };
        note_address(subject, params.get("api_base"), variables);
        let provider = params.get("guardrail");
        if let Some(node) = provider
            && let Some(vendor) = node.text().and_then(vendors::of_prefix)
            && params.get("api_base").is_none()
        {
            fixed(subject, Attribute::Vendor, vendor.id, node);
        }
        if let Some(secret) = params.get("api_key").and_then(|node| term(node, &Variables::default())) {
            launch::note_credential(subject, "api_key", &secret);
        }
    }
}

/// Credentials of the proxy itself.
fn note_secrets(subject: &mut Subject, document: Node<'_>) {
    let paths: [&[&str]; 6] = [
        &["general_settings", "master_key"],
        &["general_settings", "database_url"],
        &["router_settings", "redis_password"],
        &["router_settings", "redis_url"],
        &["litellm_settings", "cache_params", "password"],
        &["litellm_settings", "cache_params", "url"],
    ];
    for path in paths {
        let Some(term) = document.at(path).and_then(|node| term(node, &Variables::default())) else { continue };
        let name = path.last().copied().unwrap_or_default();
        // An address is a credential where it carries one.
        if !name.ends_with("url") || launch::holds_password(&term.written) || !term.standing.has_value() {
            launch::note_credential(subject, name, &term);
        }
    }
}

/// Notes a value that a setting stands for.
fn fixed(subject: &mut Subject, attribute: Attribute, value: &str, node: Node<'_>) {
    fixed_at(subject, attribute, value, node.text().unwrap_or_default(), node);
}

fn fixed_at(subject: &mut Subject, attribute: Attribute, value: &str, written: &str, node: Node<'_>) {
    let span = node.span();
    let written = written.to_owned();
    subject.note(Fact { attribute, value: Some(Content::from(value)), written, standing: Standing::Literal, span });
}
