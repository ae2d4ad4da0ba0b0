//! dstack: services, tasks and development environments. Fleets, volumes and gateways hold no model.

mod gpu;
mod range;

use super::super::command;
use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::image;
use super::super::launch::{self, Launch};
use super::super::substitution::{Term, Variables};
use super::super::{Context, Kind, Reader};
use gpu::Gpu;
use range::Range;

pub(super) const READER: Reader = Reader { kind: Kind::Dstack, fits, read };

/// Types of configurations, each with keys of which it has one.
const TYPES: [(&str, &[&str]); 6] = [
    ("service", &["commands", "image", "port", "model", "replicas", "resources", "python", "gateway"]),
    ("task", &["commands", "image", "nodes", "resources", "python", "ports"]),
    ("dev-environment", &["ide", "image", "resources", "python", "init"]),
    ("fleet", &["nodes", "ssh_config", "placement", "resources", "backends", "blocks"]),
    ("volume", &["backend", "volume_id", "size"]),
    ("gateway", &["backend", "domain"]),
];

fn fits(document: Node<'_>) -> bool {
    let kind = document.text_at("type").unwrap_or_default();
    let keys = TYPES.iter().find(|(name, _)| *name == kind).map(|(_, keys)| keys);
    document.get("apiVersion").is_none() && keys.is_some_and(|keys| keys.iter().any(|key| document.get(key).is_some()))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let kind = document.text_at("type").unwrap_or_default();
        if !matches!(kind, "service" | "task" | "dev-environment") {
            context.reading.refuse(format!("a dstack {kind} holds no model"), document.span());
            continue;
        }
        let groups: Vec<Node<'_>> = document.get("replicas").into_iter().flat_map(Node::items).collect();
        if groups.is_empty() {
            let subject = Run { document: *document, group: None }.subject();
            // A task that says nothing of models, and asks for no accelerator, is none of ours.
            if !subject.facts.is_empty() {
                context.add(subject);
            }
        }
        for (at, group) in groups.iter().enumerate().filter(|(_, group)| group.get("router").is_none()) {
            context.add(Run { document: *document, group: Some((at, *group)) }.subject());
        }
    }
}

/// A configuration, or a group of replicas in it that has its own commands and resources.
#[derive(Clone, Copy)]
struct Run<'d> {
    document: Node<'d>,
    group: Option<(usize, Node<'d>)>,
}

