//! Files that are known and not read, each with the reason.

use super::super::Reading;
use super::super::document::Node;
use crate::span::Span;

/// Why a document of a known shape is not read.
pub(crate) fn declined(document: Node<'_>) -> Option<String> {
    type Fits = fn(Node<'_>) -> bool;
    let shapes: [(Fits, &str); 12] = [
        (is_fides, "a Fides manifest: caveat does not read it; it says what data systems hold, not how models are served"),
        (is_threagile, "a Threagile model: caveat does not read it; it says what is planned, not what is deployed"),
        (is_openlineage, "OpenLineage metadata: caveat does not read it; it follows data sets, not models"),
        (is_datahub, "DataHub metadata: caveat does not read it; it follows data sets, not models"),
        (is_prompt_flow, "a prompt flow: caveat does not read it; what it calls is in its code and connections"),
        (is_azure_ml, "an Azure Machine Learning resource: caveat does not read it"),
        (is_ecosystem_graph, "a catalogue of models: it says what there is, not what is deployed"),
        (is_catalogue, "a catalogue of models: it says what is offered, not what is deployed"),
        (is_cloud_formation, "a CloudFormation template: caveat does not read it"),
        (is_arm, "an Azure Resource Manager template: caveat does not read it"),
        (is_kind, "a cluster of kind: it runs no model"),
        (is_own_inventory, "a list of components that does not say `bomFormat: CycloneDX`: nobody can tell what it means"),
    ];
    shapes.iter().find(|(fits, _)| fits(document)).map(|(_, reason)| (*reason).to_owned())
}

/// A bill of materials in a form of somebody's own.
fn is_own_inventory(document: Node<'_>) -> bool {
    let components = document.get("components").filter(|components| components.is_list());
    let named = |component: Node<'_>| component.get("name").is_some() && component.get("version").is_some();
    document.get("bomFormat").is_none() && components.is_some_and(|components| components.items().next().is_some_and(named))
}

/// Fides: lists of things with a `fides_key`.
fn is_fides(document: Node<'_>) -> bool {
    let kinds = [
        "dataset",
        "system",
        "organization",
        "policy",
        "data_category",
        "data_use",
        "data_subject",
        "data_qualifier",
        "evaluation",
    ];
    let lists = kinds.iter().filter_map(|kind| document.get(kind)).filter(|list| list.is_list());
    lists.flat_map(Node::items).any(|item| item.get("fides_key").is_some())
}

/// Threagile, which may be divided into files of one part each.
fn is_threagile(document: Node<'_>) -> bool {
    let part = |key: &str, inner: &[&str]| {
        document.get(key).is_some_and(|node| node.entries().any(|(_, one)| inner.iter().all(|key| one.get(key).is_some())))
    };
    document.get("threagile_version").is_some()
        || part("technical_assets", &["id", "type"])
        || part("trust_boundaries", &["id", "type"])
        || part("data_assets", &["id", "usage"])
        || part("shared_runtimes", &["id", "technical_assets_running"])
        || part("risk_tracking", &["status", "justification"])
        || (document.get("technical_assets").is_some() && document.get("trust_boundaries").is_some())
}

fn is_openlineage(document: Node<'_>) -> bool {
    let event = document.each().into_iter().next().unwrap_or(document);
    let schema = ["schemaURL", "$schema", "$id", "_schemaURL"].iter().filter_map(|key| event.text_at(key));
    schema.into_iter().any(|schema| schema.contains("openlineage.io"))
        || ["eventTime", "run", "job"].iter().all(|key| event.get(key).is_some())
        || event.at(&["columnLineage", "fields"]).is_some()
        || event.entries().any(|(_, facet)| facet.text_at("_schemaURL").is_some_and(|schema| schema.contains("openlineage.io")))
}

/// DataHub: lineage files, recipes of ingestion, snapshots of metadata.
fn is_datahub(document: Node<'_>) -> bool {
    let lineage =
        document.get("lineage").into_iter().flat_map(Node::items).any(|item| item.at(&["entity", "platform"]).is_some());
    let recipe = document.at(&["source", "type"]).is_some()
        && document.at(&["sink", "type"]).and_then(Node::text).is_some_and(|sink| sink.starts_with("datahub"));
    let glossary = document.text_at("source") == Some("DataHub");
    let first = document.each().into_iter().next().unwrap_or(document);
    lineage || recipe || glossary || first.any(&["proposedSnapshot", "entityUrn"]).is_some()
}

fn is_prompt_flow(document: Node<'_>) -> bool {
    let nodes = document.get("nodes").filter(|nodes| nodes.is_list());
    let schema = document.text_at("$schema").is_some_and(|schema| schema.contains("promptflow"));
    schema
        || (document.any(&["inputs", "outputs"]).is_some()
            && nodes.is_some_and(|nodes| {
                nodes.items().any(|node| {
                    node.get("inputs").is_some()
                        && node.text_at("type").is_some_and(|kind| matches!(kind, "llm" | "python" | "prompt" | "custom_llm"))
                })
            }))
}

fn is_azure_ml(document: Node<'_>) -> bool {
    document.text_at("$schema").is_some_and(|schema| schema.contains("azureml"))
}

/// Ecosystem Graphs: a list of assets with their organisation, access and type.
fn is_ecosystem_graph(document: Node<'_>) -> bool {
    document.items().next().is_some_and(|first| {
        ["organization", "access", "type", "name"].iter().all(|key| first.get(key).is_some())
            && matches!(first.text_at("type"), Some("model" | "dataset" | "application"))
    })
}

/// Lists of models that a platform offers: GPUStack, KAITO, Open Data Hub.
fn is_catalogue(document: Node<'_>) -> bool {
    if document.any(&["model_sets", "draft_models"]).is_some_and(Node::is_list) {
        return true;
    }
    let Some(first) = document.get("models").and_then(|models| models.items().next()) else { return false };
    let has = |keys: &[&str]| first.get("name").is_some() && keys.iter().all(|key| first.get(key).is_some());
    has(&["url", "readme_path"]) || has(&["provider", "description"]) || has(&["runtime", "tag", "type"])
}

fn is_cloud_formation(document: Node<'_>) -> bool {
    let resources = document.get("Resources");
    document.get("AWSTemplateFormatVersion").is_some()
        || resources
            .is_some_and(|all| all.entries().any(|(_, one)| one.text_at("Type").is_some_and(|kind| kind.starts_with("AWS::"))))
}

fn is_arm(document: Node<'_>) -> bool {
    document
        .text_at("$schema")
        .is_some_and(|schema| schema.contains("schema.management.azure.com") && schema.contains("eploymentTemplate"))
}

fn is_kind(document: Node<'_>) -> bool {
    document.text_at("apiVersion").is_some_and(|version| version.starts_with("kind.x-k8s.io/"))
}

/// Declines a text that no document could be read of, where it is known what it is.
pub(crate) fn decline_text(text: &str, reading: &mut Reading) {
    let known = helm_template(text).or_else(|| terraform(text)).or_else(|| variables(text)).or_else(|| broken_lineage(text));
    if let Some((reason, span)) = known {
        reading.refuse(reason, span);
    }
}

/// The lines of a text without the space around them, with their places.
fn lines(text: &str) -> impl Iterator<Item = (&str, Span)> {
    text.split_inclusive('\n').scan(0, |start, line| {
        let at = *start + (line.len() - line.trim_start().len());
        *start += line.len();
        let line = line.trim();
        Some((line, Span::new(at, at + line.len())))
    })
}

/// Lines of control that make a text a template of Helm, or of Jinja.
fn helm_template(text: &str) -> Option<(&'static str, Span)> {
    const WORDS: &[&str] = &[".Values", ".Release", ".Chart", ".Files", ".Capabilities", "include ", "define ", "template "];
    // Where resources are written, expressions in values are enough.
    let resource = is_resource(text);
    lines(text).find_map(|(line, span)| {
        if (line.starts_with("{{") || resource && line.contains("{{")) && WORDS.iter().any(|word| line.contains(word)) {
            return Some(("a Helm template; render it (`helm template`) and give caveat the result", span));
        }
        line.starts_with("{%").then_some(("a Jinja template; render it and give caveat the result", span))
    })
}

/// Whether a text that is no document was meant to be a resource of Kubernetes.
pub(crate) fn is_resource(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("apiVersion:") && has("kind:")
}

/// Blocks of the configuration language of Terraform.
fn terraform(text: &str) -> Option<(&'static str, Span)> {
    lines(text).find_map(|(line, span)| {
        let header = line.strip_suffix('{').or_else(|| line.split_once(" {").map(|(header, _)| header))?.trim_end();
        let mut words = header.split_whitespace();
        let kind = words.next()?;
        let labels: Vec<&str> = words.collect();
        let quoted = labels.iter().all(|label| label.len() > 2 && label.starts_with('"') && label.ends_with('"'));
        let expected = match kind {
            "resource" | "data" => 2,
            "module" | "variable" | "output" | "provider" => 1,
            "terraform" | "locals" => 0,
            _ => return None,
        };
        (quoted && labels.len() == expected).then_some(("a Terraform file: caveat does not read it", span))
    })
}

/// Values for variables of Terraform: nothing but assignments, one of them an object over several lines.
fn variables(text: &str) -> Option<(&'static str, Span)> {
    let mut depth = 0_i64;
    let mut first = None;
    let mut object = false;
    for (line, span) in lines(text) {
        let code = line.split('#').next().unwrap_or_default().trim_end();
        if code.is_empty() || code.starts_with("//") {
            continue;
        }
        if depth == 0 {
            let (name, value) = code.split_once('=')?;
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
                return None;
            }
            object |= value.trim_end().ends_with('{');
            first.get_or_insert(span);
        }
        let count = |open: char, close: char| {
            let signed = |c: char| i64::from(c == open) - i64::from(c == close);
            code.chars().map(signed).sum::<i64>()
        };
        depth += count('{', '}') + count('[', ']');
    }
    first.filter(|_| object && depth == 0).map(|span| ("variables of Terraform: caveat does not read them", span))
}

