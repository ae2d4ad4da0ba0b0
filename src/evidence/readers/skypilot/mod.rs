//! SkyPilot tasks: one document for each, with what it is run on, how it is started and how it is served.
//!
//! Variables of a task can be set to something else where it is launched: what the file gives is a default.

mod accelerators;

use super::super::command;
use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::image;
use super::super::launch::{self, Launch};
use super::super::substitution::{Term, Variables, is_placeholder};
use super::super::{Context, Kind, Reader};

pub(super) const READER: Reader = Reader { kind: Kind::Skypilot, fits, read };

/// Keys of `resources` that tasks have and other kinds of files do not.
const RESOURCES: &[&str] = &[
    "accelerators",
    "accelerator_args",
    "infra",
    "cloud",
    "cpus",
    "instance_type",
    "use_spot",
    "disk_size",
    "disk_tier",
    "image_id",
    "ports",
    "any_of",
    "ordered",
    "job_recovery",
    "autostop",
];

fn fits(document: Node<'_>) -> bool {
    let foreign = ["apiVersion", "kind", "type", "services", "jobs", "steps", "stages", "image", "commands"];
    if !document.is_mapping() || foreign.iter().any(|key| document.get(key).is_some()) {
        return false;
    }
    let resources = document.get("resources").filter(|node| node.is_mapping());
    let told = resources.is_some_and(|resources| resources.any(RESOURCES).is_some());
    let runs = ["run", "setup"].iter().any(|key| document.text_at(key).is_some());
    let placed = ["num_nodes", "envs", "secrets", "file_mounts", "workdir", "service"];
    resources.is_some_and(|resources| resources.get("accelerators").is_some())
        || (runs && (told || placed.iter().filter(|key| document.get(key).is_some()).count() > 0))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        context.add(task(*document));
    }
}

fn task(document: Node<'_>) -> Subject {
    let name = document.get("name").filter(|node| node.text().is_some());
    let span = name.map_or(document.span(), Node::span);
    let mut subject = Subject::new(SubjectKind::Server, name.and_then(Node::text).unwrap_or_default(), span);
    let mut variables = environment(document);
    let nodes = document.get("num_nodes").and_then(number);
    let engine = document.get("resources").and_then(|resources| note_image(&mut subject, resources));
    let choices = document.get("resources").map(accelerators::choices).unwrap_or_default();
    if let Some(count) = accelerators::common_count(&choices) {
        set(&mut variables, "SKYPILOT_NUM_GPUS_PER_NODE", count, document);
    }
    if let Some((count, node)) = nodes {
        set(&mut variables, "SKYPILOT_NUM_NODES", count, node);
    }
    let commands = command::script(&document.get("run").into_iter().collect::<Vec<_>>(), &variables);
    let (container, commands) = containers(commands);
    let engine = container.as_ref().map_or(engine, |image| image::note(&mut subject, image).or(engine));
    launch::note(&mut subject, &Launch { engine, commands: &commands, environment: &variables });
    accelerators::note(&mut subject, &choices, nodes);
    if let Some(resources) = document.get("resources") {
        note_place(&mut subject, resources);
    }
    if let Some(service) = document.get("service") {
        note_service(&mut subject, service);
    }
    subject
}

fn set(variables: &mut Variables, name: &str, number: f64, node: Node<'_>) {
    let text = number.to_string();
    variables.set(name, Term { written: text.clone(), text, standing: Standing::Resolved, span: node.span() });
}

