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
    >>> money(-0.2)
    '0'
    """
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{currency} {value / size:.3g} {letter}".strip()
    return f"{currency} {value:z.0f}".strip()


RARE = (
    "A mean may lie outside its interval: what is rarer than the interval leaves out still weighs "
    "in the mean."
)


def is_outside(value: float, low: float, high: float) -> bool:
    """Say whether a mean lies outside its own interval, so that a reader must be told why.

    Parameters
    ----------
    value, low, high : float
        What the last digits of a sum may differ by aside.

    Examples
    --------
    >>> is_outside(3_430, 0, 0), is_outside(0.86, 0.81, 0.91)
    (True, False)
    """
    least = 1e-6 * max(abs(low), abs(high), 1e-6)
    return value < low - least or value > high + least


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
