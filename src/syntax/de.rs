//! A serde deserializer over the tree that gathers every mistake of one reading.
//!
//! Types of this crate ask for more than serde knows by the names of newtypes: [`FIELD`] wraps a
//! value whose own failure is recorded and does not fail its parent, [`SHAPE`] lets a type look at
//! how its value is written. Everything else is ordinary serde, so any `Deserialize` type can be read.
//!
//! Unknown keys are faults unless they begin with `x-`. `unknown` and `none` are states of a field,
//! whatever its type; a value left empty is the same as an absent key.

mod error;

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::value::{StrDeserializer, U8Deserializer, U32Deserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::scalar::Scalar;
use super::tree::{Entry, Kind, NodeId, Place, Tree};
use crate::finding::{Edit, Fault, Fix, Safety};
use crate::span::Span;
use crate::spelling;

pub use error::Error;
use error::{instead, safety};

/// Newtype name of a field: gives `(state, node, via, value)`; a failure of the value is recorded.
pub const FIELD: &str = "$caveat::field";
/// Newtype name for looking at a value: gives `(shape, node, via, value, value, …)`.
pub const SHAPE: &str = "$caveat::shape";

/// Stands before the value that was evidently meant, at the end of the message of a leaf type: serde's errors carry
/// nothing but a text.
pub const MEANT: char = '\u{1f}';

/// States of a field, as given by [`FIELD`].
pub const KNOWN: u8 = 0;
/// The field says `unknown`.
pub const UNKNOWN: u8 = 1;
/// The field says `none`.
pub const NONE: u8 = 2;
/// The key is there, its value is left empty.
pub const EMPTY: u8 = 3;

/// Shapes of a value, as given by [`SHAPE`].
pub const SCALAR: u8 = 0;
pub const SEQUENCE: u8 = 1;
pub const MAPPING: u8 = 2;

/// One reading of a tree: where faults are gathered and visits are counted.
#[derive(Debug)]
pub struct Reader<'t> {
    pub tree: &'t Tree,
    faults: RefCell<Vec<Fault>>,
    visits: Cell<usize>,
    limit: usize,
    most: usize,
}

impl<'t> Reader<'t> {
    /// A reading that may visit `limit` nodes, those behind aliases counted at every use.
    pub fn new(tree: &'t Tree, limit: usize) -> Self {
        Self { tree, faults: RefCell::new(Vec::new()), visits: Cell::new(0), limit, most: usize::MAX }
    }

    /// At most this many mistakes are gathered; with one more, reading ends.
    #[must_use]
    pub fn at_most(self, mistakes: usize) -> Self {
        Self { most: mistakes, ..self }
    }

    /// Reads a value. Failures inside [`FIELD`]s are gathered; `None` means that the value as a whole
    /// did not fit, which is gathered too.
    pub fn read<'r, T: de::Deserialize<'r>>(&'r self, place: Place) -> Option<T> {
        match T::deserialize(De { reader: self, place }) {
            Ok(value) => Some(value),
            Err(error) => {
                self.record(error, place);
                None
            }
        }
    }

    /// What was wrong, in the order of reading.
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }

    fn record(&self, error: Error, place: Place) {
        self.gather(*error.0, place);
    }

    /// Keeps a mistake. Those after the limit, of visits or of mistakes, are left out: the limit is told in their place.
    fn gather(&self, fault: Fault, place: Place) {
        let exhausted = self.visits.get() > self.limit;
        let mut faults = self.faults.borrow_mut();
        if exhausted && faults.last().is_some_and(Fault::is_limit) {
            return;
        }
        if !exhausted && faults.len() >= self.most {
            self.visits.set(self.limit + 1);
            let fault = Fault::new("E012", format!("more than {} mistakes in one file", self.most));
            let fault = fault.help("mend what is reported first; what comes after it was not read").limit();
            faults.push(self.locate(fault, place));
            return;
        }
        faults.push(self.locate(fault, place));
    }

    /// An error at the innermost value that it arose from.
    fn placed_error(&self, error: Error, place: Place) -> Error {
        Error(Box::new(self.locate(*error.0, place)))
    }

    /// A fix of a value whose place was not known. What stands behind an alias has other uses, and a text of several
    /// lines another form.
    fn placed(&self, fix: Fix, place: Place) -> Option<Fix> {
        let one_line = !self.tree.source()[self.tree.node(place.node).span.range()].contains('\n');
        let span = self.tree.node(place.node).span;
        let edits = fix.edits.into_iter().map(|edit| Edit { span, ..edit }).collect();
        (place.via.is_none() && one_line && !span.is_empty()).then_some(Fix { edits, ..fix })
    }

    /// Gives a fault without a place the place of the value it arose from.
    fn locate(&self, fault: Fault, place: Place) -> Fault {
        if !fault.labels.is_empty() {
            return fault;
        }
        let mut fault = fault.path(self.tree.path(place));
        if let Some(fix) = fault.fix.take() {
            fault.fix = self.placed(*fix, place).map(Box::new);
        }
        let text = if fault.is_limit() { "the limit is reached here" } else { "here" };
        point(self.tree, fault, place, text)
    }
}

