"""Bring source tables into canonical columns as a mapping says, still uncast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import ibis
import pandas as pd

from workbench.data.schema import ATTRIBUTE_PREFIX, TABLES, Column
from workbench.data.source.cells.cast import AT_ONCE, Reading, as_text, as_word, equals_word
from workbench.data.source.mapping.column import ColumnSpec
from workbench.data.source.mapping.spec import SPEND_COLUMNS, ContractsFrom, Mapping, TableSpec
from workbench.data.source.names import ROW
from workbench.data.source.open import Source
from workbench.data.source.shape.lengths import scaled_by, with_length
from workbench.data.source.shape.snapshot import CHAINED, chained
from workbench.data.source.shape.spend import SpendRecord, contracts_of_spend
from workbench.data.source.shape.unpivot import unpivoted


@dataclass(frozen=True)
class RawColumn:
    """A canonical column before casting: its definition, its source value, how it is written."""

    column: Column
    value: ibis.Value
    reading: Reading


@dataclass(frozen=True)
class RawTable:
    """A canonical table before casting, with those of its columns that the source has.

    ``spend`` says how contracts were made, where they come from spend.
    """

    name: str
    table: ibis.Table
    columns: tuple[RawColumn, ...] = field(default_factory=tuple)
    spend: SpendRecord | None = None


def arrange(
    source: Source, mapping: Mapping, name: str, read_on: pd.Timestamp | None = None
) -> RawTable:
    """Return one canonical table with its columns still as the source writes them.

    Parameters
    ----------
    source : Source
    mapping : Mapping
        In the source's own names: see `workbench.data.source.matching.resolve`.
    name : str
        Canonical table.
    read_on : Timestamp, optional
        The day on which the source is read: no spend is later.

    Raises
    ------
    DataError
        When no contracts can be made of the spend that a mapping names.
    """
    spec = mapping.tables[name]
    table = unpivoted(source.tables[spec.source], spec.unpivot)
    for condition in spec.drop_when:
        cell = table[condition.column]
        table = table.filter(~equals_word(cell, condition.equals, mapping.missing))
    table = chained(mapping, spec, table)
    table = _filled(table, spec)
    table, ready = _join_lookups(source, table, spec)
    if spec.contracts_from is not None:
        return _spend(source, table, mapping, spec, ready, read_on)
    later = {column: c.plus for column, c in spec.columns.items() if c.plus is not None}
    for column, plus in later.items():
        value = _value(table, spec.columns[column], mapping, ready.get(column))
        reading = _reading(spec.columns[column], spec, mapping, False)
        ready[column] = f"later_{column}"
        table = with_length(table, ready[column], value, reading, plus)
    scaled = {column: c.times for column, c in spec.columns.items() if c.times}
    for column, times in scaled.items():
        value = _value(table, spec.columns[column], mapping, ready.get(column))
        reading = _reading(spec.columns[column], spec, mapping, spec.source in source.sheets)
        ready[column] = f"scaled_{column}"
        table = scaled_by(table, ready[column], value, reading, times)
    wide = len(TABLES[name].columns) + len(spec.attributes) > AT_ONCE
    if later or scaled or wide:
        # PostgreSQL would expand the whole computation at each of the checks' references to it.
        # And where a table is checked by blocks of columns, each must find the same row numbers.
        table = source.con.create_table(f"arranged_{name}", table, temp=True)
    is_sheet = spec.source in source.sheets
    return RawTable(name, table, tuple(_raw_columns(table, mapping, name, ready, is_sheet)))


def _spend(
    source: Source,
    table: ibis.Table,
    mapping: Mapping,
    spec: TableSpec,
    ready: dict[str, str],
    read_on: pd.Timestamp | None,
) -> RawTable:
    """Return contracts out of spend: what stands in their columns is made, not read."""
    made: ContractsFrom = spec.contracts_from  # pyright: ignore[reportAssignmentType]
    columns = {
        name: as_text(_value(table, spec.columns[name], mapping, ready.get(name)))
        if name in spec.columns
        else ibis.null("string")
        for name in SPEND_COLUMNS
    }
    is_sheet = spec.source in source.sheets
    spend, on = (_value(table, part, mapping, None) for part in (made.spend, made.on))
    cells = table.select(ROW, **columns, spend=spend, on=on)
    number, day = (_reading(part, spec, mapping, is_sheet) for part in (made.spend, made.on))
    contracts, record = contracts_of_spend(source, cells, made, number, day, read_on)
    known = [c for c in TABLES["contracts"].columns if c.name in contracts.columns]
    columns = tuple(RawColumn(column, contracts[column.name], Reading()) for column in known)
    return RawTable("contracts", contracts, columns, record)


def _raw_columns(
    table: ibis.Table, mapping: Mapping, name: str, ready: dict[str, str], is_sheet: bool
) -> Iterator[RawColumn]:
    spec = mapping.tables[name]
    for column in TABLES[name].columns:
        column_spec = spec.columns.get(column.name)
        if column_spec is None:
            if spec.chain_terms and column.name in CHAINED:
                yield RawColumn(column, table[column.name], Reading())
        elif column_spec.plus is not None:
            reading = Reading(add_days=column_spec.add_days)
            yield RawColumn(column, table[ready[column.name]], reading)
        elif column_spec.times:
            yield RawColumn(column, table[ready[column.name]], Reading())
        else:
            value = _value(table, column_spec, mapping, ready.get(column.name))
            yield RawColumn(column, value, _reading(column_spec, spec, mapping, is_sheet))
    for attribute, column_spec in spec.attributes.items():
        column = Column(ATTRIBUTE_PREFIX + attribute, column_spec.type)
        value = _value(table, column_spec, mapping, None)
        yield RawColumn(column, value, _reading(column_spec, spec, mapping, is_sheet))


def _filled(table: ibis.Table, spec: TableSpec) -> ibis.Table:
    """Return a table in which a column that has others to stand in for it is filled by them."""
    columns = [c for c in (*spec.columns.values(), *spec.attributes.values()) if c.otherwise]
    return table.mutate(
        **{
            filled_name(c): ibis.coalesce(*(as_word(table[n]) for n in (c.column, *c.otherwise)))
            for c in columns
        }
    )


def filled_name(column: ColumnSpec) -> str:
    """Return the column of the arranged table in which a canonical column's cells stand.

    Parameters
    ----------
    column : ColumnSpec
        Without others to stand in for it, the answer is the source's own name of the column;
        with them, all the names, joined by " or ".
    """
    names = (column.column or "", *column.otherwise)
    return " or ".join(names)


def _join_lookups(
    source: Source, table: ibis.Table, spec: TableSpec
) -> tuple[ibis.Table, dict[str, str]]:
    looked_up = {}
    for name, column_spec in spec.columns.items():
        if (look := column_spec.lookup) is None:
            continue
        key, value = f"lookup_key_{name}", f"lookup_{name}"
        other = source.tables[look.table]
        pairs = other.group_by(**{key: as_text(other[look.key])}).agg(
            **{value: ibis.coalesce(*(as_text(other[each]) for each in look.value)).min()}
        )
        local = as_text(table[filled_name(column_spec)])
        table = table.left_join(pairs, local == pairs[key]).drop(key)
        looked_up[name] = value
    return table, looked_up


def _reading(column: ColumnSpec, table: TableSpec, mapping: Mapping, is_sheet: bool) -> Reading:
    return Reading(
        column.format or table.date_format or mapping.date_format,
        column.decimal_mark,
        column.thousands,
        column.strip,
        column.negative,
        is_sheet,
        column.multiply_by,
        column.add_days,
    )


def _value(
    table: ibis.Table, spec: ColumnSpec, mapping: Mapping, looked_up: str | None
) -> ibis.Value:
    if spec.value is not None:
        value: ibis.Value = ibis.literal(spec.value)
    else:
        value = _worded(table[looked_up or filled_name(spec)], spec, mapping.missing)
    if (when := spec.when) is None:
        return value
    meant = equals_word(table[when.column], when.equals, mapping.missing)
    return ibis.ifelse(meant, value, ibis.null(value.type()))


def _worded(value: ibis.Value, spec: ColumnSpec, missing: list[str]) -> ibis.Value:
    """Return a cell after the steps that work on words: missing, map and default."""
    typed = not value.type().is_string()
    if missing and typed:
        value = ibis.ifelse(as_word(value).isin(missing), ibis.null(value.type()), value)
    if not (spec.map or spec.default is not None or (missing and not typed)):
        return value
    text = as_text(value)
    if missing and not typed:
        text = ibis.ifelse(text.isin(missing), ibis.null("string"), text)
    if spec.map:
        text = ibis.cases(*((text == old, new) for old, new in spec.map.items()), else_=text)
    return text if spec.default is None else text.fill_null(spec.default)
