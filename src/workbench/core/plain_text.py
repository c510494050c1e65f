"""Customers' text shown as what it is: no markup, no links, nothing that a terminal obeys."""

from __future__ import annotations

import html
import re

# Control characters but tab and line feed, and those that turn the direction of what follows.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKUP = re.compile(r"([`*_\[\]|~$]|(?<!&)#)")
# What viewers make links or formulas of, though it is escaped.
_BY_CODE = re.compile(r"\\|:(?=//)|(?<=www)\.|@", re.IGNORECASE)


def printable(text: object) -> str:
    r"""Return a text with its control characters spelled out, for terminals and logs.

    Parameters
    ----------
    text : object
        Anything; its ``str`` is taken.

    Examples
    --------
    >>> printable("Acme\x1b[2J\x07 GmbH")
    'Acme\\x1b[2J\\x07 GmbH'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), str(text))


def plain(text: object) -> str:
    r"""Return a text so that Markdown and HTML show it as it is, in one line.

    Parameters
    ----------
    text : object
        Anything; its ``str`` is taken.

    Examples
    --------
    >>> plain("<b>too *dear*"), plain("see https://a.example")
    ('&lt;b&gt;too \\*dear\\*', 'see https&#58;//a.example')
    """
    line = " ".join(printable(text).split())
    coded = _BY_CODE.sub(lambda found: f"&#{ord(found[0])};", html.escape(line, quote=True))
    return _MARKUP.sub(r"\\\1", coded)
