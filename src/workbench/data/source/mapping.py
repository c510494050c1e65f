"""Mappings: which source columns feed which canonical ones, as checked values."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pydantic

from workbench.data.schema import ATTRIBUTE_PREFIX, TABLES
from workbench.data.source.cells import ContentType
from workbench.data.source.date_format import format_pattern


class Strict(pydantic.BaseModel):
    """A part of a mapping: unknown keys are refused."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Condition(Strict):
    """A source cell equal to a text, both without surrounding blanks."""

    column: str
    equals: str


class Lookup(Strict):
    """Fetch a value from another source table: the row whose ``key`` equals this column."""

    table: str
    key: str
    value: str


class ColumnSpec(Strict):
    """Where one canonical column comes from, and how it is written there.

    Exactly one of ``column`` and ``value``. The order of the steps is: lookup, map, default,
    parse, multiply or add.
    """

    column: str | None = None
    value: str | None = None
    lookup: Lookup | None = None
    map: dict[str, str] = pydantic.Field(default_factory=dict)
    default: str | None = None
    format: str = ""
    decimal: str = "."
    thousands: str = ""
    multiply_by: float = 1.0
    add_days: int = 0
    type: ContentType = "text"

    @pydantic.model_validator(mode="after")
    def _one_origin(self) -> ColumnSpec:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either column or value")
        return self

    @pydantic.field_validator("format")
    @classmethod
    def _format(cls, text: str) -> str:
        return _known_format(text)


class ChainTerms(Strict):
    """Derive dated contracts from a snapshot of tenure and contract type.

    Each source row becomes a chain: terms of the stated length from the start until the
    mapping's ``snapshot_on``, or one open-ended contract where the length is 0. See
    `workbench.data.source.snapshot`.
    """

    tenure_months: str
    term: str
    term_months: dict[str, int]
    left: Condition


class TableSpec(Strict):
    """One canonical table: its source table and columns."""

    source: str = pydantic.Field(alias="from")
    columns: dict[str, ColumnSpec]
    attributes: dict[str, ColumnSpec] = pydantic.Field(default_factory=dict)
    drop_when: list[Condition] = pydantic.Field(default_factory=list)
    date_format: str = ""
    chain_terms: ChainTerms | None = None
    aggregate: dict[str, Literal["sum", "max", "mean"]] = pydantic.Field(default_factory=dict)

    @pydantic.field_validator("columns", "attributes", mode="before")
    @classmethod
    def _short_form(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {k: {"column": v} if isinstance(v, str) else v for k, v in columns.items()}

    @pydantic.field_validator("date_format")
    @classmethod
    def _format(cls, text: str) -> str:
        return _known_format(text)


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
    tables : dict of canonical name to TableSpec
    """

    about: str = ""
    date_format: str = ""
    currency: str = ""
    missing: list[str] = pydantic.Field(default_factory=list)
    snapshot_on: date | None = None
    tables: dict[str, TableSpec]

    @pydantic.field_validator("date_format")
    @classmethod
    def _format(cls, text: str) -> str:
        return _known_format(text)


def _known_format(text: str) -> str:
    if text:
        format_pattern(text)
    return text


def canonical_mapping(tables: dict[str, list[str]], attributes: dict[str, ContentType]) -> Mapping:
    """Return the mapping of a source that already speaks the canonical names.

    Parameters
    ----------
    tables : dict of str to list of str
        The source's tables and their columns; those that are not canonical are left out.
    attributes : dict of str to {"text", "number", "flag"}
        Columns of accounts under the prefix ``attr_``, and what they hold.
    """
    specs: dict[str, TableSpec] = {}
    for name, columns in tables.items():
        if name in TABLES:
            known = {c: ColumnSpec(column=c) for c in columns if c in TABLES[name].names}
            specs[name] = TableSpec.model_validate({"from": name, "columns": known})
    if "accounts" in specs:
        extra = {
            column.removeprefix(ATTRIBUTE_PREFIX): ColumnSpec(column=column, type=kind)
            for column, kind in attributes.items()
        }
        specs["accounts"] = specs["accounts"].model_copy(update={"attributes": extra})
    return Mapping(tables=specs)
