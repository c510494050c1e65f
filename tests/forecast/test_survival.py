"""The numpy survival curve is the model's, and it is conditional on who is here today."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from books import Shape, cut, design_of, lay_out
from reference import integrated_log_likelihood
from scipy.integrate import quad
from scipy.stats import gamma

from workbench.core import names
from workbench.features.design import Design, take_subscriptions
from workbench.forecast.posterior import frailty
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.posterior.past import past_hazard
from workbench.forecast.posterior.survival import (
    Draws,
    read_draws,
    row_hazard,
    survival,
    thinned,
    with_future_quarters,
)
from workbench.models.compiled.hazard import ROW_DATA as DATA
from workbench.models.compiled.hazard_kernels import by_rows as value_and_gradient
from workbench.models.hazard.effects import effect_map
from workbench.models.hazard.model import name_effects
from workbench.models.priors.hazard import HazardPriors

AHEAD = 6


@pytest.fixture(scope="module")
def whole() -> Design:
    """A book in which nobody leaves and everyone has months both before and after today."""
    rows = lay_out(Shape(40, months=24), np.random.default_rng(4))
    size = rows.groupby("subscription_id")["month"].transform("size")
    rows = rows[(size > 2 * AHEAD) & rows["owner"].notna()]
    return design_of(rows.reset_index(drop=True))


@pytest.fixture(scope="module")
def sampled(whole) -> xr.Dataset:
    """Two chains of three draws, as a sampler would return them."""
    rng = np.random.default_rng(5)
    layout = effect_map(whole, HazardPriors())
    scales = [*layout.scales, names.FRAILTY]
    return xr.Dataset(
        {
            "latent": (("chain", "draw", "at"), rng.normal(size=(2, 3, len(layout.scale_idx)))),
            "scale": (("chain", "draw", "scale_name"), rng.uniform(0.1, 0.5, (2, 3, len(scales)))),
            names.FADE: (("chain", "draw"), rng.uniform(0.6, 0.95, (2, 3))),
            names.PERSISTENCE: (("chain", "draw"), rng.uniform(0.3, 0.9, (2, 3))),
        },
        {"scale_name": scales, "chain": [0, 1], "draw": [0, 1, 2]},
    )


@pytest.fixture(scope="module")
def draws(sampled, whole) -> Draws:
    return read_draws(name_effects(sampled, whole))


def split(whole: Design) -> tuple[Design, Design]:
    """Split into the months so far and the last six, which are still to come."""
    past = cut(whole, whole.row_end - AHEAD, whole.event)
    rows = (whole.row_end[:, None] - AHEAD + np.arange(AHEAD)).ravel()
    ends = np.arange(1, len(whole.row_end) + 1) * AHEAD
    future = replace(
        whole,
        signal_value=whole.signal_value[rows],
        lead_months=whole.lead_months[rows],
        cell_idx=whole.cell_idx[rows],
        subscription_idx=np.repeat(np.arange(len(ends)), AHEAD),
        row_end=ends,
        entry_end=ends - AHEAD,
    )
    return past, future


def log_likelihood(design: Design, sampled: xr.Dataset, whole: Design) -> np.ndarray:
    """The model's log-likelihood of a design in each draw, draws in the order of `read_draws`."""
    layout = effect_map(whole, HazardPriors())
    data = [getattr(layout if hasattr(layout, name) else design, name) for name in DATA[:-1]]
    event = design.event.astype(float)
    return np.array(
        [
            value_and_gradient(
                sampled["latent"].values[chain, draw],
                sampled["scale"].values[chain, draw],
                sampled[names.FADE].values[chain, draw],
                sampled[names.PERSISTENCE].values[chain, draw],
                *data,
                event,
            )[0]
            for draw in range(3)
            for chain in range(2)
        ]
    )


