"""What must hold for every book of contracts, however odd."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.contracts.subscriptions import Subscriptions, subscriptions

ORIGIN = pd.Timestamp("2022-01-01")
GAP_DAYS = 30
# Coarse days make contracts touch, coincide and nest often.
DAY = st.integers(0, 40).map(lambda step: step * 15)


@st.composite
def books(draw) -> pd.DataFrame:
    rows = []
    for number in range(draw(st.integers(1, 7))):
        start = draw(DAY)
        length = draw(st.sampled_from([None, 30, 90, 180, 365]))
        ended = draw(st.sampled_from([None, None, None, 0, 30, 90, 365, 500]))
        signed = draw(st.sampled_from([None, -60, 0, 20]))
        rows.append(
            {
                "contract_id": f"c{number}",
                "account_id": draw(st.sampled_from(["a", "a", "b"])),
                "product": draw(st.sampled_from(["p", "p", "q"])),
                "start_on": start,
                "end_on": None if length is None else start + length,
                "ended_on": None if ended is None else start + ended,
                "signed_on": None if signed is None else start + signed,
                "end_reason": draw(st.sampled_from(["", "price"])),
                "arr": float(draw(st.integers(1, 9)) * 100),
                "auto_renew": draw(st.booleans()),
                "notice_days": draw(st.sampled_from([None, 30.0])),
                "previous_contract_id": f"c{draw(st.integers(0, number))}"
                if draw(st.booleans())
                else "",
            }
        )
    book = pd.DataFrame(rows)
    for name in ("start_on", "end_on", "ended_on", "signed_on"):
        offset = pd.to_timedelta(pd.to_numeric(book[name]), unit="D")
        book[name] = (ORIGIN + offset).astype("datetime64[us]")
    return book


def same(one: Subscriptions, other: Subscriptions) -> None:
    for name in ("spans", "terms", "steps", "problems"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def cut(book: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rebuild the raw table as it stood on the morning of a date, row by row."""
    rows = []
    for row in book.to_dict("records"):
        known_on = row["start_on"] if pd.isna(row["signed_on"]) else row["signed_on"]
        if known_on < as_of:
            ended = not pd.isna(row["ended_on"]) and row["ended_on"] < as_of
            rows.append(row if ended else row | {"ended_on": pd.NaT, "end_reason": ""})
    return pd.DataFrame(rows, columns=book.columns).astype(book.dtypes)


@given(books(), DAY)
@settings(max_examples=25, deadline=None)
def test_cutting_the_contracts_at_the_date_changes_nothing(book, day):
    as_of = ORIGIN + pd.Timedelta(days=day)
    same(subscriptions(book, as_of), subscriptions(cut(book, as_of), as_of))


def test_the_cut_removes_what_was_not_known():
    row = {"contract_id": "c", "start_on": ORIGIN, "signed_on": pd.NaT, "end_reason": "price"}
    book = pd.DataFrame([row | {"ended_on": ORIGIN + pd.Timedelta(days=90)}])
    assert cut(book, ORIGIN).empty
    assert cut(book, ORIGIN + pd.Timedelta(days=90))["ended_on"].isna().all()


def test_the_comparison_sees_a_leak():
    """Chaining with a later date stands for code that forgets what was known."""
    row = {"contract_id": "c", "account_id": "a", "product": "p", "arr": 1.0, "end_reason": ""}
    book = pd.DataFrame([row | {"start_on": ORIGIN, "end_on": pd.NaT, "signed_on": pd.NaT}])
    book["ended_on"] = ORIGIN + pd.Timedelta(days=90)
    as_of, later = ORIGIN + pd.Timedelta(days=60), ORIGIN + pd.Timedelta(days=120)
    with pytest.raises(AssertionError):
        same(subscriptions(book, later), subscriptions(cut(book, as_of), later))


