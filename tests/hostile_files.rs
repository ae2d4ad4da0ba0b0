//! Files that try to make caveat read or write elsewhere: pointers that lead out of a repository, configurations that name
//! anything, links in the place of what is written.

mod common;

use common::{DAY, Desk, code, err, out};

/// Evidence lies in the repository of its manifest. What lies outside is not read, so nothing of it can be shown.
#[test]
fn evidence_outside_of_the_repository_is_not_read() {
    let desk = Desk::new()
        .with("secret.yaml", "services: {s: {image: \"vllm/vllm-openai:hunter2\"}}\n")
        .with("repository/.git/HEAD", "ref: refs/heads/main\n");
    let mut pointers = vec!["../secret.yaml#services"];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret.yaml", desk.0.path().join("repository/inner.yaml")).expect("a link");
        pointers.push("inner.yaml#services");
    }
    for pointer in pointers {
        let manifest = desk.0.path().join("repository/caveat.yaml");
        std::fs::write(manifest, format!("system: {{id: s}}\nmodels: [{{id: m, evidence: \"{pointer}\"}}]\n")).expect("written");
        for command in ["check", "verify"] {
            let output = desk.run(&[command, "repository/caveat.yaml"]);
            assert!(
                out(&output).contains("E016") || err(&output).contains("nothing was compared"),
                "{pointer}: {}",
                out(&output)
            );
            assert!(!out(&output).contains("hunter2") && !err(&output).contains("hunter2"), "{pointer}");
        }
    }
}

/// Whatever a configuration names, it is read at most.
#[test]
fn a_configuration_reads_and_never_writes() {
    let desk = Desk::new().with("outside.yaml", "not: [a, rule\n").with("repository/caveat.yaml", "system: {id: s}\n");
    for key in ["extends", "rules", "tables", "baseline"] {
        let desk_file = desk.0.path().join("repository/.caveat.yaml");
        std::fs::write(desk_file, format!("{key}: ../outside.yaml\n")).expect("written");
        let output = desk.run(&["check", "repository/caveat.yaml"]);
        assert_eq!(code(&output), 2, "{key}: {}{}", out(&output), err(&output));
        let left = std::fs::read_to_string(desk.0.path().join("outside.yaml")).expect("still there");
        assert_eq!(left, "not: [a, rule\n", "{key}");
    }
}

/// A link in the place of an output is replaced; what it points to stays as it is. The file is made under another name, so
/// there is no moment at which a link could be put beneath it.
#[cfg(unix)]
#[test]
fn an_output_does_not_follow_a_link() {
    for args in [
        &["check", "caveat.yaml", "--output", "json=out"][..],
        &["check", "caveat.yaml", "--output", "out"],
        &["verify", "caveat.yaml", "compose.yaml", "--output", "sarif=out"],
        &["report", "caveat.yaml", "--output", "html=out"],
        &["report", "caveat.yaml", "--output", "intoto=out"],
        &["baseline", "write", "caveat.yaml", "--baseline", "out"],
        &["init", "--from", "compose.yaml", "--output", "out", "--force"],
    ] {
        // A link to a file, a link to nothing, and a link to a folder.
        for (to, precious) in [("precious", true), ("nowhere", false), ("folder", false)] {
            let desk = Desk::new()
                .with("caveat.yaml", "system: {id: s}\nmodels: [{id: m, license: cc-by-nc-4.0}]\n")
                .with("compose.yaml", "services: {s: {image: \"vllm/vllm-openai:v1\", command: [--model, a/b]}}\n")
                .with("precious", "keep\n")
                .with("folder/file", "keep\n");
            let link = desk.0.path().join("out");
            std::os::unix::fs::symlink(to, &link).expect("a link");
            let output = desk.run(args);
            assert!([0, 1].contains(&code(&output)), "{args:?} over {to}: {}", err(&output));
            assert_eq!(std::fs::read_to_string(desk.0.path().join("precious")).expect("there"), "keep\n", "{args:?}, {precious}");
            assert!(!desk.0.path().join("nowhere").exists(), "{args:?}");
            assert!(link.symlink_metadata().expect("there").file_type().is_file(), "{args:?} over {to}");
            assert!(!std::fs::read_to_string(link).expect("a report").is_empty(), "{args:?}");
            let names = std::fs::read_dir(desk.0.path()).expect("a folder").count();
            assert_eq!(names, 5, "nothing is left beside it");
        }
    }
}

/// Where an output cannot be written, nothing of it is left, and what was there stays.
#[cfg(unix)]
#[test]
fn an_output_that_cannot_take_its_place_leaves_nothing() {
    let desk = Desk::new().with("caveat.yaml", "system: {id: s}\n").with("out/file", "keep\n");
    for output in ["json=out", "json=missing/out", "json=caveat.yaml/out"] {
        let output = desk.run(&["check", "caveat.yaml", "--output", output]);
        assert_eq!(code(&output), 2, "{}", err(&output));
    }
    assert_eq!(std::fs::read_to_string(desk.0.path().join("out/file")).expect("there"), "keep\n");
    assert_eq!(std::fs::read_dir(desk.0.path()).expect("a folder").count(), 2);
}

