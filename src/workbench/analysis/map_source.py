"""A first mapping in JupyterLab: each guess as a choice, beside the first rows of the source."""

from __future__ import annotations

import html
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd

from workbench.core.errors import WorkbenchError
from workbench.core.files import write_text
from workbench.core.plain_text import printable
from workbench.core.project import resolve_source
from workbench.data.load import load_book
from workbench.data.schema import TABLES
from workbench.data.source.matching.content import Content, contents
from workbench.data.source.matching.draft import MappingDraft
from workbench.data.source.matching.guess import draft_mapping, guess_mapping
from workbench.data.source.names import ROW
from workbench.data.source.open import Source, open_source

_PREVIEW_ROWS = 8
_LONGEST_CELL = 40
_NOTHING = "(nothing)"


def map_source(source: str | Path, to: str | Path = "mapping.yaml") -> MappingCard:
    r"""Open a first mapping: choose what feeds what beside a source's first rows, try and save it.

    Parameters
    ----------
    source : str or Path
        Folder, file, DuckDB file, database address or ``env:NAME``.
    to : str or Path, optional
        Where the mapping goes when it is saved.

    Returns
    -------
    MappingCard
        Shows itself as a cell's last value.

    Raises
    ------
    DataError
        When the source cannot be opened.

    Examples
    --------
    >>> import tempfile, pathlib, workbench as wb
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "customers.csv").write_text("Customer No,Customer Name\nk1,Ann\n")
    >>> wb.map_source(folder).text.splitlines()[3:5]
    ['  accounts:', '    from: "customers"']
    """
    found = resolve_source(str(source), Path.cwd())
    return MappingCard(found, open_source(found), Path(to))


def tried(source: str, mapping: Path) -> tuple[bool, str]:
    """Say what a mapping reads, or what stops it.

    Parameters
    ----------
    source : str
        As `workbench.data.load.load_book` takes it.
    mapping : Path
        Of the file.

    Returns
    -------
    bool
        Whether it can be read.
    str
        What was read, or what is wrong.
    """
    try:
        book = load_book(source, mapping, read_on=date.today(), needs_contracts=False)
    except WorkbenchError as error:
        return False, f"Not yet readable. {error}"
    counts = ", ".join(f"{row.rows_kept:,} {row.table}" for row in book.rows.itertuples())
    return True, f"Tried: it reads {counts}."


def preview_html(source: Source, table: str) -> str:
    """Return the first rows of a source table as HTML.

    Parameters
    ----------
    source : Source
        Opened.
    table : str
        Its name in the source.
    """
    rows = source.tables[table].drop(ROW).limit(_PREVIEW_ROWS).execute()
    shown = rows.map(lambda cell: "" if pd.isna(cell) else printable(cell)[:_LONGEST_CELL])
    shown.columns = [printable(name) for name in shown.columns]
    title = f"<b>{html.escape(printable(table))}</b>, first {len(rows)} rows"
    return f'{title}<div style="overflow:auto">{shown.to_html(index=False)}</div>'


class MappingCard(widgets.HBox):
    """Choices on the left, the source's first rows and the mapping on the right.

    Parameters
    ----------
    address : str
        Of the source.
    source : Source
        Opened.
    to : Path
        Where the mapping goes when it is saved.
    """

    def __init__(self, address: str, source: Source, to: Path) -> None:
        guess = guess_mapping(source)
        self.address, self.source = address, source
        self.draft = MappingDraft(()) if guess.shipped else draft_mapping(source)
        self.columns = {t.source: contents(source.tables[t.source]) for t in self.draft.tables}
        self.mapping = widgets.Textarea(
            guess.text, layout={"width": "auto", "height": "22em"}, rows=20
        )
        self.preview = widgets.HTML()
        self.answer = widgets.HTML()
        self.to = widgets.Text(str(to), description="Save as")
        self.save = widgets.Button(description="Save and try", button_style="primary")
        self.save.on_click(self._save)
        self.choices: dict[tuple[str, str], widgets.Dropdown] = {}
        tables = [self._table(place) for place in range(len(self.draft.tables))]
        tabs = widgets.Tab(tables, titles=[table.table for table in self.draft.tables])
        tabs.observe(lambda change: self._show(change["new"]), "selected_index")
        asked = guess.decide or (f"Nothing: the shipped mapping {guess.shipped} fits.",)
        note = "<br>".join(html.escape(printable(question)) for question in asked)
        self.decide = widgets.HTML(f"<b>To decide</b><br>{note}")
        right = [self.preview, self.mapping, widgets.HBox([self.to, self.save]), self.answer]
        left = [self.decide, tabs] if tables else [self.decide]
        super().__init__(
            [
                widgets.VBox(left, layout={"width": "36%", "min_width": "20em"}),
                widgets.VBox(right, layout={"width": "64%", "min_width": "20em"}),
            ],
            layout={"flex_flow": "row wrap"},
        )
        self._show(0)

    @property
    def text(self) -> str:
        """The mapping as YAML, as it stands."""
        return self.mapping.value

    def _table(self, place: int) -> widgets.VBox:
        table = self.draft.tables[place]
        fed = {entry.column: entry for entry in table.entries}
        held = self.columns[table.source]
        options = [_NOTHING, *(content.name for content in held)]
        rows = []
        for column in TABLES[table.table].columns:
            entry = fed.get(column.name)
            content = entry.content if entry else None
            choice = widgets.Dropdown(
                options=options,
                value=content.name if content else _NOTHING,
                description=f"{column.name}{' *' if column.required else ''}",
                style={"description_width": "9em"},
            )
            choice.observe(partial(self._feed, place, column.name), "value")
            why = html.escape(entry.why) if entry else ""
            self.choices[table.table, column.name] = choice
            rows.append(widgets.VBox([choice, widgets.HTML(f"<small>{why}</small>")]))
        return widgets.VBox(rows, layout={"max_height": "40em", "overflow": "auto"})

    def _feed(self, place: int, column: str, change: dict[str, Any]) -> None:
        tables = list(self.draft.tables)
        held: dict[str, Content] = {c.name: c for c in self.columns[tables[place].source]}
        tables[place] = tables[place].feed(column, held.get(change["new"]))
        self.draft = MappingDraft(tuple(tables))
        self.mapping.value = self.draft.text

    def _show(self, place: int | None) -> None:
        named = [table.source for table in self.draft.tables] or list(self.source.tables)
        self.preview.value = preview_html(self.source, named[place or 0]) if named else ""

    def _save(self, _: widgets.Button) -> None:
        target = Path(self.to.value)
        try:
            write_text(target, self.mapping.value)
            _, answer = tried(self.address, target)
        except (OSError, ValueError) as error:
            answer = f"Not saved. {error}"
        self.answer.value = f"<pre>{html.escape(printable(answer))}</pre>"
