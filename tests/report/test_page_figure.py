"""Figures come in two cuts, both readable, and say what they find."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Text

from workbench.report.output.figure_layout import LEAST_POINTS, NAME
from workbench.report.output.kinds import NARROW, SVG
from workbench.report.output.narrow_figure import NARROW_INCHES, narrow
from workbench.report.output.page_figure import draw
from workbench.report.style import as_months, label_axes, new_figure

LONG = "messages from the\ncustomer in three months"


def drawn(columns: int = 2):
    figure, axes = new_figure(columns=columns)
    for ax in axes:
        ax.barh([0, 1], [1, 2], label="revenue today")
        ax.set_yticks([0, 1], [LONG, "owner"], fontsize=6)
        label_axes(
            ax, "Two drivers stand out of sixty, which is what chance alone would give", "ratio"
        )
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def smallest(figure) -> float:
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    return min(text.get_fontsize() for text in shown)


def test_the_narrow_cut_stacks_panels_and_keeps_text_readable() -> None:
    figure = drawn()
    assert smallest(figure) < LEAST_POINTS
    cut = narrow(figure)
    assert cut.get_size_inches()[0] == pytest.approx(NARROW_INCHES)
    assert smallest(cut) >= LEAST_POINTS
    boxes = [ax.get_position() for ax in cut.axes]
    assert boxes[0].y0 > boxes[1].y1
    inside = [ax.get_tightbbox() for ax in cut.axes]
    assert all(box.x0 >= 0 and box.x1 <= NARROW_INCHES * 96 for box in inside)


def test_the_figure_that_was_given_stays_as_it_was() -> None:
    figure = drawn()
    size, titles = tuple(figure.get_size_inches()), [ax.get_title("left") for ax in figure.axes]
    data, metadata = figure._repr_mimebundle_()
    assert tuple(figure.get_size_inches()) == size
    assert [ax.get_title("left") for ax in figure.axes] == titles
    assert data[SVG] != data[NARROW]
    assert metadata[SVG]["alt"].startswith("Two drivers stand out of sixty")
    assert metadata[SVG]["alt"].endswith("Shown: ratio.")


def test_titles_and_labels_end_within_the_figure() -> None:
    figure, (ax,) = new_figure()
    ax.barh([0, 1], [1, 2])
    ax.set_yticks([0, 1], [LONG, "owner"])
    title = "No signal stands out beyond chance (1 of 29 are clear); 0 of 31 levels of groups do"
    label_axes(
        ax, title, "worth of renewals due, in EUR a year; darker where more is expected to be lost"
    )
    for cut in (draw(figure).figure, narrow(figure)):
        [ax] = cut.axes
        shown = [ax._left_title, ax.xaxis.label]
        boxes = [text.get_window_extent() for text in shown]
        assert all(box.x0 >= 0 and box.x1 <= cut.bbox.width for box in boxes), boxes
        assert " ".join(ax.get_title("left").split()) == title


def test_names_of_points_that_would_run_into_each_other_are_left_out() -> None:
    figure, (ax,) = new_figure()
    for name, height in (("first", 0.5), ("second", 0.505), ("third", 0.9)):
        ax.annotate(name, (0.5, height), gid=NAME)
    [drawn_ax] = draw(figure).figure.axes
    assert [text.get_text() for text in drawn_ax.texts if text.get_visible()] == ["first", "third"]
    assert all(text.get_visible() for text in ax.texts)


def test_months_are_told_by_the_calendar() -> None:
    ax = new_figure()[1][0]
    ax.plot(np.arange(-6, 13), np.arange(19))
    ax.set_xlim(-6, 12)
    as_months(ax, "2026-01")
    labels = {round(tick): label.get_text() for tick, label in
            zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)}  # fmt: skip
    assert labels[0] == "Jan\n2026"
    assert labels[-6] == "Jul\n2025"
    assert labels[12] == "Jan\n2027"
    assert len(labels) <= 7
