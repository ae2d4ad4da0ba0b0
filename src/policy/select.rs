//! Which rules a word selects.

use crate::finding::Severity;
use crate::knowledge::references::{self, Reference};
use crate::rule::Rule;
use crate::spelling;

/// Whether a selector means something, though no rule may have that severity now.
pub fn is_known(rules: &[Rule<'_>], selector: &str) -> bool {
    Severity::parse(selector).is_some() || rules.iter().any(|rule| matches(rule, selector))
}

/// Whether a rule refers to what a reference names, or to a part of it.
pub fn refers(rule: &Rule<'_>, reference: &Reference) -> bool {
    reference.covers(rule.references.iter())
}

/// What to say of a selector that names nothing, with the nearest name that exists.
pub fn unknown(rules: &[Rule<'_>], selector: &str) -> String {
    match Reference::parse(selector) {
        Some(Err(message)) => return message,
        Some(Ok(_)) => return format!("no rule is selected by `{selector}`: none refers to it"),
        None => {}
    }
    let own = rules.iter().flat_map(|rule| rule.references.iter());
    if let Some((key, control)) = selector.split_once(':') {
        let ids = own.clone().filter(|(own, _)| own.eq_ignore_ascii_case(key)).flat_map(|(_, ids)| ids);
        let (ids, key): (Vec<&str>, _) = (ids.collect(), key.to_ascii_lowercase());
        let keys: Vec<&str> = own.map(|(key, _)| key).chain(known_frameworks()).collect();
        let (said, near) = if ids.is_empty() {
            (format!("no framework is called `{key}`"), spelling::nearest(&key, keys))
        } else {
            (format!("no rule refers to `{control}` of `{key}`"), spelling::nearest(control, ids))
        };
        return near.map_or(said.clone(), |near| format!("{said}; did you mean `{near}`?"));
    }
    let known = rules.iter().flat_map(|rule| [rule.code.as_ref(), rule.name.as_ref(), rule.family.as_ref()]);
    match spelling::nearest(selector, known.chain(known_frameworks())) {
        Some(near) => format!("no rule is selected by `{selector}`; did you mean `{near}`?"),
        None => format!("no rule is selected by `{selector}`; `caveat rules list` shows codes, names and families"),
    }
}

/// The keys of the table, for as long as anybody wants.
fn known_frameworks<'k>() -> impl Iterator<Item = &'k str> {
    references::keys().map(|key| -> &'k str { key })
}

/// Whether a selector names a rule: its code or the letters of its code, its name, family or severity,
/// or a framework or control that it, or a part of which it, refers to.
pub fn matches(rule: &Rule<'_>, selector: &str) -> bool {
    let letters = rule.code.trim_end_matches(|c: char| c.is_ascii_digit());
    let names = [rule.code.as_ref(), letters, rule.name.as_ref(), rule.family.as_ref(), rule.severity.as_str()];
    names.contains(&selector)
        || refers_literally(rule, selector)
        || matches!(Reference::parse(selector), Some(Ok(reference)) if refers(rule, &reference))
}

/// Whether a rule names a framework or a control in these words: those of one's own are not in the table.
fn refers_literally(rule: &Rule<'_>, selector: &str) -> bool {
    let (key, control) = selector.split_once(':').map_or((selector, None), |(key, control)| (key, Some(control)));
    let of_framework = rule.references.iter().filter(|(known, _)| known.eq_ignore_ascii_case(key));
    of_framework.flat_map(|(_, ids)| ids).any(|id| control.is_none_or(|control| id.eq_ignore_ascii_case(control)))
}
