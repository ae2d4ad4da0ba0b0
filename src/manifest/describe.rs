//! What the vocabulary says about itself: a static description of every record, field and enum, made
//! from the same declaration as the Rust type (see [`vocabulary!`](super::vocabulary)).
//!
//! The JSON Schema, the reference pages, the type checker of conditions and the reading of a node
//! during evaluation all use these descriptions, so they cannot disagree with the types.

use std::fmt;

use crate::spelling;

/// A record: a mapping with known keys.
#[derive(Debug)]
pub struct RecordDesc {
    /// Name of the Rust type, used in messages and as the name of the JSON Schema definition.
    pub name: &'static str,
    /// What the record stands for (the doc comment).
    pub doc: &'static str,
    /// Its fields in the order of declaration.
    pub fields: &'static [FieldDesc],
}

impl RecordDesc {
    /// The field called `name`, with its index.
    pub fn field(&self, name: &str) -> Option<(usize, &'static FieldDesc)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }
}

/// One field of a record.
#[derive(Debug)]
pub struct FieldDesc {
    /// The key as written in a manifest.
    pub name: &'static str,
    /// What the field states (the doc comment), with units and the standard it follows.
    pub doc: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// What it means that the key is absent.
    pub absence: Absence,
}

/// What an absent key means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Absence {
    /// The fact is undeclared: conditions that depend on it cannot be decided.
    Undeclared,
    /// The field can only clear a finding, so leaving it out claims nothing: it reads as `none`.
    Claim,
    /// The vocabulary documents a default number.
    Default(f64),
}

/// An enumeration of words.
#[derive(Debug)]
pub struct EnumDesc {
    /// Name of the Rust type.
    pub name: &'static str,
    /// What the words classify (the doc comment).
    pub doc: &'static str,
    /// Whether the words are listed from least to most, so that `<` compares ranks.
    pub ordered: bool,
    /// The words, in the order of declaration, each with its doc comment.
    pub words: &'static [(&'static str, &'static str)],
}

impl EnumDesc {
    /// The rank of a word, accepting both the British and the American spelling.
    pub fn index(&self, word: &str) -> Option<usize> {
        self.words
            .iter()
            .position(|(known, _)| *known == word)
            .or_else(|| self.words.iter().position(|(known, _)| spelling::same_spelling(known, word)))
    }
}

