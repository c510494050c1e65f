"""Labels fit their place, and no two of a figure are the same."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.features.signals.catalogue import SIGNALS, remark_free
from workbench.forecast.reasons.tables import ALL_REASONS
from workbench.report.labels import cut, driver_labels, labels_of
from workbench.report.reasons.figures import bound_figure, incidence_figure
from workbench.report.renewals.figures import curve_figure, driver_figure

ALIKE = [
    "Competitor offered more data",
    "Competitor offered higher download speeds",
    "Competitor offered more data plans",
    "Competitor made better offer",
    "Attitude of support person",
    "Attitude of service provider",
    "Price too high",
    "Price",
    "Donaudampfschifffahrtsgesellschaft Nord",
    "Donaudampfschifffahrtsgesellschaft Sued",
    "x" * 60 + "a",
    "x" * 60 + "b",
]


@pytest.mark.parametrize(("width", "lines"), [(12, 1), (22, 1), (19, 2), (36, 2)])
def test_texts_that_begin_alike_are_told_apart(width: int, lines: int) -> None:
    labels = labels_of(ALIKE, width, lines)
    assert len(set(labels)) == len(ALIKE)
    assert not any("(" in label for label in labels) or width < 22
    for label in labels:
        assert len(rows := label.split("\n")) <= lines
        assert max(map(len, rows)) <= width


def test_what_differs_is_what_is_seen() -> None:
    labels = labels_of(ALIKE, 22)
    for label, part in zip(labels, ("data", "higher", "plans", "made", "support", "service")):  # noqa: B905
        assert part[:6] in label
    assert labels[6:8] == ["Price too high", "Price"]


texts = st.lists(
    st.text(st.sampled_from("ab ;.…(1)"), max_size=40).filter(lambda text: text.strip()), max_size=8
)


@given(texts, st.integers(12, 40), st.integers(1, 2))
def test_labels_are_unique_and_fit_whatever_the_texts(given_texts, width, lines) -> None:
    labels = labels_of(given_texts, width, lines)
    assert len(set(labels)) == len(given_texts)
    for label, text in zip(labels, given_texts, strict=True):
        assert len(rows := label.split("\n")) <= lines
        assert max(map(len, rows)) <= width
        alone = given_texts.count(text) == 1
        if len(plain := " ".join(text.split())) <= width and alone:
            assert label == plain or plain in map(" ".join, map(str.split, given_texts))


def test_a_name_from_data_keeps_its_semicolons_and_a_signal_loses_its_remark() -> None:
    picked = ["industry: Retail;Wholesale", "industry: Retail;Export", "metric: NPS;EMEA"]
    assert driver_labels(picked)[:2] == picked[:2]
    with_remarks = [signal for signal in SIGNALS if ";" in signal.meaning]
    assert with_remarks
    for signal in with_remarks:
        short = signal.meaning.split(";")[0]
        assert remark_free(signal.name) == remark_free(signal.meaning) == short
        assert remark_free(f"{signal.name}: missing") == f"not known: {short}"


def test_what_is_short_is_left_as_it_is() -> None:
    assert cut("Price", 22) == "Price"
    assert labels_of([]) == [] and driver_labels([]) == []


def ticks(figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_the_figures_of_reasons_tell_them_apart() -> None:
    reasons = ["Competitor offered more $data$", "Competitor offered higher download $speeds"]
    bounds = pd.DataFrame({"reason": reasons, "arr": [2e5, 1e5], "kept": [1e5, 5e4]})
    for name in ("arr", "kept"):
        bounds[f"{name}_low"], bounds[f"{name}_high"] = bounds[name] * 0.8, bounds[name] * 1.2
    bounds["known"] = True
    figure = bound_figure(bounds, 12, 0.9, "EUR")
    figure.savefig("/dev/null", format="svg")
    assert len(set(ticks(figure))) == 2 and "more $data$" in ticks(figure)[1]
    rows = [
        {"month": f"2026-{month:02}", "horizon_months": month, "reason": reason, "arr": month * arr}
        for month in (1, 2)
        for reason, arr in zip([*reasons, ALL_REASONS], (2.0, 1.0, 3.0), strict=True)
    ]
    table = pd.DataFrame(rows).assign(arr_low=1.0, arr_high=9.0)
    figure = incidence_figure(table, 0.9, "EUR")
    figure.savefig("/dev/null", format="svg")
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert len(set(texts)) == 3
    assert "more" in figure.axes[0].get_title(loc="left")


def test_the_figures_of_renewals_tell_levels_and_accounts_apart() -> None:
    drivers = ["industry: " + "Retail;" * 12 + end for end in ("Export", "Wholesale")]
    table = pd.DataFrame({"driver": drivers, "kind": "group", "hazard_ratio": [1.2, 0.8]})
    table = table.assign(
        low=table["hazard_ratio"] * 0.9, high=table["hazard_ratio"] * 1.1, clear=True
    )
    assert len(set(ticks(driver_figure(table, 0.9)))) == 2
    curves = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "name": ["Consolidated $Holdings of the North", "Consolidated $Holdings of the South"],
            "month": ["2026-01"] * 2, "horizon_months": [1, 1], "probability": [0.9, 0.8],
            "low": [0.8, 0.7], "high": [0.95, 0.9],
        }
    )  # fmt: skip
    figure = curve_figure(curves, 0.9)
    figure.savefig("/dev/null", format="svg")
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert "North" in titles[0] and "South" in titles[1]
