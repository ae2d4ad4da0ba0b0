//! Which observed thing is which entry of the manifest.
//!
//! A server is paired with a model of a hosting entry: the unit is that pair, a slot, since one entry may serve several
//! models. What the entry names as its `evidence` counts most, then the model, then names. The last server and the
//! last slot belong together even if nothing about them agrees: that is how a manifest that names the wrong model is
//! found out. Two slots that fit equally well are asked for.

use std::cell::RefCell;
use std::collections::HashMap;

use super::identity::{Same, same, vendor};
use super::{Exhibit, Seen};
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::evidence::pointer::{self, Pointer};
use crate::manifest::describe::EVIDENCE;
use crate::manifest::value::{Data, Value, View};
use crate::span::Span;
use crate::syntax::Limits;
use crate::syntax::tree::Place;

/// An entry of the manifest with an id.
#[derive(Debug, Clone)]
pub struct Entry<'m> {
    pub id: String,
    pub record: Value<'m>,
    pub place: Place,
    /// What backs it up, as the manifest names it.
    backing: Vec<String>,
    /// Where those lead in files that show several things, by file and pointer: a file is parsed for it once.
    parts: RefCell<HashMap<(usize, usize), Option<Span>>>,
}

/// A model of a hosting entry; a hosting entry without models has one slot, too.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// Index into the hosting entries.
    pub host: usize,
    /// Index into the models.
    pub model: Option<usize>,
}

/// The entries of a manifest that can be held against files.
#[derive(Debug)]
pub struct Declared<'m> {
    pub root: Place,
    pub hosting: Vec<Entry<'m>>,
    pub models: Vec<Entry<'m>>,
    pub datasets: Vec<Entry<'m>>,
    /// Ids of parties, agreements and components: what the manifest names as somebody or something else.
    pub others: Vec<Entry<'m>>,
    pub slots: Vec<Slot>,
    /// Adapters that are loaded on models of slots.
    pub adapters: Vec<Slot>,
    /// By hosting entry, its mode, where it is declared.
    modes: Vec<Option<String>>,
    /// By hosting entry, what serves its models, where that is declared.
    engines: Vec<Option<String>>,
    /// By model, how it is obtained, where that is declared.
    access: Vec<Option<String>>,
    /// By hosting entry, who runs it, where that is declared.
    pub parties: Vec<Option<String>>,
    /// By model, its `source`, where it is declared.
    sources: Vec<Option<String>>,
    /// By model, whether it makes vectors or scores rather than text.
    auxiliary: Vec<bool>,
}

