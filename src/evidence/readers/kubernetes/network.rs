//! Who can reach a workload, and whether on an encrypted way: Services, Ingresses, Routes, Gateways; and whether it can
//! reach anything itself.

use std::collections::BTreeMap;

use super::super::super::document::Node;
use super::super::super::fact::{Attribute, Content, Fact, Standing, Subject};
use super::files::{Files, Resource};
use crate::span::Span;

/// Most Services of one pod, and most ways to one of them, that are looked at.
const MOST: usize = 50;

/// Who can reach something, from fewest to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Cluster,
    Host,
    Public,
}

impl Reach {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Host => "host",
            Self::Public => "public",
        }
    }
}

/// A way that leads to something.
#[derive(Debug, Clone, Copy)]
struct Way<'d> {
    resource: Resource<'d>,
    reach: Reach,
    standing: Standing,
    span: Span,
    /// Whether it is encrypted, and where that is said.
    tls: Option<(bool, Span)>,
}

/// The ways of a file.
#[derive(Debug, Default)]
pub(super) struct Network<'d> {
    /// Services, and pools that routes lead to, by one of the labels that they select by.
    selectors: BTreeMap<(&'d str, &'d str), Vec<Selector<'d>>>,
    /// What leads to a Service, by the name of that.
    ways: BTreeMap<&'d str, Vec<Way<'d>>>,
    /// Policies about what pods may reach.
    policies: Vec<Resource<'d>>,
    /// Whether there are policies of other makers, which may allow what one of Kubernetes denies.
    has_other_policies: bool,
}

#[derive(Debug)]
struct Selector<'d> {
    resource: Resource<'d>,
    labels: Vec<(&'d str, &'d str)>,
    /// What its own type opens, where that is said.
    way: Option<Way<'d>>,
}

/// The labels of a pod.
pub(super) type Labels<'d> = Vec<(&'d str, &'d str)>;

