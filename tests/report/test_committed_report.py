"""Committed business and past retention as the pages tell them."""

from __future__ import annotations

import pandas as pd

from workbench.forecast.growth.past_retention import COLUMNS
from workbench.report.net_growth.committed_text import committed_text
from workbench.report.net_growth.past_retention_figure import last_year, past_retention_figure
from workbench.report.net_growth.past_text import past_retention_text


def signed(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["begins", "kind", "change"])


def test_what_is_signed_is_counted_by_kind_with_its_money() -> None:
    rows = [("2025-10", "new", 50_000.0)] * 10 + [("2025-12", "expansion", 14_161.2)] * 10
    text = committed_text(signed(*rows, ("2026-02", "renewal", 0.0)), "EUR")
    assert "10 new customers (+EUR 500 k a year)" in text
    assert "10 expansions (+EUR 142 k a year)" in text
    assert "1 renewal at the same price." in text
    assert "between 2025-10 and 2026-02" in text and "certain, not forecast" in text


def test_nothing_signed_is_nothing_said() -> None:
    assert committed_text(signed(), "EUR") == ""
    lost = committed_text(signed(("2025-10", "contraction", -2_000.0)), "")
    assert "1 contraction (−2 k a year)" in lost and "begin in 2025-10" in lost


def past() -> pd.DataFrame:
    rows = []
    for until, shift in (("2025-06", 0.0), ("2024-06", 0.3)):
        for level, nrr in (("all", 0.6), ("large", 0.9), ("sm*all", 0.4)):
            for pack, more in (("account-level", 0.0), ("with-returning", 0.2)):
                text = (nrr + more - shift, nrr - 0.1 - shift, 0.7)
                rows.append((level, "before", until, pack, 10, 1000.0, *text))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def test_past_retention_is_told_of_the_last_year() -> None:
    text = past_retention_text(past(), "account-level")
    assert "**60** were there with growth (NRR, account-level)" in text
    assert "**50** without" in text and "NRR would be 80.0% in place of 60.0%" in text
    assert "from 40% (sm\\*all) to 90% (large)" in text
    assert "in place of" not in past_retention_text(past(), "with-returning")
    alone = past().assign(nrr=0.5)
    assert "No customer who had been away" in past_retention_text(alone, "account-level")
    assert "Less than a year" in past_retention_text(past()[:0], "account-level")


def test_figure_shows_every_level_of_the_last_year() -> None:
    assert last_year(past(), "account-level")["nrr"].tolist() == [0.6, 0.9, 0.4]
    figure = past_retention_figure(past(), past(), "account-level")
    assert figure is not None
    left = figure.axes[0]
    assert [t.get_text() for t in left.get_yticklabels()] == [
        "sm*all (10)", "large (10)", "all (10)",
    ]  # fmt: skip
    assert "NRR was 60%, GRR 50%" in left.get_title(loc="left")
    assert past_retention_figure(past()[:0], past()[:0], "account-level") is None
