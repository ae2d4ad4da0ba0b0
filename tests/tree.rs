//! The tree: spans, aliases, merge keys, comments, budgets, broken input.

use caveat::syntax::{Limits, Tree, load};

fn tree(text: &str) -> Tree {
    let loaded = load(text.as_bytes().to_vec(), &Limits::default());
    assert!(loaded.faults.is_empty(), "{:?}", loaded.faults);
    loaded.tree
}

fn codes(text: &[u8], limits: &Limits) -> Vec<(&'static str, String)> {
    load(text.to_vec(), limits).faults.into_iter().map(|fault| (fault.code, fault.message)).collect()
}

fn get(tree: &Tree, path: &[&str]) -> caveat::syntax::Place {
    let mut place = tree.place(tree.documents()[0]);
    for key in path {
        place = match key.parse::<usize>() {
            Ok(index) => tree.elements(place).nth(index).expect("an element"),
            Err(_) => tree.get(place, key).unwrap_or_else(|| panic!("no {key}")),
        };
    }
    place
}

#[test]
fn spans_are_the_text_of_values() {
    let text = "\u{feff}a: {b: 'x y', c: \"é\"}\r\nd: |\r\n  block\r\n  text\r\n# note\r\ne: [1, 2]\r\n";
    let tree = tree(text);
    let slice = |path: &[&str]| &text[tree.node(get(&tree, path).node).span.range()];
    assert_eq!(slice(&["a", "b"]), "x y");
    assert_eq!(slice(&["a", "c"]), "é");
    assert_eq!(slice(&["e", "1"]), "2");
    assert_eq!(tree.text(get(&tree, &["d"]).node), Some("block\ntext\n"));
    assert_eq!(tree.comments().iter().map(|comment| &text[comment.span.range()]).collect::<Vec<_>>(), ["# note"]);
}

#[test]
fn an_omitted_value_differs_from_a_stated_null_in_its_text_only() {
    let tree = tree("a:\nb: ~\n");
    assert_eq!(tree.text(get(&tree, &["a"]).node), Some(""));
    assert_eq!(tree.text(get(&tree, &["b"]).node), Some("~"));
}

#[test]
fn aliases_are_reached_through_their_use() {
    let text = "base: &b {x: {y: 1}}\nuse: *b\nlist: [*b, {<<: *b, z: 2}]\n";
    let tree = tree(text);
    let place = get(&tree, &["use", "x", "y"]);
    assert_eq!(tree.path(place).to_string(), "use.x.y");
    assert_eq!(&text[tree.node(place.via.expect("through the alias")).span.range()], "*b");
    assert_eq!(tree.path(get(&tree, &["list", "0", "x"])).to_string(), "list[0].x");
    let merged = get(&tree, &["list", "1", "x", "y"]);
    assert_eq!(tree.path(merged).to_string(), "list[1].x.y");
    assert!(merged.via.is_some());
    assert_eq!(tree.anchor(get(&tree, &["base"]).node).map(|(name, _)| name), Some("b"));
}

#[test]
fn merged_entries_never_override_and_the_first_of_a_list_wins() {
    let tree = tree("a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b], y: 3}\n");
    let text = |key: &str| tree.text(get(&tree, &["c", key]).node).map(str::to_owned);
    assert_eq!((text("x"), text("y"), text("z")), (Some("1".into()), Some("3".into()), Some("2".into())));
}

#[test]
fn duplicate_keys_show_both_places() {
    let text = "a: 1\nb: 2\n\"a\": 3\n";
    let faults = load(text.as_bytes().to_vec(), &Limits::default()).faults;
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, "E010");
    let labels: Vec<_> = faults[0].labels.iter().map(|(span, _)| span.start).collect();
    assert_eq!(labels, [11, 0]);
}

#[test]
fn a_broken_document_does_not_hide_the_next() {
    let loaded = load(b"a: [1\n---\nb: 2\n---\nc: *no\n".to_vec(), &Limits::default());
    assert_eq!(loaded.faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["E009", "E009"]);
    assert_eq!(loaded.tree.documents().len(), 2);
    assert!(loaded.faults[1].message.contains("*no"));
}

#[test]
fn a_document_that_breaks_after_its_root_is_dropped_whole() {
    let loaded = load(b"a: 1\n]\n".to_vec(), &Limits::default());
    assert_eq!(loaded.faults.len(), 1);
    assert!(loaded.tree.documents().is_empty());
    assert!(loaded.tree.is_empty());
}

