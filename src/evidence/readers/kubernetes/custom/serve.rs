//! The configuration of Ray Serve: applications with their deployments, and those that are made of models by
//! `ray.serve.llm`. Also that of RayLLM, which came before it.

mod models;

use super::super::files::{Files, Resource};
use super::fields;
use crate::evidence::Context;
use crate::evidence::document::Node;
use crate::evidence::fact::{Attribute, Content, Fact, Standing, Subject, SubjectKind};
use crate::evidence::launch::{self, Launch};
use crate::evidence::names;
use crate::evidence::substitution::Variables;

/// Names by which programs read a setting from their environment, besides those that servers read.
const VARIABLES: &[(&str, Attribute)] = &[
    ("TENSOR_PARALLELISM", Attribute::TensorParallel),
    ("PIPELINE_PARALLELISM", Attribute::PipelineParallel),
    ("MAX_NUM_SEQ", Attribute::MaxSequences),
];

/// The servers of a configuration, which is a mapping or YAML in a scalar.
pub(super) fn read(resource: &Resource<'_>, configuration: Node<'_>, context: &mut Context<'_>) -> Vec<Subject> {
    if configuration.is_mapping() {
        return applications(resource, configuration, context);
    }
    let Some(parsed) = context.nested(configuration) else { return Vec::new() };
    let Some(root) = parsed.documents().next() else { return Vec::new() };
    applications(resource, root, context)
}

/// Reads the configurations that a ConfigMap holds. False where it holds none.
pub(super) fn read_configuration(resource: &Resource<'_>, files: &Files<'_>, context: &mut Context<'_>) -> bool {
    let mut found = false;
    for (_, value) in resource.node.get("data").into_iter().flat_map(Node::entries) {
        let Some(text) = value.text().filter(|text| files.spend(text.len() / 64 + 1)) else { continue };
        let told = |words: &[&str]| words.iter().all(|word| text.contains(word));
        if !told(&["import_path:", "applications:"])
            && !told(&["engine_config:", "model_id:"])
            && !told(&["model_loading_config:"])
        {
            continue;
        }
        let Some(parsed) = context.nested(value) else { continue };
        let Some(root) = parsed.documents().next() else { continue };
        let subjects = if root.get("applications").is_some() {
            applications(resource, root, context)
        } else {
            name(resource, models::read(root, context))
        };
        found |= !subjects.is_empty();
        for subject in subjects {
            context.add(subject);
        }
    }
    found
}

/// The servers of all applications. One that is alone has the name of the resource.
fn applications(resource: &Resource<'_>, root: Node<'_>, context: &mut Context<'_>) -> Vec<Subject> {
    let listed: Vec<Node<'_>> = match root.get("applications") {
        Some(list) => list.items().collect(),
        // The form before there were several.
        None => vec![root],
    };
    let mut subjects = Vec::new();
    for application in listed {
        let models = application.get("args").map(|arguments| models::read(arguments, context)).unwrap_or_default();
        if models.is_empty() {
            subjects.push(read_application(application));
        } else {
            subjects.extend(models);
        }
    }
    name(resource, subjects)
}

fn name(resource: &Resource<'_>, mut subjects: Vec<Subject>) -> Vec<Subject> {
    let alone = subjects.len() == 1;
    for subject in &mut subjects {
        if alone || subject.name.is_empty() {
            resource.name.clone_into(&mut subject.name);
            subject.span = resource.span;
        } else {
            subject.name = format!("{}-{}", resource.name, subject.name);
        }
    }
    subjects
}

/// An application that a program of its own makes. The program decides what it does with all this.
fn read_application(application: Node<'_>) -> Subject {
    let named = application.get("name").unwrap_or(application);
    let mut subject = Subject::new(SubjectKind::Server, named.text().unwrap_or_default(), named.span());
    let deployments: Vec<Node<'_>> = application.get("deployments").into_iter().flat_map(Node::items).collect();
    let asks =
        |node: &&Node<'_>| node.at(&["ray_actor_options", "num_gpus"]).and_then(Node::number).is_some_and(|gpus| gpus > 0.0);
    let main = deployments.iter().find(asks).or_else(|| deployments.first().filter(|_| deployments.len() == 1)).copied();
    if let Some(deployment) = main {
        note_accelerators(&mut subject, deployment);
        note_copies(&mut subject, deployment);
    }
    let mut told = Subject::new(SubjectKind::Server, "", named.span());
    let environment = environment(application, &deployments);
    launch::note(&mut told, &Launch { engine: None, commands: &[], environment: &environment });
    for (name, attribute) in VARIABLES {
        if let Some(term) = environment.get(name) {
            term.note_number(&mut told, *attribute);
        }
    }
    let settings = application.get("args").into_iter().chain(deployments.iter().filter_map(|node| node.get("user_config")));
    let flags: Vec<_> = settings.flat_map(with_engine).flat_map(fields::flags).collect();
    let none = Variables::default();
    launch::note(&mut told, &Launch { engine: None, commands: &[flags], environment: &none });
    fields::infer(&mut subject, told);
    note_models(&mut subject, &environment);
    note_packages(&mut subject, application);
    subject
}