/// The labels in a mapping.
pub(super) fn labels(node: Option<Node<'_>>) -> Labels<'_> {
    node.into_iter().flat_map(Node::entries).filter_map(|(key, value)| Some((key.trim(), value.text()?.trim()))).collect()
}

impl<'d> Network<'d> {
    /// Indexes the resources of a file.
    pub fn new(resources: &[Resource<'d>]) -> Self {
        let mut network = Self::default();
        let gateways: BTreeMap<&str, &Resource<'d>> =
            resources.iter().filter(|resource| resource.kind == "Gateway").map(|gateway| (gateway.name, gateway)).collect();
        for resource in resources {
            match (resource.group, resource.kind) {
                ("", "Service") => network.select(resource, service(resource)),
                (_, "InferencePool") => network.select(resource, None),
                (_, "Ingress" | "IngressRoute") => network.lead(ingress(resource)),
                ("route.openshift.io", "Route") => network.lead(route(resource)),
                ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute") => {
                    network.lead(gateway(resource, &gateways));
                }
                ("networking.k8s.io", "NetworkPolicy") => network.policies.push(*resource),
                (_, kind) if kind.ends_with("NetworkPolicy") => network.has_other_policies = true,
                _ => {}
            }
        }
        network
    }

    fn select(&mut self, resource: &Resource<'d>, way: Option<Way<'d>>) {
        let selector = resource.spec().and_then(|spec| spec.get("selector"));
        let labels = labels(selector.map(|selector| selector.get("matchLabels").unwrap_or(selector)));
        if let Some(first) = labels.first().copied() {
            self.selectors.entry(first).or_default().push(Selector { resource: *resource, labels, way });
        }
    }

    fn lead(&mut self, way: Way<'d>) {
        for backend in backends(&way.resource) {
            self.ways.entry(backend).or_default().push(way);
        }
    }

    /// The ways to what a Service stands for.
    fn to_service(&self, own: &Resource<'d>, name: &str) -> impl Iterator<Item = &Way<'d>> {
        let near = *own;
        self.ways.get(name).into_iter().flatten().filter(move |way| near.is_near(&way.resource))
    }
}

/// Notes who can reach pods with these labels, and whether they can reach anything.
pub(super) fn note<'d>(subject: &mut Subject, own: &Resource<'d>, labels: &[(&'d str, &'d str)], files: &Files<'d>) {
    let network = &files.network;
    let mut ways: Vec<&Way<'d>> = Vec::new();
    for selector in labels.iter().filter_map(|label| network.selectors.get(label)).flatten().take(MOST) {
        if own.is_near(&selector.resource) && selector.labels.iter().all(|label| labels.contains(label)) {
            ways.extend(selector.way.as_ref());
            ways.extend(network.to_service(own, selector.resource.name).take(MOST));
        }
    }
    note_ways(subject, &ways);
    note_egress(subject, own, labels, network);
}

/// Notes that a pod listens on the network of its node: all of it, or a port of it.
pub(super) fn note_host(subject: &mut Subject, pod: Node<'_>) {
    let containers = pod.get("containers").into_iter().flat_map(|node| node.items().chain(node.entries().map(|(_, one)| one)));
    let mut ports = containers.filter_map(|node| node.get("ports")).flat_map(Node::items);
    let port = ports.find_map(|port| port.get("hostPort"));
    let host = pod.get("hostNetwork").filter(|host| host.flag() == Some(true)).or(port);
    if let Some(host) = host.filter(|_| subject.fact(Attribute::Exposure).is_none_or(|fact| fact.text() == Some("cluster"))) {
        subject.literal(Attribute::Exposure, "host", host.span());
    }
}

/// The widest way counts; of equal ones the surest.
fn note_ways(subject: &mut Subject, ways: &[&Way<'_>]) {
    let widest = ways.iter().copied().reduce(|best, way| {
        let wider = way.reach > best.reach || (way.reach == best.reach && way.standing < best.standing);
        if wider { way } else { best }
    });
    let Some(way) = widest else { return };
    subject.note(Fact {
        attribute: Attribute::Exposure,
        value: Some(way.reach.as_str().into()),
        written: format!("{} {}", way.resource.kind, way.resource.name),
        standing: way.standing,
        span: way.span,
    });
    // A plain way beside an encrypted one is the one to know of.
    let told = ways.iter().filter(|other| other.reach == way.reach).filter_map(|way| way.tls);
    if let Some((tls, span)) = told.reduce(|best, next| if next.0 { best } else { next }) {
        subject.literal(Attribute::Tls, tls, span);
    }
}

/// What the type of a Service opens, where it is stated.
fn service<'d>(resource: &Resource<'d>) -> Option<Way<'d>> {
    let node = resource.spec()?.get("type")?;
    let reach = match node.text()?.trim() {
        "LoadBalancer" if is_internal(resource) => Reach::Host,
        "LoadBalancer" => Reach::Public,
        "NodePort" => Reach::Host,
        "ClusterIP" => Reach::Cluster,
        _ => return None,
    };
    Some(Way { resource: *resource, reach, standing: Standing::Literal, span: node.span(), tls: None })
}

fn ingress<'d>(resource: &Resource<'d>) -> Way<'d> {
    let reach = if is_internal(resource) { Reach::Host } else { Reach::Public };
    let certificates = [
        "alb.ingress.kubernetes.io/certificate-arn",
        "networking.gke.io/managed-certificates",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
    ];
    let annotations = resource.node.at(&["metadata", "annotations"]);
    let tls = resource.spec().and_then(|spec| spec.get("tls")).filter(|tls| tls.is_mapping() || tls.items().next().is_some());
    let tls = tls.or_else(|| annotations.and_then(|annotations| annotations.any(&certificates)));
    Way { resource: *resource, reach, standing: Standing::Literal, span: kind(resource), tls: tls.map(|tls| (true, tls.span())) }
}

fn route<'d>(resource: &Resource<'d>) -> Way<'d> {
    let termination = resource.spec().and_then(|spec| spec.at(&["tls", "termination"]));
    let tls = termination.map(|node| (true, node.span()));
    Way { resource: *resource, reach: Reach::Public, standing: Standing::Literal, span: kind(resource), tls }
}

