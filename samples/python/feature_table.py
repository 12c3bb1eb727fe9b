"""Columns of an answer as numpy arrays, and as a pandas frame where pandas is there."""

import dataclasses
from typing import Optional

import numpy as np

from messages import columns as wire
from messages import rows as forms

_DTYPES = {
    wire.COLUMN_TYPE_BOOL: np.dtype("?"),
    wire.COLUMN_TYPE_INT64: np.dtype("<i8"),
    wire.COLUMN_TYPE_FLOAT64: np.dtype("<f8"),
    wire.COLUMN_TYPE_FLOAT32: np.dtype("<f4"),
    wire.COLUMN_TYPE_DATE: np.dtype("<i4"),
    wire.COLUMN_TYPE_TIMESTAMP: np.dtype("<i8"),
}

_ROLES = {
    wire.COLUMN_ROLE_ENTITY: "entity",
    wire.COLUMN_ROLE_WEEK: "week",
    wire.COLUMN_ROLE_FEATURE: "feature",
    wire.COLUMN_ROLE_LABEL: "label",
    wire.COLUMN_ROLE_ROW_STATUS: "row_status",
}


@dataclasses.dataclass(frozen=True)
class Column:
    """Values of one column.

    ``values`` has one element a row: bool, int64, float32, float64, datetime64[D], datetime64[us], or object for texts. Where
    ``valid`` is an array of bool, rows in which it is False are null and their value means nothing; None: no row is null.
    """

    name: str
    role: str
    fingerprint: str
    values: np.ndarray
    valid: Optional[np.ndarray]

    @property
    def null_count(self):
        return 0 if self.valid is None else int(len(self.valid) - np.count_nonzero(self.valid))


class Table:
    """Columns of equal length in the order of a dataset: the entity, ``week``, features and labels, ``row_status``."""

    def __init__(self, snapshot_id, view_version, columns):
        self.snapshot_id = snapshot_id
        self.view_version = view_version
        self.columns = {column.name: column for column in columns}

    def __len__(self):
        return len(next(iter(self.columns.values())).values)

    def __getitem__(self, name):
        return self.columns[name]

    def names(self, role):
        """Names of the columns of a role: entity, week, feature, label or row_status."""
        return [name for name, column in self.columns.items() if column.role == role]

    def matrix(self, role="feature", missing=np.nan):
        """Columns of numbers and truth values side by side as float64, ``missing`` in place of null."""
        out = np.empty((len(self), len(self.names(role))))
        for index, name in enumerate(self.names(role)):
            column = self.columns[name]
            out[:, index] = column.values
            if column.valid is not None:
                out[~column.valid, index] = missing
        return out

    def where(self, keep):
        """The rows for which an array of bool is True."""
        return Table(self.snapshot_id, self.view_version, [
            dataclasses.replace(column, values=column.values[keep], valid=None if column.valid is None else column.valid[keep])
            for column in self.columns.values()])

    def to_frame(self):
        """A pandas frame. Null is NaN in floats, NaT in dates, None in texts, NA in the nullable types of int64 and bool."""
        import pandas as pd

        return pd.DataFrame({name: _series(pd, column) for name, column in self.columns.items()})


def concat(tables):
    """Tables of one request, one below the other."""
    tables = list(tables)
    if not tables:
        raise ValueError("there is no table to put below another")
    return Table(
        tables[0].snapshot_id, tables[0].view_version,
        [_joined([table.columns[name] for table in tables]) for name in tables[0].columns])


def decode(header, messages):
    """The table of one answer, or of one slice: ``messages`` are those that carry its chunks, in the order received."""
    runs = {column.name: [] for column in header.columns}
    for message in messages:
        payload = message.payload
        for chunk in message.columns:
            runs[chunk.column].append((chunk.first_row, _values(chunk, payload), _valid(chunk, payload)))
    return Table(
        header.snapshot_id, header.view_version, [_column(described, runs[described.name]) for described in header.columns])


def _column(described, runs):
    runs.sort(key=lambda run: run[0])
    expected = 0
    for first_row, values, _ in runs:
        if first_row != expected:
            raise ValueError(f"rows of column {described.name} are missing: expected row {expected}, the next is {first_row}")
        expected += len(values)
    parts = [
        Column(described.name, _ROLES[described.role], described.fingerprint, values, valid) for _, values, valid in runs]
    return _joined(parts) if parts else Column(
        described.name, _ROLES[described.role], described.fingerprint, _empty(described.type), None)


def _joined(parts):
    if len(parts) == 1:
        return parts[0]
    valid = None
    if any(part.valid is not None for part in parts):
        valid = np.concatenate([np.ones(len(part.values), bool) if part.valid is None else part.valid for part in parts])
    return dataclasses.replace(parts[0], values=np.concatenate([part.values for part in parts]), valid=valid)


def _values(chunk, payload):
    if chunk.encoding != forms.ENCODING_PLAIN:
        raise ValueError(f"column {chunk.column} came in encoding {chunk.encoding}, which was not asked for: expected PLAIN")
    if chunk.type == wire.COLUMN_TYPE_STRING:
        return _texts(chunk, payload)
    return _typed(chunk.type, np.frombuffer(payload, _DTYPES[chunk.type], chunk.rows, chunk.values.offset))


def _typed(column_type, values):
    if column_type == wire.COLUMN_TYPE_DATE:
        return values.astype("<M8[D]")
    return values.view("<M8[us]") if column_type == wire.COLUMN_TYPE_TIMESTAMP else values


def _texts(chunk, payload):
    offsets = np.frombuffer(payload, "<i4", chunk.rows + 1, chunk.offsets.offset).tolist()
    start, end = chunk.values.offset, chunk.values.offset + chunk.values.length
    text = payload[start:end]
    values = np.empty(chunk.rows, object)
    values[:] = [text[a:b].decode() for a, b in zip(offsets, offsets[1:])]
    return values


def _valid(chunk, payload):
    if chunk.null_count == 0:
        return None
    bits = np.frombuffer(payload, np.uint8, (chunk.rows + 7) // 8, chunk.validity.offset)
    return np.unpackbits(bits, count=chunk.rows, bitorder="little").astype(bool)


def _empty(column_type):
    return np.empty(0, object) if column_type == wire.COLUMN_TYPE_STRING else _typed(column_type, np.empty(0, _DTYPES[column_type]))


def _series(pd, column):
    kind = column.values.dtype.kind
    if column.valid is None:
        return pd.Series(column.values)
    series = pd.Series(column.values, dtype={"i": "Int64", "b": "boolean"}.get(kind))
    return series.mask(~column.valid, {"f": np.nan, "M": pd.NaT, "O": None}.get(kind, pd.NA))
