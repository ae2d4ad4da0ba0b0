//! NVIDIA Dynamo: a graph of services, of which the workers run models and the frontend takes requests.

use super::super::accelerators;
use super::super::container;
use super::super::files::{Files, Resource};
use super::fields;
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::evidence::{image, names};

/// Reads a `DynamoGraphDeployment`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let services = services(spec);
    // It changes the number of workers by what they take to answer.
    let planner = services.iter().find(|(_, service)| role(*service) == Some("planner")).map(|(_, service)| *service);
    for (name, service) in services {
        let mut subject = fields::part(resource, SubjectKind::Server, name, service);
        note_backend(&mut subject, spec);
        if read_service(&mut subject, service, planner, files) {
            context.add(subject);
        }
    }
}

/// The services of a graph by their names: a mapping, or a list in later versions.
fn services(spec: Node<'_>) -> Vec<(&str, Node<'_>)> {
    let mapped = spec.get("services").into_iter().flat_map(Node::entries);
    let listed = spec.get("components").into_iter().flat_map(Node::items);
    mapped.chain(listed.filter_map(|node| Some((node.text_at("name")?, node)))).collect()
}

/// Reads a `DynamoComponentDeployment`: one such service.
pub(super) fn read_component<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    note_backend(&mut subject, spec);
    if read_service(&mut subject, spec, None, files) {
        context.add(subject);
    }
}

/// Reads a `DynamoGraphDeploymentRequest`: a model, and what it shall achieve; the operator finds out the rest.
pub(super) fn read_request<'d>(resource: &Resource<'d>, _files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    if let Some(term) = spec.get("model").and_then(fields::term) {
        names::note(&mut subject, &term);
    }
    note_backend(&mut subject, spec);
    let hardware = spec.get("hardware").or_else(|| spec.at(&["profilingConfig", "config", "hardware"]));
    fields::text(&mut subject, Attribute::GpuType, hardware.and_then(|hardware| hardware.any(&["gpuSku", "gpu_sku"])));
    if let Some(term) = fields::filled(spec.get("image")) {
        image::note(&mut subject, &term);
    }
    context.add(subject);
}

fn note_backend(subject: &mut Subject, spec: Node<'_>) {
    if let Some(term) = spec.any(&["backendFramework", "backend"]).and_then(fields::term) {
        term.note(subject, Attribute::Engine, |text| match text {
            "trtllm" => Some("tensorrt-llm".to_owned()),
            "vllm" | "sglang" => Some(text.to_owned()),
            _ => None,
        });
    }
}

/// Reads a service. False where it neither runs models nor takes requests for those that do.
fn read_service(subject: &mut Subject, service: Node<'_>, planner: Option<Node<'_>>, files: &Files<'_>) -> bool {
    match role(service) {
        Some("planner" | "epp") => return false,
        Some("frontend") => subject.kind = SubjectKind::Gateway,
        _ => {}
    }
    let gateway = subject.kind == SubjectKind::Gateway;
    note_container(subject, service, files);
    if gateway {
        // Its image holds an engine that it does not run.
        subject.facts.retain(|fact| fact.attribute != Attribute::Engine);
    }
    if let Some(model) = service.get("modelRef").filter(|_| !gateway) {
        fields::text(subject, Attribute::ServedName, model.get("name"));
        fields::text(subject, Attribute::Revision, model.get("revision"));
    }
    let gpu = ["limits", "requests"].iter().find_map(|key| service.at(&["resources", key, "gpu"]));
    fields::number(subject, Attribute::GpuCount, gpu);
    fields::multiply(subject, service.at(&["multinode", "nodeCount"]).and_then(fields::term).as_ref());
    note_scale(subject, service, planner.filter(|_| !gateway));
    note_ingress(subject, service.get("ingress"));
    gateway || subject.fact(Attribute::Model).is_some() || subject.fact(Attribute::GpuCount).is_some()
}

/// What a service is to the graph.
fn role(service: Node<'_>) -> Option<&str> {
    service.any(&["componentType", "type"])?.text()
}

