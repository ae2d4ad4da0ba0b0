//! The shapes that values of the vocabulary take in Rust: a field with its states, lists,
//! references, and leaf types that are more than a string.
//!
//! How a leaf is written is [`leaf`]'s business; this file ties it to serde.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::describe::{Described, Section, Type};
use super::leaf;
use crate::syntax::de::{EMPTY, FIELD, KNOWN, MAPPING, NONE, SEQUENCE, SHAPE, UNKNOWN, decode_place};
use crate::syntax::tree::Place;

/// A field of a record. `Absent`, `Unknown` and `None` are three different things everywhere.
#[derive(Debug, Clone, Default)]
pub enum Field<T> {
    /// Not stated, or stated in a way that does not fit (which is a finding of its own).
    #[default]
    Absent,
    /// Asked, and nobody knows.
    Unknown(Place),
    /// Explicitly not there.
    None(Place),
    /// Stated.
    Known(T, Place),
}

impl<T> Field<T> {
    /// The stated value.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value, _) => Some(value),
            _ => None,
        }
    }

    /// Where the field is stated in any way.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Absent => None,
            Self::Unknown(place) | Self::None(place) | Self::Known(_, place) => Some(*place),
        }
    }

    /// Whether the field is neither stated nor denied.
    pub fn is_undeclared(&self) -> bool {
        matches!(self, Self::Absent | Self::Unknown(_))
    }
}

impl<T> Field<List<T>> {
    /// The elements that fit; none where the list is undeclared or explicitly empty.
    pub fn iter(&self) -> impl Iterator<Item = (&T, Place)> {
        self.known().into_iter().flat_map(|list| &list.0).filter_map(|item| match item {
            Field::Known(value, place) => Some((value, *place)),
            _ => None,
        })
    }
}

impl<T> Field<OneOrMany<T>> {
    /// The elements that fit, as for [`List`].
    pub fn iter(&self) -> impl Iterator<Item = (&T, Place)> {
        self.known().into_iter().flat_map(|list| &list.0).filter_map(|item| match item {
            Field::Known(value, place) => Some((value, *place)),
            _ => None,
        })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Look<T> {
            type Value = Field<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Field<T>, A::Error> {
                let state = seq.next_element::<u8>()?.unwrap_or(EMPTY);
                let place = place(&mut seq)?;
                Ok(match state {
                    UNKNOWN => Field::Unknown(place),
                    NONE => Field::None(place),
                    KNOWN => seq.next_element::<T>()?.map_or(Field::Absent, |value| Field::Known(value, place)),
                    _ => Field::Absent,
                })
            }
        }
        deserializer.deserialize_newtype_struct(FIELD, Look(PhantomData))
    }
}

fn place<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<Place, A::Error> {
    let node = seq.next_element::<u32>()?.unwrap_or_default();
    let via = seq.next_element::<u32>()?.unwrap_or_default();
    Ok(decode_place(node, via))
}

/// A list. Elements that do not fit are recorded and left out, so that the others are still read.
#[derive(Debug, Clone)]
pub struct List<T>(pub Vec<Field<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

impl<T: Described> Described for List<T> {
    const TYPE: Type = Type::List(&T::TYPE);
}

/// A list that may be written as its single element.
#[derive(Debug, Clone)]
pub struct OneOrMany<T>(pub Vec<Field<T>>);

impl<'de, T: Deserialize<'de>> ByShape<'de> for OneOrMany<T> {
    fn read<A: SeqAccess<'de>>(shape: u8, place: Place, attempts: &mut A) -> Result<Self, A::Error> {
        if shape == SEQUENCE {
            return attempts.next_element::<Vec<Field<T>>>().map(|items| Self(items.unwrap_or_default()));
        }
        let item = attempts.next_element::<T>()?;
        Ok(Self(item.into_iter().map(|item| Field::Known(item, place)).collect()))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_shape(deserializer)
    }
}

