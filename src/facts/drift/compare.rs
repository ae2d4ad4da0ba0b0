//! What is declared of a pair against what was observed of it, fact by fact.
//!
//! A contradiction needs a firm fact on both sides: one that the file itself decides, and one that the manifest
//! states. A default of a variable, or what a name suggests, can agree with the manifest and never contradicts it.

use std::collections::{BTreeSet, HashMap};

use super::pairing::{Declared, Entry, Observed, Pairs, Server};
use super::undeclared::is_answered_by;
use super::{Finding, Relation, Same, Seen, country, same};
use crate::evidence::fact::{Attribute, Content, Fact};
use crate::evidence::launch;
use crate::knowledge::licences;
use crate::knowledge::tables::Tables;
use crate::knowledge::vendors;
use crate::manifest::value::{Data, Gaps, Value, View};
use crate::syntax::tree::Place;

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Agree,
    Differ,
    Unclear,
}

use Verdict::{Agree, Differ, Unclear};

impl Verdict {
    fn of(equal: bool) -> Self {
        if equal { Agree } else { Differ }
    }
}

/// A comparison: what was observed, the field that states the same, and how the two compare.
type Compare = fn(&Value<'_>, &Content, &Tables) -> Verdict;

/// What is held against a hosting entry.
const HOSTING: &[(Attribute, &[&str], Compare)] = &[
    (Attribute::Engine, &["engine"], engine),
    (Attribute::Context, &["max_context_tokens"], number),
    (Attribute::Precision, &["precision"], precision),
    (Attribute::Quantization, &["quantization"], quantization),
    (Attribute::KvPrecision, &["kv_precision"], kv_precision),
    (Attribute::TensorParallel, &["tensor_parallel"], parallel),
    (Attribute::PipelineParallel, &["pipeline_parallel"], parallel),
    (Attribute::MaxSequences, &["max_sequences"], number),
    (Attribute::MaxBatchedTokens, &["max_batched_tokens"], number),
    (Attribute::MemoryUtilization, &["memory_utilization"], number),
    (Attribute::GpuType, &["gpus", "type"], accelerator),
    (Attribute::GpuCount, &["gpus", "count"], number),
    (Attribute::ReplicasMin, &["replicas", "min"], number),
    (Attribute::ReplicasMax, &["replicas", "max"], number),
    (Attribute::Autoscaling, &["autoscaling", "signal"], scaling),
    (Attribute::Region, &["country"], region),
];

/// What is held against a model that a server runs.
const SERVED: &[(Attribute, &[&str], Compare)] =
    &[(Attribute::Revision, &["revision"], revision), (Attribute::WeightFormat, &["format"], word)];

/// What is held against a model that a card, a configuration or a bill of materials describes.
const DESCRIBED: &[(Attribute, &[&str], Compare)] = &[
    (Attribute::Revision, &["revision"], revision),
    (Attribute::License, &["license"], licence),
    (Attribute::Digest, &["digest"], digest),
    (Attribute::Parameters, &["parameters"], number),
    (Attribute::ModelContext, &["context"], number),
    (Attribute::Layers, &["architecture", "layers"], number),
    (Attribute::Hidden, &["architecture", "hidden"], number),
    (Attribute::Intermediate, &["architecture", "intermediate"], number),
    (Attribute::Heads, &["architecture", "heads"], number),
    (Attribute::KvHeads, &["architecture", "kv_heads"], number),
    (Attribute::HeadDim, &["architecture", "head_dim"], number),
    (Attribute::Vocab, &["architecture", "vocab"], number),
    (Attribute::KvLoraRank, &["architecture", "kv_lora_rank"], number),
    (Attribute::QkRopeHeadDim, &["architecture", "qk_rope_head_dim"], number),
    (Attribute::SlidingWindow, &["architecture", "sliding_window"], number),
    (Attribute::Experts, &["architecture", "moe", "experts"], number),
    (Attribute::ExpertsPerToken, &["architecture", "moe", "experts_per_token"], number),
    (Attribute::WeightFormat, &["format"], word),
];

/// What can be contradicted: everything that is held against a field.
pub fn attributes() -> impl Iterator<Item = Attribute> {
    let tables = HOSTING.iter().chain(SERVED).chain(DESCRIBED).map(|(attribute, ..)| *attribute);
    tables.chain([Attribute::Model, Attribute::Base, Attribute::Authentication, Attribute::PromptLogging])
}

/// Everything that can be said of what belongs together.
pub fn findings<'m, 'e>(
    view: &View<'m>,
    tables: &Tables,
    declared: &Declared<'m>,
    observed: &Observed<'e>,
    pairs: &Pairs,
) -> Vec<Finding<'e>> {
    let mut all = Comparing { view, tables, declared, found: Vec::new() };
    for (server, slot) in &pairs.servers {
        all.server(observed.servers[*server], *slot);
    }
    for (at, seen) in observed.routes.iter().enumerate() {
        for host in called(declared, *seen, pairs.routes.iter().filter(|(route, _)| *route == at).map(|(_, slot)| *slot)) {
            all.held(&declared.hosting[host], seen.fact(Attribute::Region), &["country"], region);
        }
    }
    all.share();
    for (seen, model) in &pairs.models {
        all.model(observed.models[*seen], *model);
    }
    for (seen, dataset) in &pairs.datasets {
        let entry = &declared.datasets[*dataset];
        all.held(entry, observed.datasets[*seen].fact(Attribute::License), &["license"], licence);
    }
    let whole: Vec<Seen<'e>> = observed.gateways.iter().chain(&observed.clients).copied().collect();
    for seen in &whole {
        all.access(*seen);
    }
    let servers = observed.servers.iter().map(|server| server.seen);
    for seen in whole.iter().copied().chain(servers).chain(observed.routes.iter().copied()) {
        all.recording(seen);
    }
    for (server, slots) in &pairs.ambiguous {
        let host = |slot: &usize| &declared.hosting[declared.slots[*slot].host];
        let beside = |slot: &usize| slots.iter().any(|other| other != slot && host(other).id == host(slot).id);
        let name = |slot: &usize| match declared.slots[*slot].model.filter(|_| beside(slot)) {
            Some(model) => format!("{} at {}", declared.models[model].id, host(slot).id),
            None => host(slot).id.clone(),
        };
        let ids = slots.iter().map(name).collect();
        all.ask(observed.servers[*server].seen, Attribute::Engine, host(&slots[0]).place, ids);
    }
    for (seen, models) in &pairs.unclear {
        let ids = models.iter().map(|model| declared.models[*model].id.clone()).collect();
        all.ask(observed.models[*seen], Attribute::Model, declared.models[models[0]].place, ids);
    }
    all.found
}