impl<'d> Run<'d> {
    /// What the group says, else what the configuration says.
    fn get(self, key: &str) -> Option<Node<'d>> {
        self.group.and_then(|(_, group)| group.get(key)).or_else(|| self.document.get(key))
    }

    fn subject(self) -> Subject {
        let mut subject = self.named();
        let gpu = self.get("resources").and_then(|resources| resources.get("gpu")).and_then(Gpu::of);
        let nodes = self.document.get("nodes").and_then(|node| Some((node.number()?, node)));
        let variables = self.variables(gpu.as_ref(), nodes);
        let image = self.get("image").and_then(|node| Some(variables.substitute(node.text()?, node.span())));
        let engine = image.as_ref().and_then(|term| image::note(&mut subject, term));
        let commands: Vec<Node<'_>> = self.get("commands").into_iter().flat_map(Node::each).collect();
        let commands = command::script(&commands, &variables);
        launch::note(&mut subject, &Launch { engine, commands: &commands, environment: &variables });
        if let (Some(engine), Some(image), None) = (engine, &image, subject.fact(Attribute::Engine)) {
            image::note_engine(&mut subject, engine, image);
        }
        self.note_model(&mut subject);
        if let Some(gpu) = gpu {
            gpu.note(&mut subject, nodes.map(|(count, _)| count));
        }
        if let Some((count, node)) = nodes.filter(|(count, _)| *count > 1.0) {
            subject.literal(Attribute::Pods, count, node.span());
        }
        self.note_replicas(&mut subject);
        self.note_access(&mut subject);
        self.note_regions(&mut subject);
        subject
    }

    fn named(self) -> Subject {
        let name = self.document.get("name").filter(|node| node.text().is_some());
        let whole = name.and_then(Node::text).unwrap_or_default();
        let Some((at, group)) = self.group else {
            return Subject::new(SubjectKind::Server, whole, name.map_or(self.document.span(), Node::span));
        };
        let own = group.text_at("name").map_or_else(|| at.to_string(), str::to_owned);
        Subject::new(SubjectKind::Server, format!("{whole}/{own}"), group.span())
    }

    /// The environment, and what dstack tells a run of its accelerators.
    fn variables(self, gpu: Option<&Gpu>, nodes: Option<(f64, Node<'_>)>) -> Variables {
        let mut variables = Variables::default();
        let mut known = |name: &str, number: f64| {
            let text = number.to_string();
            let span = self.document.span();
            variables.set(name, Term { written: text.clone(), text, standing: Standing::Resolved, span });
        };
        if let Some(count) = gpu.and_then(Gpu::count) {
            known("DSTACK_GPUS_PER_NODE", count);
            known("DSTACK_GPUS_NUM", count * nodes.map_or(1.0, |(count, _)| count));
        }
        if let Some((count, _)) = nodes {
            known("DSTACK_NODES_NUM", count);
        }
        for source in [Some(self.document), self.group.map(|(_, group)| group)].into_iter().flatten() {
            if let Some(env) = source.get("env") {
                environment(env, &mut variables);
            }
        }
        variables
    }

    /// The name under which the model is registered, which is that of the model where nothing else tells it.
    fn note_model(self, subject: &mut Subject) {
        let Some(node) = self.document.get("model") else { return };
        let named = if node.is_mapping() { node.get("name") } else { Some(node) };
        let Some((text, node)) = named.and_then(|node| Some((node.text()?, node))) else { return };
        Variables::default().substitute(text, node.span()).note_text(subject, Attribute::ServedName);
        if subject.fact(Attribute::Model).is_none() && text.contains('/') {
            subject.inferred(Attribute::Model, text, format!("model: {text}"), node.span());
        }
    }

    fn note_replicas(self, subject: &mut Subject) {
        let node = match self.group {
            Some((_, group)) => group.get("count"),
            None => self.document.get("replicas"),
        };
        if let Some((range, node)) = node.and_then(|node| Some((Range::of(node)?, node))) {
            if let Some(least) = range.least {
                subject.literal(Attribute::ReplicasMin, least, node.span());
            }
            if let Some(most) = range.most {
                subject.literal(Attribute::ReplicasMax, most, node.span());
            }
        }
        if let Some(metric) = self.get("scaling").and_then(|scaling| scaling.get("metric"))
            && let Some(text) = metric.text()
        {
            subject.literal(Attribute::Autoscaling, text, metric.span());
        }
    }

    fn note_access(self, subject: &mut Subject) {
        if let Some((flag, node)) = self.document.get("auth").and_then(|node| Some((node.flag()?, node))) {
            subject.literal(Attribute::Authentication, if flag { "api_key" } else { "none" }, node.span());
        }
        // `auto` leaves it to the gateway.
        if let Some((flag, node)) = self.document.get("https").and_then(|node| Some((node.is_mapping() || node.flag()?, node))) {
            subject.literal(Attribute::Tls, flag, node.span());
        }
        if let Some(node) = self.document.get("gateway").filter(|node| node.text().is_some() && node.flag() != Some(false)) {
            subject.note(Fact {
                attribute: Attribute::Exposure,
                value: Some(Content::from("public")),
                written: format!("gateway {}", node.text().unwrap_or_default()),
                standing: Standing::Literal,
                span: node.span(),
            });
        }
    }

    /// The region, where it is one; several are alternatives.
    fn note_regions(self, subject: &mut Subject) {
        let Some(node) = self.document.get("regions") else { return };
        let regions: Vec<(&str, Node<'_>)> = node.each().into_iter().filter_map(|one| Some((one.text()?, one))).collect();
        match regions.as_slice() {
            [] => {}
            [(one, at)] => subject.literal(Attribute::Region, *one, at.span()),
            several => {
                let shown: Vec<&str> = several.iter().map(|(region, _)| *region).collect();
                subject.unresolved(Attribute::Region, shown.join(" | "), node.span());
            }
        }
    }
}

/// Reads `env`: a mapping, or a list of `NAME=value` and of names that are taken from outside.
fn environment(env: Node<'_>, variables: &mut Variables) {
    let outside =
        |name: &str, span| Term { text: String::new(), written: format!("${name}"), standing: Standing::Unresolved, span };
    for (name, value) in env.entries() {
        variables.set(name, term(value.text().unwrap_or_default(), value));
    }
    for (name, span) in env.blanks() {
        variables.set(name, outside(name, span));
    }
    for (text, item) in env.items().filter_map(|item| Some((item.text()?, item))) {
        match text.split_once('=') {
            Some((name, value)) => variables.set(name, term(value, item)),
            None => variables.set(text, outside(text, item.span())),
        }
    }
}

/// A value; a secret of the server is told by its name.
fn term(value: &str, node: Node<'_>) -> Term {
    let secret = value.trim().strip_prefix("${{").and_then(|rest| rest.trim_start().strip_prefix("secrets."));
    if secret.is_some() {
        let written = format!("{}{}", launch::SECRET, value.trim());
        return Term { text: String::new(), written, standing: Standing::Unresolved, span: node.span() };
    }
    Variables::default().substitute(value, node.span())
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn a_task_without_a_model_is_none() {
        assert_eq!(facts(".dstack.yml", "type: task\nports: [6006]\ncommands: [python app.py]\n"), "");
    }

    #[test]
    fn a_service_is_read() {
        let text = "type: service\nname: chat\nimage: vllm/vllm-openai:v0.9.0\nenv:\n- HF_TOKEN=${{ secrets.hf }}\n\
            - MODEL_ID=org/name\n- LEN\ncommands:\n- pip install flash\n\
            - vllm serve $MODEL_ID --max-model-len $LEN\n  --tensor-parallel-size $DSTACK_GPUS_NUM\n\
            port: 8000\nmodel: chat-model\nresources:\n  gpu: A100:40GB:2\n\
            replicas: 0..4\nscaling: {metric: rps, target: 10}\nauth: false\nregions: [eu-west-1]\n";
        insta::assert_snapshot!(facts(".dstack.yml", text), @r"
        server chat
          image vllm/vllm-openai literal
          image_pin version literal
          engine vllm literal
          model org/name resolved
          context $LEN unresolved
          tensor_parallel 2 resolved
          secrets secret literal
          served_name chat-model literal
          gpu_type A100-40GB literal
          gpu_count 2 literal
          replicas_min 0 literal
          replicas_max 4 literal
          autoscaling rps literal
          authentication none literal
          region eu-west-1 literal
        ");
    }

    #[test]
    fn groups_of_replicas_are_servers_of_their_own() {
        let text = "type: service\nname: pd\nmodel: org/name\nreplicas:\n- {count: 1, commands: [route], router: {type: sglang}}\n\
            - {count: 1..2, commands: ['python -m sglang.launch_server --model-path org/name'], resources: {gpu: 'H200:4'}}\n\
            - {count: 3, commands: ['python -m sglang.launch_server --model-path org/name'], resources: {gpu: '24GB..'}}\n";
        insta::assert_snapshot!(facts(".dstack.yml", text), @r"
        server pd/1
          engine sglang literal
          model org/name literal
          served_name org/name literal
          gpu_type H200 literal
          gpu_count 4 literal
          replicas_min 1 literal
          replicas_max 2 literal
        server pd/2
          engine sglang literal
          model org/name literal
          served_name org/name literal
          gpu_type 24GB.. unresolved
          replicas_min 3 literal
          replicas_max 3 literal
        ");
    }

    #[test]
    fn fleets_hold_no_model() {
        let text = "type: fleet\nnodes: 2\nresources: {gpu: H100}\n---\ntype: gateway\nbackend: aws\n";
        assert_eq!(facts("x.yml", text), "refused: a dstack fleet holds no model\nrefused: a dstack gateway holds no model");
        assert_eq!(facts("x.yml", "type: service\nname: x\n"), "");
    }
}
