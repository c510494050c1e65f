"""Rolling origins: what is laid out, that nothing later leaks in, and what is scored."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hand_made import forecast_inputs
from quiet import quiet_shocks

from workbench.core import revenue_names as names
from workbench.core.calendar import month_number
from workbench.core.errors import DataError
from workbench.core.names import EXIT_KINDS
from workbench.data.contracts.subscriptions import subscriptions
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import TrueProcess
from workbench.features.asof import book_as_known
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.features.human_forecast import human_forecast
from workbench.features.pipeline import AGE_FROM_MONTHS, Pipeline, pipeline_data
from workbench.features.revenue_data import revenue_data
from workbench.forecast.backtest import judge, renewals, rolling, spread
from workbench.forecast.backtest.forecast_record import renewed_until
from workbench.forecast.backtest.outcomes import KnownContracts, final_month_of
from workbench.forecast.growth import movements
from workbench.forecast.growth.setup import open_opportunities
from workbench.forecast.posterior.revenue import Effects, RevenueDraws
from workbench.forecast.posterior.survival import Draws

DAY, LATER, END = "2024-06-01", "2024-12-01", pd.Timestamp("2026-01-01")
HORIZONS = (3, 6, 12)
DRAWS = 60


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return simulate(120, 36, seed=3, texts=False, process=TrueProcess(forecasts=True)).tables


def draws_for(data: HazardData, seed: int = 1) -> Draws:
    """Make posterior draws that know nothing but read every signal."""
    rng = np.random.default_rng(seed)
    coding = data.coding
    sizes = {
        "attribute": len(coding.attributes.columns),
        "group": len(coding.flat_levels) + 1,
        "signal": len(coding.signals.columns),
    }
    return Draws(
        exit=np.full((DRAWS, len(EXIT_KINDS)), -3.5) + rng.normal(0, 0.1, (DRAWS, 1)),
        tenure=np.zeros((DRAWS, coding.max_tenure_months + 1)),
        **quiet_shocks(DRAWS, coding, 0.1),
        fade=np.full(DRAWS, 0.9),
        frailty=np.full(DRAWS, 0.3),
        **{name: rng.normal(0, 0.1, (DRAWS, size)) for name, size in sizes.items()},
    )


def revenue_for(data: HazardData, months: int) -> RevenueDraws:
    hazard = draws_for(data)
    made = forecast_inputs(DRAWS, months).revenue

    def fitting(part: Effects) -> Effects:
        return replace(part, attribute=hazard.attribute, group=hazard.group, signal=hazard.signal)

    parts = {n: fitting(getattr(made, n)) for n in ("contract", "expand", "amend", "cross_sell")}
    size_group = np.zeros((4, DRAWS, hazard.group.shape[1]))
    return replace(made, size_group=size_group, **parts)


def data_at(tables: dict[str, pd.DataFrame], day: str) -> HazardData:
    book = book_as_known(book_from_frames(tables), day)
    return hazard_data(book, DataSpecification(as_of=day, horizon_months=12))


def forecast(tables: dict[str, pd.DataFrame], day: str) -> rolling.Origin:
    data = data_at(tables, day)
    return rolling.forecast_origin(data, draws_for(data), revenue_for(data, 12), HORIZONS, 5)


def bytes_of(value: object) -> bytes:
    """Return everything that a forecast holds."""
    if isinstance(value, np.ndarray):
        return value.tobytes() if value.dtype != object else repr(value.tolist()).encode()
    if isinstance(value, pd.DataFrame):
        return value.to_csv().encode()
    if isinstance(value, dict):
        return b"".join(name.encode() + bytes_of(value[name]) for name in sorted(value))
    if hasattr(value, "__dataclass_fields__"):
        return b"".join(bytes_of(getattr(value, field.name)) for field in fields(value))
    return repr(value).encode()


# The first moment at which a row is known; what a signed contract says of the future is known too.
ROW = {"invoices": "issued_on", "tickets": "opened_at", "surveys": "taken_on", "usage": "month"}
ROW |= {"messages": "sent_at", "account_events": "on", "metrics": "month", "actions": "done_on"}
ROW |= {"opportunities": "opened_on", "contacts": "joined_on", "opportunity_stages": "entered_on"}
CELLS = {"invoices": "paid_on", "tickets": "closed_at", "contacts": "left_on"}
CELLS |= {"opportunities": "closed_on", "contracts": "ended_on"}


def altered(tables: dict[str, pd.DataFrame], day: str) -> dict[str, pd.DataFrame]:
    """Rewrite what became known on or after a day: half of the rows go, the rest is changed."""
    when = pd.Timestamp(day)
    other = {name: table.copy() for name, table in tables.items()}
    for name, column in ROW.items():
        late = other[name][column] >= when
        for value in other[name].select_dtypes("number").columns:
            other[name].loc[late, value] *= 0
        other[name] = other[name][~late | (np.arange(len(late)) % 2 == 0)]
    for name, column in CELLS.items():
        late = other[name][column] >= when
        other[name].loc[late, column] += pd.Timedelta(days=17)
    contracts = other["contracts"]
    contracts.loc[contracts["ended_on"].isna(), "ended_on"] = when + pd.Timedelta(days=40)
    signed = contracts["signed_on"].fillna(contracts["start_on"]) < when
    other["contracts"] = contracts[signed].reset_index(drop=True)
    return other


def test_nothing_dated_later_reaches_the_forecast_of_an_origin(tables) -> None:
    before = bytes_of(forecast(tables, DAY))
    assert bytes_of(forecast(altered(tables, DAY), DAY)) == before
    # What was dated before does reach it, or the test would prove nothing.
    assert bytes_of(forecast(altered(tables, "2024-03-01"), DAY)) != before


def test_nothing_later_reaches_what_the_models_learn_from(tables) -> None:
    learnt = []
    for frames in (tables, altered(tables, DAY)):
        data = data_at(frames, DAY)
        last = month_number(data.as_of) - 1
        moved = movements.movements(movements.lines(data.subscriptions, last))
        money = revenue_data(data, moved)
        learnt.append(bytes_of(data.design) + bytes_of(money))
    assert learnt[0] == learnt[1]


def pipeline_at(tables: dict[str, pd.DataFrame], data: HazardData) -> Pipeline:
    book = book_as_known(book_from_frames(tables), DAY)
    return pipeline_data(book, data.as_of, data.window.first_month)


def earning_for(seen: Pipeline) -> xr.Dataset:
    """Posterior draws of the pipeline that know nothing: anything is as likely as staying."""
    stages, kinds, ages = len(seen.stages), len(seen.kinds), len(AGE_FROM_MONTHS)
    shapes = {names.PIPELINE_MOVE: (stages, stages), names.PIPELINE_BASE: (2,)}
    levels = {names.STAGE: stages, names.OPPORTUNITY_KIND: kinds, names.AGE: ages}
    shapes |= {names.PIPELINE_EFFECTS[dim]: (count, 2) for dim, count in levels.items()}
    found = {}
    for name, shape in shapes.items():
        dims = ("chain", "draw", *(f"{name} {i}" for i in range(len(shape))))
        found[name] = (dims, np.zeros((1, DRAWS, *shape)))
    return xr.Dataset(found)


def test_offers_open_at_an_origin_are_followed_and_nothing_later_is_known_of_them(tables) -> None:
    data = data_at(tables, DAY)
    seen = pipeline_at(tables, data)
    assert len(seen.stages) > 1 and (seen.open["kind"] == "new_logo").sum() > 3
    assert bytes_of(pipeline_at(altered(tables, DAY), data)) == bytes_of(seen)
    moved = movements.movements(movements.lines(data.subscriptions, month_number(data.as_of) - 1))
    money = revenue_data(data, moved, pipeline=seen)
    opportunities = open_opportunities(money, money, earning_for(seen))
    assert opportunities is not None
    drawn = draws_for(data), revenue_for(data, 12)
    made = rolling.forecast_origin(data, *drawn, HORIZONS, 5, opportunities)
    counted = rolling.forecast_origin(data, *drawn, HORIZONS, 5)
    short = rolling.forecast_origin(data, *drawn, HORIZONS[:1], 5, opportunities)
    np.testing.assert_array_equal(short.worth, made.worth[:, :, :1])
    assert bytes_of(made.stays) == bytes_of(counted.stays)
    assert not np.allclose(made.revenue.book["revenue"], counted.revenue.book["revenue"])
    # A later day's offers are named by what the fit has learnt: another order of the stages.
    learnt = replace(seen, stages=seen.stages[::-1])
    renamed = open_opportunities(money, replace(money, pipeline=learnt), earning_for(seen))
    assert renamed is not None
    at = renamed.seen.open["stage_idx"]
    assert [learnt.stages[place] for place in at] == seen.open["stage"].tolist()


def test_a_fit_used_again_is_coded_as_its_own_rows(tables) -> None:
    first, second = data_at(tables, DAY), data_at(tables, LATER)
    coded = rolling.coded_as(second, first)
    assert coded.coding == first.coding
    assert second.coding != first.coding
    revenue = rolling.later(revenue_for(first, 18), 6)
    made = rolling.forecast_origin(coded, draws_for(first), revenue, HORIZONS, 5)
    assert made.day == LATER
    assert np.isfinite(made.worth).all()


def test_what_happened_is_read_from_the_contracts(tables) -> None:
    made = forecast(tables, DAY)
    today = subscriptions(tables["contracts"], END)
    known = KnownContracts(today, END)
    judged = judge.judge(made, known, pd.Series(dtype=float))
    ended = month_number(today.spans.set_index("subscription_id")["ended_on"])
    for row in judged.renewals.itertuples():
        left = ended[row.subscription_id]
        assert row.renewed == (pd.isna(left) or left > row.due or left > known.final_month)
    first = month_number(pd.Timestamp(DAY))
    history = movements.bridge(movements.movements(known.line_table), first, first + 11)
    closing = history["closing"].to_numpy() / 100
    np.testing.assert_allclose(judged.outcome["revenue"], closing)
    assert judged.worth[:, 2].sum() <= closing[11]
    assert judged.outcome["kept"][0] <= made.stays.opening
    renewed = (judged.renewals["arr"] * judged.renewals["renewed"].astype(float)).sum()
    assert judged.outcome["renewed"][-1] == pytest.approx(renewed)


def test_scores_tell_a_bold_forecast_from_a_sober_one(tables) -> None:
    made = forecast(tables, DAY)
    known = KnownContracts(subscriptions(tables["contracts"], END), END)
    people = human_forecast(book_as_known(book_from_frames(tables), DAY), pd.Timestamp(DAY))
    judged = [judge.judge(made, known, people)]
    table = renewals.renewal_table(judged, 0.9)
    assert set(table["forecast"]) == set(judge.FORECASTS)
    sure = replace(judged[0], renewals=judged[0].renewals.assign(probability=0.01))
    worse = renewals.renewal_table([sure], 0.9)
    model = worse[worse["forecast"] == judge.MODEL]["brier"]
    assert (model > table[table["forecast"] == judge.MODEL]["brier"].to_numpy()).all()
    money = judge.money_table(judge.money_cases(judged, 0.9))
    rivals = money[(money["quantity"] == "renewed") & (money["horizon_months"] == 12)]
    assert set(rivals["forecast"]) == set(judge.FORECASTS)
    places = spread.pit_table(judged, 0.9)
    assert places.groupby("horizon_months")["share"].sum().to_numpy() == pytest.approx(1)
    assert renewals.leaving_table(judged, known.final_month)["c"].between(0, 1).all()


def test_what_several_origins_foresaw_is_calibrated_once(tables) -> None:
    known = KnownContracts(subscriptions(tables["contracts"], END), END)
    people = pd.Series(dtype=float)
    one = judge.judge(forecast(tables, DAY), known, people)
    twice = spread.renewal_calibration([one, one], 0.9)
    pd.testing.assert_frame_equal(twice, spread.renewal_calibration([one], 0.9))
    sure = replace(one, renewals=one.renewals.assign(probability=0.99))
    latest = spread.renewal_calibration([one, sure], 0.9)["forecast"]
    np.testing.assert_allclose(latest, 0.99)


def test_origins_that_share_months_do_not_count_twice_in_the_places(tables) -> None:
    known = KnownContracts(subscriptions(tables["contracts"], END), END)
    people = pd.Series(dtype=float)
    days = (DAY, LATER)
    first, second = (judge.judge(forecast(tables, day), known, people) for day in days)
    cases = spread.pit_table([first, second], 0.9).groupby("horizon_months")["accounts"].first()
    both = len(first.origin.accounts) + len(second.origin.accounts)
    # Six months lie between them: of windows of twelve only the later one counts.
    assert cases.to_dict() == {3: both, 6: both, 12: len(second.origin.accounts)}


def test_what_the_contracts_no_longer_know_brings_nothing_and_is_scored_by_nobody(tables) -> None:
    made = forecast(tables, DAY)
    full = KnownContracts(subscriptions(tables["contracts"], END), END)
    lost = judge.judge(made, full, pd.Series(dtype=float)).renewals.iloc[0]
    contracts = tables["contracts"]
    rest = contracts[contracts["account_id"] != lost["account_id"]]
    today = subscriptions(rest, END)
    one = judge.judge(made, KnownContracts(today, END), pd.Series(dtype=float))
    lines = made.stays.lines
    found = lines["subscription_id"].isin(today.spans["subscription_id"])
    assert 0 < found.sum() < len(found)
    assert one.outcome["kept"][0] <= lines["arr"][found].sum()
    assert one.outcome["accounts"][0] <= lines["account_id"][found].nunique()
    assert renewals.leaving_table([one], full.final_month)["subscriptions"].tolist() == [
        found.sum()
    ]
    # Were every renewal sure, model and rival would forecast the same revenue.
    due = lines[lines["due"].notna()]
    every = renewed_until(np.ones((DRAWS, len(due))), lines, made.stays.first_month, 12)
    stays = replace(made.stays, book=made.stays.book | {"renewed": every})
    sure = replace(
        one,
        exits=np.ones_like(one.exits),
        renewals=one.renewals.assign(naive=1.0),
        origin=replace(made, stays=stays),
    )
    cases = judge.money_cases([sure], 0.9)
    cases = cases[cases["quantity"] == "renewed"].set_index(["forecast", "horizon_months"])
    model, rival = (cases["expected"][name] for name in (judge.MODEL, judge.NAIVE))
    np.testing.assert_allclose(model, rival)


def test_a_late_renewal_is_waited_for() -> None:
    assert final_month_of(END) == month_number(pd.Timestamp("2025-11-01"))
    assert final_month_of(pd.Timestamp("2026-01-31")) == month_number(pd.Timestamp("2025-12-01"))
    contracts = pd.DataFrame(
        {
            "contract_id": ["a", "b"],
            "account_id": ["x", "y"],
            "product": "p",
            "start_on": pd.to_datetime(["2024-12-10", "2024-11-10"]),
            "end_on": pd.to_datetime(["2025-12-10", "2025-11-10"]),
            "arr": 100.0,
        }
    )
    known = KnownContracts(subscriptions(contracts, END), END)
    left = known.left(pd.Series(["a", "b"]))["left"]
    assert left.isna().tolist() == [True, False]


def test_origins_without_history_or_future_are_left_out_in_words() -> None:
    recorded = month_number(pd.Timestamp("2023-01-01"))
    plan = rolling.plan_origins(END, recorded, 6, 6, HORIZONS)
    assert plan.days == ("2024-06-01", "2024-12-01", "2025-06-01")
    assert "3 of 6 origins before 2024-06 are left out" in plan.left_out[0]
    assert "1 of 3 origins are not scored 12 months ahead" in plan.left_out[1]
    with pytest.raises(DataError, match="no origin is possible"):
        rolling.plan_origins(END, month_number(END) - 6, 4, 6, HORIZONS)
