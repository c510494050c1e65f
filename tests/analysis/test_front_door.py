"""The front door: lazy, frozen, forwarding; what it refuses and what it says of itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date

import arviz as az
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import workbench as wb
from workbench.analysis.card import Card
from workbench.core.errors import DataError, ParameterError
from workbench.forecast.growth import bridge
from workbench.forecast.leaving import renewals
from workbench.models.hazard.effects import effect_map, effects_of
from workbench.models.priors.hazard import HazardPriors

HEAVY = "pandas pymc pytensor nutpie arviz matplotlib numba duckdb"


def book_of(name: str = "Acme") -> object:
    """Return a book of twelve accounts; one of four has left after its first or second year."""
    n = 12
    start = pd.to_datetime("2022-01-01") + pd.to_timedelta(np.arange(n) * 31, unit="D")
    left = np.where(np.arange(n) % 4 == 0, start + pd.DateOffset(years=2), pd.NaT)
    accounts = pd.DataFrame({"account_id": [f"a{i:02d}" for i in range(n)], "name": name})
    accounts["segment"] = np.where(np.arange(n) % 2, "small", "large")
    contracts = pd.DataFrame(
        {
            "contract_id": [f"c{i:02d}" for i in range(n)],
            "account_id": accounts["account_id"],
            "product": "Core",
            "start_on": start.strftime("%Y-%m-%d"),
            "end_on": (start + pd.DateOffset(years=4)).strftime("%Y-%m-%d"),
            "ended_on": pd.Series(pd.to_datetime(left)).dt.strftime("%Y-%m-%d"),
            "arr": 1000.0 + 100 * np.arange(n),
            "currency": "EUR",
        }
    )
    return wb.book_from_frames({"accounts": accounts, "contracts": contracts})


@pytest.fixture(scope="module")
def data():
    return wb.prepare(book_of("<b>Acme</b>"), as_of="2025-06-01", horizon_months=12)


@pytest.fixture(scope="module")
def fit(data):
    return wb.fit_renewals(data, draws=60, smoke=True)


@pytest.fixture(scope="module")
def money(data):
    return wb.fit_revenue(data, draws=60, smoke=True)


@pytest.fixture(scope="module")
def growth(money, fit):
    return money.forecast(fit, months=6, breakdowns=["segment"])


def loaded(code: str) -> set[str]:
    ask = f"import sys; {code}; print(*[m for m in '{HEAVY}'.split() if m in sys.modules])"
    command = [sys.executable, "-c", ask]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_import_loads_nothing_heavy() -> None:
    assert loaded("import workbench") == set()


def test_planning_loads_nothing_that_samples() -> None:
    code = "import workbench as wb; wb.read_plan, wb.Plan, wb.simulate, wb.prepare"
    code += "; import workbench.analysis.revenue.growth, workbench.analysis.leaving.outlook"
    code += ", workbench.apps.planner"
    assert loaded(code) & {"pymc", "pytensor", "nutpie", "arviz"} == set()
    assert {"pandas", "matplotlib"} <= loaded(code)


def test_every_name_of_the_door_opens() -> None:
    assert set(wb.__all__) == set(wb._HOMES) and set(wb.__all__) <= set(dir(wb))
    for name in wb.__all__:
        assert ">>> " in getattr(wb, name).__doc__, f"wb.{name} shows no example"
    with pytest.raises(AttributeError, match="module 'workbench' has no attribute 'fit_renewal'"):
        wb.fit_renewal  # noqa: B018


def test_answers_are_those_of_the_floors_below(fit, data) -> None:
    outlook = fit.outlook(months=6)
    accounts = data.hazard.accounts
    expected = renewals.account_table(outlook.outlook, accounts, fit.settings.interval_prob)
    pd.testing.assert_frame_equal(outlook.accounts, expected)
    by_month = outlook.survival.mean("draw").stack(cell=("account", "month"))
    np.testing.assert_allclose(by_month, expected["probability"], rtol=1e-6)


def test_a_shorter_outlook_is_the_beginning_of_the_longer(fit) -> None:
    short, long = fit.outlook(months=3), fit.outlook()
    assert long.survival.sizes["month"] == 12
    xr.testing.assert_equal(short.survival, long.survival.isel(month=slice(3)))
    pd.testing.assert_frame_equal(short.due(3), long.due(3))


def test_how_far_a_report_looks_changes_nothing_of_what_it_sees(fit) -> None:
    asked = {"as_of": "2025-06-01", "horizon_months": 5}
    near = wb.fit_renewals(wb.prepare(book_of("<b>Acme</b>"), **asked), draws=60, smoke=True)
    short, long = near.outlook().survival, fit.outlook().survival
    np.testing.assert_array_equal(short, long.isel(month=slice(5)))


@pytest.mark.parametrize("months", [0, 13, 2.5, "six"])
def test_months_out_of_reach_are_refused(fit, months) -> None:
    with pytest.raises(ParameterError, match=r"months: out of reach; expected .* from 1 to 12"):
        fit.outlook(months=months)


def test_due_beyond_the_outlook_is_refused(fit) -> None:
    with pytest.raises(ParameterError, match="from 1 to 3"):
        fit.outlook(months=3).due(6)


def test_the_posterior_is_arvizs(fit, money) -> None:
    assert isinstance(fit.posterior, xr.DataTree)
    assert "frailty_variance" in az.summary(fit.posterior, var_names=["frailty_variance"]).index
    assert set(money.posterior.children) == {"posterior"}


def test_retention_in_draws_and_in_the_table_agree(growth) -> None:
    table = growth.retention.query("definition == 'line-level'")
    drawn = growth.nrr("line-level")
    assert drawn.dims == ("draw", "month") and list(drawn["month"].values) == list(table["month"])
    np.testing.assert_allclose(drawn.mean("draw"), table["nrr"])
    pd.testing.assert_frame_equal(growth.bridge, bridge.bridge_table(growth.growth, growth.prob))
    parts = growth.by("segment").groupby("month")["closing"].sum()
    np.testing.assert_allclose(parts, growth.bridge["closing"])


def test_an_unknown_definition_or_breakdown_is_refused(growth) -> None:
    with pytest.raises(ParameterError, match="Did you mean line-level"):
        growth.nrr("line level")
    with pytest.raises(ParameterError, match="Did you mean line-level"):
        growth.plot_retention("line level")
    with pytest.raises(ParameterError, match=r"owner: not forecast apart; found segment"):
        growth.by("owner")


def test_a_fit_of_other_data_is_refused(data, money) -> None:
    other = wb.prepare(data.book, as_of="2025-05-01", horizon_months=12)
    with pytest.raises(ParameterError, match="fitted to other data"):
        money.forecast(wb.fit_renewals(other, draws=50, smoke=True))


def test_a_plan_is_compared_with_things_as_they_stand(growth, tmp_path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("{version: 1, name: '<i>Wait</i>', accounts: [a01]}")
    compared = growth.planner().compare(wb.read_plan(path))
    assert compared.summary["plan"].tolist() == ["as things stand", "<i>Wait</i>"]
    assert compared.summary["gain"].tolist() == [0.0, 0.0]
    assert "<i>" not in compared._repr_html_() and "&lt;i&gt;Wait" in compared._repr_html_()


@pytest.mark.parametrize("name", ["data", "fit", "money", "growth"])
def test_values_show_themselves_and_stay_as_they_are(name, request) -> None:
    value = request.getfixturevalue(name)
    assert "2025-06-01" in repr(value) and "next:" in repr(value)
    assert value._repr_html_().count("<div>") == value._repr_html_().count("</div>")
    if name != "data":
        assert "mock draws: the numbers mean nothing" in repr(value)
    with pytest.raises(FrozenInstanceError):
        value.data = None


def test_the_answer_says_what_the_tables_say(fit) -> None:
    outlook = fit.outlook()
    numbers = {one.name: one.value for one in outlook.answer(12).numbers}
    assert numbers["due"] == len(outlook.due(12))
    assert numbers["due_at_risk"] == pytest.approx(outlook.due(12)["at_risk"].sum())
    last = outlook.book.iloc[-1]
    assert numbers["stay_12m"] == pytest.approx(
        last["accounts"] / outlook.outlook.today()["accounts"]
    )


def test_pictures_are_drawn(fit, growth) -> None:
    outlook = fit.outlook()
    drawn = [outlook.plot(), outlook.plot_due(6), outlook.plot_drivers(), growth.plot()]
    drawn += [growth.plot_revenue(), growth.plot_retention()]
    assert all(figure.axes[0].get_title(loc="left") for figure in drawn)


def test_a_card_escapes_what_others_wrote() -> None:
    card = Card("<b>", {"<i>": "a\x1b[2J&"}, ("<u>",), ("<s>",))
    assert "<b>" not in card.html() and "\x1b" not in card.html() + card.text()
    assert all(f"&lt;{tag}&gt;" in card.html() for tag in "bius")


def test_parameters_are_checked_together() -> None:
    with pytest.raises(ParameterError) as error:
        wb.prepare(book_of(), as_of="1.1.2026", covariates="nps_latest", horizon_months=48)
    message = str(error.value)
    assert "as_of: " in message and "covariates: " in message and "horizon_months: " in message


def test_a_day_may_be_a_date() -> None:
    days = ("2025-06-01", date(2025, 6, 1), pd.Timestamp("2025-06-01"))
    assert {wb.prepare(book_of(), as_of=day).as_of for day in days} == {"2025-06-01"}


def test_what_a_call_would_pass_over_is_refused(data) -> None:
    with pytest.raises(ParameterError, match=r"tunes: unknown here\. Did you mean tune\?"):
        wb.fit_renewals(data, tunes=300)
    with pytest.raises(ParameterError, match="as_of: unknown here"):
        wb.fit_revenue(data, as_of="2024-01-01")
    with pytest.raises(ParameterError, match="draws: out of range"):
        wb.fit_renewals(data, draws=5)


def test_a_simulated_book_is_not_changed_by_its_reader() -> None:
    first = wb.simulate(10, months=12)
    first.tables.clear()
    assert "contracts" in wb.simulate(10, months=12).tables


def test_a_trace_without_what_a_fit_needs_is_refused(data) -> None:
    empty = xr.DataTree.from_dict({"posterior": xr.Dataset()})
    with pytest.raises(DataError, match="sample_stats: diverging: missing"):
        wb.read_trace(data, empty)


def test_a_trace_of_the_plain_graph_is_a_fit_that_forecasts(data) -> None:
    layout = effect_map(data.hazard.design, HazardPriors())
    rng = np.random.default_rng(1)
    latent = rng.normal(size=(120, len(layout.effect_matrix)))
    scale = 0.3 * np.abs(rng.normal(size=(120, len(layout.scales) + 1)))
    lasting = rng.uniform(0.2, 0.9, 120)
    scales = {"scale_name": [*layout.scales, "frailty_variance"]}
    posterior = xr.Dataset(
        {
            "latent": (("chain", "draw", "normal"), latent.reshape(2, 60, -1)),
            "scale": (("chain", "draw", "scale_name"), scale.reshape(2, 60, -1)),
            "shock_persistence": (("chain", "draw"), lasting.reshape(2, 60)),
        },
        scales | {"chain": [0, 1], "draw": range(60)},
    )
    energy = xr.DataArray(latent[:, 0].reshape(2, 60), dims=("chain", "draw"))
    stats = xr.Dataset({"energy": energy, "diverging": energy > 1})
    fit = wb.read_trace(
        data, xr.DataTree.from_dict({"posterior": posterior, "sample_stats": stats})
    )
    found = fit.fit.posterior["exit_log_hazard"].values.reshape(120, -1)
    effect = effects_of(layout, latent, scale, lasting)
    np.testing.assert_allclose(found, effect[:, : found.shape[1]])
    assert fit.fit.diverging == int((energy > 1).sum())
    assert fit.outlook(months=2).survival.shape[0] == 120
    stated = posterior.assign(exit_log_hazard=fit.fit.posterior["exit_log_hazard"] + 1)
    with pytest.raises(DataError, match="exit_log_hazard: the graph was made with other priors"):
        wb.read_trace(data, xr.DataTree.from_dict({"posterior": stated, "sample_stats": stats}))
    short = xr.DataTree.from_dict(
        {"posterior": posterior.isel(normal=slice(3)), "sample_stats": stats}
    )
    with pytest.raises(DataError, match="latent: another shape"):
        wb.read_trace(data, short)
    few = xr.DataTree.from_dict(
        {"posterior": posterior.isel(draw=slice(9)), "sample_stats": stats.isel(draw=slice(9))}
    )
    with pytest.raises(DataError, match="draws per chain: too few; expected at least 50; found 9"):
        wb.read_trace(data, few)
