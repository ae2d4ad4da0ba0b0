//! Many manifests: what is written while others are still checked is what would be written of all of them together.

mod common;

use common::{BAD, CLEAN, DAY, Desk, code, err, fixture, out};

/// An empty baseline, which only needs all of a run to be held against it.
const EMPTY: &str = "{\"version\": 1, \"entries\": []}";

/// Thirty manifests of three kinds, one of which says what cannot be decided.
fn many() -> Desk {
    let texts = [fixture(BAD), fixture(CLEAN), "system: {id: short}\nmodels: [{id: m, source: 'hf:a/b'}]\n".to_owned()];
    (0..30).fold(Desk::new().with("empty.json", EMPTY), |desk, at| {
        desk.with(&format!("{}/{at:02}.caveat.yaml", at % 4), &texts[at % texts.len()])
    })
}

fn check(desk: &Desk, more: &[&str]) -> std::process::Output {
    desk.run(&[&["check", DAY[0], DAY[1], "--no-config"], more].concat())
}

#[test]
fn a_run_that_is_written_as_it_goes_says_what_a_whole_one_says() {
    let desk = many();
    for format in ["text", "compact", "jsonl"] {
        let streamed = check(&desk, &["--format", format, "."]);
        let whole = check(&desk, &["--format", format, "--baseline", "empty.json", "."]);
        let held = out(&whole).replace("\"baseline\":\"new\"", "\"baseline\":null");
        assert!(out(&streamed).len() > 10_000 && out(&streamed) == held, "{format}");
        assert_eq!((code(&streamed), err(&streamed)), (code(&whole), err(&whole)), "{format}");
    }
}

#[test]
fn manifests_come_in_their_order_and_their_totals_once() {
    let text = out(&check(&many(), &["--format", "compact", "."]));
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_once(".caveat.yaml:").map(|(name, _)| name)).collect();
    assert!(names.is_sorted() && names.first() == Some(&"0/00") && names.last() == Some(&"3/27"), "{names:?}");
    assert_eq!(text.lines().filter(|line| line.contains(" in 30 manifests; ")).count(), 1);
}

#[test]
fn what_cannot_be_read_ends_with_two_behind_what_can() {
    let desk = many().with("0/05.caveat.yaml", "system: {id: huge}\n".repeat(3000));
    for format in ["text", "compact", "jsonl"] {
        let output = check(&desk, &["--format", format, "--max-file-size", "20000", ".", "gone.yaml"]);
        assert_eq!(code(&output), 2, "{format}");
        let text = out(&output);
        let places = ["0/00.", "E012", "0/08.", "3/27.", "gone.yaml"].map(|what| text.find(what));
        assert!(places.is_sorted() && places[0].is_some(), "{format}: {places:?}");
    }
}

#[test]
fn files_and_standard_output_get_the_same_at_once() {
    let desk = many();
    let output = check(&desk, &["--format", "compact", "--output", "compact=a.txt", "--output", "jsonl=b.jsonl", "."]);
    let read = |name: &str| std::fs::read_to_string(desk.0.path().join(name)).expect("written");
    assert_eq!(read("a.txt"), out(&output));
    assert_eq!(read("b.jsonl"), out(&check(&desk, &["--format", "jsonl", "."])));
    let left: Vec<_> =
        std::fs::read_dir(desk.0.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left.len(), 4 + 3, "nothing is left lying about: {left:?}");
}

#[test]
fn a_run_without_a_place_for_its_output_checks_nothing() {
    let output = check(&many(), &["--output", "compact=no/such/folder.txt", "."]);
    assert_eq!((code(&output), out(&output)), (2, String::new()));
    assert!(err(&output).contains("cannot write no/such/folder.txt"), "{}", err(&output));
}

/// Pieces of two outputs to one stream are not mixed.
#[cfg(unix)]
#[test]
fn outputs_to_one_stream_come_one_after_the_other() {
    let output = check(&many(), &["--output", "compact=/dev/stdout", "--output", "jsonl=/dev/stdout", "."]);
    let text = out(&output);
    let (total, first) = (text.find(" in 30 manifests; ").expect("totals"), text.find("{\"type\":\"run\"").expect("a run"));
    assert!(total < first);
}
