"""The table of the revenue models' priors says what their graphs do."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from workbench.core import revenue_names as names
from workbench.core.calendar import month_number
from workbench.data.book import book_from_frames
from workbench.data.simulate import simulate
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.features.pipeline import pipeline_data
from workbench.features.revenue_data import revenue_data
from workbench.forecast.growth import movements
from workbench.inference.prior import prior_table
from workbench.inference.run import Sampling, sample
from workbench.models.priors.revenue import revenue_priors
from workbench.models.revenue.model import ARRIVALS, MONEY, RevenuePriors, build_revenue
from workbench.models.revenue.money import MoneyModel, money_graph
from workbench.models.revenue.new_business import name_arrivals, size_centre
from workbench.models.revenue.predictors import name_rows, row_parts

GROUPING = "segment"


@pytest.fixture(scope="module")
def drawn() -> dict[str, np.ndarray]:
    """Draw every parameter from the prior by the models' own graphs."""
    book = book_from_frames(simulate(60, 24, seed=4, texts=False).tables)
    data = hazard_data(book, DataSpecification(covariates=("consumption_3m",), groups=(GROUPING,)))
    moved = movements.movements(movements.lines(data.subscriptions, data.window.last_month))
    offers = pipeline_data(book, data.as_of, month_number(data.as_of) - 12)
    money = revenue_data(data, moved, pipeline=offers)
    how = Sampling(draws=2000, chains=1, seed=1, mock=True)
    models = build_revenue(money)
    drawn_exactly = models[MONEY]
    assert isinstance(drawn_exactly, MoneyModel)
    values = dict(sample(money_graph(drawn_exactly), how).posterior.data_vars)
    came = sample(models[ARRIVALS], how).posterior
    values |= name_arrivals(came, money.new, RevenuePriors().new)
    for part in row_parts(money):
        rows = sample(models[part.name], how).posterior
        values |= name_rows(rows, part, data.coding, RevenuePriors().predictors)
    centre = np.log((money.new.count.sum(axis=1) + 0.5) / money.new.count.shape[1])
    values[names.LOG_RATE] = values[names.LOG_RATE] - centre
    values["new size"] = values["new size"] - size_centre(money.new)
    return values


def test_draws_of_the_graphs_follow_the_laws(drawn) -> None:
    checked = 0
    for entry in revenue_priors():
        variable = entry.variable.format(grouping=GROUPING)
        if variable.startswith("pipeline"):
            continue  # latent there: `name_pipeline` scales standard normals, see its own test
        values = drawn[variable]
        if entry.labels:
            values = values.sel({names.PROCESS: list(entry.labels)})
        for q in (0.1, 0.5, 0.9):
            share = float((values <= entry.distribution.in_scipy.ppf(q)).mean())
            assert share == pytest.approx(q, abs=0.035), (entry.parameter, q)
        checked += 1
    assert checked == len(revenue_priors()) - 4


def test_a_prior_set_elsewhere_than_the_graph_is_noticed(drawn) -> None:
    """The negative control: of other numbers the graph's draws are not."""
    sizes = replace(RevenuePriors().sizes, quantity=(-1.0, 0.75), amend_down=(4.0, 1.0))
    for entry in revenue_priors(replace(RevenuePriors(), sizes=sizes)):
        if entry.parameter in ("size of a change of quantity", "amendments that reduce"):
            values = drawn[entry.variable]
            if entry.labels:
                values = values.sel({names.PROCESS: list(entry.labels)})
            below = float((values <= entry.distribution.in_scipy.ppf(0.5)).mean())
            assert abs(below - 0.5) > 0.2


def test_every_number_is_told() -> None:
    """Changing any of them changes a line of the table: none is left out."""
    base = RevenuePriors()
    before = prior_table(revenue_priors())["meaning"].tolist()
    for part in fields(base):
        numbers = getattr(base, part.name)
        assert is_dataclass(numbers)
        for field in fields(numbers):
            value = getattr(numbers, field.name)
            other = (value[0] + 1, value[1]) if isinstance(value, tuple) else value + 0.3
            changed = replace(base, **{part.name: replace(numbers, **{field.name: other})})
            assert prior_table(revenue_priors(changed))["meaning"].tolist() != before, field.name


def test_meanings_are_counted_in_renewals() -> None:
    table = prior_table(revenue_priors()).set_index("parameter")
    odds = np.exp(-1.3 + 1.6449 * np.array([-1, 1]))
    shares = 100 * odds / (1 + odds + np.exp(-2.2))
    expected = "of 100 renewals that are won, {:.0f} to {:.0f} are larger".format(*shares)
    assert table.loc["a larger renewal", "meaning"] == expected
    assert table[["reason", "source"]].map(len).min().min() > 20


def test_the_page_shows_the_table_of_today() -> None:
    """docs/priors.md is made from the numbers; `make priors` makes it anew."""
    page = (Path(__file__).parents[2] / "docs" / "priors.md").read_text(encoding="utf-8")
    for line in prior_table(revenue_priors()).itertuples(index=False):
        assert "| " + " | ".join(line) + " |" in page
