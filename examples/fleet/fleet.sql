-- The tables of a fleet in DuckDB, from what `caveat batch --format summary` writes; $summaries is the name of the file.

create table records as
select * from read_json($summaries, format = 'newline_delimited', columns = {
    type: 'VARCHAR',
    id: 'JSON',
    line: 'BIGINT',
    owner: 'VARCHAR',
    fails: 'BOOLEAN',
    rules: 'STRUCT(rule VARCHAR, verdict VARCHAR, severity VARCHAR, "count" BIGINT)[]'
});

create view violations as
select coalesce(owner, '(undeclared)') as owner, found.rule, found.severity, found."count" as number
from (select owner, unnest(rules) as found from records)
where found.verdict = 'violation';
