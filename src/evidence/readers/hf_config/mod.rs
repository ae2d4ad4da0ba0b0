//! The `config.json` of a model on the Hub: its architecture, as the transformers library reads it. Also the
//! `hf_quant_config.json` that NVIDIA's ModelOpt puts beside it.

use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::launch;
use super::super::names;
use super::super::substitution::Term;
use super::super::{Context, Kind, Reader};

mod quantization;

pub(super) const READER: Reader = Reader { kind: Kind::HfConfig, fits, read };

const LAYERS: &[&str] = &["num_hidden_layers", "n_layer", "n_layers", "num_layers", "decoder_layers"];

/// Numbers of the architecture, with the keys that configurations have for them.
const NUMBERS: &[(Attribute, &[&str])] = &[
    (Attribute::Layers, LAYERS),
    (Attribute::Hidden, &["hidden_size", "n_embd", "d_model"]),
    (Attribute::Intermediate, &["intermediate_size", "n_inner", "ffn_hidden_size", "ffn_dim", "d_ff", "decoder_ffn_dim"]),
    (Attribute::Heads, &["num_attention_heads", "n_head", "n_heads", "num_heads", "decoder_attention_heads"]),
    (Attribute::HeadDim, &["head_dim", "kv_channels", "d_kv"]),
    (Attribute::Vocab, &["vocab_size", "padded_vocab_size"]),
    (Attribute::KvLoraRank, &["kv_lora_rank"]),
    (Attribute::QkRopeHeadDim, &["qk_rope_head_dim"]),
];

/// Where models of several media keep the numbers of their language model.
const DECODERS: &[&[&str]] =
    &[&["text_config"], &["llm_config"], &["language_config"], &["thinker_config", "text_config"], &["text_model_config"]];

fn fits(document: Node<'_>) -> bool {
    let named = document.get("architectures").is_some_and(Node::is_list) || document.text_at("model_type").is_some();
    let shaped = || Shape::of(document).any(LAYERS).is_some() || DECODERS.iter().any(|path| document.at(path).is_some());
    (named && shaped()) || document.at(&["quantization", "quant_algo"]).is_some()
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let name = document.get("_name_or_path").filter(|node| node.text().is_some_and(is_reference));
        let span = name.map_or(document.span(), Node::span);
        let mut subject = Subject::new(SubjectKind::Model, name.and_then(Node::text).unwrap_or_default(), span);
        if let Some(node) = name {
            names::note(&mut subject, &Term::literal(node.text().unwrap_or_default().trim_end_matches('/'), node.span()));
        }
        let shape = Shape::of(*document);
        note_shape(&mut subject, shape);
        note_experts(&mut subject, shape);
        note_context(&mut subject, shape);
        if let Some(node) = shape.any(&["torch_dtype", "dtype"]) {
            Term::literal(node.text().unwrap_or_default(), node.span())
                .note(&mut subject, Attribute::Precision, |text| launch::precision(text.strip_prefix("torch.").unwrap_or(text)));
        }
        quantization::note(&mut subject, *document, shape);
        if let Some(map) = document.get("auto_map").filter(|map| map.entries().next().is_some()) {
            subject.inferred(Attribute::TrustRemoteCode, true, "auto_map", map.span());
        }
        context.add(subject);
    }
}

/// Whether a text is a path or the name of a model with its organisation. Single words may be either; they tell nothing.
fn is_reference(text: &str) -> bool {
    let text = text.trim().trim_end_matches('/');
    text.len() > 2 && text.contains(['/', '\\']) && text.chars().any(char::is_alphanumeric)
}

/// The part of a configuration that describes the language model, and the whole, which describes it where the part
/// leaves something out.
#[derive(Clone, Copy)]
struct Shape<'d> {
    decoder: Node<'d>,
    whole: Node<'d>,
}

impl<'d> Shape<'d> {
    fn of(whole: Node<'d>) -> Self {
        let decoder = DECODERS.iter().find_map(|path| whole.at(path)).filter(|node| node.is_mapping()).unwrap_or(whole);
        Self { decoder, whole }
    }

