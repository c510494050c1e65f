"""Several source tables that feed one canonical table, such as tasks and events as messages."""

from __future__ import annotations

from dataclasses import replace

import ibis

from workbench.data.source.cells.cast import as_word
from workbench.data.source.mapping.spec import Mapping
from workbench.data.source.matching.resolve import find_table
from workbench.data.source.names import ROW
from workbench.data.source.open import Source


def combined(source: Source, mapping: Mapping) -> tuple[Source, Mapping]:
    """Put the tables that an entry is fed from below each other.

    Parameters
    ----------
    source : Source
    mapping : Mapping

    Returns
    -------
    source : Source
        With a table ``Task + Event`` in the place of those two, unless other entries read them.
        Its cells are texts; a column that one of them lacks is blank there.
    mapping : Mapping
        Fed from that table. Entries that are fed from one table are as they were.
    """
    tables, specs = dict(source.tables), dict(mapping.tables)
    for name, spec in mapping.tables.items():
        asked = (spec.source, *spec.also_from)
        found = [table for table in (find_table(source, each) for each in asked) if table]
        if len(set(found)) < 2:
            if found and spec.also_from:
                specs[name] = spec.model_copy(update={"source": found[0], "also_from": ()})
            continue
        joint = " + ".join(found)
        tables[joint] = _below(*(source.tables[each] for each in found))
        specs[name] = spec.model_copy(update={"source": joint, "also_from": ()})
        others = {find_table(source, other.source) for n, other in specs.items() if n != name}
        for each in found:
            if each not in others:
                tables.pop(each, None)
    return replace(source, tables=tables), mapping.model_copy(update={"tables": specs})


def _below(*tables: ibis.Table) -> ibis.Table:
    columns = list(dict.fromkeys(c for table in tables for c in table.columns if c != ROW))
    parts = [
        table.select(
            ROW,
            **{
                c: as_word(table[c]) if c in table.columns else ibis.null("string") for c in columns
            },
        )
        for table in tables
    ]
    return ibis.union(*parts)
