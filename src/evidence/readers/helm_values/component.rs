//! A part of the values that describes one container of a known server, wherever it stands.

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use super::super::super::launch::Launch;
use super::super::super::substitution::{Term, Variables};
use super::super::super::{command::dashed, document, image, launch, names};
use super::{fixed, is_on, launcher, ollama, term};
use crate::span::Span;

/// A mapping with an image of a known server, or with settings that only one chart has.
pub(super) struct Component<'d> {
    name: String,
    span: Span,
    node: Node<'d>,
    engine: &'static str,
    image: Option<Term>,
    /// Whether it is a container of a controller, which says more of it.
    controlled: bool,
}

/// How deep parts are looked for.
const DEPTH: usize = 6;

/// The parts of the values that serve or call models. What is off is left out with all below it.
pub(super) fn components(document: Node<'_>) -> Vec<Component<'_>> {
    let mut found = Vec::new();
    collect(document, &[], &mut found);
    found
}

fn collect<'d>(node: Node<'d>, path: &[&'d str], found: &mut Vec<Component<'d>>) {
    if !node.is_mapping() || !is_on(node) {
        return;
    }
    if let Some(component) = component(node, path) {
        found.push(component);
    }
    if path.len() == DEPTH {
        return;
    }
    for (key, value) in node.entries() {
        // These start before a server and are gone when it runs, or are read elsewhere.
        let apart =
            ["initContainers", "initContainer", "catalog", "servingEngineSpec", "routerSpec", "cacheserverSpec", "proxy_config"];
        if value.is_mapping() && !apart.contains(&key) {
            let inner: Vec<&str> = path.iter().copied().chain([key]).collect();
            collect(value, &inner, found);
        }
    }
}

fn component<'d>(node: Node<'d>, path: &[&'d str]) -> Option<Component<'d>> {
    let image = reference(node, path.is_empty());
    let engine = image.as_ref().and_then(|image| image::parse(&image.text).engine()).or_else(|| settings(node, path))?;
    // `containers.app` is named by what holds the containers.
    let named = match path {
        [.., holder, "containers", _] => Some(*holder),
        [.., last] => Some(*last),
        [] => None,
    };
    let written = node.any(&["fullnameOverride", "nameOverride"]).filter(|_| path.is_empty()).and_then(Node::text);
    let name = named.or(written.filter(|name| !name.is_empty())).unwrap_or(engine).to_owned();
    let span = if path.is_empty() { image.as_ref().map_or_else(|| node.span(), |image| image.span) } else { node.span() };
    let controlled = matches!(path, ["controllers", _, "containers", _] | [_, "controllers", _, "containers", _]);
    Some(Component { name, span, node, engine, image, controlled })
}

/// The chart that settings belong to, where no image is given.
fn settings(node: Node<'_>, path: &[&str]) -> Option<&'static str> {
    if ollama::settings(node).is_some() {
        return Some("ollama");
    }
    if node.any(&["openaiBaseApiUrl", "openaiBaseApiUrls", "ollamaUrls", "enableOpenaiApi"]).is_some()
        || path.last() == Some(&"open-webui")
    {
        return Some("open-webui");
    }
    None
}

/// The image of a part: `image.repository` and its tag, or one text.
/// One text is also what other files have, and no chart at its root: other keys of charts have to stand beside it.
fn reference(node: Node<'_>, root: bool) -> Option<Term> {
    let image = node.get("image")?;
    if image.is_mapping() {
        let repository = term(image.any(&["repository", "name"])?)?;
        let registry = image.text_at("registry").filter(|registry| !registry.is_empty());
        let name = registry.map_or(repository.text.clone(), |registry| format!("{registry}/{}", repository.text));
        return Some(repository.with(name));
    }
    let beside = ["enabled", "replicas", "replicaCount", "resources", "args", "extraArgs", "service"];
    term(image).filter(|_| !root && node.any(&beside).is_some() && node.get("script").is_none())
}

impl Component<'_> {
    /// Whether it is a container of a controller, which the reader of those reads.
    pub(super) fn is_controlled(&self) -> bool {
        self.controlled
    }

    /// Everything that it says.
    pub(super) fn read(&self) -> Subject {
        let kind = match self.engine {
            "open-webui" => SubjectKind::Client,
            "litellm" | "llama-stack" => SubjectKind::Gateway,
            _ => SubjectKind::Server,
        };
        let mut subject = Subject::new(kind, self.name.clone(), self.span);
        self.note_image(&mut subject);
        self.note_model(&mut subject);
        self.note_settings(&mut subject);
        self.note_start(&mut subject);
        ollama::note(&mut subject, self.node);
        self.note_hardware(&mut subject);
        let copies = self.node.any(&["replicaCount", "replicas"]);
        launcher::note_copies(&mut subject, copies, self.node.get("autoscaling"));
        launcher::note_reach(&mut subject, self.node);
        self.note_credentials(&mut subject);
        if self.engine == "open-webui" {
            self.note_web(&mut subject);
        }
        subject
    }

    fn note_image(&self, subject: &mut Subject) {
        let Some(image) = &self.image else { return };
        let parsed = image::parse(&image.text);
        let name = parsed.name.to_owned();
        image.note(subject, Attribute::Image, |_| Some(name));
        image::note_engine(subject, self.engine, image);
        note_pin(subject, image, self.node.get("image"));
    }

    /// The model: what the values call so, else what an image of NIM holds.
    fn note_model(&self, subject: &mut Subject) {
        for holder in std::iter::once(self.node).chain(self.settings()) {
            for node in MODELS.iter().filter_map(|key| holder.get(key)) {
                let node = if node.is_mapping() { node.any(&["name", "id", "repo", "repository", "uri"]) } else { Some(node) };
                if let Some(model) = node.and_then(term) {
                    names::note(subject, &model);
                    return;
                }
            }
        }
        let Some(image) = &self.image else { return };
        if let Some(model) = image::parse(&image.text).nim_model() {
            names::note(subject, &Term { standing: image.standing.max(Standing::Inferred), ..image.with(model) });
        }
    }

    /// Parts of the values that hold settings of the server, one or two levels down.
    fn settings(&self) -> Vec<Node<'_>> {
        let parts: Vec<Node<'_>> = SETTINGS.iter().filter_map(|key| self.node.get(key)).filter(|part| is_own(*part)).collect();
        let inner: Vec<Node<'_>> =
            parts.iter().flat_map(|part| SETTINGS.iter().filter_map(|key| part.get(key))).filter(|part| is_own(*part)).collect();
        parts.into_iter().chain(inner).collect()
    }

    /// Settings under the names of flags: `maxModelLen: 8192`. Zero and nothing leave it to the chart.
    fn note_settings(&self, subject: &mut Subject) {
        let is_server = matches!(self.engine, "vllm" | "sglang" | "tgi" | "llama.cpp");
        for holder in std::iter::once(self.node).chain(self.settings()).filter(|_| is_server) {
            let words: Vec<Term> = holder.entries().filter_map(|(key, value)| setting(key, value)).collect();
            let environment = Variables::default();
            launch::note(subject, &Launch { engine: Some(self.engine), commands: &[words], environment: &environment });
        }
    }

    fn note_start(&self, subject: &mut Subject) {
        let inside = |key: &str| self.node.get("image").and_then(|image| image.get(key));
        let command: Vec<Node<'_>> = ["command", "args", "extraArgs"]
            .iter()
            .filter_map(|key| self.node.get(key).or_else(|| inside(key)))
            .filter(|node| !node.is_mapping())
            .collect();
        let keys = ["env", "envVars", "extraEnv", "extraEnvVars", "commonEnvVars", "environment"];
        let environment: Vec<Node<'_>> = keys.iter().filter_map(|key| self.node.get(key)).collect();
        launcher::note(subject, Some(self.engine), &command, &environment);
    }

    fn note_hardware(&self, subject: &mut Subject) {
        // What sees accelerators without reserving them has some: how many is not said.
        let nodes: Vec<Node<'_>> = self.node.get("env").into_iter().collect();
        let shared = launcher::variables(&nodes).get("NVIDIA_VISIBLE_DEVICES").is_some();
        if let Some(resources) = self.node.get("resources").filter(|resources| !(shared && reserves_none(*resources))) {
            launcher::note_resources(subject, resources);
        }
        launcher::note_selector(subject, self.node);
    }

    /// Keys to the registry and the Hub that NIM's charts take, by name or as text.
    fn note_credentials(&self, subject: &mut Subject) {
        for holder in ["model", "nim"].iter().filter_map(|key| self.node.get(key)) {
            for key in ["ngcAPISecret", "hfTokenSecret"] {
                if let Some(object) = holder.get(key).and_then(term) {
                    launcher::note_stored(subject, key, &object);
                }
            }
            for key in ["ngcAPIKey", "hfToken"] {
                launcher::note_credential(subject, key, holder.get(key));
            }
        }
        for key in ["hfToken", "huggingfaceToken", "hf_token"] {
            launcher::note_credential(subject, key, self.node.get(key));
        }
        for name in self.node.get("environmentSecrets").into_iter().flat_map(Node::items).filter_map(term) {
            launcher::note_stored(subject, "environmentSecrets", &name);
        }
        if self.engine == "litellm"
            && let Some(key) = self.node.any(&["masterkey", "masterkeySecretName"]).and_then(term)
        {
            launch::note_key(subject, &key, &key);
        }
    }

    /// Open WebUI: whom it asks, and whether it asks for accounts.
    fn note_web(&self, subject: &mut Subject) {
        for node in ["openaiBaseApiUrl", "openaiBaseApiUrls", "ollamaUrls"].iter().filter_map(|key| self.node.get(key)) {
            for address in node.each().into_iter().filter_map(term) {
                launch::note_address(subject, &address);
            }
        }
        let nodes: Vec<Node<'_>> = ["extraEnvVars", "env"].iter().filter_map(|key| self.node.get(key)).collect();
        let variables = launcher::variables(&nodes);
        if let Some(auth) = variables.get("WEBUI_AUTH") {
            auth.note(subject, Attribute::Authentication, |text| (document::flag(text) == Some(false)).then_some("none"));
        }
        if let Some(sso) = self.node.get("sso").and_then(|sso| sso.get("enabled")).filter(|on| on.flag() == Some(true)) {
            fixed(subject, Attribute::Authentication, "sso", sso);
        }
    }
}

/// Keys under which charts have the model.
const MODELS: &[&str] = &[
    "model",
    "modelName",
    "modelId",
    "modelID",
    "model_id",
    "modelURL",
    "modelUri",
    "modelReference",
    "hfModel",
    "hfModelName",
    "huggingfaceModel",
];

/// Keys under which charts keep the settings of a server.
const SETTINGS: &[&str] = &[
    "vllm",
    "vllmConfig",
    "sglang",
    "tgi",
    "server",
    "serving",
    "engine",
    "config",
    "configuration",
    "model",
    "inference",
    "llm",
];

/// Whether a part of the values is of the same server: it has no image of its own.
fn is_own(part: Node<'_>) -> bool {
    part.is_mapping() && is_on(part) && part.get("image").is_none()
}

/// A setting that is named like a flag, as that flag.
fn setting(key: &str, value: Node<'_>) -> Option<Term> {
    // What is written differently from a flag is one only by chance.
    const FLAGS: &[&str] = &[
        "max-model-len",
        "max-total-tokens",
        "ctx-size",
        "dtype",
        "quantization",
        "quantize",
        "kv-cache-dtype",
        "tensor-parallel-size",
        "pipeline-parallel-size",
        "data-parallel-size",
        "max-num-seqs",
        "max-num-batched-tokens",
        "gpu-memory-utilization",
        "served-model-name",
        "trust-remote-code",
        "revision",
    ];
    let name = dashed(key);
    let term = term(value).filter(|term| !matches!(term.text.trim(), "0" | "null" | "none"))?;
    FLAGS.contains(&name.as_str()).then(|| Term {
        text: format!("--{name}={}", term.text),
        written: format!("--{name}={}", term.written),
        ..term
    })
}

fn reserves_none(resources: Node<'_>) -> bool {
    resources.at(&["limits", "nvidia.com/gpu"]).and_then(Node::number) == Some(0.0)
}

/// Notes how an image is pinned, at the tag or digest. Without either the chart decides.
pub(super) fn note_pin(subject: &mut Subject, image: &Term, node: Option<Node<'_>>) {
    let part = node.and_then(|node| node.any(&["digest", "tag"]).and_then(term).or_else(|| node.get("tag").and_then(term)));
    let reference = match &part {
        Some(part) if part.text.starts_with("sha256:") => image.with(format!("{}@{}", image.text, part.text)),
        Some(part) => image.with(format!("{}:{}", image.text, part.text)),
        None => image.clone(),
    };
    let parsed = image::parse(&reference.text);
    if parsed.tag.is_none() && parsed.digest.is_none() {
        return;
    }
    let decides = part.as_ref().unwrap_or(image);
    let value = Variables::default().substitute(&decides.written, decides.span);
    subject.note(Fact {
        attribute: Attribute::ImagePin,
        value: value.standing.has_value().then(|| parsed.pin().into()),
        written: decides.written.clone(),
        standing: value.standing,
        span: decides.span,
    });
}
