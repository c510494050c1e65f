"""Amounts of money and days as readers write them; words need neither matplotlib nor pandas."""

from __future__ import annotations

from datetime import date


def money(value: float, currency: str = "") -> str:
    """Write an amount short.

    Parameters
    ----------
    value : float
        In the currency's units; from a thousand on three digits are shown.
    currency : str
        Stands before the amount; may be empty.

    Returns
    -------
    str

    Examples
    --------
    >>> money(23_431_040, "EUR")
    'EUR 23.4 M'
    >>> money(8_200)
    '8.2 k'
    """
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{currency} {value / size:.3g} {letter}".strip()
    return f"{currency} {value:.0f}".strip()


def date_text(iso: str) -> str:
    """Return an ISO date as readers write it.

    Parameters
    ----------
    iso : str
        Whatever follows the tenth character is left out.

    Examples
    --------
    >>> date_text("2026-01-01")
    '1 January 2026'
    """
    day = date.fromisoformat(iso[:10])
    return f"{day.day} {day:%B %Y}"
