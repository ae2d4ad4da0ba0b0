//! ConfigMaps that hold the configuration of a gateway or of another kind that is read: the document inside is read by
//! the reader of its kind.

use super::super::super::document::Node;
use super::super::super::{Context, Kind, kind_of};
use super::super::DOCUMENTS;
use super::files::{Files, Resource};

/// Reads what a ConfigMap holds. False where the resource is none.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) -> bool {
    if resource.kind != "ConfigMap" {
        return false;
    }
    for (_, value) in resource.node.get("data").into_iter().flat_map(Node::entries) {
        let Some(text) = value.text() else { continue };
        let document = text.contains('\n') || text.trim_start().starts_with('{');
        if document && files.spend(text.len() / 64 + 1) {
            read_nested(value, context);
        }
    }
    true
}

/// Reads the documents in a scalar. What is wrong with them matters where one of them is known.
fn read_nested(value: Node<'_>, context: &mut Context<'_>) {
    let Some((parsed, faults)) = value.nested(context.limits) else { return };
    let documents: Vec<Node<'_>> = parsed.documents().collect();
    let mut recognised = false;
    // Resources inside of resources would have no end, and values are for a chart that is not told.
    for reader in DOCUMENTS.iter().filter(|reader| !matches!(reader.kind, Kind::Kubernetes | Kind::HelmValues)) {
        let own: Vec<Node<'_>> = documents.iter().copied().filter(|node| kind_of(*node) == Some(reader.kind)).collect();
        if !own.is_empty() {
            recognised = true;
            context.reading.is(reader.kind);
            (reader.read)(&own, context);
        }
    }
    if recognised {
        context.reading.faults.extend(faults);
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_gateway_and_its_configuration_are_one() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  config.yaml: |
    model_list:
      - model_name: chat
        litellm_params: {model: openai/tiny, api_base: 'http://vllm:8000/v1'}
    general_settings: {master_key: os.environ/KEY}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: front}
spec:
  replicas: 2
  template: {spec: {containers: [{name: l, image: 'ghcr.io/berriai/litellm:v1.72.0', args: [--config, /c.yaml]}]}}
",
        );
        insta::assert_snapshot!(found, @"
        route chat
          served_name chat literal
          model tiny literal
          endpoint vllm literal
        gateway front
          image ghcr.io/berriai/litellm literal
          image_pin version literal
          engine litellm literal
          replicas_min 2 literal
          replicas_max 2 literal
          authentication api_key literal
          secrets env literal
        ");
    }
}
