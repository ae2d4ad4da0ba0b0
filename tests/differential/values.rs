//! A tree as JSON.

use caveat::syntax::scalar::Scalar;
use caveat::syntax::{Kind, Limits, Place, Tree, load};
use serde_json::{Map, Value, json};

/// The first document of a text.
pub fn of_text(text: &str) -> Value {
    let loaded = load(text.as_bytes().to_vec(), &Limits::default());
    of_tree(&loaded.tree, loaded.tree.place(loaded.tree.documents()[0]))
}

fn of_tree(tree: &Tree, place: Place) -> Value {
    match tree.node(place.node).kind {
        Kind::Sequence { .. } => tree.elements(place).map(|item| of_tree(tree, item)).collect(),
        Kind::Mapping { .. } => {
            let entries = tree.entries(place.node).iter();
            let entries = entries
                .map(|entry| (tree.text(entry.key).unwrap_or_default().to_owned(), of_tree(tree, tree.value(place, *entry))));
            entries.collect::<Map<_, _>>().into()
        }
        _ => match tree.scalar(place.node) {
            Some(Scalar::Bool(value)) => json!(value),
            Some(Scalar::Int(value)) => json!(value),
            Some(Scalar::Float(value)) => json!(value),
            Some(Scalar::Text(text)) => json!(text),
            _ => Value::Null,
        },
    }
}
