using System.Globalization;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Engine.Snapshots;
using CachePolicy = FeatureService.Caching.CachePolicy;

namespace FeatureService.Pipeline.Requests;

/// <summary>A GetFeatureVectors that can be computed.</summary>
/// <param name="Selection">What is computed.</param>
/// <param name="Rows">For which rows.</param>
/// <param name="Encodings">Encodings that the caller reads.</param>
internal sealed record VectorsTask(Selection Selection, ListRows Rows, EncodingSet Encodings);

/// <summary>What every minibatch of a stream computes.</summary>
/// <param name="Selection">What is computed.</param>
/// <param name="Encodings">Encodings that the caller reads.</param>
internal sealed record StreamTask(Selection Selection, EncodingSet Encodings);

/// <summary>A Backfill that can be computed.</summary>
/// <param name="Selection">What is computed.</param>
/// <param name="Rows">For which rows.</param>
/// <param name="FirstSlice">Index of the first slice to compute: behind the cursor.</param>
/// <param name="Encodings">Encodings that the caller reads.</param>
/// <param name="Cache">Whether it uses the cache.</param>
internal sealed record BackfillTask(Selection Selection, GridRows Rows, int FirstSlice, EncodingSet Encodings, CachePolicy Cache)
{
    /// <summary>The form in which columns are finished for the caller's file; null for none.</summary>
    public FinishedForm? Finished { get; init; }
}

/// <summary>From requests to what can be computed; everything that is wrong with a request is told at once.</summary>
/// <param name="selections">Finds snapshots, views and columns.</param>
/// <param name="limits">Bounds of requests.</param>
internal sealed class RequestReader(SelectionReader selections, PipelineLimits limits)
{
    /// <summary>Reads a GetFeatureVectors.</summary>
    /// <exception cref="RequestException">It cannot be answered.</exception>
    public VectorsTask Read(GetFeatureVectorsRequest request)
    {
        var violations = new Violations();
        var snapshot = selections.ReadSnapshot(request.Snapshot);
        var view = selections.ReadView(request.View, snapshot, violations);
        var selection = selections.ReadColumns(request.Columns, view, hasPopulation: false, snapshot, violations);
        var encodings = ReadEncodings(request.AcceptEncodings, violations);
        RequestException? tooLarge = null;
        var rows = RowsReader.ReadList(request.Grid, request.List, snapshot, Fits, violations);
        if (tooLarge is not null && violations.Count == 0)
        {
            throw tooLarge;
        }

        violations.Add(tooLarge?.Violations ?? []);
        violations.ThrowIfAny();
        return new VectorsTask(selection!, rows!, encodings);

        bool Fits(long rowCount, long keyBytes)
        {
            var bytes = (rowCount * RowBytes.Of(selection?.Plan)) + keyBytes;
            tooLarge = bytes > limits.UnaryBytesMax ? TooLarge(rowCount, bytes) : null;
            return tooLarge is null;
        }
    }

    /// <summary>Reads what a stream computes.</summary>
    /// <exception cref="RequestException">It cannot be computed.</exception>
    public StreamTask Read(StreamSelection request)
    {
        var violations = new Violations();
        var snapshot = selections.ReadSnapshot(request.Snapshot);
        var view = selections.ReadView(request.View, snapshot, violations);
        var selection = selections.ReadColumns(request.Columns, view, hasPopulation: false, snapshot, violations);
        var encodings = ReadEncodings(request.AcceptEncodings, violations);
        violations.ThrowIfAny();
        return new StreamTask(selection!, encodings);
    }

    /// <summary>Reads the rows of a minibatch.</summary>
    /// <param name="minibatch">The minibatch.</param>
    /// <param name="snapshot">The stream's snapshot.</param>
    /// <param name="fits">Asked, before the rows are written out, whether the stream may have so many more.</param>
    /// <returns>The rows; null where they do not fit.</returns>
    /// <exception cref="RequestException">They are wrong.</exception>
    public static ListRows? Read(Minibatch minibatch, ISnapshot snapshot, Func<long, bool> fits)
    {
        var violations = new Violations();
        var isTooMuch = false;
        var rows = RowsReader.ReadList(minibatch.Grid, minibatch.List, snapshot, (count, _) => !(isTooMuch = !fits(count)), violations);
        if (!isTooMuch)
        {
            violations.ThrowIfAny();
        }

        return rows;
    }

