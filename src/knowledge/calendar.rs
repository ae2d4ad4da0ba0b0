//! The table of legal duties in the binary.

use std::sync::OnceLock;

use super::duties::{Calendar, Duty, Law};
use super::references::Reference;

/// The table. It is decoded when it is first asked for, and once.
///
/// # Panics
/// If the build wrote another type than is read here.
pub fn calendar() -> &'static Calendar<'static> {
    static DECODED: OnceLock<Calendar<'static>> = OnceLock::new();
    DECODED.get_or_init(|| {
        let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/duties.bin"));
        postcard::from_bytes(bytes).expect("internal: these bytes were written from the same type")
    })
}

/// The law of a duty.
///
/// # Panics
/// If the duty is not one of the table.
pub fn law_of(duty: &Duty<'_>) -> &'static Law<'static> {
    let law = calendar().laws.iter().find(|law| law.key == duty.law);
    law.expect("internal: the build checks that every duty has a law")
}

/// The duties that belong to a control, to what it is part of or to a part of it; of a whole framework, all.
pub fn duties_of(reference: &Reference) -> Vec<&'static Duty<'static>> {
    let framework = reference.framework;
    let part_of = |id: &str, whole: &str| framework.ancestry(id).iter().any(|control| control.id == whole);
    let about = |duty: &&Duty<'_>| match reference.control.as_deref() {
        None => true,
        Some(asked) => duty.controls.iter().any(|id| part_of(id, asked) || part_of(asked, id)),
    };
    let of_framework = |duty: &&Duty<'_>| law_of(duty).framework.as_deref() == Some(framework.key.as_ref());
    calendar().duties.iter().filter(of_framework).filter(about).collect()
}
