"use strict";
// Every table of the page can be sorted by a column and searched; on a narrow screen each row becomes a
// card, so that no column is out of sight. A link into a table may bring a search or an order along. On
// paper the footer says when it was printed.
(() => {
  const FEW = 8;
  const FIRST = 15;
  const SIZES = { k: 1e3, M: 1e6, bn: 1e9 };
  const make = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const numberOf = (text) => {
    const found = text.trim().match(/^[^\d+−-]{0,6}([+−-]?[\d,]*\.?\d+)\s*(k|M|bn|%)?(\s.*)?$/);
    if (!found) return NaN;
    return Number(found[1].replaceAll(",", "").replace("−", "-")) * (SIZES[found[2]] || 1);
  };
  const valueOf = (cell) => (cell ? cell.dataset.value ?? cell.textContent.trim() : "");
  const prepare = (box, table, id) => {
    const head = [...table.tHead.rows].pop();
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const names = [...head.cells].map((cell) => cell.textContent.trim());
    rows.forEach((row) => [...row.cells].forEach((cell, at) => { cell.dataset.label = names[at]; }));
    table.classList.add("cards");
    if (rows.length < 2 || rows.some((row) => row.cells.length !== names.length)) return null;
    const controls = make("div", "controls");
    const input = make("input");
    Object.assign(input, { type: "search", placeholder: "search in this table", id: "search-" + id });
    input.setAttribute("aria-label", "Search in this table");
    const said = make("span", "soft");
    said.setAttribute("aria-live", "polite");
    const all = make("button", "", `show all ${rows.length}`);
    all.type = "button";
    let open = rows.length <= FIRST + 5;
    const show = () => {
      const wanted = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      [...body.rows].forEach((row) => {
        const text = row.textContent.toLowerCase() + " " + (row.dataset.keys || "").toLowerCase();
        const fits = wanted.every((word) => text.includes(word));
        count += fits ? 1 : 0;
        row.hidden = !fits || (!open && !wanted.length && count > FIRST);
      });
      said.textContent = wanted.length ? `${count} of ${rows.length} rows` : "";
      all.hidden = open || wanted.length > 0;
    };
    const order = (at, down) => {
      const cells = rows.map((row) => valueOf(row.cells[at]));
      const numbers = cells.map(numberOf);
      const shown = cells.filter((text) => text && text !== "–");
      const numeric = shown.length > 0 && cells.every((text, i) => !text || text === "–" || !isNaN(numbers[i]));
      const rank = rows.map((row, i) => [numeric ? numbers[i] : cells[i].toLowerCase(), row, i]);
      rank.sort(([a, , i], [b, , j]) => {
        if (a === b) return i - j;
        if (numeric && isNaN(a)) return 1;
        if (numeric && isNaN(b)) return -1;
        return (a < b ? -1 : 1) * (down ? -1 : 1);
      });
      body.append(...rank.map(([, row]) => row));
      [...head.cells].forEach((cell, i) => {
        if (i === at) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        else cell.removeAttribute("aria-sort");
      });
      show();
    };
    [...head.cells].forEach((cell, at) => {
      const button = make("button", "sort", names[at]);
      button.type = "button";
      button.title = "sort by " + names[at];
      button.addEventListener("click", () => order(at, cell.getAttribute("aria-sort") === "ascending"));
      if (names[at]) cell.replaceChildren(button);
    });
    input.addEventListener("input", show);
    all.addEventListener("click", () => { open = true; show(); });
    if (rows.length >= FEW) {
      controls.append(input, said, all);
      box.before(controls);
    }
    show();
    return { names, order, search: (text) => { input.value = text; show(); }, at: controls };
  };
  const prepared = new Map();
  document.querySelectorAll(".table").forEach((box, nth) => {
    const table = box.querySelector("table");
    if (!table || !table.tHead || !table.tBodies.length) return;
    const known = prepare(box, table, nth);
    if (known && box.id) prepared.set(box.id, known);
  });
  addEventListener("beforeprint", () => {
    const day = { day: "numeric", month: "long", year: "numeric" };
    document.querySelector("footer").dataset.printed = new Date().toLocaleDateString("en-GB", day);
  });
  document.querySelectorAll("a[data-search], a[data-order]").forEach((link) => {
    link.addEventListener("click", () => {
      const table = prepared.get(link.hash.slice(1));
      if (!table) return;
      table.search(link.dataset.search || "");
      const at = table.names.indexOf((link.dataset.order || "").replace(/^-/, ""));
      if (at >= 0) table.order(at, link.dataset.order.startsWith("-"));
    });
  });
})();
