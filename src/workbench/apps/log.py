"""Log lines for people, on stderr; results go to stdout."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

import structlog
from rich.markup import escape
from structlog.typing import EventDict

from workbench.core.masking import has_password, is_like_address, mask_passwords
from workbench.core.plain_text import printable


def configure_log(*, verbose: bool = False) -> None:
    """Print every event as one readable line on stderr, passwords masked.

    Parameters
    ----------
    verbose : bool
        Also what each step took.
    """
    least = logging.DEBUG if verbose else logging.INFO
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        processors=[
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            _mask,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def terminal_text(text: object) -> str:
    """Return a text as a terminal may print it through rich: no control characters, no markup.

    Parameters
    ----------
    text : object
        Whatever ``str`` makes a text of.
    """
    return escape(printable(text))


def warn_of_passwords(arguments: Iterable[str]) -> None:
    """Warn of an address with a password on the command line: every user of the machine sees it.

    Parameters
    ----------
    arguments : iterable of str
        Values that stood on the command line.
    """
    if any(is_like_address(text) and has_password(text) for text in arguments):
        structlog.get_logger().warning(
            "the command line shows the password of an address to every user of this machine (ps), "
            "and the shell may keep it; put the address into an environment variable and give "
            "env:NAME"
        )


def _mask(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {
        key: printable(mask_passwords(value)) if isinstance(value, str) else value
        for key, value in event.items()
    }
