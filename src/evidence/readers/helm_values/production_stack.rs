//! The vLLM production stack: `servingEngineSpec.modelSpec`, its router and its adapters.

use std::collections::BTreeMap;

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::super::launch;
use super::super::super::names;
use super::component::note_pin;
use super::{fixed, is_on, launcher, number, term};

pub(super) fn fits(document: Node<'_>) -> bool {
    ["servingEngineSpec", "routerSpec"].iter().any(|key| document.get(key).is_some_and(Node::is_mapping))
}

pub(super) fn read(document: Node<'_>) -> Vec<Subject> {
    let mut subjects = Vec::new();
    let engine = document.get("servingEngineSpec");
    let on = |node: Node<'_>, key: &str| node.get(key).and_then(Node::flag) != Some(false);
    if let Some(engine) = engine.filter(|engine| on(*engine, "enableEngine")) {
        for spec in engine.get("modelSpec").into_iter().flat_map(Node::items).filter(|spec| is_on(*spec)) {
            let mut subject = read_model(spec);
            note_key(&mut subject, engine);
            subjects.push(subject);
        }
    }
    note_adapters(&mut subjects, document);
    if let Some(router) = document.get("routerSpec").filter(|router| on(*router, "enableRouter")) {
        subjects.push(read_router(router));
    }
    subjects
}

fn read_model(spec: Node<'_>) -> Subject {
    let name = spec.get("name");
    let shown = name.or_else(|| spec.get("modelURL"));
    let span = shown.unwrap_or(spec).span();
    let mut subject = Subject::new(SubjectKind::Server, shown.and_then(Node::text).unwrap_or("model"), span);
    note_image(&mut subject, spec);
    // The chart starts `vllm serve`, whatever the image is called.
    subject.inferred(
        Attribute::Engine,
        "vllm",
        "servingEngineSpec.modelSpec",
        spec.get("repository").or(shown).unwrap_or(spec).span(),
    );
    if let Some(model) = spec.get("modelURL").and_then(term) {
        names::note(&mut subject, &model);
    }
    if let Some(revision) = spec.get("modelRevision").and_then(term) {
        revision.note_text(&mut subject, Attribute::Revision);
    }
    let config = spec.get("vllmConfig");
    note_config(&mut subject, config);
    let arguments: Vec<Node<'_>> = config.and_then(|config| config.get("extraArgs")).into_iter().collect();
    let environment: Vec<Node<'_>> = spec.get("env").into_iter().collect();
    launcher::note(&mut subject, Some("vllm"), &arguments, &environment);
    note_hardware(&mut subject, spec);
    launcher::note_credential(&mut subject, "hf_token", spec.get("hf_token"));
    subject
}

/// The image, which stands in the entry itself.
fn note_image(subject: &mut Subject, holder: Node<'_>) {
    let Some(image) = holder.get("repository").and_then(term) else { return };
    let name = image.text.clone();
    image.note(subject, Attribute::Image, |_| Some(name));
    note_pin(subject, &image, Some(holder));
}

/// Settings that the chart turns into flags; `extraArgs` come behind them.
fn note_config(subject: &mut Subject, config: Option<Node<'_>>) {
    let Some(config) = config else { return };
    let numbers = [
        ("maxModelLen", Attribute::Context),
        ("tensorParallelSize", Attribute::TensorParallel),
        ("pipelineParallelSize", Attribute::PipelineParallel),
        ("dataParallelSize", Attribute::DataParallel),
        ("maxNumSeqs", Attribute::MaxSequences),
        ("maxNumBatchedTokens", Attribute::MaxBatchedTokens),
        ("gpuMemoryUtilization", Attribute::MemoryUtilization),
    ];
    for (key, attribute) in numbers {
        number(subject, attribute, config.get(key));
    }
    for (key, attribute) in [("dtype", Attribute::Precision), ("kvCacheDtype", Attribute::KvPrecision)] {
        if let Some(term) = config.get(key).and_then(term) {
            term.note(subject, attribute, launch::precision);
        }
    }
}

