"""A report's answer: one sentence and its headline numbers, for the page's top and for machines.

The same numbers go three ways: shown in the notebook, lifted to the top of the page, and written to
``facts/answer.json`` and so into the manifest, where an index and a comparison of runs read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from workbench.report.amounts import money
from workbench.report.output.kinds import ANSWER

if TYPE_CHECKING:  # the runner draws pages and reads no table
    import pandas as pd

_NARROW = 0.05  # an interval of shares narrower than this is shown to a tenth of a percent

Kind = Literal["share", "money", "number"]


@dataclass(frozen=True)
class Headline:
    """One headline number.

    Parameters
    ----------
    name : str
        Key that stays the same from run to run and says all that defines the number, such as its
        horizon: ``leaving_12m``.
    label : str
        What it is, in a few words for the reader; plain text.
    value : float
        A share as 0 to 1, an amount in whole units of its currency.
    low, high : float, optional
        Ends of its interval; neither where it is counted, not estimated.
    kind : str
        ``share``, ``money`` or ``number``.
    unit : str
        Currency of money, may be empty; of a number, what is counted.
    """

    name: str
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    kind: Kind = "number"
    unit: str = ""


@dataclass(frozen=True)
class Answer:
    """What a page says first.

    Parameters
    ----------
    sentence : str
        The answer in a sentence or two, in Markdown.
    numbers : tuple of Headline
        Three to five.
    prob : float, optional
        Probability inside the intervals; None where there are none.
    caution : str
        What a reader must know before believing it, in Markdown; empty where there is nothing.
    """

    sentence: str
    numbers: tuple[Headline, ...] = ()
    prob: float | None = None
    caution: str = ""

    def facts(self) -> dict[str, Any]:
        """Return the answer as JSON values: sentence, numbers, prob, caution."""
        return {**asdict(self), "numbers": [_plain(asdict(one)) for one in self.numbers]}

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        rows = [f"- {one.label}: **{amount(one)}** {interval_text(one)}" for one in self.numbers]
        text = "\n".join([self.caution, "", self.sentence, "", *rows]).strip()
        return {ANSWER: self.facts(), "text/markdown": text, "text/plain": text}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    numbers = ("value", "low", "high")
    return {k: float(v) if k in numbers and v is not None else v for k, v in row.items()}


def with_ends(row: pd.Series | Mapping[str, Any], name: str) -> tuple[float, float, float]:
    """Return a value and its interval from a row that holds ``name``, ``name_low``, ``name_high``.

    Parameters
    ----------
    row : Series or mapping
        Of a table of estimates.
    name : str
        Of the value's column.

    Returns
    -------
    tuple of float
        value, low, high.
    """
    return float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"])


def amount(number: Headline, value: float | None = None) -> str:
    """Return a number as text, or another value in the same form.

    Parameters
    ----------
    number : Headline
    value : float, optional
        The headline's own unless given.

    Examples
    --------
    >>> amount(Headline("nrr_12m", "NRR in 12 months", 0.964, 0.93, 0.99, "share"))
    '96%'
    >>> amount(Headline("left_less", "left less", -0.001, -0.03, 0.03, "share"))
    '0%'
    """
    shown = number.value if value is None else value
    if number.kind == "money":
        return money(shown, number.unit)
    if number.kind == "share":
        return f"{shown:z.{_decimals(number)}%}"
    return f"{shown:z,.0f}" if abs(shown) >= 100 or shown == round(shown) else f"{shown:.3g}"


def _decimals(number: Headline) -> int:
    if number.low is None or number.high is None:
        return 0
    return int(number.high - number.low < _NARROW)


def interval_text(number: Headline) -> str:
    """Return the interval as text, in the form of the number; empty where it has none.

    Parameters
    ----------
    number : Headline

    Examples
    --------
    >>> interval_text(Headline("stay_12m", "customers left", 382, 368, 396))
    '368 to 396'
    """
    if number.low is None or number.high is None:
        return ""
    bare = Headline("", "", 0, number.low, number.high, number.kind)
    return f"{amount(bare, number.low)} to {amount(bare, number.high)}"


def change_text(number: Headline, before: float) -> str:
    """Say by how much a number differs from an earlier run's.

    Parameters
    ----------
    number : Headline
    before : float
        The value then; of the same kind and unit.

    Returns
    -------
    str
        With its sign; shares differ by points. What rounds to nothing is unchanged.

    Examples
    --------
    >>> change_text(Headline("nrr_12m", "NRR", 0.96, kind="share"), 0.948)
    '+1.2 points'
    """
    gap = number.value - before
    sign = "+" if gap > 0 else "−"
    if number.kind == "share":
        text = f"{abs(100 * gap):.1f}"
        return "unchanged" if float(text) == 0 else f"{sign}{text} points"
    text = amount(number, abs(gap)) if number.kind == "money" else f"{abs(gap):,.3g}"
    smallest = 0.0005 * max(abs(number.value), 1e-12)
    return "unchanged" if abs(gap) < smallest else f"{sign}{text}"


def read_headlines(facts: Mapping[str, Any]) -> tuple[Headline, ...]:
    """Return the headline numbers of a run from the manifest's ``facts``; none where it has none.

    Parameters
    ----------
    facts : mapping
        ``facts`` of a manifest, or what `workbench.apps.manifest.read_facts` returns.
    """
    return tuple(Headline(**row) for row in facts.get("answer", {}).get("numbers", ()))
