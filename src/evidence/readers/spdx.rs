//! SPDX 3 with the AI or the dataset profile: packages of models and of data, and the relationships between them.

use std::collections::BTreeMap;

use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::names;
use super::super::substitution::Term;
use super::super::{Context, Kind, Reader};
use super::linked_data::{digest, identifier, is_a, is_hash, note_license, property, reference};
use crate::span::Span;

pub(super) const READER: Reader = Reader { kind: Kind::Spdx, fits, read };

fn fits(document: Node<'_>) -> bool {
    let contexts = document.get("@context").into_iter().flat_map(Node::each).filter_map(reference);
    let told = contexts.into_iter().any(|text| text.contains("spdx.org/rdf/3") || text.contains("spdx-3-model"));
    told || document.text_at("spdxVersion").is_some_and(|version| version.starts_with("SPDX-"))
        || (document.is_list() && document.items().any(|element| kind(element).is_some() && identifier(element).is_some()))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        if document.get("spdxVersion").is_some() {
            context.reading.refuse("SPDX 2 describes no models; SPDX 3 with the AI profile does", document.span());
            continue;
        }
        let graph = Graph::of(*document);
        let subjects: Vec<Subject> = graph.elements.iter().filter_map(|element| graph.subject(*element)).collect();
        if subjects.is_empty() {
            context.reading.refuse("an SPDX document without a package of the AI or the dataset profile", document.span());
        }
        for subject in subjects {
            context.add(subject);
        }
    }
}

/// What an element is, where it is a model or a data set.
fn kind(element: Node<'_>) -> Option<SubjectKind> {
    if is_a(element, "AIPackage") {
        Some(SubjectKind::Model)
    } else {
        is_a(element, "DatasetPackage").then_some(SubjectKind::Dataset)
    }
}

/// The elements of a document by what they are called, and the relationships by where they begin.
struct Graph<'d> {
    elements: Vec<Node<'d>>,
    called: BTreeMap<&'d str, Node<'d>>,
    from: BTreeMap<&'d str, Vec<Node<'d>>>,
}

impl<'d> Graph<'d> {
    fn of(document: Node<'d>) -> Self {
        let list = document.any(&["@graph", "elements", "element"]).filter(|node| node.is_list());
        let elements = list.unwrap_or(document).each();
        let called = elements.iter().filter_map(|element| Some((identifier(*element)?, *element))).collect();
        let mut from: BTreeMap<&str, Vec<Node<'_>>> = BTreeMap::new();
        for element in &elements {
            if property(*element, "relationshipType").is_some()
                && let Some(start) = property(*element, "from").and_then(reference)
            {
                from.entry(start).or_default().push(*element);
            }
        }
        Self { elements, called, from }
    }

    fn subject(&self, element: Node<'d>) -> Option<Subject> {
        let kind = kind(element)?;
        let named = property(element, "name").filter(|node| node.text().is_some());
        let span = named.map_or(element.span(), Node::span);
        let mut subject = Subject::new(kind, named.and_then(Node::text).unwrap_or_default(), span);
        match kind {
            SubjectKind::Model => note_model(&mut subject, element),
            _ => note_dataset(&mut subject, element),
        }
        note_digests(&mut subject, element);
        self.note_licenses(&mut subject, element);
        self.note_lineage(&mut subject, element);
        Some(subject)
    }

