"""Compares a table of the Python client with a CSV file that the command line wrote."""

import csv

import numpy as np


def compare(table, path, keep=lambda row: True):
    """Ends the program with a message where a single cell differs, in its bits or in being null.

    keep: which rows of the file are in the table, told by a dict of their fields.
    """
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        names, rows = reader.fieldnames, [row for row in reader if keep(row)]
    if list(table.columns) != names:
        raise SystemExit(f"columns differ: the client has {list(table.columns)}, {path} has {names}")
    if len(table) != len(rows) or not rows:
        raise SystemExit(f"the client has {len(table)} rows, {path} has {len(rows)}: expected equally many, and some")
    for name in names:
        _compare_column(table[name], [row[name] for row in rows], path)


def _compare_column(column, fields, path):
    valid = np.ones(len(fields), bool) if column.valid is None else column.valid
    for row, text in enumerate(fields):
        if bool(valid[row]) != (text != ""):
            raise SystemExit(f"{path}, row {row}, {column.name}: '{text}', the client has valid={valid[row]}")
        if text != "" and _bits(column.values[row]) != _bits(_read(text, column.values.dtype)):
            raise SystemExit(f"{path}, row {row}, {column.name}: '{text}', the client has {column.values[row]!r}")


def _read(text, dtype):
    if dtype.kind == "b":
        return {"true": np.True_, "false": np.False_}[text]
    if dtype.kind == "M":
        return np.datetime64(text.rstrip("Z")).astype(dtype)
    return text if dtype.kind == "O" else dtype.type(text)


def _bits(value):
    return value if isinstance(value, str) else value.tobytes()
