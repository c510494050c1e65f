"""The dials of a plan's levers, with what speaks for and against each of them below it."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import dial_control
from workbench.apps.planner.desk import Desk
from workbench.plans.dials import Board, Dial, Way, turned
from workbench.report.plan_markup import lever_note


class Levers:
    """Dials that one part of the page shows.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._notes: dict[Way, widgets.HTML] = {}

    def under(self, *way: str | int) -> list[widgets.VBox]:
        """Return the dials of the levers under a way such as ``("actions", 0)``, made anew."""
        found = [board for board in self._desk.boards() if board.way[: len(way)] == way]
        return [self._made(board) for board in found]

    def follow(self) -> None:
        """Say anew what belongs to the levers as they now are."""
        for board in self._desk.boards():
            if board.way in self._notes:
                self._notes[board.way].value = lever_note(board)

    def _made(self, board: Board) -> widgets.VBox:
        said = self._notes[board.way] = widgets.HTML(lever_note(board))

        def turn(dial: Dial, value: Any) -> None:
            self._desk.put(turned(self._desk.planner, self._desk.plan, dial, value))

        dials = [
            dial_control(dial, said, lambda value, dial=dial: turn(dial, value))
            for dial in board.dials
        ]
        made = widgets.VBox([*dials, said])
        made.add_class("wb-lever")
        return made
