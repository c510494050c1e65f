"""Who is at the page, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from workbench.core.errors import ParameterError, Problem

Role = Literal["reader", "planner", "lead"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Visitor:
    """Somebody at the page.

    Parameters
    ----------
    name : str
        Under which plans are saved.
    role : {"reader", "planner", "lead"}
        A reader tries things out and writes nothing; a planner saves; a lead also sees the team.
    """

    name: str
    role: Role = "planner"

    @property
    def may_write(self) -> bool:
        """Whether they may save, accept and tick off."""
        return self.role != "reader"

    @property
    def sees_team(self) -> bool:
        """Whether they see whose plans are stale."""
        return self.role == "lead"

    def require_writer(self) -> None:
        """Go on only when they may write: asked where something is written, not where it is shown.

        Raises
        ------
        ParameterError
            When they may not.
        """
        if not self.may_write:
            hint = "Ask whoever keeps the list of users."
            problem = Problem("may look and try, not write", self.name, "planner or lead",
                              self.role, hint)  # fmt: skip
            raise ParameterError("Nothing was saved.", [problem])
