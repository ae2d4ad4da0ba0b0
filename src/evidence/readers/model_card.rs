//! Cards of the Hugging Face Hub: Markdown that begins with metadata in YAML. A card may be that of a data set.

use super::super::document::{Node, Parsed};
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::names;
use super::super::substitution::{Term, is_placeholder};
use super::super::{Kind, Reading};
use crate::span::Span;
use crate::syntax::Limits;

/// Keys that only cards of models have.
const MODEL_KEYS: &[&str] = &[
    "base_model",
    "base_model_relation",
    "library_name",
    "pipeline_tag",
    "model-index",
    "model_name",
    "model_creator",
    "quantized_by",
];

/// Keys that only cards of data sets have.
const DATASET_KEYS: &[&str] = &[
    "task_categories",
    "task_ids",
    "size_categories",
    "dataset_info",
    "source_datasets",
    "annotations_creators",
    "language_creators",
    "multilinguality",
    "paperswithcode_id",
];

/// Keys that cards share with pages of other kinds: they tell a card where nothing but such keys stands.
const SHARED_KEYS: &[&str] = &[
    "license",
    "licence",
    "license_name",
    "license_link",
    "license_details",
    "language",
    "datasets",
    "metrics",
    "tags",
    "thumbnail",
    "inference",
    "widget",
    "arxiv",
    "co2_eq_emissions",
    "gated",
    "new_version",
    "pretty_name",
    "configs",
    "viewer",
    "model_type",
    "model_link",
    "prompt_template",
];

pub(super) fn read(text: &str, reading: &mut Reading, limits: &Limits) -> bool {
    let Some((start, end)) = front_matter(text) else { return false };
    let (parsed, faults) = Parsed::part(&text[start..end], start, limits);
    let Some(root) = parsed.documents().next() else {
        // What is wrong with metadata is told where they are those of a card.
        let told =
            |line: &str| line.split_once(':').is_some_and(|(key, _)| MODEL_KEYS.contains(&key) || DATASET_KEYS.contains(&key));
        let is_card = !faults.is_empty() && text[start..end].lines().any(told);
        if is_card {
            reading.is(Kind::ModelCard);
            reading.faults.extend(faults);
        }
        return is_card;
    };
    let Some(kind) = kind(root, heading(&text[end..])) else { return false };
    let mut subject = subject(root, kind, text, end);
    match kind {
        SubjectKind::Dataset => note_dataset(&mut subject, root, text),
        _ => note_model(&mut subject, root, text),
    }
    reading.is(Kind::ModelCard);
    reading.faults.extend(faults);
    reading.subjects.push(subject);
    true
}

/// Where the metadata begins and ends: between two lines of three dashes, the first of which begins the file.
fn front_matter(text: &str) -> Option<(usize, usize)> {
    let rest = text.trim_start_matches('\u{feff}').trim_start();
    let opened = rest.strip_prefix("---")?;
    let line = opened.split('\n').next()?;
    if !line.trim().is_empty() {
        return None;
    }
    let start = text.len() - opened.len() + line.len() + 1;
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start, at));
        }
        at += line.len();
    }
    None
}

/// What the metadata describe, where they are a card's.
fn kind(root: Node<'_>, heading: Option<&str>) -> Option<SubjectKind> {
    let has = |keys: &[&str]| keys.iter().any(|key| root.get(key).is_some());
    if !root.is_mapping() || root.get("apiVersion").is_some() {
        return None;
    }
    let only_shared = || {
        let known = |key: &str| SHARED_KEYS.contains(&key) || key.starts_with("extra_gated_");
        has(&["license", "licence", "language", "datasets"]) && root.entries().all(|(key, _)| known(key.trim_end()))
    };
    if has(MODEL_KEYS) {
        Some(SubjectKind::Model)
    } else if has(DATASET_KEYS) {
        Some(SubjectKind::Dataset)
    } else if only_shared() {
        let is_dataset = heading.is_some_and(|heading| heading.to_ascii_lowercase().contains("dataset card"));
        Some(if is_dataset || has(&["pretty_name"]) { SubjectKind::Dataset } else { SubjectKind::Model })
    } else {
        None
    }
}

