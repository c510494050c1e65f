"""The health notebooks through the runner: a smoke run of the book, and reviews of one owner."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from workbench.apps.runner import RunResult, run_report
from workbench.report.account_health.settings import REPORT as HEALTH
from workbench.report.account_review.settings import REPORT as REVIEW

ROOT = Path(__file__).parents[2]
SMOKE = {
    "simulated_accounts": 80,
    "simulated_months": 30,
    "horizon_months": 12,
    "covariates": ["nps_latest", "consumption_3m", "champion_present"],
    "draws": 50,
    "tune": 50,
    "smoke": True,
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for folder in ("params", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


@pytest.fixture(scope="module")
def book(project) -> RunResult:
    return run_report(HEALTH, HEALTH.settings(**SMOKE), project)


def tables(result: RunResult) -> dict[str, pd.DataFrame]:
    return {
        path.stem: pd.read_parquet(path) for path in (result.folder / "tables").glob("*.parquet")
    }


def test_the_page_says_whom_to_call_and_shows_everyone(book: RunResult, broken) -> None:
    assert book.failure is None
    found = tables(book)
    health = found["health"]
    assert (health["at_risk"].diff().dropna() <= 0).all()
    page = book.page.read_text(encoding="utf-8")
    assert "Whom to call" in page
    assert all(f">{name} <small>" in page for name in health["name"].str.replace("&", "&amp;"))
    # The page's frame names checks that failed, of unpublished runs; the report does not.
    notebook = nbformat.read(book.folder / "account_health.ipynb", as_version=4)
    shown = str([cell.get("outputs") for cell in notebook.cells])
    assert "log-hazard" not in shown
    assert "R-hat" not in shown
    assert len(found["sign_record"]) == 8
    assert set(found["signs"]["account_id"]) <= set(health["account_id"])
    assert broken(book.page) == []


def test_reviews_of_an_owner_are_pages_of_their_own(project: Path, book: RunResult, broken) -> None:
    owners = tables(book)["health"]["owner"].value_counts()
    result = run_report(REVIEW, REVIEW.settings(**SMOKE, owner=owners.index[0]), project)
    assert result.failure is None
    assert broken(result.page) == []
    pages = list((result.folder / "reviews").glob("*.html"))
    assert len(pages) == owners.iloc[0]
    text = pages[0].read_text(encoding="utf-8")
    # Of a customer from month to month there is no renewal to speak of.
    assert ("Why it would renew, or not" in text) != ("Why it would stay, or not" in text)
    assert "<script" not in text
    assert broken(pages[0]) == []
