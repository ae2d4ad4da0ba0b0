//! BentoML: builds (`bentofile.yaml`, `pyproject.toml`), the arguments of BentoVLLM, and deployments on BentoCloud.
//!
//! A build names the code that serves, and the model is in that code: only where arguments or the environment name one
//! is there a fact.

mod value;

use super::super::document::Node;
use super::super::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use super::super::image;
use super::super::launch::{self, Launch};
use super::super::names;
use super::super::substitution::{Term, Variables};
use super::super::{Context, Kind, Reader, Reading};
use crate::finding::Fault;
use crate::span::Span;
use value::Value;

pub(super) const READER: Reader = Reader { kind: Kind::Bentoml, fits, read };

/// Keys that a build has besides the service.
const BUILD: &[&str] =
    &["include", "exclude", "python", "docker", "conda", "models", "labels", "envs", "args", "description", "name"];

/// Keys that a deployment has besides the bento.
const DEPLOYMENT: &[&str] =
    &["name", "cluster", "scaling", "services", "access_authorization", "envs", "secrets", "instance_type"];

fn fits(document: Node<'_>) -> bool {
    let foreign = ["apiVersion", "kind", "type", "image"];
    if !document.is_mapping() || foreign.iter().any(|key| document.get(key).is_some()) {
        return false;
    }
    let service = document.text_at("service").filter(|service| names_class(service));
    let known = |keys: &[&str]| document.entries().all(|(key, _)| key == "service" || keys.contains(&key));
    let builds = service.is_some() && (document.any(BUILD).is_some() || known(&[]));
    let arguments = document.get("args").is_some_and(|args| args.text_at("model_id").is_some());
    let deploys = document.text_at("bento").is_some() && document.any(DEPLOYMENT).is_some();
    builds || arguments || deploys
}

/// Whether a text names a class in a module: `service:VLLM`, `service.py:LLM`.
fn names_class(text: &str) -> bool {
    let word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-'));
    text.split_once(':').is_some_and(|(module, class)| word(module) && word(class) && !class.contains(['/', '.']))
}

fn read(documents: &[Node<'_>], context: &mut Context<'_>) {
    for document in documents {
        let value = Value::of_node(*document);
        let subjects = if document.get("bento").is_some() { deployments(&value) } else { build(&value).into_iter().collect() };
        for subject in subjects {
            context.add(subject);
        }
    }
}

/// Reads `[tool.bentoml]` of a `pyproject.toml`.
pub(super) fn read_project(text: &str, reading: &mut Reading) -> bool {
    if !text.lines().any(|line| line.trim_start().starts_with("[tool.bentoml")) {
        return false;
    }
    match toml_span::parse(text) {
        Ok(root) => {
            let root = Value::of_toml(&root, None);
            let Some(section) = root.at(&["tool", "bentoml", "build"]) else { return false };
            reading.subjects.extend(build(section));
        }
        Err(error) => {
            let start = text.floor_char_boundary(error.span.start.min(text.len().saturating_sub(1)));
            let span = Span::new(start, text.ceil_char_boundary(start + 1));
            reading.faults.push(Fault::new("E009", format!("not valid TOML: {error}")).label(span, "here"));
        }
    }
    reading.is(Kind::Bentoml);
    true
}

/// What a build tells of what it serves; nothing where that is in its code.
fn build(section: &Value) -> Option<Subject> {
    let args = section.get("args").filter(|args| args.is_table());
    let named = args.and_then(|args| args.get("name")).or_else(|| section.get("name")).or_else(|| section.get("service"));
    let named = named.filter(|named| named.text().is_some());
    let span = named.map_or(section.span, |named| named.span);
    let mut subject = Subject::new(SubjectKind::Server, named.and_then(Value::text).unwrap_or_default(), span);
    let mut variables = Variables::default();
    for envs in [section.get("envs"), args.and_then(|args| args.get("envs"))].into_iter().flatten() {
        environment(envs, &mut variables);
    }
    let base = section.at(&["docker", "base_image"]).and_then(Value::term);
    let engine = base.and_then(|term| image::note(&mut subject, &term)).or_else(|| note_packages(&mut subject, section));
    let engine = engine.or_else(|| args.and_then(|args| note_engine(&mut subject, args)));
    for model in section.get("models").map(Value::items).unwrap_or_default() {
        if let Some(term) = model.get("tag").unwrap_or(model).term() {
            names::note(&mut subject, &term);
        }
    }
    let flags = args.map(|args| note_arguments(&mut subject, args)).unwrap_or_default();
    let commands = if flags.is_empty() { Vec::new() } else { vec![flags] };
    launch::note(&mut subject, &Launch { engine, commands: &commands, environment: &variables });
    (!subject.facts.is_empty()).then_some(subject)
}

/// The server among the Python packages of a build.
fn note_packages(subject: &mut Subject, section: &Value) -> Option<&'static str> {
    let packages = section.at(&["python", "packages"])?.items();
    packages.iter().find_map(|package| {
        let text = package.text()?;
        let name = text.split(['=', '<', '>', '~', '!', '[', ' ', '@', ';']).next().unwrap_or_default();
        let engine = ["vllm", "sglang", "lmdeploy"].into_iter().find(|engine| *engine == name)?;
        subject.inferred(Attribute::Engine, engine, text, package.span);
        Some(engine)
    })
}