impl<'m> Declared<'m> {
    /// Reads them from a manifest.
    pub fn read(view: &View<'m>) -> Self {
        let models = entries(view, "models");
        let hosting = entries(view, "hosting");
        let mut slots = Vec::new();
        let mut adapters = Vec::new();
        let ids = |entry: &Entry<'m>, field: &str| {
            let value = view.field(&entry.record, field).ok();
            let listed = value.map(|value| view.elements(&value).unwrap_or_else(|| vec![Ok(value)])).unwrap_or_default();
            listed.iter().flatten().filter_map(super::super::word_of).collect::<Vec<_>>()
        };
        let known = |ids: &[String]| (0..models.len()).filter(|at| ids.contains(&models[*at].id)).collect::<Vec<_>>();
        for (host, entry) in hosting.iter().enumerate() {
            let mut served = Vec::new();
            for model in known(&ids(entry, "models")) {
                let adapter = super::super::text(view, &models[model].record, "kind").is_ok_and(|kind| kind == "adapter");
                let carriers = if adapter { known(&ids(&models[model], "base")) } else { Vec::new() };
                if !carriers.is_empty() {
                    adapters.push(Slot { host, model: Some(model) });
                }
                // What runs an adapter runs the model that it is loaded on.
                for model in if carriers.is_empty() { vec![model] } else { carriers } {
                    if !served.contains(&model) {
                        served.push(model);
                    }
                }
            }
            if served.is_empty() {
                slots.push(Slot { host, model: None });
            }
            slots.extend(served.into_iter().map(|model| Slot { host, model: Some(model) }));
        }
        let text = |entry: &Entry<'m>, field: &str| {
            super::super::text(view, &entry.record, field).ok().map(std::borrow::Cow::into_owned)
        };
        Self {
            root: view.root,
            parties: hosting.iter().map(|entry| text(entry, "party")).collect(),
            modes: hosting.iter().map(|entry| text(entry, "mode")).collect(),
            engines: hosting.iter().map(|entry| text(entry, "engine")).collect(),
            access: models.iter().map(|entry| text(entry, "access")).collect(),
            sources: models.iter().map(|entry| text(entry, "source")).collect(),
            others: ["parties", "components", "agreements"].iter().flat_map(|section| entries(view, section)).collect(),
            auxiliary: models
                .iter()
                .map(|entry| match text(entry, "kind").as_deref() {
                    Some("embedding" | "reranker" | "guard" | "classifier") => true,
                    Some(_) => false,
                    None => sounds_auxiliary(&entry.id) || text(entry, "source").is_some_and(|source| sounds_auxiliary(&source)),
                })
                .collect(),
            datasets: entries(view, "datasets"),
            hosting,
            models,
            slots,
            adapters,
        }
    }

    /// Whether a server that some file starts may be the slot, rather than the vendor of its model answering.
    pub fn is_self_hosted(&self, slot: Slot) -> bool {
        let supplied = slot.model.is_some_and(|model| {
            self.source(model).is_some_and(|source| vendor(source).is_some())
                || matches!(self.access[model].as_deref(), Some("vendor_api" | "managed"))
        });
        match self.mode(slot) {
            Some("vendor_api") => false,
            Some("managed") => !supplied,
            // Who states what serves it serves it; `mistral:7b` may be a vendor's model as well as a tag.
            None => !supplied || self.engines[slot.host].is_some(),
            _ => true,
        }
    }

    /// Where the slot's model is served, where that is declared.
    pub fn mode(&self, slot: Slot) -> Option<&str> {
        self.modes[slot.host].as_deref()
    }

    /// The `source` of a model.
    pub fn source(&self, model: usize) -> Option<&str> {
        self.sources[model].as_deref().filter(|source| *source != "none")
    }

    /// How the model of a slot compares with an observed one.
    pub fn same(&self, model: usize, observed: &str) -> Same {
        let by_source = self.source(model).map_or(Same::Unsure, |source| same(source, observed));
        // The id tells nothing where the source speaks of another model.
        if by_source == Same::Unsure && self.source(model).is_none() {
            same(&self.models[model].id, observed).max(Same::Unsure)
        } else {
            by_source
        }
    }
}

fn entries<'m>(view: &View<'m>, section: &str) -> Vec<Entry<'m>> {
    let records = super::super::list(view, &view.manifest(), section).unwrap_or_default();
    let entry = |record: Value<'m>| {
        let place = record.place?;
        let files = view.field(&record, EVIDENCE).ok().and_then(|value| view.elements(&value)).unwrap_or_default();
        let backing = files.iter().flatten().filter_map(super::super::word_of).collect();
        Some(Entry { id: super::super::name_of(view, &record), place, backing, record, parts: RefCell::default() })
    };
    records.into_iter().flatten().filter(|record| matches!(record.data, Data::Record(_))).filter_map(entry).collect()
}

/// A server, with what scales it.
#[derive(Debug, Clone, Copy)]
pub struct Server<'e> {
    pub seen: Seen<'e>,
    pub scaler: Option<Seen<'e>>,
}

impl<'e> Server<'e> {
    /// The surest fact about an attribute. What scales a server decides how many copies there are.
    pub fn fact(self, attribute: Attribute) -> Option<Seen<'e>> {
        let scaled = matches!(attribute, Attribute::ReplicasMin | Attribute::ReplicasMax | Attribute::Autoscaling);
        self.scaler.filter(|_| scaled).and_then(|scaler| scaler.fact(attribute)).or_else(|| self.seen.fact(attribute))
    }

    /// The model that it runs, where that is known.
    fn model(self) -> Option<&'e str> {
        self.seen.subject.fact(Attribute::Model)?.text()
    }

    /// Whether it answers with vectors, scores or text of speech rather than with text.
    fn is_auxiliary(self) -> bool {
        let engine = self.seen.subject.fact(Attribute::Engine).and_then(|fact| fact.text());
        matches!(engine, Some("tei" | "infinity" | "faster-whisper"))
            || self.model().is_some_and(sounds_auxiliary)
            || sounds_auxiliary(self.seen.name())
    }
}