/// Labels the use of a value, and its definition where an alias stands between.
pub fn point(tree: &Tree, fault: Fault, place: Place, text: &str) -> Fault {
    match place.via {
        Some(alias) => fault.label(tree.node(alias).span, text).label(shown(tree, place.node), "the value behind the alias"),
        None => fault.label(shown(tree, place.node), text),
    }
}

/// The part of a node that fits a label: a long value is shown by its first line.
fn shown(tree: &Tree, id: NodeId) -> Span {
    let span = tree.node(id).span;
    if !tree.source()[span.range()].contains('\n') {
        return span;
    }
    tree.highlight(id)
}

#[derive(Clone, Copy)]
struct De<'r, 't> {
    reader: &'r Reader<'t>,
    place: Place,
}

impl<'r> De<'r, '_> {
    fn tree(&self) -> &'r Tree {
        self.reader.tree
    }

    fn visit(&self) -> Result<(), Error> {
        let visits = self.reader.visits.get() + 1;
        self.reader.visits.set(visits);
        if visits > self.reader.limit {
            let message = format!("more than {} values when every alias is followed", self.reader.limit);
            let fault = Fault::new("E012", message).help("write fewer aliases to large values").limit();
            return Err(Error::new(fault));
        }
        Ok(())
    }

    fn unexpected(&self) -> de::Unexpected<'r> {
        match self.tree().node(self.place.node).kind {
            Kind::Sequence { .. } => de::Unexpected::Seq,
            Kind::Mapping { .. } => de::Unexpected::Map,
            Kind::Broken => de::Unexpected::Other("a broken value"),
            _ => match self.tree().scalar(self.place.node) {
                Some(Scalar::Bool(value)) => de::Unexpected::Bool(value),
                Some(Scalar::Int(value)) => de::Unexpected::Signed(value),
                Some(Scalar::Float(value)) => de::Unexpected::Float(value),
                Some(Scalar::Text(text)) => de::Unexpected::Str(text),
                _ => de::Unexpected::Unit,
            },
        }
    }

    fn mismatch(&self, expected: &str) -> Error {
        de::Error::invalid_type(self.unexpected(), &expected)
    }

    fn state(&self) -> u8 {
        // An error about it exists already.
        if let Kind::Broken = self.tree().node(self.place.node).kind {
            return EMPTY;
        }
        match self.tree().scalar(self.place.node) {
            Some(Scalar::Text("unknown")) => UNKNOWN,
            Some(Scalar::Text("none")) => NONE,
            Some(Scalar::Null) => EMPTY,
            _ => KNOWN,
        }
    }

    fn shape(&self) -> u8 {
        match self.tree().node(self.place.node).kind {
            Kind::Sequence { .. } => SEQUENCE,
            Kind::Mapping { .. } => MAPPING,
            _ => SCALAR,
        }
    }

    fn number<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree().scalar(self.place.node) {
            Some(Scalar::Int(value)) => visitor.visit_i64(value),
            Some(Scalar::Float(value)) => visitor.visit_f64(value),
            _ => Err(de::Error::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn text<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree().scalar(self.place.node) {
            Some(Scalar::Null) | None => Err(de::Error::invalid_type(self.unexpected(), &visitor)),
            Some(_) => visitor.visit_borrowed_str(self.tree().text(self.place.node).unwrap_or_default()),
        }
    }

    fn mapping<V: Visitor<'r>>(self, fields: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Error> {
        if self.shape() != MAPPING {
            return Err(self.mismatch("a mapping"));
        }
        let entries = self.tree().entries(self.place.node).iter();
        visitor.visit_map(Fields { de: self, entries, known: fields, value: None })
    }
}

