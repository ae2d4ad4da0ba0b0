//! The flags and variables by which servers are told what to do, in one table for all of them, and how a text becomes
//! the value of one.

use super::super::document;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::super::substitution::Term;

/// How the text of a flag becomes a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read {
    Number,
    Text,
    /// A number format, under its common name; `auto` is no fact.
    Precision,
    /// A quantisation; `none` and `auto` are no facts.
    Quantization,
    /// A flag that is on where it stands without a value.
    Switch,
    /// A flag that turns off what it names.
    Negated,
}

pub(super) struct Setting {
    /// The servers that understand it; empty for all.
    pub(super) engines: &'static [&'static str],
    pub(super) flags: &'static [&'static str],
    pub(super) variables: &'static [&'static str],
    pub(super) attribute: Attribute,
    pub(super) read: Read,
}

const fn any(flags: &'static [&'static str], variables: &'static [&'static str], attribute: Attribute, read: Read) -> Setting {
    Setting { engines: &[], flags, variables, attribute, read }
}

const fn only(
    engines: &'static [&'static str],
    flags: &'static [&'static str],
    variables: &'static [&'static str],
    attribute: Attribute,
    read: Read,
) -> Setting {
    Setting { engines, flags, variables, attribute, read }
}

pub(super) const LLAMA: &[&str] = &["llama.cpp"];
pub(super) const TGI: &[&str] = &["tgi", "tei"];
pub(super) const VLLM: &[&str] = &["vllm"];
pub(super) const NIM: &[&str] = &["nim"];
pub(super) const OLLAMA: &[&str] = &["ollama"];

/// Names of flags and variables, from the servers' own documentation: vLLM `serve`, SGLang `launch_server`, TGI
/// `text-generation-launcher`, llama.cpp `llama-server`, TensorRT-LLM `trtllm-serve`, LMDeploy `api_server`, Ollama, NIM.
pub(super) const SETTINGS: &[Setting] = &[
    any(&["revision"], &[], Attribute::Revision, Read::Text),
    only(TGI, &[], &["REVISION"], Attribute::Revision, Read::Text),
    any(
        &["max-model-len", "context-length", "max-total-tokens", "max-seq-len", "session-len", "max-context-len"],
        &["MAX_MODEL_LEN", "OLLAMA_CONTEXT_LENGTH", "NIM_MAX_MODEL_LEN", "MAX_TOTAL_TOKENS", "OPTION_MAX_MODEL_LEN"],
        Attribute::Context,
        Read::Number,
    ),
    any(&["dtype"], &["DTYPE", "OPTION_DTYPE"], Attribute::Precision, Read::Precision),
    any(
        &["quantization", "quantize"],
        &["QUANTIZE", "QUANTIZATION", "OPTION_QUANTIZE"],
        Attribute::Quantization,
        Read::Quantization,
    ),
    only(VLLM, &["q"], &[], Attribute::Quantization, Read::Quantization),
    any(
        &["kv-cache-dtype", "cache-type-k"],
        &["KV_CACHE_DTYPE", "OLLAMA_KV_CACHE_TYPE", "LLAMA_ARG_CACHE_TYPE_K"],
        Attribute::KvPrecision,
        Read::Precision,
    ),
    only(LLAMA, &["ctk"], &[], Attribute::KvPrecision, Read::Precision),
    any(
        &["tensor-parallel-size", "tp-size", "tensor-parallel", "num-shard"],
        &["TENSOR_PARALLEL_SIZE", "NUM_SHARD", "NIM_TENSOR_PARALLEL_SIZE", "OPTION_TENSOR_PARALLEL_DEGREE"],
        Attribute::TensorParallel,
        Read::Number,
    ),
    only(&["vllm", "sglang", "lmdeploy", "tensorrt-llm"], &["tp"], &[], Attribute::TensorParallel, Read::Number),
    any(
        &["pipeline-parallel-size", "pp-size", "pipeline-parallel"],
        &["PIPELINE_PARALLEL_SIZE"],
        Attribute::PipelineParallel,
        Read::Number,
    ),
    only(&["vllm", "sglang", "tensorrt-llm"], &["pp"], &[], Attribute::PipelineParallel, Read::Number),
    any(&["data-parallel-size", "dp-size"], &["DATA_PARALLEL_SIZE"], Attribute::DataParallel, Read::Number),
    only(&["vllm", "sglang", "lmdeploy"], &["dp"], &[], Attribute::DataParallel, Read::Number),
    any(
        &["max-num-seqs", "max-num-seq", "max-running-requests", "max-concurrent-requests"],
        &["MAX_NUM_SEQS", "OLLAMA_NUM_PARALLEL", "MAX_CONCURRENT_REQUESTS"],
        Attribute::MaxSequences,
        Read::Number,
    ),
    any(
        // vLLM takes the beginning of a flag for it; this one is in a catalogue that many copy.
        &["max-num-batched-tokens", "max-num-batched-token", "max-batch-total-tokens", "max-num-tokens"],
        &["MAX_NUM_BATCHED_TOKENS", "MAX_BATCH_TOTAL_TOKENS"],
        Attribute::MaxBatchedTokens,
        Read::Number,
    ),
    any(
        &["gpu-memory-utilization", "mem-fraction-static", "cuda-memory-fraction", "cache-max-entry-count"],
        &["GPU_MEMORY_UTILIZATION", "CUDA_MEMORY_FRACTION"],
        Attribute::MemoryUtilization,
        Read::Number,
    ),
    any(
        &["trust-remote-code"],
        &["TRUST_REMOTE_CODE", "HF_TRUST_REMOTE_CODE", "OPTION_TRUST_REMOTE_CODE", "NIM_TRUST_CUSTOM_CODE"],
        Attribute::TrustRemoteCode,
        Read::Switch,
    ),
    any(&[], &["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"], Attribute::Offline, Read::Switch),
    any(
        &[],
        &[
            "VLLM_NO_USAGE_STATS",
            "VLLM_DO_NOT_TRACK",
            "DO_NOT_TRACK",
            "HF_HUB_DISABLE_TELEMETRY",
            "ANONYMIZED_TELEMETRY_DISABLED",
            "SCARF_NO_ANALYTICS",
        ],
        Attribute::Telemetry,
        Read::Negated,
    ),
    any(&["disable-usage-stats"], &[], Attribute::Telemetry, Read::Negated),
    any(&[], &["ANONYMIZED_TELEMETRY", "LITELLM_TELEMETRY"], Attribute::Telemetry, Read::Switch),
    any(&["disable-log-requests", "no-enable-log-requests"], &[], Attribute::PromptLogging, Read::Negated),
    any(&["enable-log-requests", "log-requests"], &[], Attribute::PromptLogging, Read::Switch),
    any(&["load-format"], &[], Attribute::WeightFormat, Read::Text),
    any(
        &["served-model-name", "alias"],
        &["NIM_SERVED_MODEL_NAME", "SERVED_MODEL_NAME", "LLAMA_ARG_ALIAS"],
        Attribute::ServedName,
        Read::Text,
    ),
    only(LLAMA, &["a"], &[], Attribute::ServedName, Read::Text),
    any(&["lora-adapters"], &["LORA_ADAPTERS"], Attribute::Adapter, Read::Text),
    any(&["ssl-certfile", "ssl-keyfile"], &[], Attribute::Tls, Read::Switch),
];

