//! KServe: an `InferenceService` names a model and the runtime that serves it; the runtime holds image and arguments.

use super::super::accelerators;
use super::super::container;
use super::super::files::{Files, Resource};
use super::{fields, nim};
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use crate::evidence::names;
use crate::evidence::substitution::Term;
use crate::evidence::{command, image};

/// Where KServe puts the files of a model; a path there names none.
const MOUNT: &str = "/mnt/models";

/// Fields of a predictor that stand for a runtime by their name, from before there was `model`.
const FRAMEWORKS: &[&str] =
    &["model", "huggingface", "triton", "pytorch", "tensorflow", "onnx", "sklearn", "xgboost", "lightgbm", "paddle", "pmml"];

/// Reads an `InferenceService`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(predictor) = resource.spec().and_then(|spec| spec.get("predictor")) else { return };
    let mut subject = fields::subject(resource, SubjectKind::Server);
    let framework = FRAMEWORKS.iter().find_map(|key| Some((*key, predictor.get(key)?)));
    if let Some((key, model)) = framework {
        note_framework(&mut subject, resource, key, model, files);
    }
    if let Some(container) = fields::container(predictor, "kserve-container") {
        container::note_as(&mut subject, container, files, None);
    }
    forget_mount(&mut subject);
    note_workers(&mut subject, predictor.get("workerSpec"));
    note_scale(&mut subject, predictor);
    note_annotations(&mut subject, resource.node);
    note_access(&mut subject, resource.node);
    accelerators::note_placement(&mut subject, predictor);
    context.add(subject);
}

/// The model, and the runtime as far as the file tells.
fn note_framework<'d>(subject: &mut Subject, resource: &Resource<'d>, key: &'static str, model: Node<'d>, files: &Files<'d>) {
    let runtime = model.get("runtime").or_else(|| resource.spec()?.at(&["predictor", "runtime"]));
    let known = runtime
        .and_then(Node::text)
        .and_then(|name| files.find("ServingRuntime", name).or_else(|| files.find("ClusterServingRuntime", name)));
    let served = known.map(|known| served_by(known, resource, files));
    let format = model.at(&["modelFormat", "name"]);
    let engine = match &served {
        Some((_, engine)) => *engine,
        None => note_engine(subject, key, runtime, format),
    };
    let nim = engine == Some("nim");
    if let Some(format) = format.filter(|_| nim)
        && let Some(name) = format.text().and_then(|name| name.strip_prefix("nvidia-nim-"))
    {
        subject.inferred(Attribute::Model, name, format.text().unwrap_or_default(), format.span());
    }
    // NIM keeps there what it fetches by itself.
    if !nim {
        note_storage(subject, model);
    }
    let read = container::note_as(subject, model, files, engine);
    if matches!(engine, Some("huggingfaceserver")) || key == "huggingface" {
        note_served_name(subject, &read.commands);
    }
    if let Some((runtime, _)) = served {
        fields::join(subject, runtime);
    }
}

/// The arguments of KServe's own server of Hub models that others have not.
fn note_served_name(subject: &mut Subject, commands: &[Vec<Term>]) {
    for words in commands {
        let flags = command::flags(words, &|_| false);
        if let Some(name) = flags.value(&["model-name"]) {
            name.note_text(subject, Attribute::ServedName);
        }
    }
}

fn note_storage(subject: &mut Subject, model: Node<'_>) {
    if let Some(term) = model.get("storageUri").and_then(fields::term) {
        names::note(subject, &term);
        return;
    }
    // `storage.key` names a bucket with its credentials, `path` what is in it.
    if let Some(storage) = model.get("storage") {
        fields::secret(subject, storage.get("key"));
        if let Some(term) = storage.get("storageUri").or_else(|| storage.get("path")).and_then(fields::term) {
            names::note(subject, &term);
        }
    }
}

/// The engine, read off the name of a runtime that is elsewhere, or of the format that a runtime is chosen by.
pub(super) fn note_engine(
    subject: &mut Subject,
    key: &'static str,
    runtime: Option<Node<'_>>,
    format: Option<Node<'_>>,
) -> Option<&'static str> {
    for node in [runtime, format].into_iter().flatten() {
        if let Some(engine) = node.text().and_then(engine_of_name) {
            subject.inferred(Attribute::Engine, engine, node.text().unwrap_or_default(), node.span());
            return Some(engine);
        }
    }
    engine_of_name(key)
}

