"""What stands around a page: as-of date, source, gates in a line, and the run before this one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from workbench.apps.manifest import code_version
from workbench.core.masking import shown_source
from workbench.core.project import read_manifest
from workbench.core.settings import (
    BOOK_PARAMETERS,
    SIMULATED,
    Report,
    ReportSettings,
    SourceSettings,
)
from workbench.report.amounts import date_text
from workbench.report.output.answer import Headline, read_headlines
from workbench.report.output.page import EarlierRun, PageText, PublishedTable

_SMOKE = "Smoke run: a mock sampler stood in for the model. The numbers mean nothing."
_KINDS = ("csv", "parquet", "xlsx")
_SUBJECT = ("plan", "account_id", "owner")  # of what a report is made, if not of the book


def page_text(
    report: Report, settings: ReportSettings, facts: Mapping[str, Any], run: Path, failure: str
) -> PageText:
    """Return what stands around a run's page.

    Parameters
    ----------
    report : Report
    settings : ReportSettings
    facts : mapping
        What the notebook published, by name.
    run : Path
        The run's folder, in the report's; the published run before it is read beside it.
    failure : str
        Why the run ended early; empty when it did not.
    """
    smoke = _SMOKE if getattr(settings, "smoke", False) else ""
    code = code_version()
    now = datetime.now(UTC)
    as_of = str(facts.get("data", {}).get("as_of") or settings.as_of)
    content = str(facts.get("data", {}).get("fingerprint", ""))[:16]
    made_by = f"workbench {code['workbench']} {code.get('commit', '')[:8]}".strip()
    footer = (
        f"{report.name}, run {run.name.strip('.').removesuffix('.partial')}",
        f"made {now:%Y-%m-%d %H:%M} UTC by {made_by}",
        *((f"data {content}",) if content else ()),
    )
    return PageText(
        title=report.question,
        banner=f"Not published. {failure}" if failure else smoke,
        footer=" · ".join(footer),
        line=(
            f"As of {date_text(as_of)}" if as_of else f"Made {date_text(now.date().isoformat())}",
            source_text(settings),
            gates_text(facts.get("gates", {})),
        ),
        earlier=earlier_run(run.parent / "latest", settings),
        files=table_files(run / "tables"),
    )


def table_files(folder: Path) -> tuple[PublishedTable, ...]:
    """Return the tables that a run has left, by name.

    Parameters
    ----------
    folder : Path
        Need not be there.
    """
    return tuple(
        PublishedTable(
            path.stem,
            pq.read_metadata(path).num_rows,
            tuple(kind for kind in _KINDS if path.with_suffix(f".{kind}").exists()),
        )
        for path in sorted(folder.glob("*.parquet"))
    )


def source_text(settings: ReportSettings) -> str:
    """Say where the data came from; passwords are masked.

    Parameters
    ----------
    settings : ReportSettings
    """
    source = getattr(settings, "source", "")
    if source != SIMULATED:
        return f"source: {shown_source(source)}" if source else ""
    return "source: simulated example"


def gates_text(gates: Mapping[str, Any]) -> str:
    """Say in a line how the checks of the model came out.

    Parameters
    ----------
    gates : mapping
        The fact ``gates``; without the list ``gates`` there was nothing to check.

    Examples
    --------
    >>> gates_text({"gates": [{"gate": "R-hat", "passed": True}, {"gate": "k", "passed": False}]})
    '1 of 2 checks failed: k'
    """
    rows = gates.get("gates", [])
    failed = [str(row["gate"]) for row in rows if not row["passed"]]
    if not rows:
        return ""
    if not failed:
        return f"all {len(rows)} checks passed" if len(rows) > 1 else "the one check passed"
    named = ", ".join(failed[:3]) + (", …" if len(failed) > 3 else "")
    return f"{len(failed)} of {len(rows)} checks failed: {named}"


def earlier_run(folder: Path, settings: ReportSettings) -> EarlierRun | None:
    """Return the headline numbers of the last published run of the same book, if there is one.

    A report of one plan, account or owner is compared with a run of the same.

    Parameters
    ----------
    folder : Path
        The report's ``latest``.
    settings : ReportSettings
        Of the run now; numbers of another source are not comparable.
    """
    manifest = read_manifest(folder)
    now = settings.model_dump(include={*BOOK_PARAMETERS, *_SUBJECT})
    if isinstance(settings, SourceSettings):
        now |= {"source": shown_source(settings.source)}
    then = {name: manifest.get("parameters", {}).get(name) for name in now}
    numbers: tuple[Headline, ...] = read_headlines(manifest.get("facts", {}))
    as_of = manifest.get("data", {}).get("as_of", "")
    if then != now or not numbers:
        return None
    return EarlierRun(numbers, date_text(as_of) if as_of else "")
