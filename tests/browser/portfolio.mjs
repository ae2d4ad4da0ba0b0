// Forty systems of one house, made from the two worked manifests: most are alike but for their names, owners and
// figures; some are what a reader of other people's files has to expect.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Ids that try to be something else in a page; each alert has a number, so that one that runs can be told. */
const HOSTILE = {
  "tax-assistant": "</title><script>alert(0)</script>",
  "client-files": `long-${"x".repeat(295)}`,
  "client-chats": "</script><img src=x onerror=alert(2)>",
  "forum-qa": "]]></style><svg onload=alert(3)>",
  "portal-clients": "\u202Egnp.exe\u2066 turned\u200F",
  portal: "👩‍👩‍👧‍👦🔥 ünï\u0301cödé",
  labelshop: "[x](javascript:alert(4))",
  "managing-partner": "\"><script>alert(5)</script>",
  hoster: "<!-- &lt;&amp;&#0; -->",
  "gpu-box": "<a href=\"#x\" id=\"content\" onclick=alert(6)>",
};

/** Free text that does the same. */
const PURPOSE = "<script>document.title='owned';alert(1)</script><style>*{display:none}</style>";
const NAME = "\"quoted\" 'too' `code` [link](http://example.com/) ![picture](http://example.com/p.png) <b>bold</b>";
const REASON = "</p><iframe src=http://example.com/></iframe> | a\u202Eb";

const WAIVER = "{rule: SCALE005, reason: tested in June, owner: it-lead, expires: 2026-08-31}";

const SUPPRESSED = `# caveat: allow[single-point-of-failure] until=2027-03-31 owner=platform-team -- second site opens in spring
    replicas: {min: 1, max: 1}`;

/** One server as it is deployed; its manifest says something else of the cards and of the context. */
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: taxmate}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.11.0
          args: [--model=/models/taxmate-8b, --max-model-len=8192]
          resources: {limits: {nvidia.com/gpu: 2}}
`;

/** Replaces what has to be there: a fixture that has changed must not make a test that tests nothing. */
function swap(text, from, to) {
  if (!text.includes(from)) throw new Error(`the fixture no longer has: ${from}`);
  return text.replaceAll(from, to);
}

/** The worked manifest with names and texts that no reader would write. */
function hostile(worked) {
  const named = Object.entries(HOSTILE).reduce((text, [from, to]) => {
    const whole = new RegExp(`(?<![\\w-])${from}(?![\\w-])`, "gu");
    if (!whole.test(text)) throw new Error(`the fixture no longer names: ${from}`);
    return text.replace(whole, () => JSON.stringify(to));
  }, worked);
  const told = swap(named, "purpose: Answers tax questions of clients and staff, drafts appeals, submits returns", `purpose: ${JSON.stringify(PURPOSE)}`);
  const owned = swap(told, "name: Brandt Tax Advisers", `name: ${JSON.stringify(NAME)}`);
  return swap(owned, WAIVER, `{rule: COST011, reason: ${JSON.stringify(REASON)}, owner: ${JSON.stringify(NAME)}, expires: 2027-08-31}`);
}

/** A system that is like the fixture, under its own name and with its own size. */
function variant(text, at) {
  const named = swap(swap(text, "id: tax-assistant\n", `id: system-${at}\n`), "owner: managing-partner", `owner: owner-${at % 7}`);
  const sized = swap(named, "current: 10000, planned: 25000", `current: ${400 * at + 200}, planned: ${1000 * at + 500}`);
  return swap(sized, "headcount: 180", `headcount: ${20 + 31 * at}`);
}

/** Writes the portfolio; the hostile manifest stands alone as well. */
export function write(folder, fixtures) {
  const worked = readFileSync(join(fixtures, "tax-assistant.yaml"), "utf8");
  const clean = readFileSync(join(fixtures, "tax-assistant-clean.yaml"), "utf8");
  const portfolio = join(folder, "portfolio");
  const put = (path, text) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  put(join(portfolio, "hostile", "\"><img src=x onerror=alert(7)>.caveat.yaml"), hostile(worked));
  put(join(folder, "hostile", "\"><img src=x onerror=alert(7)>.caveat.yaml"), hostile(worked));
  put(join(folder, "worked", "caveat.yaml"), worked);
  put(join(folder, "worked", "vllm.yaml"), DEPLOYMENT);
  put(join(folder, "clean", "caveat.yaml"), clean);
  const accepted = swap(variant(worked, 1), "replicas: {min: 1, max: 1}", SUPPRESSED);
  const waived = "{rule: COST011, reason: decided before we had this list, owner: it-lead, expires: 2027-08-31}";
  put(join(portfolio, "accepted", "caveat.yaml"), swap(accepted, WAIVER, waived));
  put(join(portfolio, "broken", "caveat.yaml"), swap(worked, "system:\n", "system: [\n"));
  put(join(portfolio, "deployed", "caveat.yaml"), variant(worked, 2));
  put(join(portfolio, "deployed", "vllm.yaml"), DEPLOYMENT);
  for (let at = 3; at < 39; at += 1) {
    put(join(portfolio, `system-${at}`, "caveat.yaml"), variant(at % 4 === 0 ? worked : clean, at));
  }
}
