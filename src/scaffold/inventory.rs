//! What the files show, sorted into the entries that a manifest would have.

use std::collections::BTreeMap;

use crate::evidence::Reading;
use crate::evidence::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use crate::facts::drift::{Same, hub_id, same};
use crate::knowledge::vendors;
use crate::manifest::leaf::LONGEST_ID;

/// A value that a file shows, and where.
#[derive(Debug, Clone)]
pub struct Shown {
    pub fact: Fact,
    pub file: String,
    pub line: usize,
    pub by: String,
}

impl Shown {
    /// Where it is from, as a comment.
    pub fn from(&self) -> String {
        let Self { fact, file, line, .. } = self;
        let how = match fact.standing {
            Standing::Literal => String::new(),
            Standing::Resolved if fact.written == fact.shown() => String::new(),
            Standing::Resolved => format!(", from {}", fact.written),
            Standing::Default => format!(", the default of {}", fact.written),
            Standing::Inferred => format!(", read off {}", fact.written),
            Standing::Placeholder => format!(", to be replaced: {}", fact.written),
            Standing::Unresolved => format!(", which leaves it open: {}", fact.written),
        };
        format!("{file}:{line}{how}")
    }
}

/// A thing with facts.
#[derive(Debug, Clone)]
pub struct Thing {
    pub id: String,
    /// What the file calls it.
    pub name: String,
    pub file: String,
    pub line: usize,
    facts: Vec<Shown>,
}

impl Thing {
    fn read(reading: &Reading, subject: &Subject) -> Self {
        let line = |start: u32| reading.lines.position(&reading.text, start as usize).line;
        let shown = |fact: &Fact| Shown {
            fact: fact.clone(),
            file: reading.name.clone(),
            line: line(fact.span.start),
            by: subject.name.clone(),
        };
        Self {
            id: String::new(),
            name: if subject.name.is_empty() { reading.name.clone() } else { subject.name.clone() },
            file: reading.name.clone(),
            line: line(subject.span.start),
            facts: subject.facts.iter().map(shown).collect(),
        }
    }

    /// The surest fact about an attribute; of equally sure ones the last.
    pub fn fact(&self, attribute: Attribute) -> Option<&Shown> {
        self.all(attribute).reduce(|best, shown| if shown.fact.standing <= best.fact.standing { shown } else { best })
    }

    /// Every fact about an attribute.
    pub fn all(&self, attribute: Attribute) -> impl Iterator<Item = &Shown> {
        self.facts.iter().filter(move |shown| shown.fact.attribute == attribute)
    }

    /// What names the models that a server runs: the surest, and for Ollama, which runs several, all that are as sure.
    fn models(&self) -> Vec<Shown> {
        let Some(best) = self.fact(Attribute::Model).filter(|shown| shown.fact.text().is_some()) else { return Vec::new() };
        let several = self.text(Attribute::Engine) == Some("ollama");
        let mut found: Vec<Shown> = Vec::new();
        for shown in self
            .all(Attribute::Model)
            .filter(|shown| several && shown.fact.standing <= best.fact.standing.max(Standing::Resolved))
        {
            if found.iter().all(|other| other.fact.text() != shown.fact.text()) {
                found.push(shown.clone());
            }
        }
        if found.is_empty() { vec![best.clone()] } else { found }
    }

    /// The value of an attribute, where it is known.
    pub fn text(&self, attribute: Attribute) -> Option<&str> {
        self.fact(attribute)?.fact.text()
    }

    /// Whether it names a vendor or a host as where it leads to.
    fn names(&self, key: &str) -> bool {
        let facts = self.all(Attribute::Vendor).chain(self.all(Attribute::Endpoint));
        facts
            .filter_map(|shown| shown.fact.text())
            .any(|text| text == key || vendors::of_host(text).is_some_and(|vendor| vendor.id == key))
    }

