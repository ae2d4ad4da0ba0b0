//! Literal credentials in a text, and the text without them.
//!
//! What is found is covered before anything else reads the text, with as many bytes: no message, excerpt, edit or
//! format can show what it never had. Two ways lead to a credential: its own shape (a prefix that its issuer gives to
//! all of them), or a key that speaks of one beside a value that looks drawn at random. Samples that documentation
//! publishes are told apart, and so are texts that are meant to be replaced.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use memchr::memmem;
use regex::Regex;

use crate::finding::Fault;
use crate::span::Span;

/// A credential in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// The bytes to cover: all but a prefix that every credential of the kind begins with.
    pub span: Span,
    /// What it is, as people call it.
    pub kind: &'static str,
    /// Whether it is one that documentation publishes: everybody knows it.
    pub sample: bool,
}

/// The shape of a kind of credential.
struct Shape {
    kind: &'static str,
    /// What its text has to hold for the pattern to be tried.
    needle: &'static str,
    /// What has to come somewhere after it, without white space between.
    then: Then,
    /// The credential; the first group is what is covered.
    pattern: &'static str,
}

/// What is cheap to see of a text that a pattern may match.
#[derive(Clone, Copy)]
enum Then {
    /// As many letters, digits, `-` and `_` directly behind it.
    Run(usize),
    /// This byte, at most so many bytes on: a line of megabytes is not gone through from every needle in it.
    Byte(u8, usize),
    Anything,
}

const fn shape(kind: &'static str, needle: &'static str, then: Then, pattern: &'static str) -> Shape {
    Shape { kind, needle, then, pattern }
}

impl Shape {
    /// Whether a text gives reason to try the pattern.
    fn may_be_in(&self, text: &str) -> bool {
        memmem::find_iter(text.as_bytes(), self.needle).any(|at| {
            let rest = &text.as_bytes()[at + self.needle.len()..];
            let token = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            match self.then {
                Then::Run(least) => rest.iter().take(least).take_while(token).count() == least,
                Then::Byte(wanted, within) => {
                    rest.iter().take(within).take_while(|byte| !byte.is_ascii_whitespace()).any(|byte| *byte == wanted)
                }
                Then::Anything => true,
            }
        })
    }
}

