"""A plan's figures in two layers show what the figure in one piece shows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from workbench.report.plan.fans import PANEL_HEIGHT, PANEL_INCHES
from workbench.report.plan.figures import renewal_figure, revenue_figure
from workbench.report.plan.layers import renewal_layers, revenue_layers

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def monthly(share: float) -> pd.DataFrame:
    """Revenue of 1,000 and a customer: half is left from month 3 on, with the plan a share."""
    parts = []
    for name, left in (("as things stand", 0.5), ("plan", share)):
        stays = np.where(np.arange(1, 13) < 3, 1.0, left)
        part = pd.DataFrame({"plan": name, "month": MONTHS, "horizon_months": np.arange(1, 13)})
        for column, size in (("arr", 1000.0), ("stays", 1.0)):
            part[column], part[f"{column}_low"] = stays * size, stays * size * 0.9
            part[f"{column}_high"] = stays * size
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def drawn(svg: str) -> np.ndarray:
    """Return the points of the last line of a figure, in its own points."""
    paths = re.findall(r'<path d="([^"]*)"[^>]*stroke-width: 2;', svg)
    return np.array(re.findall(r"[ML] (\S+) (\S+)", paths[-1]), float)


def test_the_plan_lies_where_its_axes_are() -> None:
    still, moving = revenue_layers(monthly(0.8), 1000.0, 0.9, "EUR")
    points = drawn(moving)
    left, bottom, width, height = still.position
    at = (points / [72 * PANEL_INCHES, 72 * PANEL_HEIGHT] - [left, 0]) / [width, 1]
    np.testing.assert_allclose(at[:, 0], np.arange(13) / 12, atol=1e-6)
    up = (1 - at[:, 1] - bottom) / height * still.frame.top
    np.testing.assert_allclose(up, [1000, 1000, 1000, *[800] * 10], atol=0.01)


def test_what_stands_still_is_drawn_once() -> None:
    first, one = revenue_layers(monthly(0.8), 1000.0, 0.9, "EUR")
    again, other = revenue_layers(monthly(0.7), 1000.0, 0.9, "EUR", first)
    assert again is first and one != other
    customer, _ = renewal_layers(monthly(0.8), 3, 0.9)
    assert renewal_layers(monthly(0.7), 3, 0.9, customer)[0] is customer
    assert renewal_layers(monthly(0.7), None, 0.9, customer)[0] is not customer


def test_an_axis_grows_with_what_it_must_hold_and_shrinks_only_for_another_account() -> None:
    first, _ = revenue_layers(monthly(0.8), 1000.0, 0.9, "EUR")
    grown, _ = revenue_layers(monthly(2.0), 1000.0, 0.9, "EUR", first)
    assert grown.frame.top >= 2000 > first.frame.top
    assert revenue_layers(monthly(0.8), 1000.0, 0.9, "EUR", grown)[0] is grown
    other = monthly(0.8).assign(arr=lambda table: table["arr"] * 0.9)
    assert revenue_layers(other, 1000.0, 0.9, "EUR", grown)[0].frame.top < 2000


@pytest.mark.parametrize("due", [3, None])
def test_it_says_what_the_figure_says(due: int | None) -> None:
    table = monthly(0.8)
    for figure, (still, moving) in (
        (revenue_figure(table, 1e3, 0.9, "EUR"), revenue_layers(table, 1e3, 0.9, "EUR")),
        (renewal_figure(table, due, 0.9), renewal_layers(table, due, 0.9)),
    ):
        [ax] = figure.axes
        assert f'aria-label="{ax.get_title("left")}"' in moving
        assert f">{ax.get_title('left')}</text>" in moving
        for phrase in ("as things stand", "with the plan", ax.get_ylabel(), "2026", "Apr"):
            assert f">{phrase}</text>" in still.svg, phrase


def test_no_sheet_reaches_the_page_around() -> None:
    still, moving = renewal_layers(monthly(0.8), 3, 0.9)
    assert "<style" not in still.svg + moving
    assert still.svg.count('stroke-linejoin="round"') == 1
