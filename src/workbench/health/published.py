"""What the last published health report left, read without its model: for pages and alerts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from workbench.core.project import read_manifest
from workbench.health.people.stance import CONTACT_COLUMNS, GAP_COLUMNS
from workbench.health.renewals_due import COLUMNS as DUE_COLUMNS
from workbench.health.signs.shown import SHOWN_COLUMNS
from workbench.health.timeline import TIMELINE_COLUMNS

REPORT = "account_health"
HOW = f"workbench run {REPORT}"  # what makes it


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})


@dataclass(frozen=True)
class PublishedHealth:
    """Tables of a health report, each as docs/health.md tells it; nobody changes them.

    Parameters
    ----------
    as_of : str
        ISO date.
    health : DataFrame
        One row per customer.
    signs : DataFrame
        One row per sign that shows.
    due : DataFrame
        Renewals to decide, by the day that counts.
    contacts, gaps : DataFrame
        Who stands where, and who is missing.
    timeline : DataFrame
        What has happened with each account, by day.
    """

    as_of: str
    health: pd.DataFrame
    signs: pd.DataFrame = field(default_factory=lambda: _empty(SHOWN_COLUMNS))
    due: pd.DataFrame = field(default_factory=lambda: _empty(DUE_COLUMNS))
    contacts: pd.DataFrame = field(default_factory=lambda: _empty(CONTACT_COLUMNS))
    gaps: pd.DataFrame = field(default_factory=lambda: _empty(GAP_COLUMNS))
    timeline: pd.DataFrame = field(default_factory=lambda: _empty(TIMELINE_COLUMNS))

    def part(self, accounts: Iterable[str]) -> PublishedHealth:
        """Return what it says of some accounts alone.

        Parameters
        ----------
        accounts : iterable of str
            Keys.
        """
        keys = [*accounts]
        return replace(
            self, **{name: one[one["account_id"].isin(keys)].reset_index(drop=True)
                     for name in ("health", *_FILES)
                     for one in [getattr(self, name)]}
        )  # fmt: skip


# Tables of the report by field.
_FILES = {
    "signs": "signs", "due": "renewals_to_decide", "contacts": "contacts", "gaps": "gaps",
    "timeline": "timeline",
}  # fmt: skip


def read_published(outputs: Path) -> PublishedHealth | None:
    """Read what the last published health report left.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.

    Returns
    -------
    PublishedHealth or None
        None where none was published.
    """
    run = outputs / REPORT / "latest"
    path = run / "tables" / "health.parquet"
    if not path.is_file():
        return None
    as_of = str(read_manifest(run).get("data", {}).get("as_of", ""))[:10]
    found = {
        name: pd.read_parquet(path.with_name(f"{file}.parquet"))
        for name, file in _FILES.items()
        if path.with_name(f"{file}.parquet").is_file()
    }
    return PublishedHealth(as_of, pd.read_parquet(path), **found)
