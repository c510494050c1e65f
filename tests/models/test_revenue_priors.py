"""The table of the revenue models' priors says what their graphs do."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from workbench.core import revenue_names as names
from workbench.core.calendar import month_number
from workbench.core.processes import REVENUE_PROCESSES
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.features.pipeline import pipeline_data
from workbench.features.revenue_data import revenue_data
from workbench.features.revenue_shocks import with_shocks
from workbench.forecast.growth import movements
from workbench.inference.prior import prior_table
from workbench.inference.run import Sampling, sample
from workbench.models.priors.prior import Prior
from workbench.models.priors.revenue import RevenuePriors, revenue_priors
from workbench.models.revenue.model import ARRIVALS, MONEY, build_revenue
from workbench.models.revenue.money import MoneyModel, money_graph
from workbench.models.revenue.named_rows import name_rows
from workbench.models.revenue.new_business import name_arrivals, size_centre
from workbench.models.revenue.row_parts import row_parts

GROUPING = "segment"


@pytest.fixture(scope="module")
def drawn() -> dict[str, np.ndarray]:
    """Draw every parameter from the prior by the models' own graphs."""
    book = book_from_frames(simulate(60, 24, seed=4, texts=False).tables)
    data = hazard_data(book, DataSpecification(covariates=("consumption_3m",), groups=(GROUPING,)))
    moved = movements.movements(movements.lines(data.subscriptions, data.window.last_month))
    pipeline = pipeline_data(book, data.as_of, month_number(data.as_of) - 12)
    shocks = np.full((1 + len(data.coding.shaken_levels), len(data.coding.quarters) + 1), 0.2)
    money = with_shocks(revenue_data(data, moved, pipeline=pipeline), data.design, shocks)
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
    values[names.NEW_SIZE] = values[names.NEW_SIZE] - size_centre(money.new)
    return values


def covered(entry: Prior, drawn: dict) -> list[np.ndarray]:
    """Return the draws of each variable that a row is about."""
    written = [entry.variable.format(process=p, grouping=GROUPING) for p in REVENUE_PROCESSES]
    values = [drawn[name] for name in dict.fromkeys(written) if name in drawn]
    if entry.labels:
        values = [one.sel({names.PROCESS: list(entry.labels)}) for one in values]
    return [np.asarray(one) for one in values]


def test_draws_of_the_graphs_follow_the_rows(drawn) -> None:
    checked = []
    for entry in revenue_priors():
        if entry.variable.startswith("pipeline"):
            continue  # latent there: `name_pipeline` scales standard normals, see its own test
        for values in covered(entry, drawn):
            for q in (0.1, 0.5, 0.9):
                share = float((values <= entry.distribution.in_scipy.ppf(q)).mean())
                assert share == pytest.approx(q, abs=0.035), (entry.parameter, q)
            checked.append(entry.parameter)
    assert len(set(checked)) == len(revenue_priors()) - 4
    assert checked.count("spread of the effects of signals") == len(REVENUE_PROCESSES)
    assert checked.count("spread of kinds of contract") == len(REVENUE_PROCESSES) - 1


def test_a_prior_set_elsewhere_than_the_graph_is_noticed(drawn) -> None:
    """The negative control: of other numbers the graph's draws are not."""
    base = RevenuePriors()
    sizes = replace(base.sizes, quantity=(-1.0, 0.75))
    others = replace(base, sizes=sizes, predictors=replace(base.predictors, down=(1.0, 1.0)))
    for entry in revenue_priors(others):
        if entry.parameter in ("size of a change of quantity", "amendments that reduce"):
            (values,) = covered(entry, drawn)
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
    expected = "of 100 contracts that go on, {:.0f} to {:.0f} are larger".format(*shares)
    assert table.loc["a larger next contract", "meaning"] == expected
    assert table[["reason", "source"]].map(len).min().min() > 20


def test_the_page_shows_the_table_of_today() -> None:
    """docs/priors.md is made from the numbers; `make priors` makes it anew."""
    page = (Path(__file__).parents[2] / "docs" / "priors.md").read_text(encoding="utf-8")
    for line in prior_table(revenue_priors()).itertuples(index=False):
        assert "| " + " | ".join(line) + " |" in page
