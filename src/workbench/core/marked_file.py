"""YAML and JSON files as plain values, with the line on which each of them stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.reader import Reader

from workbench.core.errors import DataError, Problem, WorkbenchError

MOST_BYTES = 5_000_000
MOST_NODES = 50_000
DEEPEST = 50


class _Loader(yaml.SafeLoader):
    """YAML of a size that people write, every part of it written out.

    An alias may stand for a part that holds further ones: a few lines unfold to billions of parts.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.nodes = self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Take the next part, unless it is one too many, too deep or an alias."""
        event = self.peek_event()
        self.nodes += 1
        self.depth += 1
        fault = ""
        if isinstance(event, yaml.AliasEvent):
            fault = f"*{event.anchor} stands for another part; write the part out"
        elif self.nodes > MOST_NODES:
            fault = f"more than {MOST_NODES:,} keys and values"
        elif self.depth > DEEPEST:
            fault = f"more than {DEEPEST} parts inside one another"
        if fault:
            raise ComposerError(None, None, fault, event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _without(kind: str) -> dict[str, Any]:
    return {
        first: [rule for rule in rules if rule[0] != f"tag:yaml.org,2002:{kind}"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class _PlainLoader(_Loader):
    """YAML without its old habit of reading No, Yes and on as true or false.

    Most of our files have no switches, and those are words that columns, cells and people do use.
    """

    yaml_implicit_resolvers = _without("bool")


class _ParameterLoader(_Loader):
    """YAML whose dates stay ISO text, as papermill's do; parameters do have switches."""

    yaml_implicit_resolvers = _without("timestamp")


class _WordsLoader(_Loader):
    """YAML in which every cell is the text that stands there: 2018-01-01, 007 and 1e3 too."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (the name is PyYAML's)


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
        """Return the 1-based line of the deepest part on the way that exists.

        Parameters
        ----------
        steps : sequence of str or int
            Keys and positions in lists from the top; those that lead nowhere are passed over.
        """
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
        """Return file, line and path of a part, for a message.

        Parameters
        ----------
        steps : sequence of str or int
            Keys and positions in lists from the top; none for the top level.
        """
        path = ".".join(map(str, steps)) or "top level"
        return f"{self.name} line {self.line(steps)}, {path}"


def read_marked(
    path: Path,
    headline: str,
    *,
    parameters: bool = False,
    as_text: bool = False,
    kind: type[WorkbenchError] = DataError,
) -> MarkedFile:
    """Read a file: JSON where its name ends so, else YAML.

    Parameters
    ----------
    path : Path
        Of a text in UTF-8.
    headline : str
        What to say first if the file cannot be read.
    parameters : bool
        Read true and false as such, and dates as text.
    as_text : bool
        Whether YAML's values stay the texts that they are, for whoever knows what each is to be.
    kind : type of WorkbenchError
        Raised if it cannot be read.

    Returns
    -------
    MarkedFile
        The content, and the place of each of its parts.

    Raises
    ------
    WorkbenchError
        When it is not text, not YAML or JSON, has aliases, is larger or deeper than anything that
        people write, or gives a key twice; with the line.
    """
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8") if size <= MOST_BYTES else ""
    except UnicodeDecodeError:
        raise kind(headline, [Problem("not UTF-8 text", path.name)]) from None
    except OSError as error:
        found = error.strerror or str(error)
        raise kind(headline, [Problem("cannot be read", str(path), found=found)]) from None
    if size > MOST_BYTES:
        problem = Problem("too large", path.name, f"at most {MOST_BYTES:,} bytes", f"{size:,}")
        raise kind(headline, [problem])
    loader = _ParameterLoader if parameters else _WordsLoader if as_text else _PlainLoader
    return _mark(text, path.name, headline, loader, kind)


def mark(
    text: str,
    name: str,
    headline: str,
    *,
    parameters: bool = False,
    kind: type[WorkbenchError] = DataError,
) -> MarkedFile:
    """Read a text: JSON where its name ends so, else YAML; see `read_marked`.

    Parameters
    ----------
    text : str
        The content of a file.
    name : str
        What to call the text in messages; JSON is read where it ends in ``.json``.
    headline : str
        What to say first if the text cannot be read.
    parameters : bool, default False
        Read true and false as such, and dates as text.
    kind : type of WorkbenchError, optional
        Raised if the text cannot be read.

    Returns
    -------
    MarkedFile
        The content, and the place of each of its parts.
    """
    return _mark(text, name, headline, _ParameterLoader if parameters else _PlainLoader, kind)


def _mark(
    text: str, name: str, headline: str, reader: type[_Loader], kind: type[WorkbenchError]
) -> MarkedFile:
    is_json = name.endswith(".json")
    try:
        content = json.loads(text) if is_json else None
        # Lines come from YAML's nodes for both: JSON is YAML, but for a few control characters.
        loader = reader(_bare(text) if is_json else text)
        root: Any = loader.get_single_node()
        if root is not None and not is_json:
            content = loader.construct_document(root)
    except json.JSONDecodeError as error:
        where = f"{name} line {error.lineno}"
        raise kind(headline, [Problem("not JSON", where, found=error.msg)]) from None
    except RecursionError:
        fault = f"more than {DEEPEST} parts inside one another"
        raise kind(headline, [Problem("not JSON", name, found=fault)]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise kind(headline, [_not_yaml(name, error)]) from None
    repeated = _repeated_keys(name, root)
    if repeated:
        raise kind(headline, repeated)
    return MarkedFile(name, content, root)


def _not_yaml(name: str, error: Exception) -> Problem:
    place = getattr(error, "problem_mark", None)
    where = f"{name} line {place.line + 1}" if place else name
    what = "not accepted" if isinstance(error, ComposerError) else "not YAML"
    marked = [getattr(error, part, None) for part in ("context", "problem")]
    found = ", ".join(filter(None, marked)) or str(error).splitlines()[0]
    return Problem(what, where, found=found)


def _bare(text: str) -> str:
    return Reader.NON_PRINTABLE.sub("?", text).replace("\t", " ")


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