/// The hosting entries that stand for the vendor whom a route leads to: those that serve its model, else the only one.
fn called(declared: &Declared<'_>, seen: Seen<'_>, paired: impl Iterator<Item = usize>) -> Vec<usize> {
    let Some(vendor) = seen.subject.fact(Attribute::Vendor).and_then(|fact| fact.text()).and_then(vendors::named) else {
        return Vec::new();
    };
    let hosts = |slots: &mut dyn Iterator<Item = usize>| -> BTreeSet<usize> {
        let slots = slots.map(|slot| declared.slots[slot]).filter(|slot| !declared.is_self_hosted(*slot));
        slots.filter(|slot| is_answered_by(declared, *slot, vendor)).map(|slot| slot.host).collect()
    };
    let serving = hosts(&mut { paired });
    if !serving.is_empty() {
        return serving.into_iter().collect();
    }
    let all: Vec<usize> = hosts(&mut (0..declared.slots.len())).into_iter().collect();
    if all.len() == 1 { all } else { Vec::new() }
}

struct Comparing<'c, 'm, 'e> {
    view: &'c View<'m>,
    tables: &'c Tables,
    declared: &'c Declared<'m>,
    found: Vec<Finding<'e>>,
}

impl<'m, 'e> Comparing<'_, 'm, 'e> {
    fn server(&mut self, server: Server<'e>, slot: usize) {
        let slot = self.declared.slots[slot];
        if let Some(at) = slot.model {
            let entry = &self.declared.models[at];
            self.which(entry, at, server.fact(Attribute::Model));
            for (attribute, path, compare) in SERVED {
                self.held(entry, server.fact(*attribute), path, *compare);
            }
        }
        let host = &self.declared.hosting[slot.host];
        let copies = fixed_copies(server);
        for (attribute, path, compare) in HOSTING {
            let counted = matches!(attribute, Attribute::ReplicasMin | Attribute::ReplicasMax);
            if !(counted && copies.is_some()) {
                self.held(host, server.fact(*attribute), path, *compare);
            }
        }
        if let Some(seen) = copies {
            self.copies(host, seen);
        }
    }

    /// What an entry states that several servers belong to is true where it is true of one of them; their copies add up.
    fn share(&mut self) {
        let about = |finding: &Finding<'e>| (finding.subject.clone(), finding.attribute);
        let mut shared: HashMap<_, (usize, bool)> = HashMap::new();
        for finding in self.found.iter().filter(|finding| finding.relation != Relation::Unstated) {
            let (servers, borne_out) = shared.entry(about(finding)).or_default();
            *servers += 1;
            *borne_out |= finding.relation == Relation::Confirmed;
        }
        for finding in &mut self.found {
            let (servers, borne_out) = shared.get(&about(finding)).copied().unwrap_or_default();
            let copies = matches!(finding.attribute, Attribute::ReplicasMin | Attribute::ReplicasMax);
            if finding.relation == Relation::Contradiction && servers > 1 && (borne_out || copies) {
                finding.relation = Relation::Unconfirmed;
            }
        }
    }

    /// A fixed number of copies against a declared range. What scales them may stand elsewhere, so that a number
    /// within the range leaves it open.
    fn copies(&mut self, host: &Entry<'m>, seen: Seen<'e>) {
        let bound = |name: &str| self.field(&host.record, &["replicas", name]).ok().filter(|value| value.place.is_some());
        let (least, most) = (bound("min"), bound("max"));
        let Some(count) = seen.fact.and_then(Fact::number) else { return };
        let Some(first) = least.as_ref().or(most.as_ref()) else { return self.unstated(host, seen, &["replicas", "min"]) };
        let number = |value: &Option<Value<'m>>| {
            value.as_ref().and_then(|value| if let Data::Number(number) = value.data { Some(number) } else { None })
        };
        let (verdict, value) = match (number(&least), number(&most)) {
            (Some(min), _) if count < min => (Differ, least.as_ref()),
            (_, Some(max)) if count > max => (Differ, most.as_ref()),
            (Some(min), Some(max)) if min < max => (Unclear, least.as_ref()),
            (None, None) => (Unclear, Some(first)),
            _ => (Agree, Some(first)),
        };
        let value = value.unwrap_or(first);
        if let Some(place) = value.place {
            self.judge(host, seen, written(self.view, value), place, verdict);
        }
    }

    /// Whether the model that runs is the one that is declared.
    fn which(&mut self, entry: &Entry<'m>, at: usize, seen: Option<Seen<'e>>) {
        let Some(seen) = seen else { return };
        let (Some(source), Some(place)) = (self.declared.source(at), self.place(entry, &["source"])) else {
            return self.unstated(entry, seen, &["source"]);
        };
        let verdict = match seen.fact.and_then(|fact| fact.text()).map(|text| same(source, text)) {
            Some(Same::Yes | Same::Alike) => Agree,
            Some(Same::No) => Differ,
            Some(Same::Unsure) | None => Unclear,
        };
        self.judge(entry, seen, source.to_owned(), place, verdict);
    }

    fn model(&mut self, seen: Seen<'e>, at: usize) {
        let entry = &self.declared.models[at];
        for (attribute, path, compare) in DESCRIBED {
            self.held(entry, seen.fact(*attribute), path, *compare);
        }
        self.lineage(entry, seen);
    }

    /// Whether the bases that a card names are those of the manifest.
    fn lineage(&mut self, entry: &Entry<'m>, seen: Seen<'e>) {
        let Some(place) = self.place(entry, &["base"]) else {
            if let Some(seen) = seen.fact(Attribute::Base) {
                self.unstated(entry, seen, &["base"]);
            }
            return;
        };
        let Ok(value) = self.view.field(&entry.record, "base") else { return };
        let elements = self.view.elements(&value).unwrap_or_else(|| vec![Ok(value.clone())]);
        let ids: Vec<String> = elements.iter().flatten().filter_map(super::super::word_of).filter(|id| id != "none").collect();
        let known: Vec<usize> =
            ids.iter().filter_map(|id| self.declared.models.iter().position(|model| model.id == *id)).collect();
        for fact in seen.subject.all(Attribute::Base) {
            let Some(base) = fact.text() else { continue };
            let best = known.iter().map(|at| self.declared.same(*at, base)).max();
            let verdict = match best {
                Some(Same::Yes | Same::Alike) => Agree,
                Some(Same::Unsure) => Unclear,
                Some(Same::No) | None => Differ,
            };
            let shown = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
            self.judge(entry, seen.with(fact), shown, place, verdict);
        }
    }

    /// How users get in, as a gateway or an application is set up.
    fn access(&mut self, seen: Seen<'e>) {
        let Some(seen) = seen.fact(Attribute::Authentication) else { return };
        let Ok(declared) = self.field(&self.view.manifest(), &["access", "authentication"]) else { return };
        let Some(place) = declared.place else { return };
        let (declared, observed) = (super::super::word_of(&declared).unwrap_or_default(), seen.shown());
        let verdict = match (declared.as_str(), observed.as_str()) {
            ("none", "none") => Agree,
            ("none", _) | (_, "none") => Differ,
            // A key for applications says nothing of how people sign in.
            (one, other) if one == other => Agree,
            _ => Unclear,
        };
        self.judge_as("access", seen, declared, place, verdict);
    }

    /// What is recorded of prompts, wherever that is switched on.
    fn recording(&mut self, seen: Seen<'e>) {
        let Some(seen) = seen.fact(Attribute::PromptLogging) else { return };
        let Ok(declared) = self.field(&self.view.manifest(), &["logging", "prompts"]) else { return };
        let Some(place) = declared.place else { return };
        let declared = super::super::word_of(&declared).unwrap_or_default();
        let verdict = match (declared.as_str(), seen.shown().as_str()) {
            ("full", "full") | ("none", "none") | ("metadata", "metadata") => Agree,
            ("none" | "metadata" | "redacted", "full") | ("none", "metadata") => Differ,
            // Something else may record what this server does not.
            _ => Unclear,
        };
        self.judge_as("logging", seen, declared, place, verdict);
    }

    fn ask(&mut self, seen: Seen<'e>, attribute: Attribute, place: Place, ids: Vec<String>) {
        let seen = seen.fact(Attribute::Model).unwrap_or(seen);
        let mut finding = Finding::new(Relation::Ambiguous, attribute, seen.name(), place).observed(seen);
        finding.candidates = ids;
        self.found.push(finding);
    }

    /// Holds a field of an entry against a fact.
    fn held(&mut self, entry: &Entry<'m>, seen: Option<Seen<'e>>, path: &[&str], compare: Compare) {
        let Some(seen) = seen else { return };
        let stated = self.place(entry, path);
        let (Some(place), Ok(declared)) = (stated, self.field(&entry.record, path)) else {
            return self.unstated(entry, seen, path);
        };
        let verdict = match seen.fact.and_then(|fact| fact.value.as_ref()) {
            Some(observed) if is_rounded(self.view, &declared, observed) => Agree,
            Some(observed) => compare(&declared, observed, self.tables),
            None => Unclear,
        };
        let shown = written(self.view, &declared);
        self.judge(entry, seen, shown, place, verdict);
    }

    fn judge(&mut self, entry: &Entry<'m>, seen: Seen<'e>, declared: String, place: Place, verdict: Verdict) {
        let id = entry.id.clone();
        self.judge_as(&id, seen, declared, place, verdict);
    }

    fn judge_as(&mut self, subject: &str, seen: Seen<'e>, declared: String, place: Place, verdict: Verdict) {
        let Some(fact) = seen.fact else { return };
        let relation = match verdict {
            Agree => Relation::Confirmed,
            Differ if fact.standing.is_firm() => Relation::Contradiction,
            Differ | Unclear => Relation::Unconfirmed,
        };
        self.found.push(Finding::new(relation, fact.attribute, subject, place).declared(declared).observed(seen));
    }

    fn unstated(&mut self, entry: &Entry<'m>, seen: Seen<'e>, path: &[&str]) {
        let known = seen.fact.is_some_and(|fact| fact.standing.has_value());
        let attribute = seen.fact.map(|fact| fact.attribute);
        let claim = self.field(&entry.record, path).is_ok();
        if let (true, Some(attribute), false) = (known, attribute, claim) {
            self.found.push(Finding::new(Relation::Unstated, attribute, entry.id.clone(), entry.place).observed(seen));
        }
    }

    /// Where a field is stated.
    fn place(&self, entry: &Entry<'m>, path: &[&str]) -> Option<Place> {
        let value = self.field(&entry.record, path).ok()?;
        value.place
    }

    fn field(&self, record: &Value<'m>, path: &[&str]) -> Result<Value<'m>, Gaps> {
        let mut at = record.clone();
        for key in path {
            at = self.view.field(&at, key)?;
        }
        Ok(at)
    }
}

