//! KServe's `LLMInferenceService`: a model by its address, a pool of servers, and a second pool where prompts are worked
//! on apart. Each pool is a subject: it has accelerators and copies of its own.

use super::super::accelerators;
use super::super::container;
use super::super::files::{Files, Resource};
use super::{fields, kserve};
use crate::evidence::Context;
use crate::evidence::command;
use crate::evidence::document::{self, Node};
use crate::evidence::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use crate::evidence::launch::{self, Launch};
use crate::evidence::names;
use crate::evidence::substitution::{Term, Variables};

/// Reads an `LLMInferenceService`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    note_model(&mut subject, spec);
    let shared = subject.clone();
    note_pool(&mut subject, spec, files);
    note_routes(&mut subject, spec.get("router"));
    kserve::note_access(&mut subject, resource.node);
    if subject.fact(Attribute::Engine).is_none() {
        kserve::note_engine(&mut subject, "", spec.get("runtime"), None);
    }
    note_bases(&mut subject, spec, files);
    fill(&mut subject, spec);
    context.add(subject);
    if let Some(prefill) = spec.get("prefill") {
        let mut pool = fields::part(resource, SubjectKind::Server, "prefill", prefill);
        for fact in shared.facts {
            pool.note(fact);
        }
        note_pool(&mut pool, prefill, files);
        fill(&mut pool, spec);
        context.add(pool);
    }
}

/// Reads an `LLMInferenceServiceConfig`, a template of services. What its expressions decide stays open.
pub(super) fn read_configuration<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let builds_on_it = |service: &Resource<'d>| {
        service.kind == "LLMInferenceService"
            && service.spec().is_some_and(|spec| bases(spec).any(|base| base.text() == Some(resource.name)))
    };
    if fields::is_taken_up(files, builds_on_it) {
        return;
    }
    let subject = template(resource, files);
    if !subject.facts.is_empty() {
        context.add(subject);
    }
    for node in scripts(spec) {
        context
            .reading
            .refuse("a script with expressions that the controller fills in; the flags in it are not read", node.span());
    }
}

/// The facts of a template.
fn template<'d>(resource: &Resource<'d>, files: &Files<'d>) -> Subject {
    let mut subject = fields::subject(resource, SubjectKind::Server);
    if let Some(spec) = resource.spec() {
        note_model(&mut subject, spec);
        note_pool(&mut subject, spec, files);
    }
    subject
}

/// Shell texts in which expressions choose the flags.
fn scripts(spec: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let pools = [Some(spec), spec.get("prefill")].into_iter().flatten();
    let pods = pools.flat_map(|pool| ["template", "worker"].into_iter().filter_map(move |key| pool.get(key)));
    let containers = pods.filter_map(|pod| pod.get("containers")).flat_map(Node::items);
    let texts = containers.flat_map(|node| ["command", "args"].into_iter().filter_map(move |key| node.get(key)));
    let chooses = |node: &Node<'_>| {
        node.text().is_some_and(|text| ["{{- if", "{{ if", "{{-if", "{{if"].iter().any(|start| text.contains(start)))
    };
    texts.flat_map(Node::items).filter(chooses)
}

/// What both pools share.
fn note_model(subject: &mut Subject, spec: Node<'_>) {
    let Some(model) = spec.get("model") else { return };
    if let Some(term) = model.get("uri").and_then(fields::term) {
        names::note(subject, &term);
    }
    fields::text(subject, Attribute::ServedName, model.get("name"));
    for adapter in model.at(&["lora", "adapters"]).into_iter().flat_map(Node::items).take(fields::MOST) {
        fields::adapter(subject, adapter.get("uri"));
    }
    if let Some(trust) = spec.get("trustRemoteCode").and_then(fields::term) {
        trust.note(subject, Attribute::TrustRemoteCode, document::flag);
    }
}

/// One pool of servers: how they are started, spread and copied.
fn note_pool(subject: &mut Subject, pool: Node<'_>, files: &Files<'_>) {
    if let Some(pod) = pool.get("template") {
        note_pod(subject, pod, files);
    } else if let Some(pod) = pool.get("worker") {
        note_pod(subject, pod, files);
    }
    note_parallelism(subject, pool);
    match pool.get("scaling") {
        Some(scaling) => note_scaling(subject, scaling),
        None => fields::replicas(subject, pool.get("replicas")),
    }
}

