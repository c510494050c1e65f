"""YAML and JSON files as plain values, with the line on which each of them stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import Reader

from workbench.core.errors import DataError, Problem


class _PlainLoader(yaml.SafeLoader):
    """YAML without its old habit of reading No, Yes and on as true or false.

    Our files have no switches, and those are words that columns, cells and people do use.
    """


_PlainLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _WordsLoader(_PlainLoader):
    """YAML in which every cell is the text that stands there: 2018-01-01, 007 and 1e3 too."""


_WordsLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:merge"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class MarkedFile:
    """The content of a file, and where in the file each part of it stands.

    Parameters
    ----------
    name : str
        The file's name, as messages give it.
    content : any
        Dictionaries, lists, texts, numbers and dates.
    root : yaml.Node or None
        The same as nodes that know their lines; None for an empty file.
    """

    name: str
    content: Any
    root: yaml.Node | None

    def line(self, steps: Sequence[str | int]) -> int:
        """Return the 1-based line of the deepest part on the way that exists."""
        node, line = self.root, 1
        for step in map(str, steps):
            if isinstance(node, yaml.MappingNode):
                pairs = {key.value: (key, value) for key, value in node.value}
                # A step that names a kind, not a key, leads nowhere further down.
                if step in pairs:
                    key, node = pairs[step]
                    line = key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and step.isdigit():
                node = node.value[int(step)]
                line = node.start_mark.line + 1
        return line

    def where(self, steps: Sequence[str | int]) -> str:
        """Return file, line and path of a part, for a message."""
        path = ".".join(map(str, steps)) or "top level"
        return f"{self.name} line {self.line(steps)}, {path}"


def read_marked(path: Path, headline: str, words: bool = False) -> MarkedFile:
    """Read a file: JSON where its name ends so, else YAML.

    Parameters
    ----------
    path : Path
    headline : str
        What to say first if the file cannot be read.
    words : bool
        Whether YAML's values stay the texts that they are, for whoever knows what each is to be.

    Raises
    ------
    DataError
        When it is not text, not YAML or JSON, or gives a key twice; with the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError(headline, [Problem("not UTF-8 text", path.name)]) from None
    is_json = path.suffix == ".json"
    loader = _WordsLoader if words else _PlainLoader
    try:
        content = json.loads(text) if is_json else yaml.load(text, Loader=loader)
        # Lines come from YAML's nodes for both: JSON is YAML, but for a few control characters.
        root = yaml.compose(_printable(text) if is_json else text, Loader=loader)
    except json.JSONDecodeError as error:
        where = f"{path.name} line {error.lineno}"
        raise DataError(headline, [Problem("not JSON", where, found=error.msg)]) from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name} line {mark.line + 1}" if mark else path.name
        problem = Problem("not YAML", where, found=str(error).splitlines()[0])
        raise DataError(headline, [problem]) from None
    marked = MarkedFile(path.name, content, root)
    repeated = _repeated_keys(path.name, root)
    if repeated:
        raise DataError(headline, repeated)
    return marked


def _printable(text: str) -> str:
    return Reader.NON_PRINTABLE.sub("?", text)


def _repeated_keys(file: str, root: yaml.Node | None) -> list[Problem]:
    """Find keys given twice: YAML would silently keep the last of them."""
    problems: list[Problem] = []
    waiting, seen = [root] if root else [], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # an alias leads to a part that was looked at already
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                if key.value in names and key.tag != "tag:yaml.org,2002:merge":
                    line = f"{file} line {key.start_mark.line + 1}"
                    problems.append(Problem(f"{key.value} is given twice", line, "each key once"))
                names.add(str(key.value))
                waiting.append(value)
    return problems
