using CsCheck;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Wire;

namespace FeatureService.Core.Tests;

/// <summary>Messages in protobuf's format, written and read by hand. That they are those of the contract is tested where its code is.</summary>
public sealed class WireTests
{
    private static readonly Gen<ByteRun?> _runs = Gen.OneOf(
        Gen.Const((ByteRun?)null), Gen.UInt[0, 1 << 24].Select(Gen.UInt, (offset, length) => (ByteRun?)new ByteRun(offset & ~63u, length)));

    private static readonly Gen<ChunkLayout> _layouts =
        from encoding in Gen.Int[1, 5]
        from rows in Gen.UInt
        from nulls in Gen.UInt[0, 3]
        from runs in _runs.Array[6]
        from baseNumber in Gen.Long
        select new ChunkLayout
        {
            Encoding = (ColumnEncoding)encoding,
            Rows = rows,
            NullCount = nulls,
            Validity = runs[0],
            Values = runs[1] ?? default,
            Offsets = runs[2],
            Dictionary = runs[3],
            RunEnds = runs[4],
            Present = runs[5],
            Base = baseNumber,
        };

    [Fact]
    public void A_chunk_is_read_as_it_was_written_and_takes_no_more_room_than_is_said() =>
        Gen.Select(_layouts, Gen.Byte.Array[0, 300], Gen.Int[0, 7], Gen.UInt).Sample((layout, name, type, firstRow) =>
        {
            var bytes = new byte[ChunkMessage.BytesMax + name.Length];
            var writer = new ProtoWriter(bytes);
            new ChunkMessage { Name = name, Type = type, FirstRow = firstRow, Layout = layout }.Write(ref writer);

            var reader = new ProtoReader(bytes.AsSpan(0, writer.Position));
            Assert.True(reader.Next());
            Assert.Equal(ChunkMessage.Field, reader.Field);
            var chunk = ChunkMessage.Read(reader.Bytes);
            Assert.False(reader.Next());
            Assert.Equal(name, chunk.Name.ToArray());
            Assert.Equal((type, firstRow, layout), (chunk.Type, chunk.FirstRow, chunk.Layout));
        });

    [Fact]
    public void Numbers_bytes_and_messages_within_messages_come_back()
    {
        var text = new byte[1000];
        var bytes = new byte[3000];
        var writer = new ProtoWriter(bytes);
        writer.Number(1, ulong.MaxValue);
        writer.Number(2, 0);
        writer.Signed(3, long.MinValue);
        var outer = writer.Open(4);
        var inner = writer.Open(5);
        writer.Bytes(6, text);
        writer.Close(inner);
        writer.Close(outer);
        writer.Bytes(7, []);

        var reader = new ProtoReader(bytes.AsSpan(0, writer.Position));
        Assert.True(reader.Next());
        Assert.Equal((1, ulong.MaxValue), (reader.Field, reader.Number));
        Assert.True(reader.Next());
        Assert.Equal((3, long.MinValue), (reader.Field, reader.Signed));
        Assert.True(reader.Next());
        Assert.Equal(4, reader.Field);
        var within = new ProtoReader(reader.Bytes);
        Assert.True(within.Next());
        within = new ProtoReader(within.Bytes);
        Assert.True(within.Next());
        Assert.Equal(text, within.Bytes.ToArray());
        Assert.False(reader.Next());
    }

    [Fact]
    public void Fixed_numbers_and_unknown_fields_are_passed_over()
    {
        var reader = new ProtoReader([0x09, 1, 0, 0, 0, 0, 0, 0, 0, 0x15, 2, 0, 0, 0, 0x98, 0x06, 3]);
        Assert.True(reader.Next());
        Assert.Equal((1, 1UL), (reader.Field, reader.Number));
        Assert.True(reader.Next());
        Assert.Equal((2, 2UL), (reader.Field, reader.Number));
        Assert.True(reader.Next());
        Assert.Equal((99, 3UL), (reader.Field, reader.Number));
        Assert.False(reader.Next());
    }

    [Theory]
    [InlineData("0A05", "a field of 5 bytes, but 0 are left of its message")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "a field of 18446744073709551615 bytes, but 0 are left of its message")]
    [InlineData("08", "a number that does not end")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFFFF01", "a number that does not end")]
    [InlineData("09000000", "a field of 8 bytes, but 3 are left of its message")]
    [InlineData("0B", "a field of wire type 3, which no message of the contract has")]
    public void Bytes_that_are_no_message_are_refused(string hex, string message) => Assert.Equal(message, Assert.Throws<InvalidDataException>(() =>
    {
        var reader = new ProtoReader(Convert.FromHexString(hex));
        reader.Next();
    }).Message);

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        try
        {
            _ = ChunkMessage.Read(bytes).Layout;
        }
        catch (InvalidDataException)
        {
            return;
        }
    });
}