/// The variables of a task. One without a value has to be given one at launch.
fn environment(document: Node<'_>) -> Variables {
    let mut variables = Variables::default();
    for node in ["envs", "secrets"].iter().filter_map(|key| document.get(key)) {
        for (name, value) in node.entries() {
            let text = value.text().unwrap_or_default();
            let standing = match text.trim() {
                "" => Standing::Unresolved,
                text if is_placeholder(text) => Standing::Placeholder,
                // A credential is in the file, whatever may take its place.
                _ if speaks_of_credential(name) => Standing::Literal,
                _ => Standing::Default,
            };
            let written = if standing == Standing::Unresolved { format!("${name}") } else { text.to_owned() };
            variables.set(name, Term { text: text.to_owned(), written, standing, span: value.span() });
        }
        for (name, span) in node.blanks() {
            variables.set(name, Term { text: String::new(), written: format!("${name}"), standing: Standing::Unresolved, span });
        }
    }
    variables
}

fn speaks_of_credential(name: &str) -> bool {
    name.split('_').any(|part| matches!(part, "TOKEN" | "KEY" | "SECRET" | "PASSWORD"))
}

/// The container that a task runs in. Other images are those of a cloud's machines.
fn note_image(subject: &mut Subject, resources: Node<'_>) -> Option<&'static str> {
    let node = resources.get("image_id")?;
    let text = node.text()?.strip_prefix("docker:")?;
    image::note(subject, &Term::literal(text, node.span()))
}

/// Takes `docker run … IMAGE ARGUMENTS` apart: the image, and what it is run with.
fn containers(commands: Vec<Vec<Term>>) -> (Option<Term>, Vec<Vec<Term>>) {
    let mut container = None;
    let mut rest = Vec::with_capacity(commands.len());
    for words in commands {
        match container_at(&words) {
            Some(at) => {
                container = words.get(at).cloned();
                rest.push(words[at + 1..].to_vec());
            }
            None => rest.push(words),
        }
    }
    (container, rest)
}

fn container_at(words: &[Term]) -> Option<usize> {
    let start = words.iter().take(3).position(|word| matches!(word.text.as_str(), "docker" | "podman"))?;
    if words.get(start + 1)?.text != "run" {
        return None;
    }
    let takes_value = ["-v", "--volume", "-e", "--env", "--name", "-p", "--publish", "--mount", "--network", "--env-file"];
    let is_image = |at: usize, word: &Term| {
        let follows_flag = takes_value.contains(&words[at - 1].text.as_str());
        !word.text.starts_with('-') && word.text.contains('/') && !follows_flag && image::parse(&word.text).engine().is_some()
    };
    words.iter().enumerate().skip(start + 2).find(|(at, word)| is_image(*at, word)).map(|(at, _)| at)
}

/// Ports, which SkyPilot opens to the internet, and the region.
fn note_place(subject: &mut Subject, resources: Node<'_>) {
    if let Some(ports) = resources.get("ports") {
        let listed: Vec<&str> = ports.each().into_iter().filter_map(Node::text).collect();
        if !listed.is_empty() {
            subject.note(Fact {
                attribute: Attribute::Exposure,
                value: Some(Content::from("public")),
                written: format!("ports {}", listed.join(", ")),
                standing: Standing::Literal,
                span: ports.span(),
            });
        }
    }
    let alternatives: Vec<Node<'_>> = resources.any(&["any_of", "ordered"]).into_iter().flat_map(Node::items).collect();
    let found: Vec<Option<Term>> = if alternatives.iter().any(|one| region(*one).is_some()) {
        alternatives.iter().map(|one| region(*one).or_else(|| region(resources))).collect()
    } else {
        vec![region(resources)]
    };
    let Some(first) = found.iter().flatten().next() else { return };
    if found.iter().all(|one| one.as_ref().is_some_and(|one| one.text == first.text)) {
        first.note_text(subject, Attribute::Region);
    } else {
        let shown: Vec<&str> = found.iter().map(|one| one.as_ref().map_or("any", |one| one.text.as_str())).collect();
        subject.unresolved(Attribute::Region, shown.join(" | "), first.span);
    }
}

/// `region`, or the second part of `infra`: `cloud/region/zone`. Clusters have a context there.
fn region(resources: Node<'_>) -> Option<Term> {
    if let Some(node) = resources.get("region") {
        return Some(Term::literal(node.text()?, node.span()));
    }
    let node = resources.get("infra")?;
    let mut parts = node.text()?.split('/');
    let cloud = parts.next()?;
    let region = parts.next().filter(|region| !region.is_empty() && *region != "*")?;
    (!matches!(cloud, "k8s" | "kubernetes" | "ssh" | "slurm")).then(|| Term::literal(region, node.span()))
}

/// How many copies are served, and what that number follows.
fn note_service(subject: &mut Subject, service: Node<'_>) {
    let policy = service.get("replica_policy");
    let least = policy.and_then(|policy| policy.get("min_replicas")).and_then(number);
    let most = policy.and_then(|policy| policy.get("max_replicas")).and_then(number);
    let fixed = service.any(&["replicas"]).and_then(number);
    // Without a maximum the number stays what it is.
    if let Some((count, node)) = least.or(fixed) {
        subject.literal(Attribute::ReplicasMin, count, node.span());
    }
    if let Some((count, node)) = most.or(least).or(fixed) {
        subject.literal(Attribute::ReplicasMax, count, node.span());
    }
    let metrics = ["target_qps_per_replica", "target_queue_length_per_replica"];
    for metric in metrics {
        if let Some(node) = policy.and_then(|policy| policy.get(metric)).filter(|_| most.is_some()) {
            subject.literal(Attribute::Autoscaling, metric, node.span());
        }
    }
    if let Some(tls) = service.get("tls").filter(|tls| tls.is_mapping()) {
        subject.literal(Attribute::Tls, true, tls.span());
    }
}

fn number(node: Node<'_>) -> Option<(f64, Node<'_>)> {
    Some((node.number()?, node))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_task_is_read() {
        let text = "name: chat\nenvs:\n  MODEL: org/name\n  HF_TOKEN:\nnum_nodes: 2\n\
            resources:\n  infra: aws/eu-west-1\n  accelerators: H100:8\n  ports: [8000]\n\
            setup: pip install vllm\n\
            run: |\n  TP=$SKYPILOT_NUM_GPUS_PER_NODE\n  vllm serve $MODEL --tensor-parallel-size $TP --max-model-len $LEN\n\
            service:\n  replica_policy: {min_replicas: 0, max_replicas: 3, target_qps_per_replica: 2}\n";
        insta::assert_snapshot!(facts("task.yaml", text), @r"
        server chat
          engine vllm literal
          model org/name default
          context $LEN unresolved
          tensor_parallel 8 resolved
          secrets env literal
          gpu_type H100 literal
          gpu_count 16 resolved
          pods 2 literal
          exposure public literal
          region eu-west-1 literal
          replicas_min 0 literal
          replicas_max 3 literal
          autoscaling target_qps_per_replica literal
        ");
    }

    #[test]
    fn alternatives_are_not_decided() {
        let text = "resources:\n  accelerators: {H200:8, A100-80GB: 8}\n  any_of:\n  - region: us-east-1\n  - cloud: gcp\n\
            run: docker run --gpus all -v /m:/m vllm/vllm-openai:v0.9.0 --model org/name\nservice: {replicas: 2}\n";
        insta::assert_snapshot!(facts("task.yaml", text), @r"
        server 
          image vllm/vllm-openai literal
          image_pin version literal
          model org/name literal
          gpu_type A100-80GB:8 | H200:8 unresolved
          gpu_count 8 literal
          region us-east-1 | any unresolved
          replicas_min 2 literal
          replicas_max 2 literal
        ");
    }

    #[test]
    fn other_files_with_such_keys_are_none() {
        for text in [
            "name: x\nrun: make\n",
            "resources:\n  limits: {cpu: 1}\n",
            "jobs: {a: {run: x}}\nenvs: {}\n",
            "kind: Task\nresources: {accelerators: x}\n",
            "[run, resources]\n",
        ] {
            assert!(!facts("x.yaml", text).starts_with("server"), "{text}");
        }
    }
}
