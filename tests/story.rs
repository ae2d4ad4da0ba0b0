//! The page of the documentation that shows a pull request, followed: see `common/page.rs`.

mod common;

use common::page::Reader;

#[test]
fn the_pull_request_of_the_documentation_goes_as_it_says() {
    let Some(reader) = Reader::new() else { return };
    std::fs::write(reader.folder.join("caveat.yaml"), common::fixture(common::CLEAN)).expect("a file");
    reader.does("git init --quiet && git add . && git commit --quiet --message 'as it was'");
    reader.follow("pull-request.md");
}