    /// <summary>Reads a Backfill.</summary>
    /// <exception cref="RequestException">It cannot be answered.</exception>
    public BackfillTask Read(BackfillRequest request)
    {
        var violations = new Violations();
        var cursor = request.Cursor.IsEmpty ? null : Cursor.Read(request.Cursor.Span);
        var snapshot = SnapshotOf(request, cursor);
        var view = selections.ReadView(request.View, snapshot, violations);
        var selection = selections.ReadColumns(request.Columns, view, request.Grid is not { IgnorePopulation: true }, snapshot, violations);
        var encodings = ReadEncodings(request.AcceptEncodings, violations);
        var cache = ReadPolicy(request.CachePolicy, violations);
        var rows = RowsReader.ReadGrid(request.Grid, snapshot, violations);
        CheckEntityBytes(selection, rows, violations);
        if (cursor is not null && selection is not null && rows is not null
            && (cursor.PlanId != selection.Plan.Id || cursor.RowsHash != rows.Hash || cursor.NextSlice > rows.SliceCount))
        {
            violations.Add("cursor", "belongs to another request: expected the view, columns and grid with which it was received");
        }

        violations.ThrowIfAny();
        return new BackfillTask(selection!, rows!, cursor?.NextSlice ?? 0, encodings, cache)
        {
            Finished = request.AcceptEncodings.Select(encoding => (FinishedForm?)encoding).FirstOrDefault(form => Enum.IsDefined(form!.Value)),
        };
    }

    /// <summary>Refuses an answer that is too large; the reason tells programs to ask for fewer rows.</summary>
    public RequestException TooLarge(long rowCount, long bytes)
    {
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"an answer of {rowCount} rows takes {bytes} bytes, at most {limits.UnaryBytesMax} fit: ask for fewer rows or use Backfill");
        return new RequestException(FailureKind.InvalidArgument, $"rows: {message}")
        {
            Violations = [new Violation("rows", message)],
            Reason = "ANSWER_TOO_LARGE",
        };
    }

    private ISnapshot SnapshotOf(BackfillRequest request, Cursor? cursor)
    {
        if (cursor is null)
        {
            return selections.ReadSnapshot(request.Snapshot);
        }

        // A cursor pins its snapshot, whatever the name means by now.
        var selector = request.Snapshot?.Clone() ?? new SnapshotSelector();
        if (selector.Id.Length > 0 && selector.Id != cursor.SnapshotId)
        {
            throw Registry.SnapshotRegistry.Gone(cursor.SnapshotId);
        }

        selector.Id = cursor.SnapshotId;
        return selections.ReadSnapshot(selector);
    }

    private void CheckEntityBytes(Selection? selection, GridRows? rows, Violations violations)
    {
        if (selection is null || rows is null)
        {
            return;
        }

        var bytes = rows.Weeks.Count * RowBytes.Of(selection.Plan);
        if (bytes > limits.EntityBytesMax)
        {
            violations.Add(
                "grid.weeks",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rows.Weeks.Count} weeks of {selection.Plan.Columns.Count} columns take {bytes} bytes an entity, at most {limits.EntityBytesMax} are computed at once: ask for fewer weeks or columns"));
        }
    }

    private static CachePolicy ReadPolicy(Contracts.V1.CachePolicy policy, Violations violations)
    {
        switch (policy)
        {
            case Contracts.V1.CachePolicy.Unspecified or Contracts.V1.CachePolicy.Auto:
                return CachePolicy.Auto;
            case Contracts.V1.CachePolicy.Always:
                return CachePolicy.Always;
            case Contracts.V1.CachePolicy.Never:
                return CachePolicy.Never;
            case Contracts.V1.CachePolicy.Refresh:
                return CachePolicy.Refresh;
            default:
                violations.Add("cache_policy", $"{(int)policy} is not known: expected auto, always, never or refresh");
                return CachePolicy.Auto;
        }
    }

    private static EncodingSet ReadEncodings(IReadOnlyList<Encoding> encodings, Violations violations)
    {
        var accepted = EncodingSet.Plain;
        for (var i = 0; i < encodings.Count; i++)
        {
            // Encodings of later versions are skipped: PLAIN always is accepted.
            if (encodings[i] == Encoding.Unspecified)
            {
                violations.Add($"accept_encodings[{i}]", "is not an encoding: expected ENCODING_PLAIN or nothing");
            }
            else if (Enum.IsDefined((ColumnEncoding)encodings[i]))
            {
                accepted = accepted.With((ColumnEncoding)encodings[i]);
            }
        }

        return accepted;
    }
}
