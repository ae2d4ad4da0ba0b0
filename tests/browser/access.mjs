// What a machine can tell of accessibility, by axe-core.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { unfold } from "./page.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/**
 * No serious violation in the page with everything open, of all rules or of these. What is left out is taken from the page before:
 * axe-core goes through all of a document, whatever it is asked of. Answers with what is less than serious.
 */
export async function accessible({ page }, leftOut = "", rules = []) {
  if (leftOut) await page.$$eval(leftOut, (all) => all.forEach((element) => element.remove()));
  await unfold(page);
  await page.evaluate(axe);
  const { violations, passes, incomplete } = await page.evaluate(
    async (runOnly) => {
      const told = ({ id, impact, nodes }) => ({ id, impact, count: nodes.length, first: nodes[0] ? `${nodes[0].target.join(" ")}: ${nodes[0].html.slice(0, 160)}: ${nodes[0].any[0]?.message ?? nodes[0].failureSummary ?? ""}` : "" });
      const { violations, passes, incomplete } = await window.axe.run(document, { runOnly, resultTypes: ["violations", "incomplete"] });
      return { violations: violations.map(told), passes: passes.map(({ id }) => id), incomplete: incomplete.map(told) };
    },
    rules.length ? { type: "rule", values: rules } : { type: "tag", values: TAGS },
  );
  assert.ok(rules.length ? rules.every((rule) => passes.includes(rule)) : passes.length > 10, `axe has passed nothing but ${passes}: it has not looked`);
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(grave.map(({ id, impact, count, first }) => `${impact}: ${id}, ${count} times, first ${first}`), []);
  const lesser = violations.map(({ id, impact, count }) => `${impact}: ${id} (${count})`);
  const open = incomplete.map(({ id, count }) => `not decided: ${id} (${count})`);
  return [...lesser, ...open].join("; ");
}
