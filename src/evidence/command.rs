//! Command lines: lists of arguments, and shell text split into commands and words with their places.

use std::collections::BTreeMap;

use super::document::{Map, Node};
use super::fact::Standing;
use super::shell::{Word, split};
use super::substitution::{Term, Variables};
use crate::span::Span;

/// The commands of a shell text, each as its words. Comments are left out; `&&`, `;`, `|` and line ends separate
/// commands, a backslash at the end of a line does not. `map` says where the text stands in the file.
///
/// What follows `sh -c` is shell text again.
pub fn shell(text: &str, map: &Map, variables: &Variables) -> Vec<Vec<Term>> {
    nested(text, map, variables, 0, &mut { SPREAD })
}

/// How many words the variables of one text may put in place of themselves.
const SPREAD: usize = 4096;

fn nested(text: &str, map: &Map, variables: &Variables, depth: usize, budget: &mut usize) -> Vec<Vec<Term>> {
    let mut commands = Vec::new();
    let mut words: Vec<Term> = Vec::new();
    for word in split(text) {
        match word {
            Word::Break => commands.push(std::mem::take(&mut words)),
            Word::Text { text: script, span, .. } if depth < 4 && awaits_script(&words) => {
                words.clear();
                commands.extend(nested(&script, &map.word(text, &script, span), variables, depth + 1, budget));
            }
            Word::Text { text, span, literal: true } => words.push(Term::literal(text, map.span(span))),
            Word::Text { text, span, .. } => words.extend(spread(&text, map.span(span), variables, 0, budget)),
        }
    }
    commands.push(words);
    commands.retain(|words| !words.is_empty());
    commands
}

/// What a word of a shell text comes to: where it is a variable that holds flags, all of them.
fn spread(text: &str, span: Span, variables: &Variables, depth: usize, budget: &mut usize) -> Vec<Term> {
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| text.strip_prefix('$'));
    let known = name.and_then(|name| variables.get(name)).filter(|known| depth < 4 && known.standing.has_value());
    let Some(known) = known.filter(|known| holds_flags(&known.text)) else { return vec![variables.substitute(text, span)] };
    let mut found = Vec::new();
    for word in split(&known.text) {
        let Word::Text { text, literal, .. } = word else { continue };
        let Some(left) = budget.checked_sub(1) else {
            return vec![Term { standing: Standing::Unresolved, ..Term::literal(text, span) }];
        };
        *budget = left;
        let inner = if literal { vec![Term::literal(text, span)] } else { spread(&text, span, variables, depth + 1, budget) };
        let standing = known.standing.max(Standing::Resolved);
        found.extend(inner.into_iter().map(|term| Term { standing: term.standing.max(standing), ..term }));
    }
    found
}

/// Whether a text is several words, some of which are flags.
fn holds_flags(text: &str) -> bool {
    text.trim().contains(char::is_whitespace) && text.split_whitespace().any(|word| word.starts_with('-'))
}

/// The commands of a script whose dollar signs were doubled, such as one in a Compose file: what they stand for, and
/// what the script sets, is put in.
pub fn undoubled(commands: Vec<Vec<Term>>, environment: &Variables) -> Vec<Vec<Term>> {
    if !commands.iter().flatten().any(|word| word.text.contains("$$")) {
        return commands;
    }
    let single = |word: &Term| {
        let text = word.text.replace("$$", "$");
        Term { written: text.clone(), text, ..word.clone() }
    };
    let read: Vec<Vec<Term>> = commands.iter().map(|words| words.iter().map(single).collect()).collect();
    let known = assigned(&read, environment);
    let mut budget = SPREAD;
    let mut put = |word: Term| {
        if !word.text.contains("$$") {
            return vec![word];
        }
        let inner = spread(&word.text.replace("$$", "$"), word.span, &known, 0, &mut budget);
        let alone = inner.len() == 1;
        let written = |term: &Term| if alone { word.written.clone() } else { term.written.clone() };
        inner
            .into_iter()
            .map(|term| Term { standing: term.standing.max(word.standing), written: written(&term), ..term })
            .collect()
    };
    commands.into_iter().map(|words| words.into_iter().flat_map(&mut put).collect()).collect()
}