/// The type of a value in a manifest or a fact.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// A number that may carry a decimal suffix: `8.03B`, `700M`, `12k`.
    Count,
    /// A number from 0 to 1.
    Share,
    /// A number from 0 to 100.
    Percent,
    Text,
    /// A calendar day, ISO 8601.
    Date,
    /// A calendar day or month, ISO 8601; a month reads as its last day.
    Month,
    /// An ISO 8601 duration.
    Duration,
    /// A Kubernetes quantity; reads as a number of bytes.
    Quantity,
    /// An ISO 3166-1 alpha-2 code.
    Country,
    /// A country, or `EU` or `EEA`.
    Region,
    /// A BCP 47 language tag.
    Language,
    /// An ISO 4217 currency code.
    Currency,
    /// A licence: an SPDX expression, a `LicenseRef`, a Hugging Face tag or `NOASSERTION`.
    Licence,
    /// The identifier that other parts of the manifest refer to.
    Id,
    /// An identifier declared in one of these sections.
    Ref(&'static [Section]),
    Enum(&'static EnumDesc),
    List(&'static Type),
    /// A list that may be written as its single element.
    OneOrMany(&'static Type),
    Record(&'static RecordDesc),
    /// A word, or a mapping `{kind: word, evidence: FILE#POINTER}`.
    Evidenced(&'static Type),
    /// The first type where it fits, else the second.
    Either(&'static Type, &'static Type),
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("`true` or `false`"),
            Self::Int => f.write_str("a whole number"),
            Self::Number => f.write_str("a number"),
            Self::Count => f.write_str("a count (`8B`, `700M`)"),
            Self::Share => f.write_str("a share from 0 to 1"),
            Self::Percent => f.write_str("a percentage"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("a date"),
            Self::Month => f.write_str("a date or month"),
            Self::Duration => f.write_str("a duration"),
            Self::Quantity => f.write_str("a quantity"),
            Self::Country => f.write_str("a country"),
            Self::Region => f.write_str("a country, `EU` or `EEA`"),
            Self::Language => f.write_str("a language"),
            Self::Currency => f.write_str("a currency"),
            Self::Licence => f.write_str("a licence"),
            Self::Id => f.write_str("an id"),
            Self::Ref(sections) => {
                let keys: Vec<_> = sections.iter().map(|section| format!("`{}`", section.key())).collect();
                write!(f, "an id from {}", keys.join(", "))
            }
            Self::Enum(words) => {
                let words: Vec<_> = words.words.iter().map(|(word, _)| format!("`{word}`")).collect();
                write!(f, "one of {}", words.join(", "))
            }
            Self::List(item) => write!(f, "a list: {item}"),
            Self::OneOrMany(item) => write!(f, "one or a list: {item}"),
            Self::Record(record) => write!(f, "a mapping (`{}`)", record.name),
            Self::Evidenced(word) => write!(f, "{word}, or a mapping with its `kind` and `evidence`"),
            Self::Either(first, second) => write!(f, "{first}, or {second}"),
        }
    }
}

/// The claim of every record: what backs it up.
pub const EVIDENCE: &str = "evidence";

/// A type of the vocabulary and its description.
pub trait Described {
    const TYPE: Type;
}

/// A section whose entries have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    System,
    Parties,
    Agreements,
    Actors,
    Datasets,
    Models,
    Training,
    Retrieval,
    Components,
    Hosting,
    Evaluations,
}

impl Section {
    /// All of them, in the order of the vocabulary.
    pub const ALL: [Self; 11] = [
        Self::System,
        Self::Parties,
        Self::Agreements,
        Self::Actors,
        Self::Datasets,
        Self::Models,
        Self::Training,
        Self::Retrieval,
        Self::Components,
        Self::Hosting,
        Self::Evaluations,
    ];

    /// The key of the section in a manifest.
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Parties => "parties",
            Self::Agreements => "agreements",
            Self::Actors => "actors",
            Self::Datasets => "datasets",
            Self::Models => "models",
            Self::Training => "training",
            Self::Retrieval => "retrieval",
            Self::Components => "components",
            Self::Hosting => "hosting",
            Self::Evaluations => "evaluations",
        }
    }
}

/// Declares records and enums of the vocabulary: the Rust type, its `Deserialize` and its description
/// come from one text.
///
/// In a record, `fact` marks a field whose absence is undeclared, `claim` one that can only clear a
/// finding, `default(N)` one with a documented default. Every field accepts `unknown`, every one
/// accepts `none`: both are states of [`Field`](super::field::Field), not values. Every record has the claim
/// [`evidence`](EVIDENCE), unless it is `bare`.
macro_rules! vocabulary {
    () => {};
    (
        $(#[doc = $doc:literal])*
        record $name:ident { $($fields:tt)* }
        $($rest:tt)*
    ) => {
        vocabulary! {
            $(#[doc = $doc])*
            bare record $name {
                $($fields)*
                #[doc = " What backs up this entry: `FILE#POINTER`, or a list of them. Left out, nothing is named."]
                claim evidence: $crate::manifest::field::OneOrMany<$crate::manifest::field::Text>;
            }
            $($rest)*
        }
    };
    (
        $(#[doc = $doc:literal])*
        bare record $name:ident {
            $(
                $(#[doc = $fdoc:literal])*
                $mode:ident $(($default:literal))? $field:ident $(as $key:literal)? : $ty:ty;
            )*
        }
        $($rest:tt)*
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $(
                $(#[doc = $fdoc])*
                $(#[serde(rename = $key)])?
                pub $field: $crate::manifest::field::Field<$ty>,
            )*
        }
        impl $name {
            /// The static description of this record.
            pub const DESC: &'static $crate::manifest::describe::RecordDesc = &$crate::manifest::describe::RecordDesc {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                fields: &[
                    $($crate::manifest::describe::FieldDesc {
                        name: vocabulary!(@key $field $($key)?),
                        doc: concat!($($fdoc, "\n"),*),
                        ty: <$ty as $crate::manifest::describe::Described>::TYPE,
                        absence: vocabulary!(@absence $mode $($default)?),
                    },)*
                ],
            };
        }
        impl $crate::manifest::describe::Described for $name {
            const TYPE: $crate::manifest::describe::Type = $crate::manifest::describe::Type::Record($name::DESC);
        }
        vocabulary! { $($rest)* }
    };
    (
        $(#[doc = $doc:literal])*
        $order:ident enum $name:ident {
            $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal ),* $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[doc = $vdoc])* #[serde(rename = $word)] $variant, )*
        }
        impl $name {
            /// The static description of this enumeration.
            pub const DESC: &'static $crate::manifest::describe::EnumDesc = &$crate::manifest::describe::EnumDesc {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                ordered: vocabulary!(@ordered $order),
                words: &[$(($word, concat!($($vdoc, "\n"),*))),*],
            };

            /// The word for it.
            pub fn word(self) -> &'static str {
                Self::DESC.words[self as usize].0
            }
        }
        impl $crate::manifest::describe::Described for $name {
            const TYPE: $crate::manifest::describe::Type = $crate::manifest::describe::Type::Enum($name::DESC);
        }
        vocabulary! { $($rest)* }
    };
    (@key $field:ident $key:literal) => { $key };
    (@key $field:ident) => { stringify!($field) };
    (@absence fact) => { $crate::manifest::describe::Absence::Undeclared };
    (@absence claim) => { $crate::manifest::describe::Absence::Claim };
    (@absence default $value:literal) => { $crate::manifest::describe::Absence::Default($value) };
    (@ordered ordered) => { true };
    (@ordered plain) => { false };
}
pub(crate) use vocabulary;
