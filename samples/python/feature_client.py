"""A client of the feature service in one small module: grpcio and numpy, nothing else.

    client = FeatureClient("127.0.0.1:5080")
    table = client.get(view="coupon_response", entities=[8, 56], weeks="2024-W10..2024-W20")
    for part in client.backfill(definition=text, weeks="2024-W01..2024-W52", labels=True):
        ...
    for rows, table in client.stream(minibatches, view="coupon_response"):
        ...

``get`` answers for a few entities at once; ``backfill`` streams any number of rows, slice by slice, and goes on by itself behind
the last slice that it handed out where a service is restarted or ends a stream early; ``stream`` answers minibatches of rows while
the caller works on those before. All raise FeatureError.
"""

import dataclasses
import queue
import time
from typing import Optional, Tuple

import grpc

import messages
from feature_table import Table, concat, decode

__all__ = ["FeatureClient", "FeatureError", "FieldViolation", "Slice", "Table", "concat"]

_DETAILS = "grpc-status-details-bin"
_DETAIL_TYPES = {
    "google.rpc.BadRequest": messages.errors.BadRequest,
    "google.rpc.ErrorInfo": messages.errors.ErrorInfo,
    "google.rpc.RetryInfo": messages.errors.RetryInfo,
}


@dataclasses.dataclass(frozen=True)
class FieldViolation:
    """What is wrong, and where: a field of the request, or FILE:LINE:COLUMN of a definition's text."""

    field: str
    description: str


class FeatureError(Exception):
    """A call that failed."""

    def __init__(self, code, message, violations=(), reason=None, retry_after_seconds=None):
        super().__init__(f"{code.name}: {message}")
        self.code: grpc.StatusCode = code
        self.violations: Tuple[FieldViolation, ...] = tuple(violations)
        self.reason: Optional[str] = reason
        self.retry_after_seconds: Optional[float] = retry_after_seconds

    @staticmethod
    def of(error):
        """The error of a call that grpc ended."""
        packed = next((value for key, value in error.trailing_metadata() or () if key == _DETAILS), b"")
        return FeatureError._of(error.code(), error.details(), messages.errors.Status.FromString(packed))

    @staticmethod
    def of_status(packed):
        """The error of a minibatch that failed, from its status."""
        status = messages.errors.Status.FromString(packed)
        return FeatureError._of(next(code for code in grpc.StatusCode if code.value[0] == status.code), status.message, status)

    @staticmethod
    def _of(code, message, status):
        found = {}
        for detail in status.details:
            name = detail.type_url.rpartition("/")[2]
            if name in _DETAIL_TYPES:
                found[name] = _DETAIL_TYPES[name].FromString(detail.value)
        bad = found.get("google.rpc.BadRequest")
        info = found.get("google.rpc.ErrorInfo")
        retry = found.get("google.rpc.RetryInfo")
        return FeatureError(
            code,
            message,
            [FieldViolation(v.field, v.description) for v in bad.field_violations] if bad else (),
            info.reason if info else None,
            retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9 if retry else None)


@dataclasses.dataclass(frozen=True)
class Slice:
    """All rows of one slice of a backfill."""

    partition: int
    number: int
    table: Table
    #: Stored with the rows, it lets a later ``backfill(cursor=...)`` go on behind them, in another process too.
    cursor: bytes
    #: The first cells without a value because an int64 overflowed, and how many there are.
    cell_errors: list
    cell_error_count: int


