"""The figure of one subscription shows the drivers that matter, and says what it finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.renewals.driver_curves import bends_figure
from workbench.report.renewals.explain_figures import (
    MOST_DRIVERS,
    contribution_figure,
    contribution_text,
)

NAME = "<b>$x^</b>"


def explained(service: float = 1.0, width: float = 0.4) -> pd.DataFrame:
    """A total, three groups, and more drivers than are drawn."""
    drivers = [("tenure", "contract", 2.0), ("$odd_", "service", service)]
    drivers += [(f"signal {i}", "sales", -i / 20) for i in range(MOST_DRIVERS + 2)]
    table = pd.DataFrame(drivers, columns=["driver", "group", "contribution"])
    sums = table.groupby("group", sort=False)["contribution"].sum()
    lines = [("total", "", "", sums.sum())]
    lines += [("customer", "", "", sums.sum() - sums["contract"])]
    lines += [*(("group", "", *pair) for pair in sums.items())]
    lines += [("driver", *line) for line in drivers]
    table = pd.DataFrame(lines, columns=["level", "driver", "group", "contribution"])
    ends = {"low": table["contribution"] - width, "high": table["contribution"] + width}
    # As rows of a larger table: the index does not begin at zero.
    return table.assign(month="2026-03", **ends).set_axis(range(50, 50 + len(table)))


def test_bars_are_the_total_the_groups_and_the_strongest_drivers(tmp_path):
    figure = contribution_figure(explained(), NAME, 0.9)
    groups, drivers = figure.axes
    labels = [[tick.get_text() for tick in ax.get_yticklabels()] for ax in figure.axes]
    assert labels[0] == ["all but the contract", "service", "sales"]
    assert [bar.get_width() for bar in groups.patches] == pytest.approx([-1.75, 1, -2.75])
    assert labels[1] == ["$odd_", *(f"signal {i}" for i in range(3, MOST_DRIVERS + 2))]
    [intervals] = drivers.collections
    assert intervals.get_segments()[0][:, 0].tolist() == pytest.approx([0.6, 1.4])
    assert drivers.get_xlim() == pytest.approx((-1.47, 1.47))
    assert "leaves less" in groups.get_xlabel()
    assert next(tick.get_text() for tick in groups.get_xticklabels()) == "×0.1"
    figure.savefig(tmp_path / "figure.svg")


def test_finding_is_a_factor_with_an_interval_and_the_groups_behind_it():
    assert contribution_text(explained(), NAME, 0.9) == (
        f"{NAME}, 2026-03: 0.17 times as likely to leave as an average customer at the same point "
        "of the same contract (90%: 0.12 to 0.26); raised most by service and lowered most by sales"
    )
    assert "2026-03: 191 times" in contribution_text(explained(service=8.004), NAME, 0.9)


def test_a_group_that_may_be_nothing_is_not_named():
    text = contribution_text(explained(width=5.0), NAME, 0.9)
    assert text.endswith("; no group clearly differs from the average")


def test_the_only_subscription_of_a_book_is_its_average():
    table = explained().assign(contribution=0.0, low=0.0, high=0.0)
    figure = contribution_figure(table, NAME, 0.9)
    assert figure.axes[0].get_xlim() == pytest.approx((-0.105, 0.105))
    assert "1 times as likely to leave as an average" in figure.get_suptitle()


def test_a_model_of_contracts_alone_has_no_other_drivers():
    table = explained()
    table = table[table["group"].isin(["", "contract"])]
    assert len(contribution_figure(table, NAME, 0.9).axes[1].patches) == 0


def test_a_bent_effect_is_drawn_along_values_with_their_unit() -> None:
    value = np.linspace(0.0, 60.0, 5)
    one = {"value": value, "hazard_ratio": 1.2, "low": 0.9, "high": 1.6, "line": 1.1, "bends": True}
    names = ["mean_days_late_6m", "seats"]
    figure = bends_figure(pd.concat([pd.DataFrame(one).assign(driver=name) for name in names]), 0.9)
    assert figure is not None
    assert [ax.get_xlabel() for ax in figure.axes] == ["days", "as the book tells it"]
