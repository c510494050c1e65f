"""Whether a source has what a mapping needs: its tables and columns, before any row is read."""

from __future__ import annotations

from workbench.core.errors import Problem, nearest
from workbench.data.schema import REQUIRED_TABLES, TABLES
from workbench.data.source.mapping.spec import Mapping, TableSpec
from workbench.data.source.matching.resolve import header_problem
from workbench.data.source.names import ROW
from workbench.data.source.open import Source
from workbench.data.source.shape.snapshot import CHAINED
from workbench.data.source.shape.spend import SPENT

_UNNAMED = "State a mapping, or name the file or table so; workbench map writes a first one."


def structure_problems(
    source: Source, mapping: Mapping, mapped: bool = False, needs_contracts: bool = True
) -> list[Problem]:
    """Return every table and column that a load needs and that the mapping does not feed.

    Parameters
    ----------
    source : Source
        Opened.
    mapping : Mapping
        In the source's own names.
    mapped : bool
        Whether somebody stated its tables.
    needs_contracts : bool
        Whether a book without contracts is of no use.
    """
    problems = [
        Problem(
            "required table is missing",
            name,
            f"an entry {name} in the mapping" if mapped else f"a table named {name}",
            f"{source.name} with {', '.join(sorted(source.tables)) or 'no tables'}",
            _missing_hint(name, mapping, mapped),
        )
        for name in REQUIRED_TABLES
        if name not in mapping.tables and (name != "contracts" or needs_contracts)
    ]
    for name, spec in mapping.tables.items():
        if spec.source not in source.tables:
            continue
        fed = (*spec.columns, *(CHAINED if spec.chain_terms else ()))
        fed += SPENT if spec.contracts_from else ()
        required = TABLES[name].required
        missing = [column for column in required if column not in fed]
        known = [column for column in source.tables[spec.source].columns if column != ROW]
        # One cause, one problem: nothing in the header is what it should be.
        if len(missing) == len(required) and (len(missing) > 1 or not _is_near(missing[0], known)):
            problems.append(header_problem(spec.source, missing, known))
            continue
        problems += [
            Problem(
                "required column is missing",
                f"{spec.source}, column {column}",
                hint=nearest(column, known),
            )
            for column in missing
        ]
    return problems


def _missing_hint(name: str, mapping: Mapping, mapped: bool) -> str:
    """Say what can be done without a table, given what else there is."""
    if name != "contracts":
        hint = (
            "Under tables, say which source table names the customers; several rows may name one."
        )
        return hint if mapped else _UNNAMED
    if "invoices" in mapping.tables:
        return (
            "There are invoices: an entry contracts with contracts_from makes subscriptions of "
            "what was paid. workbench check shows what the data bear without."
        )
    if "opportunities" in mapping.tables:
        return (
            "There are opportunities: won ones can stand in for contracts if each is a sale that "
            "runs on (an entry contracts with drop_when for the others). Without, wb.fit_pipeline "
            "follows the open ones, and workbench check shows what the data bear."
        )
    if mapped or mapping.tables:
        return (
            "Say where contracts come from: a table of them, chain_terms out of a snapshot, or "
            "contracts_from spend. workbench check shows what the data bear without."
        )
    return _UNNAMED


def _is_near(name: str, known: list[str]) -> bool:
    return nearest(name, known).startswith("Did you mean")


def source_columns(spec: TableSpec) -> list[str]:
    """Return the columns that an entry reads from its source table.

    Parameters
    ----------
    spec : TableSpec
        Of one canonical table.
    """
    columns = (*spec.columns.values(), *spec.attributes.values())
    named = [column.column for column in columns if column.column]
    named += [name for column in columns for name in column.otherwise]
    named += [factor.column for column in columns for factor in column.times]
    named += [part.column for column in columns for part in (column.plus, column.when) if part]
    named += [condition.column for condition in spec.drop_when]
    if made := spec.contracts_from:
        named += [part.column for part in (made.spend, made.on) if part.column]
    if asked := spec.unpivot:
        named = [*asked.columns, *(each for each in named if each not in (asked.name, asked.value))]
    if terms := spec.chain_terms:
        named += [terms.tenure_column, terms.left.column, *([terms.term] if terms.term else [])]
    return list(dict.fromkeys(named))
