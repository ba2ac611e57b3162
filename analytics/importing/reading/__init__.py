"""Turns any lead export (text, workbook, Parquet) into a table of text; knows nothing about leads."""

from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.table import read_table

__all__ = ["ReadLimits", "read_table"]