/// The patterns, each compiled once, where some text gives reason to: a set of all of them costs more than a whole check.
static PATTERNS: [OnceLock<Option<Regex>>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

/// Shapes as the issuers document them; a narrower one stands before a wider one.
const SHAPES: &[Shape] = &[
    shape("an Anthropic key", "sk-ant-", Then::Run(20), r"\bsk-ant-([A-Za-z0-9_-]{20,})"),
    shape("an OpenRouter key", "sk-or-", Then::Run(43), r"\bsk-or-(v1-[0-9a-f]{40,})"),
    shape("a Langfuse secret key", "sk-lf-", Then::Run(30), r"\bsk-lf-([0-9a-fA-F-]{30,})"),
    shape("a key in the form of OpenAI's", "sk-", Then::Run(20), r"\bsk-((?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,})"),
    shape("a LiteLLM sample key", "sk-1234", Then::Anything, r"\bsk-(1234)\b"),
    shape("a Hugging Face token", "hf_", Then::Run(30), r"\bhf_([A-Za-z0-9]{30,})"),
    shape("an NVIDIA key", "nvapi-", Then::Run(30), r"\bnvapi-([A-Za-z0-9_-]{30,})"),
    shape("a Groq key", "gsk_", Then::Run(30), r"\bgsk_([A-Za-z0-9]{30,})"),
    shape("a Replicate token", "r8_", Then::Run(30), r"\br8_([A-Za-z0-9]{30,})"),
    shape("an xAI key", "xai-", Then::Run(40), r"\bxai-([A-Za-z0-9]{40,})"),
    shape("a Perplexity key", "pplx-", Then::Run(30), r"\bpplx-([A-Za-z0-9]{30,})"),
    shape("a Tavily key", "tvly-", Then::Run(20), r"\btvly-([A-Za-z0-9-]{20,})"),
    shape("an AWS access key", "AKIA", Then::Run(16), r"\bAKIA([A-Z0-9]{16})\b"),
    shape("an AWS access key", "ASIA", Then::Run(16), r"\bASIA([A-Z0-9]{16})\b"),
    shape("a Google API key", "AIza", Then::Run(35), r"\bAIza([0-9A-Za-z_-]{35})"),
    shape("a GitHub token", "github_pat_", Then::Run(50), r"\bgithub_pat_([A-Za-z0-9_]{50,})"),
    shape("a GitHub token", "gh", Then::Run(38), r"\bgh[pousr]_([A-Za-z0-9]{36,})"),
    shape("a GitLab token", "glpat-", Then::Run(20), r"\bglpat-([A-Za-z0-9_-]{20,})"),
    shape("a Slack token", "xox", Then::Run(12), r"\bxox[abeoprs]-([A-Za-z0-9-]{10,})"),
    shape("a Stripe key", "_live_", Then::Run(16), r"\b[rs]k_live_([A-Za-z0-9]{16,})"),
    shape("an npm token", "npm_", Then::Run(36), r"\bnpm_([A-Za-z0-9]{36})"),
    shape("a PyPI token", "pypi-", Then::Run(50), r"\bpypi-([A-Za-z0-9_-]{50,})"),
    shape("a DigitalOcean token", "dop_v1_", Then::Run(64), r"\bdop_v1_([0-9a-f]{64})"),
    shape("an Azure storage key", "AccountKey=", Then::Anything, r"AccountKey=([A-Za-z0-9+/]{60,}={0,2})"),
    shape("a JSON Web Token", "eyJ", Then::Run(8), r"\beyJ([A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"),
    shape("a private key", "PRIVATE KEY", Then::Anything, r"-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\\nrA-Za-z0-9+/=]{40,})"),
    shape(
        "a password in an address",
        "://",
        Then::Byte(b'@', 64 + 1 + 200 + 1),
        r"\b[a-z][a-z0-9+.-]*://[A-Za-z0-9._%+~-]{0,64}:([!#-&(-.0-9;-?A-~]{3,200})@",
    ),
];

/// Parts of credentials that documentation publishes.
const SAMPLES: &[&str] = &[
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG",
    "sk-1234",
    // The token on the front page of jwt.io, and that of Supabase's local development.
    "eyJzdWIiOiIxMjM0NTY3ODkwI",
    "eyJpc3MiOiJzdXBhYmFzZS1kZW1v",
    // Defaults in the compose file that Dify publishes, and in those that are made from it.
    "QaHbTe77CtuXmsfyhR7",
    "lYkiYYT6owG+71oLerGz",
    "9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U",
    "WVF5YThaHlkYwhGUSmCRgsX3tD5ngdN8pkih",
    "EXAMPLE",
];

/// Every credential in a text, in order; none overlaps another.
pub fn find(text: &str) -> Vec<Secret> {
    let mut found: BTreeMap<u32, Secret> = BTreeMap::new();
    for (shape, pattern) in SHAPES.iter().zip(&PATTERNS).filter(|(shape, _)| shape.may_be_in(text)) {
        let compile = || regex::RegexBuilder::new(shape.pattern).unicode(false).build().ok();
        if let Some(pattern) = pattern.get_or_init(compile) {
            shaped(text, shape, pattern, &mut found);
        }
    }
    let mut start = 0;
    let mut named = false;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        if code.starts_with('#') || code.starts_with("//") {
            named = false;
            start += line.len();
            continue;
        }
        // Flow mappings and JSON put several keys on a line.
        for piece in line.split_inclusive(',') {
            named = assigned(piece, start, named, &mut found);
            start += piece.len();
        }
    }
    found.into_values().collect()
}

