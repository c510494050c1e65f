"""What every page promises, asked of a browser: readable, described, answered first, offline.

Contrast is that of WCAG 2.2, success criterion 1.4.3, level AA: 4.5 to 1, of large text 3 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from workbench.data.schema import TABLES
from workbench.report.output.figure_layout import LEAST_POINTS

WIDTHS = {1280: 900, 390: 844}
LEAST_PIXELS = 11
_QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip

_SMALL_TEXT = """least => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement;
    if (!node.textContent.trim() || !box.getClientRects().length) continue;
    if (box.closest("script, style, title")) continue;
    const size = parseFloat(getComputedStyle(box).fontSize);
    if (size < least) found.add(`${size} px: ${node.textContent.trim().slice(0, 40)}`);
  }
  return [...found];
}"""
_SMALL_FIGURES = """([points, least]) => [...document.querySelectorAll("figure img")]
  .map(image => [points * 4 / 3 * image.clientWidth / image.naturalWidth, image.alt])
  .filter(([size]) => size < least)
  .map(([size, alt]) => `${size.toFixed(1)} px: ${alt.slice(0, 40)}`)"""
_FAINT = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], below) =>
    [r, g, b].map((part, at) => a * part + (1 - a) * below[at]).concat(1);
  const ground = (box) => {
    if (!box) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(box).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(box.parentElement));
  };
  const light = ([r, g, b]) => [r, g, b]
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement;
    if (!node.textContent.trim() || !box.getClientRects().length) continue;
    if (box.closest("script, style, title, :disabled")) continue;
    const style = getComputedStyle(box);
    const behind = ground(box);
    const ink = over(parse(box.closest("svg") ? style.fill : style.color), behind);
    const [high, low] = [light(ink), light(behind)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) {
      found.add(`${ratio.toFixed(1)} to 1: ${node.textContent.trim().slice(0, 40)}`);
    }
  }
  return [...found];
}"""
# Figures are drawn on white; white text in them stands on what is dark.
_FAINT_FIGURES = """() => {
  const light = (hex) => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const start = "data:image/svg+xml;base64,";
  const found = new Set();
  for (const { currentSrc } of document.querySelectorAll("figure img")) {
    if (!currentSrc.startsWith(start)) continue;
    const bytes = Uint8Array.from(atob(currentSrc.slice(start.length)), c => c.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml");
    // Glyphs are drawn; what they say stands beside them in a comment.
    for (const node of drawn.querySelectorAll('g[id^="text_"]')) {
      const style = node.querySelector("g")?.getAttribute("style") ?? "";
      const said = [...node.childNodes].find(part => part.nodeType === 8)?.data.trim();
      const ink = style.match(/fill: (#[0-9a-f]{6})/)?.[1] ?? "#000000";
      const ratio = 1.05 / (light(ink) + 0.05);
      const faint = ink !== "#ffffff" && ratio < 4.5;
      if (faint) found.add(`${ratio.toFixed(1)} to 1: ${said}`);
    }
  }
  return [...found];
}"""
_CONTROLS = "a[href], button, input, select, summary, [tabindex]"
_NAMELESS = """controls => [...document.querySelectorAll(controls)]
  .filter(e => e.getClientRects().length)
  .filter(e => !(e.labels?.length || e.ariaLabel || e.title || e.textContent.trim()))
  .map(e => e.outerHTML.slice(0, 60))"""
_MARK_CONTROLS = """controls => {
  document.activeElement?.blur();
  const seen = [...document.querySelectorAll(controls)]
    .filter(e => e.getClientRects().length && !e.disabled && e.tabIndex >= 0);
  seen.forEach((e, at) => { e.dataset.order = at; });
  return seen.length;
}"""
_FOCUSED = """() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return [e.dataset.order ?? "", seen, e.outerHTML.slice(0, 60)];
}"""
_LONG_NUMBERS = """() => [document.body.innerText,
    ...[...document.querySelectorAll("[aria-valuetext]")].map(e => e.ariaValueText)]
  .flatMap(text => text.match(/\\d\\.\\d{6,}/g) ?? [])"""
_FOR_MODELLERS = """() => [...document.querySelectorAll("section:not(.behind)")]
  .filter(e => !e.querySelector(".filelist"))
  .flatMap(e => {
    const copy = e.cloneNode(true);
    copy.querySelectorAll("code, pre, script, .files, .still").forEach(part => part.remove());
    return copy.textContent.match(
      /\\b(log-hazard|ELPD|R-hat|Pareto k|[a-z0-9]+(_[a-z0-9]+)+)\\b/g) ?? [];
  })"""
_BELOW = """() => [".said", ".line"].filter(name => {
  const part = document.querySelector(name);
  return !part || part.getBoundingClientRect().bottom > innerHeight;
})"""
# A page whose tables have files links to them beside each.
_UNLINKED = """() => !document.querySelector(".filelist") ? [] :
  [...document.querySelectorAll(".rows")].filter(e => !e.nextElementSibling?.matches(".files"))
    .map(e => e.id)"""
