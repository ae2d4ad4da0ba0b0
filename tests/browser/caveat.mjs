// What caveat says as JSON of the inputs of a report: the independent source of what has to stand on the page.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const DAY = "2026-11-23";
const execute = promisify(execFile);

/** Runs caveat in a folder. Answers with its exit status and what it printed. */
export async function run(caveat, folder, ...args) {
  const env = { ...process.env, NO_COLOR: "1" };
  delete env.GITHUB_STEP_SUMMARY;
  try {
    const { stdout, stderr } = await execute(caveat, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 28 });
    return { status: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { status: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** Writes a report of `input` to `output`, both names in the folder. */
export async function report(caveat, folder, input, output) {
  const { status, stderr } = await run(caveat, folder, "report", input, "--as-of", DAY, "--output", output);
  if (status !== 0) throw new Error(`caveat report ${input} ended with ${status}: ${stderr}`);
}

/** Text without the backticks of names, and without characters that hide or turn text, as the page shows it. */
export function shown(text) {
  const ticks = text.split("`");
  // A last backtick without a partner is one that is meant.
  const bare = ticks.length % 2 === 1 ? ticks.join("") : `${ticks.slice(0, -1).join("")}\`${ticks.at(-1)}`;
  return masked(bare);
}

export function masked(text) {
  return text.replace(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD");
}

/** Everything that a check and a comparison with files say of `input`. */
export async function expected(caveat, folder, input) {
  const [check, verify] = await Promise.all(
    ["check", "verify"].map((command) => run(caveat, folder, command, input, "--as-of", DAY, "--format", "json")),
  );
  if (check.status > 1) throw new Error(`caveat check ${input} ended with ${check.status}: ${check.stderr}`);
  if (verify.status !== 0 && verify.status !== 1 && verify.status !== 3) throw new Error(`caveat verify ${input}: ${verify.stderr}`);
  const both = [JSON.parse(check.stdout), ...(verify.status === 3 ? [] : [JSON.parse(verify.stdout)])];
  const unique = new Map();
  for (const finding of both.flatMap(({ findings }) => findings)) {
    // What is wrong with a file itself is said by both.
    const start = finding.labels[0].span.start.offset;
    unique.set([finding.manifest, finding.document, finding.rule, start, finding.message, finding.fingerprint].join("\0"), finding);
  }
  const findings = [...unique.values()];
  const systems = new Map(both[0].manifests.flatMap(({ path, documents }) => documents.map(({ system }, at) => [`${path}\0${at}`, system ?? path])));
  const roots = new Set(findings.filter(({ suppressed }) => !suppressed).map(({ manifest, fingerprint }) => `${manifest}\0${fingerprint}`));
  const cards = findings.filter((finding) => finding.suppressed || !asked(finding)).map((finding) => card(finding, systems, roots));
  const outcomes = both.flatMap(({ outcomes }) => outcomes);
  return { findings, cards, outcomes, evidence: both[1]?.evidence ?? null, questions: findings.filter((finding) => !finding.suppressed && asked(finding)) };
}

/** What is undecided for want of facts has no card: it is asked for. */
function asked(finding) {
  return finding.verdict === "unknown" && finding.missing.length > 0;
}

function card(finding, systems, roots) {
  const { rule, name, family, verdict, severity, manifest, document, fingerprint } = finding;
  const follows = finding.attached_to && roots.has(`${manifest}\0${finding.attached_to}`) && !finding.suppressed ? finding.attached_to : null;
  return {
    system: masked(rule.startsWith("E") && !systems.has(`${manifest}\0${document}`) ? "–" : (systems.get(`${manifest}\0${document}`) ?? "–")),
    grade: verdict === "violation" ? severity : verdict,
    family,
    rule,
    name,
    message: shown(finding.message),
    accepted: finding.suppressed !== null,
    follows,
    fingerprint,
  };
}
