//! What a word means: everything that has a name, with its page in Markdown and as data.
//!
//! A word may mean several things, a licence and a model, a field and a word of another field. All of them are told.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::coverage::{Coverage, coverage};
use crate::engine::rule_info;
use crate::evidence::Kind;
use crate::evidence::fact::Attribute;
use crate::expr::ast::Function;
use crate::facts::fields::{Place, named, places, told_once, words};
use crate::knowledge::licences;
use crate::knowledge::references::{Reference, frameworks};
use crate::knowledge::regions::{ADEQUACY, EEA_ONLY, EU};
use crate::knowledge::tables::Tables;
use crate::knowledge::vendors::VENDORS;
use crate::manifest::describe::EnumDesc;
use crate::manifest::schema::one_line;
use crate::render::field::{Book, Paged};
use crate::render::{field, framework, known, licence, page, party};
use crate::rule::Rule;
use crate::rule::model::EngineCode;
use crate::spelling;

/// How many near misses are told.
const NEAR: usize = 3;

/// Everything that can be explained.
#[derive(Debug)]
pub struct Library<'l> {
    book: Book<'l>,
    codes: &'l [EngineCode<'l>],
    tables: &'l Tables,
    places: Vec<Place>,
    /// Worked out when a framework is first asked for.
    coverages: OnceCell<Vec<Coverage>>,
}

/// One thing that a word means.
#[derive(Debug)]
pub struct Meaning {
    /// What kind of thing it is: `rule`, `licence`, `field`.
    pub what: &'static str,
    /// Its page, Markdown.
    pub page: String,
    /// The members that it adds to a document about the word. Lists under one key are joined.
    pub data: Map<String, Value>,
}

impl Meaning {
    fn new(what: &'static str, page: String, data: Value) -> Self {
        Self { what, page, data: if let Value::Object(data) = data { data } else { Map::new() } }
    }
}

