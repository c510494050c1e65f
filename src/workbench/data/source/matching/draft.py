"""A first mapping as a value: which column feeds which, why, and what a person must decide."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace

from workbench.data.schema import REQUIRED_TABLES, TABLES
from workbench.data.source.cells.date_format import formats_of
from workbench.data.source.matching.content import Content
from workbench.data.source.matching.guess_words import CURRENCIES

_ABOUT = "about: A first mapping by workbench map. Read each line, and decide what says DECIDE."
_ISO = "%Y-%m-%d"
_WHOLE_YEAR = "      # DECIDE: is arr by the year? Else multiply_by: 12, or times an interval."


@dataclass(frozen=True)
class DraftEntry:
    """What feeds one canonical column.

    Parameters
    ----------
    column : str
        Canonical.
    content : Content or None
        Of the source's column; None where none fits.
    why : str
        The reason for the guess.
    keys : tuple of str
        Further keys, such as ``multiply_by: 12``.
    value : str
        What stands in every row, where no column fits.
    """

    column: str
    content: Content | None
    why: str = ""
    keys: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True)
class TableDraft:
    """What feeds one canonical table.

    Parameters
    ----------
    table, source : str
        Its canonical name, and the source's.
    entries : tuple of Entry
    notes : tuple of str
        Further lines of the table, such as ``drop_when``, each with its reason.
    decide : tuple of str
        What must be decided beside the entries.
    """

    table: str
    source: str
    entries: tuple[DraftEntry, ...]
    notes: tuple[str, ...] = ()
    decide: tuple[str, ...] = ()

    def feed(self, column: str, content: Content | None) -> TableDraft:
        """Return the table with another column of the source in the place of a guess.

        Parameters
        ----------
        column : str
            Canonical.
        content : Content or None
            Of the source's column; None leaves the canonical one out.
        """
        chosen = DraftEntry(column, content, "chosen by hand" if content else "left out by hand")
        kept = [entry for entry in self.entries if entry.column != column]
        order = list(TABLES[self.table].names)
        entries = sorted([*kept, chosen], key=lambda entry: order.index(entry.column))
        return replace(self, entries=tuple(entries))


@dataclass(frozen=True)
class MappingDraft:
    """A first mapping.

    Parameters
    ----------
    tables : tuple of TableDraft
    """

    tables: tuple[TableDraft, ...]

    @property
    def date_format(self) -> str:
        """The form in which most columns of days are written; empty for ISO."""
        forms = Counter(c.date_format for c in self._days() if c.date_format)
        return forms.most_common(1)[0][0] if forms else ""

    @property
    def decide(self) -> tuple[str, ...]:
        """What a person must decide."""
        return tuple(question for _, question in self._questions())

    @property
    def text(self) -> str:
        """The mapping as YAML, with a reason beside each guess."""
        asked = dict(self._questions())
        lines = [_ABOUT]
        if self.date_format:
            doubt = "; DECIDE if day and month swap" if "date_format" in asked else ""
            lines.append(f'date_format: "{self.date_format}"  # as the days are written{doubt}')
        if "currency" in asked:
            lines.append("# currency: EUR  # DECIDE: the code of amounts without one")
        lines.append("tables:")
        for table in self.tables:
            lines += self._table_lines(table)
        lines += [
            f"  # DECIDE: no table looks like {table}."
            for table in REQUIRED_TABLES
            if table in asked
        ]
        return "\n".join(lines) + "\n"

    def _days(self) -> list[Content]:
        entries = [entry for table in self.tables for entry in table.entries]
        return [e.content for e in entries if e.content is not None and e.content.kind == "date"]

    def _questions(self) -> list[tuple[str, str]]:
        """Return what must be decided: its place, and the question."""
        found: list[tuple[str, str]] = []
        cells = [cell for c in self._days() if c.date_format for cell in c.cells]
        if self.date_format and all(len(formats_of(cell)) != 1 for cell in cells):
            found.append(("date_format", f"is {self.date_format} how days are written?"))
        fed = [entry for table in self.tables for entry in table.entries if entry.content]
        if not any(entry.column == "currency" for entry in fed):
            found.append(("currency", "the currency"))
        for table in self.tables:
            required = TABLES[table.table].required
            found += [
                (f"{table.table}.{entry.column}", f"{table.table}.{entry.column}")
                for entry in table.entries
                if entry.content is None and entry.column in required
            ]
            found += [(table.table + question, question) for question in table.decide]
        there = {table.table for table in self.tables}
        return found + [(t, f"where {t} come from") for t in REQUIRED_TABLES if t not in there]

    def _table_lines(self, table: TableDraft) -> list[str]:
        required = TABLES[table.table].required
        lacks = [e.column for e in table.entries if e.column in required and not _is_fed(e)]
        if lacks and table.table not in REQUIRED_TABLES:
            said = f"{quoted(table.source)} could be {table.table}, but no column looks like"
            return [f"  # DECIDE: {said} {', '.join(lacks)}."]
        lines = [f"  {table.table}:", f"    from: {quoted(table.source)}", *table.notes]
        lines.append("    columns:")
        for entry in table.entries:
            if entry.content is not None:
                lines.append(f"      {entry.column}: {self._fed(entry, entry.content)}")
            elif entry.value:
                held = f"{{value: {quoted(entry.value)}}}"
                lines.append(f"      {entry.column}: {held}  # DECIDE: no column looks like it")
            elif entry.column in required:
                lines.append(f'      {entry.column}: ""  # DECIDE: no column looks like it')
        if "is arr by the year?" in table.decide:
            lines.append(_WHOLE_YEAR)
        return lines

    def _fed(self, entry: DraftEntry, content: Content) -> str:
        keys = [f"column: {quoted(content.name)}", *entry.keys]
        if content.kind == "date" and content.date_format != self.date_format:
            keys.append(f'format: "{content.date_format or _ISO}"')
        if content.kind == "number" and entry.column in NUMBERS:
            keys += content.keys
        if entry.column == "currency":
            names = currency_map(content)
            keys += [f"map: {{{', '.join(names)}}}"] if names else []
        return f"{{{', '.join(keys)}}}  # {entry.why}; holds {content.kind}s"


def _is_fed(entry: DraftEntry) -> bool:
    return entry.content is not None or bool(entry.value)


def currency_map(content: Content) -> list[str]:
    """Return the entries of a ``map`` from names of currencies to their codes.

    Parameters
    ----------
    content : Content
        Of the column that holds them.
    """
    known = sorted({cell for cell in content.cells if cell.casefold() in CURRENCIES})
    return [f"{quoted(cell)}: {CURRENCIES[cell.casefold()]}" for cell in known]


def quoted(name: str) -> str:
    """Return a name as YAML takes it in any case; JSON is YAML.

    Parameters
    ----------
    name : str
        Of a table or column.
    """
    return json.dumps(name, ensure_ascii=False)


NUMBERS = frozenset(
    column.name for table in TABLES.values() for column in table.columns if column.kind == "number"
)
"""Canonical columns that hold numbers."""
