//! Package URLs of the Hugging Face Hub, and other ways to point at what is on it.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject};
use super::Term;
use super::names;

/// What a package URL of the Hub names.
pub(super) struct Package {
    /// `organisation/name`.
    pub(super) id: String,
    /// A commit, a tag or a branch; the plain numbers that generators write for everything are none.
    pub(super) version: Option<String>,
}

impl Package {
    /// The package of a component, and where it is written.
    pub(super) fn of(component: Node<'_>) -> Option<(Self, Node<'_>)> {
        let node = component.get("purl")?;
        Some((Self::parse(node.text()?)?, node))
    }

    fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.trim().strip_prefix("pkg:")?.split_once('/')?;
        if !matches!(kind.to_ascii_lowercase().as_str(), "huggingface" | "huggingface-dataset") {
            return None;
        }
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let (path, version) = path.split_once('@').map_or((path, None), |(path, version)| (path, Some(version)));
        let id = decoded(path).trim_matches('/').to_owned();
        let id = id.strip_prefix("datasets/").unwrap_or(&id).to_owned();
        let numbers = |version: &str| version.chars().all(|c| c.is_ascii_digit() || c == '.');
        let version = version.map(decoded).filter(|version| !version.is_empty() && !numbers(version));
        (!id.is_empty()).then_some(Self { id, version })
    }
}

/// The text with the characters that a package URL has to escape in names.
fn decoded(text: &str) -> String {
    [("%2F", "/"), ("%2f", "/"), ("%3A", ":"), ("%3a", ":"), ("%40", "@")]
        .iter()
        .fold(text.to_owned(), |text, (code, plain)| text.replace(code, plain))
}

/// Notes which model a component is, as far as it points at the Hub.
pub(super) fn note(subject: &mut Subject, component: Node<'_>) {
    if let Some((package, node)) = Package::of(component) {
        names::note(subject, &Term::literal(package.id, node.span()));
        if let Some(version) = package.version {
            subject.literal(Attribute::Revision, version, node.span());
        }
        return;
    }
    let listed = component.get("externalReferences").into_iter().flat_map(Node::items).filter_map(|one| one.get("url"));
    let places = listed.chain(component.get("bom-ref"));
    let found = places.into_iter().find_map(|node| {
        let text = node.text()?;
        let page = (text.contains("//huggingface.co/") || text.contains("//hf.co/")) && !text.contains("/datasets/");
        let id = if page { names::reference(text).model } else { Package::parse(text)?.id };
        id.contains('/').then_some((id, text, node))
    });
    if let Some((id, text, node)) = found {
        subject.inferred(Attribute::Model, id, text, node.span());
    }
}
