//! What a file shows: subjects with facts, each fact with its place and how sure it is.
//!
//! A fact is what the file says and no more. What a reader has to guess is marked as inferred, what depends on the
//! outside (an environment, a template) is unresolved and keeps its expression.

use std::fmt;

use crate::manifest::describe::EnumDesc;
use crate::span::Span;

/// What a file describes with its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// Something that runs a model: a deployment, a service, a task, a Modelfile.
    Server,
    /// An entry of a gateway: a name under which callers ask, and what answers.
    Route,
    /// A gateway as a whole: who may call it, what it records, where it falls back to.
    Gateway,
    /// An application that calls models and runs none.
    Client,
    /// A model as an artefact: a card, a configuration, an entry of a bill of materials.
    Model,
    /// A data set as an artefact.
    Dataset,
    /// What scales another subject, which it names.
    Scaler,
}

impl SubjectKind {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Route => "route",
            Self::Gateway => "gateway",
            Self::Client => "client",
            Self::Model => "model",
            Self::Dataset => "dataset",
            Self::Scaler => "scaler",
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a fact is, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Written there.
    Literal,
    /// An expression that the file itself decides, such as a variable it sets.
    Resolved,
    /// The default of an expression: something outside the file may put another value in its place.
    Default,
    /// Read off something else, such as a name or an instance type.
    Inferred,
    /// Meant to be replaced by whoever uses the file.
    Placeholder,
    /// An expression that the file does not decide.
    Unresolved,
}

impl Standing {
    /// The word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Resolved => "resolved",
            Self::Default => "default",
            Self::Inferred => "inferred",
            Self::Placeholder => "placeholder",
            Self::Unresolved => "unresolved",
        }
    }

    /// Whether the fact holds as the file is written: nothing outside it decides, and nothing was guessed.
    pub fn is_firm(self) -> bool {
        matches!(self, Self::Literal | Self::Resolved)
    }

    /// Whether there is a value at all.
    pub fn has_value(self) -> bool {
        !matches!(self, Self::Placeholder | Self::Unresolved)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Text(String),
    Number(f64),
    Flag(bool),
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Content {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Content {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// One observed fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub attribute: Attribute,
    /// None where the standing is `placeholder` or `unresolved`.
    pub value: Option<Content>,
    /// As it is written, where that differs from the value: the expression, the product of counts, the name that
    /// it was inferred from.
    pub written: String,
    pub standing: Standing,
    /// Where in the file.
    pub span: Span,
}

impl Fact {
    /// The value as people read it, or the expression that hides it.
    pub fn shown(&self) -> String {
        self.value.as_ref().map_or_else(|| self.written.clone(), ToString::to_string)
    }

    /// The value, where it is text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Some(Content::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The value, where it is a number.
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            Some(Content::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The value, where it is a flag.
    pub fn flag(&self) -> Option<bool> {
        match &self.value {
            Some(Content::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }
}

/// Something that a file describes.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub kind: SubjectKind,
    /// What the file calls it: `metadata.name`, the key of a service, the alias of a route.
    pub name: String,
    /// Where it begins: its name, where it has one.
    pub span: Span,
    /// In the order in which they were met.
    pub facts: Vec<Fact>,
}

impl Subject {
    /// A subject without facts.
    pub fn new(kind: SubjectKind, name: impl Into<String>, span: Span) -> Self {
        Self { kind, name: name.into(), span, facts: Vec::new() }
    }

    /// The facts about an attribute.
    pub fn all(&self, attribute: Attribute) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.attribute == attribute)
    }

    /// The surest fact about an attribute; of equally sure ones the last that was met, as a later flag wins.
    pub fn fact(&self, attribute: Attribute) -> Option<&Fact> {
        self.all(attribute).reduce(|best, fact| if fact.standing <= best.standing { fact } else { best })
    }

    /// Notes a fact. The same fact is noted once; how far back it is looked for has an end, so that a file of nothing
    /// but facts costs no more than its length.
    pub fn note(&mut self, fact: Fact) {
        if !self.facts.iter().rev().take(256).any(|known| *known == fact) {
            self.facts.push(fact);
        }
    }

    /// Notes what is written at a place.
    pub fn literal(&mut self, attribute: Attribute, value: impl Into<Content>, span: Span) {
        let value = value.into();
        let written = value.to_string();
        self.note(Fact { attribute, value: Some(value), written, standing: Standing::Literal, span });
    }

    /// Notes what follows from something else, which is named.
    pub fn inferred(&mut self, attribute: Attribute, value: impl Into<Content>, from: impl Into<String>, span: Span) {
        self.note(Fact { attribute, value: Some(value.into()), written: from.into(), standing: Standing::Inferred, span });
    }

    /// Notes that something is stated here, and that the file does not decide what.
    pub fn unresolved(&mut self, attribute: Attribute, expression: impl Into<String>, span: Span) {
        self.note(Fact { attribute, value: None, written: expression.into(), standing: Standing::Unresolved, span });
    }
}

/// Declares the attributes: the word of each, what it means, and the field of the manifest that states the same.
macro_rules! attributes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal => $field:literal;)*) => {
        /// What a fact is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attribute {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Attribute {
            /// All of them, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The description for conditions.
            pub const DESC: &'static EnumDesc = &EnumDesc {
                name: "Attribute",
                doc: "What an observed fact is about.",
                ordered: false,
                words: &[$(($word, concat!($($doc),+))),*],
            };

            /// The word used in every format.
            pub fn as_str(self) -> &'static str {
                Self::DESC.words[self as usize].0
            }

            /// What it means.
            pub fn meaning(self) -> &'static str {
                Self::DESC.words[self as usize].1.trim_ascii()
            }

            /// The field of a manifest that states the same; empty where there is none.
            pub fn field(self) -> &'static str {
                match self { $(Self::$variant => $field,)* }
            }
        }
    };
}

