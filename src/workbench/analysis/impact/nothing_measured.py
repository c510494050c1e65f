"""A book in which no action can be compared with none: what is missing, and what to record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.impact.changes import OutcomeChanges
from workbench.analysis.run import ReportRun
from workbench.core.errors import Problem
from workbench.core.gates import Gate
from workbench.report.output.answer import Answer
from workbench.report.plan_impact.answer import nothing_answer

_BLANK = Prose("")
_NOTHING = Prose("There was nothing to compare.")


@dataclass(frozen=True, repr=False)
class NothingMeasured(Shown):
    """What stands for `ActionImpact` where nothing could be compared: its page says why.

    Parameters
    ----------
    problem : Problem
        What is missing, and what to record.
    judged, posteriors, tables, text, whom_text, naive_text, coin_text, checks_text, checks_report
        As of `ActionImpact`: empty, or a sentence.

    Examples
    --------
    >>> import workbench as wb
    >>> book = wb.simulate(40, months=30)
    >>> book = wb.book_from_frames({n: book.frame(n) for n in ("accounts", "contracts")})
    >>> impact = wb.measure_actions(wb.prepare(book))
    >>> impact.answer().sentence.startswith("**What actions do cannot be told")
    True
    """

    problem: Problem
    judged: tuple[Gate, ...] = ()
    posteriors: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    text: Prose = _NOTHING
    whom_text: Prose = _BLANK
    naive_text: Prose = _BLANK
    coin_text: Prose = _BLANK
    checks_text: Prose = _NOTHING
    checks_report: Prose = _BLANK

    @property
    def changes(self) -> OutcomeChanges:
        """No change either."""
        return OutcomeChanges((), 0, 0.0)

    def answer(self) -> Answer:
        """Return what the page says first."""
        return nothing_answer(self.problem)

    def plot(self) -> None:
        """Draw nothing."""

    def plot_months(self) -> None:
        """Draw nothing."""

    def plot_balance(self) -> None:
        """Draw nothing."""

    def keep(self, run: ReportRun) -> None:
        """Leave no file of effects.

        Parameters
        ----------
        run : ReportRun
        """

    def card(self) -> Card:
        """Return what is shown."""
        return Card("What actions do", {"not measured": str(self.problem)})