@given(books(), DAY, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_rows_does_not_matter(book, day, random):
    as_of = ORIGIN + pd.Timedelta(days=day)
    order = list(range(len(book)))
    random.shuffle(order)
    same(subscriptions(book, as_of), subscriptions(book.iloc[order], as_of))


@given(books(), DAY)
@settings(max_examples=25, deadline=None)
def test_subscriptions_of_one_line_are_apart(book, day):
    spans = subscriptions(book, ORIGIN + pd.Timedelta(days=day), GAP_DAYS).spans
    for line, chain in spans.sort_values("started_on").groupby("line_id"):
        hole = chain["started_on"].iloc[1:].array - chain["ended_on"].iloc[:-1].array
        assert (hole > pd.Timedelta(days=GAP_DAYS)).all()
        assert chain["reactivated"].tolist() == [False] + [True] * (len(chain) - 1)
        assert chain["subscription_id"].iloc[0] == line


@given(books(), DAY)
@settings(max_examples=50, deadline=None)
def test_no_account_vanishes(book, day):
    """Whatever the links say: who has a contract that can stand on a time line is a customer."""
    as_of = ORIGIN + pd.Timedelta(days=day)
    known = book["signed_on"].fillna(book["start_on"]) < as_of
    stopped = (book["ended_on"] < as_of) & (book["ended_on"] <= book["start_on"])
    sound = book[known & ~stopped & ~(book["end_on"] <= book["start_on"])]
    found = subscriptions(book, as_of)
    moved = "continues a contract of another account, and is followed as one subscription"
    held = set(found.steps["held_by"])
    assert held == set(sound["account_id"])
    if (found.problems["reason"] != moved).all():
        assert set(found.spans["account_id"]) == held


@given(books(), DAY)
@settings(max_examples=25, deadline=None)
def test_each_end_is_continued_once(book, day):
    spans = subscriptions(book, ORIGIN + pd.Timedelta(days=day)).spans.set_index("subscription_id")
    merged = spans[spans["merged_into"] != ""]
    for name, row in merged.iterrows():
        into = spans.loc[row["merged_into"]]
        assert into.name != name
        assert pd.isna(into["ended_on"]) or into["ended_on"] > row["ended_on"]
    for name, row in spans[spans["split_from"] != ""].iterrows():
        assert row["split_from"] != name
        assert spans.loc[row["split_from"], "started_on"] < row["started_on"]


@given(books(), DAY)
@settings(max_examples=25, deadline=None)
def test_steps_and_terms_fill_each_subscription(book, day):
    result = subscriptions(book, ORIGIN + pd.Timedelta(days=day), GAP_DAYS)
    spans = result.spans.set_index("subscription_id")
    assert set(result.terms["subscription_id"]) == set(spans.index)
    for name, steps in result.steps.groupby("subscription_id"):
        assert steps["from_on"].iloc[0] == spans["started_on"][name]
        assert steps["until_on"].iloc[:-1].tolist() == steps["from_on"].iloc[1:].tolist()
        last, ended = steps["until_on"].iloc[-1], spans["ended_on"][name]
        assert last == ended or (pd.isna(last) and pd.isna(ended))
    for name, terms in result.terms.groupby("subscription_id"):
        assert terms["start_on"].iloc[0] == spans["started_on"][name]
        assert terms["term_idx"].tolist() == list(range(spans["n_terms"][name]))
        assert (terms["end_on"].dropna() > terms["start_on"][terms["end_on"].notna()]).all()
        assert (terms["end_on"].isna() | ~(terms["end_on"] > terms["planned_end_on"])).all()
        hole = terms["start_on"].iloc[1:].array - terms["end_on"].iloc[:-1].array
        assert (hole <= pd.Timedelta(days=GAP_DAYS)).all()


@given(books())
# The same books each time: a rare one holds a change of product within a month, which a plain look
# at each day cannot tell from two products side by side.
@settings(max_examples=25, deadline=None, derandomize=True)
def test_revenue_on_a_day_is_the_contract_that_started_last(book):
    """Without links, ends and renewals by themselves, a plain look at each day is the oracle."""
    plain = book.assign(ended_on=pd.NaT, signed_on=pd.NaT, auto_renew=False)
    plain = plain.assign(previous_contract_id="")
    plain = plain.drop_duplicates(["account_id", "product", "start_on"])
    as_of = ORIGIN + pd.Timedelta(days=2000)
    steps = subscriptions(plain, as_of, gap_days=0).steps
    for day in pd.date_range(ORIGIN, periods=30, freq="37D"):
        holds = plain[(plain.start_on <= day) & ~(plain.end_on <= day)]
        expected = holds.sort_values("start_on").groupby(["account_id", "product"]).last()["arr"]
        speaks = steps[(steps.from_on <= day) & ~(steps.until_on <= day)]
        found = speaks.set_index(["account_id", "product"])["arr"]
        pd.testing.assert_series_equal(found.sort_index(), expected.sort_index())
