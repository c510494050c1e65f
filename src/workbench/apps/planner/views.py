"""The views of the planner's page, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import ipywidgets as widgets
import traitlets


@dataclass(frozen=True)
class View:
    """One view.

    Parameters
    ----------
    key, title : str
        By which it is asked for, and what stands on its button.
    parts : tuple of Widget
        That are shown with it; several views may share one.
    refresh : callable
        Called whenever it is shown: others may have changed what it tells.
    """

    key: str
    title: str
    parts: tuple[widgets.Widget, ...]
    refresh: Callable[[], None] = field(default=lambda: None)


class Views(widgets.VBox):
    """Views behind buttons; ``current`` is the key of the one that is shown."""

    current = traitlets.Unicode()

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[str, View] = {}
        self._buttons: dict[str, widgets.Button] = {}
        self._parts: list[widgets.Widget] = []
        self.observe(lambda _: self._turn(), "current")

    def put(self, *views: View) -> None:
        """Hold these views, and show the first.

        Parameters
        ----------
        *views : View
        """
        self._views = {view.key: view for view in views}
        self._buttons = {view.key: self._button(view) for view in views}
        self._parts = list(dict.fromkeys(part for view in views for part in view.parts))
        bar = widgets.Box(list(self._buttons.values()))
        bar.add_class("wb-tabs")
        self.children = (bar, *self._parts)
        self.current = views[0].key

    def show(self, key: str) -> None:
        """Show a view; one that is there already is brought up to date.

        Parameters
        ----------
        key : str
            Of a view; an unknown one changes nothing.
        """
        if key == self.current:
            self._views[key].refresh()
        elif key in self._views:
            self.current = key

    def _button(self, view: View) -> widgets.Button:
        made = widgets.Button(description=view.title)
        made.add_class("wb-tab")
        made.on_click(lambda _: self.show(view.key))
        return made

    def _turn(self) -> None:
        view = self._views[self.current]
        for key, button in self._buttons.items():
            (button.add_class if key == view.key else button.remove_class)("wb-here")
            button.tooltip = (
                "This view is shown" if key == view.key else f"Show {button.description}"
            )
        view.refresh()
        for part in self._parts:
            shown = "" if part in view.parts else "none"
            if part.layout.display != shown:
                part.layout.display = shown
