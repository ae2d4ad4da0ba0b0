//! What the tests of the readers share.

use crate::syntax::Limits;

/// The facts of a text, one a line, below the subject that they are about; then refusals and faults.
pub(in crate::evidence) fn facts(name: &str, text: &str) -> String {
    let reading = crate::evidence::read(name, text.as_bytes().to_vec(), &Limits::default());
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
