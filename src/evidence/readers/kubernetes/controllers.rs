//! Charts for any application: `controllers` with containers, and beside them `service`, `ingress` and `route`.

use super::super::super::Context;
use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Fact, Standing, Subject, SubjectKind};
use super::super::super::substitution::Variables;
use super::files::Files;
use super::network::{self, is_private_class};
use super::{accelerators, pod, scaling};
use crate::span::Span;

/// Reads the controllers of the values. False where none runs or calls a model.
pub(super) fn read(values: Node<'_>, files: &Files<'_>, context: &mut Context<'_>) -> bool {
    let before = context.reading.subjects.len();
    let controllers: Vec<(&str, Node<'_>)> = entries(values, "controllers").collect();
    let alone = controllers.len() == 1;
    for (name, controller) in controllers {
        for mut subject in pod::subjects(name, controller.span(), controller, files, &Variables::default()) {
            let options = [controller.get("pod"), values.get("defaultPodOptions")];
            for options in options.into_iter().flatten() {
                match subject.kind {
                    SubjectKind::Server => accelerators::note_placement(&mut subject, options),
                    _ => accelerators::note_regions(&mut subject, options),
                }
            }
            if let Some(replicas) = controller.get("replicas") {
                scaling::note_fixed(&mut subject, replicas);
            }
            note_reach(&mut subject, values, &services(values, name, alone));
            network::note_host(&mut subject, controller);
            context.add(subject);
        }
    }
    context.reading.subjects.len() > before
}

/// The parts under a key that are not off.
fn entries<'d>(values: Node<'d>, key: &str) -> impl Iterator<Item = (&'d str, Node<'d>)> {
    let on = |node: Node<'_>| node.get("enabled").and_then(Node::flag) != Some(false);
    values.get(key).into_iter().flat_map(Node::entries).filter(move |(_, node)| on(*node))
}

/// The Services of a controller: one that names none is of the only one.
fn services<'d>(values: Node<'d>, controller: &str, alone: bool) -> Vec<(&'d str, Node<'d>)> {
    let own = |node: Node<'_>| node.text_at("controller").map_or(alone, |named| named == controller);
    entries(values, "service").filter(|(_, node)| own(*node)).collect()
}

/// Notes who can reach a controller: what leads in from outside, else the widest of its Services.
fn note_reach(subject: &mut Subject, values: Node<'_>, services: &[(&str, Node<'_>)]) {
    let is_own = |backends: Vec<&str>| {
        let named = |backend: &str| services.iter().any(|(name, _)| *name == backend);
        if backends.is_empty() { services.len() == 1 } else { backends.iter().any(|backend| named(backend)) }
    };
    let mut led = false;
    for (_, ingress) in entries(values, "ingress").filter(|(_, ingress)| is_own(backends(*ingress))) {
        led = true;
        let class = ingress.any(&["className", "ingressClassName"]);
        let private = class.and_then(Node::text).is_some_and(is_private_class);
        note(subject, if private { "host" } else { "public" }, Standing::Literal, class.unwrap_or(ingress).span());
        if let Some(tls) = ingress.get("tls").filter(|tls| tls.items().next().is_some()) {
            subject.literal(Attribute::Tls, true, tls.span());
        }
    }
    for (_, route) in entries(values, "route").filter(|(_, route)| is_own(backends(*route))) {
        led = true;
        let parent = route.get("parentRefs").and_then(|parents| parents.items().next()?.get("name"));
        let private = parent.and_then(Node::text).is_some_and(is_private_class);
        // What the gateway opens is said elsewhere.
        note(subject, if private { "host" } else { "public" }, Standing::Inferred, parent.unwrap_or(route).span());
    }
    for kind in services.iter().filter_map(|(_, service)| service.get("type")).filter(|_| !led) {
        match kind.text() {
            Some("LoadBalancer") => note(subject, "public", Standing::Literal, kind.span()),
            Some("NodePort") => note(subject, "host", Standing::Literal, kind.span()),
            Some("ClusterIP") => note(subject, "cluster", Standing::Literal, kind.span()),
            _ => {}
        }
    }
}

fn note(subject: &mut Subject, reach: &str, standing: Standing, span: Span) {
    let value = Some(reach.into());
    subject.note(Fact { attribute: Attribute::Exposure, value, written: reach.to_owned(), standing, span });
}

/// The Services that an ingress or a route of the values leads to, as the values call them.
fn backends(way: Node<'_>) -> Vec<&str> {
    let paths = list(way, "hosts").flat_map(|host| list(host, "paths"));
    let served = paths.filter_map(|path| path.get("service")?.any(&["identifier", "name"])?.text());
    let rules = list(way, "rules").flat_map(|rule| list(rule, "backendRefs"));
    served.chain(rules.filter_map(|backend| backend.text_at("identifier"))).collect()
}

fn list<'d>(node: Node<'d>, key: &str) -> impl Iterator<Item = Node<'d>> + use<'d> {
    node.get(key).into_iter().flat_map(Node::items)
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn what_leads_to_a_controller_stands_beside_it() {
        let found = facts(
            "a.yaml",
            r"apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: r}
spec:
  values:
    controllers:
      llm: {containers: {app: {image: {repository: ollama/ollama, tag: 0.9.0}}}}
      own: {containers: {app: {image: {repository: ollama/ollama, tag: 0.9.0}, ports: [{containerPort: 1, hostPort: 1}]}}}
      web: {containers: {app: {image: {repository: ghcr.io/open-webui/open-webui, tag: 0.6.0}}}}
    service:
      llm: {controller: llm, type: LoadBalancer}
      web: {controller: web}
    ingress:
      web: {className: internal, hosts: [{paths: [{service: {identifier: web}}]}], tls: [{hosts: [a]}]}
",
        );
        insta::assert_snapshot!(found, @"
        server llm
          image ollama/ollama literal
          image_pin version literal
          engine ollama literal
          exposure public literal
        server own
          image ollama/ollama literal
          image_pin version literal
          engine ollama literal
          exposure host literal
        client web
          image ghcr.io/open-webui/open-webui literal
          image_pin version literal
          exposure host literal
          tls true literal
        ");
    }
}
