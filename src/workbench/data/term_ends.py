"""Whether the ends of terms are meant as their last day, or as the day after it."""

from __future__ import annotations

import pandas as pd

_FEWEST = 5
_MOSTLY = 0.9


def last_days_finding(contracts: pd.DataFrame) -> list[str]:
    """Name ends that lie a day before the start comes round.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts: ``end_on`` is the day from which a term no longer holds.

    Returns
    -------
    list of str
        One sentence where nearly all terms end so, such as 2024-01-01 to 2024-12-31; else none.

    Examples
    --------
    >>> start = pd.Series(pd.to_datetime(["2024-01-01", "2024-02-01"] * 3))
    >>> end = pd.Series(pd.to_datetime(["2024-12-31", "2024-02-29"] * 3))
    >>> names = [f"c{i}" for i in range(6)]
    >>> table = pd.DataFrame({"contract_id": names, "start_on": start, "end_on": end})
    >>> len(last_days_finding(table))
    1
    >>> last_days_finding(table.assign(end_on=end + pd.Timedelta(days=1)))
    []
    """
    terms = contracts[contracts["end_on"].notna()]
    after = terms["end_on"] + pd.Timedelta(days=1)
    last = terms[after.dt.day == terms["start_on"].dt.day]
    if len(last) < max(_FEWEST, _MOSTLY * len(terms)):
        return []
    first = last.iloc[0]
    return [
        f"{len(last):,} of {len(terms):,} terms end a day before their start comes round (first: "
        f"{first['contract_id']}, {first['start_on'].date()} to {first['end_on'].date()}): the "
        "last day itself seems to be meant, while end_on is the day after. Such customers leave a "
        "day, and at a month's end a month, too early. State end_on: {column: ..., add_days: 1} in "
        "a mapping, and ended_on likewise if it is written so."
    ]
