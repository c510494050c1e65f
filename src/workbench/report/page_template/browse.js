"use strict";
// Filters and sorts the rows of a table that stands in the page: it hides and moves them, no more.
(() => {
  const start = (box) => {
    const body = box.querySelector("tbody");
    const rows = [...body.rows].map((row, place) => ({
      row, place,
      text: row.cells[0].textContent.toLowerCase(),
      marks: (row.dataset.marks ?? "").split("|").map((part) => part.split(" ")),
      values: [...row.cells].map((cell) => cell.dataset.v),
    }));
    const noun = box.querySelector(".count").textContent.replace(/^\d+ /, "");
    const search = box.querySelector("input");
    const selects = [...box.querySelectorAll("select")];
    const filter = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const { row, text, marks } of rows) {
        const kept = text.includes(wanted)
          && selects.every((one, at) => one.value === "" || marks[at].includes(one.value));
        row.hidden = !kept;
        shown += kept;
      }
      const of = shown === rows.length ? "" : `${shown} of `;
      box.querySelector(".count").textContent = `${of}${rows.length} ${noun}`;
    };
    const key = (text) => (text === "nan" || text === "" ? null : isNaN(text) ? text : Number(text));
    const before = (a, b) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    };
    const heads = [...box.querySelectorAll("thead th")];
    const sort = (column, turn) => {
      const known = rows.map((one) => ({ one, at: key(one.values[column]) }));
      known.sort((a, b) => {
        const sign = a.at === null || b.at === null ? 1 : turn;
        return sign * before(a.at, b.at) || a.one.place - b.one.place;
      });
      body.append(...known.map(({ one }) => one.row));
    };
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") === "descending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        sort(column, up ? 1 : -1);
      });
    });
    box.querySelector(".filters").addEventListener("input", filter);
    box.querySelector(".filters button").addEventListener("click", () => {
      search.value = "";
      for (const one of selects) one.value = "";
      filter();
    });
    box.querySelector(".filters").hidden = false;
  };
  for (const box of document.querySelectorAll(".browse:not([data-on])")) {
    box.dataset.on = "";
    start(box);
  }
})();
