"""The figure of one subscription shows the drivers that matter, and says what it finds."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.report.explain_figures import (
    MOST_DRIVERS,
    contribution_figure,
    contribution_finding,
)

NAME = "<b>$x^</b>"


def explained(service: float = 1.0, width: float = 0.4) -> pd.DataFrame:
    """A total, two groups, and more drivers than are drawn."""
    drivers = [("$odd_", service)] + [(f"signal {i}", -i / 20) for i in range(MOST_DRIVERS + 2)]
    sales = sum(value for _, value in drivers[1:])
    lines = [("total", "", "", service + sales), ("group", "", "service", service)]
    lines += [("group", "", "sales", sales)]
    lines += [
        ("driver", name, "service" if i == 0 else "sales", value)
        for i, (name, value) in enumerate(drivers)
    ]
    table = pd.DataFrame(lines, columns=["level", "driver", "group", "contribution"])
    ends = {"low": table["contribution"] - width, "high": table["contribution"] + width}
    # As rows of a larger table: the index does not begin at zero.
    return table.assign(month="2026-03", **ends).set_axis(range(50, 50 + len(table)))


def test_bars_are_the_total_the_groups_and_the_strongest_drivers(tmp_path):
    table = explained()
    figure = contribution_figure(table, NAME, 0.9)
    groups, drivers = figure.axes
    labels = [[tick.get_text() for tick in ax.get_yticklabels()] for ax in figure.axes]
    assert labels[0] == ["all together", "service", "sales"]
    assert [bar.get_width() for bar in groups.patches] == pytest.approx([-1.75, 1.0, -2.75])
    assert labels[1] == ["$odd_", *(f"signal {i}" for i in range(3, MOST_DRIVERS + 2))]
    [intervals] = drivers.collections
    assert intervals.get_segments()[0][:, 0].tolist() == pytest.approx([0.6, 1.4])
    assert groups.get_xlim() == drivers.get_xlim()
    assert "log-hazard" in groups.get_xlabel()
    figure.savefig(tmp_path / "figure.svg")


def test_finding_is_a_factor_with_an_interval_and_the_groups_behind_it():
    assert contribution_finding(explained(), NAME, 0.9) == (
        f"{NAME}, 2026-03: 0.17 times the book's average hazard of leaving (90%: 0.12 to 0.26); "
        "raised most by service, lowered most by sales"
    )


def test_a_group_that_may_be_nothing_is_not_named():
    text = contribution_finding(explained(width=5.0), NAME, 0.9)
    assert text.endswith("; no group clearly differs from the average")
    assert "service" not in text
