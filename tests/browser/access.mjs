// What a machine can tell of accessibility, by axe-core.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { unfold } from "./page.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** No serious violation in the page, or in those parts of it; answers with what is less than that. */
export async function accessible({ page }, parts = []) {
  await unfold(page);
  await page.evaluate(axe);
  const { violations, passes, incomplete } = await page.evaluate(
    async (tags, parts) => {
      const context = parts.length ? { include: parts } : document;
      const told = ({ id, impact, nodes }) => ({ id, impact, count: nodes.length, first: nodes[0] ? `${nodes[0].target.join(" ")}: ${nodes[0].html.slice(0, 160)}: ${nodes[0].any[0]?.message ?? nodes[0].failureSummary ?? ""}` : "" });
      const { violations, passes, incomplete } = await window.axe.run(context, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations", "incomplete"] });
      return { violations: violations.map(told), passes: passes.length, incomplete: incomplete.map(told) };
    },
    TAGS,
    parts.map((part) => [part]),
  );
  assert.ok(passes > 10, `axe has passed ${passes} rules only: it has not looked`);
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(grave.map(({ id, impact, count, first }) => `${impact}: ${id}, ${count} times, first ${first}`), []);
  const lesser = violations.map(({ id, impact, count }) => `${impact}: ${id} (${count})`);
  const open = incomplete.map(({ id, count }) => `not decided: ${id} (${count})`);
  return [...lesser, ...open].join("; ");
}
