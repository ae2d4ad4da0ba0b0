//! The chart of models for KubeAI: a catalogue of models, of which those that are enabled are deployed.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject, SubjectKind};
use super::super::super::names;
use super::{fixed, launcher, number, term};

/// Entries of the catalogue, in either place that the chart has had for them.
fn entries(document: Node<'_>) -> impl Iterator<Item = (&str, Node<'_>)> {
    let lists = ["catalog", "models"].into_iter().filter_map(move |key| document.get(key)).flat_map(Node::entries);
    lists.filter(|(_, entry)| entry.text_at("url").is_some() && entry.any(&["engine", "resourceProfile", "features"]).is_some())
}

pub(super) fn fits(document: Node<'_>) -> bool {
    entries(document).next().is_some()
        || ["modelServers", "resourceProfiles"].iter().all(|key| document.get(key).is_some_and(Node::is_mapping))
}

pub(super) fn read(document: Node<'_>) -> Vec<Subject> {
    let on = |entry: Node<'_>| entry.get("enabled").and_then(Node::flag) == Some(true);
    entries(document).filter(|(_, entry)| on(*entry)).map(|(name, entry)| read_entry(name, entry)).collect()
}

fn read_entry(name: &str, entry: Node<'_>) -> Subject {
    let mut subject = Subject::new(SubjectKind::Server, name, entry.span());
    let engine = entry.get("engine").and_then(|node| Some((node, engine(node.text()?)?)));
    if let Some((node, engine)) = engine {
        fixed(&mut subject, Attribute::Engine, engine, node);
    }
    if let Some(url) = entry.get("url").and_then(term) {
        let bare = url.text.strip_prefix("ollama://").map(|rest| rest.split('?').next().unwrap_or(rest).to_owned());
        names::note(&mut subject, &bare.map_or(url.clone(), |bare| url.with(bare)));
    }
    let arguments: Vec<Node<'_>> = entry.get("args").into_iter().collect();
    let environment: Vec<Node<'_>> = entry.get("env").into_iter().collect();
    launcher::note(&mut subject, engine.map(|(_, engine)| engine), &arguments, &environment);
    note_profile(&mut subject, entry);
    number(&mut subject, Attribute::ReplicasMin, entry.get("minReplicas"));
    number(&mut subject, Attribute::ReplicasMax, entry.get("maxReplicas"));
    if let Some(target) = entry.get("targetRequests") {
        fixed(&mut subject, Attribute::Autoscaling, "targetRequests", target);
    }
    for adapter in entry.get("adapters").into_iter().flat_map(Node::items).filter_map(|adapter| adapter.get("url")) {
        if let Some(term) = term(adapter) {
            term.note_text(&mut subject, Attribute::Adapter);
        }
    }
    subject
}

fn engine(word: &str) -> Option<&'static str> {
    Some(match word {
        "VLLM" => "vllm",
        "OLlama" => "ollama",
        "FasterWhisper" => "faster-whisper",
        "Infinity" => "infinity",
        _ => return None,
    })
}

/// `profile:count`: the product is in the profile's name, the count multiplies what the profile asks for.
fn note_profile(subject: &mut Subject, entry: Node<'_>) {
    let Some((node, text)) = entry.get("resourceProfile").and_then(|node| Some((node, node.text()?))) else { return };
    let Some((profile, count)) = text.rsplit_once(':') else { return };
    let Some(at) = profile.find("gpu-") else { return };
    if let Ok(count) = count.trim().parse::<f64>() {
        subject.inferred(Attribute::GpuCount, count, text, node.span());
    }
    subject.inferred(Attribute::GpuType, &profile[at + 4..], text, node.span());
}
