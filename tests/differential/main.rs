//! What caveat reads and answers, held against programs that were written by others: another YAML parser, another
//! evaluator of conditions, another reading of the JSON Schema. Each file says what the two do not have in common.

mod conditions;
mod schema;
mod values;
mod yaml;
