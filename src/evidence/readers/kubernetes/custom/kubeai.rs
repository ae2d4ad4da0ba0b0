//! KubeAI: a `Model` names what is served, the engine, and the profile of resources that it runs on.

use super::super::container;
use super::super::files::{Files, Resource};
use super::fields;
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::evidence::names;

/// Reads a `Model`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    // Callers ask for a model by the name of its resource.
    subject.inferred(Attribute::ServedName, resource.name, "metadata.name", resource.span);
    let engine = note_engine(&mut subject, spec);
    note_model(&mut subject, spec.get("url"));
    for adapter in spec.get("adapters").into_iter().flat_map(Node::items).take(fields::MOST) {
        fields::adapter(&mut subject, adapter.get("url"));
    }
    note_profile(&mut subject, spec.get("resourceProfile"));
    note_scale(&mut subject, spec);
    container::note_as(&mut subject, spec, files, engine);
    context.add(subject);
}

fn note_engine(subject: &mut Subject, spec: Node<'_>) -> Option<&'static str> {
    let term = spec.get("engine").and_then(fields::term)?;
    let engine = match term.value()? {
        "VLLM" => "vllm",
        "OLlama" => "ollama",
        "FasterWhisper" => "faster-whisper",
        "Infinity" => "infinity",
        _ => return None,
    };
    term.note(subject, Attribute::Engine, |_| Some(engine));
    Some(engine)
}

/// `hf://org/name`, `ollama://tag`, `s3://…`, `pvc://name/path?model=tag`.
fn note_model(subject: &mut Subject, url: Option<Node<'_>>) {
    let Some(term) = url.and_then(fields::term) else { return };
    let plain = term.text.strip_prefix("ollama://").unwrap_or(&term.text);
    let (place, query) = plain.split_once('?').unwrap_or((plain, ""));
    let named = query.split('&').find_map(|pair| pair.strip_prefix("model="));
    names::note(subject, &term.with(named.unwrap_or(place)));
}

/// `nvidia-gpu-l4:2` is two accelerators; the name of the profile tells which.
fn note_profile(subject: &mut Subject, profile: Option<Node<'_>>) {
    let Some(term) = profile.and_then(fields::term) else { return };
    let Some(text) = term.value() else {
        term.note_text(subject, Attribute::GpuCount);
        return;
    };
    let (name, count) = text.split_once(':').unwrap_or((text, ""));
    let words: Vec<&str> = name.split('-').collect();
    let Some(at) = words.iter().position(|word| matches!(*word, "gpu" | "tpu")) else { return };
    let from = if words[at] == "tpu" { at } else { at + 1 };
    let product = words.get(from..).map(|words| words.join("-")).unwrap_or_default();
    if !product.is_empty() {
        subject.inferred(Attribute::GpuType, product, name, term.span);
    }
    term.with(count).note_number(subject, Attribute::GpuCount);
}

/// The operator sets the number of copies by the requests that are being answered, unless it is told not to.
fn note_scale(subject: &mut Subject, spec: Node<'_>) {
    if spec.get("autoscalingDisabled").and_then(Node::flag) == Some(true) {
        fields::replicas(subject, spec.get("replicas"));
        return;
    }
    fields::bounds(subject, spec, "minReplicas", "maxReplicas");
    if let Some(target) = spec.get("targetRequests") {
        subject.literal(Attribute::Autoscaling, "targetRequests", target.span());
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_model_says_what_is_served_and_on_what() {
        let text = "
apiVersion: kubeai.org/v1
kind: Model
metadata:
  name: chat
spec:
  features: [TextGeneration]
  url: hf://acme/tiny-7b-AWQ
  engine: VLLM
  adapters:
    - name: tone
      url: hf://acme/tone-lora
  args:
    - --max-model-len=8192
    - --disable-log-requests
  env:
    HF_HUB_OFFLINE: '1'
  minReplicas: 0
  maxReplicas: 3
  targetRequests: 20
  resourceProfile: nvidia-gpu-a100-80gb:2
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat
          served_name chat inferred
          engine vllm literal
          model acme/tiny-7b-AWQ literal
          quantization awq inferred
          adapter acme/tone-lora literal
          gpu_type a100-80gb inferred
          gpu_count 2 literal
          replicas_min 0 literal
          replicas_max 3 literal
          autoscaling targetRequests literal
          context 8192 literal
          prompt_logging none literal
          offline true literal
        ");
    }

    #[test]
    fn ollama_names_its_own_tags_and_a_processor_is_no_accelerator() {
        let text = "
apiVersion: kubeai.org/v1
kind: Model
metadata:
  name: small
spec:
  url: ollama://tiny:1b
  engine: OLlama
  minReplicas: 1
  resourceProfile: cpu:4
---
apiVersion: kubeai.org/v1
kind: Model
metadata:
  name: volume
spec:
  url: pvc://models/ollama?model=tiny:2b
  engine: OLlama
  autoscalingDisabled: true
  replicas: 2
  resourceProfile: google-tpu-v5e-2x2:4
";
        insta::assert_snapshot!(facts("small.yaml", text), @r"
        server small
          served_name small inferred
          engine ollama literal
          model tiny:1b literal
          replicas_min 1 literal
        server volume
          served_name volume inferred
          engine ollama literal
          model tiny:2b literal
          gpu_type tpu-v5e-2x2 inferred
          gpu_count 4 literal
          replicas_min 2 literal
          replicas_max 2 literal
        ");
    }
}