#[test]
fn what_is_not_text_is_refused_with_its_offset() {
    let limits = Limits::default();
    assert_eq!(codes(b"a: \xff", &limits), [("E011", "the file is not UTF-8: byte 0xff at offset 3 (line 1:4)".to_owned())]);
    assert_eq!(codes(b"\xff\xfea\x00", &limits)[0].0, "E011");
    assert_eq!(codes(b"a: x\0y", &limits)[0].0, "E011");
}

#[test]
fn budgets_are_errors_at_a_place() {
    let small = Limits { bytes: 4096, depth: 8, nodes: 100, visits: 1000, ..Limits::default() };
    for text in
        ["[".repeat(5000), "- ".repeat(1000), format!("{}1{}", "[".repeat(9), "]".repeat(9)), format!("[{}]", "x,".repeat(200))]
    {
        let found = codes(text.as_bytes(), &small);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "E012", "{found:?}");
    }
    assert!(codes(format!("{}1{}", "[".repeat(8), "]".repeat(8)).as_bytes(), &small).is_empty());
}

#[test]
fn bombs_stay_as_small_as_their_text() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb.push_str(&format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(", ")));
    }
    assert!(tree(&bomb).len() < 200);
    let mut merges = "m0: &m0 {k0: 1}\n".to_owned();
    for level in 1..60 {
        merges.push_str(&format!("m{level}: &m{level} {{<<: [*m{0}, *m{0}], k{level}: 1}}\n", level - 1));
    }
    let tree = tree(&merges);
    assert_eq!(tree.entries(get(&tree, &["m59"]).node).len(), 60);
}

#[test]
fn an_alias_to_itself_is_an_error() {
    assert_eq!(codes(b"a: &a [*a]\n", &Limits::default())[0].0, "E009");
}

#[test]
fn json_is_read_as_well() {
    let tree = tree("{\"a\": [1, true, null, \"\\ud83d\\ude00 \\/\"],\n\t\"b\": {}}");
    assert_eq!(tree.text(get(&tree, &["a", "3"]).node), Some("😀 /"));
    assert_eq!(tree.path(get(&tree, &["a", "1"])).to_string(), "a[1]");
}

#[test]
fn offsets_inside_folded_text_lead_to_the_source() {
    let text = "when: >-\n  one ==\n    'two'\n  && three\n";
    let tree = tree(text);
    let node = get(&tree, &["when"]).node;
    let value = tree.text(node).expect("text").to_owned();
    let at = |word: &str| tree.offset_in(node, value.find(word).expect("present"));
    assert_eq!(&text[at("three")..at("three") + 5], "three");
    assert_eq!(&text[at("'two'")..at("'two'") + 5], "'two'");
}

/// A list of lists of aliases is no list of mappings; followed, these sixty lines would be 2^60 merges.
#[test]
fn merge_keys_do_not_multiply() {
    let mut bomb = "m: &m {k: 1}\ns0: &s0 [*m, *m]\n".to_owned();
    for level in 1..60 {
        bomb.push_str(&format!("s{level}: &s{level} [*s{0}, *s{0}]\n", level - 1));
    }
    bomb.push_str("t: {<<: *s59}\n");
    let found = codes(bomb.as_bytes(), &Limits::default());
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["E009", "E009"], "{found:?}");
}

/// Many merges of one large mapping add nothing, and are paid for all the same.
#[test]
fn merges_are_counted_at_every_use() {
    let keys: Vec<String> = (0..100).map(|at| format!("k{at}: 1")).collect();
    let text = format!("m: &m {{{}}}\nt: {{<<: [{}]}}\n", keys.join(", "), vec!["*m"; 200].join(", "));
    assert!(codes(text.as_bytes(), &Limits::default()).is_empty());
    let found = codes(text.as_bytes(), &Limits { visits: 10_000, ..Limits::default() });
    assert_eq!(found[0].0, "E012", "{found:?}");
}

#[test]
fn a_byte_that_is_not_utf_8_is_pointed_at_where_a_character_ends() {
    for bytes in [&b"a: \xff\n"[..], b"\xff", b"a: b\n\xc3", b"\xff\xfea\0"] {
        let loaded = load(bytes.to_vec(), &Limits::default());
        let text = loaded.tree.source();
        assert_eq!(loaded.faults.len(), 1, "{bytes:?}");
        for (span, _) in &loaded.faults[0].labels {
            let range = span.start as usize..span.start as usize + span.len();
            assert_eq!(text.get(range), Some("\u{fffd}"), "{bytes:?}");
        }
        let reading = caveat::evidence::read("deploy.yaml", bytes.to_vec(), &Limits::default());
        for (span, _) in reading.faults.iter().flat_map(|fault| &fault.labels) {
            let range = span.start as usize..span.start as usize + span.len();
            assert!(reading.text.get(range).is_some(), "{bytes:?}");
        }
    }
}
