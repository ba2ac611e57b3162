"""Runs as a child process with hard limits: workbook or Parquet in, Parquet of text out. Imports nothing of ours.

A hostile file may abort, hang or exhaust this process; the parent only sees that it ended.
Usage: ``python -I worker.py request.json``; the answer is written to the path that the request names.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

ROWS = 50_000


class RefusedError(Exception):
    """The file cannot be read; the text completes the sentence "<file>: …"."""


def main() -> int:
    """Read the request, set the limits, do the work, write the answer."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for kind, most in (
        (resource.RLIMIT_AS, request["memory_bytes"]),
        (resource.RLIMIT_CPU, request["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, request["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    answer: dict[str, Any]
    try:
        answer = read_workbook(request) if request["kind"] == "xlsx" else read_parquet(request)
    except RefusedError as error:
        answer = {"refused": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever a parser raises about a file is damage of the file
        answer = {"damaged": f"{type(error).__name__}: {str(error)[:200]}"}
    except BaseException as error:  # noqa: BLE001 - a panic of a Rust parser is a BaseException
        answer = {"damaged": f"{type(error).__name__}"}
    Path(request["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    return 0


def _writer(path: str, width: int) -> tuple[Any, Any]:
    """Return a Parquet writer for ``line, c1 … cN`` of text, and its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(1, width + 1))])
    return pq.ParquetWriter(
        path, schema, compression="snappy", use_dictionary=False, write_statistics=False
    ), schema


def read_workbook(request: dict[str, Any]) -> dict[str, Any]:
    """Write every wanted sheet as text; rows are numbered as in the sheet."""
    import fastexcel
    import pyarrow as pa

    reader = fastexcel.read_excel(request["source"])
    done: list[dict[str, Any]] = []
    for number, sheet in enumerate(request["sheets"]):
        loaded = reader.load_sheet(sheet["name"], header_row=None, dtypes="string")
        batch = loaded.to_arrow()
        width = batch.num_columns
        target = f"{request['target']}{number}.parquet"
        if width and batch.num_rows:
            writer, schema = _writer(target, width)
            with writer:
                for start in range(0, batch.num_rows, ROWS):
                    part = batch.slice(start, ROWS)
                    first = sheet["first_row"] + start
                    lines = pa.array(range(first, first + part.num_rows), pa.int64())
                    columns = [_text_cells(column) for column in part.columns]
                    writer.write_batch(pa.record_batch([lines, *columns], schema=schema))
        done.append({"name": sheet["name"], "rows": batch.num_rows, "width": width, "target": target})
        del batch, loaded
    return {"sheets": done}


def _text_cells(column: Any) -> Any:
    """Return a text column with empty texts as NULL and times without a day as times."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = column.cast(pa.string())
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    # A duration or a time of day has no date; the parser shows it on the day before serial 1.
    return (
        pc.replace_substring_regex(text, r"^1899-12-3[01] (\d\d:\d\d:\d\d(?:\.\d+)?)$", r"\1")
        if _has_times(text)
        else text
    )


def _has_times(text: Any) -> bool:
    """Tell whether a column shows times on the zero day, other than midnight."""
    import pyarrow.compute as pc

    times = pc.and_(pc.starts_with(text, "1899-12-3"), pc.invert(pc.ends_with(text, " 00:00:00")))
    return bool(pc.any(times).as_py())


def read_parquet(request: dict[str, Any]) -> dict[str, Any]:
    """Write the columns of a Parquet file as text; rows are numbered from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(
        request["source"], page_checksum_verification=True, coerce_int96_timestamp_unit="us", memory_map=False
    )
    meta, schema = file.metadata, file.schema_arrow
    _check_footer(meta, schema, request)
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    kinds: dict[str, list[str]] = {"aware": [], "naive": []}
    for field in schema:
        if pa.types.is_timestamp(field.type):
            kinds["aware" if field.type.tz else "naive"].append(field.name)
    writer, out = _writer(request["target"], len(schema))
    line, written, damage = 1, 0, ""
    with writer:
        for batch in file.iter_batches(batch_size=ROWS):
            columns = [as_text(column) for column in batch.columns]
            written += sum(column.nbytes for column in columns)
            if written > request["unpacked_bytes"]:
                raise RefusedError(
                    f"the table has more than {request['unpacked_bytes'] // 1_000_000:,} MB when unpacked, which is the "
                    "limit; export a shorter period or fewer columns"
                )
            lines = pa.array(range(line, line + batch.num_rows), pa.int64())
            writer.write_batch(pa.record_batch([lines, *columns], schema=out))
            line += batch.num_rows
    if line - 1 != meta.num_rows:
        damage = f"{line - 1} of {meta.num_rows} rows"
    if damage:
        return {"damaged": damage}
    names = [field.name for field in schema]
    return {"headers": names, "rows": meta.num_rows, "target": request["target"], "nested": nested, **kinds}


def _check_footer(meta: Any, schema: Any, request: dict[str, Any]) -> None:
    """Refuse by what the footer says, before a page is read."""
    rows, names = meta.num_rows, [field.name for field in schema]
    if len(names) > request["columns"]:
        raise RefusedError(
            f"the file has {len(names)} columns, the limit is {request['columns']}; export fewer fields"
        )
    for position, name in enumerate(names, start=1):
        if name in names[: position - 1]:
            first = names.index(name) + 1
            raise RefusedError(
                f"column '{name[:80]}' stands twice (columns {first} and {position}); rename one and export again"
            )
    if rows == 0 or not names:
        raise RefusedError("the file holds 0 data rows; check the filters and export again")
    if rows > request["rows"]:
        raise RefusedError(f"{rows:,} rows, the limit is {request['rows']:,}; export a shorter period")
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if unpacked > request["unpacked_bytes"]:
        raise RefusedError(
            f"the table has {unpacked // 1_000_000:,} MB when unpacked, over the limit; export fewer rows"
        )
    # Every lead differs from the next in its id or a time: a real export needs bytes for each row. A file with
    # more rows than bytes repeats a handful of rows to blow up whoever unpacks it.
    if rows > request["repeated_rows"] and rows > request["size"]:
        raise RefusedError(
            f"{rows:,} rows in {request['size']:,} bytes: the same few rows are repeated, so this is not a lead export; "
            "export again"
        )


def as_text(column: Any) -> Any:
    """Return a column as text: ISO times (UTC with Z, naive without), plain numbers, ``true``/``false``, JSON."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_nested(kind):
        texts = [
            None if value is None else json.dumps(value, default=str, ensure_ascii=False)
            for value in column.to_pylist()
        ]
        return pa.array(texts, pa.string())
    if pa.types.is_timestamp(kind):
        return _times(column, kind)
    if pa.types.is_date64(kind):
        column = column.cast(pa.timestamp("ms")).cast(pa.date32())
    elif pa.types.is_time(kind):
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")
    elif pa.types.is_duration(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        texts = [None if v is None else v.decode("utf-8", errors="replace") for v in column.to_pylist()]
        column = pa.array(texts, pa.string())
    elif pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        texts = [None if v is None else _plain_number(v) for v in column.to_pylist()]
        column = pa.array(texts, pa.string())
    text = column.cast(pa.string())
    text = (
        pc.replace_substring(text, "\x00", "")
        if bool(pc.any(pc.match_substring(text, "\x00")).as_py())
        else text
    )
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _plain_number(value: Any) -> str:
    """Return a number without an exponent and without ``.0``: ``50``, ``13.5``, ``0.0000001``."""
    from decimal import Decimal

    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return str(value)
    text = format(number, "f") if number.adjusted() < 40 else str(number)
    return text.removesuffix(".0") if isinstance(value, float) else text


def _times(column: Any, kind: Any) -> Any:
    """Return timestamps as ISO text; trailing zeros of the fraction are cut."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = column.cast(pa.timestamp(kind.unit)).cast(pa.string())
    text = pc.replace_substring_regex(text, r"Z$", "")
    text = pc.replace_substring_regex(text, r"\.0+$", "")
    text = pc.replace_substring_regex(text, r"(\.\d*[1-9])0+$", r"\1")
    return pc.binary_join_element_wise(text, "Z", "") if kind.tz else text


if __name__ == "__main__":
    sys.exit(main())