pub(super) fn note_option(subject: &mut Subject, option: &Setting, name: &str, value: Option<&Term>, word: &Term) {
    let bare = |flag: bool| match option.attribute {
        Attribute::PromptLogging => Content::from(if flag { "full" } else { "none" }),
        _ => Content::Flag(flag),
    };
    let negated = name.starts_with("no-");
    let on = match option.read {
        Read::Switch => !negated,
        Read::Negated => false,
        read => {
            if let Some(term) = value {
                note_term(subject, option.attribute, read, term);
            }
            return;
        }
    };
    match value {
        None => {
            subject.note(Fact {
                attribute: option.attribute,
                value: Some(bare(on)),
                written: word.written.clone(),
                standing: Standing::Literal,
                span: word.span,
            });
        }
        // A certificate is a path: it is there.
        Some(term) if option.attribute == Attribute::Tls => term.note(subject, option.attribute, |_| Some(true)),
        Some(term) => term.note(subject, option.attribute, |text| document::flag(text).map(|flag| bare(flag == on))),
    }
}

pub(super) fn note_term(subject: &mut Subject, attribute: Attribute, read: Read, term: &Term) {
    match read {
        Read::Number => term.note_number(subject, attribute),
        Read::Precision => term.note(subject, attribute, precision),
        Read::Quantization => term.note(subject, attribute, |text| {
            let text = text.trim().to_ascii_lowercase();
            (!matches!(text.as_str(), "" | "none" | "auto" | "null")).then_some(text)
        }),
        _ if attribute == Attribute::WeightFormat => term.note(subject, attribute, |text| match text {
            "safetensors" | "gguf" => Some(text.to_owned()),
            "pt" | "npcache" => Some("pickle".to_owned()),
            _ => None,
        }),
        _ => term.note_text(subject, attribute),
    }
}

/// A number format under its common name.
pub fn precision(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    Some(match text.as_str() {
        "" | "auto" | "none" => return None,
        "half" | "float16" | "f16" => "fp16".to_owned(),
        "bfloat16" => "bf16".to_owned(),
        "float" | "float32" | "f32" => "fp32".to_owned(),
        _ => text,
    })
}
