"""The table of priors says what the model's graph does, and what it means in customers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from ranks import Bench
from scipy.special import logit

from workbench.core import names
from workbench.inference.prior import draw_prior, log_prior, prior_table
from workbench.models.hazard.effects import SCALES, effect_map
from workbench.models.hazard.model import build_hazard, name_effects
from workbench.models.priors.hazard import HazardPriors, hazard_priors

# Told apart from the defaults and from each other, so that a number in the wrong place shows.
ODD = HazardPriors(
    renewal_log_hazard=-1.1,
    early_log_hazard=-4.2,
    monthly_log_hazard=-2.3,
    exit_sd=0.7,
    early_sd=1.2,
    renewal_correlation=0.3,
    early_correlation=0.6,
    effect_sd=0.41,
    tenure_sd=0.52,
    group_sd=0.33,
    shock_sd=0.24,
    frailty_sd=0.65,
    fade=(5.0, 2.0),
    shock_share=(0.7, 1.2),
    persistence=(3.0, 2.5),
)
SHOCKS = (names.SHOCK_SD, names.GROUP_SHOCK_SD)


@pytest.fixture(scope="module")
def prior(small_bench: Bench):
    return draw_prior(small_bench.design, 2000, 1, ODD)


def test_the_laws_are_those_of_the_graph(small_bench, prior) -> None:
    """The table's densities, added up, are the model's: of all but the latent effects."""
    design = small_bench.design
    model = build_hazard(design, ODD)
    layout = effect_map(design, ODD)
    exits = len(names.EXIT_KINDS)
    free = [model[name] for name in ("scale", names.FADE, names.PERSISTENCE, "latent")]
    density = model.compile_fn(
        model.logp(vars=free, sum=False, jacobian=False), inputs=model.value_vars
    )
    # The exit effects are a linear map of the first latents, which stretches their density.
    stretched = np.linalg.slogdet(layout.effect_matrix[:exits, :exits])[1]
    rng = np.random.default_rng(2)
    latent = rng.normal(size=(3, len(layout.effect_matrix)))
    scale = rng.uniform(0.1, 0.9, (3, len(layout.scales) + 1))
    shares = rng.uniform(0.2, 0.9, (2, 3))
    drawn = named(small_bench, latent, scale, shares)
    found = log_prior(drawn, ODD).to_dataarray().sum("variable")
    for draw in range(3):
        point = {
            "latent": latent[draw],
            "scale_log__": np.log(scale[draw]),
            f"{names.FADE}_logodds__": logit(shares[0, draw]),
            f"{names.PERSISTENCE}_logodds__": logit(shares[1, draw]),
        }
        of_scale, of_fade, of_persistence, of_latent = density(point)
        of_exits = of_latent[:exits].sum() - stretched
        # Of the spreads of shocks the table has the root of the squares' sum, and a share of it.
        of_all, own = (scale[draw, SCALES.index(sd)] for sd in SHOCKS)
        to_whole = np.log(2 * of_all * own / np.hypot(of_all, own) ** 3)
        expected = of_scale.sum() + of_fade + of_persistence + of_exits - to_whole
        assert float(found[0, draw]) == pytest.approx(expected, rel=1e-6)


def named(bench: Bench, latent: np.ndarray, scale: np.ndarray, shares: np.ndarray) -> xr.Dataset:
    """Return points of the graph as named effects, one draw each."""
    scales = [*effect_map(bench.design, ODD).scales, names.FRAILTY]
    one = ("chain", "draw")
    points = xr.Dataset(
        {
            "latent": ((*one, "at"), latent[None]),
            "scale": ((*one, "scale_name"), scale[None]),
            names.FADE: (one, shares[:1]),
            names.PERSISTENCE: (one, shares[1:]),
        },
        {"scale_name": scales, "chain": [0], "draw": np.arange(shares.shape[1])},
    )
    return name_effects(points, bench.design, ODD)


def test_draws_of_the_graph_follow_the_laws(prior) -> None:
    """Quantiles of 2,000 draws against the table's distribution, for every entry."""
    for entry in hazard_priors(ODD):
        values = prior[entry.variable]
        if entry.labels:
            values = values.sel({names.EXIT_KIND: list(entry.labels)})
        for q in (0.1, 0.5, 0.9):
            share = float((values <= entry.distribution.in_scipy.ppf(q)).mean())
            assert share == pytest.approx(q, abs=0.035), (entry.parameter, q)


def test_every_number_of_the_priors_is_told() -> None:
    """Changing any of them changes a line of the table: none is left out."""
    base = HazardPriors()
    before = [entry.text for entry in hazard_priors(base)]
    for name in HazardPriors.__dataclass_fields__:
        value = getattr(base, name)
        other = (value[0] + 1, value[1]) if isinstance(value, tuple) else value + 0.1
        after = [entry.text for entry in hazard_priors(replace(base, **{name: other}))]
        assert after != before, name


def test_meanings_are_counted_in_customers() -> None:
    """18 of 100 terms end for good at the middle; 36 to 96 stay: exact quantiles of the normal."""
    table = prior_table().set_index("parameter")
    ends = 100 * np.exp(-np.exp(-1.6 + 1.6449 * np.array([1, -1])))
    expected = "of 100 terms that end, {:.0f} to {:.0f} go on".format(*ends)
    assert table.loc["leaving at a renewal", "meaning"] == expected
    assert table["meaning"].str.contains("18 of 100 terms end for good").sum() == 7
    assert table[["reason", "source"]].map(len).min().min() > 20
    wide = prior_table(hazard_priors(replace(HazardPriors(), group_sd=1.0))).set_index("parameter")
    grouping = "spread of a grouping's levels"
    assert wide.loc[grouping, "meaning"] != table.loc[grouping, "meaning"]


def test_a_prior_set_elsewhere_than_the_graph_is_noticed(small_bench, prior) -> None:
    """The negative control of the comparison with draws: the defaults are not these numbers."""
    far = []
    for entry in hazard_priors():
        below = prior[entry.variable] <= entry.distribution.in_scipy.ppf(0.5)
        if not entry.labels and abs(float(below.mean()) - 0.5) > 0.035:
            far.append(entry.parameter)
    assert len(far) >= 5


def test_the_page_shows_the_table_of_today() -> None:
    """docs/priors.md is made from the numbers; `python benchmarks/priors.py` makes it anew."""
    page = (Path(__file__).parents[2] / "docs" / "priors.md").read_text(encoding="utf-8")
    for line in prior_table().itertuples(index=False):
        assert "| " + " | ".join(line) + " |" in page