impl<'l> Library<'l> {
    pub fn new(rules: &'l [Paged], codes: &'l [EngineCode<'l>], tables: &'l Tables) -> Self {
        Self { book: Book::new(rules), codes, tables, places: places(), coverages: OnceCell::new() }
    }

    /// Everything that a word means. The error says why a framework that is known has no such control.
    pub fn find(&self, word: &str) -> Result<Vec<Meaning>, String> {
        let word = word.trim();
        let mut found = self.rules(word);
        found.extend(licence_of(word));
        found.extend(self.references(word)?);
        found.extend(self.entries(word));
        found.extend(
            VENDORS
                .iter()
                .filter(|vendor| is(vendor.id, word) || vendor.also.iter().any(|also| is(also, word)))
                .map(|vendor| Meaning::new("vendor", party::vendor(vendor), json!({ "vendors": [party::vendor_json(vendor)] }))),
        );
        found.extend(self.fields(word));
        found.extend(self.words(word));
        found.extend(evidence(word));
        if regions().any(|code| code == word) {
            found.push(Meaning::new("country", party::region(word), json!({ "countries": [party::region_json(word)] })));
        }
        found.extend(Function::ALL.iter().filter(|function| function.name() == word).map(|function| {
            let doc = one_line(function.doc());
            let page = format!("# {word}\n\nA function of conditions: {doc}\n");
            Meaning::new("function", page, json!({ "functions": [{ "name": word, "meaning": doc }] }))
        }));
        Ok(found)
    }

    fn rules(&self, word: &str) -> Vec<Meaning> {
        let rules = self.book.rules.iter().filter(|(rule, _)| is(&rule.code, word) || is(&rule.name, word));
        let rules = rules.map(|(rule, text)| Meaning::new("rule", page::rule(rule, text), page::rule_json(rule, text)));
        let codes = self.codes.iter().filter(|code| is(&code.code, word) || is(&code.name, word));
        rules.chain(codes.map(|code| Meaning::new("code", page::code(code), page::code_json(code)))).collect()
    }

    fn references(&self, word: &str) -> Result<Vec<Meaning>, String> {
        let references = match Reference::named(word) {
            Ok(references) => references,
            // The framework is known, so nothing else can be meant.
            Err(message) => {
                let known = word.split_once(':').is_some_and(|(head, _)| Reference::named(head).is_ok());
                return if known { Err(message) } else { Ok(Vec::new()) };
            }
        };
        let rules: Vec<&Rule<'static>> = self.book.rules.iter().map(|(rule, _)| rule).collect();
        let infos = || rules.iter().map(|rule| rule_info(rule)).collect::<Vec<_>>();
        let all = self.coverages.get_or_init(|| coverage(&infos(), None));
        let alone = references.len() == 1;
        let one = |reference: &Reference| {
            let what = if reference.control.is_some() { "control" } else { "framework" };
            let data = framework::json(reference, &rules, all);
            let data = if alone { data } else { json!({ "references": [data] }) };
            Meaning::new(what, framework::page(reference, &rules, all), data)
        };
        Ok(references.iter().map(one).collect())
    }

    fn entries(&self, word: &str) -> Vec<Meaning> {
        let tables = self.tables;
        let one = |what, page, entry| Meaning::new(what, page, json!({ "entries": [entry] }));
        let model = tables.model(word).map(|known| one("model", known::model(tables, &known), known::json("models", &known)));
        let accelerator = tables.accelerator(word);
        let accelerator =
            accelerator.map(|known| one("accelerator", known::accelerator(tables, &known), known::json("accelerators", &known)));
        let price = tables.price(word).map(|known| one("price", known::price(tables, &known), known::json("api-prices", &known)));
        model.into_iter().chain(accelerator).chain(price).collect()
    }

    /// A field, or the fields that a word may stand for.
    fn fields(&self, word: &str) -> Option<Meaning> {
        let found = named(&self.places, word);
        let data: Vec<Value> = found.iter().map(|place| field::json(place, &self.book)).collect();
        let page = match found.as_slice() {
            [] => return None,
            [place] => field::page(place, &self.book),
            several => field::candidates(word, &several.iter().collect::<Vec<_>>()),
        };
        Some(Meaning::new("field", page, json!({ "fields": data })))
    }

    fn words(&self, word: &str) -> Vec<Meaning> {
        let mut found = Vec::new();
        for (desc, places) in self.enumerations().values() {
            if let Some(at) = desc.index(word) {
                let word = desc.words[at].0;
                let page = field::word(word, desc, places, &self.book);
                found.push(Meaning::new("word", page, json!({ "words": [field::word_json(word, desc, places, &self.book)] })));
            }
        }
        found
    }

    /// Every enumeration with the fields that take its words.
    fn enumerations(&self) -> BTreeMap<&'static str, (&'static EnumDesc, Vec<&Place>)> {
        let mut all: BTreeMap<&'static str, (&'static EnumDesc, Vec<&Place>)> = BTreeMap::new();
        for place in &self.places {
            if let Some(desc) = words(&place.field.ty) {
                all.entry(desc.name).or_insert_with(|| (desc, Vec::new())).1.push(place);
            }
        }
        for (_, places) in all.values_mut() {
            *places = told_once(std::mem::take(places));
        }
        all
    }

    /// Every name with what it is the name of.
    pub fn names(&self) -> Vec<(String, &'static str)> {
        let mut names: Vec<(String, &'static str)> = Vec::new();
        let mut add = |what: &'static str, name: &str| names.push((name.to_owned(), what));
        self.book.rules.iter().flat_map(|(rule, _)| [&rule.code, &rule.name]).for_each(|name| add("rule", name));
        self.codes.iter().flat_map(|code| [&code.code, &code.name]).for_each(|name| add("code", name));
        licences::names().for_each(|name| add("licence", name));
        for framework in frameworks() {
            add("framework", &framework.key);
            framework.controls.iter().for_each(|control| add("control", &control.id));
        }
        self.tables.models().for_each(|known| add("model", &known.entry.id));
        self.tables.accelerators().for_each(|known| add("accelerator", &known.entry.id));
        self.tables.prices().for_each(|known| add("price", &known.entry.id));
        for vendor in VENDORS {
            add("vendor", vendor.id);
        }
        for place in &self.places {
            add("field", &place.path);
            add("field", place.field.name);
        }
        self.enumerations().values().flat_map(|(desc, _)| desc.words).for_each(|(word, _)| add("word", word));
        for kind in Kind::ALL {
            add("kind of evidence", kind.as_str());
        }
        for attribute in Attribute::ALL {
            add("fact of evidence", attribute.as_str());
        }
        for function in Function::ALL {
            add("function", function.name());
        }
        regions().for_each(|code| add("country", code));
        names.sort();
        names.dedup();
        names
    }

    /// Up to three names that come near a word that means nothing, with what they are.
    pub fn near(&self, word: &str) -> Vec<(String, &'static str)> {
        let names = self.names();
        let lower = word.to_ascii_lowercase();
        let key = lower.split_once(':').map_or(lower.as_str(), |(key, _)| key);
        let known = || names.iter().map(|(name, _)| name.as_str());
        let mut near = spelling::near(word, known());
        for found in spelling::near(&lower, known()).into_iter().chain(spelling::near(key, known())) {
            if !near.contains(&found) {
                near.push(found);
            }
        }
        if near.is_empty() && lower.len() > 2 {
            near = known().filter(|name| name.to_ascii_lowercase().contains(&lower)).collect();
            near.sort_by_key(|name| name.len());
            near.dedup();
        }
        let what = |name: &str| names.iter().find(|(known, _)| known == name).map_or("", |(_, what)| what);
        near.into_iter().take(NEAR).map(|name| (name.to_owned(), what(name))).collect()
    }
}

