"""The plans that come with the project: read and evaluated, on a book that has their customers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planbooks import make_book, planbook_inputs
from quiet import quiet_shocks

from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.features.encode import encode
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.forecast.posterior.revenue import Effects
from workbench.forecast.simulation.lines import lines_of
from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import read_plan
from workbench.plans.plan.measured import read_measured
from workbench.plans.plan.omissions import omissions
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.snapshot import planbook_of

PLANS = Path(__file__).parents[2] / "params" / "plans"
EXAMPLES = sorted(set(PLANS.glob("*.yaml")) - {PLANS / "effects.yaml"})
CUSTOMERS = ("A000114", "A000117", "A000382", "A000424")


@pytest.fixture(scope="module")
def their_book() -> Planbook:
    book = make_book(keys=CUSTOMERS)
    industry = np.where(np.arange(12) % 3, "Banking", "Airlines")
    opportunities = pd.DataFrame({"opportunity_id": ["O0001527"], "account_id": [CUSTOMERS[2]]})
    return replace(
        book, accounts=book.accounts.assign(industry=industry), opportunities=opportunities
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_does_something(path: Path, their_book: Planbook, catalogue: Catalogue) -> None:
    plan = read_plan(path, catalogue, their_book)
    planner = Planner(their_book, catalogue, read_measured(plan, catalogue, path.parent))
    before, after = planner.baseline(plan), planner.evaluate(plan)
    gain = compare(before, [after], their_book.months).summary["gain"].iloc[1]
    assert gain < 0 if path.stem == "budget_shock" else gain > 0
    assert set(provenance(planner, plan)["source"]) <= {"association", "assumed", "measured"}
    no_goals = "The plan names none of the customer's own goals or challenges."
    assert (no_goals in omissions(plan, {})) == (not plan.goals)


@pytest.fixture(scope="module")
def simulated() -> Book:
    return book_from_frames(simulate(accounts=40, months=24, seed=5, texts=False).tables)


def test_a_planbook_is_taken_from_a_forecast(simulated: Book) -> None:
    data = hazard_data(simulated, DataSpecification(horizon_months=24))
    inputs = planbook_inputs(draws=20)
    n = (len(data.coding.signals.columns), len(data.coding.attributes.columns))
    levels = len(data.coding.flat_levels) + 1

    def sized(part: Effects) -> Effects:
        return replace(
            part,
            signal=np.full((20, n[0]), -0.1),
            attribute=np.zeros((20, n[1])),
            group=np.zeros((20, levels)),
        )

    names = ("contract", "expand", "amend", "cross_sell")
    inputs = replace(
        inputs,
        coding=data.coding,
        hazard=replace(
            inputs.hazard,
            exit=np.full((20, 9), -3.0),
            tenure=np.zeros((20, data.coding.max_tenure_months + 1)),
            **quiet_shocks(20, data.coding, 0.1),
            signal=np.full((20, n[0]), -0.1),
            attribute=np.zeros((20, n[1])),
            group=np.zeros((20, levels)),
        ),
        revenue=replace(
            inputs.revenue,
            **{name: sized(getattr(inputs.revenue, name)) for name in names},
            size_group=np.zeros((4, 20, levels)),
        ),
    )
    book = planbook_of(data, inputs, opportunities=simulated.frame("opportunities"))
    lines = lines_of(data.future, data.future_design)
    assert list(book.accounts["account_id"]) == list(lines.accounts)
    assert list(book.signals["account_id"]) == list(lines.accounts)
    assert book.survived.shape == (20, len(lines))
    # The raw signals, coded, are the lines' own.
    position = book.account_index.get_indexer(lines.account_id)
    again = encode(data.coding.signals, book.signals.iloc[position])
    np.testing.assert_allclose(again, lines.signal_value)
    assert book.opportunities["account_id"].isin(lines.accounts).all()
    everybody = Plan(version=1, name="all", accounts=("all",))
    planner = Planner(book, Catalogue({}), {})
    np.testing.assert_array_equal(planner.evaluate(everybody).arr, planner.baseline(everybody).arr)
