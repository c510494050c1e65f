"""A save that meets others' work: merged where fields differ, refused where they are the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pydantic

from workbench.core.errors import Problem
from workbench.plans.store.engine import StoreError
from workbench.plans.store.merge import ABSENT, Clash, Merged, Path, merge
from workbench.plans.store.records import Kind

_LONGEST = 200
WHOLE: Path = ()


class EditConflict(StoreError):
    """Somebody else changed the same fields; nothing was written.

    Parameters
    ----------
    headline : str
    problems : sequence of Problem
        One per field, side by side.
    clashes : tuple of Clash
    sides : tuple of (base, mine, theirs)
        The whole documents as plain values.
    their_version : int
        The version that stands in the store: what a second save begins from.
    their_author : str
    """

    def __init__(
        self,
        headline: str,
        problems: Sequence[Problem],
        clashes: tuple[Clash, ...] = (),
        sides: tuple[Any, Any, Any] = (ABSENT, ABSENT, ABSENT),
        theirs: tuple[int, str] = (0, ""),
    ) -> None:
        super().__init__(headline, problems)
        self.clashes, self.sides = clashes, sides
        self.their_version, self.their_author = theirs

    def __reduce__(self):
        theirs = (self.their_version, self.their_author)
        return (type(self), (self.headline, self.problems, self.clashes, self.sides, theirs))

    def resolved(self, kind: Kind[Any], keep_mine: frozenset[Path]) -> Any:
        """Return the record with each clash decided: save it as begun from `their_version`.

        Parameters
        ----------
        kind : Kind
        keep_mine : frozenset of Path
            Of the clashes where mine counts; elsewhere theirs does.

        Returns
        -------
        Part or None
            None where it is taken away.
        """
        content = self.sides[1] if WHOLE in keep_mine else merge(*self.sides, keep_mine).content
        return None if content is ABSENT else _read(kind, content)


def merged_save(
    kind: Kind[Any], sides: tuple[Any, Any, Any], began: int, theirs: tuple[int, str]
) -> Merged:
    """Merge a save with what stands in the store.

    Parameters
    ----------
    kind : Kind
    sides : tuple of (base, mine, theirs)
        Plain values, or `ABSENT`.
    began : int
        The version that mine began from.
    theirs : tuple of (int, str)
        The version that stands there, and who has saved since.

    Returns
    -------
    Merged
        Without clashes.

    Raises
    ------
    EditConflict
        When both changed the same fields, or the two together are not valid.
    """
    found = merge(*sides)
    clashes = found.clashes or _invalid(kind, sides, found)
    if not clashes:
        return found
    problems = [
        Problem(
            f"yours says {value_text(clash.mine)!r}, theirs {value_text(clash.theirs)!r}",
            path_text(clash.path) or kind.called,
            hint="Keep one of them, or write both.",
        )
        for clash in clashes
    ]
    message = f"{theirs[1]} changed the same since version {began}: nothing was saved yet."
    raise EditConflict(message, problems, clashes, sides, theirs)


def _invalid(kind: Kind[Any], sides: tuple[Any, Any, Any], found: Merged) -> tuple[Clash, ...]:
    """Return the clash of two changes that are right alone and wrong together."""
    if found.content in (ABSENT, sides[1], sides[2]):
        return ()
    try:
        merged = _read(kind, found.content)
    except pydantic.ValidationError:
        return (Clash(WHOLE, *sides),)
    goals = {goal.name for goal in getattr(merged, "goals", ())}
    served = {name for action in getattr(merged, "actions", ()) for name in action.serves}
    # One took a goal away, the other gave it an action.
    return (Clash(WHOLE, *sides),) if served - goals else ()


def _read(kind: Kind[Any], content: Any) -> Any:
    return kind.part.model_validate_json(json.dumps(content))


def path_text(path: Path) -> str:
    """Return where a field stands, in words.

    Parameters
    ----------
    path : tuple of str
        Of a change or a clash.

    Examples
    --------
    >>> path_text(("actions", "roi_analysis", "owner"))
    'actions, roi analysis, owner'
    """
    return ", ".join(step.replace("_", " ") for step in path)


def value_text(value: Any) -> str:
    """Return a plain value on one line.

    Parameters
    ----------
    value : object
        Cut where it is long; `ABSENT` is "(not there)".
    """
    if value is ABSENT:
        return "(not there)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
