// Tables: sorted by a click and by the keyboard, figures as figures.
import assert from "node:assert/strict";

/** How often each rule was violated, as the JSON tells. */
function violated(outcomes) {
  const counts = new Map();
  for (const { rule, outcome } of outcomes) counts.set(rule, (counts.get(rule) ?? 0) + (outcome === "violation" ? 1 : 0));
  return counts;
}

function column(page, at) {
  return page.evaluate((at) => {
    const table = document.querySelector("#rules table");
    return { cells: [...table.tBodies[0].rows].map((row) => row.cells[at].textContent), sorts: [...table.tHead.rows[0].cells].map((head) => head.getAttribute("aria-sort")) };
  }, at);
}

async function press(page, at, how) {
  const button = `#rules table thead th:nth-child(${at + 1}) button`;
  if (how === "click") {
    await page.click(button);
  } else {
    await page.focus(button);
    await page.keyboard.press(how);
  }
}

/** The table of the rules: by name, and by how often they were violated. */
export async function sorting({ page }, { outcomes }) {
  const heads = await page.$$eval("#rules table thead th", (heads) => heads.map((head) => head.textContent));
  const [names, counts] = ["what it looks for", "violated"].map((title) => heads.indexOf(title));
  const codes = heads.indexOf("rule");
  const wanted = violated(outcomes);
  // A code, and the name after it.
  const rules = (await column(page, codes)).cells.map((cell) => cell.split(" ")[0]);
  const shown = (await column(page, counts)).cells;
  const told = Object.fromEntries(rules.map((rule, at) => [rule, shown[at] === "–" ? 0 : Number(shown[at].replaceAll(",", ""))]));
  for (const [rule, count] of wanted) assert.equal(told[rule], count, `how often ${rule} is said to be violated`);

  const figures = [...wanted.values()].filter((count) => count > 0).sort((a, b) => a - b);
  const none = (cells) => cells.filter((cell) => cell !== "–").map((cell) => Number(cell.replaceAll(",", "")));
  const last = (cells) => cells.slice(figures.length).every((cell) => cell === "–");
  for (const how of ["click", "Enter"]) {
    await press(page, names, how);
    const before = await column(page, names);
    assert.equal(before.sorts[names], "ascending", `aria-sort of the names after ${how}`);
    assert.deepEqual(before.cells, [...before.cells].sort(), `names after ${how}`);
    await press(page, names, how);
    const after = await column(page, names);
    assert.equal(after.sorts[names], "descending", `aria-sort of the names after a second ${how}`);
    assert.deepEqual(after.cells, [...before.cells].reverse(), `names after a second ${how}`);

    await press(page, counts, how);
    const up = await column(page, counts);
    assert.deepEqual(up.sorts.map((sort, at) => (at === counts ? sort : sort ?? "")), up.sorts.map((_, at) => (at === counts ? "ascending" : "")), "aria-sort is at one column");
    assert.deepEqual(none(up.cells), figures, `figures after ${how}`);
    assert.ok(last(up.cells), "what there is none of stands last");
    await press(page, counts, how);
    const down = await column(page, counts);
    assert.equal(down.sorts[counts], "descending", `aria-sort of the figures after a second ${how}`);
    assert.deepEqual(none(down.cells), [...figures].reverse(), `figures after a second ${how}`);
    assert.ok(last(down.cells), "what there is none of stands last, downwards too");
  }
}
