//! The taxonomies of a log: frameworks that other tools know too, and how rules fall under their entries.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Text;
use crate::finding::References;
use crate::knowledge::frameworks::Framework;
use crate::knowledge::references::frameworks;
use crate::report::RuleInfo;

/// The frameworks that tools other than this one know.
pub(super) fn standards() -> impl Iterator<Item = &'static Framework<'static>> {
    frameworks().iter().filter(|framework| framework.taxonomy.is_some())
}

/// The controls of one framework that some rule refers to.
pub(super) fn controls<'r>(references: &'r References<'_>, framework: &str) -> impl Iterator<Item = &'r str> {
    let of_framework = references.iter().filter(move |(key, _)| *key == framework);
    of_framework.flat_map(|(_, controls)| controls)
}

/// §3.19.3: a standard taxonomy, with those of its entries that the rules refer to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taxonomy<'r> {
    name: &'r str,
    guid: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r str>,
    organization: &'r str,
    information_uri: &'r str,
    short_description: Text<'r>,
    is_comprehensive: bool,
    taxa: Vec<Taxon<'r>>,
    #[serde(skip)]
    key: &'r str,
}

impl<'r> Taxonomy<'r> {
    /// None where no rule refers to the framework, or other tools do not know it.
    pub(super) fn new(framework: &'static Framework<'static>, rules: &'r [RuleInfo]) -> Option<Self> {
        let ids: BTreeSet<_> = rules.iter().flat_map(|rule| controls(&rule.references, &framework.key)).map(by_number).collect();
        let taxa: Vec<_> = ids.into_iter().map(|(_, id)| Taxon::new(framework, id)).collect();
        let taxonomy = framework.taxonomy.as_ref()?;
        (!taxa.is_empty()).then_some(Self {
            name: &taxonomy.name,
            guid: &taxonomy.guid,
            version: framework.version.as_deref(),
            organization: &framework.publisher,
            information_uri: &framework.address,
            short_description: Text { text: &framework.name, markdown: None },
            is_comprehensive: false,
            taxa,
            key: &framework.key,
        })
    }

    pub(super) fn reference(&self) -> ComponentReference<'r> {
        ComponentReference { name: self.name, guid: self.guid }
    }

    pub(super) fn relationships(&self, rule: &'r RuleInfo) -> Vec<Relationship<'r>> {
        let ids: BTreeSet<_> = controls(&rule.references, self.key).map(by_number).collect();
        ids.into_iter().filter_map(|(_, id)| self.relationship(id)).collect()
    }

    fn relationship(&self, id: &'r str) -> Option<Relationship<'r>> {
        let index = self.taxa.iter().position(|taxon| taxon.id == id)?;
        let target = TaxonReference { id, index, tool_component: self.reference() };
        Some(Relationship { target, kinds: ["superset"] })
    }
}

/// Sorts `CWE-200` before `CWE-1426`.
fn by_number(id: &str) -> (usize, &str) {
    (id.len(), id)
}

/// §3.49 reportingDescriptor, as an entry of a taxonomy.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Taxon<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Text<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'r str>,
}

impl<'r> Taxon<'r> {
    fn new(framework: &'static Framework<'static>, id: &'r str) -> Self {
        let control = framework.control(id);
        let title = control.and_then(|control| control.title.as_deref());
        Self {
            id,
            short_description: title.map(|text| Text { text, markdown: None }),
            help_uri: control.and_then(|control| control.address.as_deref()),
        }
    }
}

/// §3.53 reportingDescriptorRelationship. The entry is a `superset` of the rule: whatever the rule finds
/// falls under it, so that results need no `taxa` of their own (§3.27.8).
#[derive(Serialize)]
pub(super) struct Relationship<'r> {
    target: TaxonReference<'r>,
    kinds: [&'static str; 1],
}

/// §3.52 reportingDescriptorReference, to an entry of a taxonomy. §3.52.2 wants an index or a guid.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaxonReference<'r> {
    id: &'r str,
    index: usize,
    tool_component: ComponentReference<'r>,
}

/// §3.54 toolComponentReference. By guid: an index would mean an extension of the tool (§3.54.2).
#[derive(Serialize)]
pub(super) struct ComponentReference<'r> {
    name: &'r str,
    guid: &'r str,
}
