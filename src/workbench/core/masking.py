"""Passwords stay out of messages, logs, notebooks and manifests."""

from __future__ import annotations

import re

_IN_ADDRESS = re.compile(r"(\w[\w+.-]*://[^\s:/@'\"]*):[^\s'\"]+@(?=[^\s@]*)")
_IN_QUERY = re.compile(r"(?i)\b(password|passwd|pwd|token|secret)=([^&\s'\"]+)")


def mask_passwords(text: str) -> str:
    """Return the text with the password of every database address in it replaced by ``***``.

    >>> mask_passwords("postgresql://ann:s3cret@db/crm?sslmode=require")
    'postgresql://ann:***@db/crm?sslmode=require'
    >>> mask_passwords("postgresql://db/crm?user=ann&password=s3cret")
    'postgresql://db/crm?user=ann&password=***'
    """
    return _IN_QUERY.sub(r"\1=***", _IN_ADDRESS.sub(r"\1:***@", text))
