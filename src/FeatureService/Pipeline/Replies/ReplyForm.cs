using System.Runtime.CompilerServices;
using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Wire;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using Google.Protobuf;

namespace FeatureService.Pipeline.Replies;

/// <summary>What is the same in all answers of a plan, in the bytes of the wire: their header, and the names of their chunks' columns.</summary>
internal sealed class ReplyForm
{
    private const int HeaderField = 1;

    // A header is the greater part of a small answer.
    private static readonly ConditionalWeakTable<Plan, ReplyForm> _ofPlans = [];

    private readonly byte[][] _names;

    private ReplyForm(Plan plan)
    {
        var header = Headers.Of(plan).ToByteArray();
        Header = new byte[ProtoWriter.NumberBytesMax + header.Length];
        var writer = new ProtoWriter(Header);
        writer.Bytes(HeaderField, header);
        Header = Header[..writer.Position];
        string[] names = [plan.Snapshot.Catalog.EntityName, Headers.Week, Headers.RowStatus, .. plan.Columns.Select(column => column.Name)];
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        EnvelopeBytes = Header.Length + names.Sum(ColumnChunks.EnvelopeBytes);
        RoomBytes = Header.Length + _names.Sum(name => name.Length + ChunkMessage.BytesMax);
    }

    /// <summary>The field <c>header</c>, tag and length included.</summary>
    public byte[] Header { get; }

    /// <summary>Number of columns: the entity, the week and the row status, then features and labels.</summary>
    public int ColumnCount => _names.Length;

    /// <summary>The most bytes that an answer takes beside its payload, as limits count them.</summary>
    public int EnvelopeBytes { get; }

    /// <summary>Bytes that header and chunks find room in.</summary>
    public int RoomBytes { get; }

    /// <summary>The form of a plan's answers.</summary>
    public static ReplyForm Of(Plan plan) => _ofPlans.GetValue(plan, static plan => new ReplyForm(plan));

    /// <summary>One of a block's columns.</summary>
    /// <param name="block">The block.</param>
    /// <param name="index">From 0 to <see cref="ColumnCount"/> - 1.</param>
    public static Column Column(FeatureBlock block, int index) => index switch
    {
        0 => block.Keys,
        1 => block.Weeks,
        2 => block.RowStatuses,
        _ => block.Columns[index - Headers.RowColumns],
    };

    /// <summary>Writes the message of a chunk that has all rows.</summary>
    /// <param name="writer">The answer.</param>
    /// <param name="index">Number of the column.</param>
    /// <param name="type">Type of its values.</param>
    /// <param name="layout">Where the parts lie.</param>
    public void WriteChunk(ref ProtoWriter writer, int index, ColumnType type, ChunkLayout layout) =>
        new ChunkMessage { Name = _names[index], Type = (int)ColumnChunks.TypeOf(type), FirstRow = 0, Layout = layout }.Write(ref writer);
}