/// BentoVLLM is what has arguments of these names.
fn note_engine(subject: &mut Subject, args: &Value) -> Option<&'static str> {
    let own = ["cli_args", "tool_parser", "reasoning_parser", "max_model_len", "attn_backend", "kv_transfer_config", "v1"];
    args.get("model_id")?;
    let (name, found) = own.iter().find_map(|key| Some((*key, args.get(key)?)))?;
    subject.inferred(Attribute::Engine, "vllm", name, found.span);
    Some("vllm")
}

/// The arguments of BentoVLLM. Gives the flags that it hands on to the server.
fn note_arguments(subject: &mut Subject, args: &Value) -> Vec<Term> {
    let term = |key: &str| args.get(key).and_then(Value::term);
    if let Some(term) = term("model_id") {
        names::note(subject, &term);
    }
    let texts = [("revision", Attribute::Revision), ("gpu_type", Attribute::GpuType)];
    for (key, attribute) in texts {
        if let Some(term) = term(key) {
            term.note_text(subject, attribute);
        }
    }
    let numbers = [
        ("max_model_len", Attribute::Context),
        ("tp", Attribute::TensorParallel),
        ("pp", Attribute::PipelineParallel),
        ("dp", Attribute::DataParallel),
    ];
    for (key, attribute) in numbers {
        if let Some(term) = term(key) {
            term.note_number(subject, attribute);
        }
    }
    note_count(subject, args);
    if let Some(prompt) = args.get("hf_system_prompt").filter(|prompt| prompt.text().is_some_and(|text| !text.trim().is_empty()))
    {
        subject.literal(Attribute::SystemPrompt, true, prompt.span);
    }
    args.get("cli_args").map(Value::items).unwrap_or_default().iter().filter_map(Value::term).collect()
}

/// A service asks for as many accelerators as the model is split over.
fn note_count(subject: &mut Subject, args: &Value) {
    let Some(tensor) = args.get("tp") else { return };
    let number =
        |key: &str| args.get(key).and_then(Value::text).and_then(|text| text.parse::<f64>().ok()).filter(|n| n.is_finite());
    if let Some(count) = number("tp").filter(|_| args.get("gpu_type").is_some()) {
        let stages = number("pp").unwrap_or(1.0);
        subject.inferred(Attribute::GpuCount, count * stages, format!("tp {count}"), tensor.span);
    }
}

/// Reads a list of `{name, value}`; one without a value is taken from outside.
fn environment(envs: &Value, variables: &mut Variables) {
    for env in envs.items() {
        let Some(name) = env.get("name").and_then(Value::text) else { continue };
        let outside =
            || Term { text: String::new(), written: format!("${name}"), standing: Standing::Unresolved, span: env.span };
        let value = env.get("value").filter(|value| value.text().is_some_and(|text| !text.is_empty()));
        variables.set(name, value.and_then(Value::term).unwrap_or_else(outside));
    }
}

/// A deployment on BentoCloud: one server, or one for each of its services.
fn deployments(root: &Value) -> Vec<Subject> {
    let services = root.get("services").map(Value::entries).unwrap_or_default();
    let name = root.get("name").and_then(Value::text).unwrap_or_default();
    let parts: Vec<(String, &Value)> = if services.is_empty() {
        vec![(name.to_owned(), root)]
    } else {
        services.iter().map(|(service, part)| (format!("{name}/{service}").trim_start_matches('/').to_owned(), part)).collect()
    };
    parts.into_iter().map(|(name, part)| deployment(name, part, root)).filter(|subject| !subject.facts.is_empty()).collect()
}