impl<T: Described> Described for OneOrMany<T> {
    const TYPE: Type = Type::OneOrMany(&T::TYPE);
}

/// A word with an optional pointer to what proves it.
#[derive(Debug, Clone)]
pub struct Evidenced<T> {
    pub value: T,
    /// `FILE#POINTER`.
    pub evidence: Option<String>,
}

impl<'de, T: Deserialize<'de>> ByShape<'de> for Evidenced<T> {
    fn read<A: SeqAccess<'de>>(shape: u8, _: Place, attempts: &mut A) -> Result<Self, A::Error> {
        #[derive(serde::Deserialize)]
        struct Long<T> {
            kind: T,
            #[serde(default)]
            evidence: Option<String>,
        }
        let missing = || de::Error::missing_field("kind");
        if shape == MAPPING {
            let long = attempts.next_element::<Long<T>>()?.ok_or_else(missing)?;
            return Ok(Self { value: long.kind, evidence: long.evidence });
        }
        attempts.next_element::<T>()?.map(|value| Self { value, evidence: None }).ok_or_else(missing)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Evidenced<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_shape(deserializer)
    }
}

impl<T: Described> Described for Evidenced<T> {
    const TYPE: Type = Type::Evidenced(&T::TYPE);
}

/// One of two types; the first that fits.
#[derive(Debug, Clone)]
pub enum Either<A, B> {
    First(A),
    Second(B),
}

impl<'de, First, Second> ByShape<'de> for Either<First, Second>
where
    First: Deserialize<'de> + Described,
    Second: Deserialize<'de> + Described,
{
    fn read<A: SeqAccess<'de>>(_: u8, _: Place, attempts: &mut A) -> Result<Self, A::Error> {
        if let Ok(Some(first)) = attempts.next_element::<First>() {
            return Ok(Self::First(first));
        }
        match attempts.next_element::<Second>() {
            Ok(Some(second)) => Ok(Self::Second(second)),
            _ => {
                let expected = format!("{}, or {}", First::TYPE, Second::TYPE);
                Err(de::Error::invalid_type(de::Unexpected::Other("something else"), &expected.as_str()))
            }
        }
    }
}

impl<'de, A: Deserialize<'de> + Described, B: Deserialize<'de> + Described> Deserialize<'de> for Either<A, B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_shape(deserializer)
    }
}

impl<A: Described, B: Described> Described for Either<A, B> {
    const TYPE: Type = Type::Either(&A::TYPE, &B::TYPE);
}

/// A type that looks at how its value is written before reading it.
trait ByShape<'de>: Sized {
    /// Reads the value; every `next_element` is one attempt at it.
    fn read<A: SeqAccess<'de>>(shape: u8, place: Place, attempts: &mut A) -> Result<Self, A::Error>;
}

fn by_shape<'de, T: ByShape<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Look<T>(PhantomData<T>);
    impl<'de, T: ByShape<'de>> Visitor<'de> for Look<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
            let shape = seq.next_element::<u8>()?.unwrap_or_default();
            let place = place(&mut seq)?;
            T::read(shape, place, &mut seq)
        }
    }
    deserializer.deserialize_newtype_struct(SHAPE, Look(PhantomData))
}

/// Declares a reference to entries of some sections, as a marker for [`Ref`].
pub trait Target {
    /// The sections whose ids fit.
    const SECTIONS: &'static [Section];
}

/// The kinds of things a reference may name.
pub mod target {
    use super::{Section, Target};

