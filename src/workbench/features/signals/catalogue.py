"""All signals but the metrics that a team adds, in the order of their columns."""

from __future__ import annotations

from workbench.features.signals import (
    consumption,
    engagement,
    events,
    finance,
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