/// A route at a gateway: what that opens is known where it stands in the file.
fn gateway<'d>(resource: &Resource<'d>, gateways: &BTreeMap<&str, &Resource<'d>>) -> Way<'d> {
    let parents: Vec<Node<'d>> =
        resource.spec().and_then(|spec| spec.get("parentRefs")).into_iter().flat_map(Node::items).collect();
    let known = parents.iter().find_map(|parent| Some((*parent, gateways.get(parent.text_at("name")?).copied()?)));
    let Some((parent, known)) = known else {
        let named = parents.iter().any(|parent| parent.text_at("name").is_some_and(|name| name.contains("internal")));
        let reach = if named { Reach::Host } else { Reach::Public };
        return Way { resource: *resource, reach, standing: Standing::Inferred, span: kind(resource), tls: None };
    };
    let reach = if is_internal(known) { Reach::Host } else { Reach::Public };
    let section = parent.text_at("sectionName");
    let listeners = known.spec().and_then(|spec| spec.get("listeners")).into_iter().flat_map(Node::items);
    let own = listeners.filter(|listener| section.is_none_or(|section| listener.text_at("name") == Some(section)));
    let protocols: Vec<Node<'d>> = own.filter_map(|listener| listener.get("protocol")).collect();
    let encrypted = |node: &Node<'_>| matches!(node.text(), Some("HTTPS" | "TLS"));
    // Where only some listeners encrypt, nobody can tell which one is used.
    let tls = protocols.first().filter(|first| protocols.iter().all(|node| encrypted(node) == encrypted(first)));
    let tls = tls.map(|node| (encrypted(node), node.span()));
    Way { resource: *resource, reach, standing: Standing::Literal, span: kind(resource), tls }
}

fn kind(resource: &Resource<'_>) -> Span {
    resource.node.get("kind").unwrap_or(resource.node).span()
}

/// Whether a load balancer, an ingress or a gateway is one of a private network.
fn is_internal(resource: &Resource<'_>) -> bool {
    let marks: &[(&str, &str)] = &[
        ("networking.gke.io/load-balancer-type", "internal"),
        ("cloud.google.com/load-balancer-type", "internal"),
        ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
        ("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),
        ("alb.ingress.kubernetes.io/scheme", "internal"),
    ];
    let annotations = resource.node.at(&["metadata", "annotations"]);
    let marked = marks.iter().any(|(key, value)| {
        annotations.and_then(|annotations| annotations.text_at(key)).is_some_and(|text| text.eq_ignore_ascii_case(value))
    });
    let class = annotations.and_then(|annotations| annotations.text_at("kubernetes.io/ingress.class"));
    let named = resource.spec().and_then(|spec| spec.any(&["ingressClassName", "gatewayClassName", "loadBalancerClass"]));
    marked || class.or_else(|| named.and_then(Node::text)).is_some_and(is_private_class)
}

/// Whether the name of a class of ingresses, load balancers or gateways says that it is one of a private network.
pub(super) fn is_private_class(class: &str) -> bool {
    ["internal", "private", "rilb", "tailscale"].iter().any(|word| class.contains(word))
}

/// The names of the Services that an ingress or a route leads to.
fn backends<'d>(resource: &Resource<'d>) -> Vec<&'d str> {
    let Some(spec) = resource.spec() else { return Vec::new() };
    let name = |backend: Node<'d>| backend.get("serviceName").or_else(|| backend.at(&["service", "name"])).and_then(Node::text);
    let list = |node: Node<'d>, key: &str| node.get(key).into_iter().flat_map(Node::items).collect::<Vec<_>>();
    let mut found: Vec<&str> = ["defaultBackend", "backend"].iter().filter_map(|key| spec.get(key)).filter_map(name).collect();
    for rule in list(spec, "rules") {
        let paths = rule.get("http").map(|http| list(http, "paths")).unwrap_or_default();
        found.extend(paths.into_iter().filter_map(|path| path.get("backend")).filter_map(name));
        found.extend(list(rule, "backendRefs").into_iter().filter_map(|backend| backend.text_at("name")));
    }
    found.extend(spec.get("to").into_iter().chain(list(spec, "alternateBackends")).filter_map(|to| to.text_at("name")));
    let routes = list(spec, "routes").into_iter().flat_map(|route| list(route, "services"));
    found.extend(routes.filter_map(|service| service.text_at("name")));
    found.sort_unstable();
    found.dedup();
    found
}

