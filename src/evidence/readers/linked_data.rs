//! JSON-LD as SPDX and Croissant write it: keys and types with and without prefixes, values that are objects.

use super::super::document::Node;
use super::super::fact::{Attribute, Subject};
use super::super::substitution::Term;
use crate::span::Span;

/// The value of a property, whichever prefix its key has.
pub(super) fn property<'d>(node: Node<'d>, name: &str) -> Option<Node<'d>> {
    node.get(name).or_else(|| node.entries().find(|(key, _)| tail(key) == name).map(|(_, value)| value))
}

/// Whether a node is of a type, whichever prefix its name has.
pub(super) fn is_a(node: Node<'_>, name: &str) -> bool {
    node.any(&["@type", "type"])
        .is_some_and(|kind| kind.each().into_iter().any(|one| one.text().is_some_and(|text| tail(text) == name)))
}

/// What other nodes call a node.
pub(super) fn identifier(node: Node<'_>) -> Option<&str> {
    node.any(&["spdxId", "@id", "id"]).and_then(Node::text)
}

/// What a value refers to: itself where it is text, else what the object is called.
pub(super) fn reference(node: Node<'_>) -> Option<&str> {
    node.text().or_else(|| identifier(node))
}

/// A name without its prefix: `sc:Dataset`, `ai_AIPackage`, `https://…/terms/AI/AIPackage`.
fn tail(text: &str) -> &str {
    text.trim_end().rsplit(['/', '#', ':', '_']).next().unwrap_or(text)
}

/// Notes a licence. An address that is known to be that of a licence tells its tag.
pub(super) fn note_license(subject: &mut Subject, text: &str, span: Span) {
    match tag_of_address(text) {
        Some(tag) => subject.inferred(Attribute::License, tag, text, span),
        None => Term::literal(text, span).note_text(subject, Attribute::License),
    }
}

/// The tag of the licence at an address.
fn tag_of_address(address: &str) -> Option<String> {
    let (_, rest) = address.trim().split_once("://")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    let named = ["choosealicense.com/licenses/", "spdx.org/licenses/", "opensource.org/licenses/", "opensource.org/license/"];
    if let Some(name) = named.iter().find_map(|site| rest.strip_prefix(site)) {
        let name = name.strip_suffix(".html").unwrap_or(name);
        return (!name.is_empty() && !name.contains('/')).then(|| name.to_owned());
    }
    if let Some(path) = rest.strip_prefix("creativecommons.org/") {
        let mut parts = path.split('/');
        return match (parts.next()?, parts.next()?, parts.next()?) {
            ("licenses", terms, version) => Some(format!("cc-{terms}-{version}")),
            ("publicdomain", "zero", version) => Some(format!("cc0-{version}")),
            _ => None,
        };
    }
    rest.starts_with("apache.org/licenses/LICENSE-2.0").then(|| "apache-2.0".to_owned())
}

/// Whether a text looks like the hash of a commit or of an artefact.
pub(super) fn is_hash(text: &str) -> bool {
    let hexadecimal = text.len() >= 7 && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mixed = text.contains(|c: char| c.is_ascii_digit()) && text.contains(|c: char| c.is_ascii_alphabetic());
    hexadecimal && (mixed || text.len() >= 40)
}

/// A hash under the name of its algorithm: `sha256:…`.
pub(super) fn digest(algorithm: &str, hash: &str) -> Option<String> {
    let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
    (!hash.trim().is_empty()).then(|| format!("{algorithm}:{}", hash.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_licences_tell_their_tags() {
        let cases = [
            ("https://choosealicense.com/licenses/cc-by-sa-4.0/", Some("cc-by-sa-4.0")),
            ("https://creativecommons.org/licenses/by-nc/4.0/legalcode", Some("cc-by-nc-4.0")),
            ("http://creativecommons.org/publicdomain/zero/1.0/", Some("cc0-1.0")),
            ("https://www.apache.org/licenses/LICENSE-2.0", Some("apache-2.0")),
            ("https://spdx.org/licenses/MIT.html", Some("MIT")),
            ("https://example.com/terms", None),
            ("https://creativecommons.org/", None),
            ("mit", None),
        ];
        for (address, tag) in cases {
            assert_eq!(tag_of_address(address).as_deref(), tag, "{address}");
        }
    }

    #[test]
    fn versions_are_no_hashes() {
        for (text, expected) in [("1.0", false), ("20241001", false), ("d8f52eb", true), ("deadbeef", false), ("v0", false)] {
            assert_eq!(is_hash(text), expected, "{text}");
        }
    }
}
