//! The resources of a file, and what they look up in each other.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::super::super::document::Node;
use super::network::Network;
use super::scaling;
use crate::span::Span;

/// Containers, arguments and variables that are read in one file. Aliases and ConfigMaps can repeat them without end.
const BUDGET: usize = 200_000;

/// One resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resource<'d> {
    pub node: Node<'d>,
    /// The group of its API, empty for the core: `apps`, `serving.kserve.io`.
    pub group: &'d str,
    pub kind: &'d str,
    pub name: &'d str,
    /// Where it says that it stands in one.
    pub namespace: Option<&'d str>,
    /// The place of its name.
    pub span: Span,
}

impl<'d> Resource<'d> {
    fn new(node: Node<'d>) -> Option<Self> {
        let kind = node.text_at("kind")?.trim();
        let version = node.text_at("apiVersion").unwrap_or_default();
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        let metadata = node.get("metadata");
        let name = metadata.and_then(|metadata| metadata.any(&["name", "generateName"]));
        let namespace = metadata.and_then(|metadata| metadata.text_at("namespace"));
        let span = name.or_else(|| node.get("kind")).unwrap_or(node).span();
        Some(Self { node, group, kind, name: name.and_then(Node::text).unwrap_or_default(), namespace, span })
    }

    /// What stands under `spec`.
    pub fn spec(&self) -> Option<Node<'d>> {
        self.node.get("spec")
    }

    /// Whether two resources can speak of each other: a namespace that is not stated is any.
    pub fn is_near(&self, other: &Self) -> bool {
        match (self.namespace, other.namespace) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        }
    }
}

/// All resources of a file.
#[derive(Debug)]
pub(super) struct Files<'d> {
    pub resources: Vec<Resource<'d>>,
    /// What the ConfigMaps hold, by name and key.
    configuration: BTreeMap<(&'d str, &'d str), Node<'d>>,
    /// The first resource with a kind and a name.
    named: BTreeMap<(&'d str, &'d str), usize>,
    /// What scales a workload, by its kind and name.
    scalers: BTreeMap<(&'d str, &'d str), Vec<usize>>,
    pub network: Network<'d>,
    budget: Cell<usize>,
}

impl<'d> Files<'d> {
    /// Indexes the documents of a file; a `List` is what it lists.
    pub fn new(documents: &[Node<'d>]) -> Self {
        let mut resources = Vec::new();
        for document in documents {
            flatten(*document, &mut resources);
        }
        let mut configuration = BTreeMap::new();
        for resource in resources.iter().filter(|resource: &&Resource<'d>| resource.kind == "ConfigMap") {
            for (key, value) in resource.node.get("data").into_iter().flat_map(Node::entries) {
                configuration.entry((resource.name, key)).or_insert(value);
            }
        }
        let mut named = BTreeMap::new();
        let mut scalers: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, resource) in resources.iter().enumerate() {
            named.entry((resource.kind, resource.name)).or_insert(at);
            if let Some((kind, name, _)) = scaling::target(resource) {
                scalers.entry((kind, name)).or_default().push(at);
            }
        }
        let network = Network::new(&resources);
        Self { resources, configuration, named, scalers, network, budget: Cell::new(BUDGET) }
    }

    /// The value that a ConfigMap of the file holds under a key.
    pub fn configured(&self, map: &str, key: &str) -> Option<Node<'d>> {
        self.configuration.get(&(map, key)).copied()
    }

    /// All that a ConfigMap of the file holds.
    pub fn configuration<'s>(&'s self, map: &'s str) -> impl Iterator<Item = (&'d str, Node<'d>)> + 's {
        self.configuration.range((map, "")..).take_while(move |((name, _), _)| *name == map).map(|((_, key), node)| (*key, *node))
    }

    /// The resource with a kind and a name.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Resource<'d>> {
        self.named.get(&(kind, name)).and_then(|at| self.resources.get(*at))
    }

    /// What scales the workload with a kind and a name.
    pub fn scalers(&self, kind: &str, name: &str) -> Vec<Resource<'d>> {
        self.scalers.get(&(kind, name)).into_iter().flatten().filter_map(|at| self.resources.get(*at)).copied().collect()
    }

    /// Takes a part of the work that may be done for one file. False where nothing is left.
    pub fn spend(&self, cost: usize) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(cost));
        left >= cost
    }

    /// Whether more was asked for than may be done.
    pub fn is_spent(&self) -> bool {
        self.budget.get() == 0
    }
}

fn flatten<'d>(node: Node<'d>, resources: &mut Vec<Resource<'d>>) {
    let Some(resource) = Resource::new(node) else { return };
    let items = node.get("items").filter(|items| resource.kind.ends_with("List") && items.is_list());
    // A template of OpenShift holds resources, in which parameters are filled.
    let objects = node.get("objects").filter(|items| resource.group == "template.openshift.io" && items.is_list());
    match items.or(objects) {
        // A list of lists is none that a cluster takes.
        Some(items) => resources.extend(items.items().filter_map(Resource::new)),
        None => resources.push(resource),
    }
}
