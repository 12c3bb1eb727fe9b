namespace FeatureService.Core.Columns.Encodings;

/// <summary>Memory that one column after the other is decoded into: a column is good until the next is.</summary>
public sealed class DecodeBuffer
{
    private byte[] _data = [];
    private byte[] _offsets = [];

    /// <summary>Memory for values, not cleared.</summary>
    internal Memory<byte> Data(int bytes) => Of(ref _data, bytes);

    /// <summary>Memory for offsets, not cleared.</summary>
    internal Memory<byte> Offsets(int bytes) => Of(ref _offsets, bytes);

    private static Memory<byte> Of(ref byte[] buffer, int bytes)
    {
        if (buffer.Length < bytes)
        {
            buffer = GC.AllocateUninitializedArray<byte>(bytes);
        }

        return buffer.AsMemory(0, bytes);
    }
}