/// Notes that pods can reach nothing: a policy denies all, and none in the file allows anything.
fn note_egress(subject: &mut Subject, own: &Resource<'_>, labels: &[(&str, &str)], network: &Network<'_>) {
    if network.has_other_policies {
        return;
    }
    let mut denied = None;
    for policy in network.policies.iter().filter(|policy| own.is_near(policy)) {
        let Some(spec) = policy.spec().filter(|spec| selects(*spec, labels)) else { continue };
        let rules = spec.get("egress");
        if rules.is_some_and(|rules| rules.items().next().is_some()) {
            return;
        }
        let types = spec.get("policyTypes").and_then(|types| types.items().find(|kind| kind.text() == Some("Egress")));
        denied = denied.or(types.map(|kind| rules.unwrap_or(kind).span()));
    }
    if let Some(span) = denied {
        let fact = Fact {
            attribute: Attribute::Offline,
            value: Some(Content::Flag(true)),
            written: "a NetworkPolicy without rules for egress".to_owned(),
            standing: Standing::Resolved,
            span,
        };
        subject.note(fact);
    }
}

/// Whether a policy is about pods with these labels.
fn selects(spec: Node<'_>, labels: &[(&str, &str)]) -> bool {
    let Some(selector) = spec.get("podSelector") else { return true };
    let expressions = selector.get("matchExpressions").is_some_and(|expressions| expressions.items().next().is_some());
    !expressions && self::labels(selector.get("matchLabels")).iter().all(|label| labels.contains(label))
}

#[cfg(test)]
mod tests {
    use crate::evidence::readers::sample::facts;

    #[test]
    fn who_can_reach_a_server_is_told_by_what_leads_to_it() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: s}
  spec:
    template:
      metadata: {labels: {app: s, tier: gpu}}
      spec: {containers: [{name: m, image: vllm/vllm-openai, args: [--model=org/name]}]}
- {apiVersion: v1, kind: Service, metadata: {name: svc}, spec: {type: ClusterIP, selector: {app: s}}}
- {apiVersion: v1, kind: Service, metadata: {name: other}, spec: {type: LoadBalancer, selector: {app: s, tier: cpu}}}
- apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: in}
  spec:
    tls: [{hosts: [a.example.com]}]
    rules: [{http: {paths: [{backend: {service: {name: svc}}}]}}]
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          model org/name literal
          engine vllm literal
          exposure public literal
          tls true literal
        ");
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s, labels: {app: s}}
spec: {containers: [{name: m, image: vllm/vllm-openai, args: [--model=org/name]}]}
---
apiVersion: v1
kind: Service
metadata: {name: svc, annotations: {networking.gke.io/load-balancer-type: Internal}}
spec: {type: LoadBalancer, selector: {app: s}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Egress]}
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          model org/name literal
          engine vllm literal
          exposure host literal
          offline true resolved
        ");
    }

    #[test]
    fn a_policy_that_allows_something_denies_not_all() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s, labels: {app: s}}
spec: {containers: [{name: m, image: vllm/vllm-openai, args: [--model=org/name]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open}
spec: {podSelector: {matchLabels: {app: s}}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          model org/name literal
          engine vllm literal
        ");
    }

    #[test]
    fn a_gateway_of_the_file_tells_whether_it_encrypts() {
        let found = facts(
            "a.yaml",
            r"apiVersion: v1
kind: Pod
metadata: {name: s, labels: {app: s}}
spec: {containers: [{name: m, image: vllm/vllm-openai, args: [--model=org/name]}]}
---
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: {name: pool}
spec: {selector: {matchLabels: {app: s}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r}
spec:
  parentRefs: [{name: gate}]
  rules: [{backendRefs: [{group: inference.networking.k8s.io, kind: InferencePool, name: pool}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate}
spec: {gatewayClassName: gke-l7-rilb, listeners: [{name: a, protocol: HTTP, port: 80}]}
",
        );
        insta::assert_snapshot!(found, @"
        server s
          image vllm/vllm-openai literal
          image_pin none literal
          model org/name literal
          engine vllm literal
          exposure host literal
          tls false literal
        ");
    }
}