def test_the_curve_is_minus_the_log_likelihood_of_a_book_without_events(
    whole, sampled, draws
) -> None:
    """Each subscription's log survival to the end, from the forecast and from the model."""
    past, future = split(whole)
    alive = survival(draws, past, future, np.random.default_rng(0))[:, :, -1]
    for i in (0, 7, 21):
        mine = {}
        for name, design in (("all", whole), ("past", past)):
            only = np.arange(len(design.row_end)) == i
            length = design.row_end - design.row_start
            kept = cut(replace(design, event=whole.event & False), design.row_end, design.event)
            ends = np.cumsum(np.where(only, length, 0))
            rows = np.flatnonzero(only[kept.subscription_idx])
            one = replace(
                kept,
                signal_value=kept.signal_value[rows],
                lead_months=kept.lead_months[rows],
                cell_idx=kept.cell_idx[rows],
                attribute_value=kept.attribute_value[only],
                group_idx=kept.group_idx[only],
                row_end=ends[only],
                entry_end=np.zeros(1, dtype="int64"),
                event=kept.event[only],
            )
            mine[name] = log_likelihood(one, sampled, whole)
        np.testing.assert_allclose(np.log(alive[:, i]), mine["all"] - mine["past"], rtol=1e-4)


def test_whole_book_survival_from_entry_equals_the_likelihood(whole, sampled, draws) -> None:
    hazard = row_hazard(draws, whole)
    observed = np.arange(hazard.shape[1]) >= whole.entry_end[whole.subscription_idx]
    entry = np.add.reduceat(np.where(observed, 0, hazard), whole.row_start, axis=1)
    later = np.add.reduceat(np.where(observed, hazard, 0), whole.row_start, axis=1)
    curve = conditional_survival(entry, later, draws.frailty[:, None])
    found = np.log(curve).sum(axis=1)
    np.testing.assert_allclose(found, log_likelihood(whole, sampled, whole), rtol=1e-9)


def test_one_that_forgets_its_past_is_too_pessimistic(whole, draws) -> None:
    past, future = split(whole)
    informed = survival(draws, past, future, np.random.default_rng(0))
    nobody = replace(past, subscription_id=np.array(["other"] * len(past.row_end), dtype=object))
    naive = survival(draws, nobody, future, np.random.default_rng(0))
    assert (informed >= naive).all() and (informed[..., -1] - naive[..., -1]).max() > 0.01


def test_conditional_survival_is_a_quotient_of_two_survivals() -> None:
    """S(t + h) / S(t), with the marginal S(t) = (1 + theta L) ** (-1 / theta)."""
    theta, so_far, ahead = 0.7, 1.3, 0.9

    def marginal(hazard):
        return (1 + theta * hazard) ** (-1 / theta)

    expected = marginal(so_far + ahead) / marginal(so_far)
    found = conditional_survival(np.array(so_far), np.array(ahead), np.array(theta))
    assert found == pytest.approx(expected, rel=1e-12)
    assert abs(marginal(ahead) - expected) > 0.05


@pytest.mark.parametrize("theta", [0.05, 0.3, 2.0])
def test_a_survivor_s_frailty_is_the_gamma_that_bayes_rule_gives(theta) -> None:
    """Integrate over the frailty by brute force, weighted by the chance to have survived."""
    so_far, ahead = 1.1, 0.6
    prior = gamma(1 / theta, scale=theta)

    def mean_of(of):
        return quad(lambda u: of(prior.ppf(u)), 0, 1, epsabs=1e-12, limit=200)[0]

    both = mean_of(lambda z: np.exp(-z * (so_far + ahead)))
    expected = both / mean_of(lambda z: np.exp(-z * so_far))
    found = conditional_survival(np.array(so_far), np.array(ahead), np.array(theta))
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("theta", [0.0, 1e-12, 1e-7])
def test_a_vanishing_frailty_is_the_exponential(theta) -> None:
    found = conditional_survival(np.array(5.0), np.array(0.3), np.array(theta))
    assert found == pytest.approx(np.exp(-0.3), rel=1e-6)


def test_steps_multiply_to_the_whole() -> None:
    survived, ahead = np.array(0.4), np.array([0.1, 0.3, 0.2])
    total = conditional_survival(survived, ahead.sum(), np.array(0.8))
    steps = [
        conditional_survival(survived + ahead[:i].sum(), ahead[i], np.array(0.8)) for i in range(3)
    ]
    assert total == pytest.approx(np.prod(steps))


def test_past_hazard_holds_the_months_before_entry(whole, draws) -> None:
    hazard = row_hazard(draws, whole)
    by_hand = [hazard[:, whole.subscription_idx == i].sum(axis=1) for i in range(3)]
    np.testing.assert_allclose(past_hazard(draws, whole)[:, :3].T, by_hand)


