//! Models that Ray makes servers of: `LLMConfig` of `ray.serve.llm`, and the configurations of RayLLM.

use super::super::fields;
use super::{note_accelerators, note_bundles, note_copies};
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use crate::evidence::launch::{self, Launch};
use crate::evidence::names;
use crate::evidence::substitution::Variables;

/// The servers in the arguments of an application, each under the name of its model.
pub(super) fn read(arguments: Node<'_>, context: &mut Context<'_>) -> Vec<Subject> {
    let single = ["llm_config", "prefill_config", "decode_config"].iter().filter_map(|key| arguments.get(key));
    let listed = ["llm_configs", "models"].iter().filter_map(|key| arguments.get(key)).flat_map(Node::each);
    let whole = Some(arguments).filter(|node| is_model(*node));
    let mut subjects = Vec::new();
    for node in listed.chain(single).chain(whole) {
        if is_model(node) {
            subjects.push(read_model(node));
        } else if let Some(path) = node.text() {
            context.reading.refuse(format!("the configuration of a model is in another file: {path}"), node.span());
        }
    }
    subjects
}

fn is_model(node: Node<'_>) -> bool {
    node.get("model_loading_config").is_some() || node.at(&["engine_config", "model_id"]).is_some()
}

fn read_model(node: Node<'_>) -> Subject {
    match node.get("engine_config") {
        Some(engine) => read_former(node, engine),
        None => read_current(node),
    }
}

/// An `LLMConfig`.
fn read_current(node: Node<'_>) -> Subject {
    let loading = node.get("model_loading_config");
    let id = loading.and_then(|loading| loading.get("model_id"));
    let mut subject = server(node, id);
    fields::text(&mut subject, Attribute::ServedName, id);
    let source = loading.and_then(|loading| loading.get("model_source"));
    // The name is where it is loaded from, unless something else is.
    let source = source.and_then(|source| source.get("bucket_uri").or(Some(source))).or(id);
    if let Some(term) = source.and_then(fields::term) {
        names::note(&mut subject, &term);
    }
    note_engine(&mut subject, node.get("llm_engine"), node);
    fields::text(&mut subject, Attribute::GpuType, node.get("accelerator_type"));
    fields::adapter(&mut subject, node.at(&["lora_config", "dynamic_lora_loading_path"]));
    note_arguments(&mut subject, node.get("engine_kwargs"), node.at(&["runtime_env", "env_vars"]));
    if let Some(bundles) = node.at(&["placement_group_config", "bundles"]) {
        note_bundles(&mut subject, bundles);
    }
    if let Some(deployment) = node.get("deployment_config") {
        note_accelerators(&mut subject, deployment);
        note_copies(&mut subject, deployment);
    }
    note_shards(&mut subject);
    subject
}

/// A model of RayLLM.
fn read_former(node: Node<'_>, engine: Node<'_>) -> Subject {
    let id = engine.get("model_id");
    let mut subject = server(node, id);
    fields::text(&mut subject, Attribute::ServedName, id);
    if let Some(term) = engine.get("hf_model_id").or(id).and_then(fields::term) {
        names::note(&mut subject, &term);
    }
    note_engine(&mut subject, engine.get("type"), engine);
    note_arguments(&mut subject, engine.get("engine_kwargs"), engine.at(&["runtime_env", "env_vars"]));
    fields::number(&mut subject, Attribute::Context, engine.get("max_total_tokens"));
    if let Some(deployment) = node.get("deployment_config") {
        note_accelerators(&mut subject, deployment);
        note_copies(&mut subject, deployment);
    }
    if let Some(scaling) = node.get("scaling_config") {
        note_workers(&mut subject, scaling);
    }
    subject
}

fn server(node: Node<'_>, id: Option<Node<'_>>) -> Subject {
    let named = id.unwrap_or(node);
    Subject::new(SubjectKind::Server, named.text().unwrap_or_default(), named.span())
}

