"""Mappings: which source columns feed which canonical ones, as checked values."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, get_args

import pydantic

from workbench.data.schema import ATTRIBUTE_PREFIX, TABLES
from workbench.data.source.cells.cast import ContentType
from workbench.data.source.mapping.column import ColumnSpec, known_format
from workbench.data.source.mapping.parts import (
    CellCondition,
    FileSpec,
    OneOrMore,
    Strict,
    Unit,
    Unpivot,
    known_encoding,
)
from workbench.data.source.names import in_plain_words, stated_name


class ChainTerms(Strict):
    """Derive dated contracts from a snapshot of tenure and contract type.

    Each source row becomes a chain: terms of the stated length from the start until the
    mapping's ``snapshot_on``, or one open-ended contract where the length is 0. ``tenure`` with
    its ``unit``, or ``tenure_months``, is the column of tenures. ``term_months`` gives the length
    by the words of the column ``term``, or one length for all rows. See
    `workbench.data.source.shape.snapshot`.
    """

    tenure: str = ""
    unit: Unit | None = None
    multiply_by: float = pydantic.Field(default=1.0, gt=0)
    tenure_months: str = ""
    term: str = ""
    term_months: dict[str, int] | int = 0
    left: CellCondition

    @pydantic.model_validator(mode="after")
    def _one_tenure(self) -> ChainTerms:
        if bool(self.tenure) == bool(self.tenure_months):
            raise ValueError("give either tenure, with its unit, or tenure_months")
        if self.tenure and self.unit is None:
            raise ValueError(f"tenure needs its unit: {', '.join(get_args(Unit))}")
        if self.tenure_months and self.unit not in (None, "months"):
            raise ValueError(f"tenure_months is in months: for {self.unit} say tenure")
        if bool(self.term) != isinstance(self.term_months, dict):
            raise ValueError(
                "term needs the months of each of its words; without term, term_months is a number"
            )
        return self

    @property
    def tenure_column(self) -> str:
        """The column of tenures."""
        return self.tenure or self.tenure_months


SPEND_COLUMNS = ("account_id", "product", "currency")
"""What an entry with ``contracts_from`` may map; all else follows from the spend."""


class ContractsFrom(Strict):
    """Make contracts out of what customers spend, where nobody wrote any.

    ``spend`` is the column of amounts and ``on`` that of days or periods; ``every`` is the
    length of a period. A customer without spend in more than ``gap`` periods in a row has left.
    See `workbench.data.source.shape.spend`.
    """

    spend: ColumnSpec
    on: ColumnSpec
    every: Literal["month", "quarter", "year"]
    gap: int = pydantic.Field(ge=0, le=60)

    @pydantic.field_validator("spend", "on", mode="before")
    @classmethod
    def _short_form(cls, column: Any) -> Any:
        return {"column": column} if isinstance(column, str) else column

    @pydantic.model_validator(mode="after")
    def _can_be_told(self) -> ContractsFrom:
        if self.every == "month" and not self.gap:
            raise ValueError(
                "a gap of 0 months cannot be told from a payment that is a few days late: state "
                "gap: 1 or more"
            )
        for name in ("spend", "on"):
            column = getattr(self, name)
            if column.column is None or column.lookup or column.plus or column.when or column.times:
                raise ValueError(f"{name} needs a column, without lookup, plus, when or times")
        return self


class TableSpec(Strict):
    """One canonical table: its source table and columns.

    ``also_from`` names further source tables with the same columns, as far as they have them.
    ``optional`` lets a source be without this table, or without columns that are not required.
    ``unpivot`` first turns columns into rows. ``repeated`` makes one row of all rows with one
    key: of each column the first or last cell that is filled.
    """

    source: str = pydantic.Field(alias="from")
    also_from: OneOrMore = ()
    columns: dict[str, ColumnSpec]
    attributes: dict[str, ColumnSpec] = pydantic.Field(default_factory=dict)
    drop_when: list[CellCondition] = pydantic.Field(default_factory=list)
    date_format: str = ""
    optional: bool = False
    unpivot: Unpivot | None = None
    chain_terms: ChainTerms | None = None
    contracts_from: ContractsFrom | None = None
    aggregate: dict[str, Literal["sum", "max", "mean"]] = pydantic.Field(default_factory=dict)
    repeated: Literal["", "first", "last"] = ""

    @pydantic.field_validator("columns", "attributes", mode="before")
    @classmethod
    def _short_form(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {k: {"column": v} if isinstance(v, str) else v for k, v in columns.items()}

    @pydantic.field_validator("date_format")
    @classmethod
    def _format(cls, text: str) -> str:
        return known_format(text)


class RatesSpec(Strict):
    """Fixed rates: what one unit of each currency is worth in the currency ``to``."""

    to: str = pydantic.Field(min_length=1)
    per_unit: dict[str, Annotated[float, pydantic.Field(gt=0, allow_inf_nan=False)]]

    @pydantic.model_validator(mode="after")
    def _is_worth_itself(self) -> RatesSpec:
        own = [rate for code, rate in self.per_unit.items() if code.upper() == self.to.upper()]
        if any(rate != 1 for rate in own):
            raise ValueError(f"one {self.to} is worth one {self.to}")
        return self


class Mapping(Strict):
    """A whole mapping.

    Parameters
    ----------
    about : str
        What the source is and what to beware of.
    date_format : str
        How dates are written, unless a table or column says otherwise; empty means ISO.
    currency : str
        Of amounts without one.
    missing : list of str
        Words that stand for a missing value, such as NA.
    snapshot_on : date
        The day on which snapshot data were taken.
    rates : RatesSpec
        Converts money to one currency; without it, a book in several is refused.
    encoding : str
        Of text files that are not UTF-8.
    files : dict of table name to FileSpec
        How single files or sheets are written.
    tables : dict of canonical name to TableSpec
        Empty for a source that speaks the canonical names.
    """

    about: str = ""
    date_format: str = ""
    currency: str = ""
    missing: list[str] = pydantic.Field(default_factory=list)
    snapshot_on: date | None = None
    rates: RatesSpec | None = None
    encoding: str = ""
    files: dict[str, FileSpec] = pydantic.Field(default_factory=dict)
    tables: dict[str, TableSpec] = pydantic.Field(default_factory=dict)

    @pydantic.field_validator("date_format")
    @classmethod
    def _format(cls, text: str) -> str:
        return known_format(text)

    @pydantic.field_validator("currency")
    @classmethod
    def _code(cls, text: str) -> str:
        if text and not re.fullmatch("[A-Za-z]{3}", text):
            raise ValueError("currency is not a code of three letters, such as EUR")
        return text.upper()

    @pydantic.field_validator("encoding")
    @classmethod
    def _encoding(cls, text: str) -> str:
        return known_encoding(text)

    def file(self, table: str) -> FileSpec:
        """Return what is stated about the file or sheet of a source table.

        Parameters
        ----------
        table : str
            Its name in the source.
        """
        spec = self.files.get(table, FileSpec())
        return spec if spec.encoding else spec.model_copy(update={"encoding": self.encoding})


def canonical_mapping(
    tables: dict[str, list[str]], attributes: dict[str, ContentType], stated: Mapping
) -> Mapping:
    """Return the mapping of a source that already speaks the canonical names.

    Parameters
    ----------
    tables : dict of str to list of str
        The source's tables and their columns, in any capitals, words parted by blanks, hyphens or
        underscores; what is not canonical is left out.
    attributes : dict of str to {"text", "number", "flag"}
        Columns of accounts under the prefix ``attr_``, and what they hold.
    stated : Mapping
        Everything else that is stated of the source, such as its date format.
    """
    specs: dict[str, TableSpec] = {}
    for source, columns in tables.items():
        name = in_plain_words(source)
        if name not in TABLES or (name in specs and source != name):
            continue
        lower = {in_plain_words(stated_name(column)) for column in columns}
        known = {c: ColumnSpec(column=c) for c in TABLES[name].names if c in lower}
        specs[name] = TableSpec.model_validate({"from": source, "columns": known})
    if "accounts" in specs:
        extra = {
            column.casefold().removeprefix(ATTRIBUTE_PREFIX): ColumnSpec(column=column, type=kind)
            for column, kind in attributes.items()
        }
        specs["accounts"] = specs["accounts"].model_copy(update={"attributes": extra})
    return stated.model_copy(update={"tables": specs})
