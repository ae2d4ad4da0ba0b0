//! `--fix` and `--diff`: edits of manifests.

use similar::TextDiff;

use super::Status;
use super::args::CheckArgs;
use super::output::{self, Failed};
use super::run::{Prepared, say_exceeded};
use crate::digest::sha256;
use crate::engine::{self, Job};
use crate::finding::{Fix, Safety};
use crate::fix::fix;
use crate::render::text;
use crate::report::Report;
use crate::source;

/// Rounds of mending and checking again; each leaves fewer findings, so few are needed.
const ROUNDS: usize = 50;

/// Which edits are wished for; none where nothing is to be mended.
pub fn wish(args: &CheckArgs) -> Option<Safety> {
    match (args.fix || args.diff, args.unsafe_fixes) {
        (_, true) => Some(Safety::Unsafe),
        (true, false) => Some(Safety::Safe),
        (false, false) => None,
    }
}

/// A job, and what there is to mend in its file.
fn fixes<'r>(prepared: &'r Prepared, report: &'r Report) -> impl Iterator<Item = (&'r Job, usize, Vec<&'r Fix>)> {
    report.manifests().filter_map(|(file, known)| {
        let job = prepared.jobs.iter().find(|job| job.input.name == known.name)?;
        let of_file = report.findings.iter().filter(|finding| finding.counts() && finding.file() == file);
        let fixes: Vec<&Fix> = of_file.filter_map(|finding| finding.fix.as_ref()).collect();
        (!fixes.is_empty()).then_some((job, file, fixes))
    })
}

/// Mends every file until nothing is left to mend, and gives the report of what remains.
pub fn mend(prepared: &Prepared, mut report: Report, wish: Safety) -> Result<Report, Failed> {
    for _ in 0..ROUNDS {
        let mut done = Vec::new();
        for (job, file, fixes) in fixes(prepared, &report) {
            let Some(path) = &job.input.path else {
                return Err(Failed("what comes on standard input cannot be mended in place; --diff shows the edits".to_owned()));
            };
            let known = &report.files[file];
            let limits = &prepared.plans[job.plan].limits;
            // The report covers credentials; the file keeps them. Both have their bytes in the same places, unless somebody
            // wrote to the file since.
            let read = source::read(&job.input, limits.bytes).ok().filter(|bytes| sha256(bytes) == known.digest);
            let Some(text) = read.and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
            if let Some(fixed) = fix(&text, &fixes, wish, limits) {
                output::overwrite(path, &fixed.text)?;
                done.extend(fixed.done.into_iter().map(|title| format!("{}: {title}", known.name)));
            }
        }
        if done.is_empty() {
            break;
        }
        for line in done {
            output::complain(&text::mask(&line));
        }
        report = prepared.check();
    }
    Ok(report)
}

/// Prints what `--fix` would do, and changes nothing.
pub fn diff(prepared: &Prepared, report: &Report, wish: Safety) -> Result<Status, Failed> {
    let mut shown = String::new();
    let mut left: Vec<(String, String)> = Vec::new();
    for (job, file, _) in fixes(prepared, report) {
        let known = &report.files[file];
        let plan = &prepared.plans[job.plan];
        let mut new = known.text.clone();
        for _ in 0..ROUNDS {
            let again = engine::check_text(plan, &known.name, new.clone().into_bytes());
            let fixes: Vec<&Fix> = again.findings.iter().filter(|f| f.counts()).filter_map(|f| f.fix.as_ref()).collect();
            let Some(fixed) = fix(&new, &fixes, wish, &plan.limits) else { break };
            new = fixed.text;
        }
        if new != known.text {
            left.push((known.name.clone(), new));
        }
    }
    for (name, new) in &left {
        let old = report.files.iter().find(|file| file.name == *name).map_or("", |file| file.text.as_str());
        let (from, to) = (format!("a/{name}"), format!("b/{name}"));
        shown.push_str(&TextDiff::from_lines(old, new).unified_diff().header(&from, &to).to_string());
    }
    output::print(&shown)?;
    // What was not read to its end has not been mended either.
    let whole = !say_exceeded(report, "") && report.failures.is_empty();
    Ok(match (whole, left.is_empty()) {
        (false, _) => Status::Failed,
        (true, false) => Status::Findings,
        (true, true) => Status::Clean,
    })
}
