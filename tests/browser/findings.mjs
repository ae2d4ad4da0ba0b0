// Findings on the page: all of them, once, with links that lead somewhere.
import assert from "node:assert/strict";

/** The cards of the page, in their order. */
export function cards(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("article.finding")].map((card) => {
      const badge = card.querySelector("h3, h4, h5, h6").firstElementChild;
      return {
        system: card.dataset.system,
        grade: badge.textContent,
        family: card.dataset.family,
        rule: card.querySelector(":scope > .meta a").textContent,
        name: card.querySelector(":scope > .meta").textContent.split(" · ")[0].split(" ")[1],
        message: badge.parentElement.textContent.slice(badge.textContent.length + 1),
        accepted: card.querySelector(":scope > .accepted") !== null,
        follows: card.parentElement.closest("article.finding")?.id.slice(2, 34) ?? null,
        fingerprint: card.id.slice(2, 34),
      };
    }),
  );
}

const sorted = (list) => list.map((card) => JSON.stringify(card)).sort();

/** Every finding of the JSON is a card, every card is a finding of the JSON. */
export async function complete({ page }, { cards: wanted }) {
  const found = await cards(page);
  const tally = (list) => list.reduce((all, { grade, accepted }) => ({ ...all, [accepted ? "accepted" : grade]: (all[accepted ? "accepted" : grade] ?? 0) + 1 }), {});
  assert.deepEqual(tally(found), tally(wanted), "cards by grade");
  assert.deepEqual(sorted(found), sorted(wanted), "cards and findings");
}

/** What is undecided for want of facts is asked for, with its rule. */
export async function questions({ page }, { questions: wanted }) {
  const asked = await page.evaluate(() =>
    [...document.querySelectorAll("section[id$='-questions']")].flatMap((section) =>
      [...section.querySelectorAll("tbody tr")].flatMap((row) =>
        [...row.cells[4].querySelectorAll("a")].map((link) => `${row.cells[0].querySelector("code").textContent} ${link.textContent}`),
      ),
    ),
  );
  const all = new Set(wanted.flatMap(({ rule, missing }) => missing.map(({ path }) => `${path} ${rule}`)));
  assert.deepEqual([...new Set(asked)].sort(), [...all].sort(), "facts that are asked for, and the rules that wait for them");
}

/** How far the manifests were held against files. */
export async function evidence({ page }, { evidence: wanted }) {
  const shown = await page.evaluate(() => ({
    tiles: [...document.querySelectorAll("#evidence .tile .value")].map((value) => Number(value.textContent)),
    text: document.querySelector("#evidence").textContent,
  }));
  if (!wanted) {
    assert.deepEqual(shown.tiles, [], "there is no evidence to count");
    return;
  }
  assert.equal(shown.tiles[0], wanted.confirmed, "facts confirmed");
  assert.equal(shown.tiles[2], wanted.unconfirmed.length, "facts neither confirmed nor contradicted");
  assert.equal(shown.tiles[3], wanted.unstated, "facts that the manifest leaves open");
  for (const { path } of wanted.files) assert.ok(shown.text.includes(path), `the evidence does not name ${path}`);
}

/** Ids are unique, links and references inside of the page have targets, and none is a script. */
export async function links({ page }) {
  const wrong = await page.evaluate(() => {
    const wrong = [];
    const ids = new Set();
    for (const { id } of document.querySelectorAll("[id]")) {
      if (ids.has(id)) wrong.push(`the id ${id} is there twice`);
      ids.add(id);
    }
    for (const link of document.querySelectorAll("a")) {
      const to = link.getAttribute("href");
      if (to === null || !/^(#|https:)/u.test(to)) wrong.push(`a link to ${to}`);
      else if (to.startsWith("#") && !ids.has(decodeURIComponent(to.slice(1)))) wrong.push(`the link ${to} has no target`);
    }
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        for (const id of element.getAttribute(name).split(/\s+/u)) if (!ids.has(id)) wrong.push(`${name}=${id} has no target`);
      }
    }
    for (const [, id] of document.body.innerHTML.matchAll(/url\((?:&quot;|")?#([^)&"]+)/gu)) if (!ids.has(id)) wrong.push(`url(#${id}) has no target`);
    return wrong;
  });
  assert.deepEqual(wrong, []);
}

/** From findings to their rules, by clicks: some at the beginning, at the end and between, and one that was accepted. */
export async function rules({ page }, { cards: wanted }) {
  const codes = await page.evaluate(() =>
    [...document.querySelectorAll("article.finding")].map((card) => [card.id, card.querySelector(":scope > .meta a").getAttribute("href"), card.dataset.rule, card.querySelector(":scope > .accepted") !== null]),
  );
  const named = new Map(wanted.map(({ rule, name }) => [rule, name]));
  const pages = await page.evaluate((list) => list.map((to) => document.querySelector(to)?.textContent ?? ""), codes.map(([, to]) => to));
  codes.forEach(([, to, rule], at) => {
    assert.ok(pages[at].includes(rule) && pages[at].includes(named.get(rule)), `${to} does not tell of ${rule} ${named.get(rule)}`);
  });
  const some = [...new Set([0, codes.length >> 1, codes.length - 1, codes.findIndex(([, , , accepted]) => accepted)])].filter((at) => codes[at]);
  for (const at of some) {
    const [id, to] = codes[at];
    // Everything that hides the rule is closed, so that the link has to open it.
    await page.evaluate((id) => {
      for (const details of document.querySelectorAll("#rules details")) details.open = false;
      for (let at = document.getElementById(id); at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    }, id);
    await page.click(`[id="${id}"] > .meta a`);
    await page.waitForFunction((to) => location.hash === to, {}, to);
    const seen = await page.evaluate(async (to) => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const target = document.querySelector(to);
      const { top, height } = target.getBoundingClientRect();
      return { visible: target.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && height > 0, inside: top >= -1 && top < innerHeight };
    }, to);
    assert.deepEqual(seen, { visible: true, inside: true }, `after a click on the rule of ${id}, ${to}`);
  }
}
