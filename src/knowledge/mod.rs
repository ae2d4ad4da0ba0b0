//! Dated tables with their sources. Nothing is computed here.

pub mod accelerators;
pub mod calendar;
pub mod catalogue;
pub mod duties;
pub mod frameworks;
pub mod hub;
pub mod licences;
pub mod models;
pub mod packed;
pub mod prices;
pub mod references;
pub mod regions;
pub mod tables;
pub mod vendors;
