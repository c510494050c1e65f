"""Names as a mapping writes them to names as the source has them.

Capitals, surplus blanks, and whether words are parted by a blank, a hyphen or an underscore do not
matter where only one name is meant. A name that several
columns share is refused, but only where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from workbench.core.errors import Problem, nearest
from workbench.data.schema import TABLES
from workbench.data.source.mapping.column import ColumnSpec
from workbench.data.source.mapping.parts import CellCondition, Lookup, Unpivot
from workbench.data.source.mapping.spec import ChainTerms, ContractsFrom, Mapping, TableSpec
from workbench.data.source.names import ROW, in_plain_words, stated_name
from workbench.data.source.open import Source


def find_name(wanted: str, known: Iterable[str]) -> list[str]:
    """Return the names that may be meant: one if that is clear, none, or all of several.

    Parameters
    ----------
    wanted : str
        As it is written in a mapping.
    known : iterable of str
        Names that are there.

    Examples
    --------
    >>> find_name("Customer No", ["CUSTOMER  NO", "Name"])
    ['CUSTOMER  NO']
    >>> find_name("start_on", ["Start On", "start"])
    ['Start On']
    >>> find_name("arr", ["arr (column 2)", "ARR (column 5)"])
    ['arr (column 2)']
    >>> find_name("Arr", ["arr (column 2)", "ARR (column 5)"])
    ['arr (column 2)', 'ARR (column 5)']
    """
    names = list(known)
    if wanted in names:
        return [wanted]
    for same in (str, _plain, in_plain_words):
        found = [name for name in names if same(stated_name(name)) == same(wanted)]
        if found:
            return found
    return []


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def find_table(source: Source, wanted: str) -> str | None:
    """Return the source table of a name; a source of one table needs no name.

    Parameters
    ----------
    source : Source
        Opened.
    wanted : str
        As it is written in a mapping.
    """
    if len(source.tables) == 1:
        return next(iter(source.tables))
    found = find_name(wanted, [*source.tables, *source.aliases])
    return source.aliases.get(found[0], found[0]) if len(found) == 1 else None


class _Table:
    """The columns of one source table, and what went wrong when they were asked for."""

    def __init__(self, name: str, columns: Iterable[str]) -> None:
        self.name = name
        self.columns = [column for column in columns if column != ROW]
        self.missing: list[str] = []
        self.problems: list[Problem] = []
        self.asked = 0

    def unpivot(self, asked: Unpivot) -> Unpivot:
        """Return an unpivot with the names of its columns; from here on they are rows."""
        found: list[str] = []
        for pattern in asked.columns:
            like = [
                column
                for column in self.columns
                if fnmatchcase(_plain(stated_name(column)), _plain(pattern))
            ]
            if not like:
                known = ", ".join(self.columns)
                problem = Problem("no column is called so", f"{self.name}, unpivot", pattern, known)
                self.problems.append(problem)
            found += [column for column in like if column not in found]
        rest = [column for column in self.columns if column not in found]
        for made in (asked.name, asked.value):
            if find_name(made, rest):
                where = f"{self.name}, unpivot"
                hint = "Call the new one otherwise: unpivot has name and value."
                problem = Problem("a column of that name is there", where, "", made, hint)
                self.problems.append(problem)
        self.columns = [*rest, asked.name, asked.value]
        return asked.model_copy(update={"columns": tuple(found)})

    def column(self, wanted: str) -> str:
        """Return the source's own name of a column; note a problem where there is none."""
        found = find_name(wanted, self.columns)
        self.asked += 1
        if len(found) == 1:
            return found[0]
        if not found and wanted not in self.missing:
            self.missing.append(wanted)
        if len(found) > 1:
            hint = f"In a mapping, say which: column: {found[0]}."
            where = f"{self.name}, column {wanted}"
            problem = Problem("several columns bear this name", where, "", ", ".join(found), hint)
            if problem not in self.problems:
                self.problems.append(problem)
        return wanted


def resolve(source: Source, mapping: Mapping) -> tuple[Mapping, list[Problem]]:
    """Return a mapping in the source's own names, and what could not be found.

    Parameters
    ----------
    source : Source
    mapping : Mapping

    Returns
    -------
    mapping : Mapping
        Names that were not found are left as they were.
    problems : list of Problem
        Per table, one for each name that is missing; one for all where none was found.
    """
    specs, problems = {}, []
    absent = set()
    for name, spec in mapping.tables.items():
        found = find_table(source, spec.source)
        if spec.optional and not find_name(spec.source, [*source.tables, *source.aliases]):
            absent.add(name)
            continue
        if found is None:
            what = f"source table {spec.source} is missing"
            problems.append(Problem(what, name, hint=nearest(spec.source, source.tables)))
            continue
        table = _Table(found, source.tables[found].columns)
        specs[name] = _Renaming(source, name, table, problems).entry(spec)
        problems += [*table.problems, *_missing(table)]
    problems += [
        Problem("no such file or sheet", f"files, {name}", hint=nearest(name, source.tables))
        for name in mapping.files
        if name not in (*source.tables, *source.aliases)
    ]
    tables = {n: s for n, s in (mapping.tables | specs).items() if n not in absent}
    return mapping.model_copy(update={"tables": tables}), list(dict.fromkeys(problems))


