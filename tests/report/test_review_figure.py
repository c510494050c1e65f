"""What each group of factors adds to a strength, drawn for the review of an account."""

from __future__ import annotations

import pandas as pd

from workbench.health.factors import FACTORS
from workbench.report.account_review.figures import factors_figure
from workbench.report.output.narrow_figure import narrow
from workbench.report.style import new_figure


def test_bars_are_the_points_of_the_account_and_the_title_is_what_they_say() -> None:
    row = {"account_id": "A2"}
    for at, name in enumerate(FACTORS):
        row |= {f"part_{name}": (at - 2) / 50, f"part_{name}_low": -0.1, f"part_{name}_high": 0.1}
    other = dict.fromkeys(row, 0.0) | {"account_id": "A1"}
    figure = factors_figure(pd.DataFrame([other, row]), "A2", 0.9)
    ax = figure.axes[0]
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]
    title = ax.get_title(loc="left")
    assert title.startswith(f"{FACTORS[0].capitalize()} takes 4 points, {FACTORS[1]} 2")
    assert [label.get_text() for label in ax.get_yticklabels()] == list(FACTORS)
    assert narrow(figure).get_size_inches()[0] < 4


def test_legends_of_two_panels_become_one_below_a_narrow_figure() -> None:
    figure, axes = new_figure(columns=2)
    for ax, label in zip(axes, ("open", "by the count alone"), strict=True):
        ax.plot([0, 1], label=label)
        ax.legend()
    (legend,) = narrow(figure).legends
    assert [text.get_text() for text in legend.get_texts()] == ["open", "by the count alone"]