fn engine_of_name(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    if name.contains("huggingface") {
        return Some("huggingfaceserver");
    }
    if name.starts_with("nvidia-nim") || name.split('-').any(|word| word == "nim") {
        return Some("nim");
    }
    image::parse(&name).engine()
}

/// Reads a `ServingRuntime` or `ClusterServingRuntime`, unless a service of the file has taken it up.
pub(super) fn read_runtime<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let names_it = |service: &Resource<'d>| {
        let runtime = |service: &Resource<'d>| {
            let predictor = service.spec()?.get("predictor")?;
            FRAMEWORKS.iter().find_map(|key| predictor.at(&[key, "runtime"])).or_else(|| predictor.get("runtime"))?.text()
        };
        service.group == resource.group
            && (runtime(service) == Some(resource.name)
                || service.spec().and_then(|spec| spec.text_at("runtime")) == Some(resource.name))
    };
    if !fields::is_taken_up(files, names_it) {
        context.add(runtime(resource, files).0);
    }
}

/// The facts of a runtime, and the software in it.
pub(super) fn runtime<'d>(resource: &Resource<'d>, files: &Files<'d>) -> (Subject, Option<&'static str>) {
    let mut subject = fields::subject(resource, SubjectKind::Server);
    let Some(spec) = resource.spec() else { return (subject, None) };
    // KServe looks for the container of this name.
    let Some(container) = fields::container(spec, "kserve-container") else { return (subject, None) };
    let read = container::note_as(&mut subject, container, files, None);
    if let Some(term) = read.image.filter(|_| subject.fact(Attribute::Model).is_none()) {
        nim::note_model_of_image(&mut subject, &term);
    }
    forget_mount(&mut subject);
    note_workers(&mut subject, spec.get("workerSpec"));
    accelerators::note_placement(&mut subject, spec);
    (subject, read.engine)
}

/// The facts of a runtime for a service: `{{.Name}}` in them is the name of the service.
fn served_by<'d>(known: &Resource<'d>, service: &Resource<'d>, files: &Files<'d>) -> (Subject, Option<&'static str>) {
    let (mut subject, engine) = runtime(known, files);
    for fact in subject.facts.iter_mut().filter(|fact| fact.value.is_none()) {
        let inner = fact.written.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
        if inner == Some(".Name") {
            fact.value = Some(service.name.into());
            fact.standing = Standing::Resolved;
        }
    }
    (subject, engine)
}

/// A path where KServe puts the files says nothing of which model they are of.
pub(super) fn forget_mount(subject: &mut Subject) {
    let mounted = |fact: &Fact| {
        fact.attribute == Attribute::Model && fact.text().is_some_and(|text| text == MOUNT || text.starts_with("/mnt/models/"))
    };
    subject.facts.retain(|fact| !mounted(fact));
}

/// Further pods of one copy.
fn note_workers(subject: &mut Subject, workers: Option<Node<'_>>) {
    let Some(workers) = workers else { return };
    let pipeline = workers.get("pipelineParallelSize");
    fields::number(subject, Attribute::TensorParallel, workers.get("tensorParallelSize"));
    fields::number(subject, Attribute::PipelineParallel, pipeline);
    // One pod for each stage.
    fields::multiply(subject, pipeline.and_then(fields::term).as_ref());
}

/// What Knative is told by annotations of the service.
fn note_annotations(subject: &mut Subject, node: Node<'_>) {
    let Some(annotations) = node.at(&["metadata", "annotations"]) else { return };
    let of = |name: &str| annotations.get(&format!("autoscaling.knative.dev/{name}"));
    fields::number(subject, Attribute::ReplicasMin, of("min-scale").or_else(|| of("minScale")));
    fields::number(subject, Attribute::ReplicasMax, of("max-scale").or_else(|| of("maxScale")));
    if subject.fact(Attribute::Autoscaling).is_some() {
        return;
    }
    if let Some(target) = of("target") {
        fields::autoscaling(subject, of("metric"), target);
    } else {
        fields::text(subject, Attribute::Autoscaling, of("metric"));
    }
}

