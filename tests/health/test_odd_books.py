"""Odd books: one account, none that left, all that left, bare tables, hostile names and texts."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.analysis.health.account_health import AccountHealth
from workbench.core.errors import DataError
from workbench.data.simulate import simulate
from workbench.report.account_review.document import review_page

Tables = dict[str, pd.DataFrame]
NAME = "=1+1 <script>alert(1)</script> \u202egnol [x](http://y) 😡"
TEXTS = ("<img src=x onerror=alert(1)> price", "@SUM(1) cancel", "\u200fprice", "price " * 17_000)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return simulate(24, 24, seed=3).tables


def of_accounts(tables: Tables, ended: bool, most: int) -> Tables:
    """Return the tables of some accounts, all of whose contracts ended, or none of them."""
    contracts = tables["contracts"]
    gone = contracts["ended_on"].notna().groupby(contracts["account_id"])
    chosen = gone.all() if ended else ~gone.any()
    keep = chosen.index[chosen][:most]
    return {
        name: table[table["account_id"].isin(keep)].reset_index(drop=True)
        for name, table in tables.items()
        if "account_id" in table
    }


def health_of(tables: Tables, covariates: list[str], as_of: str = "") -> AccountHealth:
    data = wb.prepare(wb.book_from_frames(tables), as_of, covariates)
    return wb.account_health(wb.fit_renewals(data, draws=50, smoke=True))


def everything(health: AccountHealth) -> str:
    """Show all that the page and a review show; return it as one text."""
    [review] = health.reviews(health.chosen())
    shown = [
        health.text, health.calls_text(), health.potential_text, health.record_text,
        health.heard.text, health.browse._repr_mimebundle_(),
        health.due_report(health.due()).content(), health.record_report.content(),
        health.plot(), health.answer(), review_page(review),
    ]  # fmt: skip
    return "\n".join(map(str, shown))


def test_one_account_with_hostile_names_and_texts(tables: Tables) -> None:
    one = of_accounts(tables, ended=False, most=1)
    one["accounts"]["name"] = NAME
    one["contacts"]["name"] = NAME
    late = one["messages"]["sent_at"].max()
    one["messages"] = pd.concat(
        [one["messages"], *(
            one["messages"].tail(1).assign(message_id=f"X{at}", text=text, direction="inbound",
                                           sent_at=late)
            for at, text in enumerate(TEXTS)
        )], ignore_index=True,
    )  # fmt: skip
    health = health_of(one, ["nps_latest"])
    page = review_page(next(health.reviews(health.chosen())))
    assert "<script>" not in page
    assert "onerror" not in page
    assert "&lt;script&gt;" in page
    assert len(page) < 200_000
    assert "price" in health.heard.themes["words"].str.cat(sep=" ")
    assert "text" not in health.heard.texts
    prose = (health.calls_text(), health.heard.text, health.potential_text, health.text)
    assert all("<script>" not in said for said in prose)
    assert everything(health)


def test_a_book_that_nobody_left(tables: Tables) -> None:
    health = health_of(of_accounts(tables, ended=False, most=6), ["nps_latest"])
    assert (health.record["leavers"] == 0).all()
    assert "No sign tells anything" in everything(health)


def test_accounts_and_contracts_alone_are_enough(tables: Tables) -> None:
    bare = {
        "accounts": tables["accounts"][["account_id"]],
        "contracts": tables["contracts"][
            ["contract_id", "account_id", "product", "start_on", "end_on", "arr", "ended_on"]
        ],
    }
    health = health_of(bare, ["past_renewals"])
    assert "no contacts" in everything(health)
    assert health.heard.texts.empty
    assert (health.potential["branches"] == 0).all()


def test_a_book_that_all_have_left_is_refused_with_the_day(tables: Tables) -> None:
    with pytest.raises(DataError, match=r"no account is a customer on 202\d"):
        health_of(of_accounts(tables, ended=True, most=6), ["nps_latest"], "2025-08-01")


def test_an_empty_book_is_refused_table_by_table(tables: Tables) -> None:
    with pytest.raises(DataError, match="contracts: no data rows"):
        wb.book_from_frames({name: table.head(0) for name, table in tables.items()})