/// Settings of a program, with the part of them that it hands on to the engine.
fn with_engine(settings: Node<'_>) -> Vec<Node<'_>> {
    let parts = ["engine_args", "engine_kwargs", "engine_config"].iter().filter_map(|key| settings.get(key));
    std::iter::once(settings).chain(parts).collect()
}

/// The variables that an application and its deployments set.
fn environment(application: Node<'_>, deployments: &[Node<'_>]) -> Variables {
    let mut variables = Variables::default();
    let own = application.at(&["runtime_env", "env_vars"]);
    let theirs = deployments.iter().filter_map(|node| node.at(&["ray_actor_options", "runtime_env", "env_vars"]));
    for (name, value) in own.into_iter().chain(theirs).flat_map(Node::entries) {
        if let Some(term) = fields::term(value) {
            variables.set(name, term);
        }
    }
    variables
}

/// Several models of one program: `ASSIST_MODEL_ID`, `JUDGE_MODEL_NAME`.
fn note_models(subject: &mut Subject, variables: &Variables) {
    if subject.fact(Attribute::Model).is_some() {
        return;
    }
    let speaks = |name: &str| ["_MODEL_ID", "_MODEL_NAME", "_MODEL"].iter().any(|end| name.ends_with(end));
    for (name, term) in variables.iter().filter(|(name, _)| speaks(name)).take(fields::MOST) {
        let Some(text) = term.value().filter(|text| text.contains('/')) else { continue };
        subject.inferred(Attribute::Model, names::reference(text).model, format!("{name}={text}"), term.span);
    }
}

/// The software that is installed for an application: `vllm==0.4.3`.
fn note_packages(subject: &mut Subject, application: Node<'_>) {
    let Some(packages) = application.at(&["runtime_env", "pip"]) else { return };
    let listed = packages.get("packages").unwrap_or(packages);
    for package in listed.each() {
        let Some(text) = package.text() else { continue };
        let name = text.split(['=', '<', '>', '[', '~', ' ', ';']).next().unwrap_or_default();
        if matches!(name, "vllm" | "sglang") {
            subject.inferred(Attribute::Engine, name, text, package.span());
        }
    }
}

/// What a copy asks Ray for: `num_gpus`, or bundles that are placed together.
fn note_accelerators(subject: &mut Subject, deployment: Node<'_>) {
    let options = deployment.get("ray_actor_options");
    if let Some(bundles) = deployment.get("placement_group_bundles") {
        note_bundles(subject, bundles);
    } else {
        // A share of one that others use as well is no number of accelerators.
        let asked =
            options.and_then(|options| options.get("num_gpus")).filter(|node| node.number().is_none_or(|gpus| gpus >= 1.0));
        fields::number(subject, Attribute::GpuCount, asked);
    }
    fields::text(subject, Attribute::GpuType, options.and_then(|options| options.get("accelerator_type")));
    for (resource, value) in options.and_then(|options| options.get("resources")).into_iter().flat_map(Node::entries) {
        let product = resource.strip_prefix("accelerator_type:").or_else(|| resource.strip_prefix("accelerator_type_"));
        if let Some(product) = product {
            subject.literal(Attribute::GpuType, product, value.span());
        }
    }
}

/// The accelerators of bundles that make up one copy.
fn note_bundles(subject: &mut Subject, bundles: Node<'_>) {
    let each: Vec<f64> = bundles.items().filter_map(|bundle| bundle.get("GPU")?.number()).collect();
    let total: f64 = each.iter().sum();
    if total > 0.0 {
        let written: Vec<String> = each.iter().map(ToString::to_string).collect();
        subject.note(Fact {
            attribute: Attribute::GpuCount,
            value: Some(Content::Number(total)),
            written: written.join(" + "),
            standing: Standing::Resolved,
            span: bundles.span(),
        });
    }
}

/// How many copies there are: `num_replicas`, or `autoscaling_config`.
fn note_copies(subject: &mut Subject, deployment: Node<'_>) {
    if let Some(scaler) = deployment.get("autoscaling_config") {
        fields::bounds(subject, scaler, "min_replicas", "max_replicas");
        match scaler.entries().find(|(key, _)| key.starts_with("target_")) {
            Some((key, value)) => subject.literal(Attribute::Autoscaling, key, value.span()),
            None => subject.literal(Attribute::Autoscaling, true, scaler.span()),
        }
        return;
    }
    let count = deployment.get("num_replicas");
    match count.and_then(Node::text) {
        Some("auto") => fields::autoscaling(subject, None, count.unwrap_or(deployment)),
        _ => fields::replicas(subject, count),
    }
}
