//! What readers find in small documents, written down for tests.

use crate::evidence;
use crate::syntax::Limits;

/// The facts that are read of a file: a line for each subject, and one for each of its facts below it. Refusals and
/// faults stand at the end.
pub(super) fn facts(name: &str, text: &str) -> String {
    let reading = evidence::read(name, text.as_bytes().to_vec(), &Limits::default());
    let mut lines = Vec::new();
    for subject in &reading.subjects {
        lines.push(format!("{} {}", subject.kind, subject.name));
        for fact in &subject.facts {
            assert!(text.get(fact.span.range()).is_some_and(|shown| !shown.is_empty()), "{fact:?} is shown nowhere");
            lines.push(format!("  {} {} {}", fact.attribute, fact.shown(), fact.standing));
        }
    }
    lines.extend(reading.refusals.iter().map(|refusal| format!("refused: {}", refusal.reason)));
    lines.extend(reading.faults.iter().map(|fault| format!("fault: {}", fault.message)));
    lines.join("\n")
}
