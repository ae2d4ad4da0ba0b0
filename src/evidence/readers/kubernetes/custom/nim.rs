//! NVIDIA's operator of NIM: an image holds the server and names the model; a cache fetches its files beforehand.

use super::super::accelerators;
use super::super::container;
use super::super::files::{Files, Resource};
use super::fields;
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::evidence::image;
use crate::evidence::launch;
use crate::evidence::names;
use crate::evidence::substitution::Term;

/// Reads a `NIMService`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let subject = fields::subject(resource, SubjectKind::Server);
    read_service(subject, spec, files, context);
}

/// Reads a `NIMPipeline`: several services, some of which may be turned off.
pub(super) fn read_pipeline<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    for service in resource.spec().and_then(|spec| spec.get("services")).into_iter().flat_map(Node::items) {
        let name = service.get("name").unwrap_or(service);
        let off = service.get("enabled").and_then(Node::flag) == Some(false);
        if let Some(spec) = service.get("spec").filter(|_| !off) {
            let subject = Subject::new(SubjectKind::Server, name.text().unwrap_or(resource.name), name.span());
            read_service(subject, spec, files, context);
        }
    }
}

fn read_service<'d>(mut subject: Subject, spec: Node<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let read = container::note_as(&mut subject, spec, files, None);
    fields::secret(&mut subject, spec.get("authSecret"));
    if let Some(term) = read.image.filter(|_| subject.fact(Attribute::Model).is_none()) {
        note_model_of_image(&mut subject, &term);
    }
    note_pods(&mut subject, spec);
    accelerators::note_placement(&mut subject, spec);
    note_scale(&mut subject, spec);
    note_exposure(&mut subject, spec.get("expose"));
    if let Some(cache) =
        spec.at(&["storage", "nimCache", "name"]).and_then(Node::text).and_then(|name| files.find("NIMCache", name))
    {
        fields::join(&mut subject, cached(cache));
    }
    context.add(subject);
}

/// Images of NIM are named after the model in them; some hold a server for any model.
pub(super) fn note_model_of_image(subject: &mut Subject, image: &Term) {
    let Some(text) = image.value() else { return };
    let name = image::parse(text).name;
    let Some(model) = name.strip_prefix("nvcr.io/nim/") else { return };
    if !matches!(model.rsplit('/').next(), Some("llm-nim" | "vllm" | "sglang" | "tensorrt-llm" | "multi-llm")) {
        subject.inferred(Attribute::Model, model, name, image.span);
    }
}

/// Accelerators of one copy, which may be spread over several pods.
fn note_pods(subject: &mut Subject, spec: Node<'_>) {
    let multiple = spec.get("multiNode");
    let parallel = multiple.and_then(|multiple| multiple.get("parallelism"));
    let of = |keys: &[&str]| parallel.and_then(|parallel| parallel.any(keys));
    let (tensor, pipeline) = (of(&["tensor", "tp"]), of(&["pipeline", "pp"]));
    let pods = multiple.and_then(|multiple| multiple.get("size")).or(pipeline);
    fields::number(subject, Attribute::TensorParallel, tensor);
    fields::number(subject, Attribute::PipelineParallel, pipeline);
    fields::multiply(subject, pods.and_then(fields::term).as_ref());
}

fn note_scale(subject: &mut Subject, spec: Node<'_>) {
    let scale = spec.get("scale").filter(|scale| scale.get("enabled").and_then(Node::flag) == Some(true));
    let Some(scale) = scale else {
        fields::replicas(subject, spec.get("replicas"));
        return;
    };
    let scaler = scale.get("hpa").unwrap_or(scale);
    fields::bounds(subject, scaler, "minReplicas", "maxReplicas");
    let metric = scaler
        .get("metrics")
        .into_iter()
        .flat_map(Node::items)
        .find_map(|metric| metric.at(&["pods", "metric", "name"]).or_else(|| metric.at(&["resource", "name"])));
    fields::autoscaling(subject, metric, scale);
}

fn note_exposure(subject: &mut Subject, expose: Option<Node<'_>>) {
    let Some(expose) = expose else { return };
    fields::exposure(subject, expose.at(&["service", "type"]));
    let ingress = expose.any(&["ingress", "router"]).filter(|ingress| {
        ingress.get("enabled").and_then(Node::flag) == Some(true) || ingress.any(&["ingress", "gateway"]).is_some()
    });
    if let Some(ingress) = ingress {
        subject.literal(Attribute::Exposure, "public", ingress.span());
    }
}

/// Reads a `NIMCache`.
pub(super) fn read_cache<'d>(resource: &Resource<'d>, _files: &Files<'d>, context: &mut Context<'_>) {
    context.add(cached(resource));
}

