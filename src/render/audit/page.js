"use strict";
// Sorting and filtering for those who have scripts; nothing is shown or hidden before somebody asks for it.
(() => {
  const make = (tag, props = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };

  const units = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, ms: 1e-3 };
  const figure = (text) => {
    const [number, unit] = text.replace(/,/g, "").split(" ");
    return Number.parseFloat(number) * (units[unit] ?? 1);
  };

  const sortable = (table) => {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const title = head.textContent;
      if (!title) return;
      const button = make("button", { type: "button", textContent: title });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[at]?.textContent.trim() ?? "";
        const rows = [...body.rows];
        // What there is no figure of stands last, whichever way.
        const known = head.classList.contains("number") ? rows.filter((row) => !Number.isNaN(figure(key(row)))) : rows;
        const rest = rows.filter((row) => !known.includes(row));
        const byFigure = (a, b) => figure(key(a)) - figure(key(b));
        const byText = (a, b) => key(a).localeCompare(key(b), "en", { numeric: true });
        known.sort(head.classList.contains("number") ? byFigure : byText);
        body.append(...(down ? known.reverse() : known), ...rest);
      });
    });
  };

  const filtered = (section) => {
    const findings = [...section.querySelectorAll(":scope article.finding")];
    if (findings.length < 2) return;
    const order = ["error", "critical", "high", "medium", "low", "info", "unknown"];
    const words = (of) => [...new Set(findings.map((finding) => finding.dataset[of]))].filter(Boolean).sort();
    const choice = (label, of, options) => {
      const select = make("select", { name: of }, make("option", { value: "", textContent: "all" }));
      for (const word of options) select.append(make("option", { value: word, textContent: word.replaceAll("-", " ") }));
      return { of, select, label: make("label", {}, label, select) };
    };
    const choices = [
      choice("Severity", "grade", words("grade").sort((a, b) => order.indexOf(a) - order.indexOf(b))),
      choice("Family", "family", words("family")),
      choice("Rule", "rule", words("rule")),
    ];
    const search = make("input", { type: "search", name: "text" });
    const count = make("p", { className: "count" });
    count.setAttribute("role", "status");
    // The words of a finding without those of what follows from it.
    const texts = new Map();
    const own = (finding) => {
      if (!texts.has(finding)) {
        const copy = finding.cloneNode(true);
        copy.querySelectorAll("article").forEach((inner) => inner.remove());
        texts.set(finding, copy.textContent.toLowerCase());
      }
      return texts.get(finding);
    };
    const apply = () => {
      const wanted = search.value.trim().toLowerCase();
      const fits = (finding) =>
        choices.every(({ of, select }) => !select.value || finding.dataset[of] === select.value) &&
        (!wanted || own(finding).includes(wanted));
      const shown = new Set(findings.filter(fits));
      // What follows from a finding stands inside of it, so the finding stays where one of them fits.
      for (const finding of findings) finding.hidden = !shown.has(finding) && !findings.some((inner) => shown.has(inner) && finding.contains(inner));
      // What fits is not left in what is closed.
      if (shown.size < findings.length) for (const finding of shown) finding.closest("details")?.setAttribute("open", "");
      count.textContent = shown.size === findings.length ? `${findings.length} findings` : `${shown.size} of ${findings.length} findings`;
    };
    const reset = make("button", { type: "button", textContent: "Show all" });
    reset.addEventListener("click", () => {
      search.value = "";
      for (const { select } of choices) select.value = "";
      apply();
    });
    const bar = make("div", { className: "filters" }, make("label", {}, "Text", search), ...choices.map(({ label }) => label), reset, count);
    bar.setAttribute("role", "search");
    bar.setAttribute("aria-label", `Filter findings of ${findings[0].dataset.system}`);
    bar.addEventListener("input", apply);
    const first = section.querySelector("article.finding");
    (first.closest("section") === section ? first : section.firstChild).before(bar);
    apply();
  };

  // A link leads to what may be closed or filtered out.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
      at.hidden = false;
    }
    target.scrollIntoView();
  };

  document.querySelectorAll("table").forEach(sortable);
  document.querySelectorAll("section[data-filter]").forEach(filtered);
  window.addEventListener("hashchange", reveal);
  reveal();

  // Small screens begin with the contents closed.
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents details").open = false;

  // Paper cannot be opened.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.screen)")];
    for (const one of closed) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
