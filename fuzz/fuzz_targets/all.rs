//! Every target in one program, so that caveat is linked once. `CAVEAT_FUZZ` names the target.
#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("CAVEAT_FUZZ").unwrap_or_default();
    let found = caveat_fuzz::TARGETS.iter().find(|(target, _)| *target == name);
    found.unwrap_or_else(|| panic!("CAVEAT_FUZZ has to name a target, not `{name}`")).1
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET(data));