def test_quarters_to_come_share_one_new_shock_each(whole, draws) -> None:
    """A new quarter's shock is one for all, of the spread of those seen, none without spread."""
    _, future = split(whole)
    unseen = replace(future, cell_quarter=future.cell_quarter + 100)
    unseen = unseen.with_quarter_idx(np.full(len(future.cell_quarter), -1))
    filled, new = with_future_quarters(unseen)
    assert new == len(np.unique(unseen.cell_quarter[unseen.cell_quarter_idx < 0]))
    same = {q: set(filled.cell_quarter_idx[filled.cell_quarter == q]) for q in filled.cell_quarter}
    assert all(len(places) == 1 for places in same.values())
    assert min(map(min, same.values())) == len(whole.coding.quarters)
    shocks = np.full((*draws.shock.shape[:2], new), 0.5)
    calm = row_hazard(draws, filled, 0 * shocks)
    np.testing.assert_allclose(row_hazard(draws, filled, shocks) / calm, np.exp(0.5))


def test_shocks_shared_by_all_widen_the_book_not_only_the_account(whole, draws) -> None:
    past, future = split(whole)
    unseen = future.with_quarter_idx(np.full(len(future.cell_quarter), -1))
    one = draws.take(slice(0, 1))
    many = Draws(
        **{name: np.repeat(getattr(one, name), 400, axis=0) for name in one.__dataclass_fields__}
    )
    spread = {}
    for sd in (0.0, 0.5):
        shaken = replace(many, shock_sd=np.full(400, sd), group_shock_sd=np.zeros(400))
        kept = survival(shaken, past, unseen, np.random.default_rng(1))[:, :, -1].mean(axis=1)
        spread[sd] = kept.std()
    assert spread[0.0] < 1e-6 and spread[0.5] > 0.02


def test_read_draws_takes_all_chains_in_turn(whole, sampled) -> None:
    named = name_effects(sampled, whole)
    two = read_draws(named, most=2)
    fade = sampled[names.FADE].values
    np.testing.assert_array_equal(two.fade, [fade[0, 0], fade[1, 2]])
    np.testing.assert_array_equal(read_draws(named).fade, fade.T.ravel())


@pytest.mark.parametrize(("chains", "draws"), [(2, 800), (3, 1000), (2, 500), (1, 10), (4, 251)])
def test_thinned_draws_are_all_read(chains, draws) -> None:
    """Whatever the chains: what comes of the draws can be laid beside them."""
    at = np.arange(chains * draws).reshape(chains, draws)
    posterior = xr.Dataset({"at": (("chain", "draw"), at)})
    kept = thinned(posterior)
    assert kept["at"].size <= 1000 and kept["at"].size > min(at.size, 500) * 0.9
    assert kept.sizes["chain"] == chains


def test_named_effects_give_the_integral_over_the_frailty(whole, sampled, draws) -> None:
    """From draws by name to the likelihood, by quadrature: nothing of the model's code is used."""
    hazard = row_hazard(draws, whole)
    found = integrated_log_likelihood(hazard[0], whole, draws.frailty[0])
    assert found == pytest.approx(log_likelihood(whole, sampled, whole)[0], rel=1e-6)


def test_the_compiled_past_is_the_sum_of_its_rows(draws, whole) -> None:
    rows = np.add.reduceat(row_hazard(draws, whole), whole.row_start, axis=1)
    np.testing.assert_allclose(past_hazard(draws, whole), rows, rtol=1e-12)
    some = np.array([7, 2, 5])
    part = take_subscriptions(whole, some)
    np.testing.assert_allclose(past_hazard(draws, part), rows[:, some], rtol=1e-12)
    assert part.subscription_id.tolist() == whole.subscription_id[some].tolist()
    np.testing.assert_array_equal(
        part.row_end - part.entry_end, (whole.row_end - whole.entry_end)[some]
    )


@pytest.mark.parametrize("theta", [0.0, 1e-9, 0.3, 2.0])
def test_the_inverse_and_the_compiled_lines_agree_with_the_formula(theta: float) -> None:
    survived, ahead = 0.8, 0.35
    log_alive = frailty.log_conditional_survival(survived, ahead, theta)
    assert frailty.compiled_log_survival(survived, ahead, theta) == pytest.approx(log_alive, 1e-14)
    for inverse in (frailty.cumulative_hazard, frailty.compiled_cumulative_hazard):
        assert inverse(survived, np.exp(log_alive), theta) == pytest.approx(ahead, rel=1e-6)
