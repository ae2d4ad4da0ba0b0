//! A manifest as conditions and facts see it: typed values read straight from the tree.
//!
//! Nothing is copied and nothing is parsed before it is asked for. An [`Answer`] is a value or the
//! [`Gaps`] that keep it from being known; `none` is a value, absence and `unknown` are gaps.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::Date;

use super::describe::{Absence, EnumDesc, FieldDesc, RecordDesc, Section, Type};
pub use super::gap::{Gap, Gaps};
use super::leaf;
use super::vocabulary::Manifest;
use crate::span::{NodePath, Sighting, Span, Step};
use crate::syntax::scalar::Scalar;
use crate::syntax::tree::{Kind, NodeId, Place, Tree};

/// A value, or what keeps it from being known.
pub type Answer<'m> = Result<Value<'m>, Gaps>;

/// A value and where it is written.
#[derive(Debug, Clone)]
pub struct Value<'m> {
    pub data: Data<'m>,
    /// The node it was read from; `None` for what was computed.
    pub place: Option<Place>,
}

/// The content of a value.
#[derive(Debug, Clone)]
pub enum Data<'m> {
    /// Explicitly not there.
    None,
    Bool(bool),
    Number(f64),
    Text(Cow<'m, str>),
    /// A word of an enumeration.
    Word(&'static EnumDesc, usize),
    Date(Date),
    /// Seconds.
    Duration(f64),
    /// A reference that has not been followed.
    Ref(&'m str, &'static [Section]),
    /// A record of the manifest; the place is its mapping.
    Record(&'static RecordDesc),
    /// A record that was derived.
    Row(Rc<Row<'m>>),
    /// A list of the manifest; the place is its sequence.
    Items(&'static Type),
    /// A list that was computed.
    List(Rc<[Answer<'m>]>),
    /// A list that is computed when it is asked for.
    Later(Later<'m>),
}

/// A list that is worked out when it is asked for: most paths through a graph never are.
#[derive(Clone)]
pub struct Later<'m>(Rc<dyn Fn() -> Vec<Answer<'m>> + 'm>);

impl std::fmt::Debug for Later<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Later")
    }
}

/// A derived record: one value for each field of its description.
#[derive(Debug)]
pub struct Row<'m> {
    pub desc: &'static RecordDesc,
    /// What tells it from other rows, made from ids: part of fingerprints.
    pub key: String,
    pub values: Vec<Answer<'m>>,
    /// Where it was seen, for what was read from another file than the manifest.
    pub seen: Option<Sighting>,
}

impl<'m> Data<'m> {
    /// A derived record.
    pub fn row(desc: &'static RecordDesc, key: String, values: Vec<Answer<'m>>) -> Self {
        Self::Row(Rc::new(Row { desc, key, values, seen: None }))
    }
}

impl<'m> Value<'m> {
    /// A computed value.
    pub fn computed(data: Data<'m>) -> Self {
        Self { data, place: None }
    }

    /// A list that is computed when it is asked for.
    pub fn later(items: impl Fn() -> Vec<Answer<'m>> + 'm) -> Self {
        Self::computed(Data::Later(Later(Rc::new(items))))
    }

    /// A computed list.
    pub fn list(items: Vec<Answer<'m>>) -> Self {
        Self::computed(Data::List(items.into_iter().map(|item| item.map_err(Gaps::closed)).collect()))
    }
}

/// The ids of a manifest: where each is declared.
#[derive(Debug, Default)]
pub struct Ids(pub HashMap<String, Vec<(Section, Place)>>);

/// The elements of a list, on the way through it.
#[derive(Debug)]
pub enum Elements<'m> {
    /// Of a sequence of the manifest.
    Written { view: View<'m>, item: &'static Type, via: Option<NodeId>, rest: std::slice::Iter<'m, NodeId> },
    /// Of a list that was computed.
    Computed { items: Rc<[Answer<'m>]>, next: usize },
    /// Of a list that was just worked out.
    Worked(std::vec::IntoIter<Answer<'m>>),
}

impl<'m> Iterator for Elements<'m> {
    type Item = Answer<'m>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Written { view, item, via, rest } => {
                // `[none]` says the same as `none`.
                let place =
                    rest.map(|node| view.tree.below(*node, *via)).find(|place| view.tree.text(place.node) != Some("none"))?;
                Some(view.read(item, place))
            }
            Self::Computed { items, next } => {
                *next += 1;
                items.get(*next - 1).cloned()
            }
            Self::Worked(items) => items.next(),
        }
    }
}

/// A document of a tree, seen as a manifest.
#[derive(Debug, Clone, Copy)]
pub struct View<'m> {
    pub tree: &'m Tree,
    pub root: Place,
    pub ids: &'m Ids,
    /// Whether a control without `evidence` reads as undeclared.
    pub require_evidence: bool,
}

impl<'m> View<'m> {
    /// The root record.
    pub fn manifest(&self) -> Value<'m> {
        Value { data: Data::Record(Manifest::DESC), place: Some(self.root) }
    }

    /// A field of a record, or of what a reference names.
    pub fn field(&self, value: &Value<'m>, name: &str) -> Answer<'m> {
        match &value.data {
            // What is not there has no fields either.
            Data::None => Ok(value.clone()),
            Data::Record(desc) => match (desc.field(name), value.place) {
                (Some((_, field)), Some(place)) => self.read_field(place, field),
                // Entries of several kinds can stand behind one reference: a kind that lacks the
                // field has none of it.
                _ => Ok(Value { data: Data::None, place: value.place }),
            },
            Data::Row(row) => match row.desc.field(name) {
                Some((index, _)) => row.values[index].clone(),
                None => Ok(Value { data: Data::None, place: value.place }),
            },
            Data::Ref(..) => self.field(&self.follow(value)?, name),
            _ => Err(self.gap_at(value.place)),
        }
    }

    /// The entry that a reference names; a reference to nothing is a gap.
    pub fn follow(&self, value: &Value<'m>) -> Answer<'m> {
        let Data::Ref(id, sections) = value.data else { return Ok(value.clone()) };
        let declared = self.ids.0.get(id).into_iter().flatten();
        match declared.into_iter().find(|(section, _)| sections.contains(section)) {
            Some((section, place)) => Ok(Value { data: Data::Record(section.entry()), place: Some(*place) }),
            None => Err(self.gap_at(value.place)),
        }
    }

    fn read_field(&self, record: Place, field: &'static FieldDesc) -> Answer<'m> {
        let absent = |gap: Gap| match field.absence {
            Absence::Undeclared => {
                let desc = if let Type::Record(desc) = field.ty { Some(desc) } else { None };
                Err(Gaps::record(gap, desc))
            }
            Absence::Claim => Ok(Value { data: Data::None, place: None }),
            Absence::Default(number) => Ok(Value::computed(Data::Number(number))),
        };
        match self.tree.get(record, field.name) {
            None => absent(Gap::key(record, field.name)),
            Some(place) if self.tree.scalar(place.node) == Some(Scalar::Null) => absent(Gap::here(place)),
            Some(place) => self.read(&field.ty, place),
        }
    }

    /// A gap at a place that holds something unusable.
    pub fn gap_at(&self, place: Option<Place>) -> Gaps {
        Gaps::one(Gap::here(place.unwrap_or(self.root)))
    }

    /// Reads the node at `place` as a value of this type. What does not fit is a gap: the finding
    /// about its shape exists already.
    pub fn read(&self, ty: &'static Type, place: Place) -> Answer<'m> {
        let node = &self.tree.node(place.node).kind;
        match self.tree.text(place.node) {
            Some("unknown") => return Err(Gaps::one(Gap::unknown(place))),
            Some("none") => return Ok(Value { data: Data::None, place: Some(place) }),
            _ => {}
        }
        let fits = match ty {
            Type::Record(desc) => matches!(node, Kind::Mapping { .. }).then_some(Data::Record(desc)),
            Type::List(item) => matches!(node, Kind::Sequence { .. }).then_some(Data::Items(item)),
            Type::OneOrMany(item) => match node {
                Kind::Sequence { .. } => Some(Data::Items(item)),
                _ => Some(Data::List(Rc::new([self.read(item, place)]))),
            },
            Type::Evidenced(word) => match node {
                _ if self.require_evidence && !self.evidenced(place) => {
                    return Err(Gaps::one(Gap::key(place, "evidence")));
                }
                Kind::Mapping { .. } => {
                    let Some(kind) = self.tree.get(place, "kind") else { return Err(self.gap_at(Some(place))) };
                    return self.read(word, kind);
                }
                _ => return self.read(word, place),
            },
            Type::Either(first, second) => return self.read(first, place).or_else(|_| self.read(second, place)),
            _ => self.leaf(ty, place),
        };
        fits.map(|data| Value { data, place: Some(place) }).ok_or_else(|| self.gap_at(Some(place)))
    }

    /// Whether something is named that proves what is claimed here.
    fn evidenced(&self, place: Place) -> bool {
        let evidence = self.tree.get(place, "evidence").and_then(|evidence| self.tree.text(evidence.node));
        evidence.is_some_and(|text| !text.is_empty() && text != "none" && text != "unknown")
    }

    fn leaf(&self, ty: &'static Type, place: Place) -> Option<Data<'m>> {
        let text = self.tree.text(place.node)?;
        let owned = |valid: Result<String, String>| valid.ok().map(|_| Data::Text(Cow::Borrowed(text)));
        let number = |parsed: Result<f64, String>| parsed.ok().map(Data::Number);
        match ty {
            Type::Bool => match self.tree.scalar(place.node)? {
                Scalar::Bool(value) => Some(Data::Bool(value)),
                _ => None,
            },
            #[expect(clippy::cast_precision_loss, reason = "all numbers are doubles in conditions")]
            Type::Number => match self.tree.scalar(place.node)? {
                Scalar::Int(value) => Some(Data::Number(value as f64)),
                Scalar::Float(value) => Some(Data::Number(value)),
                _ => None,
            },
            Type::Int => number(leaf::int(text)),
            Type::Count => number(leaf::count(text)),
            Type::Share => number(leaf::share(text)),
            Type::Percent => number(leaf::percent(text)),
            Type::Quantity => number(leaf::quantity(text)),
            Type::Text => Some(Data::Text(Cow::Borrowed(text))),
            Type::Date => leaf::date(text).ok().map(Data::Date),
            Type::Month => leaf::month(text).ok().map(Data::Date),
            Type::Duration => leaf::duration(text).ok().map(Data::Duration),
            Type::Country => owned(leaf::country(text)),
            Type::Region => owned(leaf::region(text)),
            Type::Language => owned(leaf::language(text)),
            Type::Currency => owned(leaf::currency(text)),
            Type::Licence => owned(leaf::licence(text)),
            Type::Id => owned(leaf::id(text)),
            Type::Ref(sections) => Some(Data::Ref(text, sections)),
            Type::Enum(desc) => desc.index(text).map(|index| Data::Word(desc, index)),
            _ => None,
        }
    }

    /// The elements of a list; `none` has none.
    pub fn elements(&self, value: &Value<'m>) -> Option<Vec<Answer<'m>>> {
        self.each(value).map(Iterator::collect)
    }

    /// The elements of a list, read one after the other as they are asked for; `none` has none.
    pub fn each(&self, value: &Value<'m>) -> Option<Elements<'m>> {
        let list = match (&value.data, value.place) {
            (Data::None, _) => Elements::Worked(Vec::new().into_iter()),
            (Data::Items(item), Some(place)) => {
                Elements::Written { view: *self, item, via: place.via, rest: self.tree.items(place.node).iter() }
            }
            (Data::List(items), _) => Elements::Computed { items: Rc::clone(items), next: 0 },
            (Data::Later(Later(items)), _) => Elements::Worked(items().into_iter()),
            _ => return None,
        };
        Some(list)
    }

    /// How a gap is asked for: `oversight.review`.
    pub fn gap_path(&self, gap: &Gap) -> String {
        let mut path: NodePath<'_> = self.tree.path(gap.at);
        path.0.extend(gap.rest().iter().map(|key| Step::Key(key)));
        path.text()
    }

    /// The span to show for a place: the use of an anchor rather than its definition.
    pub fn span(&self, place: Place) -> Span {
        if place.node == self.root.node && place.via.is_none() {
            // The whole document: its first line.
            let start = self.tree.node(place.node).span.start as usize;
            let first = self.tree.source()[start..].split(['\n', '\r']).next().unwrap_or("");
            return Span::new(start, start + first.trim_end().len());
        }
        self.tree.highlight(place.via.unwrap_or(place.node))
    }
}

impl Section {
    /// The description of the section's entries.
    pub fn entry(self) -> &'static RecordDesc {
        match Manifest::DESC.field(self.key()).map(|(_, field)| field.ty) {
            Some(Type::Record(desc)) => desc,
            Some(Type::List(Type::Record(desc))) => desc,
            _ => Manifest::DESC,
        }
    }
}
