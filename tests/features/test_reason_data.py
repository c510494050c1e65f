"""Endings on record to counts: what is pooled, what is left out, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.features.reason_data import reason_data

AS_OF = pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    company = simulate(accounts=200, months=36, seed=3, texts=False)
    return {name: company.tables[name] for name in ("accounts", "contracts")}


@pytest.fixture(scope="module")
def data(tables) -> HazardData:
    question = DataSpecification(as_of=AS_OF.date().isoformat(), horizon_months=3)
    return hazard_data(book_from_frames(tables), question)


def given(data: HazardData, reasons) -> HazardData:
    """The same endings with other reasons."""
    spans = data.subscriptions.spans
    ended = spans["subscription_id"].isin(data.rows.loc[data.rows["event"], "subscription_id"])
    stated = spans["end_reason"].astype(object).copy()
    stated[ended] = reasons(int(ended.sum()))
    changed = replace(data.subscriptions, spans=spans.assign(end_reason=stated.astype("str")))
    return replace(data, subscriptions=changed)


def test_every_known_ending_is_counted_once(data) -> None:
    found = reason_data(data)
    observed = data.rows["event"] & data.rows["observed"]
    assert len(found.endings) == observed.sum()
    assert found.count.sum() == len(found.endings) - found.unknown
    by_reason = dict(zip(found.reasons, found.count.sum(axis=0), strict=True))
    known = found.endings.loc[found.endings["reason"] != "", "reason"].value_counts()
    assert by_reason == known.to_dict()
    assert found.level_idx.max() <= len(found.levels)
    assert len(np.unique(np.column_stack([found.kind_idx, found.level_idx]), axis=0)) == len(
        found.count
    )


def test_rare_reasons_are_pooled_and_named(data) -> None:
    found = reason_data(data, min_endings=12)
    stated = found.endings.loc[found.endings["stated"] != "", "stated"].value_counts()
    assert set(found.pooled) == set(stated.index[stated < 12]) != set()
    assert found.reasons[-1] == "other"
    assert found.count[:, -1].sum() == stated[stated < 12].sum()


def test_at_most_eight_reasons_stand_beside_each_other(data) -> None:
    many = given(data, lambda n: [f"reason {i % 12:02d}" for i in range(n)])
    found = reason_data(many, min_endings=1)
    assert len(found.reasons) == 8 and found.reasons[-1] == "other"
    assert len(found.pooled) == 5


def test_other_on_record_joins_the_pooled_ones(data) -> None:
    names = ["price"] * 6 + ["service"] * 6 + ["Other"] * 3 + ["moved away"]
    found = reason_data(given(data, lambda n: names + [""] * (n - len(names))))
    assert found.reasons == ("price", "service", "other") and found.pooled == ("moved away",)
    assert found.count.sum(axis=0).tolist() == [6, 6, 4]


def test_spellings_that_differ_in_capitals_are_one_reason(data) -> None:
    mixed = given(
        data, lambda n: [("Price", " price", "PRICE ", "service")[i % 4] for i in range(n)]
    )
    found = reason_data(mixed)
    assert len(found.reasons) == 2 and "service" in found.reasons


def test_a_reason_that_became_known_later_is_not_used(tables) -> None:
    early = DataSpecification(as_of="2025-07-01", horizon_months=3)
    contracts = tables["contracts"]
    later = contracts["ended_on"] >= pd.Timestamp("2025-07-01")
    assert (later & contracts["end_reason"].notna()).any()
    known_later = contracts.assign(
        end_reason=contracts["end_reason"].mask(later, "from the future")
    )
    found = reason_data(
        hazard_data(book_from_frames(tables | {"contracts": known_later}), early), 1
    )
    assert "from the future" not in set(found.endings["stated"])


@pytest.mark.parametrize(
    ("reasons", "says"),
    [
        (lambda n: [""] * n, "0 of them with a reason"),
        (lambda n: ["price"] * n, "with a reason: price"),
    ],
)
def test_a_book_without_reasons_is_told_what_to_add(data, reasons, says) -> None:
    with pytest.raises(DataError) as refused:
        reason_data(given(data, reasons))
    message = str(refused.value)
    assert "reasons for leaving are not on record" in message and says in message
    assert "contracts.end_reason" in message and "min_reason_endings" in message