/// What the controller of Open Data Hub is told: whether callers need a token, and whether a route leads in.
pub(super) fn note_access(subject: &mut Subject, node: Node<'_>) {
    let metadata = |part: &str, key: &str| node.at(&["metadata", part]).and_then(|part| part.get(key));
    if let Some(auth) = metadata("annotations", "security.opendatahub.io/enable-auth")
        && let Some(on) = auth.flag()
    {
        // A token of a service account of the cluster.
        subject.literal(Attribute::Authentication, if on { "custom" } else { "none" }, auth.span());
    }
    let visibility = [
        ("networking.kserve.io/visibility", "exposed", "public"),
        ("networking.knative.dev/visibility", "cluster-local", "cluster"),
    ];
    for (key, value, reach) in visibility {
        if let Some(label) = metadata("labels", key).filter(|label| label.text() == Some(value)) {
            subject.literal(Attribute::Exposure, reach, label.span());
        }
    }
}

fn note_scale(subject: &mut Subject, predictor: Node<'_>) {
    let (least, most) = (predictor.get("minReplicas"), predictor.get("maxReplicas"));
    fields::number(subject, Attribute::ReplicasMin, least);
    fields::number(subject, Attribute::ReplicasMax, most);
    let listed = predictor.at(&["autoScaling", "metrics"]).into_iter().flat_map(Node::items).find_map(|metric| {
        metric
            .at(&["resource", "name"])
            .or_else(|| metric.at(&["external", "metric", "query"]))
            .or_else(|| metric.at(&["podmetric", "metric", "query"]))
    });
    if let Some(metric) = predictor.get("scaleMetric").or(listed) {
        fields::text(subject, Attribute::Autoscaling, Some(metric));
    } else if let Some(target) = predictor.any(&["scaleTarget", "autoScaling"]) {
        subject.literal(Attribute::Autoscaling, true, target.span());
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_service_is_read_with_its_runtime() {
        let text = "
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: chat
  annotations: {autoscaling.knative.dev/target: '10', security.opendatahub.io/enable-auth: 'true'}
  labels: {networking.kserve.io/visibility: exposed}
spec:
  predictor:
    minReplicas: 0
    maxReplicas: 2
    nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}
    model:
      modelFormat: {name: vLLM}
      runtime: own
      storageUri: hf://acme/tiny-8b
      args: [--max-model-len=4096]
      resources: {limits: {nvidia.com/gpu: '1'}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: own}
spec:
  containers:
    - name: kserve-container
      image: vllm/vllm-openai:v0.9.1
      args: [--model=/mnt/models, '--served-model-name={{.Name}}', --max-model-len=1024, --dtype=bfloat16]
";
        insta::assert_snapshot!(facts("chat.yaml", text), @"
        server chat
          model acme/tiny-8b literal
          context 4096 literal
          gpu_count 1 literal
          image vllm/vllm-openai resolved
          image_pin version resolved
          precision bf16 resolved
          served_name chat resolved
          engine vllm resolved
          replicas_min 0 literal
          replicas_max 2 literal
          autoscaling true literal
          authentication custom literal
          exposure public literal
          gpu_type NVIDIA-L4 literal
        ");
    }

    #[test]
    fn a_runtime_that_is_elsewhere_is_read_off_its_name() {
        let text = "
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: big}
spec:
  predictor:
    minReplicas: 1
    scaleMetric: concurrency
    model:
      modelFormat: {name: nvidia-nim-tiny-70b}
      runtime: nvidia-nim-tiny-70b-1.0.0
      storageUri: pvc://cache/
    workerSpec: {pipelineParallelSize: 2, tensorParallelSize: 4}
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: hub}
spec:
  predictor:
    model:
      modelFormat: {name: huggingface}
      args: [--model_id=acme/tiny-8b, --model_name=tiny]
      resources: {limits: {nvidia.com/gpu: 2}}
    workerSpec: {pipelineParallelSize: 3}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterServingRuntime
metadata: {name: unused}
spec:
  containers:
    - {name: kserve-container, image: 'nvcr.io/nim/acme/tiny-3b:1.0.0'}
";
        insta::assert_snapshot!(facts("big.yaml", text), @"
        server big
          engine nim inferred
          model tiny-70b inferred
          tensor_parallel 4 literal
          pipeline_parallel 2 literal
          pods 2 literal
          replicas_min 1 literal
          autoscaling concurrency literal
        server hub
          engine huggingfaceserver inferred
          model acme/tiny-8b literal
          gpu_count 6 resolved
          served_name tiny literal
          pipeline_parallel 3 literal
          pods 3 literal
        server unused
          image nvcr.io/nim/acme/tiny-3b literal
          image_pin version literal
          engine nim literal
          model acme/tiny-3b inferred
        ");
    }
}
