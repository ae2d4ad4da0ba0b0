//! How the weights of a model are quantised, as its configuration tells.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Subject};
use super::Shape;

/// Notes the quantisation, and the format that the cache is meant to have.
pub(super) fn note(subject: &mut Subject, document: Node<'_>, shape: Shape<'_>) {
    let keys = &["quantization_config", "compression_config", "quantization"];
    let Some(config) = shape.whole.any(keys).or_else(|| shape.decoder.any(keys)).filter(|node| node.is_mapping()) else { return };
    if let Some((value, node)) = format(config) {
        subject.literal(Attribute::Quantization, value, node.span());
    }
    let cache = config.any(&["kv_cache_quant_algo"]).or_else(|| document.at(&["quantization", "kv_cache_quant_algo"]));
    if let Some((node, text)) = cache.and_then(|node| Some((node, node.text()?))) {
        subject.literal(Attribute::KvPrecision, text.to_ascii_lowercase(), node.span());
    } else if let Some(scheme) = config.get("kv_cache_scheme")
        && let Some(format) = number_format(scheme)
    {
        subject.literal(Attribute::KvPrecision, format, scheme.span());
    }
}

/// The method with what tells its variants apart, such as `awq-int4-g128`, and where it is written.
fn format(config: Node<'_>) -> Option<(String, Node<'_>)> {
    let lower = |node: Node<'_>| node.text().map(str::to_ascii_lowercase);
    let method = config.get("quant_method");
    let algorithm = config.get("quant_algo").and_then(|node| Some((lower(node)?, node)));
    let Some((method, node)) = method.and_then(|node| Some((lower(node)?, node))) else {
        // ModelOpt names the algorithm alone, MLX the numbers alone.
        return algorithm.or_else(|| Some((integer(config)?, config.get("bits")?)));
    };
    let detail = match method.as_str() {
        "compressed-tensors" => one_group(config),
        "bitsandbytes" => bitsandbytes(config),
        _ => algorithm.map(|(algorithm, _)| algorithm).filter(|algorithm| *algorithm != method).or_else(|| integer(config)),
    };
    Some((detail.map_or_else(|| method.clone(), |detail| format!("{method}-{detail}")), node))
}

/// `int4-g128` of `bits` and `group_size`.
fn integer(config: Node<'_>) -> Option<String> {
    let bits = config.get("bits").and_then(Node::number)?;
    let bits = if bits.fract() == 0.0 { format!("int{bits}") } else { format!("{bits}bpw") };
    Some(match config.get("group_size").and_then(Node::number).filter(|size| *size > 0.0) {
        Some(size) => format!("{bits}-g{size}"),
        None => bits,
    })
}

fn bitsandbytes(config: Node<'_>) -> Option<String> {
    let on = |key: &str| config.get(key).and_then(Node::flag) == Some(true);
    if on("load_in_4bit") {
        Some(config.text_at("bnb_4bit_quant_type").unwrap_or("4bit").to_ascii_lowercase())
    } else {
        on("load_in_8bit").then(|| "int8".to_owned())
    }
}

/// The format of the weights, where all groups of layers have the same one.
fn one_group(config: Node<'_>) -> Option<String> {
    let mut formats = config.get("config_groups")?.entries().filter_map(|(_, group)| number_format(group.get("weights")?));
    let first = formats.next()?;
    formats.all(|format| format == first).then_some(first)
}

/// `int4-g128`, `fp8` of a scheme with `num_bits` and `type`.
fn number_format(scheme: Node<'_>) -> Option<String> {
    let bits = scheme.get("num_bits").and_then(Node::number)?;
    let kind = if scheme.text_at("type") == Some("float") { "fp" } else { "int" };
    Some(match scheme.get("group_size").and_then(Node::number).filter(|size| *size > 0.0) {
        Some(size) => format!("{kind}{bits}-g{size}"),
        None => format!("{kind}{bits}"),
    })
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn every_method_has_its_own_words() {
        let cases = [
            (r#"{"quant_method": "fp8", "weight_block_size": [128, 128]}"#, "fp8"),
            (r#"{"quant_method": "gptq", "bits": 4, "group_size": -1}"#, "gptq-int4"),
            (r#"{"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}"#, "bitsandbytes-nf4"),
            (r#"{"quant_method": "modelopt", "quant_algo": "NVFP4"}"#, "modelopt-nvfp4"),
            (r#"{"group_size": 64, "bits": 4}"#, "int4-g64"),
            (
                r#"{"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}}}"#,
                "compressed-tensors-fp8",
            ),
        ];
        for (config, expected) in cases {
            let text = format!(r#"{{"model_type": "x", "n_layer": 2, "quantization_config": {config}}}"#);
            assert_eq!(facts("config.json", &text), format!("model \n  layers 2 literal\n  quantization {expected} literal"));
        }
    }

    #[test]
    fn modelopt_writes_a_file_of_its_own() {
        let text = r#"{"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8"}}"#;
        insta::assert_snapshot!(facts("hf_quant_config.json", text), @r"
        model 
          quantization fp8 literal
          kv_precision fp8 literal
        ");
    }
}
