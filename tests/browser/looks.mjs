// How a page fits: screens of three widths, and a reader without scripts.
import assert from "node:assert/strict";

import { unfold } from "./page.mjs";

export const WIDTHS = [1280, 768, 360];

/** Nothing sticks out of the document at any width, closed and (unless the page is too large for it) opened; nothing is cut off. */
export async function fits({ page }, large = false) {
  for (const opened of large ? [false] : [false, true]) {
    if (opened) await unfold(page);
    for (const width of WIDTHS) {
      await page.setViewport({ width, height: 900 });
      const wrong = await page.evaluate(() => {
        const told = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${[...element.classList].join(".")} "${element.textContent.trim().slice(0, 40)}"`;
        const root = document.documentElement;
        const wrong = [];
        const scrolls = (element) => element.closest(".scroll, .hidden, .skip, svg") !== null;
        if (root.scrollWidth > root.clientWidth) {
          const out = [...document.body.querySelectorAll("*")].filter((element) => !scrolls(element) && element.getBoundingClientRect().right > root.clientWidth + 0.5);
          wrong.push(`the document is ${root.scrollWidth} wide: ${out.slice(-3).map(told).join(", ")}`);
        }
        for (const element of document.body.querySelectorAll("header, nav, main, section, article, p, li, dd, dt, h1, h2, h3, h4, h5, h6, summary, .filters, .tile, figure, pre, code, .badge")) {
          // What is closed has no place; to ask for it lays it out each time.
          if (!element.checkVisibility() || scrolls(element) || element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
          if (["hidden", "clip"].includes(getComputedStyle(element).overflowX)) wrong.push(`cut off: ${told(element)}`);
        }
        for (const element of document.querySelectorAll(".scroll")) {
          if (!element.checkVisibility()) continue;
          const { left, right } = element.getBoundingClientRect();
          if (left < -0.5 || right > root.clientWidth + 0.5) wrong.push(`sticks out: ${told(element)}`);
          if (element.tabIndex !== 0) wrong.push(`scrolls, and not by keyboard: ${told(element)}`);
        }
        for (const needed of ["h1", ".lead", "nav.contents summary", ".tiles", "footer p"]) {
          const { width, height } = document.querySelector(needed).getBoundingClientRect();
          if (width < 20 || height < 10) wrong.push(`not to be seen: ${needed}`);
        }
        return wrong.slice(0, 5);
      });
      assert.deepEqual(wrong, [], `at ${width} pixels, ${opened ? "opened" : "closed"}`);
    }
  }
}

/** A reader without scripts has every word, nothing that does nothing, and can open what is closed. */
export async function withoutScripts({ page: bare }, { page: scripted }) {
  const text = (page) =>
    page.evaluate(() => {
      const main = document.querySelector("main").cloneNode(true);
      main.querySelectorAll(".filters").forEach((filter) => filter.remove());
      return main.textContent;
    });
  assert.equal(await text(bare), await text(scripted), "the words of the page without scripts");
  assert.equal(await bare.$(".filters, main button"), null, "a control that does nothing without scripts");
  const count = await bare.$$eval("details", (all) => all.filter(({ open }) => !open).length);
  if (count > 0) {
    // Not by `page.click`, which waits for scripts.
    const [x, y] = await bare.evaluate(() => {
      const summary = document.querySelector("details:not([open]) > summary");
      summary.scrollIntoView({ block: "center" });
      const { left, top, height } = summary.getBoundingClientRect();
      return [left + 5, top + height / 2];
    });
    await bare.mouse.click(x, y);
    assert.equal(await bare.$$eval("details", (all) => all.filter(({ open }) => !open).length), count - 1, "a click opens what is closed");
  }
  await unfold(bare);
  const hidden = await bare.evaluate(() => {
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const holders = new Set();
    while (texts.nextNode()) if (texts.currentNode.data.trim()) holders.add(texts.currentNode.parentElement);
    const unseen = [...holders].filter((element) => !element.closest("svg") && !element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true }));
    return unseen.slice(0, 5).map(({ tagName, id, textContent }) => `${tagName}#${id} ${textContent.slice(0, 60)}`);
  });
  assert.deepEqual(hidden, [], "not to be seen without scripts, though everything is open");
}
