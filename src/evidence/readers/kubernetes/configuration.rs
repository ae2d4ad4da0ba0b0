//! ConfigMaps that hold the configuration of a gateway or of another kind that is read: the document inside is read by
//! the reader of its kind.

use super::super::super::document::Node;
use super::super::super::{Context, Kind, kind_of};
use super::super::DOCUMENTS;
use super::files::{Files, Resource};

/// Reads what a ConfigMap holds. False where the resource is none.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    if resource.kind != "ConfigMap" {
        return false;
    }
    for (_, value) in resource.node.get("data").into_iter().flat_map(Node::entries) {
        let Some(text) = value.text() else { continue };
        let document = text.contains('\n') || text.trim_start().starts_with('{');
        if document && files.spend(text.len() / 64 + 1) {
            read_nested(value, context);
        }
    }
    true
}

/// Reads the documents in a scalar. What is wrong with them matters where one of them is known.
fn read_nested(value: Node<'_>, context: &mut Context<'_>) {
    let Some((parsed, faults)) = value.nested(context.limits) else { return };
    let documents: Vec<Node<'_>> = parsed.documents().collect();
    let mut recognised = false;
    // Resources inside of resources would have no end, and values are for a chart that is not told.
    for reader in DOCUMENTS.iter().filter(|reader| !matches!(reader.kind, Kind::Kubernetes | Kind::HelmValues)) {
        let own: Vec<Node<'_>> = documents.iter().copied().filter(|node| kind_of(*node) == Some(reader.kind)).collect();
        if !own.is_empty() {
            recognised = true;
            context.reading.is(reader.kind);
            (reader.read)(&own, context);
        }
    }
    if recognised {
        context.reading.faults.extend(faults);
    }
}