/// Whether the next word is a script: `sh -c`, `bash -lc`, `/bin/bash -e -c`.
fn awaits_script(words: &[Term]) -> bool {
    let Some(last) = words.last() else { return false };
    let flag = last.text.starts_with('-') && !last.text.starts_with("--") && last.text.ends_with('c');
    flag && words.iter().any(|word| {
        let name = word.text.rsplit('/').next().unwrap_or_default();
        matches!(name, "sh" | "bash" | "ash" | "zsh" | "dash")
    })
}

/// The commands of `command`, `args` and the like: a list of arguments is one command, of which arguments after
/// `sh -c` are shell text; a scalar is shell text.
pub fn arguments(nodes: &[Node<'_>], variables: &Variables) -> Vec<Vec<Term>> {
    let mut commands = Vec::new();
    let mut words: Vec<Term> = Vec::new();
    let mut script = false;
    for node in nodes.iter().flat_map(|node| node.each()) {
        let Some(text) = node.text() else { continue };
        let alone = nodes.len() == 1 && !nodes[0].is_list();
        if script || alone {
            script = false;
            words.clear();
            commands.extend(self::script(std::slice::from_ref(&node), variables));
            continue;
        }
        let term = variables.substitute(text, node.value_span());
        let is_shell = words.last().is_some_and(|last| {
            let name = last.text.rsplit('/').next().unwrap_or_default();
            matches!(name, "sh" | "bash" | "ash" | "zsh" | "dash")
        });
        let flag = term.text.starts_with('-') && !term.text.starts_with("--") && term.text.ends_with('c');
        let shell_flags = words.iter().any(|word| word.text.ends_with("sh")) && flag;
        script = flag && (is_shell || shell_flags);
        // A whole flag with its value in one item: `--model X`.
        if text.starts_with('-') && text.contains(char::is_whitespace) {
            words.extend(shell(text, &node.offsets(), variables).into_iter().flatten());
        } else if text.contains('\n') {
            commands.extend(shell(text, &node.offsets(), variables));
        } else {
            words.push(term);
        }
    }
    if !words.is_empty() {
        commands.push(words);
    }
    commands
}

/// The commands of shell texts that run one after the other. Variables that they set themselves are put in as well.
pub fn script(nodes: &[Node<'_>], variables: &Variables) -> Vec<Vec<Term>> {
    let texts: Vec<(&str, Map)> = nodes.iter().filter_map(|node| Some((node.text()?, node.offsets()))).collect();
    let run = |known: &Variables| texts.iter().flat_map(|(text, map)| shell(text, map, known)).collect::<Vec<_>>();
    let commands = run(variables);
    // Most set none.
    if !commands.iter().flatten().any(|word| assignment(word).is_some()) {
        return commands;
    }
    run(&assigned(&commands, variables))
}

/// The variables from outside, and those that commands set.
fn assigned(commands: &[Vec<Term>], outer: &Variables) -> Variables {
    let mut assignments = Assignments { set: BTreeMap::new(), depth: 0, tested: false };
    for words in commands {
        assignments.note(words, outer);
    }
    let mut known = outer.clone();
    for (name, term) in assignments.set {
        known.set(name, term);
    }
    known
}

/// The variables that a script sets.
struct Assignments {
    /// What was assigned so far, by name; unresolved where it is not certain.
    set: BTreeMap<String, Term>,
    /// How many conditions and loops are open.
    depth: usize,
    /// Whether the command before is a test, on which the next one may hang.
    tested: bool,
}

impl Assignments {
    /// Notes the variables that a command sets and does nothing else: `NAME=value`, `export NAME=value`.
    fn note(&mut self, words: &[Term], outer: &Variables) {
        let leads = ["export", "readonly", "local", "then", "else", "do"];
        let first = words.first().map_or("", |word| word.written.as_str());
        match first {
            "if" | "for" | "while" | "until" | "case" => self.depth += 1,
            "fi" | "done" | "esac" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let hangs = std::mem::replace(&mut self.tested, matches!(first, "[" | "[[" | "test")) || self.depth > 0;
        let words = if leads.contains(&first) { &words[1..] } else { words };
        let pairs: Option<Vec<(&str, &str, &Term)>> = words.iter().map(assignment).collect();
        for (name, value, word) in pairs.into_iter().flatten() {
            // `X=${X:-default}` keeps what X is.
            if outer.get(name).is_some() && value.contains(name) {
                continue;
            }
            let before = self.set.get(name);
            let longer = before.zip(added(name, value));
            // What is only added in some cases leaves the rest as it is.
            if longer.is_some() && hangs {
                continue;
            }
            let (value, same) = match longer {
                Some((before, rest)) if before.text.len() + rest.len() < LONGEST => {
                    (format!("{}{rest}", before.text), before.standing.has_value())
                }
                Some(_) => (String::new(), false),
                None => (value.to_owned(), before.is_none_or(|before| before.text == value)),
            };
            let certain = !hangs && outer.get(name).is_none() && same;
            let term = Term::literal(value, word.span);
            let term = if certain { term } else { Term { standing: Standing::Unresolved, ..term } };
            self.set.insert(name.to_owned(), term);
        }
    }
}

/// How long a value may grow by additions.
const LONGEST: usize = 1 << 12;

/// What a value adds to what the variable is already: `X="$X more"`.
fn added<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    let rest = value.strip_prefix('$')?;
    let braced = rest.strip_prefix('{').and_then(|rest| rest.strip_prefix(name)).and_then(|rest| rest.strip_prefix('}'));
    braced.or_else(|| rest.strip_prefix(name)).filter(|rest| rest.starts_with(char::is_whitespace))
}

/// The name and the value of an assignment, and its word.
pub fn assignment(word: &Term) -> Option<(&str, &str, &Term)> {
    let (name, value) = word.written.split_once('=')?;
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (named && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some((name, value, word))
}

/// The flags of a command: `--name value`, `--name=value`, `--name`; names without their dashes, `_` as `-`. What
/// belongs to no flag is positional.
#[derive(Debug, Default)]
pub struct Flags<'w> {
    pub named: Vec<(String, Option<Term>, &'w Term)>,
    pub positional: Vec<&'w Term>,
}

/// Reads the flags of a command. `switches` are flags that take no value.
pub fn flags<'w>(words: &'w [Term], switches: &dyn Fn(&str) -> bool) -> Flags<'w> {
    let mut found = Flags::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let dashes = word.written.chars().take_while(|c| *c == '-').count();
        let named = (1..=2).contains(&dashes) && word.written[dashes..].starts_with(|c: char| c.is_ascii_alphabetic());
        if !named {
            found.positional.push(word);
            continue;
        }
        let (name, value) = match word.text.split_once('=') {
            Some((name, value)) => (name, Some(word.with(value.trim_matches(['"', '\''])))),
            None => (word.text.as_str(), None),
        };
        let name = name.trim_start_matches('-').replace('_', "-");
        let value = value.or_else(|| {
            let next = words.get(at)?;
            let negative =
                next.written.starts_with('-') && next.written[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '-');
            (!negative && !switches(&name)).then(|| {
                at += 1;
                next.clone()
            })
        });
        // What an expression hides is hidden with the flag's own text.
        let value = value.map(|value| match value.written.split_once('=') {
            Some((flag, rest)) if flag.starts_with('-') => Term { written: rest.to_owned(), ..value },
            _ => value,
        });
        found.named.push((name, value, word));
    }
    found
}

