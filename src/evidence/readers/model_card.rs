//! TODO

use super::super::Reading;
use crate::syntax::Limits;

pub(super) fn read(_text: &str, _reading: &mut Reading, _limits: &Limits) -> bool {
    false
}
