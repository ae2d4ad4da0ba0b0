//! The limits that a configuration can set, as one list: the schema, `caveat config show` and the tests of the documentation
//! are made from it.

use crate::syntax::Limits;

/// What a file may ask for at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    FileSize,
    Depth,
    Nodes,
    Visits,
    Documents,
    Findings,
    Steps,
    Ways,
    PatternSize,
}

impl Limit {
    /// Every limit, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::FileSize,
        Self::Depth,
        Self::Nodes,
        Self::Visits,
        Self::Documents,
        Self::Findings,
        Self::Steps,
        Self::Ways,
        Self::PatternSize,
    ];

    /// The key with the section it stands in.
    pub fn key(self) -> &'static str {
        match self {
            Self::FileSize => "limits.file_size",
            Self::Depth => "limits.depth",
            Self::Nodes => "limits.nodes",
            Self::Visits => "limits.visits",
            Self::Documents => "limits.documents",
            Self::Findings => "limits.findings",
            Self::Steps => "limits.steps",
            Self::Ways => "limits.ways",
            Self::PatternSize => "limits.pattern_size",
        }
    }

    /// The key below `limits`.
    pub fn as_str(self) -> &'static str {
        self.key().trim_start_matches("limits.")
    }

    /// What it bounds, as a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::FileSize => "Bytes of one file; may carry a suffix, as in `16Mi`.",
            Self::Depth => "Nested collections.",
            Self::Nodes => "Nodes of one file, merged entries included.",
            Self::Visits => "Nodes visited while a manifest is read, those behind aliases and merge keys at every use.",
            Self::Documents => "Manifests in one file.",
            Self::Findings => "Findings and mistakes of one file.",
            Self::Steps => "Operations that all rules together may take on one manifest.",
            Self::Ways => {
                "Pairs of a model and something it comes from, and of a sender and something its data reaches, each; long ways count more."
            }
            Self::PatternSize => {
                "Bytes of one regular expression of a rule file once it is compiled; may carry a suffix. Not in `overrides`: rules are loaded once for all manifests."
            }
        }
    }

    /// Whether it counts bytes, and may be written with a suffix.
    pub fn is_size(self) -> bool {
        matches!(self, Self::FileSize | Self::PatternSize)
    }

    /// Its place among the limits of a run.
    pub fn of(self, limits: &mut Limits) -> &mut usize {
        match self {
            Self::FileSize => &mut limits.bytes,
            Self::Depth => &mut limits.depth,
            Self::Nodes => &mut limits.nodes,
            Self::Visits => &mut limits.visits,
            Self::Documents => &mut limits.documents,
            Self::Findings => &mut limits.findings,
            Self::Steps => &mut limits.steps,
            Self::Ways => &mut limits.ways,
            Self::PatternSize => &mut limits.pattern,
        }
    }
}
/// Of each limit the widest, for what is read once for several manifests; none where there are no limits.
pub fn widest<'l>(all: impl IntoIterator<Item = &'l Limits>) -> Option<Limits> {
    all.into_iter().copied().reduce(|mut widest, mut other| {
        for limit in Limit::ALL {
            let most = limit.of(&mut widest);
            *most = (*most).max(*limit.of(&mut other));
        }
        widest
    })
}
