//! KAITO: a preset names the model, a type of machine the accelerators, and a ConfigMap holds flags of vLLM.

mod instances;
mod retrieval;
mod tuning;

pub(super) use retrieval::read as read_retrieval;

use super::super::accelerators;
use super::super::files::{Files, Resource};
use super::super::pod;
use super::fields;
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use crate::evidence::image;
use crate::evidence::launch::{self, Launch};
use crate::evidence::names;
use crate::evidence::substitution::Variables;

/// Reads a `Workspace`: a server, or the tuning of a model.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    if let Some(inference) = resource.node.get("inference") {
        let mut subject = fields::subject(resource, SubjectKind::Server);
        note_runtime(&mut subject, resource.node);
        note_inference(&mut subject, inference, files, context);
        if let Some(machines) = resource.node.get("resource") {
            note_machines(&mut subject, machines);
        }
        context.add(subject);
    }
    if let Some(work) = resource.node.get("tuning") {
        context.add(tuning::read(resource, work));
    }
}

/// Reads an `InferenceSet`: several workspaces that are alike.
pub(super) fn read_set<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    note_runtime(&mut subject, resource.node);
    if let Some(template) = spec.get("template") {
        if let Some(inference) = template.get("inference") {
            note_inference(&mut subject, inference, files, context);
        }
        if let Some(machines) = template.get("resource") {
            note_machines(&mut subject, machines);
        }
    }
    let annotations = resource.node.at(&["metadata", "annotations"]);
    let scaler = annotations.and_then(|annotations| annotations.get("scaledobject.kaito.sh/auto-provision"));
    match scaler.filter(|scaler| scaler.flag() == Some(true)) {
        Some(scaler) => {
            let of = |name: &str| annotations.and_then(|annotations| annotations.get(&format!("scaledobject.kaito.sh/{name}")));
            fields::autoscaling(&mut subject, of("metricName"), scaler);
            fields::number(&mut subject, Attribute::ReplicasMin, of("min-replicas"));
            fields::number(&mut subject, Attribute::ReplicasMax, of("max-replicas"));
        }
        None => fields::copies(&mut subject, resource, files, spec.get("replicas")),
    }
    context.add(subject);
}

/// Reads a `MultiRoleInference`: prompts are worked on apart from answers, each on machines of its own.
pub(super) fn read_roles<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let model = spec.get("model");
    for role in spec.get("roles").into_iter().flat_map(Node::items) {
        let name = role.text_at("type").unwrap_or_default();
        let mut subject = fields::part(resource, SubjectKind::Server, name, role.get("type").unwrap_or(role));
        note_preset(&mut subject, Attribute::Model, model.and_then(|model| model.get("name")));
        fields::secret(&mut subject, model.and_then(|model| model.get("modelAccessSecret")));
        note_configuration(&mut subject, role.get("runtimeConfig"), files, context);
        note_machines(&mut subject, role);
        fields::replicas(&mut subject, role.get("replicas"));
        context.add(subject);
    }
}

/// An annotation may choose the server.
fn note_runtime(subject: &mut Subject, node: Node<'_>) {
    fields::text(subject, Attribute::Engine, node.at(&["metadata", "annotations", "kaito.sh/runtime"]));
}

/// `inference`: a preset with its options, or a pod.
fn note_inference<'d>(subject: &mut Subject, inference: Node<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    if let Some(preset) = inference.get("preset") {
        note_preset(subject, Attribute::Model, preset.get("name"));
        let options = preset.get("presetOptions");
        fields::secret(subject, options.and_then(|options| options.get("modelAccessSecret")));
        if let Some(term) = options.and_then(|options| fields::filled(options.get("image"))) {
            image::note(subject, &term);
        }
    }
    if let Some(pod) = inference.get("template").and_then(|template| template.get("spec")) {
        pod::note(subject, pod, files);
    }
    note_configuration(subject, inference.get("config"), files, context);
    for adapter in inference.get("adapters").into_iter().flat_map(Node::items).take(fields::MOST) {
        let source = adapter.get("source");
        let place = source.and_then(|source| source.get("image").or_else(|| source.get("urls")?.items().next()));
        fields::adapter(subject, place.or_else(|| source?.get("name")));
    }
}

/// The name of a preset is the project's own; one with an organisation before it is a model on the Hub.
pub(super) fn note_preset(subject: &mut Subject, attribute: Attribute, name: Option<Node<'_>>) {
    let Some(term) = name.and_then(fields::term) else { return };
    match term.value() {
        Some(text) if text.contains('/') && attribute == Attribute::Model => names::note(subject, &term),
        Some(text) if !text.contains('/') => {
            subject.inferred(attribute, text.trim(), format!("preset {}", text.trim()), term.span);
        }
        _ => term.note_text(subject, attribute),
    }
}

