//! `caveat batch`.

use std::io::{self, BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;
use std::thread::available_parallelism;

use super::Status;
use super::args::{BatchArgs, BatchFormat};
use super::check::today;
use super::configured::Configurations;
use super::output::{self, Failed};
use crate::engine::Checker;
use crate::render::batch::{self, Origin};
use crate::source::PATTERNS;
use crate::stream::lines::{Line, Lines};
use crate::stream::ordered::{AHEAD, Lost, Results, start};
use crate::stream::record::{Record, Refusal, RefusalKind};

/// The index of the one plan that there is.
const PLAN: usize = 0;

/// What came of a line.
struct Done {
    text: String,
    status: Status,
}

/// Checks every line of standard input, and says how it went.
pub fn run(args: &BatchArgs) -> Result<Status, Failed> {
    let Some(checker) = prepare(args)? else { return Ok(Status::Nothing) };
    let jobs = args.jobs.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    let (format, exit_zero, limit) = (args.format, args.exit_zero, args.max_line);
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, io::stdin()), limit);
    let mut ended = false;
    let next = move || {
        while !ended {
            let line = lines.next_line().transpose()?;
            ended = line.is_err();
            // Blank lines are allowed between records.
            let blank = |line: &Line| line.bytes.as_ref().is_some_and(|bytes| bytes.trim_ascii().is_empty());
            if !line.as_ref().is_ok_and(blank) {
                return Some(line);
            }
        }
        None
    };
    let work = move |line: io::Result<Line>| {
        let Line { number, bytes } = line?;
        let record = bytes.map_or_else(|| Record::too_long(number, limit), |bytes| Record::parse(number, &bytes));
        Ok(check(&checker, &record, format, exit_zero))
    };
    let results = start(jobs, jobs * AHEAD, next, work).map_err(|error| Failed(format!("no thread can be started: {error}")))?;
    let status = write(results)?;
    if status == Some(Status::Nothing) {
        output::complain("nothing was checked: there is no line on standard input");
    }
    Ok(status.unwrap_or(Status::Clean))
}

/// What applies to every line. None where no rule is selected.
fn prepare(args: &BatchArgs) -> Result<Option<Checker>, Failed> {
    let day = args.config.as_of.unwrap_or_else(today);
    let mut configurations = Configurations::new(&args.config, &args.thresholds, None, day);
    let mut plans = Vec::new();
    let path = Path::new(PATTERNS[0]);
    configurations.plan(path, !args.no_suppressions, &mut plans)?;
    let chain = configurations.chain(path)?;
    if configurations.chains[chain].baseline.is_some() {
        output::complain("the baseline of the configuration is for files; it is not applied to a stream");
    }
    let mut plan = plans.pop().filter(|plan| !plan.rules.is_empty());
    // Summaries show no edits.
    if let Some(plan) = &mut plan {
        plan.drafts = args.format == BatchFormat::Findings;
    }
    if plan.is_none() {
        output::complain("no rule is selected, so nothing was checked");
    }
    Ok(plan.map(|plan| Checker::new(vec![plan], configurations.texts())))
}

/// Checks a record.
fn check(checker: &Checker, record: &Record, format: BatchFormat, exit_zero: bool) -> Done {
    let origin = Origin { id: record.id.as_deref(), line: record.line };
    let refused = |refusal: &Refusal| Done { text: batch::refusal(origin, refusal), status: Status::Failed };
    let text = match &record.text {
        Ok(text) => text,
        Err(refusal) => return refused(refusal),
    };
    if text.len() > checker.most(PLAN) {
        let message = format!("the manifest is larger than {} bytes; --max-file-size sets the limit", checker.most(PLAN));
        return refused(&Refusal { kind: RefusalKind::ManifestTooLarge, message });
    }
    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut report = checker.check(PLAN, &record.name(), text.clone().into_bytes());
        let (fails, limit) = (report.any_fails(), report.exceeded());
        report.leave_out_below();
        let text = match format {
            BatchFormat::Findings => batch::findings(origin, &report, fails),
            BatchFormat::Summary => batch::summary(origin, &report, fails),
        };
        let found = if fails && !exit_zero { Status::Findings } else { Status::Clean };
        Done { text, status: if limit { Status::Failed } else { found } }
    }));
    checked.unwrap_or_else(|_| {
        let message = "caveat itself failed on this manifest; please report it".to_owned();
        refused(&Refusal { kind: RefusalKind::Internal, message })
    })
}

/// Writes results as they come, and whatever is written before there is nothing to write. None where nobody reads on.
fn write(mut results: Results<io::Result<Done>>) -> Result<Option<Status>, Failed> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = None;
    loop {
        let taken = results.take(|| out.flush());
        let done = match taken {
            Ok(Some(Ok(Ok(done)))) => done,
            Ok(Some(Ok(Err(error)))) => {
                out.flush().ok();
                return Err(Failed(format!("cannot read standard input: {error}")));
            }
            Ok(Some(Err(Lost))) => {
                out.flush().ok();
                return Err(Failed("a thread ended before its work did".to_owned()));
            }
            Ok(None) => return finish(out.flush(), Some(status.unwrap_or(Status::Nothing))),
            Err(error) => return finish(Err(error), status),
        };
        status = status.max(Some(done.status));
        if let Err(error) = out.write_all(done.text.as_bytes()) {
            return finish(Err(error), status);
        }
    }
}

/// A reader that went away is no failure, and makes nothing undone; a full disk is one.
fn finish(written: io::Result<()>, status: Option<Status>) -> Result<Option<Status>, Failed> {
    match written {
        Ok(()) => Ok(status),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(status),
        Err(error) => Err(Failed(format!("cannot write to standard output: {error}"))),
    }
}
