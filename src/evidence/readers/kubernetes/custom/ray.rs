//! Ray: a cluster of pods, and what is run on it. Serve's configuration is YAML in a scalar, see [`serve`](super::serve).
//! Programs in Python are not read: what only they decide is not told.

use super::super::accelerators;
use super::super::container;
use super::super::files::{Files, Resource};
use super::{fields, serve};
use crate::evidence::Context;
use crate::evidence::command;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use crate::evidence::launch::{self, Launch};
use crate::evidence::substitution::Variables;

/// Reads a `RayService`, `RayCluster` or `RayJob`.
pub(super) fn read<'d>(resource: &Resource<'d>, files: &Files<'d>, context: &mut Context<'_>) {
    let Some(spec) = resource.spec() else { return };
    let cluster = spec.any(&["rayClusterConfig", "rayClusterSpec"]).unwrap_or(spec);
    let mut subjects = match spec.any(&["serveConfigV2", "serveConfig"]) {
        Some(configuration) => serve::read(resource, configuration, context),
        None => Vec::new(),
    };
    let served = !subjects.is_empty();
    if !served {
        subjects.push(fields::subject(resource, SubjectKind::Server));
    }
    for mut subject in subjects {
        if let Some(entry) = spec.get("entrypoint").filter(|_| !served) {
            let environment = Variables::default();
            let commands = command::arguments(&[entry], &environment);
            launch::note(&mut subject, &Launch { engine: None, commands: &commands, environment: &environment });
        }
        note_cluster(&mut subject, cluster, served, files);
        // A cluster of which nothing tells that it runs models is none of ours.
        if served || subject.fact(Attribute::Model).is_some() || subject.fact(Attribute::Engine).is_some() {
            context.add(subject);
        }
    }
}

/// A group of pods that are alike.
#[derive(Clone, Copy)]
struct Group<'d> {
    node: Node<'d>,
    pod: Node<'d>,
}

