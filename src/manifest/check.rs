//! What has to hold between the entries of a manifest: ids exist once and where they are expected,
//! core sections are there, nothing is declared in vain, no model is its own ancestor.
//!
//! All of it follows from the types in the descriptions; no field is named here but `id`, `base`,
//! `output` and `derived_from`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Scope;
use super::describe::{RecordDesc, Section, Type};
use super::value::Ids;
use super::vocabulary::Manifest;
use crate::finding::{Edit, Fault, Fix, Safety};
use crate::span::Span;
use crate::spelling;
use crate::syntax::de::point;
use crate::syntax::scalar::{Scalar, yaml_1_1};
use crate::syntax::tree::{Kind, NodeId, Place, Tree};

/// Sections without which nothing can be said about a deployment. An empty list is allowed.
pub const CORE: [&str; 6] = ["system", "models", "hosting", "datasets", "actors", "flows"];

/// Sections whose entries ought to take part in something.
const NODES: [Section; 5] = [Section::Parties, Section::Actors, Section::Datasets, Section::Models, Section::Components];

/// Where each id is declared, in the order of the vocabulary.
pub fn ids(tree: &Tree, root: Place) -> Ids {
    let mut ids: HashMap<String, Vec<(Section, Place)>> = HashMap::new();
    for section in Section::ALL {
        for entry in entries(tree, root, section) {
            if let Some(id) = id_of(tree, entry) {
                ids.entry(id.to_owned()).or_default().push((section, entry));
            }
        }
    }
    Ids(ids)
}

fn entries(tree: &Tree, root: Place, section: Section) -> Vec<Place> {
    let Some(place) = tree.get(root, section.key()) else { return Vec::new() };
    let mappings = |place: &Place| matches!(tree.node(place.node).kind, Kind::Mapping { .. });
    match tree.node(place.node).kind {
        Kind::Sequence { .. } => tree.elements(place).filter(mappings).collect(),
        Kind::Mapping { .. } if section == Section::System => vec![place],
        _ => Vec::new(),
    }
}

fn id_of(tree: &Tree, entry: Place) -> Option<&str> {
    let id = tree.get(entry, "id")?;
    match tree.scalar(id.node)? {
        Scalar::Null => None,
        _ => tree.text(id.node).filter(|id| !matches!(*id, "none" | "unknown")),
    }
}

/// Everything that is wrong between entries.
pub fn check(tree: &Tree, root: Place, ids: &Ids, scope: Scope) -> Vec<Fault> {
    let mut check = Check {
        tree,
        ids,
        scope,
        faults: Vec::new(),
        referenced: BTreeSet::new(),
        known: Vec::new(),
        budget: tree.len().saturating_mul(4),
    };
    check.missing_ids(root);
    check.duplicates();
    check.record(Manifest::DESC, root);
    if scope == Scope::Whole {
        check.core(root);
        check.unreachable();
    }
    check.cycles(root);
    if scope == Scope::Whole {
        check.ambiguous(root);
    }
    check.faults
}

struct Check<'t> {
    tree: &'t Tree,
    ids: &'t Ids,
    scope: Scope,
    faults: Vec<Fault>,
    referenced: BTreeSet<&'t str>,
    /// The ids of the entries of some sections, for the nearest to one that is declared nowhere.
    known: Vec<(&'static [Section], spelling::Index<'t>)>,
    /// Aliases can make a document much larger than its text; the reader has its own budget.
    budget: usize,
}

impl<'t> Check<'t> {
    fn fault(&mut self, fault: Fault, place: Place, text: &str) {
        let fault = fault.path(self.tree.path(place));
        self.faults.push(point(self.tree, fault, place, text));
    }

    fn missing_ids(&mut self, root: Place) {
        for section in Section::ALL {
            for entry in entries(self.tree, root, section) {
                if id_of(self.tree, entry).is_none() && self.scope == Scope::Whole {
                    let fault = Fault::new("E013", format!("an entry of `{}` has no id", section.key()))
                        .path(self.tree.path(entry))
                        .label(self.tree.highlight(entry.via.unwrap_or(entry.node)), "nothing can refer to this entry")
                        .help("add `id:` with a name that is unique in the file");
                    self.faults.push(fault);
                }
            }
        }
    }

    fn duplicates(&mut self) {
        let ids: BTreeMap<&String, &Vec<(Section, Place)>> = self.ids.0.iter().collect();
        for (id, declared) in ids {
            for (_, again) in declared.iter().skip(1) {
                let span = |place: &Place| {
                    self.tree.get(*place, "id").map_or(Span::default(), |id| self.tree.highlight(id.via.unwrap_or(id.node)))
                };
                let fault = Fault::new("E002", format!("the id `{id}` is declared twice"))
                    .path(self.tree.path(*again).key("id"))
                    .label(span(again), "again here")
                    .label(span(&declared[0].1), "first here")
                    .help("ids are unique over the whole file; rename one of the two");
                self.faults.push(fault);
            }
        }
    }

