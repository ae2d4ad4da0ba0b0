//! The `sarif` format: SARIF 2.1.0, for code scanning and for whoever collects findings of many tools.
//!
//! The structs are the few of the standard that are used, member for member; "§" refers to the OASIS
//! standard *Static Analysis Results Interchange Format (SARIF) Version 2.1.0*. They are written by hand
//! because that is shorter than a model of everything. The official schema checks the shape in the
//! tests; what the standard asks for and the schema cannot express is said where it is done.
//!
//! The log holds no time, no absolute path that was not given, and no snippet of a manifest: the first
//! two would change from run to run, the last could carry a credential to where the log goes.

mod fix;
mod location;
mod taxonomy;

use std::collections::BTreeSet;

use serde::Serialize;

use self::fix::FixObject;
use self::location::{ArtifactLocation, Location, locations, related};
use self::taxonomy::{ComponentReference, Relationship, Taxonomy, controls, standards};
use super::json::pretty;
use crate::finding::{BaselineState, Finding, Role, Severity, Suppression, SuppressionKind, Verdict};
use crate::report::{Failure, File, FileRole, Outcome, Report, RuleInfo, Stale};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The base of relative names, by the name that code scanning knows it.
const ROOT: &str = "%SRCROOT%";

/// Codes of files that could not be checked, or only in part: the reader of a log has to know.
const UNCHECKED: [&str; 3] = [SYNTAX, ENCODING, LIMIT];
const SYNTAX: &str = "E009";
const ENCODING: &str = "E011";
const LIMIT: &str = "E012";

/// Renders the report as a log with one run, with a line break at the end.
pub fn render(report: &Report) -> String {
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [Run::new(report)] })
}

/// §3.13 sarifLog.
#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

/// §3.14 run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool<'r>,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact>,
    results: Vec<ResultObject<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxonomies: Vec<Taxonomy<'r>>,
    /// §3.14.26: as YAML counts lines.
    newline_sequences: [&'static str; 3],
    /// §3.14.27.
    column_kind: &'static str,
    properties: RunProperties,
}

impl<'r> Run<'r> {
    fn new(report: &'r Report) -> Self {
        let taxonomies: Vec<_> = standards().filter_map(|standard| Taxonomy::new(standard, &report.rules)).collect();
        Self {
            tool: Tool { driver: Driver::new(report, &taxonomies) },
            invocations: [Invocation::new(report)],
            artifacts: report.files.iter().enumerate().map(|(index, file)| Artifact::new(file, index)).collect(),
            results: report.findings.iter().map(|finding| ResultObject::new(report, finding)).collect(),
            taxonomies,
            newline_sequences: ["\r\n", "\n", "\r"],
            column_kind: "unicodeCodePoints",
            properties: RunProperties::new(report),
        }
    }
}

/// §3.8 property bag of the run: what SARIF has no member for.
#[derive(Serialize)]
struct RunProperties {
    as_of: String,
    manifests: usize,
    documents: usize,
    rules: usize,
    outcomes: OutcomeCounts,
}

impl RunProperties {
    fn new(report: &Report) -> Self {
        let summary = report.summary();
        let of = |outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
        Self {
            as_of: report.as_of.to_string(),
            manifests: summary.files,
            documents: summary.documents,
            rules: summary.rules,
            outcomes: OutcomeCounts {
                violation: of(Outcome::Violation),
                passed: of(Outcome::Passed),
                unknown: of(Outcome::Unknown),
                not_applicable: of(Outcome::NotApplicable),
            },
        }
    }
}

/// Rules and subjects by outcome, so that a log without results is no silent pass.
#[derive(Serialize)]
struct OutcomeCounts {
    violation: usize,
    passed: usize,
    unknown: usize,
    not_applicable: usize,
}

/// §3.18 tool.
#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

/// §3.19 toolComponent, as the driver.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'r>>,
    notifications: [NotificationDescriptor; 3],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supported_taxonomies: Vec<ComponentReference<'r>>,
}

