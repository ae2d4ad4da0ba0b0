//! Edits keep what they are not about, leave a text that can be read, and take their finding away.

use caveat::engine::{Plan, check_text};
use caveat::finding::{Fix, Safety, Verdict};
use caveat::fix::fix;
use caveat::report::Report;
use caveat::rule::builtin;
use caveat::syntax::{Limits, load};
use jiff::civil::date;
use proptest::prelude::*;

fn check(text: &str) -> Report {
    check_text(&Plan::new(builtin::rules(), date(2026, 11, 23)), "caveat.yaml", text.as_bytes().to_vec())
}

/// Mends as the command line does: round after round.
fn mend(text: &str, most: Safety) -> String {
    let mut text = text.to_owned();
    for _ in 0..50 {
        let report = check(&text);
        let fixes: Vec<&Fix> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        match fix(&text, &fixes, most, &Limits::default()) {
            Some(fixed) => text = fixed.text,
            None => break,
        }
    }
    text
}

const HEAD: &str = "# the whole of it\r\nsystem: {id: desk, stakes: significant, tasks: [drafting]}\r\nmodels:\r\n  - {id: m8, license: MIT}\r\nhosting:\r\n  - {id: box, models: [m8]}\r\ndatasets: []\r\nactors:\r\n  - {id: staff, kind: employees}\r\nflows:\r\n  - {from: m8, to: staff, purpose: inference}\r\n";

/// What is wrong, what is right, and whether it may be mended without asking.
const SLIPS: [(&str, &str, Safety); 9] = [
    ("license: MIT", "licence: MIT", Safety::Safe),
    ("license: MIT", "license: MIT License", Safety::Safe),
    ("license: MIT", "LICENSE: MIT", Safety::Safe),
    ("stakes: significant", "stakes: signifcant", Safety::Safe),
    ("stakes: significant", "Stakes: significant", Safety::Safe),
    ("kind: employees", "kind: Employees", Safety::Safe),
    ("purpose: inference", "purpose: inferense", Safety::Safe),
    ("kind: employees", "kind: emplooyes", Safety::Unsafe),
    ("models: [m8]", "models: [m9]", Safety::Unsafe),
];

#[test]
fn a_slip_is_mended_to_the_byte() {
    for (right, wrong, safety) in SLIPS {
        let broken = HEAD.replace(right, wrong);
        assert_ne!(broken, HEAD, "{wrong}");
        let report = check(&broken);
        assert!(report.findings.iter().any(|finding| finding.verdict == Verdict::Error), "{wrong}");
        if safety == Safety::Unsafe {
            assert_eq!(mend(&broken, Safety::Safe), broken, "{wrong} is a guess");
        }
        // Skeletons are unsafe too; the slip alone is looked at.
        let fixes: Vec<&Fix> =
            report.findings.iter().filter(|f| f.verdict == Verdict::Error).filter_map(|f| f.fix.as_ref()).collect();
        let fixed = fix(&broken, &fixes, safety, &Limits::default()).unwrap_or_else(|| panic!("{wrong} has a fix"));
        assert_eq!(fixed.text, HEAD, "{wrong}");
    }
}

#[test]
fn a_key_that_is_there_already_is_not_written_twice() {
    let text = HEAD.replace("license: MIT", "license: MIT, licence: Apache-2.0");
    assert_eq!(mend(&text, Safety::Unsafe).matches("license:").count(), 1);
}

#[test]
fn a_value_behind_an_anchor_is_left_alone() {
    let text = HEAD.replace("license: MIT", "license: &l MIT License").replace("  - {id: box,", "  - {id: box, x-note: *l,");
    let mended = mend(&text, Safety::Safe);
    assert!(mended.contains("&l MIT,") || mended.contains("&l MIT}") || mended == text, "{mended}");
    let used = HEAD.replace("# the whole of it", "x-l: &l MIT License").replace("license: MIT", "license: *l");
    assert_eq!(mend(&used, Safety::Safe), used);
}