/// The number of copies of a server that nothing scales, where it is one number.
fn fixed_copies(server: Server<'_>) -> Option<Seen<'_>> {
    let (least, most) = (server.fact(Attribute::ReplicasMin)?, server.fact(Attribute::ReplicasMax)?);
    let same = least.fact.map(|fact| fact.span) == most.fact.map(|fact| fact.span);
    let scaled = server.fact(Attribute::Autoscaling).is_some();
    (same && !scaled).then_some(least)
}

/// A declared value as people read it.
fn written<'m>(view: &View<'m>, value: &Value<'m>) -> String {
    match &value.data {
        Data::Number(number) => number.to_string(),
        _ => value
            .place
            .and_then(|place| view.tree.text(place.node))
            .map(str::to_owned)
            .or_else(|| super::super::word_of(value))
            .unwrap_or_default(),
    }
}

/// Whether a count in thousands (`32k`) is the power of two that people mean by it.
fn is_rounded<'m>(view: &View<'m>, declared: &Value<'m>, observed: &Content) -> bool {
    let text = declared.place.and_then(|place| view.tree.text(place.node)).unwrap_or_default();
    let thousands = text.strip_suffix(['k', 'K']).and_then(|number| number.trim().parse::<f64>().ok());
    matches!((thousands, observed), (Some(thousands), Content::Number(observed)) if (thousands * 1024.0 - observed).abs() < 0.5)
}

