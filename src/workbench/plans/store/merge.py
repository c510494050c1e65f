"""What two people changed in one document: different fields merge, the same field is a clash.

Documents are plain values, as `workbench.plans.plan.file.bare` makes them. Members of a list are
told apart by what they are called, not by where they stand. A lever, a source of an effect and a
text are taken whole: numbers of two people must not merge into one that neither of them said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
Key = tuple[str, int]  # what a member is called, and which of that name it is


class _Absent:
    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Any = _Absent()
_CALLED = {
    "goals": ("name",),
    "actions": ("kind",),
    "steps": ("what",),
    "demand": ("what",),
    "win_plans": ("opportunity_id",),
    "where": ("column",),
    "levers": ("lever", "signal", "process", "product"),
}
_WHOLE = {"levers"}


@dataclass(frozen=True)
class Change:
    """One field that differs: where it stands, and what was and is there (or `ABSENT`)."""

    path: Path
    before: Any
    after: Any


@dataclass(frozen=True)
class Clash:
    """One field that two people changed in different ways.

    Parameters
    ----------
    path : tuple of str
        Empty for the document as a whole.
    base, mine, theirs : object
        What both began from, and what each made of it; `ABSENT` where it is not there.
    """

    path: Path
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """Two people's documents in one.

    Parameters
    ----------
    content : object
        With theirs wherever there is a clash.
    taken : tuple of Change
        What was taken over from theirs, against mine.
    clashes : tuple of Clash
    """

    content: Any
    taken: tuple[Change, ...]
    clashes: tuple[Clash, ...]


def merge(base: Any, mine: Any, theirs: Any, keep_mine: frozenset[Path] = frozenset()) -> Merged:
    """Merge two documents that began from one.

    Parameters
    ----------
    base, mine, theirs : dict or ABSENT
    keep_mine : frozenset of Path
        Clashes that are decided: there, mine counts.

    Returns
    -------
    Merged

    Examples
    --------
    >>> base = {"name": "Keep A", "note": "", "actions": []}
    >>> merge(base, base | {"note": "mine"}, base | {"name": "Keep A1"}).content
    {'name': 'Keep A1', 'note': 'mine', 'actions': []}
    >>> merge(base, base | {"note": "mine"}, base | {"note": "theirs"}).clashes
    (Clash(path=('note',), base='', mine='mine', theirs='theirs'),)
    """
    clashes: list[Clash] = []
    content = _merged((), (base, mine, theirs), keep_mine, clashes)
    clashing = {clash.path for clash in clashes}
    taken = [change for change in changes(mine, content) if change.path not in clashing]
    return Merged(content, tuple(taken), tuple(clashes))


def changes(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Yield what differs between two documents, field by field.

    Parameters
    ----------
    before, after : dict or ABSENT
    path : tuple of str
        To them.
    """
    if before == after:
        return
    before, after = _listed(path, before, after)
    parts = [_parts(path, before), _parts(path, after)]
    if None in parts:
        yield Change(path, before, after)
        return
    first, second = (part or {} for part in parts)
    inner = list(_changed_parts(path, first, second))
    # Members that only stand in another order.
    yield from inner or [Change(path, before, after)]


def _changed_parts(path: Path, first: dict[Key, Any], second: dict[Key, Any]) -> Iterator[Change]:
    for key in [*first, *(key for key in second if key not in first)]:
        way = (*path, key_text(key))
        yield from changes(first.get(key, ABSENT), second.get(key, ABSENT), way)


def key_text(key: Key) -> str:
    """Return a member's name as people read it.

    Parameters
    ----------
    key : tuple of str and int

    Examples
    --------
    >>> key_text(("workshop", 0)), key_text(("workshop", 1))
    ('workshop', 'workshop (2)')
    """
    name, nth = key
    return name if nth == 0 else f"{name} ({nth + 1})"


def _merged(path: Path, sides: Sequence[Any], keep: frozenset[Path], clashes: list[Clash]) -> Any:
    base, mine, theirs = sides
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    sides = _listed(path, *sides)
    parts = [_parts(path, side) for side in sides]
    if parts[1] is None or parts[2] is None:
        if path not in keep:
            clashes.append(Clash(path, base, mine, theirs))
        return mine if path in keep else theirs
    own, other, first = parts[1], parts[2], parts[0] or {}
    found = {}
    for key in _order(first, own, other):
        inner = [side.get(key, ABSENT) for side in (first, own, other)]
        value = _merged((*path, key_text(key)), inner, keep, clashes)
        if value is not ABSENT:
            found[key] = value
    if isinstance(sides[1], list):
        # As it is written: an empty list of the document's own is left out.
        return list(found.values()) or (ABSENT if len(path) == 1 else [])
    return {key[0]: value for key, value in found.items()}


def _listed(path: Path, *sides: Any) -> Sequence[Any]:
    """Return values with an empty list for an absent one; in a part, absent may mean more."""
    is_list = len(path) == 1 and any(isinstance(side, list) for side in sides)
    return [[] if is_list and side is ABSENT else side for side in sides]


def _order(base: dict[Key, Any], mine: dict[Key, Any], theirs: dict[Key, Any]) -> list[Key]:
    """Return all keys in the order of whoever moved them; the other's new ones after neighbours."""
    moved = [key for key in mine if key in base] != [key for key in base if key in mine]
    spine, rest = (mine, theirs) if moved else (theirs, mine)
    order = list(spine)
    last = -1
    for key in rest:
        if key in spine:
            last = order.index(key)
        else:
            last += 1
            order.insert(last, key)
    return order


def _parts(path: Path, value: Any) -> dict[Key, Any] | None:
    """Return a value's parts by name; None for one that is taken whole."""
    holder = path[-1] if path else ""
    if isinstance(value, dict):
        whole = holder == "source" or (len(path) > 1 and path[-2] in _WHOLE)
        return None if whole else {(name, 0): part for name, part in value.items()}
    if not isinstance(value, list):
        return None
    found: dict[Key, Any] = {}
    for member in value:
        name = _name_of(holder, member)
        nth = sum(1 for known in found if known[0] == name)
        found[name, nth] = member
    return found


def _name_of(holder: str, member: Any) -> str:
    if isinstance(member, dict):
        named = [str(member[name]) for name in _CALLED.get(holder, ()) if name in member]
        return " ".join(named) or json.dumps(member, sort_keys=True)
    return str(member)
