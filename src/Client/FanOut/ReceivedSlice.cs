using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.FanOut;

/// <summary>Rows that are to be handed on.</summary>
/// <param name="Batch">The rows.</param>
/// <param name="Checksum">Of all that has arrived of the slice up to their end.</param>
internal readonly record struct HeldBatch(FeatureBatch Batch, ulong Checksum);

/// <summary>What one stream has read of a slice and not handed on yet.</summary>
/// <param name="header">The stream's header.</param>
/// <param name="id">The slice.</param>
/// <param name="finished">The form of columns that the service finishes; null where it finishes none.</param>
internal sealed class ReceivedSlice(AnswerHeader header, SliceId id, FinishedForm? finished)
{
    /// <summary>
    /// A slice is handed on only once its checksum is verified, unless it is larger than this: then it is handed on as it comes, and
    /// the checksum tells afterwards, of a stream that follows one that broke too. Slices of 1,024 entities with 260 weeks of 20 float32 take 27 MB.
    /// </summary>
    private const long HeldBytesMax = 48 << 20;

    private readonly SliceAssembler _assembler = new(header, id, finished);
    private readonly List<HeldBatch> _held = [];
    private long _heldBytes;
    private bool _handedOn;

    /// <summary>The slice.</summary>
    public SliceId Id => id;

    /// <summary>The end, once it is there and agrees with what has arrived.</summary>
    public SliceEnd? End { get; private set; }

    /// <summary>Whether it is time to hand on what is held.</summary>
    public bool IsDue => End is not null || _heldBytes > HeldBytesMax;

    /// <summary>Adds a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="of">Its slice.</param>
    /// <exception cref="InvalidDataException">It is not one that follows.</exception>
    /// <exception cref="FeatureServiceException">The slice is wrong, and rows of it were handed on.</exception>
    public void Add(BackfillResponse message, SliceId of)
    {
        if (of != id)
        {
            throw new InvalidDataException($"a message of slice {of}, expected one of {id}");
        }

        _assembler.Add(message);
        _heldBytes += message.Payload.Length;
        if (_assembler.Take(ended: message.SliceEnd is not null) is { } batch)
        {
            _held.Add(new HeldBatch(batch, _assembler.Checksum));
        }

        if (message.SliceEnd is { } end)
        {
            Verify(end);
            End = end;
        }
    }

    /// <summary>Takes what is held.</summary>
    public IReadOnlyList<HeldBatch> TakeHeld()
    {
        HeldBatch[] taken = [.. _held];
        _held.Clear();
        _heldBytes = 0;
        _handedOn = true;
        return taken;
    }

    private void Verify(SliceEnd end)
    {
        try
        {
            _assembler.Verify(end);
        }
        catch (InvalidDataException exception) when (_handedOn)
        {
            throw new FeatureServiceException(
                Grpc.Core.StatusCode.DataLoss, $"{exception.Message}, and rows of it were taken as they came", exception)
            { IsFinal = true };
        }
    }
}
