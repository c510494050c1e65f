"""What a customer's strength asks: to renew where it has a term, to stay where it has none."""

from __future__ import annotations

import pandas as pd


def has_terms(health: pd.DataFrame) -> bool:
    """Return whether any customer has a term; where none has, there is no renewal to speak of.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.

    Returns
    -------
    bool
    """
    return bool((health["term_ends"] != "").any())


def would_text(*, terms: bool) -> str:
    """Call what the strength asks of a customer with a term, and of one without.

    Parameters
    ----------
    terms : bool
        Whether there is a term.

    Returns
    -------
    str
        To follow a name.

    Examples
    --------
    >>> would_text(terms=True), would_text(terms=False)
    ('would renew if its term ended now', 'would stay if it decided now')
    """
    return "would renew if its term ended now" if terms else "would stay if it decided now"


def browse_text(*, terms: bool) -> str:
    """Say what the columns of the table of every customer mean.

    Parameters
    ----------
    terms : bool
        Whether any customer has a term.

    Returns
    -------
    str
        Markdown.
    """
    asked = (
        "*Would renew*: the probability if its term ended now, with today's signals."
        if terms
        else "*Would stay*: the probability with today's signals, over a year of months in each of "
        "which it may leave."
    )
    return (
        f"{asked} *Stays a year*: the probability of still being a customer in twelve months. "
        "Small figures: the interval, and what has changed since last month and last quarter, in "
        "points."
    )
