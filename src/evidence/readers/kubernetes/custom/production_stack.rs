//! The operator of vLLM's production stack: a `VLLMRuntime` is a server, a `VLLMRouter` the gateway before several, a
//! `LoraAdapter` small weights for some of them.

use super::super::container;
use super::super::files::{Files, Resource};
use super::fields;
use crate::evidence::Context;
use crate::evidence::command;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::evidence::launch::{self, Launch};
use crate::evidence::names;
use crate::evidence::substitution::Variables;

/// Reads a `VLLMRuntime`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    subject.inferred(Attribute::Engine, "vllm", resource.kind, resource.span);
    if let Some(model) = spec.get("model") {
        if let Some(term) = model.get("modelURL").and_then(fields::term) {
            names::note(&mut subject, &term);
        }
        fields::secret(&mut subject, model.at(&["hfTokenSecret", "hfTokenSecretName"]));
    }
    note_flags(&mut subject, spec);
    if let Some(server) = spec.get("vllmConfig") {
        let started = container::note_as(&mut subject, server, files, Some("vllm"));
        let further = server.get("extraArgs").map(|node| command::arguments(&[node], &started.variables));
        let environment = Variables::default();
        launch::note(
            &mut subject,
            &Launch { engine: Some("vllm"), commands: &further.unwrap_or_default(), environment: &environment },
        );
    }
    if let Some(deployment) = spec.get("deploymentConfig") {
        container::note_as(&mut subject, deployment, files, Some("vllm"));
        // `gpuType` is the name of the resource, not of a product.
        fields::number(&mut subject, Attribute::GpuCount, deployment.at(&["resources", "gpu"]));
    }
    note_scale(&mut subject, resource, spec, files);
    note_cache(&mut subject, spec.get("lmCacheConfig"));
    let others = if files.spend(files.resources.len()) { files.resources.as_slice() } else { &[] };
    let adapters = others.iter().filter(|other| other.kind == "LoraAdapter" && other.group == resource.group);
    for adapter in adapters.take(fields::MOST) {
        note_adapter_for(&mut subject, resource, adapter);
    }
    context.add(subject);
}

/// Fields that are named like flags of the server.
fn note_flags(subject: &mut Subject, spec: Node<'_>) {
    let told = ["model", "vllmConfig"].iter().filter_map(|key| spec.get(key));
    let flags = told.flat_map(fields::flags).collect();
    let environment = Variables::default();
    launch::note(subject, &Launch { engine: Some("vllm"), commands: &[flags], environment: &environment });
}

fn note_scale<'d>(subject: &mut Subject, resource: &Resource<'d>, spec: Node<'d>, files: &Files<'d>) {
    let scaler = spec.get("autoscalingConfig").filter(|scaler| scaler.get("enabled").and_then(Node::flag) == Some(true));
    let Some(scaler) = scaler else {
        fields::copies(subject, resource, files, spec.at(&["deploymentConfig", "replicas"]));
        return;
    };
    fields::bounds(subject, scaler, "minReplicas", "maxReplicas");
    let triggers = scaler.get("triggers").into_iter().flat_map(Node::entries);
    let mut thresholds = triggers.filter(|(key, _)| key.ends_with("Threshold")).peekable();
    if thresholds.peek().is_none() {
        subject.literal(Attribute::Autoscaling, true, scaler.span());
    }
    for (key, value) in thresholds.take(8) {
        subject.literal(Attribute::Autoscaling, key.trim_end_matches("Threshold"), value.span());
    }
}

/// What was computed of prompts may be kept elsewhere.
fn note_cache(subject: &mut Subject, cache: Option<Node<'_>>) {
    let enabled = cache.filter(|cache| cache.get("enabled").and_then(Node::flag) == Some(true));
    if let Some(address) = enabled.and_then(|cache| fields::filled(cache.get("remoteUrl"))) {
        launch::note_address(subject, &address);
    }
}

/// Reads a `VLLMRouter`.
pub(super) fn read_router<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    if spec.get("enableRouter").and_then(Node::flag) == Some(false) {
        return;
    }
    let mut subject = fields::subject(resource, SubjectKind::Gateway);
    container::note_as(&mut subject, spec, files, None);
    // The name of its image speaks of what it routes to.
    subject.facts.retain(|fact| fact.attribute != Attribute::Engine);
    fields::replicas(&mut subject, spec.get("replicas"));
    if let Some(list) = fields::filled(spec.get("staticBackends")) {
        for one in list.text.split(',').take(fields::MOST) {
            launch::note_address(&mut subject, &list.with(one.trim()));
        }
    }
    fields::secret(&mut subject, spec.any(&["vllmApiKeySecret", "apiKeySecret"]).and_then(|secret| secret.get("name")));
    context.add(subject);
}

