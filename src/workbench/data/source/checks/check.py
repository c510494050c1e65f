"""Check every cell and row of a canonical table, in the engine; keep what is right, say the rest.

A row without a readable required value, or against a rule, is quarantined; an unreadable optional
cell is set to missing. Both are listed with table, row, column, reason and value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis
import pandas as pd

from workbench.data.schema import TABLES, Column, Table
from workbench.data.source.cells.cast import AT_ONCE
from workbench.data.source.checks.staging import TYPES, stage
from workbench.data.source.mapping.spec import TableSpec
from workbench.data.source.names import ROW
from workbench.data.source.shape.arrange import RawTable

QUARANTINE_COLUMNS = ("table", "row", "column", "reason", "value")
CELL_LOST = "; cell set to missing"
CUT_OFF = "no such contract"
LINK_BROKEN = "no such contract, though the account has an earlier one"


@dataclass(frozen=True)
class Checked:
    """A checked canonical table.

    Parameters
    ----------
    table : ibis.Table
        The rows kept, canonical columns only.
    quarantine : DataFrame
        Columns of `QUARANTINE_COLUMNS`.
    rows_in, rows_kept : int
    """

    table: ibis.Table
    quarantine: pd.DataFrame
    rows_in: int
    rows_kept: int


def check(
    con: ibis.BaseBackend, raw: RawTable, accounts: Checked | None, spec: TableSpec
) -> Checked:
    """Check one table.

    Parameters
    ----------
    con : ibis backend
        Receives the checked table under its canonical name.
    raw : RawTable
    accounts : Checked, optional
        The checked accounts that other tables refer to; None for accounts themselves.
    spec : TableSpec
        Says by ``aggregate`` or ``repeated`` how rows of one key become one; the later ones are
        quarantined as duplicates where it says neither.

    Returns
    -------
    Checked
        The table without the rows in quarantine, which stand beside it.
    """
    table = TABLES[raw.name]
    columns = [column.column for column in raw.columns]
    staged = [
        _store(con, f"staged_{raw.name}_{n}", stage(block)) for n, block in enumerate(_blocks(raw))
    ]
    judged = _judged(staged[0], table, columns[:AT_ONCE], accounts)
    merged = bool(spec.aggregate or spec.repeated)
    if table.unique and not merged:
        judged = _without_duplicates(judged, table)
    judged = _store(con, f"judged_{raw.name}", judged)
    found = [*(_bad_cells(block, table, columns) for block in staged), _bad_rows(judged, table)]
    kept = judged.filter(judged.fault_reason.isnull())
    rows_in, rows_kept = (int(t.count().execute()) for t in (staged[0], kept))
    key = [name for name in table.key if name in kept.columns]
    parts = [kept, *(_of_kept(kept, key, block) for block in staged[1:])]
    if merged:
        parts = [_aggregated(part, key, columns, spec) for part in parts]
    whole = _side_by_side(parts, key if merged else [ROW])
    # The prefix keeps a database's own table of that name in reach.
    result = _store(con, f"checked_{raw.name}", _completed(whole, table, columns))
    if "previous_contract_id" in kept.columns:
        result, dangling = _link_contracts(con, result, kept)
        found.append(dangling)
    con.drop_table(f"judged_{raw.name}")
    for n in range(len(staged)):
        con.drop_table(f"staged_{raw.name}_{n}")
    quarantine = pd.concat(found).sort_values(["row", "column"], ignore_index=True)
    return Checked(result, quarantine, rows_in, rows_kept)


def _blocks(raw: RawTable) -> list[RawTable]:
    """Return a table by blocks of columns, those by which a row is judged all in the first."""
    starts = range(0, len(raw.columns), AT_ONCE)
    return [replace(raw, columns=raw.columns[start : start + AT_ONCE]) for start in starts]


def _of_kept(kept: ibis.Table, key: list[str], block: ibis.Table) -> ibis.Table:
    """Return the rows kept of a further block, with their number and key."""
    values = [name for name in block.columns if not name.endswith(("__why", "__text"))]
    return kept.select(ROW, *key).inner_join(block.select(values), ROW)


def _side_by_side(parts: list[ibis.Table], by: list[str]) -> ibis.Table:
    whole, *others = parts
    for part in others:
        again = [name for name in part.columns if name in whole.columns and name not in by]
        whole = whole.inner_join(part.drop(*again), by)
    return whole


def _store(con: ibis.BaseBackend, name: str, table: ibis.Table) -> ibis.Table:
    """Materialise a table, keeping each step a query of its own.

    Fused, every reference to a step repeats its whole expression: the SQL of a date column grows
    to a megabyte.
    """
    fused = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        return con.create_table(name, table, temp=True)
    finally:
        ibis.options.sql.fuse_selects = fused


def row_faults(table: ibis.Table, name: str) -> list[tuple[ibis.Value, str, str]]:
    """Return the rules that a row as a whole must keep: (broken, column, reason).

    Parameters
    ----------
    table : ibis.Table
        Cast to canonical kinds.
    name : str
        Of the canonical table.
    """
    if name == "surveys":
        return [((table.kind == "nps") & (table.score > 10), "score", "an NPS score is above 10")]
    faults = []
    if name == "contracts" and "end_on" in table.columns:
        broken = table.end_on <= table.start_on
        faults.append((broken, "end_on", "not after start_on"))
    if name == "contracts" and "currency" in table.columns:
        # Money of which nobody knows what it is cannot be added to any other.
        broken = ~table.currency.re_search("^[A-Za-z]{3}$")
        faults.append((broken, "currency", "currency is not a code of three letters, such as EUR"))
    if name == "contracts" and "ended_on" in table.columns:
        broken = table.ended_on < table.start_on
        faults.append((broken, "ended_on", "before start_on"))
    return faults


def _judged(
    staged: ibis.Table, table: Table, columns: list[Column], accounts: Checked | None
) -> ibis.Table:
    """Say of each row which fault removes it: column, reason and value, or missing."""
    faults = [
        (staged[f"{column.name}__why"].notnull(), column.name, "bad cell")
        for column in columns
        if column.required
    ]
    faults += row_faults(staged, table.name)
    if accounts is not None and "account_id" in staged.columns:
        whole = accounts.rows_kept == accounts.rows_in
        reason = "unknown account" if whole else "account unknown or in quarantine"
        lost = staged.account_id.notin(accounts.table.account_id)
        if table.name == "opportunities" and "kind" in staged.columns:
            # Who may become a customer need not be on record as an account yet.
            lost &= staged.kind.fill_null("") != "new_logo"
        faults.append((lost, "account_id", reason))
    nothing = ibis.null("string")
    return staged.select(
        ROW,
        *[column.name for column in columns],
        fault_column=ibis.cases(*((broken, name) for broken, name, _ in faults), else_=nothing),
        fault_reason=ibis.cases(*((broken, why) for broken, _, why in faults), else_=nothing),
    )


def _without_duplicates(judged: ibis.Table, table: Table) -> ibis.Table:
    key = [name for name in table.key if name in judged.columns]
    sound = judged.fault_reason.isnull()
    repeated = judged.filter(sound).group_by(key).agg(rows=ibis._.count()).filter(ibis._.rows > 1)
    if not repeated.count().execute():
        return judged
    first = judged[ROW].min().over(ibis.window(group_by=[*key, sound.name("sound")]))
    later = sound & (judged[ROW] > first)
    return judged.mutate(
        fault_column=ibis.ifelse(later, ", ".join(table.key), judged.fault_column),
        fault_reason=ibis.ifelse(later, "duplicate key", judged.fault_reason),
    )


def _bad_cells(staged: ibis.Table, table: Table, columns: list[Column]) -> pd.DataFrame:
    columns = [column for column in columns if column.name in staged.columns]
    counts = staged.agg(
        **{column.name: staged[f"{column.name}__why"].count() for column in columns}
    ).execute()
    found = [quarantine_frame([])]
    for column in columns:
        if not counts[column.name].iloc[0]:
            continue
        why = staged[f"{column.name}__why"]
        bad = staged.filter(why.notnull()).select(
            row=staged[ROW], reason=why, value=staged[f"{column.name}__text"]
        )
        bad = bad.execute().assign(table=table.name, column=column.name)
        bad["reason"] += "" if column.required else CELL_LOST
        found.append(quarantine_frame(bad))
    return pd.concat(found)


def _bad_rows(judged: ibis.Table, table: Table) -> pd.DataFrame:
    broken = judged.filter(judged.fault_reason.notnull() & (judged.fault_reason != "bad cell"))
    names = {"duplicate key": [name for name in table.key if name in judged.columns]}
    rows = broken.execute()
    values = [
        ", ".join(str(row[name]) for name in names.get(row["fault_reason"], (row["fault_column"],)))
        for _, row in rows.iterrows()
    ]
    return quarantine_frame(
        {
            "table": table.name,
            "row": rows[ROW],
            "column": rows["fault_column"],
            "reason": rows["fault_reason"],
            "value": values,
        }
    )


def quarantine_frame(content) -> pd.DataFrame:
    """Return quarantined rows and cells with their columns and types in place.

    Parameters
    ----------
    content : list or DataFrame
        Rows in the order of `QUARANTINE_COLUMNS`.
    """
    frame = pd.DataFrame(content, columns=list(QUARANTINE_COLUMNS))
    texts = {name: "str" for name in QUARANTINE_COLUMNS if name != "row"}
    return frame.astype({**texts, "row": "int64"})


def _aggregated(
    kept: ibis.Table, key: list[str], columns: list[Column], spec: TableSpec
) -> ibis.Table:
    def merged(name: str) -> ibis.Value:
        if name in spec.aggregate or not spec.repeated:
            return getattr(kept[name], spec.aggregate.get(name, "min"))()
        pick = kept[name].argmin if spec.repeated == "first" else kept[name].argmax
        return pick(kept[ROW], where=kept[name].notnull())

    names = [column.name for column in columns if column.name in kept.columns]
    return kept.group_by(key).agg(**{name: merged(name) for name in names if name not in key})


def _completed(kept: ibis.Table, table: Table, columns: list[Column]) -> ibis.Table:
    """Return all canonical columns in order, missing where the source has none; then attributes."""
    present = {column.name for column in columns}
    values = {
        column.name: kept[column.name] if column.name in present else ibis.null(TYPES[column.kind])
        for column in table.columns
    }
    values |= {name: kept[name] for name in present - set(table.names)}
    extra = sorted(set(values) - set(table.names))
    return kept.select(**{name: values[name] for name in (*table.names, *extra)})


def _link_contracts(
    con: ibis.BaseBackend, contracts: ibis.Table, kept: ibis.Table
) -> tuple[ibis.Table, pd.DataFrame]:
    """Clear links to a contract that is not in the table, or that is the contract itself."""
    previous = kept.previous_contract_id
    first = kept.start_on.min().over(ibis.window(group_by=kept.account_id))
    dangling = kept.mutate(
        cut_off=kept.start_on <= first,
        dangling=previous.notin(contracts.contract_id) | (previous == kept.contract_id),
    ).filter(ibis._.dangling)
    rows = dangling.select("cut_off", row=ROW, value="previous_contract_id").execute()
    if rows.empty:
        return contracts, quarantine_frame([])
    link = contracts.previous_contract_id
    known = link.isin(contracts.view().contract_id) & (link != contracts.contract_id)
    linked = contracts.mutate(previous_contract_id=ibis.ifelse(known, link, ibis.null("string")))
    linked = _store(con, "linked_contracts", linked)
    reason = rows["cut_off"].map({True: CUT_OFF, False: LINK_BROKEN}) + CELL_LOST
    rows = rows.assign(table="contracts", column="previous_contract_id", reason=reason)
    return linked, quarantine_frame(rows)
