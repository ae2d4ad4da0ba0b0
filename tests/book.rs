//! The documentation as a book: every page is in it, and every link leads somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where the repository is to be seen; links into it are held against the files here.
const REPOSITORY: &str = "https://github.com/caveat-lint/caveat/blob/main/";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder with an extension.
fn files(folder: &Path, extension: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.insert(path);
        }
    }
    found
}

/// The text without what is code: links and headings in it are none.
fn prose(text: &str) -> String {
    let mut open = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        open ^= fence;
        !open && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text of a line without its spans of code.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

/// The targets of inline links.
fn links(text: &str) -> Vec<String> {
    let text = prose(text).lines().map(without_code).collect::<Vec<_>>().join("\n");
    let targets = text.match_indices("](").map(|(at, _)| text[at + 2..].split(')').next().unwrap_or_default().to_owned());
    targets.filter(|target| !target.is_empty()).collect()
}

/// The anchors of a page, as GitHub and mdBook make them from its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    for heading in prose(text).lines().filter(|line| line.starts_with('#')) {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let count = seen.entry(anchor.clone()).or_default();
        anchors.insert(if *count == 0 { anchor } else { format!("{anchor}-{count}") });
        *count += 1;
    }
    anchors
}

/// A path without `..` in it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(plain.pop(), "{}", path.display()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// What is wrong with a link of a page, if anything.
fn wrong(page: &Path, link: &str) -> Option<String> {
    let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = match target.strip_prefix(REPOSITORY) {
        Some(path) => root().join(path),
        None if target.contains("://") => return None,
        None if target.is_empty() => page.to_owned(),
        None => plain(&page.parent().expect("a folder").join(target)),
    };
    let docs = root().join("docs");
    if page.starts_with(&docs) && !path.starts_with(&docs) && !target.starts_with(REPOSITORY) {
        return Some(format!("leads out of the book; write {REPOSITORY}…"));
    }
    if !path.exists() {
        return Some("no such file".to_owned());
    }
    if !anchor.is_empty() && !anchors(&fs::read_to_string(&path).expect("a page")).contains(anchor) {
        return Some("no such heading".to_owned());
    }
    None
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = files(&root().join("docs"), "md");
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)));
    let (mut broken, mut count) = (Vec::new(), 0);
    for page in &pages {
        for link in links(&fs::read_to_string(page).expect("a page")) {
            count += 1;
            broken.extend(wrong(page, &link).map(|what| format!("{}: {link}: {what}", page.display())));
        }
    }
    assert!(count > 1000, "{count} links");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_broken_link_is_found() {
    let page = root().join("docs/ci.md");
    for link in ["nowhere.md", "ci.md#nowhere", "#nowhere", "../README.md", &format!("{REPOSITORY}nowhere")] {
        assert!(wrong(&page, link).is_some(), "{link}");
    }
    for link in ["configuration.md#baseline", "#gitlab", "https://example.org/x", &format!("{REPOSITORY}rules")] {
        assert_eq!(wrong(&page, link), None, "{link}");
    }
    assert_eq!(links("a [b](c) `[d](e)`\n```\n[f](g)\n```\n[h](i#j)"), ["c", "i#j"]);
    assert_eq!(anchors("# A `b`: c_d\n## A b c_d\n"), BTreeSet::from(["a-b-c_d".into(), "a-b-c_d-1".into()]));
}

#[test]
fn every_page_is_in_the_book_once() {
    let docs = root().join("docs");
    let contents = fs::read_to_string(docs.join("SUMMARY.md")).expect("the contents");
    let listed: Vec<_> = links(&contents).iter().map(|link| docs.join(link)).collect();
    let once: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), once.len(), "a page is listed twice");
    let mut pages = files(&docs, "md");
    pages.remove(&docs.join("SUMMARY.md"));
    assert_eq!(pages, once);
}

/// The values of an attribute in a page of the book.
fn attributes<'t>(html: &'t str, name: &str) -> Vec<&'t str> {
    html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn the_built_book_is_whole_and_needs_no_network() {
    let Some(book) = std::env::var_os("CAVEAT_BOOK").map(PathBuf::from) else {
        eprintln!("skipped: CAVEAT_BOOK names no built book; `.ci/run book` builds one and runs this");
        return;
    };
    let pages: BTreeMap<_, _> =
        files(&book, "html").into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("a page"))).collect();
    assert!(pages.len() > 100, "{} pages", pages.len());
    let mut broken = Vec::new();
    for (page, html) in &pages {
        for link in [attributes(html, "href"), attributes(html, "src")].concat() {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = if target.is_empty() { page.clone() } else { plain(&page.parent().expect("a folder").join(target)) };
            let missing = !target.contains("://")
                && (!path.exists()
                    || !anchor.is_empty() && pages.get(&path).is_some_and(|html| !attributes(html, "id").contains(&anchor)));
            if missing {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
        broken.extend(
            attributes(html, "src").iter().filter(|link| link.contains("//")).map(|link| format!("from elsewhere: {link}")),
        );
        let sheets = html.split("<link ").skip(1).filter_map(|tag| tag.split('>').next()).filter(|tag| tag.contains("//"));
        broken.extend(sheets.map(|tag| format!("from elsewhere: {tag}")));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