fn declared_word(declared: &Value<'_>) -> String {
    super::super::word_of(declared).unwrap_or_default().to_ascii_lowercase()
}

fn observed_word(observed: &Content) -> String {
    observed.to_string().trim().to_ascii_lowercase()
}

fn word(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    Verdict::of(declared_word(declared) == observed_word(observed))
}

fn number(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    match (&declared.data, observed) {
        (Data::Number(declared), Content::Number(observed)) => {
            Verdict::of((declared - observed).abs() <= declared.abs().max(observed.abs()) * 1e-9)
        }
        // There is none, and there is some.
        (Data::None, Content::Number(observed)) => Verdict::of(*observed == 0.0),
        _ => Unclear,
    }
}

/// Not to be split, and to be split into one, are the same.
fn parallel(declared: &Value<'_>, observed: &Content, tables: &Tables) -> Verdict {
    match (&declared.data, observed) {
        (Data::None, Content::Number(observed)) => Verdict::of(*observed <= 1.0),
        _ => number(declared, observed, tables),
    }
}

/// The serving software goes by several names, and may carry a version.
fn engine(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let (declared, observed) = (declared_word(declared), observed_word(observed));
    let known = |text: &str| crate::evidence::image::engine(text).map_or_else(|| text.to_owned(), str::to_owned);
    let (declared, observed) = (known(&declared), known(&observed));
    Verdict::of(declared == observed || declared.starts_with(&format!("{observed} ")))
}

