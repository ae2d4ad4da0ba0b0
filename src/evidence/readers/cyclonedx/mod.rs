//! CycloneDX: models and data sets in a bill of materials.
//!
//! A component is a model where its type says so or where it has a model card. Generators write `1.0` for the version of
//! everything; a revision is what a package URL or a commit tells.

mod package;

use std::collections::BTreeMap;

use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::launch;
use super::super::names;
use super::super::substitution::Term;
use super::super::{Context, Kind, Reader};
use super::linked_data::{digest, is_hash, note_license};
use package::Package;

pub(super) const READER: Reader = Reader { kind: Kind::Cyclonedx, fits, read };

fn fits(document: Node<'_>) -> bool {
    document.text_at("bomFormat").is_some_and(|format| format.eq_ignore_ascii_case("CycloneDX"))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let subjects = Bill::of(*document).subjects();
        if subjects.is_empty() {
            context.reading.refuse("a CycloneDX bill of materials without a model or a data set", document.span());
        }
        for subject in subjects {
            context.add(subject);
        }
    }
}

/// What a component is, where it is a model or a data set.
fn kind(component: Node<'_>) -> Option<SubjectKind> {
    let has_card = component.get("modelCard").is_some_and(Node::is_mapping);
    match component.text_at("type") {
        Some("machine-learning-model") => Some(SubjectKind::Model),
        _ if has_card => Some(SubjectKind::Model),
        // Data may also be source code, a configuration or a definition.
        Some("data") => {
            let mut parts =
                component.get("data").into_iter().flat_map(Node::each).filter_map(|part| part.text_at("type")).peekable();
            let is_dataset = parts.peek().is_none() || parts.any(|kind| matches!(kind, "dataset" | "other"));
            is_dataset.then_some(SubjectKind::Dataset)
        }
        _ => None,
    }
}

/// A bill of materials: its components in order and by their references, and what depends on what.
struct Bill<'d> {
    components: Vec<Node<'d>>,
    by_reference: BTreeMap<&'d str, Node<'d>>,
    depends: BTreeMap<&'d str, Vec<Node<'d>>>,
    services: Vec<Node<'d>>,
}

impl<'d> Bill<'d> {
    fn of(document: Node<'d>) -> Self {
        let mut components = Vec::new();
        let main = document.at(&["metadata", "component"]);
        let listed = document.get("components").into_iter().flat_map(Node::items);
        // The last is looked at first, so that what is nested follows what it is nested in.
        let mut open: Vec<Node<'_>> = main.into_iter().chain(listed).collect();
        open.reverse();
        while let Some(component) = open.pop() {
            components.push(component);
            let inner: Vec<Node<'_>> = component.get("components").into_iter().flat_map(Node::items).collect();
            open.extend(inner.into_iter().rev());
        }
        let by_reference = components.iter().filter_map(|component| Some((component.text_at("bom-ref")?, *component))).collect();
        let mut depends: BTreeMap<&str, Vec<Node<'_>>> = BTreeMap::new();
        for entry in document.get("dependencies").into_iter().flat_map(Node::items) {
            if let Some(reference) = entry.text_at("ref") {
                depends.entry(reference).or_default().extend(entry.get("dependsOn").into_iter().flat_map(Node::items));
            }
        }
        let services = document.get("services").into_iter().flat_map(Node::items).collect();
        Self { components, by_reference, depends, services }
    }

    fn subjects(&self) -> Vec<Subject> {
        let mut found = Vec::new();
        for component in &self.components {
            match kind(*component) {
                Some(SubjectKind::Model) => {
                    found.push(self.model(*component));
                    found.extend(inline_datasets(*component).filter_map(inline_dataset));
                }
                Some(kind) => found.push(dataset(*component, kind)),
                None => {}
            }
        }
        found.extend(self.services.iter().filter_map(|service| client(*service)));
        found
    }

    fn model(&self, component: Node<'d>) -> Subject {
        let mut subject = named(component, SubjectKind::Model);
        package::note(&mut subject, component);
        note_version(&mut subject, component);
        note_common(&mut subject, component);
        for ancestor in component.at(&["pedigree", "ancestors"]).into_iter().flat_map(Node::items) {
            if let Some((name, node)) = called(ancestor) {
                subject.literal(Attribute::Base, name, node.span());
            }
        }
        for data in component.at(&["modelCard", "modelParameters", "datasets"]).into_iter().flat_map(Node::items) {
            self.note_data(&mut subject, data);
        }
        self.note_dependencies(&mut subject, component);
        subject
    }