    /// Whether it leads to a recipient for sure.
    fn leads_to(&self, recipient: &Recipient) -> bool {
        let facts =
            self.all(Attribute::Vendor).chain(self.all(Attribute::Endpoint)).filter(|shown| shown.fact.standing.is_firm());
        let key = recipient.shown.fact.text().unwrap_or_default();
        facts.filter_map(|shown| shown.fact.text()).any(|text| {
            let vendor = |text: &str| vendors::named(text).or_else(|| vendors::of_host(text)).map(|vendor| vendor.id);
            text == key || vendor(text).is_some() && vendor(text) == vendor(key)
        })
    }

    fn merge(&mut self, other: &Self, only: Option<&[Attribute]>) {
        let wanted = |shown: &&Shown| only.is_none_or(|only| only.contains(&shown.fact.attribute));
        for shown in other.facts.iter().filter(wanted) {
            if only.is_some() {
                self.facts.retain(|own| own.fact.attribute != shown.fact.attribute || own.file == shown.file);
            }
            self.facts.push(shown.clone());
        }
    }
}

/// A model, with what runs or describes it.
#[derive(Debug, Clone)]
pub struct Model {
    pub id: String,
    /// How the model is named; none where only an expression is known.
    pub reference: Shown,
    /// Facts of servers that run it and of cards that describe it.
    pub about: Thing,
    /// Who answers, for a model that is called rather than run: a key of the recipients.
    pub vendor: Option<String>,
    /// Files that describe it: cards, configurations, bills of materials.
    pub described: Vec<String>,
    /// Whether only a name is known under which callers ask for it.
    pub alias: bool,
    /// The model that it is loaded on top of, by index.
    pub on: Option<usize>,
}

impl Model {
    /// Whether a route that asks for this means the model.
    fn is_called(&self, text: &str) -> bool {
        let own = self.reference.fact.text().unwrap_or_default();
        let mut names = self.about.all(Attribute::ServedName).filter_map(|shown| shown.fact.text());
        same(own, text) >= Same::Alike || slug(&self.id) == slug(text) || names.any(|name| slug(name) == slug(text))
    }
}

/// Somebody outside whom requests or prompts go to.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Its id as a party.
    pub id: String,
    /// What it does, where it is known: `model_vendor`, or `saas_vendor` for one that records.
    pub kind: Option<&'static str>,
    /// Models that are asked of it, by index.
    pub models: Vec<usize>,
    /// Whether some route leads there.
    pub answers: bool,
    pub shown: Shown,
    /// The gateways and applications that lead there, by id.
    pub from: Vec<String>,
}

/// Everything that files show.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Names of the files, with their kinds.
    pub files: Vec<(String, Vec<&'static str>)>,
    pub models: Vec<Model>,
    /// Servers with the indices of the models that they run.
    pub servers: Vec<(Thing, Vec<usize>)>,
    /// Vendors by their word, others by their host.
    pub recipients: BTreeMap<String, Recipient>,
    pub gateways: Vec<Thing>,
    pub clients: Vec<Thing>,
    pub datasets: Vec<Thing>,
    /// Routes of gateways.
    pub routes: Vec<Thing>,
    /// Models and the models that they were made from, by index.
    pub bases: Vec<(usize, usize)>,
    /// Models and the data sets that are in their weights, by index.
    pub trained: Vec<(usize, usize)>,
    ids: Vec<String>,
}

const SCALED: &[Attribute] = &[Attribute::ReplicasMin, Attribute::ReplicasMax, Attribute::Autoscaling];

