//! What licences of models, software, data and services say, by every name they go by.
//!
//! The data files beside the code are compiled by the build script. The binary carries sorted lines of
//! names, the terms and the pages apart from one another, each entry encoded by itself: looking up a
//! licence costs a binary search and the decoding of that one entry, and a start costs nothing.
//!
//! Several licences may share a name (a tag of the Hugging Face Hub often names a family), so a name
//! has candidates. Which model is under which licence is known for some (`known_models.yaml`).

pub mod expression;
pub mod model;
mod table;

pub use expression::Expression;
pub use model::{Confidence, Licence, Page};
pub use table::{Entry, Known, entries, known_model, lookup, matches, names};

/// The day on which the data files were put together, as each says in its first line.
pub const STATE: &str = "2026-11-23";

#[cfg(test)]
mod tests {
    #[test]
    fn every_data_file_is_of_the_same_day() {
        let files =
            [include_str!("model.yaml"), include_str!("software.yaml"), include_str!("data.yaml"), include_str!("service.yaml")];
        for file in files {
            let head = file.lines().next().expect("a line");
            assert!(head.contains(&format!("State {}", super::STATE)), "{head}");
        }
    }
}
