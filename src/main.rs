//! The binary: hands the process to [`caveat::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    caveat::cli::main()
}