impl<'r> Driver<'r> {
    fn new(report: &'r Report, taxonomies: &[Taxonomy<'r>]) -> Self {
        Self {
            name: "caveat",
            version: env!("CARGO_PKG_VERSION"),
            semantic_version: env!("CARGO_PKG_VERSION"),
            rules: report.rules.iter().map(|rule| Rule::new(rule, taxonomies)).collect(),
            notifications: NOTIFICATIONS,
            supported_taxonomies: taxonomies.iter().map(Taxonomy::reference).collect(),
        }
    }
}

/// §3.49 reportingDescriptor, as a rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'r> {
    id: &'r str,
    name: &'r str,
    short_description: Text<'r>,
    full_description: Text<'r>,
    help: Text<'r>,
    default_configuration: Configuration,
    properties: RuleProperties<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relationships: Vec<Relationship<'r>>,
}

impl<'r> Rule<'r> {
    fn new(rule: &'r RuleInfo, taxonomies: &[Taxonomy<'r>]) -> Self {
        Self {
            id: &rule.code,
            name: &rule.name,
            short_description: Text { text: &rule.summary, markdown: None },
            full_description: Text { text: &rule.summary, markdown: None },
            help: Text { text: &rule.help, markdown: Some(&*rule.page).filter(|page| !page.is_empty()) },
            default_configuration: Configuration { level: level(rule.severity) },
            properties: RuleProperties::new(rule),
            relationships: taxonomies.iter().flat_map(|taxonomy| taxonomy.relationships(rule)).collect(),
        }
    }
}

/// §3.12 multiformatMessageString.
#[derive(Serialize)]
struct Text<'r> {
    text: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'r str>,
}

/// §3.50 reportingConfiguration.
#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// The property bag of a rule, with the members that GitHub's code scanning reads.
#[derive(Serialize)]
struct RuleProperties<'r> {
    tags: Vec<String>,
    family: &'r str,
    severity: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    /// A number in a string; absent for what is wrong with a file itself, which is no security matter.
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

impl<'r> RuleProperties<'r> {
    fn new(rule: &'r RuleInfo) -> Self {
        let about_the_file = rule.family == "manifest";
        Self {
            tags: tags(rule, !about_the_file),
            family: &rule.family,
            severity: rule.severity.as_str(),
            problem_severity: match rule.severity {
                Severity::Critical | Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low | Severity::Info => "recommendation",
            },
            security_severity: Some(security_severity(rule.severity)).filter(|_| !about_the_file),
        }
    }
}

/// §3.8.2: distinct. `security` makes code scanning use the score, `external/cwe/…` is how it is told
/// of weaknesses. It shows ten at most, so other frameworks stay in the taxonomies.
fn tags(rule: &RuleInfo, security: bool) -> Vec<String> {
    let mut tags: Vec<String> = security.then(|| "security".to_owned()).into_iter().collect();
    if !tags.iter().any(|tag| *tag == rule.family) {
        tags.push(rule.family.to_string());
    }
    let weaknesses = controls(&rule.references, "cwe").map(|cwe| format!("external/cwe/{}", cwe.to_lowercase()));
    tags.extend(weaknesses.collect::<BTreeSet<_>>());
    tags
}

/// The middle of each band of code scanning: above 9, from 7, from 4, above 0, none.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

/// §3.27.10 for a result of kind `fail`.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// §3.20 invocation, without the times.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

impl Invocation {
    /// The run failed where something could not be read or exceeded a limit, as with exit status 2. That
    /// is what a notification of level `error` means (§3.20.21), so no other one has it.
    fn new(report: &Report) -> Self {
        let unread = report.failures.iter().map(Notification::unread);
        let unchecked = report.findings.iter().filter(|finding| is_unchecked(finding));
        let stale = report.stale.iter().map(|stale| Notification::stale(report, stale));
        let notifications: Vec<_> = unread.chain(unchecked.map(|f| Notification::unchecked(report, f))).chain(stale).collect();
        Self {
            execution_successful: notifications.iter().all(|notification| notification.level != "error"),
            tool_execution_notifications: notifications,
        }
    }
}

fn is_unchecked(finding: &Finding) -> bool {
    finding.verdict == Verdict::Error && UNCHECKED.contains(&&*finding.rule)
}

/// §3.49 reportingDescriptor, as a kind of notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NotificationDescriptor {
    id: &'static str,
    short_description: Text<'static>,
}

