"""Labels that fit: texts cut to a width, and still told apart where their beginnings are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count
from textwrap import wrap

from workbench.features.signals.catalogue import remark_free

_CUT = " …"
_GAP = " … "


def cut(text: str, width: int, lines: int = 1) -> str:
    r"""Return a text of at most so many lines; what is longer is cut, at a blank where one is near.

    Parameters
    ----------
    text : str
        White space in it comes to single blanks.
    width : int
        Letters in a line, at least 8.
    lines : int, 1 or more
        How many there may be.

    Examples
    --------
    >>> cut("Competitor offered more data", 22), cut("Donaudampfschifffahrtsgesellschaft", 22)
    ('Competitor offered …', 'Donaudampfschifffahr …')
    >>> cut("tickets opened and not closed", 20, lines=2)
    'tickets opened and\nnot closed'
    """
    plain = " ".join(text.split())
    room = len(plain)
    while len(found := wrap(_shortened(plain, room), width)) > lines:
        room = min(room - 1, lines * width)
    return "\n".join(found)


def labels_of(texts: Iterable[object], width: int = 36, lines: int = 1) -> list[str]:
    r"""Return a label for each text, all of them different.

    Parameters
    ----------
    texts : iterable
        Those that begin alike are cut in the middle, so that what differs is seen; equal ones are
        numbered.
    width : int
        Letters in a line.
    lines : int, 1 or more
        How many a label may have.

    Examples
    --------
    >>> labels_of(["Competitor offered more data", "Competitor offered higher speeds"], 22)
    ['Competitor … more data', 'Compet … higher speeds']
    >>> labels_of(["Acme", "Acme"])
    ['Acme (1)', 'Acme (2)']
    """
    plain = [" ".join(str(text).split()) for text in texts]
    found = [cut(text, width, lines) for text in plain]
    for at in _alike(found):
        rivals = [text for text in plain if text != plain[at]]
        shared = max((_shared(plain[at], rival) for rival in rivals), default=0)
        if found[at].endswith(_CUT):
            found[at] = cut(_without_middle(plain[at], shared, width * lines), width, lines)
    for at in _alike(found):
        taken = {label for other, label in enumerate(found) if other != at}
        numbered = (_numbered(found[at], n, width) for n in count(1))
        found[at] = next(label for label in numbered if label not in taken)
    return found


def spoken(key: str) -> str:
    """Return a key from a table, such as a reason for leaving, as people say it.

    Parameters
    ----------
    key : str
        Underscores in it stand for blanks.

    Examples
    --------
    >>> spoken("sponsor_left")
    'sponsor left'
    """
    return " ".join(key.replace("_", " ").split())


def driver_labels(drivers: Iterable[str], width: int = 36) -> list[str]:
    r"""Return what drivers mean as labels of at most two lines, all of them different.

    Parameters
    ----------
    drivers : iterable of str
        Names of signals and columns, or a grouping with its level. What stands behind the semicolon
        of a signal's meaning is left out.
    width : int
        Letters in a line.

    Examples
    --------
    >>> driver_labels(["open_tickets", "industry: Retail;Export"], 20)
    ['tickets opened and\nnot closed', 'industry:\nRetail;Export']
    """
    return labels_of(map(remark_free, drivers), width, lines=2)


def _shared(text: str, other: str) -> int:
    """Return with how many equal letters two texts begin."""
    differs = (at for at, pair in enumerate(zip(text, other, strict=False)) if len(set(pair)) == 2)
    return next(differs, min(len(text), len(other)))


def _numbered(label: str, number: int, width: int) -> str:
    *before, last = label.split("\n")
    mark = f" ({number})"
    return "\n".join([*before, cut(last, max(width - len(mark), 1)) + mark])


def _alike(labels: list[str]) -> list[int]:
    times = Counter(labels)
    return [at for at, label in enumerate(labels) if times[label] > 1]


def _shortened(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    head = text[: room - len(_CUT)]
    blank = head.rfind(" ")
    whole = text[len(head)] == " " or blank < len(head) / 2
    return (head if whole else head[:blank]).rstrip() + _CUT


def _without_middle(text: str, shared: int, room: int) -> str:
    """Return the beginning of a text and what comes after the letters it shares with others."""
    from_word = text.rfind(" ", 0, shared) + 1
    rest = text[from_word:] if shared - from_word < room / 2 else text[shared:]
    rest = rest or text[-room // 2 :]
    if len(rest) > (most := room * 2 // 3):
        rest = _shortened(rest, most) if len(text) > len(rest) else rest
    head = text[: max(room - len(_GAP) - len(rest), 1)]
    blank = head.rfind(" ")
    return (head[:blank] if blank > 0 else head).rstrip() + _GAP + rest
