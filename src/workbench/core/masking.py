"""Passwords stay out of messages, logs, notebooks and manifests.

What is shown of an address is built from its parts, each of which is known to be none of a
password's; an address that cannot be taken apart is not shown at all, for nobody can say where in
it the password is.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

MASK = "***"
UNREADABLE = f"an address that cannot be read ({MASK})"
POSTGRES = ("postgresql", "postgres")

_CODE = "%[0-9A-Fa-f]{2}"
_LOGIN = rf"(?:[\w.~!$&*+,;=-]|{_CODE})*"
_HOST = rf"(?:(?:[\w.-]|{_CODE})*|\[[0-9A-Fa-f:.]+\])(?::\d{{1,5}})?"
_ADDRESS = re.compile(
    rf"(?P<scheme>[A-Za-z][\w+.-]*)://"
    rf"(?:(?P<user>{_LOGIN})(?P<password>:{_LOGIN})?@)?"
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)"
    rf"(?P<path>(?:/(?:[\w.~!$&*+,;=:-]|{_CODE})*)*)"
    r"(?:\?(?P<query>[^\s#@'\"]*))?(?P<fragment>#[^\s@'\"]*)?"
)
_VARIABLE = re.compile(r"env:\s*[A-Za-z_]\w*\s*")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*://")
_TOKEN = re.compile(r"[^\s'\"`<>]*")
# Options of a connection that are no secret; of any other only the name is shown.
_OPEN = {
    "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname",
    "gssencmode", "host", "hostaddr", "keepalives", "load_balance_hosts", "port", "require_auth",
    "service", "sslcert", "sslmode", "sslrootcert", "target_session_attrs", "user",
}  # fmt: skip
_SECRET = re.compile(
    r"(?i)([\w-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|(?:api|access)[_-]?key)[\w-]*\s*=\s*)"
    r"(\\?'.*'|\\?\".*\"|\\?['\"].*|[^&\s'\"]+)"
)
_LOGIN_ALONE = re.compile(r"[^\s'\"]*:[^\s'\"]+@[^\s'\"]*")
_CONNECTION_TEXT = re.compile(
    r"(?i)(?:^|[\s;])(?:host|hostaddr|dbname|user|password|service|server|data source|uid|pwd)\s*="
)


def is_address(source: str | Path) -> bool:
    """Return whether a source is an address that can be taken apart without doubt.

    Parameters
    ----------
    source : str or Path
        As given by the user, password and all.

    Examples
    --------
    >>> is_address("postgresql://ann:s3cret@db/crm"), is_address("postgresql://ann:s3@ret@db/crm")
    (True, False)
    """
    return _ADDRESS.fullmatch(str(source)) is not None


def is_like_address(source: str | Path) -> bool:
    """Return whether a source may have been meant as an address, readable or not.

    Parameters
    ----------
    source : str or Path
        As given by the user; a file of that name that is there is no address, nor is ``env:`` with
        the name of a variable.

    Examples
    --------
    >>> texts = ("crm/", "ann:s3cret@db", "host=db user=ann", "Server=db;Uid=ann;Pwd=s3cret;")
    >>> [is_like_address(text) for text in texts]
    [False, True, True, True]
    >>> is_like_address("env:CRM")
    False
    """
    text = str(source)
    if _VARIABLE.fullmatch(text):
        return False
    if "://" in text or re.match(r"[A-Za-z][\w+.-]+:(?!\\)", text) or _CONNECTION_TEXT.search(text):
        return True
    return "@" in text and not Path(text).exists()


def shown_source(source: str | Path) -> str:
    """Return a source as it may be shown and stored.

    Parameters
    ----------
    source : str or Path
        As given by the user, password and all.

    Examples
    --------
    >>> shown_source("postgresql://ann:s3cret@db/crm?sslmode=require")
    'postgresql://ann:***@db/crm?sslmode=require'
    >>> shown_source("https://s3cret@db/crm?api_key=s3cret")
    'https://***@db/crm?api_key=***'
    >>> shown_source("postgresql://ann:s3@cret@db/crm")
    'an address that cannot be read (***)'
    >>> shown_source("exports/crm")
    'exports/crm'
    """
    text = str(source)
    if (found := _ADDRESS.fullmatch(text)) is not None:
        return _masked(found)
    return UNREADABLE if is_like_address(text) else text


def has_password(source: str | Path) -> bool:
    """Return whether a source may not be shown as it is.

    Parameters
    ----------
    source : str or Path
        As given by the user.
    """
    return shown_source(source) != str(source)


def mask_passwords(text: str) -> str:
    """Return a text with the passwords of all addresses in it replaced by ``***``.

    Where an address cannot be taken apart, all that may belong to it goes: as far as the last @ of
    its line.

    Parameters
    ----------
    text : str
        Of any number of lines, as an error message of a driver.

    Examples
    --------
    >>> mask_passwords("cannot reach postgresql://ann:s3cret@db/crm: timeout")
    'cannot reach postgresql://ann:***@db/crm: timeout'
    >>> mask_passwords("host=db password='my s3cret' user=ann")
    'host=db password=*** user=ann'
    """
    return "\n".join(map(_mask_line, text.split("\n")))


def without_secrets(text: str, source: str) -> str:
    """Return a text from elsewhere without an address that was used, and without its password.

    Parameters
    ----------
    text : str
        Such as a database's message, or an executed notebook.
    source : str
        The address.
    """
    text = text.replace(source, shown_source(source))
    if not is_address(source):
        return text
    parts = urlsplit(source)
    queried = [value for name, value in parse_qsl(parts.query) if name not in _OPEN]
    secrets = {parts.password or "", unquote(parts.password or ""), *queried}
    for secret in sorted(secrets, key=len, reverse=True):
        # One or two characters stand everywhere, and replaced they would show themselves.
        if len(secret) > 2:
            text = text.replace(secret, MASK)
    return text


def _mask_line(line: str) -> str:
    starts = [found.start() for found in _SCHEME.finditer(line)]
    done = _mask_rest(line[: starts[0]] if starts else line)
    for start, end in pairwise([*starts, len(line)]):
        part = line[start:end]
        last = part.rfind("@") + 1
        address = (part[:last] + _TOKEN.findall(part[last:])[0]).rstrip(".,;:)]}\\")
        found = _ADDRESS.fullmatch(address)
        scheme = address.partition("://")[0]
        done += _masked(found) if found else f"{scheme}://{MASK}"
        done += _mask_rest(part[len(address) :])
    return done


def _mask_rest(text: str) -> str:
    return _SECRET.sub(rf"\1{MASK}", _LOGIN_ALONE.sub(MASK, text))


def _masked(found: re.Match[str]) -> str:
    postgres = found["scheme"] in POSTGRES
    login = ""
    if found["user"] is not None:
        user = found["user"] if postgres or found["password"] else MASK
        login = f"{user}{f':{MASK}' if found['password'] else ''}@"
    query = f"?{_masked_query(found['query'])}" if found["query"] else ""
    fragment = f"#{MASK}" if found["fragment"] else ""
    return f"{found['scheme']}://{login}{found['hosts']}{found['path']}{query}{fragment}"


def _masked_query(query: str) -> str:
    shown = []
    for pair in query.split("&"):
        name, equals, _ = pair.partition("=")
        plain = equals and re.fullmatch(r"[A-Za-z]\w*", name)
        shown.append((pair if name in _OPEN else f"{name}={MASK}") if plain else MASK)
    return "&".join(shown)