impl Inventory {
    /// Sorts what the readings hold.
    pub fn take(readings: &[Reading]) -> Self {
        let mut inventory = Self {
            files: readings
                .iter()
                .filter(|reading| !reading.kinds.is_empty())
                .map(|reading| (reading.name.clone(), reading.kinds.iter().map(|kind| kind.as_str()).collect()))
                .collect(),
            ..Self::default()
        };
        let all: Vec<(SubjectKind, Thing)> = readings
            .iter()
            .flat_map(|reading| reading.subjects.iter().map(|subject| (subject.kind, Thing::read(reading, subject))))
            .collect();
        let of = |kind: SubjectKind| all.iter().filter(move |(other, _)| *other == kind).map(|(_, thing)| thing);
        // Parties have the first pick: what they are called is what the manifest is searched for.
        for (kind, thing) in &all {
            let claims = if *kind == SubjectKind::Route { Standing::Inferred } else { Standing::Resolved };
            inventory.receive(thing, claims);
        }
        for server in of(SubjectKind::Server) {
            inventory.server(server.clone(), of(SubjectKind::Scaler));
        }
        for route in of(SubjectKind::Route) {
            inventory.route(route);
        }
        for card in of(SubjectKind::Model) {
            inventory.card(card);
        }
        inventory.routes = of(SubjectKind::Route).cloned().collect();
        for (kind, otherwise) in [(SubjectKind::Gateway, "gateway"), (SubjectKind::Client, "app")] {
            let things: Vec<Thing> = of(kind).filter(|thing| !thing.facts.is_empty()).cloned().collect();
            for mut thing in united(things) {
                thing.id = inventory.id(&thing.name.clone(), otherwise);
                for recipient in inventory.recipients.values_mut().filter(|recipient| thing.leads_to(recipient)) {
                    recipient.from.push(thing.id.clone());
                }
                if kind == SubjectKind::Gateway { &mut inventory.gateways } else { &mut inventory.clients }.push(thing);
            }
        }
        inventory.datasets = of(SubjectKind::Dataset).cloned().collect();
        for at in 0..inventory.datasets.len() {
            inventory.datasets[at].id = inventory.id(&inventory.datasets[at].name.clone(), "dataset");
        }
        inventory.descent();
        inventory
    }

