"""The data audit in a sentence and its numbers, made from its tables and nothing else."""

from __future__ import annotations

from workbench.core.plain_text import plain
from workbench.data.audit.audit import Audit
from workbench.report.output.answer import Answer, Headline


def audit_answer(found: Audit) -> Answer:
    """Answer whether the data can carry a forecast.

    Parameters
    ----------
    found : Audit

    Returns
    -------
    Answer
    """
    rows, signals, endings = (found.tables[name] for name in ("rows", "signals", "endings"))
    lost = int(rows["rows_lost"].sum())
    numbers = (
        Headline("rows", "rows read", int(rows["rows_in"].sum())),
        Headline("rows_lost", "rows not usable, in quarantine", lost),
        Headline("tables", f"of {len(signals)} tables are there", int(signals["present"].sum())),
        Headline("endings", "contracts ended, on record", int(endings["endings"].sum())),
        Headline(
            "contradictions",
            "rows that contradict another table, listed below",
            int(found.tables["timing"]["rows"].sum()),
        ),
    )
    return Answer(f"**{plain(found.verdict)}**", numbers)
