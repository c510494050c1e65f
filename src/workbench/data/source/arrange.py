"""Bring source tables into canonical columns as a mapping says, still uncast."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis

from workbench.core.errors import Problem, nearest
from workbench.data.schema import ATTRIBUTE_PREFIX, REQUIRED_TABLES, TABLES, Column
from workbench.data.source.cells import Reading, as_text
from workbench.data.source.mapping import ColumnSpec, Mapping, TableSpec
from workbench.data.source.open import ROW, Source
from workbench.data.source.snapshot import CHAINED, chained


@dataclass(frozen=True)
class RawColumn:
    """A canonical column before casting: its definition, its source value, how it is written."""

    column: Column
    value: ibis.Value
    reading: Reading


@dataclass(frozen=True)
class RawTable:
    """A canonical table before casting, with those of its columns that the source has."""

    name: str
    table: ibis.Table
    columns: tuple[RawColumn, ...] = field(default_factory=tuple)


def source_table(source: Source, spec: TableSpec) -> str | None:
    """Return the source table that an entry reads; a source of one table needs no name."""
    if len(source.tables) == 1:
        return next(iter(source.tables))
    return spec.source if spec.source in source.tables else None


def structure_problems(source: Source, mapping: Mapping) -> list[Problem]:
    """Return every table and column that a load needs and the source has not."""
    problems = [
        Problem(
            "required table is missing",
            name,
            f"a table named {name}",
            f"{source.name} with {', '.join(sorted(source.tables)) or 'no tables'}",
            "State a mapping, or name the file or table so.",
        )
        for name in REQUIRED_TABLES
        if name not in mapping.tables
    ]
    for name, spec in mapping.tables.items():
        found = source_table(source, spec)
        if found is None:
            problems.append(
                Problem(
                    f"source table {spec.source} is missing",
                    name,
                    hint=nearest(spec.source, source.tables),
                )
            )
            continue
        problems += _column_problems(source, name, found, spec)
    return problems


def _column_problems(source: Source, name: str, found: str, spec: TableSpec) -> list[Problem]:
    problems = []
    known = [column for column in source.tables[found].columns if column != ROW]
    chained_columns = CHAINED if spec.chain_terms else ()
    for required in TABLES[name].required:
        if required not in spec.columns and required not in chained_columns:
            problems.append(
                Problem(
                    "required column is missing",
                    f"{found}, column {required}",
                    hint=nearest(required, known),
                )
            )
    for column in source_columns(spec):
        if column not in known:
            problems.append(
                Problem(
                    "source column is missing",
                    f"{found}, column {column}",
                    hint=nearest(column, known),
                )
            )
    for column_spec in spec.columns.values():
        if look := column_spec.lookup:
            other = source.tables.get(look.table)
            if other is None:
                problems.append(
                    Problem(
                        "lookup table is missing",
                        f"{name}, {look.table}",
                        hint=nearest(look.table, source.tables),
                    )
                )
                continue
            problems += [
                Problem(
                    "source column is missing",
                    f"{look.table}, column {column}",
                    hint=nearest(column, other.columns),
                )
                for column in (look.key, look.value)
                if column not in other.columns
            ]
    return problems


def source_columns(spec: TableSpec) -> list[str]:
    """Return the columns that an entry reads from its source table."""
    named = [c.column for c in (*spec.columns.values(), *spec.attributes.values()) if c.column]
    named += [condition.column for condition in spec.drop_when]
    if terms := spec.chain_terms:
        named += [terms.tenure_months, terms.term, terms.left.column]
    return list(dict.fromkeys(named))


def arrange(source: Source, mapping: Mapping, name: str) -> RawTable:
    """Return one canonical table with its columns still as the source writes them."""
    spec = mapping.tables[name]
    table = source.tables[source_table(source, spec) or spec.source]
    for condition in spec.drop_when:
        dropped = (as_text(table[condition.column]) == condition.equals).fill_null(False)
        table = table.filter(~dropped)
    table = chained(mapping, spec, table)
    table, looked_up = _join_lookups(source, table, spec)
    raw = []
    for column in TABLES[name].columns:
        column_spec = spec.columns.get(column.name)
        if column_spec is not None:
            value = _value(table, column_spec, mapping, looked_up.get(column.name))
            raw.append(RawColumn(column, value, _reading(column_spec, spec, mapping)))
        elif spec.chain_terms and column.name in CHAINED:
            raw.append(RawColumn(column, table[column.name], Reading()))
    for attribute, column_spec in spec.attributes.items():
        column = Column(ATTRIBUTE_PREFIX + attribute, column_spec.type)
        value = _value(table, column_spec, mapping, None)
        raw.append(RawColumn(column, value, _reading(column_spec, spec, mapping)))
    return RawTable(name, table, tuple(raw))


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
            **{value: as_text(other[look.value]).min()}
        )
        local = as_text(table[column_spec.column or ""])
        table = table.left_join(pairs, local == pairs[key]).drop(key)
        looked_up[name] = value
    return table, looked_up


def _reading(column: ColumnSpec, table: TableSpec, mapping: Mapping) -> Reading:
    return Reading(
        column.format or table.date_format or mapping.date_format,
        column.decimal,
        column.thousands,
        column.multiply_by,
        column.add_days,
    )


def _value(
    table: ibis.Table, spec: ColumnSpec, mapping: Mapping, looked_up: str | None
) -> ibis.Value:
    if spec.value is not None:
        return ibis.literal(spec.value)
    value = table[looked_up or spec.column or ""]
    if not (spec.map or spec.default is not None or (mapping.missing and value.type().is_string())):
        return value
    text = as_text(value)
    if mapping.missing:
        text = ibis.ifelse(text.isin(mapping.missing), ibis.null("string"), text)
    if spec.map:
        text = ibis.cases(*((text == old, new) for old, new in spec.map.items()), else_=text)
    return text if spec.default is None else text.fill_null(spec.default)
