//! How much memory weights take, by number format.
//!
//! Quantising leaves the embedding and the output matrix in 16 bits, except in the files of llama.cpp,
//! whose average already counts them, and in MXFP4, which quantises the experts alone.

use super::Case;

/// Bits that a weight takes, and which weights take them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Format {
    /// Every weight.
    Whole(f64),
    /// The linear layers; embeddings keep 16 bits.
    Linear(f64),
    /// The experts; the rest keeps 16 bits.
    Experts(f64),
}

impl Format {
    /// Bits of a weight that the format is about.
    pub fn bits(self) -> f64 {
        match self {
            Self::Whole(bits) | Self::Linear(bits) | Self::Experts(bits) => bits,
        }
    }
}

/// What a `precision` means. Four bits are written in several ways that differ in their scales, so what
/// is taken depends on the case: none, one for 128 weights, one for 32.
pub fn precision(word: &str, case: Case) -> Option<Format> {
    Some(match word {
        "fp32" => Format::Whole(32.0),
        "bf16" | "fp16" => Format::Whole(16.0),
        "fp8" | "int8" => Format::Linear(8.0),
        "int4" => Format::Linear(match case {
            Case::Best => 4.0,
            Case::Expected => grouped(4.0, 128.0),
            Case::Worst => grouped(4.0, 32.0),
        }),
        _ => return None,
    })
}

/// What a `quantization` means.
///
/// Averages of llama.cpp's mixes are those of Llama-3.1-8B in its quantisation tool's table; block
/// formats follow from their layout.
pub fn quantization(word: &str) -> Option<Format> {
    Some(match word {
        "fp8" | "int8" | "gptq-int8" => Format::Linear(8.0),
        // A 32-bit scale for each block of 128 by 128.
        "fp8-block128" => Format::Linear(8.0 + 32.0 / (128.0 * 128.0)),
        "awq-int4-g128" | "gptq-int4-g128" => Format::Linear(grouped(4.0, 128.0)),
        "awq-int4-g64" | "gptq-int4-g64" => Format::Linear(grouped(4.0, 64.0)),
        "awq-int4-g32" | "gptq-int4-g32" => Format::Linear(grouped(4.0, 32.0)),
        // A 32-bit scale for 64 weights; double quantisation keeps 8 bits of it, and one 32-bit scale for 256.
        "nf4" => Format::Linear(4.0 + 32.0 / 64.0),
        "nf4-dq" => Format::Linear(4.0 + 8.0 / 64.0 + 32.0 / (64.0 * 256.0)),
        // An 8-bit scale for 16 weights.
        "nvfp4" => Format::Linear(4.0 + 8.0 / 16.0),
        // An 8-bit scale for 32 weights.
        "mxfp4" => Format::Experts(4.0 + 8.0 / 32.0),
        "f16" => Format::Whole(16.0005),
        "q8_0" => Format::Whole(8.5008),
        "q6_k" => Format::Whole(6.5633),
        "q5_k_m" => Format::Whole(5.7036),
        "q5_k_s" => Format::Whole(5.5704),
        "q4_k_m" => Format::Whole(4.8944),
        "q4_k_s" => Format::Whole(4.6672),
        "iq4_xs" => Format::Whole(4.4597),
        "q3_k_l" => Format::Whole(4.2979),
        "q3_k_s" => Format::Whole(3.6429),
        "iq3_m" => Format::Whole(3.7628),
        "q2_k" => Format::Whole(3.1593),
        "iq2_xxs" => Format::Whole(2.3824),
        "iq1_s" => Format::Whole(2.0042),
        _ => return None,
    })
}

/// Bits of a weight where each group shares a 16-bit scale and a zero of the weights' own width.
pub fn grouped(bits: f64, group: f64) -> f64 {
    bits + (16.0 + bits) / group
}

/// Bytes of the weights.
///
/// `embeddings` are the parameters of the embedding and output matrices, `experts` those of all routed
/// experts; each matters to one kind of format only.
pub fn bytes(format: Format, parameters: f64, embeddings: f64, experts: f64) -> f64 {
    match format {
        Format::Whole(bits) => parameters * bits / 8.0,
        Format::Linear(bits) => (parameters - embeddings) * bits / 8.0 + embeddings * 2.0,
        Format::Experts(bits) => experts * bits / 8.0 + (parameters - experts) * 2.0,
    }
}

