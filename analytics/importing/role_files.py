"""The files of an import by what their rows are, with the fields each role brings."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.importing.choices import Mapping
from analytics.importing.notices import RawTable
from analytics.schema import Role


@dataclass(frozen=True, slots=True)
class RoleFiles:
    """``tables`` are the raw tables in the order of ``mapping.roles``."""

    tables: list[RawTable]
    mapping: Mapping

    def of(self, role: Role) -> list[RawTable]:
        """The files of a role, in the order they were given."""
        return [table for table, at in zip(self.tables, self.mapping.roles, strict=True) if at is role]

    def fields(self, role: Role) -> dict[str, str]:
        """Field -> header of a role; empty for a role without a file."""
        return self.mapping.fields.get(role, {})
