// What is wrong with the page, as a list of sentences: nothing, one hopes.
(() => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) => element.outerHTML.slice(0, 90);

  // A reader who does not see it.
  if (document.documentElement.lang !== "en") wrong.push("the page has no language");
  for (const landmark of ["header", "nav", "main", "footer"]) {
    if (all(landmark).length !== 1) wrong.push(`there is not one ${landmark}`);
  }
  const ids = all("[id]").map((element) => element.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id stands twice");
  for (const link of all('a[href^="#"]')) {
    if (!document.getElementById(link.getAttribute("href").slice(1))) wrong.push(`${named(link)} leads nowhere`);
  }
  for (const labelled of all("[aria-labelledby], [aria-describedby]")) {
    for (const name of ["aria-labelledby", "aria-describedby"]) {
      for (const id of (labelled.getAttribute(name) || "").split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) wrong.push(`${named(labelled)} names ${id}, which is not there`);
      }
    }
  }
  for (const picture of all("svg:not([aria-hidden])")) {
    if (picture.getAttribute("role") !== "img" || !picture.getAttribute("aria-label")) wrong.push(`${named(picture)} has no words`);
  }
  for (const table of all("table")) {
    if (!table.caption || !table.caption.textContent.trim()) wrong.push(`${named(table)} has no caption`);
    for (const head of table.querySelectorAll("thead th")) {
      if (head.getAttribute("scope") !== "col" || !head.textContent.trim()) wrong.push(`${named(head)} heads nothing`);
    }
  }
  for (const button of all("button")) if (!button.textContent.trim()) wrong.push(`${named(button)} says nothing`);
  let level = 0;
  for (const heading of all("h1, h2, h3")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) wrong.push(`${named(heading)} skips a level`);
    level = own;
  }

  // A reader with a narrow window.
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) wrong.push(`the page is ${wide} wide in a window of ${window.innerWidth}`);

  // Contrast as WCAG 2.2 asks (1.4.3, AA): 4.5, or 3 for large text.
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = rgb(color).slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgb(color)[3] === 255) return color;
    }
    return "white";
  };
  const seen = new Set();
  for (const element of all("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("title, script, style, noscript, .unseen, [hidden], details:not([open]) > :not(summary)") || element.matches(":disabled")) continue;
    const style = getComputedStyle(element);
    const color = element.closest("svg") ? style.fill : style.color;
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const back = ground(element);
    const [a, b] = [light(color), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const key = `${color} on ${back}`;
    if (ratio < (large ? 3 : 4.5) && !seen.has(key)) {
      seen.add(key);
      wrong.push(`${key} has a contrast of ${ratio.toFixed(2)}: ${named(element)}`);
    }
  }

  // Labels of a map that cover each other.
  for (const labels of all(".map .labels")) {
    const boxes = [...labels.querySelectorAll("text")].map((text) => [text.textContent, text.getBBox()]);
    boxes.forEach(([name, a], index) => {
      for (const [other, b] of boxes.slice(index + 1)) {
        const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
        const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
        if (across > 1 && down > 2.5) wrong.push(`${name} covers ${other}`);
      }
    });
  }
  // Texts of a picture that leave it.
  for (const text of all("svg[role=img] text")) {
    const view = text.ownerSVGElement.viewBox.baseVal;
    const box = text.getBBox();
    if (box.x < -2 || box.x + box.width > view.width + 2) wrong.push(`"${text.textContent}" leaves its picture`);
  }
  return wrong;
})()
