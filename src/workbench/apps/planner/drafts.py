"""Drafts: what is changed and not saved yet, kept shortly after each change."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from workbench.core.errors import WorkbenchError
from workbench.plans.plan.document import Plan
from workbench.plans.store.drafts import Draft, drafts_of, drop_draft, keep_draft
from workbench.plans.store.store import Store

_WAIT_SECONDS = 0.4  # a slider that is dragged changes the plan ten times a second
_LONGEST_KEY = 80


class Drafts:
    """The drafts of one visitor.

    Parameters
    ----------
    store : Store
    author : str
        Whose they are.
    kept : callable
        Told when a draft is in the store, by an empty text, or why it is not; from another thread.
    """

    def __init__(self, store: Store, author: str, kept: Callable[[str], None]) -> None:
        self._store, self._author, self._kept = store, author, kept
        self._waiting: Draft | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()

    @property
    def is_waiting(self) -> bool:
        """Whether a draft is on its way to the store."""
        return self._waiting is not None

    def put(self, draft: Draft) -> None:
        """Keep a draft in a moment, unless a later one of the same plan comes first.

        Parameters
        ----------
        draft : Draft
        """
        with self._lock:
            if self._waiting and self._waiting.key != draft.key:
                self.flush()
            self._waiting = draft
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(_WAIT_SECONDS, self.flush)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> None:
        """Keep now what is waiting."""
        with self._lock:
            draft, self._waiting = self._waiting, None
            if self._timer:
                self._timer.cancel()
            if draft is None:
                return
            try:
                keep_draft(self._store, self._author, draft)
                why = ""
            except WorkbenchError as error:
                why = " ".join([error.headline, *map(str, error.problems)])
        self._kept(why)

    def drop(self, key: str) -> None:
        """Forget a draft, in the store and on its way there.

        Parameters
        ----------
        key : str
            Of its plan.
        """
        with self._lock:
            if self._waiting and self._waiting.key == key:
                self._waiting = None
            drop_draft(self._store, self._author, key)

    def latest(self, accounts: tuple[str, ...] = ()) -> Draft | None:
        """Return the draft that was kept last.

        Parameters
        ----------
        accounts : tuple of str
            Only one for exactly these; empty for any.
        """
        self.flush()
        found = drafts_of(self._store, self._author).values()
        return next((one for one in found if accounts in ((), one.plan.accounts)), None)

    def of(self, key: str) -> Draft | None:
        """Return the draft of a plan.

        Parameters
        ----------
        key : str
            Of the plan.
        """
        self.flush()
        return drafts_of(self._store, self._author).get(key)


def new_key(plan: Plan) -> str:
    """Return the key of a draft of a plan that was never saved: ``new/`` and its account.

    Parameters
    ----------
    plan : Plan
    """
    key = "new/" + "+".join(plan.accounts)
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return key if len(key) <= _LONGEST_KEY else f"{key[:60]}/{digest}"
