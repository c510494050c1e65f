"""Invented names of companies and people; any likeness is chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import labels


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_STEMS = _words(
    "Alder Amber Arbor Ardent Aspen Aurel Basalt Beacon Birch Bright Brook Cedar Cinder Cobalt "
    "Copper Coral Crest Dorn Eider Elm Ember Falk Fern Fjord Flint Garnet Granit Hafen Harbour "
    "Hazel Heron Indigo Iris Jasper Juniper Kestrel Kiel Larch Linden Lumen Maple Marl Meridian "
    "Mistral Nimbus Nord Oak Ochre Opal Orchard Osprey Pebble Pine Quartz Quill Raven Reed Rowan "
    "Sable Saffron Salt Sequoia Slate Sparrow Sterling Tamar Teal Thistle Umbra Vale Velvet Vesper "
    "Walnut Wharf Willow Wren Yarrow Zephyr"
)
_TRADES = _words(
    "bridge dale field ford gate haven hill line loom mark mere mill point port ridge stone "
    "stream track ward way well wood works yard"
)
_FORMS = ("Group", "Ltd", "GmbH", "AG", "Inc", "BV", "SA", "Partners", "Industries", "& Sons")
_CITIES = _words(
    "Aarhus Antwerp Basel Bergen Bilbao Bologna Boston Bremen Brno Cork Dallas Denver Ghent "
    "Gothenburg Graz Hobart Kyoto Leeds Leipzig Linz Lyon Malmo Nantes Osaka Oslo Perth Porto "
    "Quebec Riga Seattle Seville Tampere Trieste Turin Utrecht Vilnius"
)
_GIVEN = _words(
    "Ada Amir Anouk Bea Caspar Chiara Dario Edda Emre Femke Gita Hugo Ines Ivo Jana Kofi Lars "
    "Leila Maren Milo Nadia Nils Olga Pavel Priya Ruben Sana Sven Tara Tomas Uma Vera Wim Yara Zoe"
)
_FAMILY = _words(
    "Abbasi Andersen Bauer Bianchi Cohen Costa Duarte Eriksen Fischer Gallo Haas Hansen Ito Jansen "
    "Kaya Keller Lindqvist Marchetti Mbeki Moreau Nakamura Novak Okafor Olsen Petrov Quist Rao "
    "Rossi Santos Schmid Tanaka Ueda Vogel Weber Ximenes Yilmaz Zeller"
)


def company_names(parent: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """Return a name per account; branches of one parent share its name and add a city.

    Parameters
    ----------
    parent : array of int
        Parent of each account, -1 without one.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    firms = [f"{stem}{trade}" for stem in _STEMS for trade in _TRADES]
    size = len(parent)
    own = rng.integers(0, len(firms), size)
    shared = np.random.default_rng(3).permutation(len(firms))
    branch = parent >= 0
    firm = labels(firms, np.where(branch, shared[parent % len(firms)], own))
    form = labels(_FORMS, rng.integers(0, len(_FORMS), size))
    city = labels(_CITIES, rng.integers(0, len(_CITIES), size))
    return (firm + " " + form.where(~branch, city)).astype("str")


def person_names(count: int, rng: np.random.Generator) -> pd.Series:
    """Return `count` names of people, all different: namesakes are numbered.

    Parameters
    ----------
    count : int
        At least 0.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    whole = [f"{given} {family}" for given in _GIVEN for family in _FAMILY]
    rounds = -(-count // len(whole))
    order = rng.permutation(len(whole))
    names = [whole[position] for position in order]
    names += [f"{name} {turn}" for turn in range(2, rounds + 1) for name in names[: len(whole)]]
    return labels(names, np.arange(count))