fn note_pod(subject: &mut Subject, pod: Node<'_>, files: &Files<'_>) {
    // The controller looks for the container of this name.
    if let Some(container) = fields::container(pod, "main") {
        let read = container::note_as(subject, container, files, None);
        if let Some(further) = read.variables.get("VLLM_ADDITIONAL_ARGS") {
            note_further(subject, container, further);
        }
    }
    kserve::forget_mount(subject);
    accelerators::note_placement(subject, pod);
}

/// The templates of KServe hand this variable to vLLM as flags.
fn note_further(subject: &mut Subject, container: Node<'_>, further: &Term) {
    let listed = container.get("env").into_iter().flat_map(Node::items);
    let written =
        listed.filter(|entry| entry.text_at("name") == Some("VLLM_ADDITIONAL_ARGS")).filter_map(|entry| entry.get("value"));
    let Some(value) = written.last().filter(|value| value.text() == Some(&further.written)) else { return };
    if subject.fact(Attribute::Engine).is_none() {
        subject.inferred(Attribute::Engine, "vllm", "VLLM_ADDITIONAL_ARGS", value.span());
    }
    let variables = Variables::default();
    let commands = value.text().map(|text| command::shell(text, &value.offsets(), &variables)).unwrap_or_default();
    launch::note(subject, &Launch { engine: Some("vllm"), commands: &commands, environment: &variables });
}

/// `parallelism`, and the pods of one copy: a stage of the pipeline has a pod of its own, and so have as many copies of
/// the model as one pod holds.
fn note_parallelism(subject: &mut Subject, pool: Node<'_>) {
    let Some(parallelism) = pool.get("parallelism") else { return };
    fields::number(subject, Attribute::TensorParallel, parallelism.get("tensor"));
    fields::number(subject, Attribute::PipelineParallel, parallelism.get("pipeline"));
    fields::number(subject, Attribute::DataParallel, parallelism.get("data"));
    if pool.get("worker").is_none() {
        return;
    }
    if let Some(stages) = parallelism.get("pipeline").and_then(fields::term) {
        fields::multiply(subject, Some(&stages));
    } else if let (Some(all), Some(local)) = (parallelism.get("data"), parallelism.get("dataLocal")) {
        let pods = match (all.number(), local.number()) {
            (Some(all), Some(local)) if local > 0.0 => (all / local).floor().max(1.0),
            _ => return,
        };
        let written = format!("{} / {}", all.text().unwrap_or_default(), local.text().unwrap_or_default());
        let term = Term::literal(pods.to_string(), all.span());
        fields::multiply(subject, Some(&Term { written, standing: Standing::Resolved, ..term }));
    }
}

fn note_scaling(subject: &mut Subject, scaling: Node<'_>) {
    fields::bounds(subject, scaling, "minReplicas", "maxReplicas");
    let keda = scaling.get("keda").or_else(|| scaling.at(&["wva", "keda"]));
    // Where nothing asks, fewer may run than while it scales.
    if let Some(idle) = keda.and_then(|keda| keda.get("idleReplicaCount")) {
        subject.facts.retain(|fact| fact.attribute != Attribute::ReplicasMin);
        fields::number(subject, Attribute::ReplicasMin, Some(idle));
    }
    let trigger = scaling.at(&["keda", "triggers"]).and_then(|triggers| triggers.items().next());
    let metric = trigger.and_then(|trigger| trigger.at(&["metadata", "metricName"]).or_else(|| trigger.get("type")));
    fields::autoscaling(subject, metric, scaling);
}

/// The routes that the controller makes lead in from outside; how far the gateway reaches is said elsewhere.
fn note_routes(subject: &mut Subject, router: Option<Node<'_>>) {
    let Some(router) = router else { return };
    if let Some(way) = router.any(&["ingress", "gateway", "route"]) {
        subject.inferred(Attribute::Exposure, "public", format!("router.{}", key(router, way)), way.span());
    }
}

fn key<'d>(parent: Node<'d>, child: Node<'d>) -> &'d str {
    parent.entries().find(|(_, node)| *node == child).map_or("", |(key, _)| key)
}

/// Puts the name of the model where templates ask for it. It is what callers say; the artefact is at the address.
fn fill(subject: &mut Subject, spec: Node<'_>) {
    let asks = |fact: &Fact| {
        let inner = fact.written.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        fact.value.is_none() && inner.is_some_and(|inner| inner.trim() == ".Spec.Model.Name")
    };
    subject.facts.retain(|fact| fact.attribute != Attribute::Model || !asks(fact));
    let name = spec.at(&["model", "name"]).and_then(Node::text);
    for fact in subject.facts.iter_mut().filter(|fact| asks(fact)) {
        if let Some(name) = name {
            fact.value = Some(name.into());
            fact.standing = Standing::Resolved;
        }
    }
}

