"""Which themes a text is about, and the words that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.health.words.word_lists import Theme, phrases

Fired = Mapping[str, tuple[str, ...]]


def themes_of(texts: Sequence[str], themes: Mapping[str, Theme]) -> list[Fired]:
    """Ask every theme of every text.

    Parameters
    ----------
    texts : sequence of str
        What writers wrote themselves, see `workbench.health.words.own_text`.
    themes : mapping of str to Theme

    Returns
    -------
    list of dict of str to tuple of str
        Of each text, by theme that it is about, the phrases of the theme's list that it holds: of
        the list, not of the text, so that nothing which a customer wrote is passed on.

    Examples
    --------
    >>> theme = Theme(title="Price", suggests="Ask.", words=("price*", "cost"))
    >>> themes_of(["Your PRICES are high.", "No costume."], {"price": theme})
    [{'price': ('price*',)}, {}]
    """
    looked_for = {name: phrases(theme.words) for name, theme in themes.items()}
    found = []
    for text in texts:
        low = text.casefold()
        held = {
            name: tuple(phrase.written for phrase in own if phrase.places(low))
            for name, own in looked_for.items()
        }
        found.append({name: words for name, words in held.items() if words})
    return found