def _missing(table: _Table) -> list[Problem]:
    if len(table.missing) > 1 and len(table.missing) == table.asked:
        return [header_problem(table.name, table.missing, table.columns)]
    return [
        Problem(
            "source column is missing" if column else "a source column is not named yet",
            f"{table.name}, column {column}" if column else table.name,
            hint=nearest(column, table.columns),
        )
        for column in table.missing
    ]


def header_problem(table: str, wanted: Iterable[str], columns: Iterable[str]) -> Problem:
    """Return the one problem of a table in which no column has the name that is looked for.

    Parameters
    ----------
    table : str
        Its name in the source.
    wanted : iterable of str
        Names that are looked for.
    columns : iterable of str
        Names that are there.
    """
    return Problem(
        "no column has a name that is looked for",
        table,
        f"columns {', '.join(wanted)}",
        f"as header {', '.join(columns)}",
        "If the header stands in another line, state files: {"
        f"{table}: {{header_line: N}}}} in a mapping; if its names are other ones, map them.",
    )


def _default(column: ColumnSpec) -> ColumnSpec:
    return column if column.default is None else ColumnSpec(value=column.default)


@dataclass
class _Renaming:
    """One table's entry in the source's own names."""

    source: Source
    canonical: str
    table: _Table
    problems: list[Problem]

    def entry(self, spec: TableSpec) -> TableSpec:
        unpivot = None if spec.unpivot is None else self.table.unpivot(spec.unpivot)
        if spec.optional:
            spec = self.without_absent(spec)
        update: dict[str, object] = {
            "unpivot": unpivot,
            "source": self.table.name,
            "columns": {name: self.column(column) for name, column in spec.columns.items()},
            "attributes": {name: self.column(column) for name, column in spec.attributes.items()},
            "drop_when": [self.condition(asked) for asked in spec.drop_when],
        }
        if spec.chain_terms is not None:
            update["chain_terms"] = self.chain_terms(spec.chain_terms)
        if spec.contracts_from is not None:
            update["contracts_from"] = self.contracts_from(spec.contracts_from)
        return spec.model_copy(update=update)

    def without_absent(self, spec: TableSpec) -> TableSpec:
        """Leave out what an optional table is without and can be without."""
        required = TABLES[self.canonical].required
        columns = {
            name: column if self.has(column) else _default(column)
            for name, column in spec.columns.items()
            if name in required or self.has(column)
        }
        attributes = {name: column for name, column in spec.attributes.items() if self.has(column)}
        there = [each for each in spec.drop_when if find_name(each.column, self.table.columns)]
        update = {"columns": columns, "attributes": attributes, "drop_when": there}
        return spec.model_copy(update=update)

    def has(self, column: ColumnSpec) -> bool:
        """Tell whether the source has what a column is made of."""
        named = [part.column for part in (column.plus, column.when) if part]
        origin = [name for name in (column.column, *column.otherwise) if name]
        there = column.value is not None or any(
            find_name(name, self.table.columns) for name in origin
        )
        look = column.lookup
        there = there and (look is None or find_table(self.source, look.table) is not None)
        return there and all(find_name(name, self.table.columns) for name in named)

    def contracts_from(self, made: ContractsFrom) -> ContractsFrom:
        update = {"spend": self.column(made.spend), "on": self.column(made.on)}
        return made.model_copy(update=update)

    def column(self, column: ColumnSpec) -> ColumnSpec:
        update: dict[str, object] = {}
        if column.column is not None:
            update |= self.origin(column.column, column.otherwise)
        if column.times:
            update["times"] = tuple(
                each.model_copy(update={"column": self.table.column(each.column)})
                for each in column.times
            )
        if column.when is not None:
            update["when"] = self.condition(column.when)
        if column.plus is not None:
            found = self.table.column(column.plus.column)
            update["plus"] = column.plus.model_copy(update={"column": found})
        if column.lookup is not None:
            update["lookup"] = self.lookup(column.lookup)
        return column.model_copy(update=update)

    def origin(self, first: str, others: tuple[str, ...]) -> dict[str, object]:
        """Return the columns that are there, of a column and those that stand in for it."""
        there = [name for name in (first, *others) if find_name(name, self.table.columns)]
        chosen, *rest = there or [first]
        found = self.table.column(chosen)
        return {"column": found, "otherwise": tuple(self.table.column(name) for name in rest)}

    def condition(self, asked: CellCondition) -> CellCondition:
        return asked.model_copy(update={"column": self.table.column(asked.column)})

    def chain_terms(self, terms: ChainTerms) -> ChainTerms:
        key = "tenure" if terms.tenure else "tenure_months"
        update: dict[str, object] = {key: self.table.column(terms.tenure_column)}
        if terms.term:
            update["term"] = self.table.column(terms.term)
        return terms.model_copy(update={**update, "left": self.condition(terms.left)})

    def lookup(self, look: Lookup) -> Lookup:
        found = find_table(self.source, look.table)
        if found is None:
            where = f"{self.canonical}, {look.table}"
            hint = nearest(look.table, self.source.tables)
            self.problems.append(Problem("lookup table is missing", where, hint=hint))
            return look
        other = _Table(found, self.source.tables[found].columns)
        there = [each for each in look.value if find_name(each, other.columns)]
        value = tuple(other.column(each) for each in there or look.value)
        names = {"key": other.column(look.key), "value": value}
        self.problems += [*other.problems, *_missing(other)]
        return look.model_copy(update={"table": found, **names})