fn deployment(name: String, part: &Value, root: &Value) -> Subject {
    let mut subject = Subject::new(SubjectKind::Server, name, part.span);
    let mut variables = Variables::default();
    for envs in [root.get("envs"), part.get("envs").filter(|_| !std::ptr::eq(part, root))].into_iter().flatten() {
        environment(envs, &mut variables);
    }
    launch::note(&mut subject, &Launch { engine: None, commands: &[], environment: &variables });
    if let Some(instance) = part.get("instance_type") {
        note_instance(&mut subject, instance);
    }
    for (key, attribute) in [("min_replicas", Attribute::ReplicasMin), ("max_replicas", Attribute::ReplicasMax)] {
        if let Some(term) = part.at(&["scaling", key]).and_then(Value::term) {
            term.note_number(&mut subject, attribute);
        }
    }
    if let Some(access) = root.get("access_authorization")
        && let Some(flag) = access.text().and_then(super::super::document::flag)
    {
        subject.literal(Attribute::Authentication, if flag { "api_key" } else { "none" }, access.span);
    }
    for secret in root.get("secrets").map(Value::items).unwrap_or_default() {
        let written = secret.text().unwrap_or_default().to_owned();
        let value = Some(Content::from("secret"));
        subject.note(Fact { attribute: Attribute::Secrets, value, written, standing: Standing::Literal, span: secret.span });
    }
    subject
}

/// `gpu.l4.1`, `gpu.a100.1x80`: product and number.
fn note_instance(subject: &mut Subject, instance: &Value) {
    let text = instance.text().unwrap_or_default();
    let mut parts = text.split('.');
    let (Some("gpu"), Some(product)) = (parts.next(), parts.next()) else { return };
    subject.inferred(Attribute::GpuType, product, text, instance.span);
    let count = parts.next().and_then(|count| count.split('x').next()).and_then(|count| count.parse::<u32>().ok());
    if let Some(count) = count {
        subject.inferred(Attribute::GpuCount, f64::from(count), text, instance.span);
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn arguments_name_a_model() {
        let yaml = "args:\n  name: chat\n  model_id: org/name-AWQ\n  tp: 2\n  gpu_type: nvidia-l4\n  max_model_len: 8192\n\
            \x20 cli_args: ['--quantization', 'awq', '--trust-remote-code']\n  envs:\n  - name: HF_TOKEN\n";
        let expected = facts("chat.yaml", yaml);
        insta::assert_snapshot!(expected, @r"
        server chat
          engine vllm inferred
          model org/name-AWQ literal
          quantization awq inferred
          gpu_type nvidia-l4 literal
          context 8192 literal
          tensor_parallel 2 literal
          gpu_count 2 inferred
          quantization awq literal
          trust_remote_code true literal
          secrets env literal
        ");
        let toml = "[project]\nname = \"x\"\n[tool.bentoml.build]\nservice = \"service.py:LLM\"\n[tool.bentoml.build.args]\n\
            name = \"chat\"\nmodel_id = \"org/name-AWQ\"\ntp = 2\ngpu_type = \"nvidia-l4\"\nmax_model_len = 8192\n\
            cli_args = [\"--quantization\", \"awq\", \"--trust-remote-code\"]\nenvs = [{ name = \"HF_TOKEN\" }]\n";
        assert_eq!(facts("pyproject.toml", toml), expected);
    }

    #[test]
    fn a_bare_build_names_none() {
        for text in ["service: 'service:VLLM'\ninclude: ['*.py', '.env']\n", "[tool.bentoml.build]\nservice = \"a:B\"\n"] {
            assert_eq!(facts("bentofile.yaml", text), "", "{text}");
        }
        let text = "service: a:B\npython: {packages: ['vllm==0.9']}\ndocker: {base_image: 'x/y:1.0'}\nmodels: ['llama:abc']\n";
        insta::assert_snapshot!(facts("bentofile.yaml", text), @r"
        server a:B
          image x/y literal
          image_pin version literal
          engine vllm inferred
          model llama:abc literal
        ");
    }

    #[test]
    fn a_deployment_is_scaled_and_guarded() {
        let text = "name: chat\nbento: ./dir\naccess_authorization: true\nsecrets: [hf]\n\
            services:\n  VLLM: {instance_type: gpu.a100.1x80, scaling: {min_replicas: 0, max_replicas: 3}}\n";
        insta::assert_snapshot!(facts("deploy.yaml", text), @r"
        server chat/VLLM
          gpu_type a100 inferred
          gpu_count 1 inferred
          replicas_min 0 literal
          replicas_max 3 literal
          authentication api_key literal
          secrets secret literal
        ");
    }

    #[test]
    fn a_project_that_is_not_valid_is_a_fault() {
        assert!(facts("pyproject.toml", "[tool.bentoml.build]\nservice = \n").starts_with("fault: not valid TOML"));
        assert_eq!(facts("pyproject.toml", "[tool.ruff]\n"), "");
        assert_eq!(facts("x.yaml", "service: web:80\nimage: x\n"), "");
    }
}
