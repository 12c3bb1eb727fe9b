using System.IO.Hashing;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Columns.Hashing;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Puts the messages of one slice together to batches, and checks what the service says about them: rows, order and checksum.
/// </summary>
/// <param name="header">The stream's header.</param>
/// <param name="slice">The slice.</param>
/// <param name="finished">
/// The form of columns that the service finishes; each block of its then arrives column by column, and is one batch. Null where it
/// finishes none.
/// </param>
internal sealed class SliceAssembler(AnswerHeader header, SliceId slice, FinishedForm? finished)
{
    /// <summary>
    /// A batch ends where all columns have arrived up to the same row and there are so many rows at least. The service's blocks end at
    /// the last whole entity below 2^18 rows, so each becomes one batch, however its messages are cut.
    /// </summary>
    private const int BatchRowsMin = 1 << 17;

    private readonly XxHash3 _checksum = new();
    private readonly Dictionary<string, int> _indexes = header.Columns.Select((c, i) => (c.Name, i)).ToDictionary(p => p.Name, p => p.i);
    private readonly long[] _arrived = new long[header.Columns.Count];
    private PendingColumn[] _pending = NewPending(header);
    private long _taken;

    /// <summary>The slice.</summary>
    public SliceId Slice { get; } = slice;

    /// <summary>Rows of the batches taken so far.</summary>
    public long RowsTaken => _taken;

    /// <summary>Checksum of what has arrived so far.</summary>
    public ulong Checksum => _checksum.GetCurrentHashAsUInt64();

    /// <summary>Adds one message's chunks.</summary>
    /// <param name="message">A message of this slice.</param>
    /// <exception cref="InvalidDataException">A chunk does not follow the one before, or is malformed.</exception>
    public void Add(BackfillResponse message)
    {
        var payload = message.Payload.Memory;
        _checksum.Append(payload.Span);
        foreach (var chunk in message.Columns)
        {
            if (!_indexes.TryGetValue(chunk.Column, out var index))
            {
                throw new InvalidDataException($"a chunk of column '{chunk.Column}', which the header does not name");
            }

            if (chunk.FirstRow != _arrived[index])
            {
                throw new InvalidDataException($"column {chunk.Column}: a chunk from row {chunk.FirstRow}, expected {_arrived[index]}");
            }

            if (finished is { } form && chunk.Encoding == (Encoding)form)
            {
                AddPiece(chunk, index, payload);
                continue;
            }

            var column = Wire.Decode(chunk, header.Columns[index], EncodingSet.All, payload);
            if (column.Length > 0)
            {
                _pending[index].Add(column);
                _arrived[index] += column.Length;
            }
        }
    }

    /// <summary>The rows that are complete, where there are enough of them or the slice has ended.</summary>
    /// <param name="ended">Whether this was the slice's last message.</param>
    /// <returns>Null where there is nothing to take yet.</returns>
    /// <exception cref="InvalidDataException">The slice has ended, and its columns differ in length or are not whole.</exception>
    public FeatureBatch? Take(bool ended)
    {
        var rows = _arrived[0] - _taken;
        if (_arrived.AsSpan().ContainsAnyExcept(_arrived[0]))
        {
            return ended ? throw new InvalidDataException($"slice {Slice}: its columns differ in length") : null;
        }

        if (_pending.Any(column => column.IsOpen))
        {
            return ended ? throw new InvalidDataException($"slice {Slice}: a finished column without its end") : null;
        }

        if (rows == 0 || (rows < BatchRowsMin && !ended && finished is null))
        {
            return null;
        }

        IReadOnlyList<EncodedColumn>[] runs = [.. _pending.Select(column => column.Runs)];
        var batch = finished is null
            ? new FeatureBatch(header, Slice, _taken, checked((int)rows), runs)
            : new FeatureBatch(header, Slice, _taken, checked((int)rows), runs, [.. _pending.Select(column => column.Finished)]);
        _pending = NewPending(header);
        _taken = _arrived[0];
        return batch;
    }

    /// <summary>Checks the end of the slice against what has arrived.</summary>
    /// <param name="end">The end.</param>
    /// <exception cref="InvalidDataException">Rows or checksum differ, or hashes are missing.</exception>
    public void Verify(SliceEnd end)
    {
        if (end.Rows != (ulong)_taken)
        {
            throw new InvalidDataException($"slice {Slice}: {_taken} rows arrived, {end.Rows} were sent");
        }

        var checksum = Checksum;
        if (end.Checksum != checksum)
        {
            throw new InvalidDataException($"slice {Slice}: the checksum is {checksum:x16}, {end.Checksum:x16} was sent");
        }

        var hashBytes = finished is null ? 0 : header.Columns.Count * ColumnHash.Size;
        if (end.ColumnHashes.Length != hashBytes)
        {
            throw new InvalidDataException($"slice {Slice}: {end.ColumnHashes.Length} bytes of hashes, expected {hashBytes}");
        }
    }

    /// <summary>A piece of a finished column; the last one tells how many rows all have together.</summary>
    private void AddPiece(ColumnChunk chunk, int index, ReadOnlyMemory<byte> payload)
    {
        var description = chunk.Description is { } range ? Bytes(range) : (ReadOnlyMemory<byte>?)null;
        _pending[index].Add(chunk.Values is { } values ? Bytes(values) : ReadOnlyMemory<byte>.Empty, description);
        _arrived[index] += description is null ? 0 : chunk.Rows;

        ReadOnlyMemory<byte> Bytes(ByteRange range) => (ulong)range.Offset + range.Length <= (ulong)payload.Length
            ? payload.Slice((int)range.Offset, (int)range.Length)
            : throw new InvalidDataException($"column {chunk.Column}: bytes {range.Offset} to {(ulong)range.Offset + range.Length} of a payload of {payload.Length}");
    }

    private static PendingColumn[] NewPending(AnswerHeader header) => [.. header.Columns.Select(_ => new PendingColumn())];
}