    fn any(self, keys: &[&str]) -> Option<Node<'d>> {
        self.decoder.any(keys).or_else(|| self.whole.any(keys))
    }

    fn number(self, keys: &[&str]) -> Option<(f64, Node<'d>)> {
        let positive = |node: &Node<'d>| node.number().filter(|number| *number > 0.0);
        let within =
            |whole: Node<'d>| keys.iter().filter_map(|key| whole.get(key)).find_map(|node| Some((positive(&node)?, node)));
        within(self.decoder).or_else(|| within(self.whole))
    }
}

fn note_shape(subject: &mut Subject, shape: Shape<'_>) {
    for (attribute, keys) in NUMBERS {
        if let Some((number, node)) = shape.number(keys) {
            subject.literal(*attribute, number, node.span());
        }
    }
    note_kv_heads(subject, shape);
    note_window(subject, shape);
}

fn note_kv_heads(subject: &mut Subject, shape: Shape<'_>) {
    let keys = &["num_key_value_heads", "num_kv_heads", "n_head_kv", "n_kv_heads", "multi_query_group_num"];
    let nested = || shape.decoder.at(&["attn_config", "kv_n_heads"]).and_then(|node| Some((node.number()?, node)));
    let multi_query = shape.any(&["multi_query"]).filter(|node| node.flag() == Some(true));
    let newer = shape.any(&["new_decoder_architecture"]).and_then(Node::flag) == Some(true);
    let shared = multi_query.filter(|_| !newer);
    // Falcon keeps a number beside the switch, and does not use it.
    let unused = shared.is_some() && shape.any(&["model_type"]).and_then(Node::text) == Some("falcon");
    if let Some((number, node)) = shape.number(keys).or_else(nested).filter(|_| !unused) {
        subject.literal(Attribute::KvHeads, number, node.span());
    } else if let Some(node) = shared {
        // All heads share one of keys and values.
        subject.inferred(Attribute::KvHeads, 1.0, "multi_query", node.span());
    }
}

/// The sliding window, where layers use it: configurations keep its size when it is off.
fn note_window(subject: &mut Subject, shape: Shape<'_>) {
    let Some((window, node)) = shape.number(&["sliding_window"]) else { return };
    let switched = shape.any(&["use_sliding_window"]).and_then(Node::flag);
    let by_default = || !shape.any(&["model_type"]).and_then(Node::text).is_some_and(|kind| kind.starts_with("qwen"));
    let listed = shape.any(&["layer_types"]).filter(|types| types.is_list());
    let used_by_layers = listed.is_none_or(|types| types.items().any(|kind| kind.text() == Some("sliding_attention")));
    // Layers below this one see everything.
    let first = shape.number(&["max_window_layers"]).filter(|_| switched == Some(true) && listed.is_none());
    let beyond = first.is_some_and(|(first, _)| shape.number(LAYERS).is_some_and(|(layers, _)| first >= layers));
    if switched.unwrap_or_else(by_default) && used_by_layers && !beyond {
        subject.literal(Attribute::SlidingWindow, window, node.span());
    }
}

fn note_experts(subject: &mut Subject, shape: Shape<'_>) {
    let keys = &["num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts", "num_moe_experts"];
    let per_token = &[
        "num_experts_per_tok",
        "num_experts_per_token",
        "experts_per_token",
        "num_selected_experts",
        "top_k_experts",
        "moe_top_k",
        "moe_topk",
        "moe_k",
    ];
    let inner = shape.decoder.get("ffn_config").map(|node| Shape { decoder: node, whole: node });
    let find = |keys: &[&str]| shape.number(keys).or_else(|| inner?.number(keys));
    // One expert is none to choose from.
    let Some((experts, node)) = find(keys).filter(|(experts, _)| *experts > 1.0) else { return };
    subject.literal(Attribute::Experts, experts, node.span());
    if let Some((used, node)) = find(per_token) {
        subject.literal(Attribute::ExpertsPerToken, used, node.span());
    }
}

/// The context as it is written. Whether a factor beside it is already in it differs between architectures, so that the
/// factor is shown and not applied.
fn note_context(subject: &mut Subject, shape: Shape<'_>) {
    let keys = &[
        "max_position_embeddings",
        "n_positions",
        "max_sequence_length",
        "seq_length",
        "max_seq_len",
        "n_ctx",
        "max_seq_length",
    ];
    let Some((tokens, node)) = shape.number(keys) else { return };
    let written = match shape.any(&["rope_scaling", "rope_parameters"]).and_then(scaling) {
        Some(scaling) => format!("{tokens}, {scaling}"),
        None => tokens.to_string(),
    };
    let value = Some(Content::Number(tokens));
    subject.note(Fact { attribute: Attribute::ModelContext, value, written, standing: Standing::Literal, span: node.span() });
}