#[test]
fn what_is_missing_gets_its_place_and_its_meaning() {
    let text = HEAD.replace("stakes: significant", "stakes: critical");
    let before = check(&text);
    let missing = |report: &Report| -> Vec<String> {
        let facts = report.findings.iter().flat_map(|finding| &finding.missing);
        facts.filter(|fact| !fact.stated_unknown).map(|fact| fact.path.clone()).collect()
    };
    assert!(!missing(&before).is_empty());
    let mended = mend(&text, Safety::Unsafe);
    assert!(mended.lines().count() > text.lines().count(), "{mended}");
    assert!(mended.ends_with("\r\n") && !mended.replace("\r\n", "").contains('\n'), "line ends are kept");
    for line in text.lines().filter(|line| !line.contains('{')) {
        assert!(mended.contains(line), "{line} is kept");
    }
    let after = check(&mended);
    let errors: Vec<_> = after.findings.iter().filter(|finding| finding.verdict == Verdict::Error).map(|f| &f.message).collect();
    assert!(errors.is_empty(), "{errors:?}\n{mended}");
    // What could be put in its place is now asked for as unknown; what is left belongs to entries that are not there.
    let left = missing(&after);
    assert!(left.len() * 4 < missing(&before).len(), "{} of {}: {left:?}\n{mended}", left.len(), missing(&before).len());
    assert!(mended.contains("unknown  # "), "{mended}");
}

#[test]
fn suppressions_that_are_of_no_use_go_and_nothing_else() {
    let text = "# caveat: allow-file[HAL001] -- internal only\nsystem: {id: desk, stakes: significant, tasks: [drafting]} # caveat: allow[LEAK016] -- was dear\nmodels:\n  # the only one\n  # caveat: allow[GOV001, nothing-of-the-kind] -- kept\n  - {id: m8, license: MIT}\ndatasets: []\n";
    let mended = mend(text, Safety::Safe);
    assert!(!mended.contains("LEAK016") && !mended.contains("nothing-of-the-kind"), "{mended}");
    assert!(mended.contains("# the only one\n") && mended.contains("tasks: [drafting]}\nmodels:"), "{mended}");
    let left = check(&mended);
    assert!(!left.findings.iter().any(|finding| matches!(finding.rule.as_ref(), "SUP001" | "SUP003")), "{mended}");
}

#[test]
fn a_waiver_that_is_of_no_use_is_taken_out_of_its_list() {
    let waiver = "{rule: LEAK016, reason: was dear, owner: cto, expires: 2027-01-01}";
    for (list, left) in [
        (format!("waivers: [{waiver}] # all of them\n"), "waivers: [] # all of them\n"),
        (format!("waivers:\n  # one\n  - {waiver}\n"), "waivers: []\n  # one\n"),
        (
            format!("waivers:\n  - {waiver}\n  - {{rule: NOPE001, reason: r, owner: o, expires: 2027-01-01}} # two\nx-end: 1\n"),
            "waivers: []\nx-end: 1\n",
        ),
    ] {
        let text = format!("{}{list}", HEAD.replace("\r\n", "\n"));
        let mended = mend(&text, Safety::Safe);
        assert!(mended.ends_with(left), "{mended}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in place of a line: the mended text can be read where the broken one could, has no new kind of
    /// error, and mending it again changes nothing.
    #[test]
    fn mending_never_makes_it_worse(line in 0usize..11, with in "[a-z]{1,8}: ?[a-zA-Z0-9 \\[\\]{},#*&'\"-]{0,24}") {
        let mut lines: Vec<String> = HEAD.split("\r\n").map(str::to_owned).collect();
        let indent: String = lines[line].chars().take_while(|c| *c == ' ').collect();
        lines[line] = format!("{indent}{with}");
        let text = lines.join("\r\n");
        let faults = |text: &str| load(text.as_bytes().to_vec(), &Limits::default()).faults.len();
        for most in [Safety::Safe, Safety::Unsafe] {
            let mended = mend(&text, most);
            prop_assert!(faults(&mended) <= faults(&text), "{text}\n---\n{mended}");
            prop_assert_eq!(&mend(&mended, most), &mended);
        }
    }
}
