//! The chart of llm-d for one model: `modelArtifacts`, and a pool each for prefill and decode.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::super::{image, names};
use super::{is_on, launcher, number, term};

pub(super) fn fits(document: Node<'_>) -> bool {
    document.get("modelArtifacts").is_some_and(|model| model.any(&["uri", "name"]).is_some())
}

pub(super) fn read(document: Node<'_>) -> Vec<Subject> {
    let pools = ["decode", "prefill"].into_iter().filter_map(|name| Some((name, document.get(name)?)));
    pools.filter(|(_, pool)| is_on(*pool)).map(|(name, pool)| read_pool(document, name, pool)).collect()
}

fn read_pool(document: Node<'_>, name: &str, pool: Node<'_>) -> Subject {
    let mut subject = Subject::new(SubjectKind::Server, name, pool.span());
    let artefacts = document.get("modelArtifacts");
    let part = |key: &str| artefacts.and_then(|artefacts| artefacts.get(key)).and_then(term);
    if let Some(model) = part("uri").or_else(|| part("name")) {
        names::note(&mut subject, &model);
    }
    let served = document.at(&["routing", "modelName"]).and_then(term).or_else(|| part("name"));
    if let Some(served) = served {
        served.note_text(&mut subject, Attribute::ServedName);
    }
    if let Some(object) = part("authSecretName") {
        launcher::note_stored(&mut subject, "authSecretName", &object);
    }
    let counted = note_containers(&mut subject, pool);
    note_parallelism(&mut subject, pool, counted, document);
    launcher::note_copies(&mut subject, pool.get("replicas"), pool.get("autoscaling"));
    launcher::note_selector(&mut subject, pool);
    subject
}

/// Notes the containers of a pool. True where they say how many accelerators they have.
fn note_containers(subject: &mut Subject, pool: Node<'_>) -> bool {
    let mut counted = false;
    for container in pool.get("containers").into_iter().flat_map(Node::items) {
        let mut engine = None;
        if let Some(image) = container.get("image").and_then(term) {
            engine = image::note(subject, &image);
            if let Some(engine) = engine {
                image::note_engine(subject, engine, &image);
            }
        }
        let command: Vec<Node<'_>> = ["command", "args"].iter().filter_map(|key| container.get(key)).collect();
        let environment: Vec<Node<'_>> = container.get("env").into_iter().collect();
        launcher::note(subject, engine, &command, &environment);
        counted |= container.get("resources").is_some_and(|resources| launcher::note_resources(subject, resources));
    }
    counted
}

/// The chart gives each pod as many accelerators as the model is split over.
fn note_parallelism(subject: &mut Subject, pool: Node<'_>, counted: bool, document: Node<'_>) {
    let Some(parallelism) = pool.get("parallelism") else { return };
    number(subject, Attribute::TensorParallel, parallelism.get("tensor"));
    number(subject, Attribute::DataParallel, parallelism.get("data"));
    let several = ["multinode"].iter().any(|key| document.get(key).and_then(Node::flag) == Some(true));
    let pods = parallelism.get("workers").and_then(Node::number).filter(|pods| several && *pods > 1.0);
    if several {
        number(subject, Attribute::Pods, parallelism.get("workers").filter(|_| pods.is_some()));
    }
    let Some((node, tensor)) = parallelism.get("tensor").and_then(|node| Some((node, node.number()?))) else { return };
    if !counted {
        let local = parallelism.get("dataLocal").and_then(Node::number).unwrap_or(1.0);
        let pods = pods.unwrap_or(1.0);
        subject.note(Fact {
            attribute: Attribute::GpuCount,
            value: Some(Content::Number(tensor * local * pods)),
            written: format!("{tensor} x {local} x {pods}"),
            standing: Standing::Inferred,
            span: node.span(),
        });
    }
}
