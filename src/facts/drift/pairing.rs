//! Which observed thing is which entry of the manifest.
//!
//! A server is paired with a model of a hosting entry: the unit is that pair, a slot, since one entry may serve several
//! models. What the entry names as its `evidence` counts most, then the model, then names. The last server and the
//! last slot belong together even if nothing about them agrees: that is how a manifest that names the wrong model is
//! found out. Two slots that fit equally well are asked for.

use super::identity::{Same, same};
use super::{Exhibit, Seen};
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::manifest::describe::EVIDENCE;
use crate::manifest::value::{Data, Value, View};
use crate::syntax::tree::Place;

/// An entry of the manifest with an id.
#[derive(Debug, Clone)]
pub struct Entry<'m> {
    pub id: String,
    pub record: Value<'m>,
    pub place: Place,
    /// Files that back it up.
    pub files: Vec<String>,
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
    /// By hosting entry, its mode, where it is declared.
    modes: Vec<Option<String>>,
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
        for (host, entry) in hosting.iter().enumerate() {
            let ids = super::super::list(view, &entry.record, "models").unwrap_or_default();
            let ids: Vec<String> = ids.iter().flatten().filter_map(super::super::word_of).collect();
            let served: Vec<usize> =
                models.iter().enumerate().filter(|(_, model)| ids.contains(&model.id)).map(|(at, _)| at).collect();
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
            sources: models.iter().map(|entry| text(entry, "source")).collect(),
            others: ["parties", "components", "agreements", "actors"].iter().flat_map(|section| entries(view, section)).collect(),
            auxiliary: models
                .iter()
                .map(|entry| {
                    text(entry, "kind")
                        .is_some_and(|kind| matches!(kind.as_str(), "embedding" | "reranker" | "guard" | "classifier"))
                })
                .collect(),
            datasets: entries(view, "datasets"),
            hosting,
            models,
            slots,
        }
    }

    /// Whether the organisation or a platform runs the slot's model, rather than the model's vendor.
    pub fn is_self_hosted(&self, slot: Slot) -> bool {
        !matches!(self.modes[slot.host].as_deref(), Some("vendor_api" | "on_device"))
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
        let file =
            |value: &Value<'m>| super::super::word_of(value).map(|text| text.split('#').next().unwrap_or_default().to_owned());
        Some(Entry {
            id: super::super::name_of(view, &record),
            place,
            files: files.iter().flatten().filter_map(file).collect(),
            record,
        })
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
        let words = ["embed", "rerank", "bge-", "e5-", "gte-", "minilm", "whisper", "colbert", "guard"];
        let says = |text: &str| words.iter().any(|word| text.to_ascii_lowercase().contains(word));
        matches!(engine, Some("tei" | "infinity" | "faster-whisper")) || self.model().is_some_and(says) || says(self.seen.name())
    }
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
    for (at, seen) in observed.models.iter().enumerate() {
        let (best, unclear) = described(declared, *seen);
        match (best, unclear) {
            (Some(model), _) => pairs.models.push((at, model)),
            (None, several) if several.len() > 1 => pairs.unclear.push((at, several)),
            _ => {}
        }
    }
    for (at, seen) in observed.datasets.iter().enumerate() {
        let named = |entry: &Entry<'_>| is_backed_by(entry, *seen) || slug(&entry.id) == slug(seen.name());
        if let Some(dataset) = declared.datasets.iter().position(named) {
            pairs.datasets.push((at, dataset));
        }
    }
    pairs
}

/// How well a server and a slot fit; 0 is not at all.
fn score(declared: &Declared<'_>, slot: Slot, server: Server<'_>) -> u32 {
    let host = &declared.hosting[slot.host];
    let model = slot.model.map(|at| &declared.models[at]);
    let mut score = 0;
    if is_backed_by(host, server.seen) || model.is_some_and(|model| is_backed_by(model, server.seen)) {
        score += 1000;
    }
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
    // The best fit first. A slot may be served by several deployments, such as those that prefill and those that decode.
    let mut fits: Vec<(u32, usize, usize)> = Vec::new();
    for server in &free {
        for slot in &free_slots {
            let score = score(declared, declared.slots[*slot], observed.servers[*server]);
            if score > 0 {
                fits.push((score, *server, *slot));
            }
        }
    }
    fits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    for (score, server, _) in &fits {
        if !free.contains(server) {
            continue;
        }
        let equal: Vec<usize> =
            fits.iter().filter(|(other, which, _)| other == score && which == server).map(|(_, _, slot)| *slot).collect();
        free.retain(|other| other != server);
        if let [only] = equal.as_slice() {
            pairs.servers.push((*server, *only));
            free_slots.retain(|slot| slot != only);
        } else {
            pairs.ambiguous.push((*server, equal));
        }
    }
    let asked: Vec<usize> = pairs.ambiguous.iter().flat_map(|(_, slots)| slots.iter().copied()).collect();
    free_slots.retain(|slot| !asked.contains(slot));
    free.retain(|server| !observed.servers[*server].is_auxiliary());
    free_slots.retain(|slot| !declared.slots[*slot].model.is_some_and(|model| declared.auxiliary[model]));
    match (free.as_slice(), free_slots.as_slice()) {
        ([server], [slot]) => pairs.servers.push((*server, *slot)),
        // A server that hides its model may be any of those that are left.
        ([server], several) if several.len() > 1 && observed.servers[*server].model().is_none() => {
            pairs.ambiguous.push((*server, several.to_vec()));
        }
        _ => {}
    }
    pairs.servers.sort_unstable();
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
    let backed: Vec<usize> = (0..declared.models.len()).filter(|at| is_backed_by(&declared.models[*at], seen)).collect();
    if let [only] = backed.as_slice() {
        return (Some(*only), backed);
    }
    let name = seen.subject.fact(Attribute::Model).and_then(|fact| fact.text()).unwrap_or(&seen.subject.name);
    if name.is_empty() {
        return (None, backed);
    }
    let at_least =
        |least: Same| (0..declared.models.len()).filter(|at| by_name(declared, *at, name) >= least).collect::<Vec<_>>();
    let exact = at_least(Same::Yes);
    let alike = if exact.is_empty() { at_least(Same::Alike) } else { exact };
    match alike.as_slice() {
        [only] => (Some(*only), alike),
        _ => (None, alike),
    }
}

fn by_name(declared: &Declared<'_>, model: usize, name: &str) -> Same {
    if slug(&declared.models[model].id) == slug(name) { Same::Yes } else { declared.same(model, name) }
}

/// Whether an entry names the file as its evidence.
pub fn is_backed_by(entry: &Entry<'_>, seen: Seen<'_>) -> bool {
    let name = seen.exhibit.reading.name.as_str();
    entry.files.iter().any(|file| {
        let file = file.trim_start_matches("./");
        !file.is_empty()
            && name.strip_suffix(file.trim_start_matches("../")).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    })
}

/// A name without case and marks.
pub fn slug(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
