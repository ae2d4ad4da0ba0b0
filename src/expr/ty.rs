//! The types of expressions: those of the vocabulary, as far as conditions tell them apart.

use crate::manifest::describe::{EnumDesc, RecordDesc, Section, Type};

/// The type of an expression.
#[derive(Debug, Clone)]
pub enum Ty {
    Bool,
    Number,
    Date,
    Duration,
    /// A text; with the type of the leaf where only some texts make sense.
    Text(Option<Type>),
    /// A text that stands in the expression.
    Literal(String),
    Word(&'static EnumDesc),
    Ref(&'static [Section]),
    Record(&'static RecordDesc),
    List(Box<Ty>),
    /// The element of an empty list.
    Nothing,
    /// One of several.
    Union(Vec<Ty>),
}

impl From<Type> for Ty {
    fn from(ty: Type) -> Self {
        match ty {
            Type::Bool => Self::Bool,
            Type::Int | Type::Number | Type::Count | Type::Share | Type::Percent | Type::Quantity => Self::Number,
            Type::Date | Type::Month => Self::Date,
            Type::Duration => Self::Duration,
            Type::Country | Type::Region | Type::Language | Type::Currency | Type::Licence => Self::Text(Some(ty)),
            Type::Text | Type::Id => Self::Text(None),
            Type::Ref(sections) => Self::Ref(sections),
            Type::Enum(desc) => Self::Word(desc),
            Type::List(item) | Type::OneOrMany(item) => Self::List(Box::new(Self::from(*item))),
            Type::Record(desc) => Self::Record(desc),
            Type::Evidenced(word) => Self::from(*word),
            Type::Either(first, second) => Self::Union(vec![Self::from(*first), Self::from(*second)]),
        }
    }
}

impl Ty {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Bool => "true or false".into(),
            Self::Number => "a number".into(),
            Self::Date => "a date".into(),
            Self::Duration => "a duration".into(),
            Self::Text(Some(ty)) => ty.to_string(),
            Self::Text(None) => "text".into(),
            Self::Literal(text) => format!("the text `{text}`"),
            Self::Word(desc) => format!("a word of `{}`", desc.name),
            Self::Ref(sections) => {
                format!("a reference to {}", sections.iter().map(|s| s.key()).collect::<Vec<_>>().join(" or "))
            }
            Self::Record(desc) => format!("a mapping (`{}`)", desc.name),
            Self::List(item) => format!("a list of {}", item.describe()),
            Self::Nothing => "nothing".into(),
            Self::Union(types) => types.iter().map(Self::describe).collect::<Vec<_>>().join(" or "),
        }
    }

    pub(super) fn textual(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Literal(_) | Self::Word(_) | Self::Ref(_))
    }

    pub(super) fn any(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        match self {
            Self::Union(types) => types.iter().any(|ty| ty.any(test)),
            ty => test(ty),
        }
    }
}

/// Whether some pair of alternatives satisfies the test.
pub(super) fn pairs(a: &Ty, b: &Ty, test: &dyn Fn(&Ty, &Ty) -> bool) -> bool {
    a.any(&|a| b.any(&|b| test(a, b)))
}