/// Whether a name sounds like a model that makes vectors, scores or transcripts.
fn sounds_auxiliary(name: &str) -> bool {
    let words = ["embed", "rerank", "bge-", "e5-", "gte-", "minilm", "whisper", "colbert", "guard"];
    words.iter().any(|word| name.to_ascii_lowercase().contains(word))
}

/// Everything that was observed.
#[derive(Debug)]
pub struct Observed<'e> {
    pub servers: Vec<Server<'e>>,
    pub routes: Vec<Seen<'e>>,
    pub gateways: Vec<Seen<'e>>,
    pub clients: Vec<Seen<'e>>,
    pub models: Vec<Seen<'e>>,
    pub datasets: Vec<Seen<'e>>,
}

impl<'e> Observed<'e> {
    /// Sorts the subjects of all files.
    pub fn read(exhibits: &[Exhibit<'e>]) -> Self {
        let all: Vec<Seen<'e>> = exhibits
            .iter()
            .flat_map(|exhibit| exhibit.reading.subjects.iter().map(|subject| Seen::new(*exhibit, subject)))
            .collect();
        let of = |kind: SubjectKind| all.iter().copied().filter(move |seen| seen.subject.kind == kind).collect::<Vec<_>>();
        let scalers = of(SubjectKind::Scaler);
        let runs = |subject: &Subject| subject.fact(Attribute::Model).is_some() || subject.fact(Attribute::Engine).is_some();
        let servers = of(SubjectKind::Server)
            .into_iter()
            .filter(|seen| runs(seen.subject))
            .map(|seen| Server { seen, scaler: scalers.iter().copied().find(|scaler| scaler.subject.name == seen.subject.name) });
        Self {
            servers: servers.collect(),
            routes: of(SubjectKind::Route),
            gateways: of(SubjectKind::Gateway),
            clients: of(SubjectKind::Client),
            models: of(SubjectKind::Model),
            datasets: of(SubjectKind::Dataset),
        }
    }
}

/// What belongs together, by index into the observed and the declared.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Servers and slots.
    pub servers: Vec<(usize, usize)>,
    /// Routes and slots.
    pub routes: Vec<(usize, usize)>,
    /// Descriptions of models and models.
    pub models: Vec<(usize, usize)>,
    /// Descriptions of data sets and data sets.
    pub datasets: Vec<(usize, usize)>,
    /// Servers of which several slots may be meant.
    pub ambiguous: Vec<(usize, Vec<usize>)>,
    /// Descriptions of models of which several models may be meant.
    pub unclear: Vec<(usize, Vec<usize>)>,
}

/// Pairs what was observed with what is declared.
pub fn pair(declared: &Declared<'_>, observed: &Observed<'_>) -> Pairs {
    let mut pairs = Pairs::default();
    servers(declared, observed, &mut pairs);
    routes(declared, observed, &mut pairs);
    let mut nameless = observed.models.iter().enumerate().filter(|(_, seen)| name_of(**seen).is_empty()).map(|(at, _)| at);
    let alone = nameless.next().filter(|_| nameless.next().is_none());
    for (at, seen) in observed.models.iter().enumerate() {
        let (best, unclear) = described(declared, *seen);
        match (best, unclear) {
            (Some(model), _) => pairs.models.push((at, model)),
            (None, several) if several.len() > 1 => pairs.unclear.push((at, several)),
            // The only description without a name is about the only model there is.
            _ if alone == Some(at) && declared.models.len() == 1 => pairs.models.push((at, 0)),
            _ => {}
        }
    }
    for (at, seen) in observed.datasets.iter().enumerate() {
        let named = |entry: &Entry<'_>| backing(entry, *seen) == Backing::This || slug(&entry.id) == slug(seen.name());
        if let Some(dataset) = declared.datasets.iter().position(named) {
            pairs.datasets.push((at, dataset));
        }
    }
    pairs
}

/// A fit from which on the slot may have other servers besides: one by what the manifest says backs it, or by the model.
const SURE: u32 = 300;

