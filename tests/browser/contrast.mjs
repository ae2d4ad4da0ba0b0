// Contrast of the letters in drawings: axe-core does not decide it for SVG.
import assert from "node:assert/strict";

/** Every text of a drawing has 4.5 to 1 with what is painted beneath its middle, or 3 to 1 where it is large (WCAG 1.4.3). */
export async function legible({ page }) {
  const { low, count } = await page.evaluate(() => {
    const parse = (color) => {
      const [r, g, b, a = 1] = color.match(/[\d.]+/gu)?.map(Number) ?? [0, 0, 0, 0];
      return { rgb: [r, g, b], a };
    };
    const over = (top, below) => top.rgb.map((value, at) => value * top.a + below[at] * (1 - top.a));
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
    /** What is painted beneath: shapes that stand before the text in their drawing, over the paper of the page. */
    const beneath = (text, x, y) => {
      let rgb = parse(getComputedStyle(document.body).backgroundColor).rgb;
      for (const shape of text.ownerSVGElement.querySelectorAll("rect, polygon, circle, ellipse, path")) {
        if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING) || shape.closest("defs, marker, clipPath")) continue;
        const { fill, fillOpacity, opacity, display } = getComputedStyle(shape);
        if (!/^rgb/u.test(fill) || display === "none") continue;
        const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
        const color = parse(fill);
        if (shape.isPointInFill(point)) rgb = over({ rgb: color.rgb, a: color.a * Number(fillOpacity) * Number(opacity) }, rgb);
      }
      return rgb;
    };
    const low = [];
    const texts = [...document.querySelectorAll("svg text")].filter((text) => text.textContent.trim());
    for (const text of texts) {
      const { left, top, width, height } = text.getBoundingClientRect();
      const { fill, fontSize, fontWeight } = getComputedStyle(text);
      const background = beneath(text, left + width / 2, top + height / 2);
      const size = Number.parseFloat(fontSize);
      const wanted = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
      const found = contrast(over(parse(fill), background), background);
      if (found < wanted) low.push(`${found.toFixed(2)} to 1: ${text.getAttribute("class")} "${text.textContent.slice(0, 40)}", ${fill} on ${background.map(Math.round)}`);
    }
    return { low: [...new Set(low)].slice(0, 10), count: texts.length };
  });
  assert.deepEqual(low, []);
  return `${count} texts`;
}
