"""Checks of the Python client against a running service: check_client.py SUBJECT SERVER [ARGUMENT...]."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "samples" / "python"))

import grpc
import numpy as np

from dataset_csv import compare
from feature_client import FeatureClient, FeatureError, concat

VIEW = "coupon_response"


def vectors(client, path, entities, weeks):
    """One answer is what `featurectl get` prints."""
    table = client.get(view=VIEW, entities=[int(key) for key in entities.split(",")], weeks=weeks, labels=True)
    compare(table, path)
    listed = client.get(
        view=VIEW, rows=list(zip(table["user_id"].values, table["week"].values)), labels=True, snapshot_id=table.snapshot_id)
    compare(listed, path)


def backfill(client, path, weeks):
    """A stream is what `featurectl dataset build` writes, read in one go or broken off and gone on with by another client."""
    compare(concat(part.table for part in client.backfill(view=VIEW, weeks=weeks, labels=True)), path)
    tables, cursor, rounds = [], b"", 0
    while rounds == 0 or len(tables) == 20 * rounds:
        rounds += 1
        for part in client.backfill(view=VIEW, weeks=weeks, labels=True, cursor=cursor):
            tables.append(part.table)
            cursor = part.cursor
            if len(tables) == 20 * rounds:
                break
    expect(rounds > 2, f"expected the stream to be broken off more than once, it had {len(tables)} slices")
    compare(concat(tables), path)


def frame(client, weeks):
    """A frame has the arrays' values, and missing values where they are null."""
    table = concat(part.table for part in client.backfill(view=VIEW, weeks=weeks, labels=True))
    framed = table.to_frame()
    expect(sum(column.null_count for column in table.columns.values()) > 0, "expected some nulls")
    for name, column in table.columns.items():
        valid = np.ones(len(table), bool) if column.valid is None else column.valid
        expect((framed[name].notna().to_numpy() == valid).all(), f"{name}: nulls differ")
        shown = framed[name].to_numpy()[valid].astype(column.values.dtype)
        expect((shown == column.values[valid]).all(), f"{name}: values differ")
    features = table.matrix()
    expect(features.shape == (len(table), 20), f"expected 20 features, found {features.shape}")


def stream(client, entities, weeks):
    """Minibatches have the values of single answers; a wrong one fails alone."""
    keys = [int(key) for key in entities.split(",")]
    whole = client.get(view=VIEW, entities=keys, weeks=weeks, labels=True)
    rows = list(zip(whole["user_id"].values.tolist(), whole["week"].values))
    parts = [rows[first:first + 7] for first in range(0, len(rows), 7)]
    wrong = [(keys[0], "2024-13-01")]
    answers = list(client.stream(iter(parts + [wrong] + parts), view=VIEW, labels=True))
    expect([asked for asked, _ in answers] == parts + [wrong] + parts, "expected the minibatches in their order")
    failed = answers.pop(len(parts))[1]
    expect(isinstance(failed, FeatureError) and failed.violations[0].field == "list.weeks[0]", failed)
    twice = concat([whole, whole])
    told = concat(table for _, table in answers)
    for name, column in twice.columns.items():
        expect((told[name].values == column.values).all(), f"{name}: values differ")
        valid = [np.ones(len(twice), bool) if c.valid is None else c.valid for c in (told[name], column)]
        expect((valid[0] == valid[1]).all(), f"{name}: nulls differ")


def errors(client):
    """Errors carry their code and details, and come when the deadline says so."""
    error = failure(lambda: client.get(
        definition="view: wrong\nfeatures:\n  a: count(rids) over 1w\n  b: cuont(rides) over 1w\n", entities=[1], weeks="2024-W10"))
    expect(error.code == grpc.StatusCode.INVALID_ARGUMENT, error)
    expect([v.field for v in error.violations] == ["request:3:12", "request:4:6"], error.violations)
    expect("did you mean 'rides'" in error.violations[0].description, error.violations)
    gone = failure(lambda: client.get(view=VIEW, snapshot_id="0" * 32, entities=[1], weeks="2024-W10"))
    expect(gone.code == grpc.StatusCode.FAILED_PRECONDITION and gone.reason == "SNAPSHOT_GONE", f"{gone} {gone.reason}")
    late = failure(lambda: list(client.backfill(view=VIEW, weeks="2020-W10..2024-W50", timeout=0.01)))
    expect(late.code == grpc.StatusCode.DEADLINE_EXCEEDED, late)
    # Nothing listens on port 1 of loopback.
    with FeatureClient("127.0.0.1:1") as nobody:
        absent = failure(lambda: list(nobody.backfill(view=VIEW, weeks="2024-W10", attempts=2)))
        expect(absent.code == grpc.StatusCode.UNAVAILABLE, absent)


def failure(call):
    try:
        call()
    except FeatureError as error:
        return error
    raise SystemExit("expected FeatureError, the call succeeded")


def expect(holds, message):
    if not holds:
        raise SystemExit(str(message))


if __name__ == "__main__":
    with FeatureClient(sys.argv[2]) as connected:
        {"vectors": vectors, "backfill": backfill, "frame": frame, "stream": stream, "errors": errors}[sys.argv[1]](connected, *sys.argv[3:])