class FeatureClient:
    """One service.

    address: HOST:PORT. timeout: seconds that a call to ``get`` or ``validate`` may take unless it says otherwise; default 30.
    """

    def __init__(self, address="127.0.0.1:5080", timeout=30.0):
        self._timeout = timeout
        # Messages of a stream have at most 1 MiB, and one answer 4: room for that and what surrounds it.
        self._channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", 16 << 20)])
        vectors, views = messages.vectors, messages.views
        self._get = self._channel.unary_unary(
            "/features.v1.FeatureVectorsService/GetFeatureVectors",
            vectors.GetFeatureVectorsRequest.SerializeToString, vectors.GetFeatureVectorsResponse.FromString)
        self._backfill = self._channel.unary_stream(
            "/features.v1.FeatureVectorsService/Backfill",
            vectors.BackfillRequest.SerializeToString, vectors.BackfillResponse.FromString)
        self._stream = self._channel.stream_stream(
            "/features.v1.FeatureVectorsService/StreamFeatureVectors",
            vectors.StreamFeatureVectorsRequest.SerializeToString, vectors.StreamFeatureVectorsResponse.FromString)
        self._validate = self._channel.unary_unary(
            "/features.v1.FeatureViewsService/Validate",
            views.ValidateRequest.SerializeToString, views.ValidateResponse.FromString)

    def close(self):
        self._channel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def validate(self, view=None, definition=None, snapshot="", snapshot_id="", timeout=None):
        """Names of a view's columns, after the service has bound it; FeatureError tells every mistake in a text with its place."""
        request = messages.views.ValidateRequest(view=_view(view, definition), snapshot=_snapshot(snapshot, snapshot_id))
        return [column.name for column in self._unary(self._validate, request, timeout).columns]

    def get(self, view=None, definition=None, entities=None, weeks=None, rows=None, columns=(), labels=False,
            snapshot="", snapshot_id="", timeout=None):
        """Vectors of a few rows as one Table, in the order asked for.

        view: TEAM/VIEW, or definition: the text of a view file. entities and weeks ("2024-W10..2024-W20", or one week) ask for
        each of those entities in each of those weeks; rows, in their place, is a list of (entity, week). columns: names of
        features and labels; none: all features, and the labels if labels is true. An answer above 4 MiB is refused: backfill.
        """
        request = messages.vectors.GetFeatureVectorsRequest(
            view=_view(view, definition), snapshot=_snapshot(snapshot, snapshot_id), columns=_columns(columns, labels))
        if rows is not None:
            if entities is not None or weeks is not None:
                raise ValueError("rows stand for themselves: expected either rows, or entities and weeks")
            request.list.CopyFrom(messages.rows.RowList(
                keys=_keys([entity for entity, _ in rows]), weeks=[str(week) for _, week in rows]))
        elif entities is None or weeks is None:
            raise ValueError("expected entities and weeks, or rows")
        else:
            request.grid.CopyFrom(messages.rows.Grid(weeks=_weeks(weeks), keys=_keys(entities)))
        response = self._unary(self._get, request, timeout)
        return decode(response.header, [response])

    def backfill(self, view=None, definition=None, weeks=None, entities=None, columns=(), labels=False,
                 snapshot="", snapshot_id="", cursor=b"", timeout=None, attempts=5, population=True):
        """Yields a Slice at a time: every entity of the snapshot, or those named, in each of the weeks.

        population: whether the view's population decides which rows there are; False gives all.
        cursor: of the last Slice that was stored, with the same other arguments. timeout: seconds for all of it; default none.
        attempts: how often in a row a service that does not answer or has no room is asked before FeatureError is raised.
        Rows are handed out once: after an interruption the stream is asked for again from behind the last Slice.
        """
        if weeks is None:
            raise ValueError("expected weeks")
        grid = messages.rows.Grid(weeks=_weeks(weeks), ignore_population=not population)
        if entities is not None:
            grid.keys.CopyFrom(_keys(entities))
        request = messages.vectors.BackfillRequest(
            view=_view(view, definition), snapshot=_snapshot(snapshot, snapshot_id), columns=_columns(columns, labels),
            grid=grid, cursor=cursor)
        deadline = None if timeout is None else time.monotonic() + timeout
        failures = 0
        while True:
            try:
                for part, is_last in self._slices(request, deadline):
                    # A later attempt must be answered from the snapshot that the first one was.
                    request.snapshot.id = part.table.snapshot_id
                    request.cursor = part.cursor
                    failures = 0
                    yield part
                    if is_last:
                        return
                # A stream that the service ended early; one that brings no slice at all must not be asked for for ever.
                failures += 1
                if failures >= attempts:
                    raise FeatureError(grpc.StatusCode.UNAVAILABLE, f"{attempts} streams in a row ended without a slice")
            except grpc.RpcError as error:
                failures += 1
                failure = FeatureError.of(error)
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED) or failures >= attempts:
                    raise failure from error
                _wait(failure.retry_after_seconds or 0.1 * 2 ** failures, deadline)

    def stream(self, minibatches, view=None, definition=None, columns=(), labels=False,
               snapshot="", snapshot_id="", ahead=8, attempts=5):
        """Yields (rows, Table) for each of the minibatches, lists of (entity, week), in their order; a failed one has a FeatureError
        in the Table's place.

        ahead: minibatches that are under way beside the one that is handed out, at most 8; the iterable is read so far ahead, and
        not past 65,536 rows. attempts: how often in a row a service that does not answer is asked before FeatureError is raised.
        After an interruption what is unanswered is sent again, to be answered from the same snapshot.
        """
        selection = messages.vectors.StreamSelection(
            view=_view(view, definition), snapshot=_snapshot(snapshot, snapshot_id), columns=_columns(columns, labels))
        sent = _Unanswered(minibatches, min(ahead, 8))
        failures = 0
        while not sent.is_done():
            try:
                for rows, answer in self._answers(selection, sent):
                    failures = 0
                    if isinstance(answer, Table):
                        selection.snapshot.id = answer.snapshot_id
                    yield rows, answer
                if sent.is_done():
                    return
                # A service that is about to stop; one that answers nothing must not be asked for ever.
                failures += 1
                if failures >= attempts:
                    raise FeatureError(grpc.StatusCode.UNAVAILABLE, f"{attempts} streams in a row ended without an answer")
            except grpc.RpcError as error:
                failures += 1
                failure = FeatureError.of(error)
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED) or failures >= attempts:
                    raise failure from error
                _wait(failure.retry_after_seconds or 0.1 * 2 ** failures, None)

    def _answers(self, selection, sent):
        requests = queue.SimpleQueue()
        requests.put(messages.vectors.StreamFeatureVectorsRequest(selection=selection))
        sent.send_all(requests)
        call = self._stream(iter(requests.get, None))
        header, pending = None, []
        try:
            for message in call:
                header = message.header if message.HasField("header") else header
                pending.append(message)
                if message.last:
                    rows = sent.answered(message.id)
                    # The next is under way while the caller works on this one.
                    sent.fill(requests)
                    yield rows, FeatureError.of_status(message.status) if message.status else decode(header, pending)
                    pending = []
        finally:
            requests.put(None)
            call.cancel()

    def _slices(self, request, deadline):
        call = self._backfill(request, timeout=None if deadline is None else max(0.001, deadline - time.monotonic()))
        header, pending = None, []
        try:
            for message in call:
                header = message.header if message.HasField("header") else header
                pending.append(message)
                if message.HasField("slice_end"):
                    yield _slice(header, pending), message.slice_end.last
                    pending = []
        finally:
            # Ends a stream that the caller leaves half read; nothing for one that is over.
            call.cancel()

    def _unary(self, method, request, timeout):
        try:
            return method(request, timeout=self._timeout if timeout is None else timeout)
        except grpc.RpcError as error:
            raise FeatureError.of(error) from error


