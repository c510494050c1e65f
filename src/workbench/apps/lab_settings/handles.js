// Sliders of ipywidgets tell screen readers 0.09999999999999998, and not of what. Their handles are
// read as the page shows them: rounded, and by the label that stands beside them.
(() => {
  const name = (handle) => {
    const box = handle.closest(".jupyter-widgets");
    const label = box?.querySelector(".widget-label")?.textContent.trim();
    if (!label || handle.hasAttribute("aria-label")) return;
    const ends = [...box.querySelectorAll(".noUi-handle")];
    const end = ends.length > 1 ? [", lower end", ", upper end"][ends.indexOf(handle)] : "";
    handle.setAttribute("aria-label", label + end);
  };
  const round = (handle) => {
    const told = handle.getAttribute("aria-valuetext");
    const meant = String(Number(Number(told).toPrecision(6)));
    if (told && meant !== "NaN" && meant !== told) handle.setAttribute("aria-valuetext", meant);
  };
  const look = ({ target, addedNodes }) => {
    if (target.matches?.(".noUi-handle")) round(target);
    for (const added of addedNodes) {
      for (const handle of added.querySelectorAll?.(".noUi-handle") ?? []) {
        name(handle);
        round(handle);
      }
    }
  };
  const watched = { subtree: true, childList: true, attributeFilter: ["aria-valuetext"] };
  new MutationObserver((all) => all.forEach(look)).observe(document, watched);
})();
