// The page on paper, read back by another program.
import assert from "node:assert/strict";

import { getDocumentProxy } from "unpdf";

const bare = (text) => text.normalize("NFKC").replace(/[\s\u00AD\u200B-\u200D]/gu, "");

/** Prints, and answers with the text of the pages and with what stands at their sides. */
async function printed(page) {
  const data = await page.pdf({ format: "A4", preferCSSPageSize: true, printBackground: false });
  const document = await getDocumentProxy(new Uint8Array(data), { verbosity: 0 });
  const pages = [];
  for (let at = 1; at <= document.numPages; at += 1) {
    const sheet = await document.getPage(at);
    const [left, , right] = sheet.view;
    const { items } = await sheet.getTextContent();
    const runs = items.filter(({ str }) => str?.trim());
    const beyond = runs.filter(({ transform, width }) => transform[4] < left || transform[4] + width > right + 0.5).map(({ str }) => str);
    pages.push({ text: runs.map(({ str }) => str).join(""), beyond, sizes: runs.map(({ height, str }) => [Math.round(height * 2) / 2, str.length]) });
  }
  await document.destroy();
  return pages;
}

/** Everything that is closed on a screen is on the paper, nothing beyond its sides, and nothing made small to fit. */
export async function paper({ page }, { cards }) {
  const pages = await printed(page);
  const text = bare(pages.map((sheet) => sheet.text).join(""));
  const missing = cards.filter(({ message, fingerprint }) => !text.includes(fingerprint) || !text.includes(bare(message)));
  assert.deepEqual(missing.map(({ rule, message }) => `${rule} ${message}`), [], "findings whose message or proof is not on paper");
  pages.forEach(({ beyond }, at) => assert.deepEqual(beyond, [], `beyond the side of page ${at + 1}`));
  const letters = new Map();
  for (const [size, count] of pages.flatMap(({ sizes }) => sizes)) letters.set(size, (letters.get(size) ?? 0) + count);
  const all = [...letters.values()].reduce((sum, count) => sum + count, 0);
  await page.emulateMediaType("print");
  const meant = await page.evaluate(() => 0.75 * Number.parseFloat(getComputedStyle(document.body).fontSize));
  await page.emulateMediaType(null);
  // Tables and code are set smaller than the text; a page that was made small has no letters of the text's size.
  const ofText = [...letters].filter(([size]) => Math.abs(size - meant) <= 0.5).reduce((sum, [, count]) => sum + count, 0);
  const share = Math.round((100 * ofText) / all);
  assert.ok(share >= 8, `${share} % of the letters are about ${meant} points high: the page was made small to fit the paper`);
  return `${pages.length} pages, ${share} % of the letters of ${meant} points`;
}

/** The same by style alone: on paper, everything that is closed is to be seen without a script that opens it. */
export async function unfolded({ page }) {
  await page.emulateMediaType("print");
  const look = () => page.evaluate(() => {
    const closed = [...document.querySelectorAll("main details:not([open]):not(.screen)")];
    const inside = closed.flatMap((details) => [...details.querySelectorAll("p, li, dt, dd, td, code")]);
    const hidden = inside.filter((element) => !element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) || element.getBoundingClientRect().height === 0);
    return { closed: closed.length, hidden: hidden.filter((element) => element.textContent.trim()).slice(0, 5).map(({ textContent }) => textContent.slice(0, 60)) };
  });
  // The style of another medium takes hold a little later.
  let { closed, hidden } = await look();
  for (let tries = 0; hidden.length > 0 && tries < 20; tries += 1) {
    await new Promise((done) => setTimeout(done, 250));
    ({ closed, hidden } = await look());
  }
  assert.ok(closed > 0, "nothing is closed, so nothing was tried");
  assert.deepEqual(hidden, []);
}