fn precision(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let observed = launch::precision(&observed_word(observed)).unwrap_or_default();
    let declared = declared_word(declared);
    let known = ["fp32", "bf16", "fp16", "fp8", "int8", "int4"];
    if known.contains(&observed.as_str()) { Verdict::of(declared == observed) } else { Unclear }
}

fn kv_precision(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let family = |word: &str| match word {
        "fp8" | "fp8_e4m3" | "fp8_e5m2" | "fp8_inc" | "fp8_ds_mla" => "fp8",
        "int8" | "q8_0" => "int8",
        "bf16" => "bf16",
        "fp16" | "f16" => "fp16",
        _ => "",
    };
    let observed = launch::precision(&observed_word(observed)).unwrap_or_default();
    match (declared_word(declared).as_str(), family(&observed)) {
        (_, "") => Unclear,
        ("none", _) => Differ,
        (declared, observed) => Verdict::of(declared == observed),
    }
}

/// Quantisations compare by their method, since flags name no block sizes, and by their bits where both say them.
fn quantization(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let (declared, observed) = (declared_word(declared), observed_word(observed));
    if declared == observed {
        return Agree;
    }
    if declared == "none" {
        return if method(&observed).is_some() { Differ } else { Unclear };
    }
    match (method(&declared), method(&observed)) {
        (Some(one), Some(other)) if one == other => match (bits(&declared), bits(&observed)) {
            (Some(one), Some(other)) => Verdict::of(one == other),
            _ if one == "gguf" => Verdict::of(declared == observed),
            _ => Agree,
        },
        (Some(_), Some(_)) => Differ,
        _ => Unclear,
    }
}