/// The first heading of a Markdown text.
fn heading(body: &str) -> Option<&str> {
    let line = body.lines().take(200).find(|line| line.starts_with("# "))?;
    Some(line.trim_start_matches('#').trim())
}

/// The subject with the name that the card gives it.
fn subject(root: Node<'_>, kind: SubjectKind, text: &str, end: usize) -> Subject {
    let index = root.get("model-index").and_then(|index| index.items().next()).and_then(|first| first.get("name"));
    let named = [root.get("model_name"), root.get("pretty_name"), index].into_iter().flatten().find(|node| node.text().is_some());
    if let Some(node) = named {
        return Subject::new(kind, node.text().unwrap_or_default().trim(), node.span());
    }
    let title = heading(&text[end..]).unwrap_or_default();
    let name = ["Model Card for ", "Dataset Card for ", "Model Card: "].iter().find_map(|lead| title.strip_prefix(lead));
    let name = name.unwrap_or(title).trim().trim_matches(['"', '`', '*']);
    if name.is_empty() || name.contains("{{") {
        return Subject::new(kind, "", root.span());
    }
    let start = name.as_ptr() as usize - text.as_ptr() as usize;
    Subject::new(kind, name, Span::new(start, start + name.len()))
}

fn note_model(subject: &mut Subject, root: Node<'_>, text: &str) {
    note_license(subject, root, text);
    note_bases(subject, root, text);
    note_each(subject, Attribute::TrainingData, root.get("datasets"), text);
    note_each(subject, Attribute::Language, root.get("language"), text);
    for tag in root.get("tags").into_iter().flat_map(Node::each) {
        let Some(word) = tag.text() else { continue };
        if matches!(word, "gguf" | "safetensors" | "onnx") {
            subject.inferred(Attribute::WeightFormat, word, format!("tag {word}"), tag.span());
        } else if let Some(quantization) = names::quantization(word).filter(|_| !word.contains([':', '/'])) {
            subject.inferred(Attribute::Quantization, quantization, format!("tag {word}"), tag.span());
        }
    }
}

fn note_dataset(subject: &mut Subject, root: Node<'_>, text: &str) {
    note_license(subject, root, text);
    note_each(subject, Attribute::Language, root.get("language"), text);
    for source in root.get("source_datasets").into_iter().flat_map(Node::each) {
        // `original` is what has no source.
        if source.text() != Some("original") {
            note_each(subject, Attribute::Origin, Some(source), text);
        }
    }
}

/// The licence: its tag, or the name that stands beside `other`. Generators write the word itself where the maker has
/// to fill it in.
fn note_license(subject: &mut Subject, root: Node<'_>, text: &str) {
    for node in root.any(&["license", "licence"]).into_iter().flat_map(Node::each) {
        let tag = node.text().unwrap_or_default().trim();
        if matches!(tag.to_ascii_lowercase().as_str(), "license" | "licence") {
            placeholder(subject, Attribute::License, tag, node.span());
        } else if tag == "other"
            && let Some(name) = root.get("license_name")
        {
            note_each(subject, Attribute::License, Some(name), text);
        } else {
            note_each(subject, Attribute::License, Some(node), text);
        }
    }
}

/// The models that this one was made from. How it was is told with each.
fn note_bases(subject: &mut Subject, root: Node<'_>, text: &str) {
    let quantized = root.get("quantized_by").map(|_| "quantized");
    let relation = root.text_at("base_model_relation").or(quantized);
    let bases: Vec<Node<'_>> = root.get("base_model").into_iter().flat_map(Node::each).collect();
    for node in &bases {
        let Some(base) = node.text() else {
            note_each(subject, Attribute::Base, Some(*node), text);
            continue;
        };
        note_base(subject, base, relation, node.span());
    }
    if bases.is_empty() {
        note_tagged_bases(subject, root);
    }
}

/// The tags that the Hub makes of `base_model`: `base_model:ID`, `base_model:RELATION:ID`.
fn note_tagged_bases(subject: &mut Subject, root: Node<'_>) {
    for tag in root.get("tags").into_iter().flat_map(Node::each) {
        let Some(rest) = tag.text().and_then(|text| text.strip_prefix("base_model:")) else { continue };
        match rest.split_once(':') {
            Some((relation, base)) => note_base(subject, base, Some(relation), tag.span()),
            None => note_base(subject, rest, None, tag.span()),
        }
    }
}

