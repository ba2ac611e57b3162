"""What a file may cost at most: the one place where the limits of reading stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Largest accepted sizes; a value exactly on the limit is accepted.

    Attributes:
        upload_mb: size of the file, in 1,000,000 bytes.
        unpacked_mb: size of a workbook or Parquet file after unpacking, in 1,000,000 bytes.
        columns: columns of the table.
        rows: records after the header.
        cell_chars: characters of one cell (the limit of a spreadsheet cell).
        header_chars: characters of one column name.
        zip_ratio: unpacked size over packed size of one part of a workbook, only above 1 MB unpacked:
            real sheets of repeated values come near 100.
        zip_members: parts of a workbook.
        sheet_cells: rows times columns of the used rectangle of a sheet, which is what parsing allocates.
        child_memory_mb: address space of the parsing process.
        child_seconds: wall clock of the parsing process; large files get one more second per 4 MB unpacked.
    """

    upload_mb: float = 500
    unpacked_mb: float = 1000
    columns: int = 500
    rows: int = 20_000_000
    cell_chars: int = 32_767
    header_chars: int = 200
    zip_ratio: float = 100
    zip_members: int = 1000
    sheet_cells: int = 30_000_000
    child_memory_mb: int = 2000
    child_seconds: int = 30
