//! `peers-regorus MODE POLICY.rego FILE|FOLDER…`: evaluates a policy over manifests and prints `FILE RULE` for each finding.
//!
//! Modes are `interpreter`, `rvm` (a program compiled once, for regorus's virtual machine) and `parse`, which only reads
//! the manifests. The policy is compiled once for all files. The status is 0 unless something fails.

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use regorus::{CompiledPolicy, Engine, Rc, Value};

/// The set of findings: mappings with `rule` and `message`.
const QUERY: &str = "data.peers.violations";

/// What the mode does to a manifest.
enum Judge {
    Parser,
    Interpreter(Box<Engine>),
    Machine(CompiledPolicy),
}

impl Judge {
    fn new(mode: &str, policy: &str) -> Result<Self, Box<dyn Error>> {
        let mut engine = Engine::new();
        engine.add_policy_from_file(policy)?;
        match mode {
            "parse" => Ok(Self::Parser),
            "interpreter" => Ok(Self::Interpreter(Box::new(engine))),
            "rvm" => Ok(Self::Machine(engine.compile_with_entrypoint(&Rc::from(QUERY))?)),
            _ => Err(format!("`{mode}` is no mode").into()),
        }
    }

    fn findings(&mut self, manifest: Value) -> Result<Value, Box<dyn Error>> {
        match self {
            Self::Parser => Ok(Value::new_set()),
            Self::Interpreter(engine) => {
                engine.set_input(manifest);
                Ok(engine.eval_rule(QUERY.to_owned())?)
            }
            Self::Machine(policy) => Ok(policy.eval_with_input(manifest)?),
        }
    }
}

/// The files named, and those in the folders named, in order.
fn files(paths: &[String]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths.iter().map(Path::new) {
        if path.is_dir() {
            let mut inside = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            inside.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
            inside.sort();
            files.append(&mut inside);
        } else {
            files.push(path.to_owned());
        }
    }
    Ok(files)
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [mode, policy, paths @ ..] = args.as_slice() else {
        return Err("usage: peers-regorus MODE POLICY.rego FILE|FOLDER…".into());
    };
    let mut judge = Judge::new(mode, policy)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for file in files(paths)? {
        let findings = judge.findings(Value::from_yaml_str(&fs::read_to_string(&file)?)?)?;
        let name = file.file_name().unwrap_or_default().display().to_string();
        for finding in findings.as_set()?.iter() {
            writeln!(out, "{name} {} {}", finding["rule"].as_string()?, finding["message"].as_string()?)?;
        }
    }
    Ok(out.flush()?)
}