    /// A data set of a model card: described there, or a reference to a component.
    fn note_data(&self, subject: &mut Subject, data: Node<'d>) {
        let Some((reference, node)) = data.get("ref").and_then(|node| Some((node.text()?, node))) else {
            if let Some((name, node)) = data.get("name").and_then(|node| Some((node.text()?, node))) {
                Term::literal(name, node.span()).note_text(subject, Attribute::TrainingData);
            }
            return;
        };
        match self.by_reference.get(reference).and_then(|component| called(*component)) {
            Some((name, _)) => subject.note(Fact {
                attribute: Attribute::TrainingData,
                value: Some(Content::Text(name)),
                written: reference.to_owned(),
                standing: Standing::Resolved,
                span: node.span(),
            }),
            None => subject.unresolved(Attribute::TrainingData, reference, node.span()),
        }
    }

    /// A model that depends on data or on another model was made from it, where generators mean it so.
    fn note_dependencies(&self, subject: &mut Subject, component: Node<'d>) {
        let own = component.text_at("bom-ref").and_then(|reference| self.depends.get(reference));
        for node in own.into_iter().flatten() {
            // Some generators write objects, which say how.
            let Some(reference) = node.text().or_else(|| node.text_at("ref")) else { continue };
            let Some(target) = self.by_reference.get(reference) else { continue };
            let attribute = match kind(*target) {
                Some(SubjectKind::Model) => Attribute::Base,
                Some(_) => Attribute::TrainingData,
                None => continue,
            };
            let Some((name, _)) = called(*target) else { continue };
            let known = subject.all(attribute).any(|fact| fact.text() == Some(&name));
            if !known {
                subject.inferred(attribute, name, format!("dependsOn {reference}"), node.span());
            }
        }
    }
}

/// A subject with the name of a component.
fn named(component: Node<'_>, kind: SubjectKind) -> Subject {
    let name = component.get("name").filter(|node| node.text().is_some());
    Subject::new(kind, name.and_then(Node::text).unwrap_or_default(), name.map_or(component.span(), Node::span))
}

/// What others call a component: its id on the Hub, else its name.
fn called(component: Node<'_>) -> Option<(String, Node<'_>)> {
    if let Some((package, node)) = Package::of(component) {
        return Some((package.id, node));
    }
    let node = component.get("name")?;
    Some((node.text()?.to_owned(), node))
}

/// Licences and hashes.
fn note_common(subject: &mut Subject, component: Node<'_>) {
    for choice in component.get("licenses").into_iter().flat_map(Node::each) {
        let named = choice.get("license").and_then(|license| license.any(&["id", "name"]));
        if let Some((text, node)) = named.or_else(|| choice.get("expression")).and_then(|node| Some((node.text()?, node)))
            && !matches!(text, "NOASSERTION" | "NONE")
        {
            note_license(subject, text, node.span());
        }
    }
    for hash in component.get("hashes").into_iter().flat_map(Node::items) {
        let Some(content) = hash.get("content") else { continue };
        if let Some(text) = digest(hash.text_at("alg").unwrap_or_default(), content.text().unwrap_or_default()) {
            subject.literal(Attribute::Digest, text, content.span());
        }
    }
}

/// The version, where it is a commit or a hash.
fn note_version(subject: &mut Subject, component: Node<'_>) {
    if let Some((text, node)) = component.get("version").and_then(|node| Some((node.text()?, node)))
        && is_hash(text)
    {
        subject.literal(Attribute::Revision, text, node.span());
    }
}

fn dataset(component: Node<'_>, kind: SubjectKind) -> Subject {
    let mut subject = named(component, kind);
    if let Some((package, node)) = Package::of(component) {
        subject.literal(Attribute::Origin, package.id, node.span());
        if let Some(version) = package.version {
            subject.literal(Attribute::Revision, version, node.span());
        }
    } else if let Some(url) = component.get("externalReferences").and_then(|list| list.items().find_map(|one| one.get("url")))
        && let Some(text) = url.text()
    {
        Term::literal(text, url.span()).note_text(&mut subject, Attribute::Origin);
    }
    note_version(&mut subject, component);
    note_common(&mut subject, component);
    note_property_license(&mut subject, component);
    for part in component.get("data").into_iter().flat_map(Node::each) {
        note_contents(&mut subject, part);
    }
    subject
}