    /// What relationships of one type lead to from an element, each with the place that says so.
    fn targets(&self, element: Node<'d>, relationship: &str) -> Vec<Node<'d>> {
        let own = identifier(element).and_then(|name| self.from.get(name)).map_or(&[][..], Vec::as_slice);
        let fitting = own.iter().filter(|one| property(**one, "relationshipType").and_then(Node::text) == Some(relationship));
        fitting.filter_map(|one| property(*one, "to")).flat_map(Node::each).collect()
    }

    fn element(&self, node: Node<'d>) -> Option<Node<'d>> {
        if node.is_mapping() && property(node, "name").is_some() {
            return Some(node);
        }
        self.called.get(reference(node)?).copied()
    }

    /// What was concluded, unless the maker declared the same; what was declared counts.
    fn note_licenses(&self, subject: &mut Subject, element: Node<'d>) {
        let declared = self.licenses(element, "hasDeclaredLicense", "declaredLicense");
        let concluded = self.licenses(element, "hasConcludedLicense", "concludedLicense");
        let only_concluded = concluded.iter().filter(|(text, _)| declared.iter().all(|(other, _)| other != text));
        for (text, span) in only_concluded.chain(&declared) {
            note_license(subject, text, *span);
        }
    }

    fn licenses(&self, element: Node<'d>, relationship: &str, key: &str) -> Vec<(&'d str, Span)> {
        let targets = self.targets(element, relationship).into_iter().chain(property(element, key));
        targets.filter_map(|target| self.license(target)).collect()
    }

    /// The licence that a reference leads to: an expression, the name of a text, or the address itself.
    fn license(&self, target: Node<'d>) -> Option<(&'d str, Span)> {
        let stated = self.called.get(reference(target)?).copied().unwrap_or(target);
        let written = property(stated, "licenseExpression").or_else(|| {
            property(stated, "name").filter(|_| property(stated, "licenseText").is_some() || is_a(stated, "CustomLicense"))
        });
        let (text, node) = match written {
            Some(node) => (node.text()?, node),
            None => (reference(target)?, target),
        };
        let nothing = ["NOASSERTION", "NoAssertion", "NoAssertionLicense", "NONE", "NoneLicense"];
        (!nothing.iter().any(|word| text.ends_with(word))).then(|| (text, node.span()))
    }

    /// What a model was trained on and made from. What it was tested on is not in it.
    fn note_lineage(&self, subject: &mut Subject, element: Node<'d>) {
        for (relationship, attribute) in [("trainedOn", Attribute::TrainingData), ("descendantOf", Attribute::Base)] {
            for target in self.targets(element, relationship) {
                let named = self.element(target).and_then(|element| property(element, "name")).and_then(Node::text);
                let Some(written) = reference(target) else { continue };
                let standing = if named.is_some() { Standing::Resolved } else { Standing::Literal };
                let value = Some(Content::from(named.unwrap_or(written)));
                subject.note(Fact { attribute, value, written: written.to_owned(), standing, span: target.span() });
            }
        }
    }
}

fn note_model(subject: &mut Subject, element: Node<'_>) {
    let places = [property(element, "packageUrl"), property(element, "downloadLocation")];
    let on_the_hub =
        |text: &str| text.starts_with("pkg:huggingface/") || text.contains("huggingface.co/") || text.contains("hf.co/");
    let place = places.into_iter().flatten().find(|node| node.text().is_some_and(on_the_hub));
    if let Some(node) = place {
        names::note(subject, &Term::literal(node.text().unwrap_or_default(), node.span()));
    }
    // Any text may be a version; what pins a model is a commit.
    if let Some(node) = property(element, "packageVersion").filter(|node| node.text().is_some_and(is_hash)) {
        Term::literal(node.text().unwrap_or_default(), node.span()).note_text(subject, Attribute::Revision);
    }
}

fn note_dataset(subject: &mut Subject, element: Node<'_>) {
    let mut note = |names: &[&str], attribute: Attribute| {
        let found = names.iter().find_map(|name| property(element, name));
        if let Some((text, node)) = found.and_then(|node| Some((node.text()?, node)))
            && !text.eq_ignore_ascii_case("noassertion")
        {
            Term::literal(text, node.span()).note_text(subject, attribute);
        }
    };
    note(&["packageVersion"], Attribute::Revision);
    note(&["downloadLocation", "packageUrl", "dataCollectionProcess"], Attribute::Origin);
    note(&["hasSensitivePersonalInformation", "sensitivePersonalInformation"], Attribute::PersonalData);
}

fn note_digests(subject: &mut Subject, element: Node<'_>) {
    for hash in property(element, "verifiedUsing").into_iter().flat_map(Node::each) {
        let (Some(algorithm), Some(value)) = (property(hash, "algorithm"), property(hash, "hashValue")) else { continue };
        let text = digest(algorithm.text().unwrap_or_default(), value.text().unwrap_or_default());
        if let Some(text) = text {
            subject.literal(Attribute::Digest, text, value.span());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn packages_and_their_relationships_are_read() {
        let text = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
            {"type": "ai_AIPackage", "spdxId": "u:m", "name": "m", "software_downloadLocation": "https://huggingface.co/org/m",
             "software_packageVersion": "1.0"},
            {"type": "dataset_DatasetPackage", "spdxId": "u:d", "name": "d", "dataset_hasSensitivePersonalInformation": "yes",
             "software_packageVersion": "2024-04", "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": "ab12"}]},
            {"type": "Relationship", "relationshipType": "trainedOn", "from": "u:m", "to": ["u:d", "u:elsewhere"]},
            {"type": "Relationship", "relationshipType": "testedOn", "from": "u:m", "to": ["u:t"]},
            {"type": "Relationship", "relationshipType": "hasDeclaredLicense", "from": "u:m", "to": ["u:l"]},
            {"type": "Relationship", "relationshipType": "hasConcludedLicense", "from": "u:m",
             "to": ["https://spdx.org/licenses/MIT"]},
            {"type": "simplelicensing_LicenseExpression", "spdxId": "u:l", "simplelicensing_licenseExpression": "Apache-2.0"}]}"#;
        insta::assert_snapshot!(facts("x.spdx.json", text), @r"
        model m
          model org/m literal
          license MIT inferred
          license Apache-2.0 literal
          training_data d resolved
          training_data u:elsewhere literal
        dataset d
          revision 2024-04 literal
          personal_data yes literal
          digest sha256:ab12 literal
        ");
    }

    #[test]
    fn elements_may_stand_in_a_list() {
        let text = r#"[{"@type": "https://spdx.org/rdf/3.0.0/terms/AI/AIPackage", "@id": "u:m", "name": "m"}]"#;
        assert_eq!(facts("x.json", text), "model m");
    }

    #[test]
    fn documents_without_models_are_declined() {
        let text = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type": "software_Package"}]}"#;
        assert_eq!(facts("x.json", text), "refused: an SPDX document without a package of the AI or the dataset profile");
        let text = r#"{"spdxVersion": "SPDX-2.3", "packages": []}"#;
        assert_eq!(facts("x.json", text), "refused: SPDX 2 describes no models; SPDX 3 with the AI profile does");
    }
}
