"""A first mapping for a source that nobody has mapped: what is guessed, why, and what to decide.

A source in the columns of a shipped mapping gets that mapping. Any other is read by the
names of its columns, as words that people use for ours, and by what they hold: a column of days
cannot be an amount. What is guessed is marked, and what cannot be guessed is left to a person.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

import ibis
import pandas as pd

from workbench.data.schema import REQUIRED_TABLES, TABLES, Column
from workbench.data.source.cells.cast import as_word
from workbench.data.source.cells.date_format import formats_of
from workbench.data.source.cells.periods import Every, period_day
from workbench.data.source.mapping.file import load_mapping, shipped_mappings
from workbench.data.source.matching.combined import combined
from workbench.data.source.matching.guess_words import COLUMN_WORDS, TABLE_WORDS
from workbench.data.source.matching.resolve import resolve
from workbench.data.source.names import ROW, stated_name
from workbench.data.source.open import Source

_SAMPLE = 200
_FEWEST_PERIODS = 3
_MOSTLY = 0.9


@dataclass(frozen=True)
class Guess:
    """A first mapping.

    Parameters
    ----------
    text : str
        YAML, with a reason beside each guess, and DECIDE where a person must.
    shipped : str
        The shipped mapping that fits, or empty.
    decide : tuple of str
        What must be decided.
    """

    text: str
    shipped: str
    decide: tuple[str, ...]


@dataclass(frozen=True)
class _Content:
    """What a column holds, by its first cells."""

    name: str
    words: str
    kind: str
    date_format: str = ""


def guess_mapping(source: Source) -> Guess:
    """Return a first mapping of a source.

    Parameters
    ----------
    source : Source

    Returns
    -------
    Guess
    """
    return _shipped_guess(source) or _own_guess(source)


def _shipped_guess(source: Source) -> Guess | None:
    """Return the shipped mapping whose tables and required columns are all there."""
    best, most = "", 0
    for name in shipped_mappings():
        if name == "template":
            continue
        found, stated = combined(source, load_mapping(name))
        fitted, problems = resolve(found, stated)
        fed = sum(len(spec.columns) for spec in fitted.tables.values())
        if not problems and "accounts" in fitted.tables and fed > most:
            best, most = name, fed
    if not best:
        return None
    why = (
        f"# This source has the tables and columns of the shipped mapping {best}: {most} columns "
        f"are fed.\n# It needs no copy: --mapping {best} reads it. Read what `about` assumes.\n"
    )
    return Guess(why + shipped_mappings()[best].read_text(encoding="utf-8"), best, ())


def _own_guess(source: Source) -> Guess:
    lines = [
        "about: A first mapping by workbench map. Read each line, and decide what says DECIDE."
    ]
    decide: list[str] = []
    contents = {name: _contents(table) for name, table in source.tables.items()}
    chosen = _tables(contents)
    formats = [c.date_format for columns in contents.values() for c in columns if c.date_format]
    if formats:
        usual = max(set(formats), key=formats.count)
        lines.append(
            f'date_format: "{usual}"  # as the days are written; DECIDE if day and month swap'
        )
        decide.append(f"is {usual} how days are written?")
    lines.append("# currency: EUR  # DECIDE: the code of three letters of amounts without one")
    decide.append("the currency")
    lines.append("tables:")
    for table in (name for name in TABLES if name in chosen):
        found, questions = _entry(table, chosen[table], contents[chosen[table]])
        lines += found
        decide += questions
    for table in REQUIRED_TABLES:
        if table not in chosen:
            lines.append(f"  # DECIDE: no table looks like {table}.")
            decide.append(f"where {table} come from")
    return Guess("\n".join(lines) + "\n", "", tuple(decide))


def _tables(contents: dict[str, list[_Content]]) -> dict[str, str]:
    """Return the source table of each canonical one."""
    chosen: dict[str, str] = {}
    for name, columns in contents.items():
        table = _table_of(name, columns)
        if table and table not in chosen:
            chosen[table] = name
    if "accounts" not in chosen:
        named = [
            n for n, columns in contents.items() if _pick("accounts", "account_id", columns, ())
        ]
        chosen |= {"accounts": named[0]} if named else {}
    return chosen


def _table_of(name: str, columns: list[_Content]) -> str:
    if len(_periods(columns)) >= _FEWEST_PERIODS:
        return "contracts"
    plain = _plain(name)
    for table, words in TABLE_WORDS.items():
        if any(word in plain for word in words):
            return table
    return ""


def _entry(table: str, source: str, columns: list[_Content]) -> tuple[list[str], list[str]]:
    periods = _periods(columns)
    if table == "contracts" and len(periods) >= _FEWEST_PERIODS:
        return _spend_entry(source, columns, periods)
    lines, decide, used = [f"  {table}:", f"    from: {_quoted(source)}", "    columns:"], [], []
    wanted = COLUMN_WORDS[table]
    if table != "accounts":
        wanted = {"account_id": COLUMN_WORDS["accounts"]["account_id"][:-1], **wanted}
    for name, words in wanted.items():
        column = TABLES[table].column(name)
        found = _pick_words(words, column, columns, used)
        if found:
            content, word = found
            used.append(content.name)
            extra = ""
            if name == "arr" and ("monthly" in word or "mrr" in word):
                extra = ", multiply_by: 12"
            lines.append(
                f"      {name}: {{column: {_quoted(content.name)}{extra}}}"
                f'  # its name says "{word}"; holds {content.kind}s'
            )
        elif column.required:
            value = '{value: "all"}' if name == "product" else '""'
            lines.append(f"      {name}: {value}  # DECIDE: no column looks like it")
            decide.append(f"{table}.{name}")
    if table == "contracts":
        lines.append(
            "      # DECIDE: is arr by the year? Else multiply_by: 12, or times an interval."
        )
        decide.append("is arr by the year?")
    return lines, decide


def _spend_entry(
    source: str, columns: list[_Content], periods: list[tuple[str, Every]]
) -> tuple[list[str], list[str]]:
    every = periods[0][1]
    who = _pick("accounts", "account_id", columns, ())
    names = ", ".join(_quoted(name) for name, _ in periods)
    account = f"{_quoted(who.name)}  # its name says so" if who else '""  # DECIDE: who spends?'
    lines = [
        "  contracts:",
        f"    from: {_quoted(source)}",
        f"    # {len(periods)} columns are named for {every}s: spend, one column per {every}.",
        f"    unpivot: {{columns: [{names}], name: period, value: amount}}",
        f"    # DECIDE: after how many {every}s without spend has a customer left?",
        f"    contracts_from: {{spend: amount, on: period, every: {every}, gap: 2}}",
        "    columns:",
        f"      account_id: {account}",
        "      product: {value: spend}",
    ]
    return lines, [f"after how many {every}s without spend a customer has left"]


def _periods(columns: list[_Content]) -> list[tuple[str, Every]]:
    """Return the columns of numbers that are named for periods, all of one length."""
    orders: tuple[Every, ...] = ("month", "quarter", "year")
    for every in orders:
        named = [c.name for c in columns if c.kind == "number" and period_day(c.name, every)]
        if len(named) >= _FEWEST_PERIODS:
            return [(name, every) for name in named]
    return []


def _pick(table: str, name: str, columns: list[_Content], used: tuple[str, ...]) -> _Content | None:
    words = COLUMN_WORDS[table][name]
    found = _pick_words(words[:-1], TABLES[table].column(name), columns, list(used))
    return found[0] if found else None


def _pick_words(
    words: tuple[str, ...], column: Column, columns: list[_Content], used: list[str]
) -> tuple[_Content, str] | None:
    """Return the column whose name holds the likeliest words and that can hold what is wanted."""
    kinds = {"number": {"number"}, "date": {"date"}, "time": {"date"}, "month": {"date"}}
    fits = kinds.get(column.kind, {"text", "number"})
    for word in words:
        for content in columns:
            there = all(_holds(content.words, part) for part in word.split())
            if there and content.name not in used and content.kind in fits:
                return content, word
    return None


def _holds(words: str, part: str) -> bool:
    """Tell whether a name holds a word: short ones whole, longer ones at a word's beginning."""
    return bool(re.search(rf"\b{part}\b" if len(part) <= 3 else rf"\b{part}", words))