fn method(word: &str) -> Option<&'static str> {
    let word = word.trim_start_matches("ud-");
    let begins = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
    Some(match word {
        _ if begins(&["awq"]) => "awq",
        _ if begins(&["gptq"]) => "gptq",
        _ if begins(&["fp8"]) => "fp8",
        _ if begins(&["nf4", "bitsandbytes", "bnb"]) => "bitsandbytes",
        _ if begins(&["mxfp4"]) => "mxfp4",
        _ if begins(&["nvfp4"]) => "nvfp4",
        _ if begins(&["int8", "w8a8"]) => "int8",
        _ if crate::evidence::names::is_quantization(word) => "gguf",
        _ => return None,
    })
}

fn bits(word: &str) -> Option<u32> {
    let at = word.find("int")?;
    word[at + 3..].chars().next()?.to_digit(10)
}

fn accelerator(declared: &Value<'_>, observed: &Content, tables: &Tables) -> Verdict {
    let (declared, observed) = (declared_word(declared), observed_word(observed));
    let id = |name: &str| tables.accelerator(name).map(|known| known.entry.id.to_string());
    match (id(&declared), id(&observed)) {
        (Some(one), Some(other)) if one == other => return Agree,
        (Some(one), Some(other)) => {
            // `A100` names two products; one of them is no contradiction to it.
            let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
            return if long.starts_with(&format!("{short}-")) && short.chars().any(|c| c.is_ascii_digit()) {
                Unclear
            } else {
                Differ
            };
        }
        _ => {}
    }
    let ((one, memory), (other, much)) = (product(&declared), product(&observed));
    let named = |words: &[String]| words.iter().find(|word| word.contains(|c: char| c.is_ascii_digit())).cloned();
    match (memory, much) {
        (Some(one), Some(other)) if one != other => Differ,
        (memory, much) if one == other && memory == much => Agree,
        // Which of its forms it is, one of the two leaves open.
        _ if named(&one) == named(&other) => Unclear,
        _ => Differ,
    }
}

