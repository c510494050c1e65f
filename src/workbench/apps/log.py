"""Log lines for people, on stderr; results go to stdout."""

from __future__ import annotations

import sys

import structlog
from structlog.typing import EventDict

from workbench.core.masking import mask_passwords


def configure_log() -> None:
    """Print every event as one readable line on stderr, passwords masked."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            _mask,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _mask(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {
        key: mask_passwords(value) if isinstance(value, str) else value
        for key, value in event.items()
    }