def _contents(table: ibis.Table) -> list[_Content]:
    names = [column for column in table.columns if column != ROW]
    sample = table.select(**{name: as_word(table[name]) for name in names}).limit(_SAMPLE).execute()
    return [_content(name, sample[name].dropna().astype("str")) for name in names]


def _content(name: str, cells: pd.Series) -> _Content:
    words = _plain(stated_name(name))
    if cells.empty:
        return _Content(name, words, "text")
    if cells.str.match(r"\d{4}-\d{2}-\d{2}").mean() >= _MOSTLY:
        return _Content(name, words, "date")
    if pd.to_numeric(cells.str.replace(",", ""), errors="coerce").notna().mean() >= _MOSTLY:
        return _Content(name, words, "number")
    if cells.map(formats_of).astype(bool).mean() >= _MOSTLY:
        return _Content(name, words, "date", _day_format(cells))
    return _Content(name, words, "text")


def _day_format(cells: pd.Series) -> str:
    """Return the form in which most cells can be read; a day above 12 tells which comes first."""
    counts = Counter(form for cell in cells for form in formats_of(cell))
    likely = [form for form, count in counts.items() if count == max(counts.values())]
    month_first = [form for form in likely if form.startswith("%m/")]
    return (month_first or likely)[0]


def _quoted(name: str) -> str:
    """Return a name as YAML takes it in any case; JSON is YAML."""
    return json.dumps(name, ensure_ascii=False)


def _plain(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[a-z]+|[0-9]+", spaced.casefold()))