# Pixels differ between machines' fonts: a tenth of the figure may. A warning takes its room.
_CUT = """() => [...document.querySelectorAll(".answer figure")].slice(0, 1)
  .filter(() => !document.querySelector(".banner, .caution"))
  .map(e => e.getBoundingClientRect())
  .filter(box => innerHeight - box.top < 0.9 * box.height)
  .map(box => `ends at ${Math.round(box.bottom)} of ${innerHeight} pixels`)"""
# A word too long for its box runs over, and the box does not.
_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("main *")]
      .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
      .map(e => e.tagName + "." + e.className).concat("a word").slice(0, 3) : []"""
_LEVELS = (
    """() => [...document.querySelectorAll("h1, h2, h3, h4")].map(e => Number(e.tagName[1]))"""
)


@contextmanager
def opened(file: Path, chromium: str, width: int) -> Iterator[tuple[Page, list[str]]]:
    """Open a page in a browser; with it comes what it asked for, or said of errors."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_QUIET)
        page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(f"error: {error}"))
        page.goto(file.as_uri())
        yield page, asked
        browser.close()


def promises_broken_at(file: Path, chromium: str) -> list[str]:
    """Return what a page breaks of its promises at either width."""
    broken = []
    for width in WIDTHS:
        with opened(file, chromium, width) as (page, asked):
            broken += [f"at {width}: {text}" for text in broken_promises(page, asked)]
    return broken


def broken_promises(page: Page, asked: list[str]) -> list[str]:
    """Return what the page breaks of its promises, one sentence each."""
    return [*_seen_amiss(page, asked), *_read_amiss(page), *_reached_amiss(page)]


def _read_amiss(page: Page) -> list[str]:
    """Return what a reader could not read or would not know."""
    line = page.locator(".line")
    # Tables of a book are called what the reader's own mapping calls them.
    raw = set(page.evaluate(_FOR_MODELLERS)) - set(TABLES)
    dated = line.count() and re.match(r"(As of|Made) \d+ [A-Z]", line.first.inner_text())
    return [
        *([] if dated else ["no day in the line below the title"]),
        *(f"faint text, {text}" for text in page.evaluate(_FAINT)),
        *(f"faint text in a figure, {text}" for text in page.evaluate(_FAINT_FIGURES)),
        *(f"not rounded: {text}" for text in sorted(set(page.evaluate(_LONG_NUMBERS)))),
        *(f"a word for modellers: {text}" for text in sorted(raw)),
    ]


def _reached_amiss(page: Page, most: int = 40) -> list[str]:
    """Return what the tab key passes by, reaches out of order, or does not show when reached."""
    broken = [f"a control without a name: {text}" for text in page.evaluate(_NAMELESS, _CONTROLS)]
    wanted = [str(at) for at in range(min(page.evaluate(_MARK_CONTROLS, _CONTROLS), most))]
    reached: list[str] = []
    # A box that scrolls is reached as well, and is no control.
    for _ in range(2 * len(wanted)):
        if len(reached) == len(wanted):
            break
        page.keyboard.press("Tab")
        order, shown, what = page.evaluate(_FOCUSED)
        reached += [order] if order else []
        broken += [] if shown else [f"reached by key and not shown: {what}"]
    return broken + ([] if reached == wanted else [f"the tab key goes {reached}"])


def _seen_amiss(page: Page, asked: list[str]) -> list[str]:
    """Return what does not meet the eye as it should, or comes from elsewhere."""
    outside = [url for url in asked if not url.startswith("data:") and url != page.url]
    levels = page.evaluate(_LEVELS)
    jumps = any(after > before + 1 for before, after in pairwise(levels))
    bare = page.eval_on_selector_all(
        "img", "all => all.filter(i => !i.alt || i.alt === 'Figure').length"
    )
    return [
        *(f"asks for {url}" for url in outside),
        *(f"runs over the right edge: {name}" for name in page.evaluate(_WIDE)),
        *(f"small text, {text}" for text in page.evaluate(_SMALL_TEXT, LEAST_PIXELS)),
        *(
            f"small text in a figure, {text}"
            for text in page.evaluate(_SMALL_FIGURES, [LEAST_POINTS, LEAST_PIXELS])
        ),
        *(f"not on the first screen: {name}" for name in page.evaluate(_BELOW)),
        *(f"not on the first screen: the figure {text}" for text in page.evaluate(_CUT)),
        *(f"no files beside {name}" for name in page.evaluate(_UNLINKED)),
        *([f"{bare} images without a text of their own"] if bare else []),
        *([f"headings out of order: {levels}"] if jumps or levels.count(1) != 1 else []),
    ]
