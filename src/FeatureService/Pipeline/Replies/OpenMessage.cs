using System.IO.Hashing;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using CoreSlice = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Pipeline.Replies;

/// <summary>The message of a backfill that is being filled: sent when it has no more room, and then the next.</summary>
internal sealed class OpenMessage : IDisposable
{
    /// <summary>Frame, slice, and payload tag.</summary>
    private const int EnvelopeBytes = 128;

    private readonly MessageWriter<BackfillResponse> _writer;
    private readonly bool _finished;
    private readonly CancellationToken _cancellation;
    private readonly XxHash3 _checksum = new();
    private ResponseHeader? _header;
    private BackfillResponse _message = new();
    private int _position;
    private int _summed;
    private int _envelope;

    /// <summary>The first message of a stream.</summary>
    /// <param name="writer">Where messages go.</param>
    /// <param name="header">What the first message has.</param>
    /// <param name="finished">Whether the stream has finished columns, which its first message tells.</param>
    /// <param name="bytesMax">Largest message.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public OpenMessage(MessageWriter<BackfillResponse> writer, ResponseHeader header, bool finished, int bytesMax, CancellationToken cancellation)
    {
        (_writer, _header, _finished, _cancellation) = (writer, header, finished, cancellation);
        // Every message leaves room for a header, so that where it is does not move the cut.
        BytesMax = bytesMax - EnvelopeBytes - header.CalculateSize();
    }

    /// <summary>Bytes that chunks of a message may take, their payload and their own messages together.</summary>
    public int BytesMax { get; }

    /// <summary>Bytes of these that are left.</summary>
    public int Room => BytesMax - _position - _envelope;

    /// <summary>Whether it has a chunk.</summary>
    public bool HasColumns => _message.Columns.Count > 0;

    /// <summary>The slice whose rows it has.</summary>
    public CoreSlice Slice { get; set; }

    /// <summary>Puts into the payload what an encoder has measured.</summary>
    /// <returns>Where it lies.</returns>
    public ChunkLayout Put(ColumnEncoder encoder) => encoder.Write(_writer.Payload, ref _position);

    /// <summary>Puts bytes into the payload.</summary>
    /// <returns>Where they lie.</returns>
    public ByteRange Put(ReadOnlySpan<byte> bytes)
    {
        var range = new ByteRange { Offset = (uint)_position, Length = (uint)bytes.Length };
        var end = (int)PlainCodec.Align(_position + bytes.Length);
        bytes.CopyTo(_writer.Payload[_position..]);
        _writer.Payload[(_position + bytes.Length)..end].Clear();
        _position = end;
        return range;
    }

    /// <summary>Adds a chunk, whose bytes are in the payload.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="envelope">The most bytes that its own message takes.</param>
    public void Add(ColumnChunk chunk, int envelope)
    {
        _message.Columns.Add(chunk);
        _envelope += envelope;
    }

    /// <summary>Checksum of the slice's payloads, this one's among them; the next slice's begins.</summary>
    public ulong EndChecksum()
    {
        Sum();
        var checksum = _checksum.GetCurrentHashAsUInt64();
        _checksum.Reset();
        return checksum;
    }

    /// <summary>Starts to send the message, and begins the next.</summary>
    public async Task SendAsync()
    {
        Sum();
        _message.Header = _header;
        _message.Finished = _header is not null && _finished;
        _message.Slice = new SliceId { Partition = Slice.Partition, Slice = Slice.Slice };
        await _writer.WriteAsync(_message, _position, _cancellation).ConfigureAwait(false);
        _header = null;
        _message = new BackfillResponse();
        (_position, _summed, _envelope) = (0, 0, 0);
    }

    /// <summary>Starts to send the last message of a slice, this one or, where it has no room for the end, the next.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="end">Its end.</param>
    public async Task SendAsync(CoreSlice slice, SliceEnd end)
    {
        Slice = slice;
        if (end.CalculateSize() > Room)
        {
            await SendAsync().ConfigureAwait(false);
        }

        _message.SliceEnd = end;
        await SendAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until everything is on its way; sends the header alone where there was nothing else.</summary>
    public async Task EndAsync()
    {
        if (_header is not null)
        {
            await _writer.WriteAsync(new BackfillResponse { Header = _header, Finished = _finished }, 0, _cancellation).ConfigureAwait(false);
            _header = null;
        }

        await _writer.FlushAsync(_cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Sum()
    {
        _checksum.Append(_writer.Payload[_summed.._position]);
        _summed = _position;
    }
}
