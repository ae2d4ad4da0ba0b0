//! The result as an in-toto statement, version 1, with a verification summary as its predicate.
//!
//! The statement is about the report and the manifests that it was made of, by their digests, so that whoever holds one
//! of them can check it against a signed statement with an ordinary tool. It is not signed here. The predicate is the
//! verification summary attestation of SLSA, version 1: <https://slsa.dev/spec/v1.0/verification_summary>. caveat
//! verifies no level of SLSA, and says so in its words (`SLSA_BUILD_LEVEL_UNEVALUATED`, or `FAILED`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::audit::record::{InputRole, SCHEMA};
use crate::audit::{Audit, Conclusion, Record};
use crate::finding::Verdict;
use crate::report::Outcome;

/// The type of the statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of the predicate.
pub const PREDICATE: &str = "https://slsa.dev/verification_summary/v1";

/// A document that was written.
#[derive(Debug, Clone)]
pub struct Artefact {
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The statement.
pub fn statement(audit: &Audit, artefacts: &[Artefact]) -> String {
    format!("{:#}\n", value(audit, artefacts))
}

fn value(audit: &Audit, artefacts: &[Artefact]) -> Value {
    let digest = |sha256: &str| json!({ "sha256": sha256 });
    let of = |roles: &'static [InputRole]| audit.record.inputs.iter().filter(move |input| roles.contains(&input.role));
    let documents = artefacts.iter().map(|artefact| json!({ "name": artefact.name, "digest": digest(&artefact.sha256) }));
    let manifests = of(&[InputRole::Manifest]).map(|input| json!({ "name": input.name, "digest": digest(&input.sha256) }));
    let beside = of(&[InputRole::Evidence, InputRole::Baseline]);
    let beside = beside.map(|input| json!({ "uri": uri(&input.name, &input.sha256), "digest": digest(&input.sha256) }));
    let resource = artefacts.first().map(|artefact| uri(&artefact.name, &artefact.sha256));
    // As `caveat check` ends on the same terms; what could not be decided is counted beside it.
    let passed = audit.conclusion() != Conclusion::Fails;
    json!({
        "_type": STATEMENT,
        "subject": documents.chain(manifests).collect::<Vec<_>>(),
        "predicateType": PREDICATE,
        "predicate": {
            "verifier": {
                "id": format!("pkg:cargo/caveat@{}", audit.record.tool.version),
                "version": { "caveat": audit.record.tool.version },
            },
            "timeVerified": format!("{}T00:00:00Z", audit.record.as_of),
            "resourceUri": resource.unwrap_or_default(),
            "policy": {
                "uri": format!("pkg:cargo/caveat@{}#rules", audit.record.tool.version),
                "digest": digest(&audit.record.tool.rules),
            },
            "inputAttestations": beside.collect::<Vec<_>>(),
            "verificationResult": if passed { "PASSED" } else { "FAILED" },
            "verifiedLevels": [if passed { "SLSA_BUILD_LEVEL_UNEVALUATED" } else { "FAILED" }],
            "slsaVersion": "1.0",
            // A consumer ignores members that it does not know.
            "caveat": summary(audit),
        },
    })
}

/// A file as a package URL, told apart by its digest.
fn uri(name: &str, sha256: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    let encoded: String = last.bytes().map(encode).collect();
    format!("pkg:generic/{encoded}?checksum=sha256:{sha256}")
}

/// A byte of a name as a package URL has it.
fn encode(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

fn summary(audit: &Audit) -> Value {
    let summary = audit.report.summary();
    let outcomes = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.as_str().to_owned(), json!(summary.outcomes.get(&outcome).copied().unwrap_or_default())));
    let verdicts = [Verdict::Error, Verdict::Violation, Verdict::Unknown, Verdict::Info];
    let verdicts = verdicts
        .into_iter()
        .map(|verdict| (verdict.as_str().to_owned(), json!(summary.verdicts.get(&verdict).copied().unwrap_or_default())));
    json!({
        "record": audit.record,
        "rules": summary.rules,
        "outcomes": outcomes.collect::<serde_json::Map<_, _>>(),
        "findings": verdicts.collect::<serde_json::Map<_, _>>(),
        "accepted": summary.suppressed.values().sum::<usize>(),
    })
}

/// A statement that was read: what it is about, and the record in it.
#[derive(Debug)]
pub struct Stated {
    pub subjects: Vec<Artefact>,
    pub record: Record,
    /// All of it.
    pub whole: Value,
}

impl Stated {
    /// Whether these documents, among its subjects, give the same statement.
    pub fn is_made_of(&self, audit: &Audit) -> bool {
        let manifests = audit.record.inputs.iter().filter(|input| input.role == InputRole::Manifest).count();
        // Documents stand before manifests.
        let documents = &self.subjects[..self.subjects.len().saturating_sub(manifests)];
        !documents.is_empty() && value(audit, documents) == self.whole
    }
}

/// Reads a statement, or the envelope (DSSE) in which a tool that signs has put one. Signatures are not looked at.
/// None where it is neither, or is not one of ours.
pub fn read(text: &str) -> Option<Stated> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    if value.get("payloadType").and_then(Value::as_str) == Some("application/vnd.in-toto+json") {
        let payload = STANDARD.decode(value.get("payload")?.as_str()?).ok()?;
        value = serde_json::from_slice(&payload).ok()?;
    }
    if value.get("_type")?.as_str()? != STATEMENT || value.get("predicateType")?.as_str()? != PREDICATE {
        return None;
    }
    let record: Record = serde_json::from_value(value.pointer("/predicate/caveat/record")?.clone()).ok()?;
    let subject = |subject: &Value| {
        let sha256 = subject.pointer("/digest/sha256")?.as_str()?.to_owned();
        Some(Artefact { name: subject.get("name")?.as_str()?.to_owned(), sha256 })
    };
    let subjects = value.get("subject")?.as_array()?.iter().map(subject).collect::<Option<_>>()?;
    (record.schema == SCHEMA).then_some(Stated { subjects, record, whole: value })
}