/// §3.19.24; a notification refers to them by index.
const NOTIFICATIONS: [NotificationDescriptor; 3] = [
    NotificationDescriptor {
        id: "unread",
        short_description: Text { text: "A file or folder could not be read.", markdown: None },
    },
    NotificationDescriptor {
        id: "unchecked",
        short_description: Text { text: "A file could not be checked, or only in part.", markdown: None },
    },
    NotificationDescriptor {
        id: "stale",
        short_description: Text { text: "A finding of the baseline is gone.", markdown: None },
    },
];

/// §3.58 notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    descriptor: DescriptorReference,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<DescriptorReference>,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
}

impl Notification {
    fn unread(failure: &Failure) -> Self {
        let at = ArtifactLocation::new(&failure.path, None);
        Self {
            descriptor: DescriptorReference::notification(0),
            associated_rule: None,
            level: "error",
            message: Message::new(&failure.message),
            locations: vec![Location::whole(at)],
        }
    }

    /// A warning where the text is at fault: the other files were checked, their results hold, and the
    /// run did what it was asked to (§3.58.6). An error where caveat refused to read on.
    fn unchecked(report: &Report, finding: &Finding) -> Self {
        Self {
            descriptor: DescriptorReference::notification(1),
            associated_rule: DescriptorReference::rule(report, &finding.rule),
            level: if finding.rule == LIMIT { "error" } else { "warning" },
            message: Message::new(&finding.message),
            locations: locations(report, finding),
        }
    }
}

impl Notification {
    /// No result of state `absent` (§3.27.24): consumers that do not know states would open it again.
    fn stale(report: &Report, stale: &Stale) -> Self {
        let at = ArtifactLocation::new(&stale.manifest, report.files.iter().position(|file| file.name == stale.manifest));
        Self {
            descriptor: DescriptorReference::notification(2),
            associated_rule: DescriptorReference::rule(report, &stale.rule),
            level: "note",
            message: Message::new(&format!("in the baseline, and no longer found: {} ({})", stale.message, stale.fingerprint)),
            locations: vec![Location::whole(at)],
        }
    }
}

/// §3.52 reportingDescriptorReference, to a rule or a kind of notification.
#[derive(Serialize)]
struct DescriptorReference {
    id: String,
    index: usize,
}

impl DescriptorReference {
    fn notification(index: usize) -> Self {
        Self { id: NOTIFICATIONS[index].id.into(), index }
    }

    fn rule(report: &Report, code: &str) -> Option<Self> {
        Some(Self { id: code.into(), index: rule_index(report, code)? })
    }
}

fn rule_index(report: &Report, code: &str) -> Option<usize> {
    report.rules.iter().position(|rule| rule.code == code)
}

/// §3.24 artifact: a file that was read.
#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
    roles: [&'static str; 1],
}

impl Artifact {
    fn new(file: &File, index: usize) -> Self {
        Self { location: ArtifactLocation::new(&file.name, Some(index)), roles: [role(file.role)] }
    }
}

/// §3.24.6.
fn role(role: FileRole) -> &'static str {
    match role {
        FileRole::Manifest => "analysisTarget",
        FileRole::Configuration => "userSpecifiedConfiguration",
        // SARIF 2.1.0 §3.24.6 has no role for what a target is compared with.
        FileRole::Evidence => "referencedOnCommandLine",
    }
}

/// §3.27 result: a finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultObject<'r> {
    rule_id: &'r str,
    /// §3.27.6: absent where the rule is not described.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    partial_fingerprints: Fingerprints<'r>,
    /// §3.27.23: absent where the finding counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<SuppressionObject<'r>>,
    /// §3.27.24: absent where there is no baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixObject<'r>>,
    properties: ResultProperties<'r>,
}