/// How well a server and a slot fit; 0 is not at all.
fn score(declared: &Declared<'_>, slot: Slot, server: Server<'_>) -> u32 {
    let host = &declared.hosting[slot.host];
    let model = slot.model.map(|at| &declared.models[at]);
    let backed = std::iter::once(host).chain(model).map(|entry| backing(entry, server.seen)).max();
    let mut score = match backed {
        Some(Backing::This) => 1000,
        // One of the servers of a file that is named.
        Some(Backing::File) if server.is_auxiliary() == slot.model.is_some_and(|model| declared.auxiliary[model]) => 50,
        _ => 0,
    };
    if let (Some(at), Some(observed)) = (slot.model, server.model()) {
        match declared.same(at, observed) {
            Same::Yes => score += 400,
            Same::Alike => score += 300,
            Same::Unsure | Same::No => {}
        }
    }
    let served: Vec<String> = server.seen.subject.all(Attribute::ServedName).filter_map(|fact| fact.text()).map(slug).collect();
    let name = slug(server.seen.name());
    if let Some(model) = model {
        let id = slug(&model.id);
        if served.contains(&id) || name == id {
            score += 100;
        }
    }
    if name == slug(&host.id) {
        score += 100;
    }
    score
}

fn servers(declared: &Declared<'_>, observed: &Observed<'_>, pairs: &mut Pairs) {
    let mut free_slots: Vec<usize> =
        (0..declared.slots.len()).filter(|at| declared.is_self_hosted(declared.slots[*at])).collect();
    let mut free: Vec<usize> = (0..observed.servers.len()).collect();
    let fits: Vec<Vec<(u32, usize)>> = observed
        .servers
        .iter()
        .map(|server| {
            let fit = |slot: &usize| (score(declared, declared.slots[*slot], *server), *slot);
            free_slots.iter().map(fit).filter(|(score, _)| *score > 0).collect()
        })
        .collect();
    // The best fit first. A slot may be served by several deployments, such as those that prefill and those that decode.
    let mut levels: Vec<u32> = fits.iter().flatten().map(|(score, _)| *score).collect();
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.dedup();
    for level in levels {
        let at_level = |server: usize| fits[server].iter().filter(move |(score, _)| *score == level).map(|(_, slot)| *slot);
        let here: Vec<(usize, Vec<usize>)> = free
            .iter()
            .map(|server| (*server, at_level(*server).collect::<Vec<_>>()))
            .filter(|(_, slots)| !slots.is_empty())
            .collect();
        let open = free_slots.clone();
        for (server, slots) in &here {
            // Of several, that which nothing else serves, unless another server could be that as well.
            let mut left: Vec<usize> = slots.iter().copied().filter(|slot| open.contains(slot)).collect();
            if here.iter().any(|(other, slots)| other != server && left.iter().any(|slot| slots.contains(slot))) {
                left.clear();
            }
            let meant = match (slots.as_slice(), left.as_slice()) {
                (_, [only]) => std::slice::from_ref(only),
                (several, _) if level >= SURE => several,
                // By its name alone a server is none of those that others serve.
                (_, left) => left,
            };
            match meant {
                [] => continue,
                [only] => {
                    pairs.servers.push((*server, *only));
                    free_slots.retain(|slot| slot != only);
                }
                several => pairs.ambiguous.push((*server, several.to_vec())),
            }
            free.retain(|other| other != server);
        }
    }
    let asked: Vec<usize> = pairs.ambiguous.iter().flat_map(|(_, slots)| slots.iter().copied()).collect();
    free_slots.retain(|slot| !asked.contains(slot));
    free_slots.retain(|slot| declared.mode(declared.slots[*slot]) != Some("on_device"));
    leftover(declared, observed, &free, &free_slots, pairs);
    pairs.servers.sort_unstable();
}

/// What no model and no name brought together. The last server and the last slot belong together; one that hides its
/// model, or calls it what nobody can tell, may be any that is left.
fn leftover(declared: &Declared<'_>, observed: &Observed<'_>, servers: &[usize], slots: &[usize], pairs: &mut Pairs) {
    let auxiliary = |slot: usize| declared.slots[slot].model.is_some_and(|model| declared.auxiliary[model]);
    for kind in [false, true] {
        let servers: Vec<usize> =
            servers.iter().copied().filter(|server| observed.servers[*server].is_auxiliary() == kind).collect();
        let slots: Vec<usize> = slots.iter().copied().filter(|slot| auxiliary(*slot) == kind).collect();
        if let ([server], [slot], false) = (servers.as_slice(), slots.as_slice(), kind) {
            pairs.servers.push((*server, *slot));
            continue;
        }
        let may_be = |server: usize, slot: usize| match (declared.slots[slot].model, observed.servers[server].model()) {
            (Some(model), Some(observed)) => declared.same(model, observed) == Same::Unsure,
            _ => true,
        };
        for server in &servers {
            let meant: Vec<usize> = slots.iter().copied().filter(|slot| may_be(*server, *slot)).collect();
            match meant.as_slice() {
                [] => {}
                [only] if servers.iter().all(|other| other == server || !may_be(*other, *only)) => {
                    pairs.servers.push((*server, *only));
                }
                several => pairs.ambiguous.push((*server, several.to_vec())),
            }
        }
    }
}

