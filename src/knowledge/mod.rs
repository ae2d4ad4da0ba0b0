//! Dated tables with their sources. Nothing is computed here.

pub mod licences;
pub mod regions;