fn shaped(text: &str, shape: &Shape, pattern: &Regex, found: &mut BTreeMap<u32, Secret>) {
    for captures in pattern.captures_iter(text) {
        let (Some(whole), Some(body)) = (captures.get(0), captures.get(1)) else { continue };
        let span = Span::new(body.start(), body.end());
        let sample = SAMPLES.iter().any(|sample| whole.as_str().contains(sample));
        // Keys of capitals look like the name of a variable.
        let capitals = shape.needle.bytes().all(|byte| byte.is_ascii_uppercase());
        if !sample && (is_replaceable(body.as_str()) || !capitals && is_reference(body.as_str())) {
            continue;
        }
        add(found, Secret { span, kind: shape.kind, sample });
    }
}

fn add(found: &mut BTreeMap<u32, Secret>, secret: Secret) {
    let before = found.range(..=secret.span.end).next_back().is_some_and(|(_, other)| other.span.end > secret.span.start);
    if !before {
        found.insert(secret.span.start, secret);
    }
}

/// Looks at a line, or a part of one, for a key that speaks of a credential and its value; a variable's name and its
/// value may stand apart (`- name: API_KEY`, `value: …`). Gives whether this part names one for the next.
fn assigned(line: &str, start: usize, named: bool, found: &mut BTreeMap<u32, Secret>) -> bool {
    let Some(separator) = line.find([':', '=']) else { return false };
    let key =
        line[..separator].trim().trim_start_matches(['-', '{', ' ']).trim_start_matches("export ").trim_matches(['"', '\'', ' ']);
    let rest = &line[separator + 1..];
    let value = rest.trim_start();
    let at = start + separator + 1 + (rest.len() - value.len());
    if let Some(inner) = value.strip_prefix('{').filter(|inner| !inner.starts_with('{')) {
        return assigned(inner, at + 1, named, found);
    }
    let (value, at) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => (value[1..].split(quote).next().unwrap_or_default(), at + 1),
        _ => (value.split([' ', '\t', '\r', '\n', ',', '}', ']', '#']).next().unwrap_or_default(), at),
    };
    if key.eq_ignore_ascii_case("name") {
        return speaks(&value.to_ascii_lowercase());
    }
    // Most values are short, and what their keys speak of is not asked.
    if value.len() < LEAST {
        return false;
    }
    let lower = key.to_ascii_lowercase();
    // `KEY=value` as an item of a list: `- API_KEY=…`.
    let (lower, value, at) = match value.split_once('=') {
        Some((name, inner)) if key.is_empty() || key == "-" => (name.to_ascii_lowercase(), inner, at + name.len() + 1),
        _ => (lower, value, at),
    };
    let tells = speaks(&lower) || named && lower == "value";
    if tells && looks_random(value) {
        add(found, Secret { span: Span::new(at, at + value.len()), kind: "a credential", sample: is_sample(value) });
    }
    false
}

fn is_sample(value: &str) -> bool {
    SAMPLES.iter().any(|sample| value.contains(sample))
}

/// Whether a key speaks of a credential.
fn speaks(key: &str) -> bool {
    let last = key.rsplit(['_', '-', '.', ' ']).next().unwrap_or_default();
    if matches!(last, "token" | "secret" | "password" | "passwd" | "pwd" | "credential" | "credentials" | "salt") {
        return true;
    }
    // Whatever separates the letters, also behind them.
    let ends = |word: &&str| {
        let mut letters = key.bytes().rev().filter(|byte| !matches!(byte, b'_' | b'-' | b'.'));
        word.bytes().rev().all(|wanted| letters.next() == Some(wanted))
    };
    ["apikey", "accesskey", "secretkey", "privatekey", "masterkey", "saltkey", "authtoken", "signingkey", "encryptionkey"]
        .iter()
        .any(ends)
}

/// Characters of a value below which it is not taken for drawn at random.
const LEAST: usize = 16;

