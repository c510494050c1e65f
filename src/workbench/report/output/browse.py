"""A table to filter and sort in the browser, without kernel or network.

Every row stands in the markup, so paper and readers without scripts have the whole table; the
script hides rows and moves them, and computes nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

MIME = "application/vnd.workbench.browse+json"
_TEMPLATES = Path(__file__).parents[1] / "page_template"
SCRIPT = (_TEMPLATES / "browse.js").read_text(encoding="utf-8")
STYLE = (_TEMPLATES / "browse.css").read_text(encoding="utf-8")
# What a page's policy allows to run: this script, to the letter, and no other.
ALLOWED = "'sha256-" + base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode() + "'"


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the table.

    Parameters
    ----------
    text : str
        As it is shown.
    value : float or str
        By which rows are sorted; missing numbers go last.
    note : str
        Below the text, small.
    """

    text: str
    value: float | str
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """A filter: rows that bear one of its values.

    Parameters
    ----------
    label : str
    values : tuple of str
        In the order in which they are offered.
    of_row : tuple of tuple of str
        Those of each row; a row may bear several, or none.
    """

    label: str
    values: tuple[str, ...]
    of_row: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class BrowseTable:
    """A table that a notebook shows: to filter and sort, in the lab and on the report's page.

    Parameters
    ----------
    title : str
    noun : str
        What a row is, in the plural.
    columns : tuple of str
        Headings; the first names the row, and its text is what the search box looks through.
    rows : tuple of tuple of Cell
    choices : tuple of Choice
    """

    title: str
    noun: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    choices: tuple[Choice, ...] = ()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        content = asdict(self)
        page = f"<style>{STYLE}</style>{browse_html(content)}<script>{SCRIPT}</script>"
        return {MIME: content, "text/html": page, "text/plain": f"{len(self.rows)} {self.noun}"}


def browse_html(table: Mapping[str, Any]) -> str:
    """Return the table as a part of a page that holds `SCRIPT` and `STYLE` once.

    Parameters
    ----------
    table : mapping
        `dataclasses.asdict` of a `BrowseTable`. Any text: it is escaped.
    """
    marks = [
        [" ".join(str(choice["values"].index(value)) for value in of) for of in choice["of_row"]]
        for choice in table["choices"]
    ]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    template = environment.get_template("browse.html.j2")
    return template.render(table=table, marks=list(zip(*marks, strict=True)))