    macro_rules! targets {
        ($($(#[doc = $doc:literal])* $name:ident: $($section:ident)+;)*) => {
            $(
                $(#[doc = $doc])*
                #[derive(Debug, Clone, Copy)]
                pub enum $name {}
                impl Target for $name {
                    const SECTIONS: &'static [Section] = &[$(Section::$section),+];
                }
            )*
        };
    }

    targets! {
        Parties: Parties;
        Agreements: Agreements;
        Actors: Actors;
        Datasets: Datasets;
        Models: Models;
        Training: Training;
        Retrieval: Retrieval;
        Components: Components;
        Hosting: Hosting;
        Evaluations: Evaluations;
        System: System;
        /// What an evaluation measures.
        ModelOrSystem: Models System;
        /// What an agreement covers.
        DatasetOrModel: Datasets Models;
        /// Where a flow can begin.
        FlowSource: Datasets Actors Components Models;
        /// Where a flow can end.
        FlowTarget: Datasets Actors Components Models Parties;
    }
}

/// The id of an entry of another section.
#[derive(Debug)]
pub struct Ref<T>(pub String, PhantomData<T>);

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<'de, T> Deserialize<'de> for Ref<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|id| Self(id, PhantomData))
    }
}

impl<T: Target> Described for Ref<T> {
    const TYPE: Type = Type::Ref(T::SECTIONS);
}

/// A leaf type that serde reads by itself.
macro_rules! plain {
    ($($(#[doc = $doc:literal])* $name:ident = $rust:ty;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, Deserialize)]
            pub struct $name(pub $rust);
            impl Described for $name {
                const TYPE: Type = Type::$name;
            }
        )*
    };
}

plain! {
    /// `true` or `false`.
    Bool = bool;
    /// Text.
    Text = String;
    /// A number.
    Number = f64;
}

/// A leaf type with a parser in [`leaf`].
macro_rules! parsed {
    ($($(#[doc = $doc:literal])* $name:ident = $rust:ty, $parse:path;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone)]
            pub struct $name(pub $rust);
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <&str>::deserialize(deserializer)?;
                    $parse(text).map(Self).map_err(de::Error::custom)
                }
            }
            impl Described for $name {
                const TYPE: Type = Type::$name;
            }
        )*
    };
}

parsed! {
    /// The id of an entry.
    Id = String, leaf::id;
    /// A calendar day.
    Date = jiff::civil::Date, leaf::date;
    /// A calendar day or month; a month is its last day.
    Month = jiff::civil::Date, leaf::month;
    /// A length of time in seconds.
    Duration = f64, leaf::duration;
    /// A Kubernetes quantity in bytes.
    Quantity = f64, leaf::quantity;
    /// An ISO 3166-1 alpha-2 code.
    Country = String, leaf::country;
    /// A country, `EU` or `EEA`.
    Region = String, leaf::region;
    /// A BCP 47 tag.
    Language = String, leaf::language;
    /// An ISO 4217 code.
    Currency = String, leaf::currency;
    /// A licence as written.
    Licence = String, leaf::licence;
}

/// A number that is written as a number, and has to satisfy a condition.
macro_rules! numbers {
    ($($(#[doc = $doc:literal])* $name:ident, $parse:path;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name(pub f64);
            impl<'de> ByShape<'de> for $name {
                fn read<A: SeqAccess<'de>>(_: u8, _: Place, attempts: &mut A) -> Result<Self, A::Error> {
                    // Text is tried second so that a wrong type is reported as such.
                    let text = match attempts.next_element::<f64>() {
                        Ok(number) => number.unwrap_or_default().to_string(),
                        Err(error) => match attempts.next_element::<&str>() {
                            Ok(Some(text)) if leaf::numeric(text) => text.to_owned(),
                            _ => return Err(error),
                        },
                    };
                    $parse(&text).map(Self).map_err(de::Error::custom)
                }
            }
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    by_shape(deserializer)
                }
            }
            impl Described for $name {
                const TYPE: Type = Type::$name;
            }
        )*
    };
}

numbers! {
    /// A whole number.
    Int, leaf::int;
    /// A number that may carry a decimal suffix.
    Count, leaf::count;
    /// A number from 0 to 1.
    Share, leaf::share;
    /// A number from 0 to 100.
    Percent, leaf::percent;
}