/// Whether a value looks drawn at random: long, of letters and digits, with about as many bits as that can have.
fn looks_random(value: &str) -> bool {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-' | '.' | '~' | '!' | '@' | '%' | '^' | '&');
    let (letters, digits) = (value.chars().any(|c| c.is_ascii_alphabetic()), value.chars().any(|c| c.is_ascii_digit()));
    value.len() >= LEAST
        && value.chars().all(allowed)
        && letters
        && digits
        && !is_replaceable(value)
        && !is_reference(value)
        && entropy(value) >= 3.4
}

/// Bits of a character, from how often each occurs (Shannon).
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    value.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total).map(|share| -share * share.log2()).sum()
}

/// Whether a text is meant to be replaced, or is one letter over and over.
fn is_replaceable(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
        "your",
        "replace",
        "change",
        "example",
        "placeholder",
        "dummy",
        "xxxx",
        "todo",
        "insert",
        "sample",
        "secret-here",
        "....",
        "****",
    ];
    words.iter().any(|word| lower.contains(word)) || value.len() >= 8 && entropy(value) < 2.0
}

/// Whether a value refers to something rather than being it: a variable, a path, an address, a name of words.
fn is_reference(value: &str) -> bool {
    let upper = value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let words = value.split(['-', '_', '.', '/']).filter(|part| !part.is_empty());
    let readable = words.clone().all(|part| {
        part.chars().all(|c| c.is_ascii_lowercase())
            || part.len() < 4
            || part.chars().all(|c| c.is_ascii_digit()) && part.len() < 5
    });
    value.contains(['$', '{', '(', '<'])
        || value.contains("environ/")
        || value.contains("://")
        || value.starts_with(['/', '.'])
        || upper
        || readable
}

/// Covers the credentials of a text that may not be UTF-8, and gives what was covered.
pub fn cover(bytes: Vec<u8>) -> (Vec<u8>, Vec<Secret>) {
    if let Ok(text) = std::str::from_utf8(&bytes) {
        let secrets = find(text);
        return if secrets.is_empty() { (bytes, secrets) } else { (mask(text, &secrets).into_bytes(), secrets) };
    }
    let (mut covered, mut all) = (Vec::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        let secrets = find(chunk.valid());
        let start = covered.len();
        covered.extend(mask(chunk.valid(), &secrets).into_bytes());
        covered.extend(chunk.invalid());
        all.extend(secrets.into_iter().map(|secret| {
            let span = Span::new(start + secret.span.start as usize, start + secret.span.end as usize);
            Secret { span, ..secret }
        }));
    }
    (covered, all)
}

/// What is said of a credential.
pub fn fault(secret: &Secret) -> Fault {
    if secret.sample {
        let message = format!("{} that documentation publishes is written here", secret.kind);
        let fault = Fault::new("E017", message).label(secret.span, "everybody knows this one; it is covered in every report");
        return fault.help("where it guards anything, put one of your own into a secret store and name that").advice();
    }
    let message = format!("{} is written here", secret.kind);
    let fault = Fault::new("E017", message).label(secret.span, "covered here and in every report");
    fault.help("revoke it, keep its successor in a secret store, and write how it is referred to")
}

