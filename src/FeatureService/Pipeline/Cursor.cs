using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace FeatureService.Pipeline;

/// <summary>Where a backfill goes on: opaque to callers, readable by any pod.</summary>
/// <param name="SnapshotId">The snapshot that is read.</param>
/// <param name="PlanId">What is computed.</param>
/// <param name="RowsHash">For which rows.</param>
/// <param name="NextSlice">Index, among the request's slices, of the first that is not done.</param>
internal sealed record Cursor(string SnapshotId, string PlanId, ulong RowsHash, int NextSlice)
{
    private const byte Format = 1;
    private const int LengthMax = 1024;

    /// <summary>The cursor's bytes: format, next slice, rows, two texts with their lengths, and XXH3-64 of all that.</summary>
    public byte[] Write()
    {
        var snapshot = Encoding.UTF8.GetBytes(SnapshotId);
        var plan = Encoding.UTF8.GetBytes(PlanId);
        var bytes = new byte[1 + sizeof(int) + sizeof(ulong) + 2 + snapshot.Length + 2 + plan.Length + sizeof(ulong)];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), NextSlice);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(5), RowsHash);
        var end = WriteText(bytes, WriteText(bytes, 13, snapshot), plan);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(end), XxHash3.HashToUInt64(bytes.AsSpan(0, end)));
        return bytes;
    }

    /// <summary>Reads a cursor as a caller sent it back.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static Cursor Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < 13 + 4 + sizeof(ulong) or > LengthMax
            || bytes[0] != Format
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]) != XxHash3.HashToUInt64(bytes[..^sizeof(ulong)]))
        {
            throw Bad();
        }

        var body = bytes[..^sizeof(ulong)];
        var texts = body[13..];
        var snapshot = ReadText(ref texts);
        var plan = ReadText(ref texts);
        var nextSlice = BinaryPrimitives.ReadInt32LittleEndian(body[1..]);
        return texts.IsEmpty && nextSlice >= 0
            ? new Cursor(snapshot, plan, BinaryPrimitives.ReadUInt64LittleEndian(body[5..]), nextSlice)
            : throw Bad();
    }

    private static RequestException Bad() =>
        RequestException.Invalid("cursor", "is damaged: expected the bytes of a slice_end, unchanged");

    private static int WriteText(byte[] bytes, int position, byte[] text)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(position), checked((ushort)text.Length));
        text.CopyTo(bytes, position + 2);
        return position + 2 + text.Length;
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || BinaryPrimitives.ReadUInt16LittleEndian(bytes) is var length && length > bytes.Length - 2)
        {
            throw Bad();
        }

        var text = Encoding.UTF8.GetString(bytes.Slice(2, length));
        bytes = bytes[(2 + length)..];
        return text;
    }
}