/// Routes, and the slots of the models that they ask for: by the model, else by the name under which it is asked for.
fn routes(declared: &Declared<'_>, observed: &Observed<'_>, pairs: &mut Pairs) {
    for (at, route) in observed.routes.iter().enumerate() {
        let Some(model) = route.subject.fact(Attribute::Model).and_then(|fact| fact.text()) else { continue };
        let outside = route.subject.fact(Attribute::Vendor).is_some();
        let fits = |slot: &Slot| {
            let Some(known) = slot.model else { return false };
            let id = slug(&declared.models[known].id);
            let asked = !outside && declared.is_self_hosted(*slot) && (id == slug(model) || id == slug(&route.subject.name));
            asked || declared.same(known, model) >= Same::Alike
        };
        pairs.routes.extend(declared.slots.iter().enumerate().filter(|(_, slot)| fits(slot)).map(|(slot, _)| (at, slot)));
    }
}

/// The model that a card, a configuration or an entry of a bill of materials describes, or those it may describe.
fn described(declared: &Declared<'_>, seen: Seen<'_>) -> (Option<usize>, Vec<usize>) {
    let backed = |least: Backing| {
        (0..declared.models.len()).filter(|at| backing(&declared.models[*at], seen) >= least).collect::<Vec<_>>()
    };
    let this = backed(Backing::This);
    if let [only] = this.as_slice() {
        return (Some(*only), this);
    }
    let name = name_of(seen);
    if name.is_empty() {
        return (None, this);
    }
    let at_least =
        |least: Same| (0..declared.models.len()).filter(|at| by_name(declared, *at, name) >= least).collect::<Vec<_>>();
    let exact = at_least(Same::Yes);
    let mut alike = if exact.is_empty() { at_least(Same::Alike) } else { exact };
    let named = backed(Backing::File);
    if alike.iter().any(|at| named.contains(at)) {
        alike.retain(|at| named.contains(at));
    }
    match alike.as_slice() {
        [only] => (Some(*only), alike),
        _ => (None, alike),
    }
}

/// What a description calls its model; empty where it does not.
fn name_of(seen: Seen<'_>) -> &str {
    seen.subject.fact(Attribute::Model).and_then(|fact| fact.text()).unwrap_or(&seen.subject.name)
}

fn by_name(declared: &Declared<'_>, model: usize, name: &str) -> Same {
    if slug(&declared.models[model].id) == slug(name) { Same::Yes } else { declared.same(model, name) }
}

/// How an entry of the manifest names something as its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Backing {
    No,
    /// It names the file, which shows others of the kind as well.
    File,
    /// It names the file, which shows nothing else of the kind, or the part of the file.
    This,
}

fn backing(entry: &Entry<'_>, seen: Seen<'_>) -> Backing {
    let reading = seen.exhibit.reading;
    let kind = |subject: &&Subject| subject.kind == seen.subject.kind;
    let one = |(nth, text): (usize, &String)| {
        let pointer = Pointer::new(text);
        if pointer.file.is_empty() || normal(pointer.file) != normal(seen.exhibit.path) {
            Backing::No
        } else if reading.subjects.iter().filter(kind).nth(1).is_none() {
            Backing::This
        } else {
            let lead = || pointer::resolve(pointer.file, &reading.text, pointer.fragment?, &Limits::default()).ok();
            let part = *entry.parts.borrow_mut().entry((seen.exhibit.file, nth)).or_insert_with(lead);
            let within = |part: Span| {
                let holds = |span: Span| part.start <= span.start && span.end <= part.end;
                holds(seen.subject.span) || seen.subject.facts.iter().any(|fact| holds(fact.span))
            };
            match part {
                Some(part) if within(part) => Backing::This,
                Some(_) => Backing::No,
                None => Backing::File,
            }
        }
    };
    entry.backing.iter().enumerate().map(one).max().unwrap_or(Backing::No)
}

/// A path without steps that lead nowhere or back.
fn normal(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// A name without case and marks.
pub fn slug(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
