//! Custom resources that deploy models.

use super::super::super::Context;
use super::files::{Files, Resource};

/// Reads a custom resource. False where its kind is not known.
pub(super) fn read<'d>(_resource: &Resource<'d>, _files: &Files<'d>, _context: &mut Context<'_>) -> bool {
    false
}