fn is(name: &str, word: &str) -> bool {
    name.eq_ignore_ascii_case(word)
}

/// The countries and unions of which something is known.
fn regions() -> impl Iterator<Item = &'static str> {
    EU.into_iter().chain(EEA_ONLY).chain(ADEQUACY.iter().map(|known| known.country)).chain(["EU", "EEA"])
}

fn licence_of(word: &str) -> Option<Meaning> {
    let found = licences::lookup(word);
    let data: Vec<Value> = found.iter().map(|entry| licence::json(&entry.licence(), &entry.page())).collect();
    let pages: Vec<String> = found.iter().map(|entry| licence::licence(&entry.licence(), &entry.page())).collect();
    let page = match pages.as_slice() {
        [] => return None,
        [page] => page.clone(),
        several => {
            let ids: Vec<String> = found.iter().map(|entry| format!("`{}`", entry.licence().id)).collect();
            format!("`{word}` may stand for {}.\n\n{}", ids.join(", "), several.join("\n"))
        }
    };
    Some(Meaning::new("licence", page, json!({ "licences": data })))
}

fn evidence(word: &str) -> Vec<Meaning> {
    let kinds = Kind::ALL.iter().filter(|kind| kind.as_str() == word).map(|kind| {
        let data = json!({ "evidence_kinds": [{ "kind": kind.as_str(), "meaning": one_line(kind.meaning()) }] });
        Meaning::new("kind of evidence", party::kind(*kind), data)
    });
    let facts = Attribute::ALL.iter().filter(|attribute| attribute.as_str() == word).map(|attribute| {
        let data = json!({ "evidence_facts": [party::attribute_json(*attribute)] });
        Meaning::new("fact of evidence", party::attribute(*attribute), data)
    });
    kinds.chain(facts).collect()
}

/// All meanings in one page; several are announced by their titles.
pub fn markdown(word: &str, found: &[Meaning]) -> String {
    let pages: Vec<&str> = found.iter().map(|meaning| meaning.page.trim_end()).collect();
    let text = pages.join("\n\n") + "\n";
    if found.len() < 2 {
        return text;
    }
    let title = |meaning: &Meaning| {
        let line = meaning.page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(word).to_owned();
        format!("- {}: {line}\n", meaning.what)
    };
    let titles: String = found.iter().map(title).collect();
    format!("`{word}` has {} meanings:\n\n{titles}\n{text}", found.len())
}

/// A word for a kind of thing, with its article.
pub fn article(what: &str) -> String {
    format!("{} {what}", if what.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" })
}

/// All meanings in one document.
pub fn data(found: Vec<Meaning>) -> Value {
    let mut all = Map::new();
    for (key, value) in found.into_iter().flat_map(|meaning| meaning.data) {
        match (all.get_mut(&key), value) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
            (Some(_), _) => {}
            (None, value) => {
                all.insert(key, value);
            }
        }
    }
    Value::Object(all)
}