    fn record(&mut self, desc: &'static RecordDesc, place: Place) {
        for field in desc.fields {
            if let Some(value) = self.tree.get(place, field.name) {
                self.value(&field.ty, value, true);
            }
        }
    }

    fn value(&mut self, ty: &'static Type, place: Place, hard: bool) {
        if self.budget == 0 {
            return;
        }
        self.budget -= 1;
        match ty {
            Type::Record(desc) => self.record(desc, place),
            Type::List(item) | Type::OneOrMany(item) => {
                if let Kind::Sequence { .. } = self.tree.node(place.node).kind {
                    for element in self.tree.elements(place) {
                        self.value(item, element, hard);
                    }
                } else if matches!(ty, Type::OneOrMany(_)) {
                    self.value(item, place, hard);
                }
            }
            Type::Ref(sections) => self.reference(sections, place, hard),
            // An id, or anything else: what is no id is meant as something else.
            Type::Either(first @ Type::Ref(_), _) => self.value(first, place, false),
            Type::Either(Type::Enum(words), second)
                if self.tree.text(place.node).is_none_or(|word| words.index(word).is_none()) =>
            {
                self.value(second, place, hard);
            }
            _ => {}
        }
    }

    fn reference(&mut self, sections: &'static [Section], place: Place, hard: bool) {
        let tree = self.tree;
        let Some(id) = tree.text(place.node).filter(|id| !matches!(*id, "" | "none" | "unknown" | "~" | "null")) else { return };
        let Some(declared) = self.ids.0.get(id) else {
            if hard && self.scope == Scope::Whole {
                self.dangling(id, sections, place);
            }
            return;
        };
        self.referenced.insert(id);
        if hard && !declared.iter().any(|(section, _)| sections.contains(section)) {
            let (found, at) = declared[0];
            let fault =
                Fault::new("E014", format!("`{id}` is an entry of `{}`, and {} is needed here", found.key(), kinds(sections)));
            let fault = fault.path(tree.path(place));
            let fault = point(tree, fault, place, "refers to the wrong kind of thing")
                .label(tree.highlight(at.node), "declared here")
                .help(format!("name {} instead", kinds(sections)));
            self.faults.push(fault);
        }
    }