    fn server<'a>(&mut self, mut server: Thing, mut scalers: impl Iterator<Item = &'a Thing>) {
        if server.fact(Attribute::Model).is_none() && server.fact(Attribute::Engine).is_none() {
            return;
        }
        if let Some(scaler) = scalers.find(|scaler| scaler.name == server.name) {
            server.merge(scaler, Some(SCALED));
        }
        let references = server.models();
        let alone = references.len() == 1;
        let mut models = Vec::with_capacity(references.len());
        for reference in &references {
            let alias = server.text(Attribute::ServedName).filter(|_| alone).map(str::to_owned);
            let at = self.model(reference, alias.as_deref(), None);
            if alone {
                self.models[at].about.merge(&server, None);
            }
            if !models.contains(&at) {
                models.push(at);
            }
        }
        let model = models.first().copied();
        let adapters: Vec<Shown> = server.all(Attribute::Adapter).filter(|shown| shown.fact.text().is_some()).cloned().collect();
        for adapter in adapters {
            let at = self.model(&adapter, None, None);
            self.models[at].on = model.filter(|on| *on != at).or(self.models[at].on);
        }
        let own = if server.name == server.file { server.name.clone() } else { server.name.replace('/', "-") };
        server.id = self.id(&own, "server");
        self.servers.push((server, models));
    }

    /// Notes whom a thing leads to outside.
    fn receive(&mut self, thing: &Thing, least: Standing) {
        let facts =
            thing.all(Attribute::Vendor).chain(thing.all(Attribute::Endpoint)).filter(|shown| shown.fact.standing <= least);
        for shown in facts.cloned().collect::<Vec<_>>() {
            let Some(text) = shown.fact.text() else { continue };
            let vendor = vendors::named(text).or_else(|| vendors::of_host(text));
            let outside = shown.fact.attribute == Attribute::Endpoint && !vendors::is_internal(text);
            let key = match vendor {
                Some(vendor) => vendor.id.to_owned(),
                None if outside => text.to_owned(),
                None => continue,
            };
            if !self.recipients.contains_key(&key) {
                let id = self.id(&key, "party");
                let kind = vendor.map(|vendor| if vendor.answers { "model_vendor" } else { "saas_vendor" });
                self.recipients.insert(key, Recipient { id, kind, models: Vec::new(), answers: false, shown, from: Vec::new() });
            }
        }
    }

    /// A route calls a model of somebody outside, or one inside that a server runs or that only its name is known of.
    fn route(&mut self, route: &Thing) {
        let key = self.recipients.keys().find(|key| route.names(key)).cloned();
        let reference = route.fact(Attribute::Model).filter(|shown| shown.fact.text().is_some()).cloned();
        let Some(key) = key else {
            let Some(reference) = reference else { return };
            let text = reference.fact.text().unwrap_or_default().to_owned();
            let known = self.models.iter().any(|model| model.is_called(&text));
            let host = route.text(Attribute::Endpoint).unwrap_or_default();
            let behind = self.servers.iter().any(|(server, _)| host.split('.').next() == Some(server.name.as_str()));
            if !known && !behind {
                let at = self.model(&reference, Some(&route.name), None);
                self.models[at].alias = true;
            }
            return;
        };
        let model = reference.map(|reference| self.model(&reference, Some(&route.name), Some(&key)));
        if let Some(recipient) = self.recipients.get_mut(&key) {
            recipient.answers = true;
            recipient.models.extend(model.filter(|model| !recipient.models.contains(model)));
        }
    }

    /// A card describes a model that runs, or one of its own.
    fn card(&mut self, card: &Thing) {
        let name = card.fact(Attribute::Model).and_then(|shown| shown.fact.text()).unwrap_or(&card.name).to_owned();
        let fits = |model: &Model| {
            let reference = model.reference.fact.text().unwrap_or_default();
            model.vendor.is_none() && (same(reference, &name) >= Same::Alike || slug(&model.id) == slug(&name))
        };
        let at = match self.models.iter().position(fits) {
            Some(at) => at,
            // A configuration without a name is about the only model there is.
            None if card.name == card.file && card.fact(Attribute::Model).is_none() && self.models.len() == 1 => 0,
            None => {
                let unnamed = Fact {
                    attribute: Attribute::Model,
                    value: Some(name.clone().into()),
                    written: card.file.clone(),
                    standing: Standing::Inferred,
                    span: crate::span::Span::default(),
                };
                let reference = card.fact(Attribute::Model).cloned().unwrap_or(Shown {
                    fact: unnamed,
                    file: card.file.clone(),
                    line: card.line,
                    by: card.name.clone(),
                });
                self.model(&reference, Some(&card.name), None)
            }
        };
        self.models[at].about.merge(card, None);
        if !self.models[at].described.contains(&card.file) {
            self.models[at].described.push(card.file.clone());
        }
    }

    /// Adds the bases and data sets that cards and bills of materials name.
    fn descent(&mut self) {
        for at in 0..self.models.len() {
            let named = |attribute| {
                self.models[at].about.all(attribute).filter(|shown| shown.fact.text().is_some()).cloned().collect::<Vec<_>>()
            };
            let (bases, data) = (named(Attribute::Base), named(Attribute::TrainingData));
            for base in bases {
                let own = self.models[at].reference.fact.text() == base.fact.text();
                let model = self.model(&base, None, None);
                if !own && model != at && !self.bases.contains(&(at, model)) {
                    self.bases.push((at, model));
                }
            }
            for shown in data {
                let name = shown.fact.text().unwrap_or_default().to_owned();
                let dataset = self.datasets.iter().position(|dataset| slug(&dataset.name) == slug(&name)).unwrap_or_else(|| {
                    let id = self.id(&name, "dataset");
                    self.datasets.push(Thing { id, name, file: shown.file.clone(), line: shown.line, facts: Vec::new() });
                    self.datasets.len() - 1
                });
                if !self.trained.contains(&(at, dataset)) {
                    self.trained.push((at, dataset));
                }
            }
        }
    }

    /// Whether a gateway may lead to a model: some route asks for it or for the one server that runs it, or no route is
    /// known.
    pub fn is_routed(&self, at: usize) -> bool {
        let behind = |host: &str| {
            let own = |server: &Thing| host.split('.').next() == Some(server.name.as_str());
            self.servers.iter().any(|(server, models)| own(server) && models[..] == [at])
        };
        self.routes.is_empty()
            || self.recipients.values().any(|recipient| recipient.models.contains(&at))
            || self.models[at].alias
            || self.routes.iter().any(|route| {
                route.text(Attribute::Model).is_none_or(|text| self.models[at].is_called(text))
                    || route.text(Attribute::Endpoint).is_some_and(behind)
            })
    }

    /// The index of a model, which is added where it is not there yet.
    fn model(&mut self, reference: &Shown, alias: Option<&str>, vendor: Option<&str>) -> usize {
        let text = reference.fact.text().unwrap_or_default();
        let known = |model: &Model| model.vendor.as_deref() == vendor && model.reference.fact.text() == Some(text);
        if let Some(at) = self.models.iter().position(known) {
            return at;
        }
        let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
        let id = self.id(alias.filter(|alias| !alias.contains(['/', '*'])).unwrap_or(last), "model");
        let about = Thing {
            id: id.clone(),
            name: text.to_owned(),
            file: reference.file.clone(),
            line: reference.line,
            facts: Vec::new(),
        };
        let vendor = vendor.map(str::to_owned);
        self.models.push(Model {
            id,
            reference: reference.clone(),
            about,
            vendor,
            described: Vec::new(),
            alias: false,
            on: None,
        });
        self.models.len() - 1
    }

    /// An id that nothing else has, made from a name.
    pub fn id(&mut self, name: &str, otherwise: &str) -> String {
        let name = name.rsplit('/').next().unwrap_or(name);
        let kept: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let parts: Vec<&str> = kept.split('-').filter(|part| !part.is_empty()).collect();
        let base = parts.join("-");
        // Room for a number.
        let base = base[..base.len().min(LONGEST_ID - 20)].trim_matches(['.', '_', '-']);
        let base =
            if base.is_empty() || matches!(base, "none" | "unknown" | "null" | "true" | "false") { otherwise } else { base };
        let mut id = base.to_owned();
        let mut number = 2;
        while self.ids.contains(&id) {
            id = format!("{base}-{number}");
            number += 1;
        }
        self.ids.push(id.clone());
        id
    }
}