/// Parameters of all routed experts, from what of them one token leaves idle.
///
/// `total − active` are the experts that a token does not use: `experts − used` of `experts`.
pub fn expert_parameters(total: f64, active: f64, experts: f64, used: f64) -> f64 {
    if experts > used { (total - active) * experts / (experts - used) } else { 0.0 }
}

/// Bytes read in one step for a batch: every token draws its own experts, and the more tokens the more
/// of them are read. Routing is taken to be even.
pub fn read(weights: f64, expert_bytes: f64, experts: f64, used: f64, batch: f64) -> f64 {
    if experts <= used || expert_bytes == 0.0 {
        return weights;
    }
    let touched = 1.0 - (1.0 - used / experts).powf(batch);
    weights - expert_bytes + expert_bytes * touched
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

    #[track_caller]
    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    /// vLLM logged 14.96 GiB for Llama-3.1-8B in bf16, and 67.72 GiB for the 70B in eight bits; llama.cpp's table
    /// has 4.58 GiB for Q4_K_M of the 8B.
    #[test]
    fn weights_are_as_large_as_logged() {
        let p8 = 8_030_261_248.0;
        close(bytes(precision("bf16", Case::Expected).expect("a word that is known"), p8, 0.0, 0.0) / GIB, 14.96, 0.005);
        close(bytes(quantization("q4_k_m").expect("a word that is known"), p8, 0.0, 0.0) / GIB, 4.58, 0.005);
        let embeddings = 128_256.0 * 8192.0 * 2.0;
        close(bytes(quantization("int8").expect("a word that is known"), 70_553_706_496.0, embeddings, 0.0) / GIB, 67.72, 0.07);
    }

    /// Bits a weight as the authors of the formats give them: 4.127 for QLoRA's double quantisation (arXiv
    /// 2305.14314), 17 bytes for 32 and 36 for 64 weights in gguf, 4.15625 for groups of 128.
    #[test]
    fn formats_have_the_bits_of_their_authors() {
        let bits = |word| quantization(word).expect("a word that is known").bits();
        close(bits("nf4-dq"), 4.127, 0.0005);
        close(bits("mxfp4"), 17.0 * 8.0 / 32.0, 0.0);
        close(bits("nvfp4"), 36.0 * 8.0 / 64.0, 0.0);
        close(bits("awq-int4-g128"), 4.15625, 0.0);
        close(bits("awq-int4-g64"), 4.3125, 0.0);
        close(bits("gptq-int4-g32"), 4.625, 0.0);
    }

    /// The published checkpoints of gpt-oss hold 12.82 and 60.77 GiB. Up to a part in 500 of that are biases of
    /// the experts, which stay in bf16 and which counts of parameters do not tell apart.
    #[test]
    fn only_experts_are_in_mxfp4() {
        for (total, active, experts, expected) in
            [(20_914_757_184.0, 4_187_440_704.0, 32.0, 12.82), (116_829_156_672.0, 5_711_982_912.0, 128.0, 60.77)]
        {
            let routed = expert_parameters(total, active, experts, 4.0);
            close(
                bytes(quantization("mxfp4").expect("a word that is known"), total, 0.0, routed) / GIB,
                expected,
                expected / 500.0,
            );
        }
    }

    /// Mixtral reads 2 of 8 experts for one sequence and 7.92 for sixteen, DeepSeek-V3 163 of 256 for 32.
    #[test]
    fn a_batch_reads_the_experts_it_draws() {
        let experts = |all: f64, used: f64, batch: f64| all * read(1.0, 1.0, all, used, batch);
        close(experts(8.0, 2.0, 1.0), 2.0, 1e-9);
        close(experts(8.0, 2.0, 16.0), 7.92, 0.005);
        close(experts(256.0, 8.0, 32.0), 163.0, 0.5);
        close(read(7.0, 0.0, 0.0, 0.0, 9.0), 7.0, 0.0);
    }

    #[test]
    fn every_word_of_the_vocabulary_has_its_bits() {
        use crate::manifest::describe::{Described, Type};
        use crate::manifest::vocabulary::{Precision, Quantization};
        let Type::Enum(words) = Quantization::TYPE else { panic!("not an enumeration") };
        for (word, _) in words.words {
            assert!(quantization(word).is_some(), "{word}");
        }
        let Type::Enum(words) = Precision::TYPE else { panic!("not an enumeration") };
        for (word, _) in words.words {
            assert!(precision(word, Case::Best).is_some(), "{word}");
        }
    }
}
