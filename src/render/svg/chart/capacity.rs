//! Each hosting entry: the memory that it needs against what it has, and the users that it carries against those that
//! there are.

use super::bars::{MARGIN, NAMES};
use super::scale::Scale;
use super::{BODY, BOLD, NOTE, WIDTH, hatch, hatched};
use crate::estimate::{Estimate, Host, Quantity, Sizing};
use crate::render::figure::{digits, number};
use crate::render::svg::element::{Element, drawing};
use crate::render::svg::text::{fit, width};

/// The right end of all scales.
const END: f64 = WIDTH - 250.0;
/// The height of a bar.
const BAR: f64 = 16.0;
const GIB: f64 = 1_073_741_824.0;

/// Hosting entries with accelerators of their own. Nothing where there is none.
pub fn capacity(estimate: &Estimate, prefix: &str) -> Option<String> {
    if estimate.hosts.is_empty() {
        return None;
    }
    let unknown = Quantity { value: None, unbounded: false, missing: Vec::new() };
    let users = estimate.demand.iter().find(|row| row.name == "users");
    let (now, planned) = users.map_or((&unknown, &unknown), |row| (&row.now, &row.planned));
    let mut y = 8.0;
    let mut elements = Vec::new();
    let mut said = Vec::new();
    for host in &estimate.hosts {
        let mut block = Block { prefix, y, top: y + 26.0, elements: Vec::new(), said: Vec::new() };
        block.heading(host);
        block.memory(host);
        block.users(host, now, planned);
        y = block.y + 12.0;
        elements.extend(block.elements);
        said.push(format!("{}: {}", host.id, block.said.join(", ")));
    }
    let description = format!("Bars and ranges from the worst to the best case. {}.", said.join("; "));
    let frame = drawing(prefix, "cv-chart", (WIDTH, y), "What each hosting entry needs and carries", &description);
    Some(frame.child(hatch(prefix)).children(elements).markup() + "\n")
}

/// One hosting entry on its way down the chart.
struct Block<'p> {
    prefix: &'p str,
    y: f64,
    /// Where the field of the next axis begins.
    top: f64,
    elements: Vec<Element>,
    said: Vec<String>,
}

fn figure<'h>(host: &'h Host, name: &str) -> Option<&'h Sizing> {
    host.figures.iter().find(|figure| figure.name == name)
}