    /// The id of an entry of some sections that is nearest to one that none has. The ids are gathered when it is first asked.
    fn near(&mut self, id: &str, sections: &'static [Section]) -> Option<&'t str> {
        let known = self.known.iter().position(|(of, _)| *of == sections);
        let known = known.unwrap_or_else(|| {
            let fits = |declared: &[(Section, Place)]| declared.iter().any(|(section, _)| sections.contains(section));
            let ids = self.ids.0.iter().filter(|(_, declared)| fits(declared)).map(|(id, _)| id.as_str());
            self.known.push((sections, spelling::Index::new(ids)));
            self.known.len() - 1
        });
        self.known[known].1.nearest(id)
    }

    fn dangling(&mut self, id: &str, sections: &'static [Section], place: Place) {
        let fault = Fault::new("E001", format!("`{id}` is declared nowhere; {} is needed", kinds(sections)));
        let near = self.near(id, sections);
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("declare it in {}", sections.iter().map(|s| format!("`{}`", s.key())).collect::<Vec<_>>().join(" or "))
            }
        };
        let span = self.tree.node(place.node).span;
        let fault = match near {
            // Another entry is another statement: a person has to say that it is the one.
            Some(near) if place.via.is_none() => fault.fix(Fix {
                title: format!("write `{near}`"),
                safety: Safety::Unsafe,
                edits: vec![Edit { span, text: near.to_owned() }],
            }),
            _ => fault,
        };
        self.fault(fault.help(help), place, "no entry has this id");
    }

    fn core(&mut self, root: Place) {
        for key in CORE {
            let stated = self.tree.get(root, key).is_some_and(|place| self.tree.scalar(place.node) != Some(Scalar::Null));
            if !stated {
                let start = self.tree.node(root.node).span.start as usize;
                let end = self.tree.source()[start..].find(['\n', '\r']).map_or(self.tree.source().len(), |at| start + at);
                let fault = Fault::new("E005", format!("the section `{key}` is missing"))
                    .path(key)
                    .label(Span::new(start, end), "this manifest says nothing of it")
                    .help(format!("add `{key}:`; where there is none, write an empty list and a comment that says why"));
                self.faults.push(fault);
            }
        }
    }

    fn unreachable(&mut self) {
        let ids: BTreeMap<&String, &Vec<(Section, Place)>> = self.ids.0.iter().collect();
        for (id, declared) in ids {
            let (section, entry) = declared[0];
            if !NODES.contains(&section) || self.referenced.contains(id.as_str()) {
                continue;
            }
            let fault = Fault::new("E006", format!("`{id}` is declared, and nothing refers to it"))
                .help("add the flow it takes part in, or remove it: what is connected to nothing is checked against nothing");
            let id_node = self.tree.get(entry, "id").unwrap_or(entry);
            self.fault(fault, id_node, "no flow, agreement, training, hosting, retrieval, evaluation or log names it");
        }
    }

    /// Words that a reader of YAML 1.1, which many programs still are, takes for something else.
    fn ambiguous(&mut self, root: Place) {
        let tree = self.tree;
        let mut open = vec![root.node];
        while let Some(at) = open.pop() {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            match tree.node(at).kind {
                Kind::Mapping { .. } => {
                    open.extend(tree.entries(at).iter().filter(|entry| entry.merged.is_none()).map(|entry| entry.value));
                }
                Kind::Sequence { .. } => open.extend(tree.items(at)),
                Kind::Scalar { .. } if tree.is_plain(at) => {
                    let text = tree.text(at).unwrap_or_default();
                    let Some(other) = yaml_1_1(text) else { continue };
                    let span = tree.node(at).span;
                    // A value that does not fit is told so already, with what to write.
                    let fault = Fault::new("E008", format!("`{text}` is {other} to a reader of YAML 1.1"));
                    let meant = match tree.scalar(at) {
                        Some(Scalar::Int(number)) => number.to_string(),
                        Some(Scalar::Float(number)) => number.to_string(),
                        _ => format!("\"{text}\""),
                    };
                    let fix = Fix {
                        title: format!("write `{meant}`"),
                        safety: Safety::Safe,
                        edits: vec![Edit { span, text: meant.clone() }],
                    };
                    let fault = fault.label(span, "read otherwise elsewhere").path(tree.path(tree.place(at)));
                    self.faults.push(fault.help(format!("write `{meant}`, which every reader takes alike")).fix(fix).advice());
                }
                _ => {}
            }
        }
    }

    /// Models by `base` and training runs, data sets by `derived_from`.
    fn cycles(&mut self, root: Place) {
        let mut parents: BTreeMap<&str, Vec<(&str, NodeId)>> = BTreeMap::new();
        for (section, from, to) in
            [(Section::Models, "id", "base"), (Section::Training, "output", "base"), (Section::Datasets, "id", "derived_from")]
        {
            for entry in entries(self.tree, root, section) {
                // Neither names a thing.
                let id = |place: Place| self.tree.text(place.node).filter(|id| !matches!(*id, "none" | "unknown"));
                let Some(from) = self.tree.get(entry, from).and_then(id) else { continue };
                let Some(to) = self.tree.get(entry, to) else { continue };
                let list = self.tree.elements(to).collect::<Vec<_>>();
                let list = if list.is_empty() { vec![to] } else { list };
                let edges = list.iter().filter_map(|place| id(*place).map(|id| (id, place.node)));
                parents.entry(from).or_default().extend(edges);
            }
        }
        let mut done = BTreeSet::new();
        for start in parents.keys().copied() {
            if let Some((id, node)) = cycle(start, &parents, &mut done) {
                let fault = Fault::new("E015", format!("`{id}` is its own ancestor"))
                    .path(self.tree.path(self.tree.place(node)))
                    .label(self.tree.node(node).span, "this leads back to where it began")
                    .help("name what it was made from; nothing is made from itself");
                self.faults.push(fault);
            }
        }
    }
}

/// The first edge that closes a cycle reachable from `start`, by depth-first search without recursion.
fn cycle<'t>(
    start: &'t str,
    parents: &BTreeMap<&'t str, Vec<(&'t str, NodeId)>>,
    done: &mut BTreeSet<&'t str>,
) -> Option<(&'t str, NodeId)> {
    let mut path = vec![(start, 0)];
    let mut open = BTreeSet::from([start]);
    while let Some((at, next)) = path.last_mut() {
        let edges = parents.get(at).map_or(&[][..], Vec::as_slice);
        let Some((parent, node)) = edges.get(*next).copied().filter(|_| !done.contains(at)) else {
            done.insert(at);
            open.remove(at);
            path.pop();
            continue;
        };
        *next += 1;
        if open.contains(parent) {
            done.extend(open);
            return Some((parent, node));
        }
        if !done.contains(parent) {
            open.insert(parent);
            path.push((parent, 0));
        }
    }
    None
}

fn kinds(sections: &[Section]) -> String {
    let keys: Vec<_> = sections.iter().map(|section| format!("`{}`", section.key())).collect();
    format!("an entry of {}", keys.join(" or "))
}