/// How positions are scaled, in words.
fn scaling(rope: Node<'_>) -> Option<String> {
    let kind = rope.any(&["rope_type", "type"]).and_then(Node::text)?;
    let factor = rope.get("factor").and_then(Node::number)?;
    let original = rope.get("original_max_position_embeddings").and_then(Node::number);
    let from = original.map_or_else(String::new, |original| format!(" from {original}"));
    Some(format!("rope {kind} by {factor}{from}"))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn the_architecture_is_what_is_written() {
        let text = r#"{"_name_or_path": "org/base", "architectures": ["LlamaForCausalLM"], "model_type": "llama",
            "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
            "sliding_window": 4096, "use_sliding_window": false, "max_length": 20, "vocab_size": 32000,
            "max_position_embeddings": 32768, "rope_scaling": {"type": "yarn", "factor": 4.0},
            "torch_dtype": "bfloat16", "auto_map": {"AutoConfig": "a.B"},
            "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}"#;
        insta::assert_snapshot!(facts("config.json", text), @r"
        model org/base
          model org/base literal
          layers 32 literal
          hidden 4096 literal
          heads 32 literal
          vocab 32000 literal
          model_context 32768 literal
          precision bf16 literal
          quantization awq-int4-g128 literal
          trust_remote_code true inferred
        ");
    }

    #[test]
    fn models_of_several_media_nest_their_language_model() {
        let text = r#"{"architectures": ["XForConditionalGeneration"], "model_type": "x", "dtype": "float16", "_name_or_path": "out",
            "vision_config": {"hidden_size": 1152, "num_heads": 16}, "text_config": {"num_hidden_layers": 48,
            "hidden_size": 5120, "num_local_experts": 128, "num_experts_per_tok": 1, "sliding_window": 512,
            "layer_types": ["full_attention", "sliding_attention"], "kv_lora_rank": 512, "qk_rope_head_dim": 64}}"#;
        insta::assert_snapshot!(facts("config.json", text), @r"
        model 
          layers 48 literal
          hidden 5120 literal
          kv_lora_rank 512 literal
          qk_rope_head_dim 64 literal
          sliding_window 512 literal
          experts 128 literal
          experts_per_token 1 literal
          precision fp16 literal
        ");
    }

    #[test]
    fn what_falcon_does_not_use_does_not_count() {
        let text = |newer: bool| {
            format!(
                r#"{{"model_type": "falcon", "num_hidden_layers": 2, "num_attention_heads": 8, "num_kv_heads": 4,
                "multi_query": true, "new_decoder_architecture": {newer}}}"#
            )
        };
        insta::assert_snapshot!(facts("config.json", &text(false)), @r"
        model 
          layers 2 literal
          heads 8 literal
          kv_heads 1 inferred
        ");
        insta::assert_snapshot!(facts("config.json", &text(true)), @r"
        model 
          layers 2 literal
          heads 8 literal
          kv_heads 4 literal
        ");
    }

    #[test]
    fn encoders_and_decoders_are_read_at_the_decoder() {
        let text = r#"{"model_type": "mbart", "d_model": 64, "decoder_layers": 3, "encoder_layers": 6,
            "decoder_attention_heads": 4, "encoder_attention_heads": 8, "decoder_ffn_dim": 256, "encoder_ffn_dim": 128}"#;
        insta::assert_snapshot!(facts("config.json", text), @r"
        model 
          layers 3 literal
          hidden 64 literal
          intermediate 256 literal
          heads 4 literal
        ");
    }

    #[test]
    fn what_only_looks_alike_is_not_claimed() {
        for text in [r#"{"model_type": "x"}"#, r#"{"architectures": "amd64", "num_layers": 3}"#, "[]", r#"{"quantization": 4}"#] {
            assert_eq!(facts("config.json", text), "", "{text}");
        }
    }
}
