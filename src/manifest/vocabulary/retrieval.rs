//! Retrieval: which documents reach a model's context, and under whose rights.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Count, Duration, Id, Int, List, Ref, target};

use super::economics::Growth;

vocabulary! {
    /// An index whose contents are put into a model's context at the time of a question.
    record Retrieval {
        /// Identifier of the index.
        fact id: Id;
        /// The model that reads what is retrieved.
        fact model: Ref<target::Models>;
        /// Data sets that are indexed.
        fact sources: List<Ref<target::Datasets>>;
        /// The component that holds the index.
        fact store: Ref<target::Components>;
        /// At what grain the asker's rights are enforced. `none` states that everybody is shown everything.
        fact authorization: Authorization;
        /// What separates the tenants' entries. `none` states that nothing does.
        fact isolation: IndexIsolation;
        /// Time from one update of the index to the next, an ISO 8601 duration. `none` states that it is never
        /// updated.
        fact refresh: Duration;
        /// The oldest that its contents may be, an ISO 8601 duration, in place of `system.freshness`. `none` marks a
        /// source that does not age.
        fact freshness: Duration;
        /// Whether the system declines to answer when nothing fitting is found.
        fact abstain: Bool;
        /// Whether answers name their sources. Left out or `none`, they do not.
        claim citations: Citations;
        /// Who can put content into the sources; the least trusted of them.
        fact writers: Writers;
        /// What content passes before it is indexed. Left out or `none`, it passes nothing.
        claim ingestion: Ingestion;
        /// Number of passages put into the context.
        fact top_k: Int;
        /// Length of a passage in tokens.
        fact chunk_tokens: Count;
        /// Number of vectors in the index.
        fact vectors: Growth;
        /// Dimensions of a vector; each takes 4 bytes.
        fact dimensions: Int;
    }

    /// What content passes before it is indexed.
    record Ingestion {
        /// Whether somebody approves it. Left out, that is not claimed.
        claim approval: Bool;
        /// Whether instructions to the model and active content are removed. Left out, that is not claimed.
        claim sanitised: Bool;
    }

    /// At what grain the asker's rights are enforced on retrieval.
    plain enum Authorization {
        PerTenant = "per_tenant",
        PerUser = "per_user",
        /// Each document carries its own rights.
        PerDocument = "per_document",
    }

    /// What separates the tenants' entries in an index.
    plain enum IndexIsolation {
        /// A condition in the query.
        Filter = "filter",
        /// A namespace or partition of the same index.
        Namespace = "namespace",
        /// An index for each tenant.
        SeparateIndex = "separate_index",
    }

    /// How answers name their sources.
    plain enum Citations {
        /// Sources are shown, and it is checked that they support the answer.
        Verified = "verified",
        /// Sources are shown.
        Shown = "shown",
    }

    /// Who can put content into the sources of an index.
    plain enum Writers {
        /// A few people who are responsible for it.
        Curated = "curated",
        Employees = "employees",
        Customers = "customers",
        /// Anybody who signs up or writes in.
        Public = "public",
        /// Anybody with a website.
        OpenWeb = "open_web",
    }
}