/// Its main container, with what is set beside it.
fn note_container(subject: &mut Subject, service: Node<'_>, files: &Files<'_>) {
    fields::secret(subject, service.get("envFromSecret"));
    let pod = service.get("extraPodSpec").or_else(|| service.at(&["podTemplate", "spec"]));
    let main = pod.and_then(|pod| fields::container(pod, "main"));
    if let Some(container) = pod.and_then(|pod| pod.get("mainContainer")).or(main) {
        container::note_as(subject, container, files, None);
    }
    if let Some(pod) = pod {
        accelerators::note_placement(subject, pod);
    }
}

fn note_scale(subject: &mut Subject, service: Node<'_>, planner: Option<Node<'_>>) {
    let own = service.get("autoscaling").filter(|scaler| scaler.get("enabled").and_then(Node::flag) == Some(true));
    match (own, planner) {
        (Some(scaler), _) => {
            fields::bounds(subject, scaler, "minReplicas", "maxReplicas");
            fields::autoscaling(subject, None, scaler);
        }
        (None, Some(planner)) => subject.inferred(Attribute::Autoscaling, "planner", "planner", planner.span()),
        (None, None) => fields::replicas(subject, service.get("replicas")),
    }
}

fn note_ingress(subject: &mut Subject, ingress: Option<Node<'_>>) {
    let Some(ingress) = ingress.filter(|ingress| ingress.get("enabled").and_then(Node::flag) == Some(true)) else { return };
    subject.literal(Attribute::Exposure, "public", ingress.span());
    if let Some(tls) = ingress.get("tls") {
        subject.literal(Attribute::Tls, true, tls.span());
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn workers_are_servers_and_the_frontend_is_a_gateway() {
        let text = "
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: graph}
spec:
  backendFramework: vllm
  services:
    Frontend:
      componentType: frontend
      replicas: 1
      extraPodSpec: {mainContainer: {image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.0'}}
    Decode:
      componentType: worker
      envFromSecret: hf
      replicas: 2
      multinode: {nodeCount: 2}
      resources: {limits: {gpu: '4'}}
      extraPodSpec:
        mainContainer:
          image: nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.0
          command: [python3, -m, dynamo.vllm]
          args: [--model, acme/tiny-8b-FP8, --max-model-len=8192]
";
        insta::assert_snapshot!(facts("graph.yaml", text), @r"
        gateway graph-Frontend
          image nvcr.io/nvidia/ai-dynamo/vllm-runtime literal
          image_pin version literal
          replicas_min 1 literal
          replicas_max 1 literal
        server graph-Decode
          engine vllm literal
          secrets secret literal
          image nvcr.io/nvidia/ai-dynamo/vllm-runtime literal
          image_pin version literal
          engine vllm literal
          model acme/tiny-8b-FP8 literal
          quantization fp8 inferred
          context 8192 literal
          gpu_count 8 resolved
          pods 2 literal
          replicas_min 2 literal
          replicas_max 2 literal
        ");
    }

    #[test]
    fn a_planner_decides_how_many_and_a_request_what_of() {
        let text = "
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: graph}
spec:
  components:
    - {name: planner, type: planner, replicas: 1}
    - name: worker
      type: worker
      replicas: 1
      podTemplate:
        spec:
          containers:
            - name: main
              image: nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.0.0
              args: [python3 -m dynamo.sglang --model-path acme/tiny-8b]
              resources: {limits: {nvidia.com/gpu: 1}}
---
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeploymentRequest
metadata: {name: wish}
spec: {model: acme/tiny-8b, backend: trtllm, hardware: {gpuSku: h200_sxm}}
";
        insta::assert_snapshot!(facts("planned.yaml", text), @r"
        server graph-worker
          image nvcr.io/nvidia/ai-dynamo/sglang-runtime literal
          image_pin version literal
          engine sglang inferred
          gpu_count 1 literal
          autoscaling planner inferred
        server wish
          model acme/tiny-8b literal
          engine tensorrt-llm literal
          gpu_type h200_sxm literal
        ");
    }
}