/// A manifest that only its owner may read is mended without ever being anybody else's to read.
#[cfg(unix)]
#[test]
fn a_fix_keeps_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new().with("caveat.yaml", "sytem: {id: s}\n");
    let path = desk.0.path().join("caveat.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
    desk.run(&["check", "caveat.yaml", "--fix"]);
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "system: {id: s}\n");
    assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
}

/// A manifest that is a link is mended where it lies, and stays a link.
#[cfg(unix)]
#[test]
fn a_fix_goes_through_the_link_of_its_manifest() {
    let desk = Desk::new().with("real/caveat.yaml", "system: {id: s}\n");
    let link = desk.0.path().join("caveat.yaml");
    std::os::unix::fs::symlink("real/caveat.yaml", &link).expect("a link");
    let mut args = vec!["check", "caveat.yaml", "--fix", "--unsafe-fixes"];
    args.extend(DAY);
    desk.run(&args);
    assert!(link.symlink_metadata().expect("there").file_type().is_symlink());
    let text = std::fs::read_to_string(desk.0.path().join("real/caveat.yaml")).expect("there");
    assert!(text.len() > "system: {id: s}\n".len(), "{text}");
}

/// A pipe or a device in the place of an output is written to. It is not ours to replace, and root could.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_written_to() {
    use std::os::unix::fs::FileTypeExt;
    let desk = Desk::new().with("caveat.yaml", "system: {id: s}\n");
    let shown = desk.run(&["check", "caveat.yaml", "--format", "json"]);
    let device = desk.run(&["check", "caveat.yaml", "--output", "json=/dev/stdout"]);
    assert!(out(&device).ends_with(&out(&shown)), "{}", err(&device));
    assert!(std::fs::symlink_metadata("/dev/stdout").expect("there").is_symlink());

    let pipe = desk.0.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).expect("text")
    });
    let written = desk.run(&["check", "caveat.yaml", "--output", "json=pipe"]);
    assert!(std::fs::symlink_metadata(&pipe).expect("there").file_type().is_fifo(), "{}", err(&written));
    assert!(reader.join().expect("read") == out(&shown));
}

/// A name that is taken is found out by the step that would take it. The evidence is a pipe, so that caveat waits between
/// looking and writing until the test has put something there.
#[cfg(unix)]
#[test]
fn what_comes_into_being_while_a_manifest_is_begun_is_not_lost() {
    use std::process::{Command, Stdio};
    let compose = "services:\n  llm:\n    image: vllm/vllm-openai:v0.10.0\n    command: [--model, mistralai/Mistral-7B-v0.1]\n";
    for force in [false, true] {
        for link in [false, true] {
            let desk = Desk::new().with("elsewhere", "mine\n");
            let at = |name: &str| desk.0.path().join(name);
            assert!(Command::new("mkfifo").arg(at("compose.yaml")).status().expect("mkfifo runs").success());
            let mut command = Command::new(assert_cmd::cargo::cargo_bin("caveat"));
            command.current_dir(desk.0.path()).args(["init", "--from", "compose.yaml", "--output", "caveat.yaml"]);
            command.args(force.then_some("--force")).stdout(Stdio::piped()).stderr(Stdio::piped());
            let running = command.spawn().expect("it starts");
            // Opening waits until caveat reads: it has looked, and found nothing.
            let mut pipe = std::fs::OpenOptions::new().write(true).open(at("compose.yaml")).expect("the other end");
            if link {
                std::os::unix::fs::symlink("elsewhere", at("caveat.yaml")).expect("a link");
            } else {
                std::fs::write(at("caveat.yaml"), "mine\n").expect("written");
            }
            std::io::Write::write_all(&mut pipe, compose.as_bytes()).expect("written");
            drop(pipe);
            let output = running.wait_with_output().expect("it ends");
            let what = format!("force: {force}, link: {link}: {}", err(&output));
            let read = |name: &str| std::fs::read_to_string(at(name)).expect("readable");
            assert_eq!(read("elsewhere"), "mine\n", "{what}");
            if force {
                assert_eq!(code(&output), 0, "{what}");
                assert!(read("caveat.yaml").contains("Mistral"), "{what}");
            } else {
                assert_eq!(code(&output), 2, "{what}");
                assert!(err(&output).contains("caveat.yaml is there already"), "{what}");
                assert_eq!(read("caveat.yaml"), "mine\n", "{what}");
                assert_eq!(std::fs::read_link(at("caveat.yaml")).is_ok(), link, "{what}");
            }
            let left: Vec<_> =
                std::fs::read_dir(desk.0.path()).expect("a folder").map(|entry| entry.expect("one").file_name()).collect();
            assert_eq!(left.len(), 3, "nothing is left behind: {left:?}");
        }
    }
}

/// A link that leads nowhere has the name as well.
#[cfg(unix)]
#[test]
fn a_manifest_is_not_begun_through_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    std::os::unix::fs::symlink("nowhere", desk.0.path().join("caveat.yaml")).expect("a link");
    let output = desk.run(&["init", "--template", "rag", "--output", "caveat.yaml"]);
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(!desk.0.path().join("nowhere").exists());
    assert_eq!(code(&desk.run(&["init", "--template", "rag", "--output", "new.yaml"])), 0);
    let mode = std::fs::metadata(desk.0.path().join("new.yaml")).expect("written").permissions().mode();
    assert_ne!(mode & 0o044, 0, "readable as any other file: {mode:o}");
}
