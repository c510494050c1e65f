"""The index of all runs: the answer of each report first, then what was made when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workbench.core.files import write_text
from workbench.operations.change import change_sentence, parts_of, run_before
from workbench.operations.runs import Run, read_runs
from workbench.report.output.answer import amount, change_text, interval_text

_TEMPLATES = Path(__file__).parent
_STYLE = Path(__file__).parents[1] / "report" / "page_template" / "page.css"
_MOST_RUNS = 200


def write_index(outputs: Path, now: datetime) -> Path:
    """Write ``index.html`` of all runs: self-contained, links are relative.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.
    now : datetime
        With a time zone.

    Returns
    -------
    Path
        The page.
    """
    runs = read_runs(outputs)
    reports = sorted({run.report for run in runs})
    cards = [card for name in reports if (card := _card(name, runs, outputs)) is not None]
    rows = [_row(run, outputs) for run in runs[:_MOST_RUNS]]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("index.html.j2").render(
        cards=cards,
        rows=rows,
        more=max(len(runs) - _MOST_RUNS, 0),
        made=f"{now:%Y-%m-%d %H:%M} {now.tzname()}",
        style=_STYLE.read_text(encoding="utf-8"),
    )
    path = outputs / "index.html"
    write_text(path, page)
    return path


def _card(report: str, runs: list[Run], outputs: Path) -> dict[str, Any] | None:
    """Return what is told of a report: of its last published run, and of a failure since."""
    own = [run for run in runs if run.report == report]
    published = next((run for run in own if run.status == "published"), None)
    failed = own[0] if own[0].status == "failed" else None
    if published is None:
        return None
    before = run_before(published, own)
    parts = parts_of(before, published, own) if before else []
    known = {number.name: number for number in before.numbers} if before else {}
    numbers = [
        {
            "label": number.label,
            "value": amount(number),
            "interval": interval_text(number),
            "change": change_text(number, known[number.name].value) if number.name in known else "",
            "why": change_sentence(number.name, parts) if parts else "",
        }
        for number in published.numbers
    ]
    return {
        "report": report,
        "as_of": published.as_of,
        "link": _link(published, outputs),
        "numbers": numbers,
        "why": [number["why"] for number in numbers if number["why"]],
        "before": _day(before) if before else "",
        "failed": failed.failure.splitlines()[0] if failed and failed.failure else "",
        "failed_link": _link(failed, outputs) if failed else "",
    }


def _day(run: Run) -> str:
    return run.as_of or f"{run.made:%Y-%m-%d}"


def _row(run: Run, outputs: Path) -> dict[str, str]:
    first = run.numbers[0] if run.numbers else None
    headline = f"{first.label} {amount(first)}" if first else ""
    return {
        "made": f"{run.made:%Y-%m-%d %H:%M}",
        "report": run.report,
        "as_of": run.as_of,
        "status": run.status,
        "said": run.failure.splitlines()[0] if run.failure else headline,
        "link": _link(run, outputs),
    }


def _link(run: Run, outputs: Path) -> str:
    page = run.folder / f"{run.report}.html"
    shown = page if page.exists() else run.folder
    return shown.relative_to(outputs).as_posix()
