"""Stories: accounts of the window's end from which a newcomer learns what to look for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_start
from workbench.data.simulator.columns import labels
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.signals import read
from workbench.data.simulator.true_process import EVENTS, INDUSTRIES

STORIES = {
    "the champion left": "It had a champion half a year ago and has none now, and its term ends "
    "within a year.",
    "a merger": "It merged with another company within the last six months.",
    "a clinic that uses more than it bought": "It used over a tenth more than it is entitled to "
    "in the last three months.",
}
_RECENT_MONTHS = 6
_AHEAD_MONTHS = 12
_USED_MORE = 0.1
_GROWN = 1.05


def tell_stories(observed: ObservedWindow) -> pd.DataFrame:
    """Find the customers of the last day that tell a story, at most one for each.

    Nothing is planted: signals, chances and endings are those of the process. Of the accounts that
    fit a story, the one with the highest revenue tells it.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.

    Returns
    -------
    DataFrame
        account_id; story; what_happened; what_comes (nobody knows it on that day: it is truth).
    """
    span = observed.span
    arr = observed.history.arr[:, observed.keep]
    now = arr[span.end - span.window - 1]
    future = observed.history.on[span.end : span.end + _AHEAD_MONTHS, observed.keep]
    rows = []
    later = arr[span.end - span.window + _AHEAD_MONTHS - 1]
    for story, fits in _fitting(observed, ~future.all(axis=0), later > _GROWN * now).items():
        told = np.flatnonzero(fits & (now > 0))
        if len(told):
            account = told[np.argmax(now[told])]
            comes = f"It stays for the year and pays {later[account] / now[account] - 1:.0%} more."
            if not future[:, account].all():
                gone = span.first_month + span.end + int((~future[:, account]).argmax())
                comes = f"It leaves in {month_start(gone):%B %Y}."
            rows.append((account, story, STORIES[story], comes))
    account, *texts = zip(*rows, strict=True) if rows else ((),) * 4
    names = ("story", "what_happened", "what_comes")
    columns = {name: pd.Series(text, dtype="str") for name, text in zip(names, texts, strict=True)}
    return pd.DataFrame(
        {"account_id": labels(observed.account_key, np.array(account, int))} | columns
    )


def _fitting(
    observed: ObservedWindow, leaves: np.ndarray, grows: np.ndarray
) -> dict[str, np.ndarray]:
    """Tell which accounts fit each story, by what happened and what the coming year brings."""
    end, keep, panels = observed.span.end, observed.keep, observed.panels
    absent = panels.absent[:, keep]
    lost = absent[end - 1] & ~absent[end - 1 - _RECENT_MONTHS]
    merged = panels.event[end - _RECENT_MONTHS : end, keep] == EVENTS.index("merger")
    used = read(panels, observed.people.start, end)["consumption"][keep]
    clinic = observed.people.industry[keep] == INDUSTRIES.index("Health care")
    fits = (
        lost & (observed.history.due[-1, keep] < _AHEAD_MONTHS) & leaves,
        merged.any(axis=0) & leaves,
        clinic & (used > _USED_MORE) & ~leaves & grows,
    )
    return dict(zip(STORIES, fits, strict=True))