/// Reads a `LoraAdapter`.
pub(super) fn read_adapter<'d>(resource: &Resource<'d>, _files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Model);
    if let Some(term) = weights(spec).and_then(fields::term) {
        names::note(&mut subject, &term);
    }
    fields::text(&mut subject, Attribute::Base, spec.get("baseModel"));
    fields::text(&mut subject, Attribute::ServedName, spec.at(&["adapterSource", "adapterName"]));
    fields::secret(&mut subject, spec.at(&["adapterSource", "credentialsSecretRef", "name"]));
    context.add(subject);
}

/// Where the weights of an adapter are.
fn weights(spec: Node<'_>) -> Option<Node<'_>> {
    let source = spec.get("adapterSource")?;
    source.get("repository").or_else(|| source.get("adapterPath"))
}

/// An adapter of the same file for the model of this server.
fn note_adapter_for(subject: &mut Subject, server: &Resource<'_>, adapter: &Resource<'_>) {
    let Some(spec) = adapter.spec() else { return };
    let base = spec.text_at("baseModel").unwrap_or_default();
    let model = subject.fact(Attribute::Model).and_then(|fact| fact.text());
    let own = model == Some(base)
        || server.name == base
        || server.node.at(&["metadata", "labels", "model"]).and_then(Node::text) == Some(base);
    if own && !base.is_empty() {
        let mut other = Subject::new(SubjectKind::Server, "", adapter.span);
        fields::adapter(&mut other, weights(spec));
        fields::add(subject, other);
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_runtime_has_fields_like_flags() {
        let text = "
apiVersion: production-stack.vllm.ai/v1alpha1
kind: VLLMRuntime
metadata: {name: chat}
spec:
  model:
    modelURL: acme/tiny-8b
    maxModelLen: 4096
    dtype: bfloat16
    maxNumSeqs: 32
    hfTokenSecret: {hfTokenSecretName: hf}
  vllmConfig:
    tensorParallelSize: 2
    gpuMemoryUtilization: '0.8'
    extraArgs: [--disable-log-requests]
    env: [{name: HF_HUB_OFFLINE, value: '1'}]
  deploymentConfig:
    resources: {gpu: '2', gpuType: nvidia.com/gpu}
    image: {registry: docker.io, name: 'lmcache/vllm-openai:latest'}
    replicas: 2
---
apiVersion: production-stack.vllm.ai/v1alpha1
kind: LoraAdapter
metadata: {name: tone}
spec:
  baseModel: acme/tiny-8b
  adapterSource: {type: huggingface, adapterName: tone, repository: acme/tone-lora}
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat
          engine vllm inferred
          model acme/tiny-8b literal
          secrets secret literal
          context 4096 literal
          precision bf16 literal
          tensor_parallel 2 literal
          max_sequences 32 literal
          memory_utilization 0.8 literal
          offline true literal
          prompt_logging none literal
          image docker.io/lmcache/vllm-openai literal
          image_pin moving literal
          gpu_count 2 literal
          replicas_min 2 literal
          replicas_max 2 literal
          adapter acme/tone-lora resolved
        model tone
          model acme/tone-lora literal
          base acme/tiny-8b literal
          served_name tone literal
        ");
    }

    #[test]
    fn a_scaler_counts_before_a_number_and_a_router_runs_no_model() {
        let text = "
apiVersion: production-stack.vllm.ai/v1alpha1
kind: VLLMRuntime
metadata: {name: chat}
spec:
  model: {modelURL: acme/tiny-8b}
  deploymentConfig: {replicas: 1}
  autoscalingConfig:
    enabled: true
    minReplicas: 0
    maxReplicas: 4
    triggers: {requestsRunningThreshold: 5}
---
apiVersion: production-stack.vllm.ai/v1alpha1
kind: VLLMRouter
metadata: {name: router}
spec:
  replicas: 1
  image: {registry: docker.io, name: lmcache/lmstack-router}
  serviceDiscovery: static
  staticBackends: http://a.llm.svc:80,http://b.llm.svc:80
";
        insta::assert_snapshot!(facts("scaled.yaml", text), @r"
        server chat
          engine vllm inferred
          model acme/tiny-8b literal
          replicas_min 0 literal
          replicas_max 4 literal
          autoscaling requestsRunning literal
        gateway router
          image docker.io/lmcache/lmstack-router literal
          image_pin none literal
          replicas_min 1 literal
          replicas_max 1 literal
          endpoint a.llm.svc literal
          endpoint b.llm.svc literal
        ");
    }
}
