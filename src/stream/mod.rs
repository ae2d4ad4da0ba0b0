//! Records that come one a line, however many: read under a limit, worked on by several threads, given back in order.
//!
//! Nothing here is kept longer than its turn takes, so that the memory of a run does not grow with its input.

pub mod lines;
pub mod ordered;
pub mod record;
