// Opens a report as a reader would, and notes everything that a report must not do.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

/** Opens a file. `quiet()` fails with all that happened and should not have. */
export async function open(browser, file, { scripts = true, scheme = "light", width = 1280 } = {}) {
  const page = await browser.newPage();
  const address = pathToFileURL(file).href;
  const wrong = [];
  await page.setViewport({ width, height: 900 });
  await page.setJavaScriptEnabled(scripts);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.evaluateOnNewDocument(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${event.violatedDirective}: ${event.blockedURI}`));
  });
  page.on("console", (message) => wrong.push(`console: ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog opened: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("popup", () => wrong.push("a window opened"));
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const document = request.url().split("#")[0] === address && request.isNavigationRequest();
    if (document) return request.continue();
    wrong.push(`requested: ${request.url().slice(0, 200)}`);
    return request.abort();
  });
  await page.goto(address, { waitUntil: "load" });
  const quiet = async () => {
    const refused = scripts ? await page.evaluate(() => window.refused.splice(0)) : [];
    assert.deepEqual([...wrong.splice(0), ...refused.map((what) => `against the policy of the page: ${what}`)], []);
  };
  return { page, wrong, quiet };
}

/** Opens everything that can be opened. */
export function unfold(page) {
  return page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
}

/** What is left of a page that is smuggled a picture, a script and a handler: nothing may run or be fetched. */
export async function smuggle({ page, wrong, quiet }) {
  await quiet();
  const outcome = await page.evaluate(async () => {
    const element = document.createElement("div");
    element.innerHTML = '<img src="http://127.0.0.1:9/x.png" onerror="window.ran = true"><button onclick="window.ran = true">x</button>';
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(element, script);
    element.querySelector("button").click();
    await new Promise((done) => setTimeout(done, 200));
    element.remove();
    script.remove();
    return { ran: window.ran === true, refused: window.refused.splice(0).map((what) => what.split(":")[0]).sort() };
  });
  assert.equal(outcome.ran, false, "something that was smuggled in has run");
  assert.deepEqual([...new Set(outcome.refused)], ["img-src", "script-src-attr", "script-src-elem"], "what the policy refuses");
  assert.deepEqual(wrong.filter((line) => line.startsWith("requested")), [], "a picture was fetched");
  wrong.splice(0);
}
