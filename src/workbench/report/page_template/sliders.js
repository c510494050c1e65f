"use strict";
// Reads the outcomes beside it and draws one slider per lever. Positions are tenths of the way from one
// level to the next: what lies between two levels is interpolated, nothing else is computed.
(() => {
  const PARTS = 10;
  const share = (x) => (100 * x).toFixed(0) + " %";
  const money = (x, currency) => {
    const size = [[1e9, " bn"], [1e6, " M"], [1e3, " k"]].find(([one]) => Math.abs(x) >= one);
    const text = size ? String(Number((x / size[0]).toPrecision(3))) + size[1] : x.toFixed(0);
    return (currency + " " + text).trim();
  };
  const make = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const between = (values, position) => {
    const at = Math.min(Math.floor(position / PARTS), values.length - 2);
    const part = position / PARTS - at;
    const mix = (a, b) => a + part * (b - a);
    const [one, two] = [values[at], values[at + 1]];
    return Array.isArray(one) ? one.map((x, i) => mix(x, two[i])) : mix(one, two);
  };
  const leverBox = (outcomes, account, given, id) => {
    const box = make("div", "track");
    const label = make("label", "", given.meaning[0].toUpperCase() + given.meaning.slice(1));
    label.htmlFor = id;
    box.append(label);
    const input = make("input");
    Object.assign(input, { type: "range", id, min: 0, max: PARTS * (given.level.length - 1) });
    input.step = given.whole ? PARTS : 1;
    input.value = PARTS * given.now;
    const level = make("output", "level");
    const told = make("p", "told");
    told.setAttribute("aria-live", "polite");
    const seldom = make("p", "flag", "Few of the rows that the model has seen lie here.");
    const reset = make("button", "", "as things stand");
    reset.type = "button";
    const tell = () => {
      const position = Number(input.value);
      const here = between(given.level, position);
      const text = Number(here.toPrecision(3)) + " " + given.unit;
      level.textContent = text;
      input.setAttribute("aria-valuetext", text);
      const chance = between(given.stays, position);
      const worth = between(given.arr, position);
      const [before, then] = [given.stays[given.now], given.arr[given.now]];
      told.replaceChildren();
      const say = (words, now, low, high, was) => {
        const line = make("span", "line");
        line.append(make("b", "", now), ` ${words} (${low} to ${high}); as things stand ${was}`);
        told.append(line);
      };
      const when = account.renewal ? `a customer after the renewal in ${account.renewal}`
        : `a customer in ${outcomes.horizon}`;
      say(when, share(chance[0]), share(chance[1]), share(chance[2]), share(before[0]));
      say(`a year expected in ${outcomes.horizon}`, ...worth.map((x) => money(x, outcomes.currency)),
        money(then[0], outcomes.currency));
      const at = position / PARTS;
      seldom.hidden = given.usual[Math.floor(at)] && given.usual[Math.ceil(at)];
      reset.disabled = position === PARTS * given.now;
    };
    input.addEventListener("input", tell);
    reset.addEventListener("click", () => { input.value = PARTS * given.now; tell(); });
    const row = make("div", "row");
    row.append(input, level, reset);
    box.append(row, told, seldom);
    const source = make("p", "soft");
    source.append(make("span", "source from-" + given.source, given.source), " " + given.warning);
    box.append(source);
    tell();
    return box;
  };
  document.querySelectorAll(".sliders").forEach((section, nth) => {
    const outcomes = JSON.parse(section.querySelector("script").textContent);
    const place = section.querySelector(".drag");
    const choice = make("select");
    outcomes.accounts.forEach((account, at) => choice.append(new Option(account.name, String(at))));
    const tracks = make("div", "tracks");
    const show = () => {
      const account = outcomes.accounts[Number(choice.value)];
      tracks.replaceChildren(
        ...account.levers.map((one, at) => leverBox(outcomes, account, one, `lever-${nth}-${at}`)));
    };
    if (outcomes.accounts.length > 1) {
      const label = make("label", "", "Account ");
      label.append(choice);
      place.append(label);
    }
    choice.addEventListener("change", show);
    place.append(tracks);
    show();
    section.classList.add("live");
  });
})();
