"""An executed notebook as one HTML page that opens anywhere, offline, and prints on A4.

Code is left out, images are inside, nothing is fetched and nothing runs but the workbench's own
scripts of tables and sliders: markup that customers' text may have brought along is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from traitlets.config import Config

from workbench.core.errors import Problem, WorkbenchError
from workbench.report.amounts import RARE, is_outside
from workbench.report.output import answer, browse
from workbench.report.output.answer import Headline
from workbench.report.output.arrange import arrange
from workbench.report.output.contents import with_contents
from workbench.report.output.kinds import ANSWER, NARROW, ROWS
from workbench.report.output.rows_html import rows_html
from workbench.report.plan import sliders

_TEMPLATES = Path(__file__).parents[1]
TABLES = (_TEMPLATES / "page_template" / "tables.js").read_text(encoding="utf-8")

_TAGS = [
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul"
]  # fmt: skip
_ATTRIBUTES = {
    "*": ["class", "id", "style", "title", "lang"],
    "a": ["href"],
    "td": ["colspan", "rowspan", "headers"],
    "th": ["colspan", "rowspan", "scope"],
}
_STYLES = [
    "background-color", "border", "border-bottom", "border-color", "border-left", "border-right",
    "border-style", "border-top", "border-width", "color", "font-size", "font-style",
    "font-weight", "height", "margin", "max-width", "min-width", "padding", "text-align",
    "text-decoration", "vertical-align", "white-space", "width"
]  # fmt: skip
_SANITISER = SanitizeHTML(tags=_TAGS, attributes=_ATTRIBUTES, styles=_STYLES)
_KINDS = [
    sliders.MIME, browse.MIME, ANSWER, ROWS, "text/html", "text/markdown", "image/svg+xml",
    "image/png",
    "image/jpeg", "text/plain"
]  # fmt: skip
_STYLE_BLOCK = re.compile(r"<style\b.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table\s*>", re.IGNORECASE | re.DOTALL)
_LOADING = {
    "src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"
}  # fmt: skip


@dataclass(frozen=True)
class _Widget:
    """What runs in a page: its content's kind, its own script and style, and its markup."""

    mime: str
    script: str
    style: str
    allowed: str
    html: Callable[[Mapping[str, Any]], str]


_WIDGETS = (
    _Widget(sliders.MIME, sliders.SCRIPT, sliders.STYLE, sliders.ALLOWED, sliders.sliders_html),
    _Widget(browse.MIME, browse.SCRIPT, browse.STYLE, browse.ALLOWED, browse.browse_html),
)
_SCRIPTS = {TABLES, *(widget.script for widget in _WIDGETS)}  # all that may run


@dataclass(frozen=True)
class EarlierRun:
    """The published run with which a page compares its headline numbers.

    Parameters
    ----------
    numbers : tuple of Headline
    when : str
        Its as-of date in words; empty where its book has none.
    """

    numbers: tuple[Headline, ...]
    when: str


@dataclass(frozen=True)
class PublishedTable:
    """A published table, to be linked from the page.

    Parameters
    ----------
    name : str
        Of its files in ``tables``, without suffix.
    rows : int
    kinds : tuple of str
        Suffixes of its files.
    """

    name: str
    rows: int
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class PageText:
    """What stands around the notebook's own content.

    Parameters
    ----------
    title : str
        The page's title.
    banner : str
        A warning above everything; empty for a published report.
    footer : str
        Where the page comes from.
    line : tuple of str
        Below the title: as-of date, source, how the checks came out; empty ones are left out.
    earlier : EarlierRun, optional
        Without one the headline numbers stand alone.
    files : tuple of TableFile
        Beside the page.
    """

    title: str
    banner: str = ""
    footer: str = ""
    line: tuple[str, ...] = ()
    earlier: EarlierRun | None = None
    files: tuple[PublishedTable, ...] = ()