/// The configurations that a service builds on.
fn bases(spec: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    spec.get("baseRefs").into_iter().flat_map(Node::items).filter_map(|base| base.get("name"))
}

/// Where the service is silent, what it builds on counts, the last first, and then its runtime.
fn note_bases<'d>(subject: &mut Subject, spec: Node<'d>, files: &Files<'d>) {
    let named: Vec<&str> = bases(spec).filter_map(Node::text).collect();
    for name in named.iter().rev().take(64) {
        if let Some(base) = files.find("LLMInferenceServiceConfig", name) {
            fields::join(subject, template(base, files));
        }
    }
    let runtime = spec.text_at("runtime");
    if let Some(runtime) =
        runtime.and_then(|name| files.find("ServingRuntime", name).or_else(|| files.find("ClusterServingRuntime", name)))
    {
        fields::join(subject, kserve::runtime(runtime, files).0);
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn pools_are_subjects_and_copies_may_span_pods() {
        let text = "
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceService
metadata: {name: big}
spec:
  model:
    uri: hf://acme/huge-400b-FP8
    name: acme/huge
    lora: {adapters: [{name: tone, uri: 'hf://acme/tone-lora'}]}
  replicas: 2
  parallelism: {data: 16, dataLocal: 8, tensor: 1, expert: true}
  router: {route: {}, gateway: {}}
  template:
    containers:
      - name: main
        image: ghcr.io/llm-d/llm-d-cuda:v0.9.0
        env:
          - {name: VLLM_ADDITIONAL_ARGS, value: '--max-model-len 8192 --enable-log-requests'}
        resources: {limits: {nvidia.com/gpu: '8'}}
  worker:
    containers: [{name: main, resources: {limits: {nvidia.com/gpu: '8'}}}]
  prefill:
    scaling:
      minReplicas: 1
      maxReplicas: 4
      keda: {idleReplicaCount: 0, triggers: [{type: prometheus, metadata: {metricName: waiting}}]}
    parallelism: {tensor: 4}
    template:
      containers: [{name: main, resources: {limits: {nvidia.com/gpu: 4}}}]
";
        insta::assert_snapshot!(facts("big.yaml", text), @r"
        server big
          model acme/huge-400b-FP8 literal
          quantization fp8 inferred
          served_name acme/huge literal
          adapter acme/tone-lora literal
          image ghcr.io/llm-d/llm-d-cuda literal
          image_pin version literal
          engine vllm inferred
          gpu_count 16 resolved
          context 8192 literal
          prompt_logging full literal
          tensor_parallel 1 literal
          data_parallel 16 literal
          pods 2 resolved
          replicas_min 2 literal
          replicas_max 2 literal
          exposure public inferred
        server big-prefill
          model acme/huge-400b-FP8 literal
          quantization fp8 inferred
          served_name acme/huge literal
          adapter acme/tone-lora literal
          gpu_count 4 literal
          tensor_parallel 4 literal
          replicas_max 4 literal
          replicas_min 0 literal
          autoscaling waiting literal
        ");
    }

    #[test]
    fn a_template_leaves_its_expressions_open_and_a_service_builds_on_it() {
        let text = "
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceServiceConfig
metadata: {name: base}
spec:
  template:
    containers:
      - name: main
        image: ghcr.io/llm-d/llm-d-cuda:v0.9.0
        command: [/bin/sh, -c]
        args: ['vllm serve /mnt/models --served-model-name \"{{ .Spec.Model.Name }}\" --disable-log-requests']
";
        insta::assert_snapshot!(facts("base.yaml", text), @r"
        server base
          image ghcr.io/llm-d/llm-d-cuda literal
          image_pin version literal
          engine vllm literal
          prompt_logging none literal
          served_name {{ .Spec.Model.Name }} unresolved
        ");
        let service = "
---
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceService
metadata: {name: small}
spec:
  model: {uri: 'pvc://models/tiny', name: tiny}
  baseRefs: [{name: base}]
";
        insta::assert_snapshot!(facts("both.yaml", &format!("{text}{service}")), @r"
        server small
          model pvc://models/tiny literal
          served_name tiny literal
          image ghcr.io/llm-d/llm-d-cuda resolved
          image_pin version resolved
          engine vllm resolved
          prompt_logging none resolved
        ");
    }
}