impl Block<'_> {
    fn heading(&mut self, host: &Host) {
        let replicas = host.replicas.value.map_or_else(String::new, |value| format!(", replicas: {}", digits(value)));
        let limit = host.limit.map_or_else(String::new, |limit| format!(", limited by {}", limit.replace('_', " ")));
        let rest = format!("{}{replicas}{limit}", host.model);
        let name = fit(&host.id, BODY * BOLD, 320.0);
        let after = MARGIN + width(&name, BODY) * BOLD + 14.0;
        self.elements.push(Element::label("cv-name", (MARGIN, self.y + 14.0), "start", &name).title(&host.id));
        let rest = fit(&rest, NOTE, WIDTH - after - MARGIN);
        self.elements.push(Element::label("cv-note", (after, self.y + 14.0), "start", &rest));
        self.y += 30.0;
    }

    fn name(&mut self, name: &str, note: &str) {
        self.elements.push(Element::label("cv-text", (NAMES - 10.0, self.y + 12.0), "end", name));
        self.elements.push(Element::label("cv-note", (NAMES - 10.0, self.y + 27.0), "end", &fit(note, NOTE, NAMES - 20.0)));
    }

    /// Weights and the cache of the longest request, against what both can use.
    fn memory(&mut self, host: &Host) {
        let value = |name: &str| figure(host, name).and_then(|figure| figure.expected.value);
        let (weights, context) = (value("weights"), value("context"));
        self.name("memory", "of one replica");
        let usable = figure(host, "usable");
        let ends = usable.map_or([None; 3], cases);
        let values = [weights.map(|weights| weights + context.unwrap_or(0.0))].into_iter().chain(ends).flatten();
        let Some(scale) = Scale::of(values.map(|bytes| bytes / GIB), NAMES, END) else {
            self.unknown("weights and memory");
            return;
        };
        match weights {
            Some(weights) => self.needed(&scale, weights, context),
            None => self.hatched("weights: not known"),
        }
        self.y += BAR + 20.0;
        let bytes = |value: f64| number(value, "bytes");
        let needed = weights.map(|weights| (weights + context.unwrap_or(0.0)) / GIB);
        let ends = ends.map(|end| end.map(|bytes| bytes / GIB));
        self.range(&scale, ends, needed, "usable", &|value| bytes(value * GIB));
        // What stands beneath the range is not to touch the axis.
        self.y += 12.0;
        self.rule(&scale, "GiB");
    }

    /// What is needed, in two parts.
    fn needed(&mut self, scale: &Scale, weights: f64, context: Option<f64>) {
        let (start, middle) = (NAMES, scale.at(weights / GIB));
        let end = scale.at((weights + context.unwrap_or(0.0)) / GIB);
        self.elements.push(Element::rect("cv-bar", (start, self.y), (middle - start, BAR)));
        self.elements.push(Element::rect("cv-bar cv-planned", (middle, self.y), (end - middle, BAR)));
        let all = number(weights + context.unwrap_or(0.0), "bytes");
        let parts = match context {
            Some(context) => format!("weights {}, longest request {}", number(weights, "bytes"), number(context, "bytes")),
            None => format!("weights {}; longest request not known", number(weights, "bytes")),
        };
        let least = if context.is_none() { "at least " } else { "" };
        self.behind(end, &format!("{least}{all} needed"), &parts, false);
        self.said.push(format!("{least}{all} of memory needed"));
    }

    /// What stands behind a bar: the value, and beneath it how it is made up. Where there is no room behind, it ends at
    /// the edge.
    fn behind(&mut self, end: f64, value: &str, parts: &str, over: bool) {
        let widest = (width(value, NOTE) * BOLD).max(width(parts, NOTE));
        let x = (end + 10.0).min(WIDTH - MARGIN - widest);
        let class = if over { "cv-note cv-over" } else { "cv-note cv-value" };
        self.elements.push(Element::label(class, (x, self.y + 12.0), "start", value));
        if !parts.is_empty() {
            self.elements.push(Element::label("cv-note", (x, self.y + 26.0), "start", parts));
        }
    }

    /// The users that are carried, and those that there are.
    fn users(&mut self, host: &Host, now: &Quantity, planned: &Quantity) {
        self.name("users", "carried by all replicas");
        let carried = figure(host, "carried");
        let ends = carried.map_or([None; 3], cases);
        let wanted = [(now, "today"), (planned, "planned")];
        let values = ends.into_iter().flatten().chain(wanted.iter().filter_map(|(users, _)| users.value));
        let Some(scale) = Scale::of(values, NAMES, END) else {
            self.unknown("users and what is carried");
            return;
        };
        let unbounded = carried.is_some_and(|carried| carried.expected.unbounded);
        if unbounded {
            self.hatched("carried: without bound");
            self.said.push("carries users without bound".to_owned());
        } else {
            self.range(&scale, ends, None, "carried", &|value| digits(value.round()));
        }
        self.y += BAR + if ends[0] == ends[2] { 6.0 } else { 16.0 };
        for (users, when) in wanted {
            match users.value {
                Some(value) => {
                    let x = scale.at(value);
                    let class = if when == "planned" { "cv-bar cv-planned" } else { "cv-bar" };
                    self.elements.push(Element::rect(class, (NAMES, self.y), (x - NAMES, BAR - 2.0)));
                    let over = ends[1].is_some_and(|carried| value > carried);
                    let words = format!("{} {when}{}", digits(value), if over { ", more than carried" } else { "" });
                    self.behind(x, &words, "", over);
                    self.said.push(format!("{} users {when}", digits(value)));
                }
                None => self.hatched(&format!("users {when}: not known")),
            }
            self.y += BAR + 2.0;
        }
        self.y -= BAR - 4.0;
        self.rule(&scale, "users");
    }

    /// A range from the worst to the best case, with the expected one marked; what is needed of it says whether it is
    /// enough.
    fn range(
        &mut self,
        scale: &Scale,
        [best, expected, worst]: [Option<f64>; 3],
        needed: Option<f64>,
        what: &str,
        show: &dyn Fn(f64) -> String,
    ) {
        let known: Vec<f64> = [worst, expected, best].into_iter().flatten().collect();
        let (Some(low), Some(high)) = (known.iter().copied().reduce(f64::min), known.iter().copied().reduce(f64::max)) else {
            self.hatched(&format!("{what}: not known"));
            self.said.push(format!("how much is {what} is not known"));
            return;
        };
        let (left, right, middle) = (scale.at(low), scale.at(high), self.y + BAR / 2.0);
        self.elements.push(Element::line("cv-thread", (NAMES, middle), (left, middle)));
        self.elements.push(Element::rect("cv-range", (left, self.y + 3.0), (right - left, BAR - 6.0)));
        for x in [left, right] {
            self.elements.push(Element::line("cv-cap", (x, self.y), (x, self.y + BAR)));
        }
        let label = match expected {
            Some(expected) => {
                let x = scale.at(expected);
                let points = [(x, self.y - 1.0), (x + 6.0, middle), (x, self.y + BAR + 1.0), (x - 6.0, middle)];
                self.elements.push(Element::polygon("cv-expected", &points));
                show(expected)
            }
            None => "expected not known".to_owned(),
        };
        let mut parts = Vec::new();
        if (high - low).abs() > 1e-9 * high {
            parts.push(format!("from {} to {}", show(low), show(high)));
        }
        if known.len() < 3 {
            parts.push("other cases not known".to_owned());
        }
        let expected = expected.unwrap_or(low);
        if needed.is_some_and(|needed| low < needed && needed <= expected) {
            parts.push("too little in the worst case".to_owned());
        }
        let over = needed.is_some_and(|needed| expected < needed);
        let words = format!("{label} {what}{}", if over { ", too little" } else { "" });
        let parts = parts.join("; ");
        self.behind(right, &words, &parts, over);
        self.said.push(if parts.is_empty() { words } else { format!("{words} ({parts})") });
    }

    fn hatched(&mut self, words: &str) {
        self.elements.push(hatched(self.prefix, (NAMES, self.y + 1.0), (46.0, BAR - 3.0)));
        self.elements.push(Element::label("cv-note cv-unknown", (NAMES + 54.0, self.y + 12.0), "start", words));
    }

    fn unknown(&mut self, what: &str) {
        self.hatched(&format!("{what}: not known"));
        self.said.push(format!("{what} not known"));
        self.y += 40.0;
    }

    /// The axis beneath what was drawn since the last one.
    fn rule(&mut self, scale: &Scale, unit: &str) {
        let from = self.top;
        self.y += BAR + 4.0;
        let mut grid = Vec::new();
        let ticks = scale.ticks();
        for value in ticks.iter().copied() {
            let x = scale.at(value);
            grid.push(Element::line("cv-grid", (x, from), (x, self.y)));
            let words = digits(value);
            if Some(&value) == ticks.last() {
                let after = (x + width(&words, NOTE) / 2.0 + 6.0, self.y + 13.0);
                grid.push(Element::label("cv-note", after, "start", unit));
            }
            grid.push(Element::label("cv-note", (x, self.y + 13.0), "middle", &words));
        }
        grid.push(Element::line("cv-axis", (NAMES, from), (NAMES, self.y)));
        // Beneath the bars.
        grid.append(&mut self.elements);
        self.elements = grid;
        self.y += 30.0;
        self.top = self.y - 4.0;
    }
}

/// The best, the expected and the worst case.
fn cases(sizing: &Sizing) -> [Option<f64>; 3] {
    [sizing.best.value, sizing.expected.value, sizing.worst.value]
}
