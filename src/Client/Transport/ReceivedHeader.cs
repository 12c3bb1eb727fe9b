using FeatureService.Contracts.V1;
using Google.Protobuf;

namespace FeatureService.Client.Transport;

/// <summary>
/// The header of an answer with the bytes that it was read from. It is the greater part of a small answer and the same in all of a view's,
/// so those that came lately are kept, and one with the same bytes is not read again.
/// </summary>
internal sealed class ReceivedHeader
{
    /// <summary>A program asks for a view or two at a time.</summary>
    private const int KeptMax = 8;

    private static volatile ReceivedHeader[] s_kept = [];

    private readonly byte[] _bytes;
    private readonly byte[][] _names;

    private ReceivedHeader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        Header = Wire.Header(Parse(_bytes));
        _names = [.. Header.Columns.Select(column => System.Text.Encoding.UTF8.GetBytes(column.Name))];
    }

    /// <summary>The header.</summary>
    public AnswerHeader Header { get; }

    /// <summary>The header of an answer.</summary>
    /// <param name="bytes">The bytes of its message.</param>
    /// <exception cref="InvalidDataException">They are none, or a role is not known.</exception>
    public static ReceivedHeader Of(ReadOnlySpan<byte> bytes)
    {
        var kept = s_kept;
        foreach (var known in kept)
        {
            if (bytes.SequenceEqual(known._bytes))
            {
                return known;
            }
        }

        var header = new ReceivedHeader(bytes);
        // Another thread's may get lost by it, and is then read once more.
        s_kept = [header, .. kept.Take(KeptMax - 1)];
        return header;
    }

    /// <summary>Index of a column; -1 where there is none.</summary>
    /// <param name="name">Its name in UTF-8.</param>
    /// <param name="guess">Where it is looked for first: behind the one before.</param>
    public int IndexOf(ReadOnlySpan<byte> name, int guess)
    {
        if ((uint)guess < (uint)_names.Length && name.SequenceEqual(_names[guess]))
        {
            return guess;
        }

        var index = _names.Length - 1;
        while (index >= 0 && !name.SequenceEqual(_names[index]))
        {
            index--;
        }

        return index;
    }

    private static ResponseHeader Parse(byte[] bytes)
    {
        try
        {
            return ResponseHeader.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"its header cannot be read: {exception.Message}", exception);
        }
    }
}
