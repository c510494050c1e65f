"""What every page promises, asked of a browser: readable, described, answered first, offline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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
_BELOW = """() => [".said", ".line"].filter(name => {
  const part = document.querySelector(name);
  return !part || part.getBoundingClientRect().bottom > innerHeight;
})"""
_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("main *")]
      .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3).map(e => e.tagName + "." + e.className) : []"""
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


def broken_promises(page: Page, asked: list[str]) -> list[str]:
    """Return what the page breaks of its promises, one sentence each."""
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
        *([f"{bare} images without a text of their own"] if bare else []),
        *([f"headings out of order: {levels}"] if jumps or levels.count(1) != 1 else []),
    ]
