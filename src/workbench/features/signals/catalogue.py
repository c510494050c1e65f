"""All signals but the metrics that a team adds, in the order of their columns."""

from __future__ import annotations

from workbench.features.signals import (
    consumption,
    engagement,
    events,
    finance,
    metrics,
    people,
    relationship,
    renewal,
    support,
    surveys,
)
from workbench.features.signals.signal import Signal

SIGNALS: tuple[Signal, ...] = (
    *consumption.SIGNALS,
    *relationship.SIGNALS,
    *renewal.SIGNALS,
    *finance.SIGNALS,
    *support.SIGNALS,
    *surveys.SIGNALS,
    *engagement.SIGNALS,
    *people.SIGNALS,
    *events.SIGNALS,
)

_MEANING = {signal.name: signal.meaning for signal in SIGNALS}
_MISSING = ": missing"
_UNKNOWN = "not known: "


def meaning_of(name: str) -> str:
    """Return what a signal, or its indicator of missing values, says; another name as it is.

    Parameters
    ----------
    name : str
        Of a signal, of a column of the model, or of anything that may stand beside them.

    Examples
    --------
    >>> meaning_of("open_tickets"), meaning_of("open_tickets: missing"), meaning_of("seats")
    ('tickets opened and not closed', 'not known: tickets opened and not closed', 'seats')
    """
    signal = name.removesuffix(_MISSING)
    described = _MEANING.get(signal) or metrics.metric_meaning(signal)
    if described == signal:
        return name
    return described if signal == name else f"{_UNKNOWN}{described}"


def remark_free(name: str) -> str:
    """Return what `meaning_of` returns, without the remark behind a signal's semicolon.

    Names from data may hold semicolons of their own, and stay whole.

    Parameters
    ----------
    name : str
        Of a signal, of a column of the model, or of anything that may stand beside them.

    Examples
    --------
    >>> remark_free("mean_days_late_6m")
    'mean days late of invoices due in the last six months'
    >>> remark_free("industry: Retail;Export")
    'industry: Retail;Export'
    """
    described = meaning_of(name)
    known = any(described.removeprefix(_UNKNOWN) == meaning for meaning in _MEANING.values())
    return described.split(";")[0] if known else described