macro_rules! deserialize {
    ($by:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
            self.visit()?;
            self.$by(visitor)
        })*
    };
}

impl<'r> Deserializer<'r> for De<'r, '_> {
    type Error = Error;

    deserialize!(number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64);
    deserialize!(text: deserialize_char deserialize_str deserialize_string deserialize_identifier
        deserialize_bytes deserialize_byte_buf);

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.shape() {
            SEQUENCE => self.deserialize_seq(visitor),
            MAPPING => self.deserialize_map(visitor),
            _ => {
                self.visit()?;
                match self.tree().scalar(self.place.node) {
                    Some(Scalar::Bool(value)) => visitor.visit_bool(value),
                    Some(Scalar::Int(_) | Scalar::Float(_)) => self.number(visitor),
                    Some(Scalar::Text(text)) => visitor.visit_borrowed_str(text),
                    Some(Scalar::Null) | None => visitor.visit_unit(),
                }
            }
        }
    }

    fn deserialize_bool<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit()?;
        match self.tree().scalar(self.place.node) {
            Some(Scalar::Bool(value)) => visitor.visit_bool(value),
            Some(Scalar::Text(word)) => Err(Error::new(not_bool(word, self.mismatch("`true` or `false`")))),
            _ => Err(self.mismatch("`true` or `false`")),
        }
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.tree().scalar(self.place.node) == Some(Scalar::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'r>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match name {
            FIELD => visitor.visit_seq(Look { de: self, first: self.state(), step: 0, record: true }),
            SHAPE => visitor.visit_seq(Look { de: self, first: self.shape(), step: 0, record: false }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit()?;
        if self.shape() != SEQUENCE {
            return Err(self.mismatch("a list"));
        }
        visitor.visit_seq(Items { de: self, items: self.tree().items(self.place.node).iter() })
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit()?;
        self.mapping(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit()?;
        self.mapping(Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit()?;
        let Some(Scalar::Text(_) | Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_)) = self.tree().scalar(self.place.node)
        else {
            return Err(self.mismatch(&format!("one of {}", list(words))));
        };
        let text = self.tree().text(self.place.node).unwrap_or_default();
        let word =
            words.iter().find(|word| **word == text).or_else(|| words.iter().find(|word| spelling::same_spelling(word, text)));
        match word {
            Some(word) => visitor.visit_enum(Word(word)),
            None => {
                let fault = Fault::new("E003", format!("`{text}` is not one of {}", list(words)));
                Err(Error::new(match spelling::nearest(text, words.iter().copied()) {
                    Some(near) => fault.help(format!("did you mean `{near}`?")).fix(instead(near, safety(text, near, words))),
                    None => fault.help("take one of the words, or `unknown` where nobody knows"),
                }))
            }
        }
    }

    fn deserialize_ignored_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

fn not_bool(word: &str, error: Error) -> Fault {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" => error.0.help("YAML 1.2 reads this as text; write `true`").fix(instead("true", Safety::Safe)),
        "no" | "off" | "n" => error.0.help("YAML 1.2 reads this as text; write `false`").fix(instead("false", Safety::Safe)),
        _ => *error.0,
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The access behind [`FIELD`] and [`SHAPE`].
struct Look<'r, 't> {
    de: De<'r, 't>,
    first: u8,
    step: u8,
    record: bool,
}

impl<'r> SeqAccess<'r> for Look<'r, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'r>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.step = self.step.saturating_add(1);
        let encoded = |id: Option<NodeId>| id.map_or(0, |id| id.0 + 1);
        match self.step {
            1 => seed.deserialize(U8Deserializer::new(self.first)).map(Some),
            2 => seed.deserialize(U32Deserializer::new(encoded(Some(self.de.place.node)))).map(Some),
            3 => seed.deserialize(U32Deserializer::new(encoded(self.de.place.via))).map(Some),
            _ => match seed.deserialize(self.de) {
                Ok(value) => Ok(Some(value)),
                Err(error) if self.record => {
                    self.de.reader.record(error, self.de.place);
                    Ok(None)
                }
                Err(error) => Err(error),
            },
        }
    }
}

/// Rebuilds the place that [`FIELD`] and [`SHAPE`] give as two numbers.
pub fn decode_place(node: u32, via: u32) -> Place {
    Place { node: NodeId(node.saturating_sub(1)), via: via.checked_sub(1).map(NodeId) }
}

struct Items<'r, 't> {
    de: De<'r, 't>,
    items: std::slice::Iter<'r, NodeId>,
}

impl<'r> SeqAccess<'r> for Items<'r, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'r>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let place = self.de.tree().place(*item);
        let place = Place { via: self.de.place.via.or(place.via), ..place };
        seed.deserialize(De { place, ..self.de }).map(Some).map_err(|error| self.de.reader.placed_error(error, place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'r, 't> {
    de: De<'r, 't>,
    entries: std::slice::Iter<'r, Entry>,
    /// The keys a struct knows; `None` for a free mapping.
    known: Option<&'static [&'static str]>,
    value: Option<Place>,
}

impl Fields<'_, '_> {
    /// Offers the key that was meant, unless it is there already.
    fn renamed(&self, fault: Fault, key: &str, entry: Entry, near: &str, fields: &[&str]) -> Fault {
        let tree = self.de.tree();
        if entry.merged.is_some() || self.de.place.via.is_some() || tree.entry(self.de.place.node, near).is_some() {
            return fault;
        }
        let edits = vec![Edit { span: tree.node(entry.key).span, text: near.to_owned() }];
        fault.fix(Fix { title: format!("write `{near}`"), safety: safety(key, near, fields), edits })
    }

    /// Records a key that the struct does not know, unless it is an extension.
    fn is_known(&self, key: &str, entry: Entry) -> bool {
        let Some(fields) = self.known else { return true };
        if fields.contains(&key) {
            return true;
        }
        if !key.starts_with("x-") {
            let fault = Fault::new("E004", format!("unknown field `{key}`"));
            let place = self.de.tree().value(self.de.place, entry);
            let fault = fault.path(self.de.tree().path(place));
            let fault = fault.label(self.de.tree().node(entry.key).span, "not a field of the vocabulary");
            let respelt = fields.iter().find(|known| spelling::same_spelling(known, key)).copied();
            let fault = match respelt.or_else(|| spelling::nearest(key, fields.iter().copied())) {
                Some(near) => self
                    .renamed(fault, key, entry, near, fields)
                    .help(format!("did you mean `{near}`? Keys of your own begin with `x-`")),
                None => fault.help("keys of your own begin with `x-`"),
            };
            self.de.reader.gather(fault, self.de.place);
        }
        false
    }
}

impl<'r> MapAccess<'r> for Fields<'r, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'r>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        while let Some(entry) = self.entries.next().copied() {
            let Some(key) = self.de.tree().text(entry.key) else {
                let fault = Fault::new("E003", "a key has to be a single word");
                let fault = fault.label(shown(self.de.tree(), entry.key), "a list or mapping as a key");
                self.de.reader.gather(fault, self.de.place);
                continue;
            };
            if self.is_known(key, entry) {
                self.value = Some(self.de.tree().value(self.de.place, entry));
                let key: StrDeserializer<'_, Error> = key.into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'r>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let place = self.value.take().unwrap_or(self.de.place);
        seed.deserialize(De { place, ..self.de }).map_err(|error| self.de.reader.placed_error(error, place))
    }
}

/// A word of an enumeration; the vocabulary has no variant with content.
struct Word(&'static str);

impl<'r> EnumAccess<'r> for Word {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'r>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.0.into_deserializer();
        seed.deserialize(name).map(|value| (value, self))
    }
}

impl<'r> VariantAccess<'r> for Word {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'r>>(self, _: T) -> Result<T::Value, Error> {
        Err(de::Error::custom("a word carries no value"))
    }

    fn tuple_variant<V: Visitor<'r>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("a word carries no value"))
    }

    fn struct_variant<V: Visitor<'r>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("a word carries no value"))
    }
}

/// A value and the place it was read from.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    pub value: T,
    pub place: Place,
}

impl<'de, T: de::Deserialize<'de>> de::Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look<T>(std::marker::PhantomData<T>);
        impl<'de, T: de::Deserialize<'de>> Visitor<'de> for Look<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Spanned<T>, A::Error> {
                let missing = || de::Error::missing_field("value");
                seq.next_element::<u8>()?;
                let node = seq.next_element::<u32>()?.ok_or_else(missing)?;
                let via = seq.next_element::<u32>()?.ok_or_else(missing)?;
                let value = seq.next_element::<T>()?.ok_or_else(missing)?;
                Ok(Spanned { value, place: decode_place(node, via) })
            }
        }
        deserializer.deserialize_newtype_struct(SHAPE, Look(std::marker::PhantomData))
    }
}