/// vLLM, unless another engine is named.
fn note_engine(subject: &mut Subject, named: Option<Node<'_>>, node: Node<'_>) {
    match named.and_then(fields::term) {
        Some(term) => term.note(subject, Attribute::Engine, |text| {
            let name = text.to_ascii_lowercase();
            let name = name.trim_end_matches("engine");
            matches!(name, "vllm" | "sglang").then(|| name.to_owned())
        }),
        None => subject.inferred(Attribute::Engine, "vllm", "llm_engine", node.span()),
    }
}

/// Arguments of the engine are its flags.
fn note_arguments(subject: &mut Subject, arguments: Option<Node<'_>>, environment: Option<Node<'_>>) {
    let mut variables = Variables::default();
    for (name, value) in environment.into_iter().flat_map(Node::entries) {
        if let Some(term) = fields::term(value) {
            variables.set(name, term);
        }
    }
    let flags = arguments.map(fields::flags).unwrap_or_default();
    launch::note(subject, &Launch { engine: Some("vllm"), commands: &[flags], environment: &variables });
}

/// Where nothing says how many accelerators a copy has, it has one for each part that the model is split into.
fn note_shards(subject: &mut Subject) {
    if subject.fact(Attribute::GpuCount).is_some() {
        return;
    }
    let of = |attribute: Attribute| subject.fact(attribute).and_then(|fact| Some((fact.number()?, fact.span)));
    let (tensor, pipeline) = (of(Attribute::TensorParallel), of(Attribute::PipelineParallel));
    let Some((_, span)) = tensor.or(pipeline) else { return };
    let count = tensor.map_or(1.0, |(count, _)| count) * pipeline.map_or(1.0, |(count, _)| count);
    subject.inferred(Attribute::GpuCount, count, "tensor_parallel_size x pipeline_parallel_size", span);
}

/// Workers of one copy, each with its accelerators.
fn note_workers(subject: &mut Subject, scaling: Node<'_>) {
    let (Some(workers), Some(each)) = (scaling.get("num_workers"), scaling.get("num_gpus_per_worker")) else { return };
    if let (Some(count), Some(gpus)) = (workers.number(), each.number()) {
        subject.note(Fact {
            attribute: Attribute::GpuCount,
            value: Some(Content::Number(count * gpus)),
            written: format!("{count} x {gpus}"),
            standing: Standing::Resolved,
            span: each.span(),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_model_of_the_former_kind_is_in_a_configuration() {
        let text = "
apiVersion: v1
kind: ConfigMap
metadata: {name: tiny}
data:
  acme--tiny.yaml: |
    deployment_config:
      autoscaling_config: {min_replicas: 1, max_replicas: 8, target_ongoing_requests: 24}
      ray_actor_options: {resources: {accelerator_type_l4: 0.01}}
    engine_config:
      model_id: acme/tiny-7b
      type: VLLMEngine
      engine_kwargs: {trust_remote_code: true, max_num_seqs: 64}
      max_total_tokens: 4096
    scaling_config: {num_workers: 2, num_gpus_per_worker: 1}
";
        insta::assert_snapshot!(facts("tiny.yaml", text), @r"
        server tiny
          served_name acme/tiny-7b literal
          model acme/tiny-7b literal
          engine vllm literal
          max_sequences 64 literal
          trust_remote_code true literal
          context 4096 literal
          gpu_type l4 literal
          replicas_min 1 literal
          replicas_max 8 literal
          autoscaling target_ongoing_requests literal
          gpu_count 2 resolved
        ");
    }

    #[test]
    fn a_configuration_in_another_file_is_declined() {
        let text = "
apiVersion: ray.io/v1
kind: RayService
metadata: {name: chat}
spec:
  serveConfigV2: |
    applications:
      - name: llm
        import_path: ray.serve.llm:build_openai_app
        args: {llm_configs: [./models/tiny.yaml]}
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat
        refused: the configuration of a model is in another file: ./models/tiny.yaml
        ");
    }
}