/// What the pods of the cluster say of the server: those with accelerators first.
fn note_cluster(subject: &mut Subject, cluster: Node<'_>, served: bool, files: &Files<'_>) {
    let head = cluster.get("headGroupSpec").and_then(group);
    let workers: Vec<Group<'_>> =
        cluster.get("workerGroupSpecs").into_iter().flat_map(Node::items).filter_map(group).take(64).collect();
    let mut read: Vec<(Group<'_>, Subject)> =
        workers.iter().copied().chain(head).map(|group| (group, told(group.pod, files))).collect();
    // The head stands last and counts where no worker has accelerators.
    read.sort_by_key(|(_, told)| told.fact(Attribute::GpuCount).is_none());
    let accelerated: Vec<&(Group<'_>, Subject)> =
        read.iter().filter(|(_, told)| told.fact(Attribute::GpuCount).is_some()).collect();
    note_types(subject, &accelerated);
    if let Some((group, told)) = accelerated.first() {
        note_count(subject, *group, told, served);
    }
    for (_, told) in read {
        note_rest(subject, told, served);
    }
}

fn group(node: Node<'_>) -> Option<Group<'_>> {
    Some(Group { node, pod: node.at(&["template", "spec"])? })
}

/// What the first container of a pod says. Ray is started in it, and starts the rest.
fn told(pod: Node<'_>, files: &Files<'_>) -> Subject {
    let mut told = Subject::new(SubjectKind::Server, "", pod.span());
    if let Some(container) = pod.get("containers").and_then(|containers| containers.items().next()) {
        container::note_as(&mut told, container, files, None);
    }
    accelerators::note_placement(&mut told, pod);
    told
}

/// The accelerators of the cluster, unless the server asks for others.
fn note_types(subject: &mut Subject, groups: &[&(Group<'_>, Subject)]) {
    if subject.fact(Attribute::GpuType).is_some() {
        return;
    }
    let types: Vec<&Fact> = groups.iter().filter_map(|(_, told)| told.fact(Attribute::GpuType)).collect();
    let Some(first) = types.first() else { return };
    let mut shown: Vec<String> = Vec::new();
    for one in &types {
        if !shown.contains(&one.shown()) {
            shown.push(one.shown());
        }
    }
    if shown.len() == 1 {
        subject.note((*first).clone());
    } else {
        subject.unresolved(Attribute::GpuType, shown.join(" or "), first.span);
    }
}

/// How many of them: what the server asks for; else what one worker has, which need not be all of one copy.
fn note_count(subject: &mut Subject, group: Group<'_>, told: &Subject, served: bool) {
    // A model that Ray makes a server of says itself what it needs.
    let made = served && subject.fact(Attribute::ServedName).is_some_and(|fact| fact.standing == Standing::Literal);
    if subject.fact(Attribute::GpuCount).is_some() || made {
        return;
    }
    let Some(fact) = told.fact(Attribute::GpuCount) else { return };
    let name = group.node.text_at("groupName").unwrap_or("head");
    let mut own = fact.clone();
    if served {
        own.written = format!("{} in a pod of group {name}", fact.shown());
        own.standing = fact.standing.max(Standing::Inferred);
        subject.note(own);
        return;
    }
    // A cluster of a fixed size is one copy.
    subject.note(own);
    let scaled = group.node.get("maxReplicas").and_then(Node::number) != group.node.get("minReplicas").and_then(Node::number);
    if !scaled {
        fields::multiply(subject, group.node.get("replicas").and_then(fields::term).as_ref());
    }
}

/// Image, credentials and the like; of the environment only what the server does not say itself.
fn note_rest(subject: &mut Subject, told: Subject, served: bool) {
    let known: Vec<Attribute> = subject.facts.iter().map(|fact| fact.attribute).collect();
    for fact in told.facts {
        let own = match fact.attribute {
            Attribute::GpuCount | Attribute::GpuType => false,
            Attribute::Secrets => true,
            attribute => !known.contains(&attribute) || !served && is_surer(subject, &fact),
        };
        // Programs read the environment of pods as they like; flags of a server they are not.
        let standing = match fact.attribute {
            Attribute::Image | Attribute::ImagePin | Attribute::Secrets | Attribute::Region => fact.standing,
            _ if served => fact.standing.max(Standing::Inferred),
            _ => fact.standing,
        };
        if own {
            subject.note(Fact { standing, ..fact });
        }
    }
}

/// Whether a fact is surer than what is known: the pod that starts the server says more than those that join it.
fn is_surer(subject: &Subject, fact: &Fact) -> bool {
    subject.fact(fact.attribute).is_none_or(|known| fact.standing < known.standing)
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_program_hands_a_part_of_its_settings_on_to_the_engine() {
        let text = "
apiVersion: ray.io/v1
kind: RayService
metadata: {name: chat}
spec:
  serveConfigV2: |
    applications:
      - name: chat
        import_path: app:deployment
        deployments:
          - name: Chat
            ray_actor_options: {num_gpus: 0.2}
            user_config: {engine_args: {model: acme/tiny-8b, max_model_len: 2048}}
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat
          model acme/tiny-8b inferred
          context 2048 inferred
        ");
    }

    #[test]
    fn a_service_of_models_is_read_from_its_configuration() {
        let text = "
apiVersion: ray.io/v1
kind: RayService
metadata: {name: chat}
spec:
  serveConfigV2: |
    applications:
      - name: llms
        import_path: ray.serve.llm:build_openai_app
        args:
          llm_configs:
            - model_loading_config: {model_id: tiny, model_source: acme/tiny-8b}
              accelerator_type: L4
              engine_kwargs: {tensor_parallel_size: 2, max_model_len: 8192, trust_remote_code: true}
              deployment_config: {autoscaling_config: {min_replicas: 0, max_replicas: 3, target_ongoing_requests: 16}}
            - model_loading_config: {model_id: acme/small-1b}
              engine_kwargs: {dtype: bfloat16}
  rayClusterConfig:
    headGroupSpec:
      template: {spec: {containers: [{name: head, image: 'rayproject/ray-llm:2.46.0-py311-cu124'}]}}
    workerGroupSpecs:
      - groupName: gpu
        replicas: 1
        template:
          spec:
            containers:
              - name: worker
                image: rayproject/ray-llm:2.46.0-py311-cu124
                resources: {limits: {nvidia.com/gpu: 4}}
            nodeSelector: {cloud.google.com/gke-accelerator: nvidia-l4}
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat-tiny
          served_name tiny literal
          model acme/tiny-8b literal
          engine vllm inferred
          gpu_type L4 literal
          context 8192 literal
          tensor_parallel 2 literal
          trust_remote_code true literal
          replicas_min 0 literal
          replicas_max 3 literal
          autoscaling target_ongoing_requests literal
          gpu_count 2 inferred
          image rayproject/ray-llm literal
          image_pin version literal
        server chat-acme/small-1b
          served_name acme/small-1b literal
          model acme/small-1b literal
          engine vllm inferred
          precision bf16 literal
          gpu_type nvidia-l4 literal
          image rayproject/ray-llm literal
          image_pin version literal
        ");
    }

    #[test]
    fn what_a_program_reads_is_inferred() {
        let text = "
apiVersion: ray.io/v1
kind: RayService
metadata: {name: chat}
spec:
  serveConfigV2: |
    applications:
      - name: chat
        import_path: serve:model
        runtime_env:
          pip: ['vllm==0.9.1']
          env_vars: {MODEL_ID: acme/tiny-8b, TENSOR_PARALLELISM: '2', MAX_MODEL_LEN: '4096'}
        deployments:
          - {name: ingress, num_replicas: 3}
          - name: model
            num_replicas: 2
            ray_actor_options: {num_gpus: 1, accelerator_type: A10G}
  rayClusterConfig:
    workerGroupSpecs:
      - groupName: gpu
        template:
          spec:
            containers:
              - name: worker
                image: rayproject/ray:2.46.0
                env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}]
                resources: {limits: {nvidia.com/gpu: 1}}
";
        insta::assert_snapshot!(facts("chat.yaml", text), @r"
        server chat
          gpu_count 1 literal
          gpu_type A10G literal
          replicas_min 2 literal
          replicas_max 2 literal
          model acme/tiny-8b inferred
          context 4096 inferred
          tensor_parallel 2 inferred
          engine vllm inferred
          image rayproject/ray literal
          image_pin version literal
          secrets secret literal
        ");
    }

    #[test]
    fn clusters_and_jobs_count_where_they_run_a_server() {
        let text = "
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: big}
spec:
  headGroupSpec:
    template:
      spec:
        containers:
          - name: head
            image: vllm/vllm-openai:v0.9.1
            command: [bash, -c, 'ray start --head; vllm serve acme/huge --pipeline-parallel-size 2']
  workerGroupSpecs:
    - groupName: gpu
      replicas: 2
      minReplicas: 2
      maxReplicas: 2
      template:
        spec: {containers: [{name: worker, image: 'vllm/vllm-openai:v0.9.1', resources: {limits: {nvidia.com/gpu: 8}}}]}
---
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: train}
spec:
  entrypoint: python train.py
  rayClusterSpec:
    workerGroupSpecs:
      - template:
          spec: {containers: [{name: worker, image: 'rayproject/ray:2.9.0', resources: {limits: {nvidia.com/gpu: 8}}}]}
";
        insta::assert_snapshot!(facts("big.yaml", text), @"
        server big
          gpu_count 16 resolved
          pods 2 literal
          image vllm/vllm-openai literal
          image_pin version literal
          engine vllm literal
          model acme/huge literal
          pipeline_parallel 2 literal
        ");
    }
}