/// The machines of one copy. Their number of accelerators is published for some types.
fn note_machines(subject: &mut Subject, machines: Node<'_>) {
    let count = machines.get("count").and_then(fields::term);
    if let Some(term) = fields::filled(machines.get("instanceType")) {
        match term.value().map(|instance| (instance, accelerators::product_of_instance(instance))) {
            Some((instance, Some(product))) => {
                subject.inferred(Attribute::GpuType, product, instance, term.span);
                if let Some(each) = instances::accelerators(instance) {
                    subject.inferred(Attribute::GpuCount, each, instance, term.span);
                }
            }
            Some(_) => {}
            None => term.note_text(subject, Attribute::GpuType),
        }
    }
    fields::multiply(subject, count.as_ref());
    note_partition(subject, machines.get("partition"));
}

/// Parts of machines that are there already: whole accelerators, or slices of one.
fn note_partition(subject: &mut Subject, partition: Option<Node<'_>>) {
    let Some(partition) = partition else { return };
    fields::number(subject, Attribute::GpuCount, partition.get("count"));
    if let Some(profile) = partition.any(&["profile", "migProfile"]).and_then(fields::term) {
        profile.note(subject, Attribute::GpuType, |text| Some(format!("mig-{}", text.trim())));
    }
}

/// The ConfigMap that holds the flags of the server, where it is in the file.
fn note_configuration<'d>(subject: &mut Subject, name: Option<Node<'d>>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(text) = name.and_then(|name| files.configured(name.text()?, "inference_config.yaml")) else { return };
    let Some(parsed) = context.nested(text) else { return };
    let Some(flags) = parsed.documents().next().and_then(|root| root.get("vllm")) else { return };
    subject.note(Fact {
        attribute: Attribute::Engine,
        value: Some(Content::from("vllm")),
        written: "vllm".to_owned(),
        standing: Standing::Resolved,
        span: flags.span(),
    });
    let mut told = Subject::new(SubjectKind::Server, "", flags.span());
    let environment = Variables::default();
    launch::note(&mut told, &Launch { engine: Some("vllm"), commands: &[fields::flags(flags)], environment: &environment });
    // The preset names the model, whatever the flags say.
    told.facts.retain(|fact| fact.attribute != Attribute::Model || subject.fact(Attribute::Model).is_none());
    fields::join(subject, told);
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_workspace_is_a_preset_on_machines_with_flags_from_a_configuration() {
        let text = "
apiVersion: v1
kind: ConfigMap
metadata: {name: flags}
data:
  inference_config.yaml: |
    max_probe_steps: 6
    vllm:
      max-model-len: 4096
      gpu-memory-utilization: 0.9
---
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: chat}
resource:
  count: 2
  instanceType: Standard_NC48ads_A100_v4
inference:
  preset:
    name: tiny-8b-instruct
    presetOptions: {modelAccessSecret: hf}
  config: flags
  adapters: [{source: {name: tone, image: 'example.org/tone:1'}}]
";
        insta::assert_snapshot!(facts("workspace.yaml", text), @r"
        server chat
          model tiny-8b-instruct inferred
          secrets secret literal
          engine vllm resolved
          context 4096 resolved
          memory_utilization 0.9 resolved
          adapter example.org/tone:1 literal
          gpu_type a100-80gb inferred
          gpu_count 4 inferred
          pods 2 literal
        ");
    }

    #[test]
    fn sets_and_roles_have_copies() {
        let text = "
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: {name: set}
spec:
  replicas: 2
  template:
    resource: {instanceType: Standard_NC24ads_A100_v4, partition: {mode: accelerator, count: 2}}
    inference: {preset: {name: acme/tiny-8b}}
---
apiVersion: kaito.sh/v1alpha1
kind: InferenceSet
metadata:
  name: scaled
  annotations:
    scaledobject.kaito.sh/auto-provision: 'true'
    scaledobject.kaito.sh/metricName: 'vllm:num_requests_waiting'
spec: {replicas: 1, template: {inference: {preset: {name: tiny}}}}
---
apiVersion: kaito.sh/v1alpha1
kind: MultiRoleInference
metadata: {name: split}
spec:
  model: {name: acme/huge}
  roles:
    - {type: prefill, replicas: 1, instanceType: Standard_NC80adis_H100_v5}
    - {type: decode, replicas: 3, instanceType: Standard_NC24ads_A100_v4}
";
        insta::assert_snapshot!(facts("sets.yaml", text), @r"
        server set
          model acme/tiny-8b literal
          gpu_type a100-80gb inferred
          gpu_count 1 inferred
          gpu_count 2 literal
          replicas_min 2 literal
          replicas_max 2 literal
        server scaled
          model tiny inferred
          autoscaling vllm:num_requests_waiting literal
        server split-prefill
          model acme/huge literal
          gpu_type h100-nvl inferred
          gpu_count 2 inferred
          replicas_min 1 literal
          replicas_max 1 literal
        server split-decode
          model acme/huge literal
          gpu_type a100-80gb inferred
          gpu_count 1 inferred
          replicas_min 3 literal
          replicas_max 3 literal
        ");
    }
}