/// The text with every credential covered, of the same length.
pub fn mask(text: &str, secrets: &[Secret]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for secret in secrets {
        let range = secret.span.range();
        let (Some(before), Some(body)) = (text.get(from..range.start), text.get(range.clone())) else { continue };
        masked.push_str(before);
        // Lines stay lines: positions behind a key of several lines are kept. A star at the beginning would be an alias.
        let cover = |(at, byte): (usize, u8)| match byte {
            b'\n' | b'\r' => char::from(byte),
            _ if at == 0 => 'x',
            _ => '*',
        };
        masked.extend(body.bytes().enumerate().map(cover));
        from = range.end;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner takes this file for a leak.
    fn made(prefix: &str, length: usize) -> String {
        let letters = b"q7Zr2mK9xW4pL8vB1nC6sD3fG5hJ0tY";
        let body: String = (0..length).map(|at| char::from(letters[(at * 7 + at / 31) % letters.len()])).collect();
        format!("{prefix}{body}")
    }

    fn kinds(text: &str) -> Vec<(&'static str, bool)> {
        find(text).iter().map(|secret| (secret.kind, secret.sample)).collect()
    }

    #[test]
    fn keys_speak_of_credentials_however_their_letters_are_apart() {
        let value = made("", 24);
        for key in
            ["api_key", "API-KEY", "api_key.", "API_KEY_", "ap.ik-ey", "my.private_key_", "authToken", "db password", "x-salt"]
        {
            assert_eq!(kinds(&format!("{key}: {value}\n")), [("a credential", false)], "{key}");
        }
        for key in ["key", "monkey", "tokens", "max_tokens", "api_keys"] {
            assert_eq!(kinds(&format!("{key}: {value}\n")), [], "{key}");
        }
    }

    #[test]
    fn an_address_may_be_as_long_as_its_pattern_permits() {
        let (user, password) = ("u".repeat(64), made("", 200));
        assert_eq!(kinds(&format!("url: postgres://{user}:{password}@db/x\n")), [("a password in an address", false)]);
        // As many addresses without one as fit into a line; from each, only so much is looked at.
        assert_eq!(kinds(&format!("url: {}\n", "a://".repeat(1 << 16))), []);
    }

    #[test]
    fn credentials_are_known_by_their_shape() {
        let cases = [
            (made("sk-ant-", 40), "an Anthropic key"),
            (made("sk-proj-", 40), "a key in the form of OpenAI's"),
            (made("hf_", 34), "a Hugging Face token"),
            (made("nvapi-", 60), "an NVIDIA key"),
            (made("AKIA", 16).to_ascii_uppercase(), "an AWS access key"),
            (made("ghp_", 36), "a GitHub token"),
            (made("gsk_", 48), "a Groq key"),
            (format!("postgres://app:{}@db/x", made("", 12)), "a password in an address"),
        ];
        for (value, kind) in cases {
            assert_eq!(kinds(&format!("- name: X\n  value: {value}\n")), [(kind, false)], "{kind}");
        }
    }

    #[test]
    fn a_key_that_speaks_of_a_credential_tells_the_rest() {
        let value = made("", 32);
        for text in [
            format!("api_key: {value}\n"),
            format!("export SALT_KEY='{value}'\n"),
            format!("- name: VLLM_API_KEY\n  value: \"{value}\"\n"),
            format!("{{\"password\": \"{value}\"}}\n"),
            format!("- DB_PASSWORD={value}\n"),
            format!("auth: {{name: X, api_key: {value}}}\n"),
        ] {
            assert_eq!(kinds(&text).len(), 1, "{text}");
            assert!(!mask(&text, &find(&text)).contains(&value), "{text}");
        }
    }

    #[test]
    fn what_is_no_credential_is_left_alone() {
        for text in [
            "api_key: ${OPENAI_API_KEY}\n",
            "api_key: os.environ/OPENAI_API_KEY\n",
            "token: YOUR_TOKEN_GOES_HERE_1234\n",
            "hf_token: hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
            "secretName: vllm-hf-token-secret\n",
            "password: database-password-v2\n",
            "revision: 5bc3e238d916f48a861bac2f8a1990a0e9b7e98d\n",
            "digest: sha256:f74f5805191a8030bff26e2a7890d737fc2b5d0931220c953d25e1b7d7613ef5\n",
            "# api_key: q7Zr2mK9xW4pL8vB1nC6sD3fG5\n",
            "tokens: 4096\n",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn published_samples_are_told_apart() {
        assert_eq!(kinds("master_key: sk-1234\n"), [("a LiteLLM sample key", true)]);
        assert_eq!(kinds("aws_access_key_id: AKIAIOSFODNN7EXAMPLE\n"), [("an AWS access key", true)]);
    }

    #[test]
    fn covering_keeps_every_position() {
        let text = format!("a: {}\nb: ü\n", made("hf_", 34));
        let masked = mask(&text, &find(&text));
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.find("b: ü"), text.find("b: ü"));
        assert!(masked.starts_with("a: hf_x***"));
    }
}