/// OpenLineage that is not valid JSON is told by its keys.
fn broken_lineage(text: &str) -> Option<(&'static str, Span)> {
    let at = text.find("\"columnLineage\"")?;
    let span = Span::new(at, at + "\"columnLineage\"".len());
    text.contains("\"inputFields\"")
        .then_some(("OpenLineage metadata: caveat does not read it; it follows data sets, not models", span))
}

#[cfg(test)]
mod tests {
    use super::super::facts;

    #[test]
    fn what_is_known_and_not_read_is_said() {
        let texts = [
            ("dataset:\n  - fides_key: a\n", "a Fides manifest"),
            ("threagile_version: 1.0.0\n", "a Threagile model"),
            ("trust_boundaries:\n  a: {id: a, type: x}\n", "a Threagile model"),
            ("{\"eventTime\": 1, \"run\": {\"runId\": 1}, \"job\": {\"name\": 1}}", "OpenLineage"),
            ("lineage:\n  - entity: {name: a, platform: kafka}\n", "DataHub"),
            ("inputs: {q: {type: string}}\nnodes:\n  - {name: a, type: llm, inputs: {x: 1}}\n", "a prompt flow"),
            ("$schema: https://azuremlschemas.azureedge.net/latest/job.json\n", "an Azure Machine Learning"),
            ("- {access: open, name: a, organization: b, type: model}\n", "a catalogue"),
            ("models:\n  - {name: a, type: text-generation, runtime: tfs, tag: 1.0.0}\n", "a catalogue"),
            ("AWSTemplateFormatVersion: '2010-09-09'\n", "a CloudFormation"),
        ];
        for (text, reason) in texts {
            assert!(facts("file", text).starts_with(&format!("refused: {reason}")), "{text}: {}", facts("file", text));
        }
    }

    #[test]
    fn texts_that_are_not_documents_are_known_too() {
        let texts = [
            ("{{- if .Values.on }}\nkind: Deployment\n{{- end }}\n", "a Helm template"),
            ("data \"aws_bedrock_foundation_models\" \"a\" {\n  by_provider = \"b\"\n}\n", "a Terraform file"),
            ("resource \"x\" \"y\" {\n  z = [\n    1,\n  ]\n}\n", "a Terraform file"),
            ("a = 1 # x\nb = [{\n  c = 2\n}]\n", "variables of Terraform"),
        ];
        for (text, reason) in texts {
            assert!(facts("file", text).starts_with(&format!("refused: {reason}")), "{text}: {}", facts("file", text));
        }
    }

    #[test]
    fn other_texts_are_nobodys() {
        for text in ["a = 1\nb = { c = 1 }\n", "some prose about a resource {\n", "models: [a, b]\n", "name: x\n", "[a]\nb = 1\n"]
        {
            assert_eq!(facts("file", text), "", "{text}");
        }
    }
}
