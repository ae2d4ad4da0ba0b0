//! llmkube: a `Model` is files, an `InferenceService` serves one by its name.

use super::super::accelerators;
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

/// Fields of a service that are flags of llama.cpp under another name.
const FLAGS: &[(&str, &str)] = &[("contextSize", "ctx-size"), ("parallelSlots", "parallel"), ("cacheTypeK", "cache-type-k")];

/// Reads an `InferenceService`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    let engine = note_engine(&mut subject, spec);
    let started = container::note_as(&mut subject, spec, files, engine);
    note_flags(&mut subject, spec, engine, &started.variables);
    fields::number(&mut subject, Attribute::GpuCount, spec.at(&["resources", "gpu"]));
    accelerators::note_placement(&mut subject, spec);
    match spec.get("autoscaling") {
        Some(scaler) => {
            fields::bounds(&mut subject, scaler, "minReplicas", "maxReplicas");
            let metric = scaler.get("metrics").and_then(|metrics| metrics.items().next()?.get("name"));
            fields::autoscaling(&mut subject, metric, scaler);
        }
        None => fields::replicas(&mut subject, spec.get("replicas")),
    }
    fields::exposure(&mut subject, spec.at(&["endpoint", "type"]));
    let model = spec.text_at("modelRef").and_then(|name| find_model(name, files));
    if let Some(model) = model {
        fields::join(&mut subject, described(model));
    } else if let Some(name) = spec.get("modelRef").filter(|_| subject.fact(Attribute::Model).is_none()) {
        subject.unresolved(Attribute::Model, format!("Model {}", name.text().unwrap_or_default()), name.span());
    }
    context.add(subject);
}

/// Reads a `Model`, unless a service of the file serves it.
pub(super) fn read_model<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let serves = |other: &Resource<'d>| {
        other.group == resource.group && other.spec().and_then(|spec| spec.text_at("modelRef")) == Some(resource.name)
    };
    if !fields::is_taken_up(files, serves) {
        context.add(described(resource));
    }
}

fn find_model<'f, 'd>(name: &str, files: &'f Files<'d>) -> Option<&'f Resource<'d>> {
    if !files.spend(files.resources.len()) {
        return None;
    }
    files.resources.iter().find(|other| other.group == "inference.llmkube.dev" && other.kind == "Model" && other.name == name)
}

/// What a `Model` says of its files and of the accelerators that they are for.
fn described(resource: &Resource<'_>) -> Subject {
    let mut subject = fields::subject(resource, SubjectKind::Model);
    let Some(spec) = resource.spec() else { return subject };
    if let Some(term) = spec.get("source").and_then(fields::term) {
        names::note(&mut subject, &term);
    }
    if let Some(term) = fields::filled(spec.get("quantization")) {
        term.note(&mut subject, Attribute::Quantization, |text| Some(text.trim().to_ascii_lowercase()));
    }
    if let Some(term) = fields::filled(spec.get("format")) {
        term.note(&mut subject, Attribute::WeightFormat, |text| match text {
            "gguf" | "safetensors" => Some(text.to_owned()),
            "pytorch" => Some("pickle".to_owned()),
            _ => None,
        });
    }
    fields::text(&mut subject, Attribute::Revision, spec.get("revision"));
    fields::text(&mut subject, Attribute::Digest, spec.get("sha256"));
    let gpu = spec.at(&["hardware", "gpu"]).filter(|gpu| gpu.get("enabled").and_then(Node::flag) != Some(false));
    fields::number(&mut subject, Attribute::GpuCount, gpu.and_then(|gpu| gpu.get("count")));
    subject
}

/// The software; llama.cpp where none is named, which is no fact.
fn note_engine(subject: &mut Subject, spec: Node<'_>) -> Option<&'static str> {
    let Some(term) = fields::filled(spec.get("runtime")) else { return Some("llama.cpp") };
    let engine = match term.value()? {
        "llamacpp" => "llama.cpp",
        "vllm" => "vllm",
        "tgi" => "tgi",
        "sglang" => "sglang",
        "ollama" => "ollama",
        "vllm-swift" | "omlx" | "mlx" => "mlx",
        _ => return None,
    };
    term.note(subject, Attribute::Engine, |_| Some(engine));
    Some(engine)
}

/// Fields that stand for flags, and further flags behind them.
fn note_flags(subject: &mut Subject, spec: Node<'_>, engine: Option<&'static str>, variables: &Variables) {
    let mut words = Vec::new();
    for (key, flag) in FLAGS {
        words.extend(spec.get(key).and_then(|node| fields::flag(flag, node)));
    }
    for settings in ["vllmConfig", "tgiConfig"].iter().filter_map(|key| spec.get(key)) {
        words.extend(fields::flags(settings));
        fields::secret(subject, settings.at(&["hfTokenSecretRef", "name"]));
    }
    if let Some(further) = spec.get("extraArgs") {
        words.extend(command::arguments(&[further], variables).into_iter().flatten());
    }
    let environment = Variables::default();
    launch::note(subject, &Launch { engine, commands: &[words], environment: &environment });
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_service_is_read_with_its_model() {
        let text = "
apiVersion: inference.llmkube.dev/v1alpha1
kind: Model
metadata: {name: tiny}
spec:
  source: hf://acme/tiny-GGUF
  files: [tiny-Q4_K_M.gguf]
  format: gguf
  quantization: Q4_K_M
  hardware: {gpu: {enabled: true, count: 2}}
---
apiVersion: inference.llmkube.dev/v1alpha1
kind: InferenceService
metadata: {name: chat}
spec:
  modelRef: tiny
  runtime: llamacpp
  image: ghcr.io/ggml-org/llama.cpp:server-cuda
  replicas: 1
  contextSize: 16384
  parallelSlots: 4
  cacheTypeK: q8_0
  extraArgs: [--alias, own]
  endpoint: {type: NodePort}
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat
          engine llama.cpp literal
          image ghcr.io/ggml-org/llama.cpp literal
          image_pin moving literal
          kv_precision q8_0 literal
          served_name own literal
          max_sequences 4 literal
          context 4096 resolved
          replicas_min 1 literal
          replicas_max 1 literal
          exposure host literal
          model acme/tiny-GGUF resolved
          weight_format gguf inferred
          quantization q4_k_m resolved
          weight_format gguf resolved
          gpu_count 2 resolved
        ");
    }

    #[test]
    fn other_runtimes_have_settings_of_their_own() {
        let text = "
apiVersion: inference.llmkube.dev/v1alpha1
kind: InferenceService
metadata: {name: chat}
spec:
  modelRef: elsewhere
  runtime: vllm
  vllmConfig: {tensorParallelSize: 2, maxModelLen: 8192, quantization: awq, hfTokenSecretRef: {name: hf, key: HF_TOKEN}}
  autoscaling: {minReplicas: 1, maxReplicas: 3, metrics: [{type: Pods, name: 'vllm:num_requests_running'}]}
  resources: {gpu: 2}
";
        insta::assert_snapshot!(facts("vllm.yaml", text), @r"
        server chat
          engine vllm literal
          secrets secret literal
          context 8192 literal
          quantization awq literal
          tensor_parallel 2 literal
          gpu_count 2 literal
          replicas_min 1 literal
          replicas_max 3 literal
          autoscaling vllm:num_requests_running literal
          model Model elsewhere unresolved
        ");
    }
}
