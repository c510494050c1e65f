"""Figures of plans show the tables they are given, and their titles say what the tables say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.plan.figures import (
    MOST_DRIVERS,
    driver_figure,
    renewal_figure,
    revenue_figure,
)

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def monthly(*plans: tuple[str, float]) -> pd.DataFrame:
    """Revenue that falls to a share of 1,000 at month 3, and a customer that stays with it."""
    parts = []
    for name, share in plans:
        left = np.where(np.arange(1, 13) < 3, 1.0, share)
        part = pd.DataFrame({"plan": name, "month": MONTHS, "horizon_months": np.arange(1, 13)})
        for column, size in (("arr", 1000.0), ("stays", 1.0)):
            part[column] = left * size
            part[f"{column}_low"], part[f"{column}_high"] = part[column] * 0.9, part[column] * 1.0
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


BOTH = monthly(("as things stand", 0.5), ("$x^ <b>", 0.8))


def lines(ax) -> dict[str, np.ndarray]:
    return {str(line.get_label()): np.asarray(line.get_ydata()) for line in ax.lines}


def test_revenue_begins_today_and_ends_where_the_table_does():
    [ax] = revenue_figure(BOTH, 1000.0, 0.9, "EUR").axes
    drawn = lines(ax)
    assert drawn["as things stand"][[0, -1]].tolist() == [1000, 500]
    assert drawn["with the plan"][[0, -1]].tolist() == [1000, 800]
    assert ax.get_title("left") == "+EUR 300 expected in 12 months"
    assert "90% interval" in ax.get_ylabel()


def test_a_plan_that_loses_says_so():
    worse = monthly(("as things stand", 0.8), ("plan", 0.5))
    [ax] = revenue_figure(worse, 1000.0, 0.9, "EUR").axes
    assert ax.get_title("left") == "−EUR 300 expected in 12 months"


def test_without_a_plan_there_is_one_fan():
    [ax] = revenue_figure(monthly(("as things stand", 0.5)), 1000.0, 0.9, "").axes
    assert [line.get_label() for line in ax.lines] == ["as things stand"]
    assert len(ax.collections) == 1
    assert ax.get_title("left") == "500 expected in 12 months"


@pytest.mark.parametrize(
    ("due", "title"),
    [
        (3, "Customer in 12 months: 50% → 80%"),
        (None, "Customer in 12 months: 50% → 80%"),
    ],
)
def test_the_renewal_is_marked_where_there_is_one(due, title, tmp_path):
    figure = renewal_figure(BOTH, due, 0.9)
    [ax] = figure.axes
    assert ax.get_title("left") == title
    assert [text.get_text() for text in ax.texts] == (["renewal"] if due else [])
    named = dict(zip(ax.get_xticks(), (t.get_text() for t in ax.get_xticklabels()), strict=True))
    assert named == {0: "Jan\n2026", 3: "Apr", 6: "Jul", 9: "Oct", 12: "Jan\n2027"}
    if due:  # in the third month, March: between its first day and April's
        assert 2 < next(line for line in ax.lines if line.get_ls() == ":").get_xdata()[0] < 3
    figure.savefig(tmp_path / "figure.svg")


def test_the_strongest_drivers_are_shown_as_factors(tmp_path):
    effect = np.log([2.0, 1.5, *np.linspace(0.9, 0.6, MOST_DRIVERS), 9.0])
    table = pd.DataFrame({"driver": [f"$d_{i}" for i in range(len(effect))], "group": "sales"})
    table = table.assign(contribution=effect, low=effect - 0.5, high=effect + 0.5)
    table.loc[table.index[-1], "group"] = "contract"
    figure = driver_figure(table, 0.9)
    [ax] = figure.axes
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[:2] == ["$d_0", "$d_1"]
    assert len(labels) == MOST_DRIVERS
    assert ax.patches[0].get_x() + ax.patches[0].get_width() == pytest.approx(2.0)
    assert figure.get_suptitle() == "1 driver clearly raises the risk"
    figure.savefig(tmp_path / "figure.svg")


def test_no_driver_is_no_fault(tmp_path):
    columns = ["driver", "group", "contribution", "low", "high"]
    empty = pd.DataFrame({name: [] for name in columns})
    driver_figure(empty, 0.9).savefig(tmp_path / "figure.svg")
