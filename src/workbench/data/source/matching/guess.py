"""A first mapping for a source that nobody has mapped: what is guessed, why, and what to decide.

A source in the columns of a shipped mapping gets that mapping. Any other is read by the
names of its columns, as words that people use for ours, and by what they hold: a column of days
cannot be an amount, and the customers that contracts name stand in the table of customers. What is
guessed is marked, and what cannot be guessed is left to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.data.schema import TABLES, Column
from workbench.data.source.cells.periods import Every, period_day
from workbench.data.source.mapping.file import load_mapping, shipped_mappings
from workbench.data.source.matching.combined import combined
from workbench.data.source.matching.content import Content, contents, keys_of, plain
from workbench.data.source.matching.draft import DraftEntry, MappingDraft, TableDraft, quoted
from workbench.data.source.matching.guess_words import COLUMN_WORDS, CUSTOMER, TABLE_WORDS, WON
from workbench.data.source.matching.resolve import resolve
from workbench.data.source.open import Source

_FEWEST_PERIODS = 3
_MOST_STATES = 20
_SHARE_KNOWN = 0.8
_TERM = ("start_on", "end_on", "arr")
_REPEATED = "    repeated: first  # customers stand on several rows: the first cell that is filled"
_INVOICED = "whether spend is by the month, and after how many months without a customer has left"

Contents = dict[str, list[Content]]


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


def guess_mapping(source: Source) -> Guess:
    """Return a first mapping of a source.

    Parameters
    ----------
    source : Source

    Returns
    -------
    Guess
    """
    shipped = _shipped_guess(source)
    if shipped is not None:
        return shipped
    draft = draft_mapping(source)
    return Guess(draft.text, "", draft.decide)


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


def draft_mapping(source: Source) -> MappingDraft:
    """Return a first mapping by names and contents, whatever mappings are shipped.

    Parameters
    ----------
    source : Source
        Opened.
    """
    held = {name: contents(table) for name, table in source.tables.items()}
    chosen = _tables(held)
    keys = _account_keys(source, held, chosen)
    drafts = {
        table: _table_draft(table, chosen[table], held[chosen[table]], keys.get(table))
        for table in TABLES
        if table in chosen
    }
    if "contracts" not in drafts and "invoices" in drafts:
        spent = _invoiced_draft(drafts["invoices"])
        drafts |= {"contracts": spent} if spent else {}
    return MappingDraft(tuple(drafts[table] for table in TABLES if table in drafts))


def _tables(held: Contents) -> dict[str, str]:
    """Return the source table of each canonical one: of several, that with most of its columns."""
    chosen: dict[str, str] = {}
    most: dict[str, int] = {}
    for name, columns in held.items():
        table = _table_of(name, columns)
        fed = len(_entries(table, columns, None)) if table in COLUMN_WORDS else 1
        if table and fed > most.get(table, 0):
            chosen[table], most[table] = name, fed
    if "contracts" not in chosen:
        terms = [name for name, columns in held.items() if _has_terms(columns)]
        chosen |= {"contracts": terms[0]} if terms else {}
    if "accounts" not in chosen:
        named = [name for name, columns in held.items() if _named_account(columns)]
        chosen |= {"accounts": named[0]} if named else {}
    return chosen


def _table_of(name: str, columns: list[Content]) -> str:
    if len(_periods(columns)) >= _FEWEST_PERIODS:
        return "contracts"
    words = plain(name)
    for table, likely in TABLE_WORDS.items():
        if any(word in words for word in likely):
            return table
    return ""


def _has_terms(columns: list[Content]) -> bool:
    """Tell whether a table has terms of contracts in it, such as offers with a start and an end."""
    found = {entry.column for entry in _entries("contracts", columns, None) if entry.content}
    return found.issuperset(_TERM)


def _account_keys(source: Source, held: Contents, chosen: dict[str, str]) -> dict[str, Content]:
    """Return the column that names the customer in each table, where one fits what accounts has."""
    accounts = chosen.get("accounts")
    if accounts is None:
        return {}
    others = {t: name for t, name in chosen.items() if t != "accounts" and name != accounts}
    guessed = _named_account(held[accounts])
    unique = [c for c in held[accounts] if c.kind != "date" and _is_unique(c)]
    unique.sort(key=lambda content: content is not guessed)
    known = {content.name: keys_of(source.tables[accounts], content.name) for content in unique}
    keys: dict[str, Content] = {}
    # Contracts say by what customers are known; the other tables follow.
    for table in sorted(others, key=lambda table: table != "contracts"):
        best = _SHARE_KNOWN
        fits = [c for c in held[others[table]] if c.cells and _says_customer(c)]
        for own in [keys["accounts"]] if "accounts" in keys else unique:
            for content in fits:
                share = sum(cell in known[own.name] for cell in content.cells) / len(content.cells)
                if share > best:
                    best, keys = share, keys | {table: content, "accounts": own}
    return keys


def _says_customer(content: Content) -> bool:
    return any(_holds(content.words, word) for word in CUSTOMER)


def _named_account(columns: list[Content]) -> Content | None:
    words = COLUMN_WORDS["accounts"]["account_id"][:-1]
    found = _pick(words, TABLES["accounts"].column("account_id"), columns, [])
    return found[0] if found else None


def _table_draft(
    table: str, source: str, columns: list[Content], key: Content | None
) -> TableDraft:
    periods = _periods(columns)
    if table == "contracts" and len(periods) >= _FEWEST_PERIODS:
        return _spend_draft(source, columns, periods)
    entries = tuple(_entries(table, columns, key))
    if table == "accounts":
        named = [entry.content for entry in entries if entry.column == "account_id"]
        again = any(content is not None and not _is_unique(content) for content in named)
        return TableDraft(table, source, entries, (_REPEATED,) if again else ())
    if table != "contracts":
        return TableDraft(table, source, entries)
    return TableDraft(table, source, entries, _not_won(columns), ("is arr by the year?",))


def _entries(table: str, columns: list[Content], key: Content | None) -> list[DraftEntry]:
    """Return what feeds each column that is found, or that is required."""
    wanted = COLUMN_WORDS[table]
    if table != "accounts":
        wanted = {"account_id": COLUMN_WORDS["accounts"]["account_id"][:-1], **wanted}
    entries: list[DraftEntry] = []
    used: list[str] = []
    if key is not None:
        why = "contracts name customers so" if table == "accounts" else "accounts has what it holds"
        entries, used = [DraftEntry("account_id", key, why)], [key.name]
    for name, words in wanted.items():
        if name == "account_id" and key is not None:
            continue
        column = TABLES[table].column(name)
        # Customers may stand on many rows of what accounts are made from; nothing else may.
        own = name in TABLES[table].key and name != "account_id"
        fits = [c for c in columns if _is_unique(c)] if own else columns
        found = _pick(words, column, fits, used)
        if found:
            content, word = found
            used.append(content.name)
            monthly = name == "arr" and ("monthly" in word or "mrr" in word)
            keys = ("multiply_by: 12",) if monthly else ()
            entries.append(DraftEntry(name, content, f'its name says "{word}"', keys))
        elif column.required:
            entries.append(DraftEntry(name, None, value="all" if name == "product" else ""))
    return entries


def _not_won(columns: list[Content]) -> tuple[str, ...]:
    """Return the lines that leave out offers that came to nothing, of a table of offers."""
    for content in columns:
        states = sorted(set(content.cells)) if content.kind == "text" else []
        if len(states) > _MOST_STATES or not {state.casefold() for state in states} & set(WON):
            continue
        lost = [state for state in states if state.casefold() not in WON]
        rows = [
            f"      - {{column: {quoted(content.name)}, equals: {quoted(state)}}}" for state in lost
        ]
        why = f"    drop_when:  # {quoted(content.name)} says which offers came to nothing; DECIDE"
        return (why, *rows) if rows else ()
    return ()


def _spend_draft(
    source: str, columns: list[Content], periods: list[tuple[str, Every]]
) -> TableDraft:
    every = periods[0][1]
    names = ", ".join(quoted(name) for name, _ in periods)
    notes = (
        f"    # {len(periods)} columns are named for {every}s: spend, one column per {every}.",
        f"    unpivot: {{columns: [{names}], name: period, value: amount}}",
        f"    # DECIDE: after how many {every}s without spend has a customer left?",
        f"    contracts_from: {{spend: amount, on: period, every: {every}, gap: 2}}",
    )
    who = DraftEntry("account_id", _named_account(columns), "its name says so")
    question = f"after how many {every}s without spend a customer has left"
    what = DraftEntry("product", None, value="spend")
    return TableDraft("contracts", source, (who, what), notes, (question,))


def _invoiced_draft(invoices: TableDraft) -> TableDraft | None:
    """Return contracts made of what is invoiced, where nothing else says who is a customer."""
    fed = {entry.column: entry for entry in invoices.entries if entry.content is not None}
    amount, day = fed.get("amount"), fed.get("issued_on")
    if amount is None or day is None or "account_id" not in fed:
        return None
    spend, on = (quoted(entry.content.name) for entry in (amount, day) if entry.content)
    notes = (
        "    # Nothing looks like contracts: what is invoiced stands in for them.",
        "    # DECIDE: is it by the month, and after how many months without has a customer left?",
        f"    contracts_from: {{spend: {spend}, on: {on}, every: month, gap: 2}}",
    )
    who = [fed[name] for name in ("account_id", "currency") if name in fed]
    what = DraftEntry("product", None, value="spend")
    return TableDraft("contracts", invoices.source, (*who, what), notes, (_INVOICED,))


def _periods(columns: list[Content]) -> list[tuple[str, Every]]:
    """Return the columns of numbers that are named for periods, all of one length."""
    orders: tuple[Every, ...] = ("month", "quarter", "year")
    for every in orders:
        named = [c.name for c in columns if c.kind == "number" and period_day(c.name, every)]
        if len(named) >= _FEWEST_PERIODS:
            return [(name, every) for name in named]
    return []


def _pick(
    words: tuple[str, ...], column: Column, columns: list[Content], used: list[str]
) -> tuple[Content, str] | None:
    """Return the column whose name holds the likeliest words and that can hold what is wanted."""
    kinds = {"number": {"number"}, "date": {"date"}, "time": {"date"}, "month": {"date"}}
    fits = kinds.get(column.kind, {"text", "number"})
    for word in words:
        for content in columns:
            there = all(_holds(content.words, part) for part in word.split())
            if there and content.name not in used and content.kind in fits:
                return content, word
    return None


def _is_unique(content: Content) -> bool:
    return len(set(content.cells)) == len(content.cells)


def _holds(words: str, part: str) -> bool:
    """Tell whether a name holds a word: short ones whole, longer ones at a word's beginning."""
    return bool(re.search(rf"\b{part}\b" if len(part) <= 3 else rf"\b{part}", words))
