//! Credentials: where they come from, and that callers need one. Their values are never kept.

use super::super::fact::{Attribute, Fact, Standing, Subject};
use super::super::substitution::Term;

/// Notes that callers need a key, whatever it is. A key that may be empty is one that nobody can tell.
pub fn note_key(subject: &mut Subject, term: &Term, word: &Term) {
    match term.standing {
        Standing::Default if term.text.trim().is_empty() => {
            subject.unresolved(Attribute::Authentication, term.written.clone(), word.span);
        }
        _ if term.standing.has_value() && term.text.trim().is_empty() => {}
        _ => subject.note(Fact {
            attribute: Attribute::Authentication,
            value: Some("api_key".into()),
            // Never the key itself.
            written: "api_key".to_owned(),
            standing: Standing::Literal,
            span: word.span,
        }),
    }
}

/// Whether the name of a variable speaks of a credential.
pub fn names_credential(name: &str) -> bool {
    let mut parts = name.split('_');
    let speaks = parts.clone().any(|part| matches!(part, "TOKEN" | "KEY" | "SECRET" | "PASSWORD"));
    // The identifier of a key is none.
    speaks && !name.ends_with("_KEY_ID") && !parts.any(|part| part == "PUBLIC")
}

/// What a variable whose name speaks of a credential is filled from. Its value is never kept.
pub(super) fn note_secret(subject: &mut Subject, name: &str, term: &Term) {
    if let Some(file) = name.strip_suffix("_FILE").filter(|name| names_credential(name)) {
        if term.text.starts_with("/run/secrets/") {
            note_credential(subject, file, &Term { standing: Standing::Unresolved, written: SECRET.to_owned(), ..term.clone() });
        }
    } else if names_credential(name) || holds_password(&term.written) {
        note_credential(subject, name, term);
    }
}

/// Whether a text is an address with a password in it.
pub fn holds_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    authority.split_once('@').is_some_and(|(user, _)| user.contains(':') && !user.ends_with(':'))
}

/// Notes where a credential with this name comes from. Its value is never kept; words that stand for no credential
/// are none.
pub fn note_credential(subject: &mut Subject, name: &str, term: &Term) {
    let from = match term.standing {
        Standing::Unresolved if term.written.starts_with(SECRET) => "secret",
        Standing::Unresolved | Standing::Default => "env",
        Standing::Literal if is_credential(&term.text) => "source",
        _ => return,
    };
    subject.note(Fact {
        attribute: Attribute::Secrets,
        value: Some(from.into()),
        written: name.to_owned(),
        standing: Standing::Literal,
        span: term.span,
    });
}

/// Whether a text can be a credential: servers without any are called with words such as `none`.
pub fn is_credential(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'']).to_ascii_lowercase().replace(['_', ' '], "-");
    let said = text.split('-').any(|word| matches!(word, "dummy" | "fake" | "unused"));
    !said
        && !matches!(
            text.as_str(),
            "" | "none"
                | "null"
                | "na"
                | "n/a"
                | "true"
                | "false"
                | "empty"
                | "not-used"
                | "not-needed"
                | "not-required"
                | "notneeded"
                | "ignored"
                | "no-key"
                | "no-key-required"
                | "sk-no-key-required"
                | "ollama"
                | "vllm"
                | "lm-studio"
                | "local"
        )
}

/// How a reader writes the value of a variable that a secret store fills.
pub const SECRET: &str = "secret:";