attributes! {
    /// The model that is run or called, as it is written: a Hub id, a path, a tag of a registry, a vendor's name.
    Model = "model" => "models[].source";
    /// A name under which callers ask for the model.
    ServedName = "served_name" => "models[].id";
    /// The exact version of the model's files.
    Revision = "revision" => "models[].revision";
    /// Small weights that are loaded on top of the model.
    Adapter = "adapter" => "models[].source";
    /// The model that this one was made from.
    Base = "base" => "models[].base";
    /// The file format of the weights: `safetensors`, `gguf`, `pickle`, `onnx`, `engine` (compiled).
    WeightFormat = "weight_format" => "models[].format";
    /// The licence, as it is tagged.
    License = "license" => "models[].license";
    /// A data set that is in the weights.
    TrainingData = "training_data" => "models[].trained_on";
    /// A language that the maker says the model supports.
    Language = "language" => "models[].languages";
    /// A hash of the artefact.
    Digest = "digest" => "models[].digest";
    /// Number of parameters.
    Parameters = "parameters" => "models[].parameters";
    /// The longest context that the model was made for, in tokens.
    ModelContext = "model_context" => "models[].context";
    /// Number of layers.
    Layers = "layers" => "models[].architecture.layers";
    /// Width of the residual stream.
    Hidden = "hidden" => "models[].architecture.hidden";
    /// Width of the feed-forward layers.
    Intermediate = "intermediate" => "models[].architecture.intermediate";
    /// Number of attention heads.
    Heads = "heads" => "models[].architecture.heads";
    /// Number of heads of keys and values.
    KvHeads = "kv_heads" => "models[].architecture.kv_heads";
    /// Dimension of one head.
    HeadDim = "head_dim" => "models[].architecture.head_dim";
    /// Entries of the vocabulary.
    Vocab = "vocab" => "models[].architecture.vocab";
    /// Rank of the latent cache.
    KvLoraRank = "kv_lora_rank" => "models[].architecture.kv_lora_rank";
    /// Dimension of the rotary part of the latent cache.
    QkRopeHeadDim = "qk_rope_head_dim" => "models[].architecture.qk_rope_head_dim";
    /// Tokens that sliding-window layers look back on.
    SlidingWindow = "sliding_window" => "models[].architecture.sliding_window";
    /// Routed experts in a layer.
    Experts = "experts" => "models[].architecture.moe.experts";
    /// Experts that one token uses.
    ExpertsPerToken = "experts_per_token" => "models[].architecture.moe.experts_per_token";

    /// The serving software: `vllm`, `tgi`, `sglang`, `ollama`, `llama.cpp`, `triton`, `nim` and others.
    Engine = "engine" => "hosting[].engine";
    /// The container image, without its tag and digest.
    Image = "image" => "";
    /// How the image is pinned: `digest`, `version` (a tag that names one), `moving` (`latest`, `main`, …) or `none`.
    ImagePin = "image_pin" => "";
    /// The longest context that is served, in tokens.
    Context = "context" => "hosting[].max_context_tokens";
    /// The number format of the weights in use: `bf16`, `fp16`, `fp32`, `fp8`, …; `auto` is no fact.
    Precision = "precision" => "hosting[].precision";
    /// The format of quantised weights, as it is written.
    Quantization = "quantization" => "hosting[].quantization";
    /// The number format of the cache of keys and values, as it is written.
    KvPrecision = "kv_precision" => "hosting[].kv_precision";
    /// Accelerators that each layer is split over.
    TensorParallel = "tensor_parallel" => "hosting[].tensor_parallel";
    /// Stages that the layers are divided into.
    PipelineParallel = "pipeline_parallel" => "hosting[].pipeline_parallel";
    /// Copies of the model inside one replica.
    DataParallel = "data_parallel" => "";
    /// Most sequences that are worked on at a time.
    MaxSequences = "max_sequences" => "hosting[].max_sequences";
    /// Most tokens that are worked on in one step.
    MaxBatchedTokens = "max_batched_tokens" => "hosting[].max_batched_tokens";
    /// Share of each accelerator's memory that the engine may use.
    MemoryUtilization = "memory_utilization" => "hosting[].memory_utilization";
    /// The accelerator product, as it is written.
    GpuType = "gpu_type" => "hosting[].gpus.type";
    /// Accelerators of one replica: of one pod, times the pods of a replica.
    GpuCount = "gpu_count" => "hosting[].gpus.count";
    /// Pods or nodes of one replica, where there are several.
    Pods = "pods" => "";
    /// Copies that always run.
    ReplicasMin = "replicas_min" => "hosting[].replicas.min";
    /// Copies that run at most.
    ReplicasMax = "replicas_max" => "hosting[].replicas.max";
    /// What the number of copies follows, as it is written: a metric, or `true`.
    Autoscaling = "autoscaling" => "hosting[].autoscaling.signal";
    /// Whether code that comes with the model is run.
    TrustRemoteCode = "trust_remote_code" => "";
    /// Whether the server is kept from fetching anything.
    Offline = "offline" => "";
    /// Whether usage statistics are sent to the maker of the software.
    Telemetry = "telemetry" => "flows[]";

    /// How callers prove who they are: `none`, `api_key`, `custom`, `sso`.
    Authentication = "authentication" => "access.authentication";
    /// Where a credential comes from: `secret` (a secret store), `env` (the environment outside the file) or `source`
    /// (written in the file).
    Secrets = "secrets" => "access.secrets";
    /// Whether what comes from outside is encrypted on the way.
    Tls = "tls" => "flows[].transport";
    /// Who can reach it: `cluster`, `host` (a published port, a node port) or `public` (an ingress, a load balancer, a
    /// route, a port that the platform opens to the internet).
    Exposure = "exposure" => "system.exposure";
    /// A region or country, as it is written.
    Region = "region" => "hosting[].country";

    /// What is recorded of prompts: `full`, `metadata` or `none`.
    PromptLogging = "prompt_logging" => "logging.prompts";
    /// Where prompts are kept or sent.
    PromptStore = "prompt_store" => "logging.store";
    /// A host that requests or data go to.
    Endpoint = "endpoint" => "flows[].to";
    /// The vendor behind an endpoint.
    Vendor = "vendor" => "parties[].id";
    /// What answers in place of the model when it fails or is full.
    Fallback = "fallback" => "hosting[].fallback";
    /// A filter on what goes in or comes out.
    Guardrail = "guardrail" => "flows[].controls";
    /// Whether the file carries a system prompt.
    SystemPrompt = "system_prompt" => "system.system_prompt";

    /// Where a data set comes from.
    Origin = "origin" => "datasets[].source";
    /// What a data set's makers say of personal data in it.
    PersonalData = "personal_data" => "datasets[].categories";
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
