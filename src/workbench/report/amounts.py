"""Amounts of money as short words; apart from `style`, so that words need no matplotlib."""

from __future__ import annotations


def money(value: float, currency: str = "") -> str:
    """Write an amount short.

    >>> money(23_431_040, "EUR")
    'EUR 23.4 M'
    >>> money(8_200)
    '8.2 k'
    """
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{currency} {value / size:.3g} {letter}".strip()
    return f"{currency} {value:.0f}".strip()
