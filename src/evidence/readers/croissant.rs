//! Croissant: what a data set's metadata tell of its licence, its origin and the personal data in it.

use super::super::document::Node;
use super::super::fact::{Attribute, Standing, Subject, SubjectKind};
use super::super::substitution::{Term, is_placeholder};
use super::super::{Context, Kind, Reader};
use super::linked_data::{is_a, note_license, property, reference};

pub(super) const READER: Reader = Reader { kind: Kind::Croissant, fits, read };

fn fits(document: Node<'_>) -> bool {
    document.is_mapping()
        && document.get("@type").is_some()
        && is_a(document, "Dataset")
        && (conforms(document) || property(document, "recordSet").is_some() || property(document, "distribution").is_some())
}

/// Whether a document says that it is Croissant.
fn conforms(document: Node<'_>) -> bool {
    let told = property(document, "conformsTo").into_iter().flat_map(Node::each);
    told.filter_map(reference).any(|text| text.contains("mlcommons.org/croissant"))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let named = property(*document, "name").filter(|node| node.text().is_some());
        let span = named.map_or(document.span(), Node::span);
        let mut subject = Subject::new(SubjectKind::Dataset, named.and_then(Node::text).unwrap_or_default(), span);
        for node in property(*document, "license").into_iter().flat_map(Node::each) {
            note_license_node(&mut subject, node);
        }
        note(&mut subject, *document, "url", Attribute::Origin);
        note(&mut subject, *document, "version", Attribute::Revision);
        note(&mut subject, *document, "inLanguage", Attribute::Language);
        for (key, value) in document.entries() {
            let key = key.rsplit([':', '/', '#']).next().unwrap_or(key);
            if key == "personalSensitiveInformation" || key.starts_with("dataSensitive") {
                note_texts(&mut subject, value, Attribute::PersonalData);
            }
        }
        if named.is_some() || !subject.facts.is_empty() {
            context.add(subject);
        }
    }
}

fn note(subject: &mut Subject, document: Node<'_>, name: &str, attribute: Attribute) {
    if let Some(value) = property(document, name) {
        note_texts(subject, value, attribute);
    }
}

fn note_texts(subject: &mut Subject, value: Node<'_>, attribute: Attribute) {
    for node in value.each() {
        if let Some(text) = reference(node) {
            stated(text, node).note_text(subject, attribute);
        }
    }
}

/// A licence is text, an address, or a work with either.
fn note_license_node(subject: &mut Subject, node: Node<'_>) {
    let work = || property(node, "url").or_else(|| node.get("@id")).or_else(|| property(node, "name"));
    let found = if node.text().is_some() { Some(node) } else { work() };
    if let Some((text, node)) = found.and_then(|node| Some((node.text()?, node))) {
        match stated(text, node) {
            term if term.standing.has_value() => note_license(subject, text, node.span()),
            term => term.note_text(subject, Attribute::License),
        }
    }
}

/// A text; nothing is put into it, but it may stand for what is to come.
fn stated(text: &str, node: Node<'_>) -> Term {
    let term = Term::literal(text, node.span());
    if is_placeholder(text) { Term { standing: Standing::Placeholder, ..term } } else { term }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_data_set_is_read() {
        let text = r#"{"@context": {"sc": "https://schema.org/"}, "@type": "sc:Dataset", "name": "things",
            "dct:conformsTo": "http://mlcommons.org/croissant/1.0", "version": "1.2.0", "url": "https://example.org/things",
            "sc:license": ["https://choosealicense.com/licenses/mit/", {"@type": "sc:CreativeWork", "name": "Own terms"}],
            "rai:personalSensitiveInformation": ["Names", "Gender"], "rai:dataBiases": "some"}"#;
        insta::assert_snapshot!(facts("metadata.json", text), @r"
        dataset things
          license mit inferred
          license Own terms literal
          origin https://example.org/things literal
          revision 1.2.0 literal
          personal_data Names literal
          personal_data Gender literal
        ");
    }

    #[test]
    fn what_is_to_come_is_no_value() {
        let text = r#"{"@type": "sc:Dataset", "name": "things", "distribution": [], "license": "TBD on acceptance", "url": "TBD: page"}"#;
        insta::assert_snapshot!(facts("metadata.json", text), @r"
        dataset things
          license TBD on acceptance placeholder
          origin TBD: page placeholder
        ");
    }

    #[test]
    fn other_linked_data_are_none() {
        for text in [
            r#"{"@type": "Person", "name": "x"}"#,
            r#"{"@type": "Dataset", "name": "x"}"#,
            r#"{"type": "Dataset", "recordSet": []}"#,
        ] {
            assert_eq!(facts("metadata.json", text), "", "{text}");
        }
    }
}
