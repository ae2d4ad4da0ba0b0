//! TODO

use super::super::Reading;

pub(super) fn read(_text: &str, _reading: &mut Reading) -> bool {
    false
}
