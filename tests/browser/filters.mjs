// Filters: what is to be seen after each choice is what the JSON says, and the page says how much it is.
import assert from "node:assert/strict";

const NOTHING = { grade: "", family: "", rule: "", text: "" };

/** Everything that is tried in a section, each with the findings that it is about. */
function trials(cards) {
  const by = (of, value) => [{ ...NOTHING, [of]: value }, cards.filter((card) => card[of] === value)];
  const values = (of) => [...new Set(cards.map((card) => card[of]))].sort();
  const some = (list) => [...new Set([list[0], list[list.length >> 1], list.at(-1)])];
  const text = (text) => [{ ...NOTHING, text }, cards.filter(({ message, fingerprint }) => (message + fingerprint).toLowerCase().includes(text.toLowerCase()))];
  const follower = cards.find(({ follows }) => follows);
  const last = cards.at(-1);
  return [
    ...values("grade").map((value) => by("grade", value)),
    ...values("family").map((value) => by("family", value)),
    ...some(values("rule")).map((value) => by("rule", value)),
    ...(follower ? [by("rule", follower.rule), text(follower.fingerprint)] : []),
    text(last.fingerprint.toUpperCase()),
    text(` ${last.message} `.trim()),
    text("no finding says this"),
    text(last.fingerprint.slice(0, 9)),
    [{ ...NOTHING, grade: last.grade, family: last.family }, cards.filter(({ grade, family }) => grade === last.grade && family === last.family)],
    [{ ...NOTHING, grade: last.grade, rule: last.rule, text: last.fingerprint }, cards.filter(({ fingerprint }) => fingerprint === last.fingerprint)],
  ];
}

/** Makes the choices that are not made yet, as a person would. */
async function set(page, section, wanted) {
  const fields = await page.$$eval(`${section} .filters :is(select, input)`, (all) => Object.fromEntries(all.map(({ name, value }) => [name, value])));
  for (const [name, value] of Object.entries(wanted)) {
    const field = `${section} .filters [name=${name}]`;
    if (fields[name] === value) continue;
    if (name !== "text") {
      await page.select(field, value);
      continue;
    }
    // Select what is there, and write over it: short texts key by key, others as one would paste them.
    await page.focus(field);
    await page.$eval(field, (input) => input.select());
    if (value === "") await page.keyboard.press("Backspace");
    else if (value.length < 10) await page.keyboard.type(value);
    else await page.keyboard.sendCharacter(value);
  }
}

function seen(page, section) {
  return page.evaluate((section) => {
    const within = document.querySelector(section);
    const cards = [...within.querySelectorAll("article.finding")].filter((card) => card.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }));
    return { cards: cards.map(({ id }) => id.slice(2, 34)).sort(), said: within.querySelector(".filters [role=status]").textContent };
  }, section);
}

/** With the findings that fit, those beneath which they stand. */
function visible(fitting) {
  return [...new Set(fitting.flatMap(({ fingerprint, follows }) => (follows ? [fingerprint, follows] : [fingerprint])))].sort();
}

/** Tries every filter in the sections of these systems. */
export async function filters({ page }, { cards }, systems) {
  let tried = 0;
  for (const system of systems) {
    const own = cards.filter((card) => card.system === system);
    const id = await page.evaluate((system) => [...document.querySelectorAll("article.finding")].find((card) => card.dataset.system === system)?.closest("section[data-filter]").id, system);
    if (own.length < 2) {
      assert.equal(await page.$(`[id="${id}"] .filters`), null, `there is nothing to filter in ${system}`);
      continue;
    }
    const section = `[id="${id}"]`;
    const options = await page.$$eval(`${section} .filters select`, (selects) => Object.fromEntries(selects.map((select) => [select.name, [...select.options].map(({ value }) => value).filter(Boolean).sort()])));
    for (const of of ["grade", "family", "rule"]) assert.deepEqual(options[of], [...new Set(own.map((card) => card[of]))].sort(), `choices of ${of} in ${system}`);
    for (const [choice, fitting] of trials(own)) {
      await set(page, section, choice);
      const { cards: shown, said } = await seen(page, section);
      const what = `${system}, filtered by ${JSON.stringify(choice)}`;
      assert.deepEqual(shown, visible(fitting), `what is to be seen of ${what}`);
      assert.equal(said, `${fitting.length} of ${own.length} findings`, `what is said of ${what}`);
      tried += 1;
    }
    await page.click(`${section} .filters button`);
    const { cards: shown, said } = await seen(page, section);
    assert.equal(said, `${own.length} findings`, "what is said after Show all");
    const open = own.filter(({ accepted }) => !accepted || shown.length === own.length);
    assert.deepEqual(shown, visible(open), `everything of ${system} after Show all`);
    assert.deepEqual(await page.$$eval(`${section} .filters :is(select, input)`, (fields) => fields.map(({ value }) => value).join("")), "", "the fields after Show all");
  }
  assert.ok(tried > 0, "no filter was tried");
}
