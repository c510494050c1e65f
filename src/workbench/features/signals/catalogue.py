"""All signals, in the order of their columns."""

from __future__ import annotations

from workbench.features.signals import (
    engagement,
    finance,
    people,
    support,
    surveys,
)
from workbench.features.signals.signal import Signal

SIGNALS: tuple[Signal, ...] = (
    *finance.SIGNALS,
    *support.SIGNALS,
    *surveys.SIGNALS,
    *engagement.SIGNALS,
    *people.SIGNALS,
)