/// A licence in a property of somebody's own: a short text that is named so.
fn note_property_license(subject: &mut Subject, component: Node<'_>) {
    if subject.fact(Attribute::License).is_some() {
        return;
    }
    let own = component.get("properties").into_iter().flat_map(Node::items);
    for value in own.filter(|own| own.text_at("name") == Some("license")).filter_map(|own| own.get("value")) {
        if let Some(text) = value.text().filter(|text| !text.trim().is_empty() && text.len() <= 40) {
            subject.inferred(Attribute::License, text.trim(), "property license", value.span());
        }
    }
}

/// Where data come from, and what is sensitive in them.
fn note_contents(subject: &mut Subject, part: Node<'_>) {
    if let Some((text, node)) = part.at(&["contents", "url"]).and_then(|node| Some((node.text()?, node))) {
        Term::literal(text, node.span()).note_text(subject, Attribute::Origin);
    }
    for node in part.get("sensitiveData").into_iter().flat_map(Node::each) {
        Term::literal(node.text().unwrap_or_default(), node.span()).note_text(subject, Attribute::PersonalData);
    }
}

/// Data sets that a model card describes itself.
fn inline_datasets(component: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let listed = component.at(&["modelCard", "modelParameters", "datasets"]).into_iter().flat_map(Node::items);
    listed.filter(|data| data.get("ref").is_none() && data.text_at("name").is_some())
}

fn inline_dataset(data: Node<'_>) -> Option<Subject> {
    let mut subject = named(data, SubjectKind::Dataset);
    note_contents(&mut subject, data);
    (!subject.facts.is_empty()).then_some(subject)
}

/// A service that is called: of interest where a vendor of models or a recorder of prompts is behind it.
fn client(service: Node<'_>) -> Option<Subject> {
    let mut subject = named(service, SubjectKind::Client);
    for node in service.get("endpoints").into_iter().flat_map(Node::each) {
        launch::note_address(&mut subject, &Term::literal(node.text().unwrap_or_default(), node.span()));
    }
    subject.fact(Attribute::Vendor).is_some().then_some(subject)
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn models_and_data_are_read() {
        let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {"type": "machine-learning-model", "bom-ref": "m", "name": "m", "version": "1.0",
             "purl": "pkg:huggingface/org/m@0123abcdef0123abcdef0123abcdef0123abcdef",
             "licenses": [{"license": {"name": "own"}}, {"expression": "MIT OR Apache-2.0"}],
             "hashes": [{"alg": "SHA-256", "content": "ab12"}],
             "pedigree": {"ancestors": [{"type": "machine-learning-model", "name": "b", "purl": "pkg:huggingface/org/b@1.0"}]},
             "modelCard": {"modelParameters": {"datasets": [{"ref": "d"}, {"ref": "urn:cdx:x"},
               {"type": "dataset", "name": "inline", "contents": {"url": "https://x.org/d"}, "sensitiveData": ["names"]}]}}},
            {"type": "data", "bom-ref": "d", "name": "d", "purl": "pkg:huggingface-dataset/org/d@1.0"},
            {"type": "library", "name": "numpy"}],
            "services": [{"name": "chat", "endpoints": ["https://api.openai.com/v1"]}, {"name": "db", "endpoints": ["tcp://db"]}]}"#;
        insta::assert_snapshot!(facts("bom.json", text), @r"
        model m
          model org/m literal
          revision 0123abcdef0123abcdef0123abcdef0123abcdef literal
          license own literal
          license MIT OR Apache-2.0 literal
          digest sha256:ab12 literal
          base org/b literal
          training_data org/d resolved
          training_data urn:cdx:x unresolved
          training_data inline literal
        dataset inline
          origin https://x.org/d literal
          personal_data names literal
        dataset d
          origin org/d literal
        client chat
          vendor openai literal
          endpoint api.openai.com literal
        ");
    }

    #[test]
    fn a_library_is_a_model_where_it_has_a_card() {
        let text = r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"type": "library", "name": "a"}}, "components": [
            {"type": "library", "name": "b", "modelCard": {}, "components": [{"type": "machine-learning-model", "name": "c",
             "version": "d8f52eb2", "bom-ref": "pkg:huggingface/org%2Fc@1.0"}]}]}"#;
        insta::assert_snapshot!(facts("bom.json", text), @r"
        model b
        model c
          model org/c inferred
          revision d8f52eb2 literal
        ");
    }

    #[test]
    fn a_bill_without_models_is_declined() {
        let text = r#"{"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "numpy"}]}"#;
        assert_eq!(facts("bom.json", text), "refused: a CycloneDX bill of materials without a model or a data set");
    }
}
