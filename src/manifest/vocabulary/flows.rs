//! Components around the models, and the flows of data between everything.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Country, Duration, Either, Evidenced, Id, Licence, List, Percent, Quantity, Ref, target};

use super::data::{Classification, Erasure};

vocabulary! {
    /// A piece of software that data passes through or rests in. CycloneDX component or service.
    record Component {
        /// Identifier by which flows, retrieval and logging refer to the component.
        fact id: Id;
        /// What kind of component it is.
        fact kind: ComponentKind;
        /// The party that runs it. `none` states that the organisation does.
        fact party: Ref<target::Parties>;
        /// Where it runs, an ISO 3166-1 alpha-2 code.
        fact country: Country;
        /// The most confidential data that it is approved for.
        fact classification: Classification;
        /// How long it keeps data: an ISO 8601 duration, or `unbounded`. `none` states that it keeps nothing.
        fact retention: Either<Duration, Unbounded>;
        /// How requests for erasure reach it (GDPR Art. 17). `none` states that they do not.
        fact erasure: Erasure;
        /// Whether deletion is suspended for legal proceedings. Left out, that is not claimed.
        claim legal_hold: Bool;
        /// Whether what it stores is encrypted.
        fact encrypted_at_rest: Bool;
        /// Who shares its contents: for a cache, whose answers others can be given; for an application, whether
        /// sessions are kept apart.
        fact sharing: Sharing;
        /// The gravest thing that it can do when a model calls it. `none` states that it has no effect of its own.
        fact effect: ToolEffect;
        /// Who or what has to approve a call. `none` states that nothing has to.
        fact approval: Approval;
        /// Its licence, an SPDX expression. `none` states that there is no licence.
        fact license: Licence;
        /// Whether its source was changed; matters to network copyleft.
        fact modified: Bool;
        /// Whether its users are offered the source. Left out, that is not claimed.
        claim source_offer: Bool;
        /// Memory that it may use, a Kubernetes quantity.
        fact memory: Quantity;
        /// Volume of data that it stores, a Kubernetes quantity; enters the cost of storage.
        fact storage: Quantity;
        /// Where a vector index is held. `none` states that it holds no index.
        fact index: IndexKind;
        /// Whether the system fails when the component does.
        fact critical: Bool;
        /// Its availability in per cent, promised or measured.
        fact availability: Percent;
    }

    /// A movement of data from one place to another. CycloneDX `services[].data`.
    record Flow {
        /// Where the data comes from: a data set, actor, component or model (CycloneDX `serviceData.source`).
        fact from: Ref<target::FlowSource>;
        /// Where it goes: a data set, actor, component, model or party (CycloneDX `serviceData.destination`).
        fact to: Ref<target::FlowTarget>;
        /// Data sets that it carries. Left out, it carries everything that is at the source.
        fact carries: List<Ref<target::Datasets>>;
        /// What it is for.
        fact purpose: FlowPurpose;
        /// What is done to the data, or asked of it, on the way; each may point to what proves it. Left out or
        /// `none`, nothing is done.
        claim controls: List<Evidenced<Control>>;
        /// How it is protected on the wire.
        fact transport: Transport;
    }

    /// A kind of component.
    plain enum ComponentKind {
        /// What users work with.
        App = "app",
        /// Passes requests on to models.
        Gateway = "gateway",
        Store = "store",
        VectorStore = "vector_store",
        LogStore = "log_store",
        /// Keeps answers for reuse.
        Cache = "cache",
        /// Keeps attention states of prompts for reuse.
        KvCache = "kv_cache",
        Queue = "queue",
        /// Something that a model can call.
        Tool = "tool",
        /// Runs code that a model writes.
        Executor = "executor",
    }

    /// Without an end.
    plain enum Unbounded {
        Unbounded = "unbounded",
    }

    /// Who shares what a component holds.
    plain enum Sharing {
        PerUser = "per_user",
        PerTenant = "per_tenant",
        /// Everybody.
        Shared = "shared",
    }

    /// The gravest thing that a tool can do.
    plain enum ToolEffect {
        Read = "read",
        /// Changes that can be undone.
        Write = "write",
        /// Changes that cannot be undone.
        Irreversible = "irreversible",
        /// Sends data out: mail, web requests, links that a browser loads.
        Egress = "egress",
        CodeExecution = "code_execution",
    }

    /// Who or what approves a call.
    plain enum Approval {
        /// A person, call by call.
        Human = "human",
        /// Rules that a program enforces.
        Policy = "policy",
    }

    /// Where a vector index is held.
    plain enum IndexKind {
        InMemory = "in_memory",
        OnDisk = "on_disk",
        /// In memory, with fewer bits for each dimension.
        Quantised = "quantised",
    }

    /// What a flow is for.
    plain enum FlowPurpose {
        /// Questions to a model and its answers.
        Inference = "inference",
        Retrieval = "retrieval",
        Training = "training",
        Logging = "logging",
        Caching = "caching",
        Evaluation = "evaluation",
        /// Labelling or rating by people.
        Annotation = "annotation",
        /// Help for users and operators.
        Support = "support",
        Backup = "backup",
        /// A call to a tool.
        Action = "action",
        /// Filling an index.
        Indexing = "indexing",
    }

    /// What is done to data on its way, or asked of it.
    plain enum Control {
        /// Nobody can be identified any more; stops every label.
        Anonymise = "anonymise",
        /// Only totals pass; stops every label.
        Aggregate = "aggregate",
        /// Recognised identifiers are removed; secrets remain.
        Redact = "redact",
        /// Only those entitled to a record receive it.
        Authorise = "authorise",
        /// Outputs are checked for what must not leave.
        OutputFilter = "output_filter",
        /// A person looks before it goes on.
        HumanReview = "human_review",
        /// Rules enforced by a program decide whether it goes on.
        PolicyGate = "policy_gate",
        /// Only what fits a schema passes.
        SchemaValidation = "schema_validation",
        /// Only listed targets or commands pass.
        Allowlist = "allowlist",
        /// What happens at the end of the flow is contained.
        Sandbox = "sandbox",
        /// People choose what passes.
        Curated = "curated",
        /// Outputs are compared with protected works.
        SimilarityCheck = "similarity_check",
    }

    /// How a flow is protected on the wire.
    plain enum Transport {
        Tls = "tls",
        /// TLS with certificates on both sides.
        Mtls = "mtls",
        /// Not encrypted.
        Plain = "plain",
        /// Within one process: there is no wire.
        InProcess = "in_process",
    }
}