/// Where one file runs LiteLLM and another one configures it, the two are one gateway.
fn united(mut things: Vec<Thing>) -> Vec<Thing> {
    let runs = |thing: &Thing| thing.text(Attribute::Engine) == Some("litellm");
    let configures = |thing: &Thing| thing.name == "litellm" && thing.fact(Attribute::Engine).is_none();
    let places = |test: &dyn Fn(&Thing) -> bool| {
        things.iter().enumerate().filter(|(_, thing)| test(thing)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    if let ([run], [configured]) = (places(&runs).as_slice(), places(&configures).as_slice())
        && things[*run].file != things[*configured].file
    {
        let other = things[*configured].clone();
        things[*run].merge(&other, None);
        things.remove(*configured);
    }
    things
}

/// How a manifest writes where a model is from.
pub fn source(reference: &str, vendor: Option<&str>) -> String {
    match vendor {
        Some(vendor) if vendors::named(vendor).is_some() => format!("{vendor}:{reference}"),
        Some(_) => reference.to_owned(),
        None if hub_id(reference).is_some() => format!("hf:{reference}"),
        None => reference.to_owned(),
    }
}

fn slug(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::evidence;
    use crate::syntax::Limits;

    fn drafted(yaml: &str) -> String {
        let reading = evidence::read("a.yaml", yaml.as_bytes().to_vec(), &Limits::default());
        crate::scaffold::draft(&[reading], jiff::civil::date(2026, 1, 1))
    }

    #[test]
    fn a_name_that_is_longer_than_an_id_may_be_is_cut() {
        let name = "qwen".repeat(75);
        let draft = drafted(&format!("ollama: {{models: {{pull: ['a/{name}', 'b/{name}']}}}}\n"));
        let first = "qwen".repeat(45);
        assert!(draft.contains(&format!("models: [{first}, {first}-2]")), "{draft}");
    }

    #[test]
    fn ollama_runs_all_that_it_pulls() {
        let draft = drafted("ollama: {models: {pull: ['gemma3:4b', bge-m3]}}\n");
        assert!(draft.contains("models: [gemma3-4b, bge-m3]"), "{draft}");
    }

    #[test]
    fn names_of_nim_are_not_of_the_hub() {
        let draft =
            drafted("image: {repository: nvcr.io/nim/meta/tiny-8b, tag: 1.0.0}\nresources: {limits: {nvidia.com/gpu: 1}}\n");
        assert!(draft.contains("source: meta/tiny-8b"), "{draft}");
    }
}