fn note_hardware(subject: &mut Subject, spec: Node<'_>) {
    let ray = spec.get("raySpec").filter(|ray| ray.get("enabled").and_then(Node::flag) == Some(true));
    match ray {
        Some(ray) => note_ray(subject, spec, ray),
        None => {
            number(subject, Attribute::GpuCount, spec.get("requestGPU"));
            launcher::note_copies(subject, spec.get("replicaCount"), spec.get("keda"));
        }
    }
    if let Some(resources) = spec.get("resources") {
        launcher::note_resources(subject, resources);
    }
    if let Some(kind) = spec.get("requestGPUType")
        && let Some(slice) =
            kind.text().and_then(|text| text.strip_prefix("nvidia.com/")).filter(|slice| slice.starts_with("mig-"))
    {
        fixed(subject, Attribute::GpuType, slice, kind);
    }
    launcher::note_selector(subject, spec);
}

/// A Ray cluster is one replica: a head, and `replicaCount` workers with the accelerators of the entry.
fn note_ray(subject: &mut Subject, spec: Node<'_>, ray: Node<'_>) {
    let Some(workers) = spec.get("replicaCount").and_then(Node::number) else { return };
    let span = spec.get("replicaCount").unwrap_or(spec).span();
    let head = ray.at(&["headNode", "requestGPU"]).and_then(Node::number);
    subject.note(Fact {
        attribute: Attribute::Pods,
        value: Some(Content::Number(workers + 1.0)),
        written: format!("a head and {workers} workers"),
        standing: Standing::Resolved,
        span,
    });
    let Some(each) = spec.get("requestGPU").and_then(Node::number) else { return };
    let head = head.unwrap_or_default();
    subject.note(Fact {
        attribute: Attribute::GpuCount,
        value: Some(Content::Number(head + workers * each)),
        written: format!("{head} + {workers} x {each}"),
        standing: Standing::Resolved,
        span: spec.get("requestGPU").unwrap_or(spec).span(),
    });
}

/// The key that callers of servers and router need: a text, or an object in the cluster.
fn note_key(subject: &mut Subject, holder: Node<'_>) {
    let Some(key) = holder.get("vllmApiKey") else { return };
    let object = key.get("secretName").and_then(term);
    if let Some(term) = object.or_else(|| term(key)) {
        launch::note_key(subject, &term, &term);
        launcher::note_credential(subject, "vllmApiKey", Some(key));
    }
}

/// Adapters, each on the model that it names.
fn note_adapters(subjects: &mut [Subject], document: Node<'_>) {
    let places: BTreeMap<String, usize> = subjects.iter().enumerate().map(|(at, subject)| (subject.name.clone(), at)).collect();
    for adapter in document.get("loraAdapters").into_iter().flat_map(Node::items).filter(|adapter| is_on(*adapter)) {
        let source = adapter.get("adapterSource").and_then(|source| source.any(&["repository", "adapterPath", "adapterName"]));
        let (Some(base), Some(term)) = (adapter.text_at("baseModel"), source.and_then(term)) else { continue };
        if let Some(subject) = places.get(base).and_then(|at| subjects.get_mut(*at)) {
            term.note_text(subject, Attribute::Adapter);
        }
    }
}

fn read_router(router: Node<'_>) -> Subject {
    let mut subject = Subject::new(SubjectKind::Gateway, "router", router.span());
    note_image(&mut subject, router);
    launcher::note_copies(&mut subject, router.get("replicaCount"), router.get("autoscaling"));
    launcher::note_reach(&mut subject, router);
    note_key(&mut subject, router);
    if let Some(backends) = router.get("staticBackends").and_then(term) {
        for one in backends.text.split(',') {
            launch::note_address(&mut subject, &backends.with(one.trim()));
        }
    }
    launcher::note_credential(&mut subject, "hf_token", router.get("hf_token"));
    subject
}
