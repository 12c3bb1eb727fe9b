using System.Buffers;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Encodings;
using Google.Protobuf;

namespace FeatureService.Client.Tests;

/// <summary>Answers that are read by hand are what the generated code reads, and what is wrong with one is told.</summary>
public sealed class ReceivedVectorsTests
{
    private static readonly FakeGrid _grid = new() { HasOverflowed = (key, _) => key % 2 == 0 };

    [Fact]
    public void An_answer_is_read_as_the_generated_code_reads_it()
    {
        var message = Answer();
        message.CpuMicros = 1234;
        var received = Received(message);

        var (vectors, expected) = (received.Read(EncodingSet.Plain), Generated(message));

        Assert.Equal(expected.RowCount, vectors.RowCount);
        Assert.Equal(expected.Header.Columns, vectors.Header.Columns);
        Assert.Equal(
            (expected.Header.SnapshotId, expected.Header.ViewVersion, expected.Header.EngineVersion),
            (vectors.Header.SnapshotId, vectors.Header.ViewVersion, vectors.Header.EngineVersion));
        foreach (var (column, other) in vectors.Columns.Zip(expected.Columns))
        {
            Assert.Equal((other.Type, other.Length, other.NullCount), (column.Type, column.Length, column.NullCount));
            Assert.Equal(other.Validity.ToArray(), column.Validity.ToArray());
            Assert.Equal(other.Data.ToArray(), column.Data.ToArray());
            Assert.Equal(other.Offsets.ToArray(), column.Offsets.ToArray());
        }

        var (errors, count, cpu) = received.ReadTold();
        Assert.Equal(message.Errors, errors);
        Assert.Equal((message.ErrorCount, TimeSpan.FromMicroseconds(1234)), (count, cpu));
        Assert.NotEqual(0UL, count);
    }

    [Fact]
    public void Columns_may_come_in_any_order_and_a_message_in_pieces()
    {
        var message = Answer();
        GetFeatureVectorsResponse turned = new(message);
        turned.Columns.Clear();
        turned.Columns.Add(message.Columns.Reverse());

        var bytes = turned.ToByteArray();
        var first = new Piece(bytes.AsMemory(0, 100), null);
        var second = new Piece(bytes.AsMemory(100), first);
        var vectors = new ReceivedVectors(new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length)).Read(EncodingSet.Plain);

        Assert.Equal(Generated(message).Columns.Select(c => c.Data.ToArray()), vectors.Columns.Select(c => c.Data.ToArray()));
    }

    [Fact]
    public void A_header_that_came_before_is_not_read_again()
    {
        var (one, other) = (Received(Answer()).Read(EncodingSet.Plain), Received(Answer()).Read(EncodingSet.Plain));
        Assert.Same(one.Header, other.Header);

        var changed = Answer();
        changed.Header.ViewVersion += "-changed";
        var third = Received(changed).Read(EncodingSet.Plain);
        Assert.Equal(changed.Header.ViewVersion, third.Header.ViewVersion);
        Assert.Equal(one.Header.ViewVersion, Received(Answer()).Read(EncodingSet.Plain).Header.ViewVersion);
    }

    [Fact]
    public void Many_headers_are_told_apart()
    {
        for (var i = 0; i < 100; i++)
        {
            var message = Answer();
            message.Header.SnapshotId = $"snapshot {i % 20}";
            Assert.Equal(message.Header.SnapshotId, Received(message).Read(EncodingSet.Plain).Header.SnapshotId);
        }
    }

    [Fact]
    public void What_is_wrong_with_an_answer_is_told()
    {
        AssertWrong("it has no header", message => message.Header = null);
        AssertWrong("a chunk of column 'other' that was not expected", message => message.Columns[0].Column = "other");
        AssertWrong("a chunk of column 'week' that was not expected", message => message.Columns.Add(message.Columns[1]));
        AssertWrong("a chunk of column 'user_id' that was not expected", message => message.Columns[0].FirstRow = 1);
        AssertWrong("its columns are not complete", message => message.Columns.RemoveAt(2));
        AssertWrong("column user_id: a chunk of String, expected Int64", message => message.Columns[0].Type = ColumnType.String);
        AssertWrong("column user_id: encoding Runs was not offered", message => message.Columns[0].Encoding = Encoding.Runs);
        AssertWrong("column user_id: encoding Unspecified was not offered", message => message.Columns[0].Encoding = (Encoding)300);
        AssertWrong("column chunk: values at 1048576 of 32 bytes, but the payload has", message => message.Columns[0].Values.Offset = 1 << 20);
        AssertWrong("column role 9 is not known", message => message.Header.Columns[0].Role = (ColumnRole)9);
    }

    [Fact]
    public void Bytes_that_are_no_answer_are_told()
    {
        var bytes = Answer().ToByteArray();
        var cut = new ReceivedVectors(new ReadOnlySequence<byte>(bytes, 0, bytes.Length - 1));
        Assert.Throws<InvalidDataException>(() => cut.Read(EncodingSet.Plain));
        var header = new ReceivedVectors(new ReadOnlySequence<byte>([0x0A, 2, 0x0A, 5]));
        Assert.StartsWith("its header cannot be read", Assert.Throws<InvalidDataException>(() => header.Read(EncodingSet.Plain)).Message, StringComparison.Ordinal);
        var error = new ReceivedVectors(new ReadOnlySequence<byte>([0x1A, 2, 0x0A, 5]));
        Assert.StartsWith("a cell error cannot be read", Assert.Throws<InvalidDataException>(() => error.ReadTold()).Message, StringComparison.Ordinal);
    }

    private static void AssertWrong(string error, Action<GetFeatureVectorsResponse> change)
    {
        var message = Answer();
        change(message);
        var received = Received(message);
        Assert.StartsWith(error, Assert.Throws<InvalidDataException>(() => received.Read(EncodingSet.Plain)).Message, StringComparison.Ordinal);
    }

    private static GetFeatureVectorsResponse Answer() => FakeMessages.OfList(_grid, new GetFeatureVectorsRequest
    {
        List = new RowList { Keys = new EntityKeys { Int64Keys = { 4, 5, 6, 7 } }, Weeks = { "2024-01-01", "2024-01-08", "2024-01-01", "2024-01-15" } },
    });

    private static FeatureVectors Generated(GetFeatureVectorsResponse message) =>
        Wire.Vectors(Wire.Header(message.Header), message.Columns, 0, EncodingSet.Plain, message.Payload.Memory);

    private static ReceivedVectors Received(GetFeatureVectorsResponse message) => new(new ReadOnlySequence<byte>(message.ToByteArray()));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