impl<'r> ResultObject<'r> {
    fn new(report: &Report, finding: &'r Finding) -> Self {
        let kind = kind(finding.verdict);
        Self {
            rule_id: &finding.rule,
            rule_index: rule_index(report, &finding.rule),
            kind,
            level: if kind == "fail" { level(finding.severity) } else { "none" },
            message: Message::with_help(&finding.message, &finding.help),
            locations: locations(report, finding),
            related_locations: related(report, finding),
            code_flows: CodeFlow::new(report, finding).into_iter().collect(),
            partial_fingerprints: Fingerprints { caveat: &finding.fingerprint },
            suppressions: finding.suppressed.iter().map(|suppression| SuppressionObject::new(report, suppression)).collect(),
            baseline_state: finding.baseline.map(BaselineState::as_str),
            fixes: finding.fix.iter().filter_map(|fix| FixObject::new(report, finding.file(), fix)).collect(),
            properties: ResultProperties::new(finding),
        }
    }
}

/// §3.35 suppression. GitHub and others close what carries one, and keep it closed.
#[derive(Serialize)]
struct SuppressionObject<'r> {
    kind: &'static str,
    /// §3.35.4: a finding is suppressed by what is in force only.
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    properties: SuppressionProperties<'r>,
}

/// The property bag of a suppression.
#[derive(Serialize)]
struct SuppressionProperties<'r> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

impl<'r> SuppressionObject<'r> {
    fn new(report: &Report, suppression: &'r Suppression) -> Self {
        Self {
            kind: if suppression.kind == SuppressionKind::Baseline { "external" } else { "inSource" },
            status: "accepted",
            justification: escaped(&suppression.justification),
            location: suppression.at.and_then(|(file, span)| Location::at(report, file, span)),
            properties: SuppressionProperties {
                kind: suppression.kind.as_str(),
                owner: suppression.owner.as_deref(),
                until: suppression.until.map(|until| until.to_string()),
            },
        }
    }
}

/// §3.27.9. `open` is the word for "insufficient information to decide whether a problem exists". With
/// any kind but `fail`, §3.27.10 makes the level `none`; the severity is in the properties.
fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Error | Verdict::Violation => "fail",
        Verdict::Unknown => "open",
        Verdict::Info => "informational",
    }
}

/// §3.27.17. The name carries the version of the method, see `docs/formats.md`.
#[derive(Serialize)]
struct Fingerprints<'r> {
    #[serde(rename = "caveat/v1")]
    caveat: &'r str,
}

/// The property bag of a result.
#[derive(Serialize)]
struct ResultProperties<'r> {
    verdict: &'static str,
    severity: &'static str,
    document: usize,
    subject: &'r str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Missing<'r>>,
}

impl<'r> ResultProperties<'r> {
    fn new(finding: &'r Finding) -> Self {
        let stated = |unknown| if unknown { "unknown" } else { "absent" };
        let missing = finding.missing.iter().map(|m| Missing { path: &m.path, stated: stated(m.stated_unknown) });
        Self {
            verdict: finding.verdict.as_str(),
            severity: finding.severity.as_str(),
            document: finding.document,
            subject: &finding.subject,
            missing: missing.collect(),
        }
    }
}

/// A fact that would decide the rule.
#[derive(Serialize)]
struct Missing<'r> {
    path: &'r str,
    stated: &'static str,
}

/// §3.36 codeFlow: the path that a finding prints hop by hop.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

impl CodeFlow {
    /// None where the finding has no path.
    fn new(report: &Report, finding: &Finding) -> Option<Self> {
        let hops = finding.labels.iter().filter(|label| label.role == Role::Hop);
        let steps = hops.filter_map(|hop| Some(ThreadFlowLocation { location: Location::new(report, hop)?.about(hop) }));
        let locations: Vec<_> = steps.collect();
        (!locations.is_empty()).then_some(Self { thread_flows: [ThreadFlow { locations }] })
    }
}

/// §3.37 threadFlow.
#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<ThreadFlowLocation>,
}

/// §3.38 threadFlowLocation.
#[derive(Serialize)]
struct ThreadFlowLocation {
    location: Location,
}

/// §3.11 message, as plain text.
#[derive(Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: &str) -> Self {
        Self { text: escaped(text) }
    }

    /// §3.27.11: a message says what to do, after what is wrong.
    fn with_help(text: &str, help: &str) -> Self {
        if help.is_empty() { Self::new(text) } else { Self::new(&format!("{text}\n{help}")) }
    }
}

/// Keeps text from a manifest from being read as a placeholder (§3.11.5) or as a link (§3.11.6).
fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "\\](")
}

#[cfg(test)]
mod tests;
