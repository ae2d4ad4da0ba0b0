//! What follows from a root cause is shown beneath it, and what it makes superfluous is left out.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::finding::{Finding, Verdict};
use crate::rule::Rule;

/// The violations of each rule, by the ids that they are about.
struct Violations<'f>(HashMap<&'f str, HashMap<&'f str, Vec<&'f Finding>>>);

impl<'f> Violations<'f> {
    fn of(findings: &'f [Finding]) -> Self {
        let mut all = HashMap::<_, HashMap<_, Vec<_>>>::new();
        for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Violation) {
            let rule = all.entry(finding.rule.as_ref()).or_default();
            finding.about.iter().for_each(|id| rule.entry(id.as_str()).or_default().push(finding));
        }
        Self(all)
    }

    /// Those of a rule that are about all of these ids, and there is one.
    fn about(&self, rule: &str, ids: &[String]) -> impl Iterator<Item = &'f Finding> {
        let of_rule = self.0.get(rule);
        // The id that the fewest are about.
        let fewest = of_rule.and_then(|of_rule| {
            let found = ids.iter().map(|id| of_rule.get(id.as_str()).map_or(&[][..], Vec::as_slice));
            found.min_by_key(|found| found.len())
        });
        let all = |finding: &&Finding| ids.iter().all(|id| finding.about.contains(id));
        fewest.unwrap_or_default().iter().copied().filter(all)
    }
}

/// Shows what follows from a root cause beneath it, and leaves out what it makes superfluous.
pub(super) fn relate(rules: &[Rule<'_>], findings: &mut Vec<Finding>) {
    let known: HashMap<&str, &Rule<'_>> = rules.iter().map(|rule| (rule.code.as_ref(), rule)).collect();
    let violations = Violations::of(findings);
    let mut superfluous = BTreeSet::new();
    let mut attached = Vec::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.verdict == Verdict::Violation) {
        let Some(rule) = known.get(finding.rule.as_ref()) else { continue };
        let root = |codes: &[Cow<'_, str>]| {
            let candidates = codes.iter().flat_map(|code| violations.about(code, &finding.about));
            candidates.min_by(|a, b| a.order().cmp(&b.order())).map(|other| other.fingerprint.clone())
        };
        if root(&rule.yields_to).is_some() {
            superfluous.insert(at);
        } else if let Some(root) = root(&rule.attaches_to) {
            attached.push((at, root));
        }
    }
    // What follows from what follows is shown beneath the cause of all; of a circle the first stays.
    let above: HashMap<String, String> =
        attached.iter().map(|(at, root)| (findings[*at].fingerprint.clone(), root.clone())).collect();
    for (at, root) in attached {
        let mut way = vec![findings[at].fingerprint.clone(), root];
        while let Some(next) = way.last().and_then(|last| above.get(last)).filter(|next| !way.contains(next)) {
            way.push(next.clone());
        }
        let circle = way.last().and_then(|last| above.get(last)).and_then(|next| way.iter().position(|one| one == next));
        let root = circle.map_or_else(|| way.last(), |from| way[from..].iter().min()).cloned();
        findings[at].attached_to = root.filter(|root| *root != findings[at].fingerprint);
    }
    let mut at = 0;
    findings.retain(|_| {
        at += 1;
        !superfluous.contains(&(at - 1))
    });
}