def render_page(notebook: NotebookNode, text: PageText) -> str:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        With the outputs of its cells.
    text : PageText
        Any text: it is escaped.

    Raises
    ------
    WorkbenchError
        When the page would fetch something from elsewhere.
    """
    exporter = HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": _KINDS}}),
        template_name="page_template",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_anchor_links=True,
    )
    exporter.register_filter("safe_html", _safe_html)
    exporter.register_filter("prose", _prose_html)
    exporter.register_filter("widget", _widget_html)
    exporter.register_filter("tiles", lambda data: _tiles(data[ANSWER], text.earlier))
    exporter.register_filter("rare", _rare_text)
    exporter.register_filter("rows", lambda data: rows_html(data[ROWS]))
    widgets = _widgets_of(notebook)
    around = asdict(text) | {"widgets": widgets, "tables": TABLES}
    around["printed"] = re.sub(r"[^A-Za-z0-9 ]", "", text.line[0]) if text.line else ""
    around |= {"answer": ANSWER, "rows": ROWS, "narrow": NARROW, "rare": RARE}
    around["allowed"] = " ".join([sliders.allowed(TABLES), *(one.allowed for one in widgets)])
    page, _ = exporter.from_notebook_node(arrange(notebook), resources={"page": around})
    page = with_contents(page)
    if loads := external_loads(page):
        problems = [Problem("fetches from elsewhere", found=load) for load in loads]
        raise WorkbenchError("The page would not open offline.", problems)
    return page


def _widgets_of(notebook: NotebookNode) -> list[_Widget]:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    shown = {kind for output in outputs for kind in output.get("data", {})}
    return [widget for widget in _WIDGETS if widget.mime in shown]


def _widget_html(data: Mapping[str, Any]) -> str:
    return next(widget.html(data[widget.mime]) for widget in _WIDGETS if widget.mime in data)


def _tiles(shown: Mapping[str, Any], earlier: EarlierRun | None) -> list[dict[str, str]]:
    """Return the headline numbers as text: label, value, interval, change."""
    then = {(one.name, one.kind, one.unit): one.value for one in earlier.numbers} if earlier else {}
    tiles = []
    for one in (Headline(**row) for row in shown["numbers"]):
        before = then.get((one.name, one.kind, one.unit))
        tiles.append(
            {
                "label": one.label,
                "value": answer.amount(one),
                "interval": answer.interval_text(one),
                "change": "" if before is None else answer.change_text(one, before),
            }
        )
    return tiles


def _rare_text(numbers: list[dict[str, Any]]) -> str:
    ends = [(one["value"], one["low"], one["high"]) for one in numbers if one["low"] is not None]
    return f" {RARE}" if any(is_outside(*one) for one in ends) else ""


def external_loads(page: str) -> list[str]:
    """Return whatever the page would run or fetch from outside itself; links do neither.

    The scripts of tables and sliders are the workbench's own, and JSON does not run.

    Parameters
    ----------
    page : str
        HTML.

    Examples
    --------
    >>> external_loads('<a href="http://a.example">a</a><img src="http://b.example/c.png">')
    ['<img src="http://b.example/c.png">']
    """
    finder = _LoadFinder()
    finder.feed(page)
    finder.close()
    return finder.loads


class _LoadFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self._in_style = False
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        given = {name: value or "" for name, value in attrs}
        fetched = [given[name] for name in _LOADING & set(given)]
        fetched += [given["href"]] if tag in ("link", "base", "image", "use") else []
        outside = any(not value.strip().startswith(("data:", "#")) for value in fetched)
        runs = tag in ("iframe", "object", "embed") or any(name.startswith("on") for name in given)
        if tag == "script" and given.get("type") != "application/json":
            self._script = []
        if outside or runs or _fetches(given.get("style", "")):
            self.loads.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"
        if tag == "script" and self._script is not None:
            if "".join(self._script) not in _SCRIPTS:
                self.loads.append("<script>")
            self._script = None

    def close(self) -> None:
        super().close()
        if self._script is not None:
            self.loads.append("<script>")

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)
        if self._in_style and _fetches(data):
            self.loads.append("<style>")


def _fetches(css: str) -> bool:
    return "@import" in css or bool(re.search(r"url\(\s*['\"]?(?!data:|#)", css))


def _prose_html(markup: str) -> str:
    # A table in a text behaves as any other of the page: sorted, and cards where it is narrow.
    return _TABLE.sub(r'<div class="table">\g<0></div>', _safe_html(markup))


def _safe_html(markup: str) -> str:
    # Tables bring style sheets; the page has its own, and the sanitiser would print theirs.
    return _SANITISER.sanitize_html_tags(_STYLE_BLOCK.sub("", markup))