/// The words of an accelerator's name without its maker, and its memory.
fn product(name: &str) -> (Vec<String>, Option<String>) {
    let mut memory = None;
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
        let size = word.strip_suffix("gb").or_else(|| word.strip_suffix('g')).filter(|size| size.parse::<u32>().is_ok());
        if let Some(size) = size {
            memory = Some(size.to_owned());
        }
        size.is_none() && !matches!(*word, "" | "nvidia" | "amd" | "intel" | "habana" | "tesla" | "geforce" | "instinct" | "gpu")
    });
    (words.map(str::to_owned).collect(), memory)
}

/// Metrics have many names; what is none of the vocabulary's signals contradicts only that there is no scaling.
fn scaling(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let observed = observed_word(observed);
    let signal = [
        ("cpu", "cpu"),
        ("queue", "queue_depth"),
        ("waiting", "queue_depth"),
        ("concurren", "concurrency"),
        ("token", "tokens"),
        ("gpu", "gpu"),
        ("dcgm", "gpu"),
    ];
    let known = signal.iter().find(|(part, _)| observed.contains(part)).map(|(_, signal)| *signal);
    match (declared_word(declared).as_str(), observed.as_str(), known) {
        ("none", "false", _) => Agree,
        ("none", ..) => Differ,
        (declared, _, Some(known)) => Verdict::of(declared == known),
        (_, "false", None) => Differ,
        _ => Unclear,
    }
}

fn region(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    match country(&observed.to_string()) {
        Some(country) => Verdict::of(declared_word(declared).eq_ignore_ascii_case(country)),
        None => Unclear,
    }
}

/// A commit may be shortened.
fn revision(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let (declared, observed) = (declared_word(declared), observed_word(observed));
    let (short, long) = if declared.len() < observed.len() { (&declared, &observed) } else { (&observed, &declared) };
    Verdict::of(short == long || short.len() >= 7 && long.starts_with(short.as_str()))
}

fn digest(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let hex = |text: String| text.rsplit(':').next().unwrap_or_default().to_owned();
    let (declared, observed) = (hex(declared_word(declared)), hex(observed_word(observed)));
    // Hashes of different kinds do not compare.
    if declared.len() == observed.len() { Verdict::of(declared == observed) } else { Unclear }
}

/// Names of one licence agree; a name that the table does not have decides nothing.
fn licence(declared: &Value<'_>, observed: &Content, _: &Tables) -> Verdict {
    let (declared, observed) = (declared_word(declared), observed_word(observed));
    if declared == observed {
        return Agree;
    }
    let (one, other) = (licences::lookup(&declared), licences::lookup(&observed));
    if one.is_empty() || other.is_empty() {
        return Unclear;
    }
    match one.iter().any(|entry| other.contains(entry)) {
        true if one.len() == 1 && other.len() == 1 => Agree,
        // A tag that several licences share.
        true => Unclear,
        false => Differ,
    }
}
