"""Lever cards: the controls of a plan's levers, each with its provenance below it."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import slider
from workbench.apps.planner.session import PlanSession
from workbench.plans.evaluate.cards import LeverCard, adjusted
from workbench.plans.levers.control import Control
from workbench.plans.plan.document import LeverPath
from workbench.report.plan.markup import lever_html


class LeverCards:
    """The lever cards that one part of the page shows.

    Parameters
    ----------
    session : PlanSession
    """

    def __init__(self, session: PlanSession) -> None:
        self._session = session
        self._notes: dict[LeverPath, widgets.HTML] = {}

    def under(self, *path: str | int) -> list[widgets.VBox]:
        """Return the cards of the levers under a path such as ``("actions", 0)``, made anew."""
        found = [card for card in self._session.lever_cards() if card.path[: len(path)] == path]
        return [self._made(card) for card in found]

    def follow(self) -> None:
        """Say anew what belongs to the levers as they now are."""
        for card in self._session.lever_cards():
            if card.path in self._notes:
                self._notes[card.path].value = lever_html(card)

    def _made(self, card: LeverCard) -> widgets.VBox:
        note = self._notes[card.path] = widgets.HTML(lever_html(card))

        def move(control: Control, value: Any) -> None:
            session = self._session
            session.set_plan(adjusted(session.planner, session.plan, card.path, control, value))

        sliders = [
            slider(control, note, lambda value, control=control: move(control, value))
            for control in card.controls
        ]
        made = widgets.VBox([*sliders, note])
        made.add_class("wb-lever")
        return made