fn note_base(subject: &mut Subject, base: &str, relation: Option<&str>, span: Span) {
    let model = names::reference(base).model;
    if is_placeholder(base) {
        placeholder(subject, Attribute::Base, base, span);
    } else if !model.is_empty() {
        let written = relation.map_or_else(|| base.to_owned(), |relation| format!("{relation} of {base}"));
        subject.note(Fact {
            attribute: Attribute::Base,
            value: Some(Content::Text(model)),
            written,
            standing: Standing::Literal,
            span,
        });
    }
}

/// Notes a text, or each of a list. What stands in braces is a template's: it is for the maker to fill in.
fn note_each(subject: &mut Subject, attribute: Attribute, node: Option<Node<'_>>, text: &str) {
    for node in node.into_iter().flat_map(Node::each) {
        match node.text() {
            Some(value) if is_placeholder(value) || value.contains("{{") => placeholder(subject, attribute, value, node.span()),
            Some(value) => Term::literal(value, node.span()).note_text(subject, attribute),
            None => {
                let written = text.get(node.value_span().range()).unwrap_or_default();
                if written.starts_with('{') && !written.contains('\n') {
                    placeholder(subject, attribute, written, node.value_span());
                }
            }
        }
    }
}

fn placeholder(subject: &mut Subject, attribute: Attribute, written: &str, span: Span) {
    subject.note(Fact { attribute, value: None, written: written.to_owned(), standing: Standing::Placeholder, span });
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_card_tells_of_a_model() {
        let card = "---\nlicense: other\nlicense_name: acme-1\nbase_model:\n- Qwen/Qwen3-8B\n- ../merged\n\
            base_model_relation: merge\ndatasets: [HuggingFaceH4/ultrachat_200k]\nlanguage: de\n\
            tags: [gguf, awq, 'base_model:merge:a/b']\n---\n\n# Model Card for \"Acme 8B\"\n\nlicense: mit\n";
        insta::assert_snapshot!(facts("README.md", card), @r"
        model Acme 8B
          license acme-1 literal
          base Qwen/Qwen3-8B literal
          base ../merged literal
          training_data HuggingFaceH4/ultrachat_200k literal
          language de literal
          weight_format gguf inferred
          quantization awq inferred
        ");
    }

    #[test]
    fn what_a_generator_left_open_is_a_placeholder() {
        let card = "---\r\nlibrary_name: peft\r\nmodel_name: out\r\nlicence: license\r\nlanguage: {lang}\r\n\
            tags: ['base_model:adapter:meta-llama/Llama-3.1-8B']\r\n---\r\n";
        insta::assert_snapshot!(facts("README.md", card), @r"
        model out
          license license placeholder
          base meta-llama/Llama-3.1-8B literal
          language {lang} placeholder
        ");
    }

    #[test]
    fn a_card_may_be_that_of_a_data_set() {
        let card = "---\nlicense: cc-by-4.0\ntask_categories: [text-generation]\nsource_datasets: [original, wikipedia]\n\
            pretty_name: Things\n---\n";
        insta::assert_snapshot!(facts("README.md", card), @r"
        dataset Things
          license cc-by-4.0 literal
          origin wikipedia literal
        ");
    }

    #[test]
    fn metadata_that_are_not_valid_are_a_fault() {
        let found = facts("README.md", "---\nbase_model: [a\nlicense: mit\n---\n");
        assert!(found.starts_with("fault: not valid YAML"), "{found}");
    }

    #[test]
    fn other_pages_with_metadata_are_none() {
        for text in [
            "---\ntitle: Demo\nsdk: gradio\nlicense: mit\n---\n# Demo\n",
            "---\nlayout: post\ntags: [llm]\n---\n",
            "---\nname: a-skill\ndescription: does it\nlicense: mit\n---\n",
            "---\nlicense: mit\n",
            "--- x\n---\n",
            "---",
        ] {
            assert_eq!(facts("README.md", text), "", "{text}");
        }
    }
}
