//! The result as an in-toto statement, version 1, with a verification summary as its predicate.
//!
//! The statement is about the report and the manifests that it was made of, by their digests, so that whoever holds one
//! of them can check it against a signed statement with an ordinary tool. It is not signed here. The predicate is the
//! verification summary attestation of SLSA, version 1: <https://slsa.dev/spec/v1.0/verification_summary>. caveat
//! verifies no level of SLSA, and says so in its words (`SLSA_BUILD_LEVEL_UNEVALUATED`, or `FAILED`).

use serde_json::{Value, json};

use crate::audit::Audit;
use crate::audit::record::InputRole;
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
    let digest = |sha256: &str| json!({ "sha256": sha256 });
    let of = |roles: &'static [InputRole]| audit.record.inputs.iter().filter(move |input| roles.contains(&input.role));
    let documents = artefacts.iter().map(|artefact| json!({ "name": artefact.name, "digest": digest(&artefact.sha256) }));
    let manifests = of(&[InputRole::Manifest]).map(|input| json!({ "name": input.name, "digest": digest(&input.sha256) }));
    let beside = of(&[InputRole::Evidence, InputRole::Baseline]);
    let beside = beside.map(|input| json!({ "uri": uri(&input.name, &input.sha256), "digest": digest(&input.sha256) }));
    let resource = artefacts.first().map(|artefact| uri(&artefact.name, &artefact.sha256));
    let passed = !audit.fails();
    let statement = json!({
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
    });
    format!("{statement:#}\n")
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
        "asOf": audit.record.as_of,
        "arguments": audit.record.arguments,
        "tables": { "sha256": audit.record.tool.tables },
        "rules": summary.rules,
        "outcomes": outcomes.collect::<serde_json::Map<_, _>>(),
        "findings": verdicts.collect::<serde_json::Map<_, _>>(),
        "accepted": summary.suppressed.values().sum::<usize>(),
    })
}
