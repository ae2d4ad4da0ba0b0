//! What caveat reads and answers, held against programs that were written by others: another YAML parser, another
//! evaluator of conditions, another reading of the JSON Schema. Each file says what the two do not have in common.

mod conditions;
mod schema;
mod values;
mod yaml;

/// So many cases from one seed: what another program does with a text that nobody has looked at is no reason for a gate to
/// fail on one day and not on the next. `PROPTEST_RNG_SEED=7 PROPTEST_CASES=20000` looks further.
fn config(cases: u32) -> proptest::test_runner::Config {
    use proptest::test_runner::{Config, RngSeed};
    let given = Config::default();
    let seed = if given.rng_seed == RngSeed::Random { RngSeed::Fixed(20_261_128) } else { given.rng_seed };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { given.cases } else { cases };
    // Damaged texts are often beyond what is compared.
    Config { cases, rng_seed: seed, failure_persistence: None, max_global_rejects: cases * 4, ..given }
}
