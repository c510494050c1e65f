"""Which report reads a single table that holds no contracts."""

from __future__ import annotations

from workbench.core.errors import DataError
from workbench.data.aggregates.columns import name_columns
from workbench.data.retention.layout import read_layout
from workbench.data.source.names import ROW, stated_name
from workbench.data.source.open import Source

_SAMPLE = 200


def fitting_report(source: Source) -> str:
    """Return the report for a retention table, or for totals by period.

    Parameters
    ----------
    source : Source
        Opened.

    Returns
    -------
    {"", "aggregates", "cohorts"}
        Empty where the source is neither.
    """
    if len(source.tables) != 1:
        return ""
    [table] = source.tables.values()
    names = [name for name in table.columns if name != ROW]
    if not name_columns([stated_name(name) for name in names])[1]:
        return "aggregates"
    try:
        cells, _, _, problems = read_layout(table.select(names).limit(_SAMPLE).execute(), "table")
    except DataError:
        return ""
    return "cohorts" if cells and not problems else ""


def other_report_hint(source: Source) -> str:
    """Return a sentence that leads to the report that reads a source, or nothing.

    Parameters
    ----------
    source : Source
        Opened.
    """
    kinds = {"aggregates": "totals by period", "cohorts": "a retention table"}
    report = fitting_report(source)
    if not report:
        return ""
    return (
        f"It looks like {kinds[report]}, which needs no mapping: "
        f"workbench run {report} -p source=FILE."
    )
