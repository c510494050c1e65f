"""Columns that tell the outcome are found; honest ones, however strong, are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_number, month_starts
from workbench.data.audit.audit import audit
from workbench.data.contracts.subscriptions import subscriptions
from workbench.data.leaks import find_leaks
from workbench.data.load import book_from_frames, load_book
from workbench.data.reach import reach
from workbench.data.simulate import simulate

AS_OF = pd.Timestamp("2025-07-01")
NOW = month_number(AS_OF) - 1


def people(rng, accounts: int, monthly: np.ndarray, months: int = 60, term: int = 1):
    """Return accounts and spans: everyone may leave every `term` months, with a chance each."""
    start = NOW - rng.integers(term, months, accounts)
    chances = 1 - (1 - monthly) ** term
    stays = rng.geometric(np.clip(chances, 1e-9, 1)) * term
    end = np.where(start + stays <= NOW, start + stays, -1)
    ids = [f"a{i}" for i in range(accounts)]
    spans = pd.DataFrame({"account_id": ids, "started_on": month_starts(start)})
    spans["ended_on"] = month_starts(np.maximum(end, 1970 * 12)).where(end > 0)
    return pd.DataFrame({"account_id": ids}), spans


def found(accounts: pd.DataFrame, spans: pd.DataFrame) -> list[str]:
    return [leak.name for leak in find_leaks(accounts, spans, AS_OF)]


@pytest.mark.parametrize("term", [1, 12])
@pytest.mark.parametrize("accounts", [60, 400])
def test_an_owner_set_when_a_customer_left_leaks(accounts, term) -> None:
    rng = np.random.default_rng(accounts + term)
    table, spans = people(rng, accounts, np.full(accounts, 0.02), term=term)
    left = spans["ended_on"].notna()
    owner = pd.Series(rng.choice(["Ann", "Bo", "Cy"], accounts))
    table["owner"] = owner.mask(left, "House account")
    assert found(table, spans) == ["owner"]
    [leak] = find_leaks(table, spans, AS_OF)
    assert f'of {left.sum()} accounts where it is "House account", {left.sum()} have left' in str(
        leak
    )
    assert found(table.assign(owner=owner), spans) == []


def test_an_owner_set_late_or_for_most_leavers_only_leaks() -> None:
    rng = np.random.default_rng(1)
    table, spans = people(rng, 400, np.full(400, 0.02))
    left = spans["ended_on"].notna().to_numpy()
    owner = pd.Series(rng.choice(["Ann", "Bo"], 400))
    moved = left & (rng.random(400) < 0.6)
    one_stays = np.arange(400) == np.flatnonzero(~left)[0]
    assert found(table.assign(owner=owner.mask(moved | one_stays, "House")), spans) == ["owner"]
    assert found(table.assign(attr_team=owner.mask(moved, "none")), spans) == ["team"]


@pytest.mark.parametrize("ratio", [10, 20, 30])
def test_an_owner_whom_customers_leave_fast_is_believed(ratio) -> None:
    """All of whose customers left, soon after they came, as his own record says they would."""
    false_alarms = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        owner = rng.choice(["Ann", "Bo", "Cy", "Di"], 150)
        monthly = 0.012 * np.where(owner == "Di", ratio, 1)
        table, spans = people(rng, 150, monthly, months=48)
        false_alarms += "owner" in found(table.assign(owner=owner), spans)
    assert false_alarms <= 2


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_a_column_filled_for_leavers_or_for_customers_alone_leaks(share) -> None:
    rng = np.random.default_rng(2)
    table, spans = people(rng, 200, np.full(200, 0.02))
    left = spans["ended_on"].notna()
    some = rng.random(200) < share
    reason = pd.Series(rng.choice(["price", "service"], 200)).where(left & some)
    remark = pd.Series([f"called on day {i}" for i in range(200)]).where(left & some)
    review = pd.Series([f"meeting {i}" for i in range(200)]).where(~left & some)
    columns = {"attr_reason": reason, "attr_remark": remark, "attr_review": review}
    assert found(table.assign(**columns), spans) == ["reason", "remark", "review"]


def test_numbers_made_from_the_outcome_leak() -> None:
    rng = np.random.default_rng(3)
    table, spans = people(rng, 300, np.full(300, 0.02))
    left = spans["ended_on"].notna()
    stop = month_number(spans["ended_on"]).fillna(NOW).astype("int64")
    tenure = stop - month_number(spans["started_on"]).astype("int64")
    columns = {
        "attr_score": rng.normal(size=300) + 4 * left,
        "attr_health": rng.normal(size=300) - 4 * left,
        "attr_logins": rng.poisson(8, 300).astype(float) * ~left,
        "attr_paid_so_far": tenure * rng.uniform(900, 1100, 300),
        "attr_number": np.argsort(np.argsort(spans["started_on"])).astype(float),
        "attr_noise": rng.normal(size=300),
    }
    assert found(table.assign(**columns), spans) == ["score", "health", "logins", "paid_so_far"]


def test_a_short_list_of_customers_is_enough() -> None:
    rng = np.random.default_rng(4)
    table, spans = people(rng, 30, np.full(30, 0.02))
    left = spans["ended_on"].notna()
    assert 8 <= left.sum() <= 20
    status = pd.Series(np.where(left, "gone", "active"))
    assert found(table.assign(attr_status=status, attr_is_out=left), spans) == ["status", "is_out"]


@pytest.mark.parametrize("term", [1, 12])
@pytest.mark.parametrize("seed", range(5))
def test_honest_columns_do_not_leak_however_strong(seed, term) -> None:
    """Contract types that leave ten times as often, an industry lost, a column of noise each."""
    rng = np.random.default_rng(seed)
    accounts = int(rng.choice([60, 300, 2000]))
    kind = rng.choice(["monthly", "yearly", "two years"], accounts, p=[0.4, 0.4, 0.2])
    industry = rng.choice(["retail", "energy", "travel"], accounts, p=[0.6, 0.32, 0.08])
    size = rng.normal(size=accounts)
    chance = pd.Series(kind).map({"monthly": 0.06, "yearly": 0.012, "two years": 0.004})
    chance = chance * np.where(industry == "travel", 3, 1) * np.exp(-0.7 * size)
    table, spans = people(rng, accounts, np.clip(chance.to_numpy(), 0, 0.9), term=term)
    noise = {f"attr_noise_{i}": rng.choice(list("abcdefgh"), accounts) for i in range(20)}
    columns = {"attr_kind": kind, "industry": industry, "attr_size": size, **noise}
    assert found(table.assign(**columns), spans) == []


@pytest.mark.parametrize(("accounts", "months", "seed"), [(120, 24, 9), (300, 48, 1), (400, 96, 5)])
def test_simulated_books_hold_no_leak(accounts, months, seed) -> None:
    tables = simulate(accounts, months, seed, texts=False).tables
    book = book_from_frames({name: tables[name] for name in ("accounts", "contracts")})
    as_of = reach(book).as_of
    spans = subscriptions(book.frame("contracts"), as_of).spans
    assert find_leaks(book.frame("accounts"), spans, as_of) == ()


def test_public_books_hold_no_leak_until_one_is_put_in(public_data) -> None:
    """Telco's contract type and services are its strongest predictors, and honest."""
    book = load_book(public_data("telco.csv"), "telco")
    accounts, as_of = book.frame("accounts"), book.snapshot_on
    spans = subscriptions(book.frame("contracts"), as_of).spans
    assert find_leaks(accounts, spans, as_of) == ()
    left = accounts["account_id"].map(spans.groupby("account_id")["ended_on"].max().notna())
    rng = np.random.default_rng(0)
    score = rng.normal(50, 15, len(accounts)) + 50 * left
    assert found_at(accounts.assign(attr_churn_score=score), spans, as_of) == ["churn_score"]


def found_at(accounts, spans, as_of) -> list[str]:
    return [leak.name for leak in find_leaks(accounts, spans, as_of)]


def test_the_audit_names_a_leak_with_its_numbers() -> None:
    rng = np.random.default_rng(6)
    table, spans = people(rng, 80, np.full(80, 0.02), term=12)
    left = spans["ended_on"].notna()
    table["owner"] = pd.Series(rng.choice(["Ann", "Bo"], 80)).mask(left, "House account")
    contracts = spans.assign(contract_id=spans["account_id"], product="p", arr=100.0)
    contracts = contracts.rename(columns={"started_on": "start_on"})
    text = "\n".join(audit(book_from_frames({"accounts": table, "contracts": contracts})).findings)
    assert "owner tells who left, so it is left out of the models: of" in text
    assert "name it in covariates or groups" in text