/// What is fetched, and for which accelerators.
fn cached(resource: &Resource<'_>) -> Subject {
    let mut subject = fields::subject(resource, SubjectKind::Model);
    let Some(source) = resource.spec().and_then(|spec| spec.get("source")) else { return subject };
    if let Some(catalogue) = source.get("ngc") {
        if let Some(term) = catalogue.get("modelPuller").and_then(fields::term) {
            image::note(&mut subject, &term);
            note_model_of_image(&mut subject, &term);
        }
        note_profile(&mut subject, catalogue.get("model"));
        fields::secret(&mut subject, catalogue.get("authSecret"));
    }
    if let Some(hub) = source.any(&["hf", "dataStore"]) {
        note_hub(&mut subject, hub);
    }
    subject
}

fn note_profile(subject: &mut Subject, profile: Option<Node<'_>>) {
    let Some(profile) = profile else { return };
    if let Some(term) = profile.get("engine").and_then(fields::term) {
        term.note(subject, Attribute::Engine, |text| match text {
            "tensorrt_llm" | "tensorrt-llm" | "trtllm" => Some("tensorrt-llm".to_owned()),
            "" => None,
            other => Some(other.to_ascii_lowercase()),
        });
    }
    if let Some(term) = profile.get("precision").and_then(fields::term) {
        term.note(subject, Attribute::Precision, launch::precision);
    }
    fields::number(subject, Attribute::TensorParallel, profile.get("tensorParallelism"));
    let products: Vec<Node<'_>> =
        profile.get("gpus").into_iter().flat_map(Node::items).filter_map(|gpu| gpu.get("product")).take(16).collect();
    match products.as_slice() {
        [] => {}
        [product] => fields::text(subject, Attribute::GpuType, Some(*product)),
        [first, ..] => {
            let all: Vec<&str> = products.iter().filter_map(|product| product.text()).collect();
            subject.unresolved(Attribute::GpuType, all.join(" or "), first.span());
        }
    }
}

/// A model on the Hub, by organisation and name.
fn note_hub(subject: &mut Subject, hub: Node<'_>) {
    if let Some(name) = hub.get("modelName").and_then(fields::term) {
        let space = hub.get("namespace").and_then(fields::term);
        let whole = space.map_or_else(|| name.text.clone(), |space| format!("{}/{}", space.text, name.text));
        names::note(subject, &name.with(whole));
    }
    fields::text(subject, Attribute::Revision, hub.get("revision"));
    fields::secret(subject, hub.get("authSecret"));
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn an_image_names_the_model() {
        let text = "
apiVersion: apps.nvidia.com/v1alpha1
kind: NIMService
metadata:
  name: chat
spec:
  image:
    repository: nvcr.io/nim/meta/tiny-8b
    tag: 1.3.3
  authSecret: ngc
  replicas: 1
  scale:
    enabled: true
    hpa:
      minReplicas: 1
      maxReplicas: 4
      metrics:
        - type: Pods
          pods: {metric: {name: gpu_cache_usage_perc}}
  resources:
    limits: {nvidia.com/gpu: 2}
  expose:
    service: {type: ClusterIP, port: 8000}
  storage:
    nimCache: {name: tiny}
---
apiVersion: apps.nvidia.com/v1alpha1
kind: NIMCache
metadata:
  name: tiny
spec:
  source:
    ngc:
      modelPuller: nvcr.io/nim/meta/tiny-8b:1.3.3
      authSecret: ngc
      model:
        engine: tensorrt_llm
        precision: fp8
        tensorParallelism: '2'
        gpus: [{product: l40s}]
";
        insta::assert_snapshot!(facts("nim.yaml", text), @"
        server chat
          image nvcr.io/nim/meta/tiny-8b literal
          image_pin version literal
          engine nim literal
          gpu_count 2 literal
          secrets secret literal
          model meta/tiny-8b inferred
          replicas_min 1 literal
          replicas_max 4 literal
          autoscaling gpu_cache_usage_perc literal
          exposure cluster literal
          precision fp8 resolved
          tensor_parallel 2 resolved
          gpu_type l40s resolved
        model tiny
          image nvcr.io/nim/meta/tiny-8b literal
          image_pin version literal
          model meta/tiny-8b inferred
          engine tensorrt-llm literal
          precision fp8 literal
          tensor_parallel 2 literal
          gpu_type l40s literal
          secrets secret literal
        ");
    }

    #[test]
    fn a_cache_may_fetch_from_the_hub() {
        let text = "
apiVersion: apps.nvidia.com/v1alpha1
kind: NIMCache
metadata:
  name: tiny
spec:
  source:
    hf:
      endpoint: https://huggingface.co
      namespace: acme
      modelName: tiny-8b
      authSecret: hf
      modelPuller: nvcr.io/nim/nvidia/llm-nim:1.12
";
        insta::assert_snapshot!(facts("cache.yaml", text), @r"
        model tiny
          model acme/tiny-8b literal
          secrets secret literal
        ");
    }
}
