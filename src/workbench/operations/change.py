"""Why a headline number moved: what came from data, model, settings and the passing of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.operations.runs import Run, differing, is_same_book
from workbench.report.output.answer import Headline, amount, change_text


@dataclass(frozen=True)
class ChangePart:
    """A part of a change.

    Parameters
    ----------
    kinds : tuple of str
        Of `workbench.operations.runs.KINDS`: what differs; more than one where the runs that would
        tell them apart have not been made.
    before, after : Run
        The runs between which nothing else differs.
    """

    kinds: tuple[str, ...]
    before: Run
    after: Run


def states_between(before: Run, after: Run) -> list[tuple[str, str, str, str]]:
    """Return the states in which runs would tell the parts of a change apart.

    Old rows and old code cannot be had again, so they come first and together: from the run before
    to today's rows and code under its settings and on its day; then to today's settings; then to
    today's day.

    Parameters
    ----------
    before, after : Run
        Of one report.

    Returns
    -------
    list of tuple of str
        As `Run.state`; none to two, without those of `before` and `after` themselves.
    """
    old, new = before.state, after.state
    steps = [(*new[:2], *old[2:]), (*new[:3], old[3])]
    return [step for step in dict.fromkeys(steps) if step not in (old, new)]


def parts_of(before: Run, after: Run, others: Iterable[Run]) -> list[ChangePart]:
    """Take a change apart, as far as runs are there that tell its parts from each other.

    Parameters
    ----------
    before, after : Run
        Of one report.
    others : iterable of Run
        All there are.

    Returns
    -------
    list of Part
        From `before` to `after`; none when nothing differs.
    """
    finished = [run for run in others if run.report == after.report and run.numbers]
    chain = [before]
    for state in states_between(before, after):
        chain += [run for run in finished if run.state == state][:1]
    chain.append(after)
    return [
        ChangePart(kinds, one, two)
        for one, two in pairwise(chain)
        if (kinds := differing(one, two))
    ]


def change_sentence(name: str, parts: Sequence[ChangePart]) -> str:
    """Say how a headline number moved and what it came from; empty where that cannot be said.

    Parameters
    ----------
    name : str
        Key of the headline number.
    parts : sequence of Part
        From the run before to the run now; at least one.

    Returns
    -------
    str
        Such as ``NRR in 12 months 97% → 96%: data −0.9 points, time −0.4 points``.
    """
    ends = [_number(parts[0].before, name), *(_number(part.after, name) for part in parts)]
    known = [number for number in ends if number is not None]
    if len(known) < len(ends):
        return ""
    told = [
        f"{' and '.join(part.kinds)} {change_text(now, then.value)}"
        for part, then, now in zip(parts, known, known[1:], strict=False)
    ]
    first, last = known[0], known[-1]
    return f"{last.label} {amount(first)} → {amount(last)}: {', '.join(told)}"


def run_before(run: Run, runs: Sequence[Run]) -> Run | None:
    """Return the last published run of the same report and book before one; None for the first.

    Parameters
    ----------
    run : Run
    runs : sequence of Run
        The newest first.
    """
    earlier = (
        other
        for other in runs
        if other.report == run.report
        and other.status == "published"
        and (other.made, other.run_id) < (run.made, run.run_id)
    )
    found = next(earlier, None)
    return found if found is not None and is_same_book(found, run) else None


def _number(run: Run, name: str) -> Headline | None:
    return next((number for number in run.numbers if number.name == name), None)
