// Opens caveat's HTML report in a browser, as the people who sign it do: `node check.mjs CAVEAT FIXTURES CHROMIUM`.
//
// Reports of the worked manifest (with a file that deploys it), of a clean one, of one with hostile names, and of a portfolio
// of forty. What has to stand on a page comes from the JSON of the same inputs, never from the page.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

import { accessible } from "./access.mjs";
import { expected, report, run } from "./caveat.mjs";
import { legible } from "./contrast.mjs";
import { filters } from "./filters.mjs";
import { complete, evidence, links, questions, rules } from "./findings.mjs";
import { fits, withoutScripts } from "./looks.mjs";
import { open, smuggle } from "./page.mjs";
import { write } from "./portfolio.mjs";
import { paper, unfolded } from "./print.mjs";
import { sorting } from "./tables.mjs";

const [caveat, fixtures, executablePath] = process.argv.slice(2);
let passed = 0;
let failed = 0;

/** Runs one check and goes on after one that fails. */
async function check(what, body) {
  const begin = Date.now();
  try {
    const note = await body();
    passed += 1;
    console.log(`ok    ${what} (${((Date.now() - begin) / 1000).toFixed(1)} s)${note ? `: ${note}` : ""}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${what}\n${error.name === "AssertionError" ? error.message : error.stack}`.replaceAll("\n", "\n      "));
  }
}

/** A report with what the JSON says of the same input. */
async function made(folder, input) {
  const [wanted] = await Promise.all([expected(caveat, folder, input), report(caveat, folder, input, `${input}.html`)]);
  return { ...wanted, file: join(folder, `${input}.html`) };
}

async function opened(browser, file, options, body) {
  const tab = await open(browser, file, options);
  try {
    return await body(tab);
  } finally {
    await tab.page.close();
  }
}

/** What holds for every report. `systems`: those whose filters are tried; `leftOut`: what axe does not look at in a large one. */
async function page(browser, name, wanted, { systems, leftOut = "" }) {
  const { file } = wanted;
  await opened(browser, file, {}, async (tab) => {
    await check(`${name}: cards are the findings of the JSON`, () => complete(tab, wanted));
    await check(`${name}: open questions are those of the JSON`, () => questions(tab, wanted));
    await check(`${name}: evidence is that of the JSON`, () => evidence(tab, wanted));
    await check(`${name}: links and ids`, () => links(tab));
    await check(`${name}: findings lead to their rules`, () => rules(tab, wanted));
    if (systems.length > 0) await check(`${name}: filters`, () => filters(tab, wanted, systems));
    await check(`${name}: sorting`, () => sorting(tab, wanted));
    await check(`${name}: nothing was fetched, refused or complained of`, () => tab.quiet());
  });
  await opened(browser, file, {}, (tab) => check(`${name}: fits screens`, () => fits(tab, leftOut !== "")));
  await opened(browser, file, { scripts: false }, async (bare) => {
    await opened(browser, file, {}, (tab) => check(`${name}: without scripts`, () => withoutScripts(bare, tab)));
    await check(`${name}: quiet without scripts`, () => bare.quiet());
  });
  for (const scheme of ["light", "dark"]) {
    await opened(browser, file, { scheme }, async (tab) => {
      // Only contrast depends on the scheme.
      await check(`${name}: accessible, ${scheme}`, () => accessible(tab, leftOut, scheme === "light" ? [] : ["color-contrast"]));
      await check(`${name}: letters in drawings, ${scheme}`, () => legible(tab));
    });
  }
}

/** The same inputs give the same bytes, and a byte that was changed is found. */
async function reproducible(folder) {
  const file = join(folder, "worked.html");
  const bytes = readFileSync(file);
  await report(caveat, folder, "worked", "again.html");
  assert.ok(bytes.equals(readFileSync(join(folder, "again.html"))), "a second report has other bytes");
  const status = async () => (await run(caveat, folder, "report", "--check", "worked.html")).status;
  assert.equal(await status(), 0, "the report as it was written");
  const changed = Buffer.from(bytes);
  changed[bytes.lastIndexOf("legal advice")] ^= 0x20;
  writeFileSync(file, changed);
  assert.equal(await status(), 1, "the report with one letter changed");
  writeFileSync(file, bytes);
}

/** The worked manifest and the clean one. */
async function single(browser, folder) {
  const worked = await made(folder, "worked");
  await page(browser, "worked", worked, { systems: ["tax-assistant"] });
  await check("worked: paper", () => opened(browser, worked.file, {}, (tab) => paper(tab, worked)));
  await check("worked: paper without scripts", () => opened(browser, worked.file, { scripts: false }, unfolded));
  await check("worked: nothing smuggled in runs", () => opened(browser, worked.file, {}, smuggle));
  await page(browser, "clean", await made(folder, "clean"), { systems: [] });
  await check("worked: the same bytes again", () => reproducible(folder));
}

/** The hostile manifest, alone and in the portfolio. */
async function several(browser, folder) {
  const hostile = await made(folder, "hostile");
  const { system } = hostile.cards[0];
  const portfolio = made(folder, "portfolio");
  portfolio.catch(() => {});
  await page(browser, "hostile", hostile, { systems: [system] });
  await check("hostile: the title is text", () => opened(browser, hostile.file, {}, async ({ page }) => assert.equal(await page.title(), `Audit of ${system}`)));
  // axe looks at what only a portfolio has and at one system: forty alike would take it minutes and tell no more.
  const leftOut = "main > section[id^=s]:not(#summary, #s1), #rules details";
  await page(browser, "portfolio", await portfolio, { systems: ["system-1", system], leftOut });
}

const folder = mkdtempSync(join(tmpdir(), "caveat-browser-"));
// Two browsers, one for each core; in one of them, pages that are not in front would be slowed down.
const launch = () => puppeteer.launch({ executablePath, args: ["--no-sandbox"], protocolTimeout: 240_000 });
const browsers = await Promise.all([launch(), launch()]);
try {
  write(folder, fixtures);
  await Promise.all([single(browsers[0], folder), several(browsers[1], folder)]);
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
