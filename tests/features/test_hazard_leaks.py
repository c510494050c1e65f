"""Columns that tell the outcome stay out of the model unless they are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.names import FEW_ENDINGS
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.features.asof import book_as_known
from workbench.features.hazard_data import (
    DataSpecification,
    book_leaks,
    hazard_data,
    specification_of,
)
from workbench.report.renewals.settings import RenewalsSettings
from workbench.report.renewals.text import data_text, leak_text, prior_text

TODAY = "2025-07-01"


@pytest.fixture(scope="module")
def book() -> Book:
    """Yearly contracts, a fifth lost each year; who left was given to another owner, and scored."""
    rng = np.random.default_rng(8)
    rows, left = [], []
    for i in range(90):
        start = pd.Timestamp("2021-01-01") + pd.DateOffset(months=int(rng.integers(0, 48)))
        terms = int(rng.geometric(0.2))
        for k in range(terms):
            begin = start + pd.DateOffset(years=k)
            end = start + pd.DateOffset(years=k + 1)
            gone = k == terms - 1 and end < pd.Timestamp(TODAY)
            if begin < pd.Timestamp(TODAY):
                rows.append((f"c{i}-{k}", f"a{i}", begin, end, end if gone else pd.NaT))
        left.append(rows[-1][-1] is not pd.NaT)
    columns = ["contract_id", "account_id", "start_on", "end_on", "ended_on"]
    contracts = pd.DataFrame(rows, columns=columns).assign(product="core", arr=1000.0)
    accounts = pd.DataFrame({"account_id": [f"a{i}" for i in range(90)]})
    owner = pd.Series(rng.choice(["Ann", "Bo"], 90)).mask(pd.Series(left), "House *account*")
    accounts["owner"] = owner
    accounts["region"] = rng.choice(["North", "South"], 90)
    accounts["attr_churn_score"] = rng.normal(size=90) + 6 * np.array(left)
    accounts["attr_size"] = rng.normal(size=90)
    return book_from_frames({"accounts": accounts, "contracts": contracts})


def used(book: Book, **asked) -> tuple[tuple[str, ...], set[str], list[str]]:
    data = hazard_data(book, DataSpecification(as_of=TODAY, horizon_months=3, **asked))
    return data.groups, set(data.attributes), [leak.name for leak in data.leaks]


def test_by_default_they_stay_out(book) -> None:
    groups, attributes, leaks = used(book)
    assert groups == ("region",)
    assert attributes == {"annual revenue (log)", "size"}
    assert leaks == ["owner", "churn_score"]
    assert used(book, covariates=("all",))[1] == attributes


def test_who_names_one_gets_it(book) -> None:
    assert used(book, groups=("owner", "region")) == (
        ("owner", "region"),
        {"annual revenue (log)", "size"},
        ["churn_score"],
    )
    assert used(book, covariates=("churn_score",))[1:] == ({"churn_score"}, ["owner"])
    assert used(book, groups=())[0] == ()


def test_a_forecast_of_the_past_leaves_out_what_tells_later_endings(book) -> None:
    """At an origin, those who leave after it already carry the mark that tells so."""
    day = "2023-07-01"
    leaks = book_leaks(book)
    past = book_as_known(book, day)
    for data in (
        hazard_data(book, DataSpecification(as_of=day, horizon_months=3)),
        hazard_data(past, DataSpecification(as_of=day, horizon_months=3), leaks),
    ):
        assert [leak.name for leak in data.leaks] == ["owner", "churn_score"]
        assert "owner" not in data.groups


def test_settings_ask_what_they_say() -> None:
    settings = RenewalsSettings(as_of=TODAY, groups=["owner"], covariates=["size"], seed=3)
    expected = DataSpecification(TODAY, 24, ("size",), ("owner",), "", 3)
    assert specification_of(settings) == expected
    assert specification_of(RenewalsSettings(), "2024-01-01").groups is None
    assert specification_of(RenewalsSettings(), "2024-01-01").as_of == "2024-01-01"


def test_the_page_names_what_was_left_out_and_escapes_it(book) -> None:
    data = hazard_data(book, DataSpecification(as_of=TODAY, horizon_months=3))
    note = data_text(data, 0)
    assert "Left out, because it tells who left" in note
    assert r"House \*account\*" in note and "House *account*" not in note
    assert leak_text(()) == ""
    assert "This is a snapshot" not in note
    assert "This is a snapshot" in data_text(replace(data, is_snapshot=True), 0)


def test_an_answer_of_the_prior_says_so() -> None:
    assert prior_text(FEW_ENDINGS) == ""
    assert prior_text(1).startswith("**Only 1 ending on record:**")
    assert prior_text(9).startswith("**Only 9 endings on record:**")
    assert prior_text(0).startswith("**No ending is on record")
