"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  // The theme: as the system has it, until somebody chooses. A file may not be allowed to remember.
  const remembered = (write) => {
    try {
      if (write === undefined) return localStorage.getItem("railair-theme");
      localStorage.setItem("railair-theme", write);
    } catch { /* then it is chosen anew each time */ }
    return null;
  };
  const themes = ["", "light", "dark"];
  const names = ["as the system", "light", "dark"];
  const show = (theme) => {
    const index = Math.max(0, themes.indexOf(theme));
    if (themes[index]) document.documentElement.dataset.theme = themes[index];
    else delete document.documentElement.dataset.theme;
    at("theme-name").textContent = names[index];
  };
  const current = () => document.documentElement.dataset.theme || "";
  show(remembered() || "");
  at("theme").hidden = false;
  at("theme").addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    // The first click always changes what is seen.
    const order = system === "dark" ? ["", "light", "dark"] : ["", "dark", "light"];
    const next = order[(order.indexOf(current()) + 1) % 3];
    show(next);
    remembered(next);
  });

  // Pictures as files: what the style sheet says is written into each shape.
  const styles = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
    "stroke-linecap", "stroke-linejoin", "opacity", "font-size", "font-weight", "font-family", "paint-order", "background-color"];
  const save = (button) => {
    const svg = button.closest("figure").querySelector("svg");
    const copy = svg.cloneNode(true);
    const originals = [svg, ...svg.querySelectorAll("*")];
    const copies = [copy, ...copy.querySelectorAll("*")];
    originals.forEach((original, index) => {
      if (original.tagName === "title") return;
      const computed = getComputedStyle(original);
      copies[index].setAttribute("style", styles.map((name) => `${name}:${computed.getPropertyValue(name)}`).join(";"));
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const [, , width, height] = copy.getAttribute("viewBox").split(" ");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const blob = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = button.dataset.name.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() + ".svg";
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  for (const button of document.querySelectorAll("button.save")) {
    button.hidden = false;
    button.addEventListener("click", () => save(button));
  }

  const tables = JSON.parse(at("data").textContent);
  if (!tables.length) return;
  at("explorer").hidden = false;

  const PAGE = 20;
  const SUMMED = new Set(["parcels", "kg", "m3", "cost", "co2e_kg", "on_time", "late", "unserved", "late_parcels",
    "dead_units", "allocations", "kg_a", "kg_b", "more_kg", "cost_a", "cost_b", "more_cost", "parcels_a", "parcels_b", "more_parcels",
    "late_a", "late_b", "unserved_a", "unserved_b"]);
  const SHARES = /^load/;
  const heading = (name) => name.replace(/_/g, " ").replace(/\bm3\b/g, "m³").replace(/co2e/g, "CO₂e");
  const isText = (column) => column.d !== undefined;
  const value = (column, row) => {
    const raw = column.v[row];
    if (isText(column)) return column.d[raw];
    return raw === null ? null : raw / 10 ** column.p;
  };
  // Exact decimals: the digits are those of the table, rounded half away from zero.
  const digits = (integer, places, shown) => {
    const negative = integer < 0;
    let text = String(Math.abs(integer)).padStart(places + 1, "0");
    if (places > shown) {
      const scale = 10 ** (places - shown);
      text = String(Math.floor((Math.abs(integer) + scale / 2) / scale)).padStart(shown + 1, "0");
    } else {
      text = (text + "0".repeat(shown - places)).padStart(shown + 1, "0");
    }
    const whole = text.slice(0, text.length - shown).replace(/\B(?=(\d{3})+$)/g, ",");
    const fraction = shown ? "." + text.slice(text.length - shown) : "";
    const zero = /^0*$/.test(text);
    return (negative && !zero ? "−" : "") + whole + fraction;
  };
  const shownText = (column, row) => {
    if (isText(column)) return column.d[column.v[row]];
    const raw = column.v[row];
    if (raw === null) return "";
    // A share has four decimals, so its percentage has two: one is shown.
    if (SHARES.test(column.n)) return digits(raw, Math.max(0, column.p - 2), 1) + " %";
    return digits(raw, column.p, column.s);
  };
  const percentOf = (column) => {
    if (isText(column) || !SHARES.test(column.n) || column.p >= 2) return column;
    const scale = 10 ** (2 - column.p);
    return { ...column, p: 2, v: column.v.map((raw) => (raw === null ? null : raw * scale)) };
  };
  for (const table of tables) table.columns = table.columns.map(percentOf);

  let table = tables[0];
  let sorted = null;
  let descending = false;
  let page = 0;
  let rows = [];

  const compare = {
    ">": (a, b) => a > b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, "<=": (a, b) => a <= b, "=": (a, b) => a === b,
  };
  const lower = new WeakMap();
  const lowered = (column) => {
    if (!lower.has(column)) lower.set(column, column.d.map((text) => text.toLowerCase()));
    return lower.get(column);
  };
  const conditions = (query) => {
    const tests = [];
    const rest = query.replace(/([\p{L}\p{N}_²³₂]+)\s*(>=|<=|>|<|=)\s*(-?[\d.]+)\s*(%?)/gu, (whole, name, sign, number, percent) => {
      const column = table.columns.find((c) => !isText(c) && (c.n === name.toLowerCase() || heading(c.n).replace(/ /g, "_").toLowerCase() === name.toLowerCase()));
      if (!column) return whole;
      const wanted = Number(number) / (percent ? 100 : 1);
      tests.push((row) => column.v[row] !== null && compare[sign](value(column, row), wanted));
      return " ";
    });
    for (const word of rest.toLowerCase().split(/\s+/).filter(Boolean)) {
      const hits = table.columns.filter(isText).map((column) => [column, lowered(column).map((text) => text.includes(word))]);
      tests.push((row) => hits.some(([column, hit]) => hit[column.v[row]]));
    }
    return tests;
  };
  const collator = new Intl.Collator("en", { numeric: true });
  const order = () => {
    const count = table.columns[0].v.length;
    const tests = conditions(at("filter").value);
    rows = [];
    for (let row = 0; row < count; row += 1) if (tests.every((test) => test(row))) rows.push(row);
    if (sorted !== null) {
      const column = table.columns[sorted];
      let rank;
      if (isText(column)) {
        const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const timed = column.d.every((text) => /^W\d+ (Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text));
        const key = (text) => (timed ? text.replace(/(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/, (day) => days.indexOf(day)) : text);
        const ranked = column.d.map((text, index) => [key(text), index]).sort((a, b) => collator.compare(a[0], b[0]));
        const place = [];
        ranked.forEach(([, index], position) => { place[index] = position; });
        rank = (row) => place[column.v[row]];
      } else {
        rank = (row) => (column.v[row] === null ? -Infinity : column.v[row]);
      }
      const sign = descending ? -1 : 1;
      rows.sort((a, b) => {
        const [x, y] = [rank(a), rank(b)];
        return x === y ? a - b : x < y ? -sign : sign;
      });
    }
    page = 0;
  };

  const drawHead = () => {
    const line = make("tr");
    table.columns.forEach((column, index) => {
      const cell = make("th", undefined, isText(column) ? "" : "n");
      cell.scope = "col";
      if (sorted === index) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const button = make("button", heading(column.n));
      button.type = "button";
      button.addEventListener("click", () => {
        // Numbers are first wanted from the largest on.
        if (sorted === index) descending = !descending;
        else { sorted = index; descending = !isText(column); }
        order();
        drawHead();
        drawRows();
        at("table").tHead.querySelectorAll("button")[index].focus();
      });
      cell.append(button);
      line.append(cell);
    });
    at("table").tHead.replaceChildren(line);
  };
  const drawRows = () => {
    const body = at("table").tBodies[0];
    const lines = rows.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
      const line = make("tr");
      for (const column of table.columns) {
        const text = shownText(column, row);
        const cell = make("td", undefined, isText(column) ? (text.length > 48 ? "long" : "") : "n");
        if (isText(column)) cell.append(make("bdi", text));
        else cell.textContent = text;
        line.append(cell);
      }
      return line;
    });
    body.replaceChildren(...lines);
    const sums = make("tr");
    table.columns.forEach((column, index) => {
      const cell = make("td", undefined, isText(column) ? "" : "n");
      if (index === 0) cell.textContent = "all rows found";
      else if (!isText(column) && SUMMED.has(column.n)) {
        let sum = 0n;
        for (const row of rows) if (column.v[row] !== null) sum += BigInt(column.v[row]);
        cell.textContent = digits(Number(sum), column.p, column.s);
      }
      sums.append(cell);
    });
    if (isText(table.columns[0])) at("table").tFoot.replaceChildren(sums);
    const all = table.columns[0].v.length;
    const group = (number) => digits(number, 0, 0);
    at("status").textContent = rows.length === all ? `${group(all)} rows` : `${group(rows.length)} of ${group(all)} rows`;
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    at("page").textContent = `Page ${group(page + 1)} of ${group(pages)}`;
    at("before").disabled = page === 0;
    at("after").disabled = page + 1 >= pages;
    at("caption").textContent = table.name;
    at("note").textContent = table.note;
    at("note").hidden = !table.note;
  };
  const choose = (index) => {
    table = tables[index];
    sorted = null;
    descending = false;
    [...at("tables").children].forEach((button, other) => button.setAttribute("aria-pressed", String(other === index)));
    order();
    drawHead();
    drawRows();
  };
  tables.forEach((each, index) => {
    const button = make("button", each.name);
    button.type = "button";
    button.addEventListener("click", () => choose(index));
    at("tables").append(button);
  });
  let waiting;
  at("filter").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { order(); drawRows(); }, table.columns[0].v.length > 5000 ? 200 : 0);
  });
  at("before").addEventListener("click", () => { page -= 1; drawRows(); });
  at("after").addEventListener("click", () => { page += 1; drawRows(); });
  choose(0);
})();
