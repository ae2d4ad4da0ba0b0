//! Text to tree: YAML 1.2 and JSON, with the span of everything.
//!
//! [`load()`] is the way in, [`Tree`] what comes out, [`de`] fills any serde
//! type from a tree and gathers every mistake. Nothing here knows a field of the vocabulary.

pub mod de;
pub mod edit;
pub mod load;
pub mod overlay;
pub mod scalar;
pub mod tree;

pub use load::{Limits, load, load_foreign};
pub use tree::{Comment, Entry, Kind, NodeId, Place, Tree};
