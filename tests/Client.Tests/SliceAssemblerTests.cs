using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using Google.Protobuf;
using ColumnType = FeatureService.Core.Columns.ColumnType;
using CoreSlice = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.Tests;

/// <summary>Messages of finished columns that do not fit together are told, and never become rows.</summary>
public sealed class SliceAssemblerTests
{
    private static readonly AnswerHeader s_header = new("s", "v", 1,
    [
        new DatasetColumn("id", ColumnType.Int64, DatasetColumnRole.Entity, ""),
        new DatasetColumn("x", ColumnType.Float32, DatasetColumnRole.Feature, "f"),
    ]);

    private readonly SliceAssembler _assembler = new(s_header, new CoreSlice(0, 0), FinishedForm.ParquetZstd);

    [Fact]
    public void Pieces_become_one_column_and_a_block_one_batch()
    {
        _assembler.Add(Message(Piece("id", 0, 3, isLast: true), Piece("x", 0, 0, isLast: false)));
        Assert.Null(_assembler.Take(ended: false));
        _assembler.Add(Message(Piece("x", 0, 3, isLast: true)));

        var batch = _assembler.Take(ended: false)!;

        Assert.Equal((0L, 3), (batch.FirstRow, batch.RowCount));
        Assert.True(batch.IsFinished);
        Assert.Equal([64, 64], batch.Finished(1)!.Pieces.Select(piece => piece.Length));
        Assert.Equal(8, batch.Finished(1)!.Description.Length);
        Assert.Contains("column x is finished for a file", Assert.Throws<InvalidOperationException>(() => batch.Chunks(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_piece_that_lies_outside_of_its_payload_is_refused()
    {
        var piece = Piece("id", 0, 3, isLast: true);
        piece.Values.Length = 129;

        var error = Assert.Throws<InvalidDataException>(() => _assembler.Add(Message(piece)));

        Assert.Equal("column id: bytes 0 to 129 of a payload of 128", error.Message);
    }

    [Fact]
    public void A_column_without_its_last_piece_is_refused()
    {
        _assembler.Add(Message(Piece("id", 0, 3, isLast: true), Piece("x", 0, 3, isLast: true)));
        Assert.NotNull(_assembler.Take(ended: false));
        _assembler.Add(Message(Piece("x", 3, 0, isLast: false)));
        Assert.Null(_assembler.Take(ended: false));

        Assert.Throws<InvalidDataException>(() => _assembler.Take(ended: true));
    }

    [Fact]
    public void A_second_chunk_in_one_block_is_refused()
    {
        _assembler.Add(Message(Piece("id", 0, 3, isLast: true)));

        Assert.Throws<InvalidDataException>(() => _assembler.Add(Message(Piece("id", 3, 3, isLast: true))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void An_end_without_a_hash_for_each_column_is_refused(int bytes)
    {
        var end = new SliceEnd { Checksum = new System.IO.Hashing.XxHash3().GetCurrentHashAsUInt64(), ColumnHashes = ByteString.CopyFrom(new byte[bytes]) };

        var error = Assert.Throws<InvalidDataException>(() => _assembler.Verify(end));

        Assert.Contains($"{bytes} bytes of hashes, expected 32", error.Message, StringComparison.Ordinal);
    }

    private static BackfillResponse Message(params ColumnChunk[] chunks) => new() { Columns = { chunks }, Payload = ByteString.CopyFrom(new byte[128]) };

    private static ColumnChunk Piece(string column, uint firstRow, uint rows, bool isLast) => new()
    {
        Column = column,
        Encoding = Encoding.ParquetZstd,
        FirstRow = firstRow,
        Rows = rows,
        Values = new ByteRange { Length = 64 },
        Description = isLast ? new ByteRange { Offset = 64, Length = 8 } : null,
    };
}
