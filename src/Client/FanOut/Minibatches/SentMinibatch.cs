using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.FanOut.Minibatches;

/// <summary>A minibatch without an answer: what is sent, also a second time, and the rows that have come so far.</summary>
/// <param name="id">Its number in the stream.</param>
/// <param name="rows">The rows.</param>
internal sealed class SentMinibatch(ulong id, IReadOnlyList<FeatureRow> rows)
{
    private readonly List<FeatureVectors> _runs = [];

    /// <summary>Its number in the stream, which is its id on the wire.</summary>
    public ulong Id => id;

    /// <summary>The rows.</summary>
    public IReadOnlyList<FeatureRow> Rows => rows;

    /// <summary>What is sent for it.</summary>
    public StreamFeatureVectorsRequest Request { get; } =
        new() { Minibatch = new Contracts.V1.Minibatch { Id = id, List = Wire.Rows(rows) } };

    /// <summary>Forgets the rows that have come: it is sent again.</summary>
    public void Restart() => _runs.Clear();

    /// <summary>Takes the next run of rows.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public void Add(AnswerHeader header, StreamFeatureVectorsResponse message) =>
        _runs.Add(Wire.Vectors(header, message.Columns, _runs.Sum(run => run.RowCount), EncodingSet.Plain, message.Payload.Memory));

    /// <summary>All rows that have come, as one.</summary>
    /// <exception cref="InvalidDataException">They are not all.</exception>
    public FeatureVectors Vectors()
    {
        var count = _runs.Sum(run => run.RowCount);
        if (count != rows.Count || _runs.Count == 0)
        {
            throw new InvalidDataException($"minibatch {id}: {count} rows, asked were {rows.Count}");
        }

        var header = _runs[0].Header;
        return _runs.Count == 1
            ? _runs[0]
            : new FeatureVectors(
                header, count, [.. header.Columns.Select((column, i) => ColumnJoin.Join(column.Type, [.. _runs.Select(run => run.Columns[i])]))]);
    }
}

/// <summary>How a minibatch was answered.</summary>
/// <param name="Id">Its number in the stream.</param>
/// <param name="RowCount">Rows that were asked for.</param>
/// <param name="Vectors">The vectors; null where it failed.</param>
/// <param name="Failure">Why; null where it did not.</param>
internal sealed record MinibatchAnswer(ulong Id, int RowCount, FeatureVectors? Vectors, FeatureServiceException? Failure);
