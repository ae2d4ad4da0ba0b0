//! `caveat check` in formats that are made of a piece for each manifest: each is written as soon as it is made, so that the
//! memory of a run does not grow with the number of manifests.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use super::Status;
use super::args::{Format, ReportArgs};
use super::check;
use super::output::{self, Failed, Growing};
use super::run::Prepared;
use crate::engine::{Checker, Job, PARALLEL};
use crate::render::{compact, jsonl, text};
use crate::report::{Failure, Part, Report, Summary};
use crate::stream::ordered::{AHEAD, Lost, start};

/// A format that is made of a piece for each manifest, between what comes before the first and after the last.
#[derive(Debug, Clone, Copy)]
enum Streamed {
    Text(text::Style),
    Compact,
    Jsonl,
}

impl Streamed {
    fn begin(self, around: &Report) -> String {
        match self {
            Self::Text(_) | Self::Compact => String::new(),
            Self::Jsonl => jsonl::begin(around),
        }
    }

    fn part(self, of: Part<'_>) -> String {
        match self {
            Self::Text(style) => text::part(of, style),
            Self::Compact => compact::part(of),
            Self::Jsonl => jsonl::part(of),
        }
    }

    fn end(self, around: &Report, summary: &Summary) -> String {
        match self {
            Self::Text(_) => text::end(around, summary),
            Self::Compact => compact::end(around, summary),
            Self::Jsonl => jsonl::end(around, summary),
        }
    }
}

/// Where the pieces of an output go.
#[derive(Debug)]
enum Sink {
    Standard,
    File(Growing),
}

impl Sink {
    fn add(&mut self, text: &str) -> Result<(), Failed> {
        match self {
            Self::Standard => output::print(text),
            Self::File(file) => file.add(text),
        }
    }
}

/// The outputs of a run.
#[derive(Debug)]
pub struct Outputs {
    formats: Vec<Streamed>,
    sinks: Vec<Sink>,
}

impl Outputs {
    /// None where one of them needs the run as a whole, or has to come after another.
    pub fn begin(outputs: &[(Format, Option<PathBuf>)], args: &ReportArgs, each_unknown: bool) -> Result<Option<Self>, Failed> {
        let format = |(format, path): &(Format, Option<PathBuf>)| {
            let style = if path.is_some() { text::Style::PLAIN } else { output::style(args.color) };
            match format {
                Format::Text => Some(Streamed::Text(text::Style { each_unknown, ..style })),
                Format::Compact => Some(Streamed::Compact),
                Format::Jsonl => Some(Streamed::Jsonl),
                Format::Json | Format::Sarif | Format::Github | Format::Gitlab | Format::Junit | Format::Markdown => None,
            }
        };
        let Some(formats) = outputs.iter().map(format).collect() else { return Ok(None) };
        // Of two pipes somebody may read one to its end first, and two names may lead to one stream.
        if outputs.len() > 1 && outputs.iter().filter_map(|(_, path)| path.as_deref()).any(output::is_special) {
            return Ok(None);
        }
        let sink = |(_, path): &(Format, Option<PathBuf>)| match path {
            Some(path) => Growing::begin(path).map(Sink::File),
            None => Ok(Sink::Standard),
        };
        Ok(Some(Self { formats, sinks: outputs.iter().map(sink).collect::<Result<_, _>>()? }))
    }

    fn add(&mut self, texts: impl IntoIterator<Item = String>) -> Result<(), Failed> {
        self.sinks.iter_mut().zip(texts).filter(|(_, text)| !text.is_empty()).try_for_each(|(sink, text)| sink.add(&text))
    }

    fn finish(self) -> Result<(), Failed> {
        self.sinks.into_iter().try_for_each(|sink| match sink {
            Sink::Standard => Ok(()),
            Sink::File(file) => file.finish(),
        })
    }
}

/// What came of a manifest.
struct Done {
    /// One for each output.
    texts: Vec<String>,
    summary: Summary,
    status: Status,
}

/// Checks everything and writes it, and says how it went.
pub fn run(prepared: Prepared, mut outputs: Outputs, args: &ReportArgs) -> Result<Status, Failed> {
    let Prepared { day, plans, configurations, jobs, mut failures, .. } = prepared;
    let checker = Arc::new(Checker::new(plans, configurations));
    let mut around = Report { as_of: day, ..checker.around() };
    outputs.add(outputs.formats.clone().into_iter().map(|format| format.begin(&around)))?;

    let (formats, exit_zero) = (outputs.formats.clone(), args.exit_zero);
    let done = move |report: &mut Report| {
        let status = check::status(report, exit_zero);
        report.leave_out_below();
        let text = |format: &Streamed| report.parts().map(|of| format.part(of)).collect();
        Done { texts: formats.iter().map(text).collect(), summary: report.summary(), status }
    };
    let (mut summary, mut status) = (around.summary(), Status::Clean);
    let mut take = |done: Result<Done, Failure>| match done {
        Ok(done) => {
            summary.add(&done.summary);
            status = status.max(done.status);
            outputs.add(done.texts)
        }
        Err(failure) => {
            failures.push(failure);
            Ok(())
        }
    };
    if jobs.len() > PARALLEL {
        let threads = available_parallelism().map_or(1, usize::from);
        let mut jobs = jobs.into_iter();
        let checker = Arc::clone(&checker);
        let work = move |job: Job| checker.job(&job).map(|mut report| done(&mut report));
        let started = start(threads, threads * AHEAD, move || jobs.next(), work);
        let mut results = started.map_err(|error| Failed(format!("no thread can be started: {error}")))?;
        while let Ok(Some(result)) = results.take(|| io::Result::Ok(())) {
            take(result.map_err(|Lost| Failed("caveat itself failed on a manifest; please report it".to_owned()))?)?;
        }
    } else {
        for job in &jobs {
            let checked = checker.job(job).map(|mut report| {
                let done = done(&mut report);
                // There are few, the process ends soon, and the system takes everything back at once.
                std::mem::forget(report);
                done
            });
            take(checked)?;
        }
    }
    failures.sort();
    failures.dedup();
    around.failures = failures;
    outputs.add(outputs.formats.clone().into_iter().map(|format| format.end(&around, &summary)))?;
    let shown = outputs.sinks.iter().zip(&outputs.formats).any(|pair| matches!(pair, (Sink::Standard, Streamed::Text(_))));
    outputs.finish()?;
    if !shown {
        check::complain(&around);
    }
    let status = status.max(check::status(&around, exit_zero));
    std::mem::forget((around, checker));
    Ok(status)
}