impl<'w> Flags<'w> {
    /// The value of the last flag with one of these names.
    pub fn value(&self, names: &[&str]) -> Option<&Term> {
        self.named.iter().rev().filter(|(name, ..)| names.contains(&name.as_str())).find_map(|(_, value, _)| value.as_ref())
    }

    /// The last flag with one of these names, whether or not it has a value.
    pub fn flag(&self, names: &[&str]) -> Option<(&str, Option<&Term>, &'w Term)> {
        self.named
            .iter()
            .rev()
            .find(|(name, ..)| names.contains(&name.as_str()))
            .map(|(name, value, word)| (name.as_str(), value.as_ref(), *word))
    }
}

/// A name in lower case with dashes, as flags have it, however it was written.
pub fn dashed(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    let mut lower = false;
    for c in key.trim().chars() {
        if c.is_ascii_uppercase() && lower {
            name.push('-');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        name.push(if c == '_' { '-' } else { c.to_ascii_lowercase() });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::document::Parsed;
    use crate::syntax::Limits;

    fn read(yaml: &str) -> Vec<Vec<String>> {
        let (parsed, faults) = Parsed::new(yaml, &Limits::default());
        assert!(faults.is_empty(), "{faults:?}");
        let root = parsed.documents().next().expect("a document");
        let mut variables = Variables::default();
        variables.set("M", Term::literal("a/b", Span::default()));
        let nodes: Vec<_> = ["command", "args"].iter().filter_map(|key| root.get(key)).collect();
        let commands = arguments(&nodes, &variables);
        for term in commands.iter().flatten() {
            let shown = &yaml[term.span.range()];
            assert!(!shown.is_empty() && !shown.starts_with(char::is_whitespace), "{term:?} is shown as {shown:?}");
        }
        commands.into_iter().map(|words| words.into_iter().map(|word| word.text).collect()).collect()
    }

    #[test]
    fn a_command_is_read_in_whichever_way_it_is_written() {
        let expected = [vec!["vllm", "serve", "a/b", "--port", "8000"]];
        for yaml in [
            "command: [vllm, serve]\nargs: [a/b, --port, '8000']\n",
            "command: vllm serve a/b --port 8000\n",
            "command: >\n  vllm serve a/b\n  --port 8000\n",
            "args: ['vllm', 'serve', $(M), '--port 8000']\n",
            "command: [/bin/sh, -c]\nargs:\n  - |\n    # starts it\n    vllm serve \"$M\" \\\n      --port 8000\n",
            "command: ['bash', '-lc', 'vllm serve ${M} --port 8000']\n",
            "command: bash -c \"vllm serve ${M} --port 8000\"\n",
            "command: |\n  bash -c \"vllm serve \\\"$M\\\" --port 8000\"\n",
        ] {
            assert_eq!(read(yaml), expected, "{yaml}");
        }
    }

    #[test]
    fn variables_of_a_script_are_put_in() {
        let yaml = "command: |\n  ARGS=\"--port 1 --model $M\"\n  [ -n \"$X\" ] && ARGS=\"$ARGS --x\"\n  ARGS=\"${ARGS} --y\"\n  if true; then\n    ARGS=\"$ARGS --z\"\n  fi\n  exec vllm serve $ARGS\n";
        let last = read(yaml).pop().expect("a command");
        assert_eq!(last, ["exec", "vllm", "serve", "--port", "1", "--model", "a/b", "--y"]);
        let yaml = "command: ['sh', '-c', 'A=a/c; vllm serve $A; A=a/d; echo $A']\n";
        assert_eq!(read(yaml)[1], ["vllm", "serve", "$A"]);
        let yaml = format!("command: |\n  A=\"-a $B $B\"\n  B=\"-b $A $A\"\n{}", "  x $A\n".repeat(1000));
        assert!(read(&yaml).iter().flatten().count() < 2 * SPREAD);
    }

    #[test]
    fn what_is_led_elsewhere_is_no_argument() {
        let yaml = "command: |\n  nohup ollama serve > /tmp/x.log 2>&1 &\n  vllm serve <your model>>'a b' --port 1 &> log\n  cat <<< a < /b\n";
        let expected = [vec!["nohup", "ollama", "serve"], vec!["vllm", "serve", "<your model>", "--port", "1"], vec!["cat"]];
        assert_eq!(read(yaml), expected);
    }

    #[test]
    fn shell_text_is_split_into_commands() {
        let yaml = "command: |\n  export A=1 && cd /x; vllm serve 'a b' --json '{\"x\": 1}' | tee ${LOG:-/a b}\n";
        let expected =
            [vec!["export", "A=1"], vec!["cd", "/x"], vec!["vllm", "serve", "a b", "--json", "{\"x\": 1}"], vec!["tee", "/a b"]];
        assert_eq!(read(yaml), expected);
    }
    #[test]
    fn a_script_knows_what_it_sets() {
        let yaml = "run:\n- |\n  export A=x/y\n  B=\"$A\" C=$(nproc)\n  if true; then D=1; fi\n  M=${M:-z}\n- E=1; E=2\n- serve $A $B $C $D $E $M\n";
        let (parsed, _) = Parsed::new(yaml, &Limits::default());
        let root = parsed.documents().next().expect("a document");
        let mut variables = Variables::default();
        variables.set("M", Term::literal("a/b", Span::default()));
        let nodes: Vec<_> = root.get("run").into_iter().flat_map(Node::items).collect();
        let commands = script(&nodes, &variables);
        let last: Vec<(&str, Standing)> =
            commands.last().expect("a command").iter().map(|word| (word.text.as_str(), word.standing)).collect();
        let expected = [
            ("serve", Standing::Literal),
            ("x/y", Standing::Resolved),
            ("x/y", Standing::Resolved),
            ("$C", Standing::Unresolved),
            ("$D", Standing::Unresolved),
            ("$E", Standing::Unresolved),
            ("a/b", Standing::Resolved),
        ];
        assert_eq!(last, expected);
    }
}
