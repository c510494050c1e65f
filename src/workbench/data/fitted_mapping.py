"""The mapping by which a source is read, in its own names, and what of the source it leaves out."""

from __future__ import annotations

from workbench.core.errors import DataError, Problem
from workbench.data.contracts.rates import RATES_TABLE
from workbench.data.other_tables import other_report_hint
from workbench.data.schema import ATTRIBUTE_PREFIX, TABLES
from workbench.data.source.cells.cast import ContentType, content_types
from workbench.data.source.checks.doubts import tenure_problems
from workbench.data.source.mapping.spec import Mapping, canonical_mapping
from workbench.data.source.matching.resolve import resolve
from workbench.data.source.names import ROW
from workbench.data.source.open import Source
from workbench.data.source.shape.structure import source_columns, structure_problems


def fitted_mapping(source: Source, stated: Mapping | None, needs_contracts: bool) -> Mapping:
    """Return the mapping in the source's own names, or all that stands in its way.

    Parameters
    ----------
    source : Source
        Opened.
    stated : Mapping or None
        What somebody wrote; without tables the source must use the canonical names.
    needs_contracts : bool
        Whether a source without contracts is refused.

    Returns
    -------
    Mapping
        With the tables and columns as the source has them.

    Raises
    ------
    DataError
        All problems together: tables and columns that are missing, tenures that cannot be read.
    """
    asked = stated if stated and stated.tables else _canonical(source, stated or Mapping())
    mapping, problems = resolve(source, asked)
    mapped = bool(stated and stated.tables)
    missing = structure_problems(source, mapping, mapped, needs_contracts)
    if missing and not mapped and (hint := other_report_hint(source)):
        # No mapping can make contracts of it: one cause, and the way that leads on.
        raise DataError(
            f"{source.name} cannot be loaded.",
            [
                Problem(
                    "holds no contracts",
                    source.name,
                    "tables of customers and contracts",
                    hint=hint,
                )
            ],
        )
    problems += missing
    problems = problems or [
        problem
        for spec in mapping.tables.values()
        if spec.chain_terms
        for problem in tenure_problems(source.tables[spec.source], spec.chain_terms)
    ]
    if problems:
        raise DataError(f"{source.name} cannot be loaded.", problems)
    return mapping


def _canonical(source: Source, stated: Mapping) -> Mapping:
    attributes: dict[str, ContentType] = {}
    names = {table: table for table in source.tables}
    for alias, table in source.aliases.items():
        if table.casefold() not in TABLES and alias.casefold() in TABLES:
            names[table] = alias
    accounts = next((t for t, name in names.items() if name.casefold() == "accounts"), None)
    if accounts is not None:
        table = source.tables[accounts]
        extra = [name for name in table.columns if name.casefold().startswith(ATTRIBUTE_PREFIX)]
        attributes = content_types(table, extra)
    columns = {name: list(source.tables[table].columns) for table, name in names.items()}
    return canonical_mapping(columns, attributes, stated)


def ignored_columns(source: Source, mapping: Mapping) -> tuple[str, ...]:
    """Return the tables and columns of a source that its mapping does not read.

    Parameters
    ----------
    source : Source
        Opened.
    mapping : Mapping
        From `fitted_mapping`.

    Returns
    -------
    tuple of str
        "table", or "table.column".
    """
    used: dict[str, set[str]] = {}
    for spec in mapping.tables.values():
        used.setdefault(spec.source, set()).update(source_columns(spec))
    ignored = []
    for name, table in source.tables.items():
        if name not in used:
            ignored += [name] * (name.casefold() != RATES_TABLE or mapping.rates is not None)
            continue
        ignored += [f"{name}.{c}" for c in table.columns if c not in used[name] and c != ROW]
    return tuple(ignored)
