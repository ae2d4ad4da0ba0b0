//! A `RAGEngine`: a model that turns texts into vectors, run by itself, and the model that it asks for answers.

use super::super::super::files::{Files, Resource};
use super::super::fields;
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Subject, SubjectKind};
use crate::evidence::{image, launch, names};

/// Reads a `RAGEngine`: a server where the embedding model is its own, a client of what it asks.
pub(in super::super) fn read<'d>(resource: &Resource<'d>, _files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    if let Some(local) = spec.at(&["embedding", "local"]) {
        let mut subject = fields::subject(resource, SubjectKind::Server);
        if let Some(term) = fields::filled(local.get("modelID")) {
            names::note(&mut subject, &term);
        }
        if let Some(term) = fields::filled(local.get("image")) {
            image::note(&mut subject, &term);
        }
        fields::secret(&mut subject, local.get("modelAccessSecret"));
        if let Some(machines) = spec.get("compute") {
            super::note_machines(&mut subject, machines);
        }
        context.add(subject);
    }
    let mut client = fields::subject(resource, SubjectKind::Client);
    note_services(&mut client, spec);
    if !client.facts.is_empty() {
        context.add(client);
    }
}

/// What it calls, and what filters the answers.
fn note_services(subject: &mut Subject, spec: Node<'_>) {
    let called = [&["inferenceService"][..], &["embedding", "remote"], &["storage", "vectorDB"]];
    for service in called.iter().filter_map(|path| spec.at(path)) {
        if let Some(address) = fields::filled(service.get("url")) {
            launch::note_address(subject, &address);
        }
        fields::secret(subject, service.get("accessSecret"));
    }
    fields::number(subject, Attribute::Context, spec.at(&["inferenceService", "contextWindowSize"]));
    if let Some(filter) = spec.get("guardrails").filter(|filter| filter.get("enabled").and_then(Node::flag) == Some(true)) {
        let policy = filter.at(&["configMapRef", "name"]).and_then(Node::text).unwrap_or("guardrails");
        subject.literal(Attribute::Guardrail, policy, filter.span());
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn what_it_runs_and_what_it_asks_are_told_apart() {
        let text = "
apiVersion: kaito.sh/v1beta1
kind: RAGEngine
metadata: {name: search}
spec:
  compute: {instanceType: Standard_NC6s_v3}
  embedding: {local: {modelID: acme/embed-small}}
  inferenceService: {url: 'https://api.openai.com/v1/chat/completions', accessSecret: key, contextWindowSize: 4000}
  guardrails: {enabled: true, configMapRef: {name: policy}}
";
        insta::assert_snapshot!(facts("search.yaml", text), @r"
        server search
          model acme/embed-small literal
          gpu_type v100 inferred
          gpu_count 1 inferred
        client search
          vendor openai literal
          endpoint api.openai.com literal
          secrets secret literal
          context 4000 literal
          guardrail policy literal
        ");
    }
}