class _Unanswered:
    """The minibatches that are sent and not answered."""

    _ROWS_MAX = 65536

    def __init__(self, minibatches, ids_max):
        self._source = iter(minibatches)
        self._ids_max = ids_max
        self._sent = {}
        self._rows = 0
        self._id = 0
        self._next = next(self._source, None)

    def is_done(self):
        return self._next is None and not self._sent

    def send_all(self, requests):
        for minibatch_id, rows in self._sent.items():
            requests.put(_minibatch(minibatch_id, rows))
        self.fill(requests)

    def fill(self, requests):
        while self._next is not None and len(self._sent) < self._ids_max and self._rows + len(self._next) <= self._ROWS_MAX:
            rows, self._next = self._next, next(self._source, None)
            self._sent[self._id] = rows
            self._rows += len(rows)
            requests.put(_minibatch(self._id, rows))
            self._id += 1
        if self._next is None:
            requests.put(None)
        elif not self._sent:
            raise ValueError(f"a minibatch of {len(self._next)} rows: expected at most {self._ROWS_MAX}")

    def answered(self, minibatch_id):
        rows = self._sent.pop(minibatch_id)
        self._rows -= len(rows)
        return rows


def _minibatch(minibatch_id, rows):
    listed = messages.rows.RowList(keys=_keys([entity for entity, _ in rows]), weeks=[str(week) for _, week in rows])
    return messages.vectors.StreamFeatureVectorsRequest(
        minibatch=messages.vectors.Minibatch(id=minibatch_id, list=listed))


def _slice(header, pending):
    end, place = pending[-1].slice_end, pending[-1].slice
    table = decode(header, pending)
    if len(table) != end.rows:
        raise ValueError(f"slice {place.partition}/{place.slice} came with {len(table)} rows: expected {end.rows}")
    return Slice(place.partition, place.slice, table, end.cursor, list(end.errors), end.error_count)


def _wait(seconds, deadline):
    if deadline is not None and time.monotonic() + seconds >= deadline:
        raise FeatureError(grpc.StatusCode.DEADLINE_EXCEEDED, "the service did not answer in time")
    time.sleep(seconds)


def _view(view, definition):
    if (view is None) == (definition is None):
        raise ValueError("expected either view or definition")
    return messages.rows.ViewSelector(name=view) if definition is None else messages.rows.ViewSelector(definition=definition)


def _snapshot(name, snapshot_id):
    return messages.rows.SnapshotSelector(name=name, id=snapshot_id)


def _columns(names, labels):
    return messages.rows.ColumnSelector(names=names, labels=labels)


def _weeks(weeks):
    first, _, last = str(weeks).partition("..")
    return messages.rows.WeekRange(first=first, last=last)


def _keys(entities):
    keys = list(entities)
    if all(isinstance(key, str) for key in keys):
        return messages.rows.EntityKeys(string_keys=keys)
    return messages.rows.EntityKeys(int64_keys=[int(key) for key in keys])
