using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Ingest.Tests;

/// <summary>Digests of events value by value, as the format has them.</summary>
internal static class NaiveDigest
{
    /// <summary>A digest for each period; zero where it has no events.</summary>
    public static byte[] Of(EntityKeys keys, int[] starts, int[] periods, EventColumn[] columns, int periodCount)
    {
        var bytes = Enumerable.Range(0, periodCount).Select(_ => new List<byte>()).ToArray();
        for (var entity = 0; entity < keys.Count; entity++)
        {
            foreach (var run in Enumerable.Range(starts[entity], starts[entity + 1] - starts[entity]).GroupBy(e => periods[e]))
            {
                Append(bytes[run.Key], keys, entity, columns, [.. run]);
            }
        }

        return [.. bytes.SelectMany(period => period.Count == 0 ? new byte[EventDigest.DigestBytes] : XxHash128.Hash(period.ToArray()))];
    }

    private static void Append(List<byte> bytes, EntityKeys keys, int entity, EventColumn[] columns, int[] events)
    {
        if (keys.Texts is { } texts)
        {
            AppendText(bytes, texts[entity]);
        }
        else
        {
            bytes.AddRange(BitConverter.GetBytes(keys.Numbers[entity]));
        }

        bytes.AddRange(BitConverter.GetBytes(events.Length));
        foreach (var column in columns)
        {
            var all = events.All(column.IsValid);
            bytes.Add(all ? (byte)1 : (byte)0);
            bytes.AddRange(all ? [] : events.Select(e => column.IsValid(e) ? (byte)1 : (byte)0));
            foreach (var e in events)
            {
                AppendValue(bytes, column, e);
            }
        }
    }

    private static void AppendValue(List<byte> bytes, EventColumn column, int e)
    {
        switch (column.Type)
        {
            case ColumnType.Bool:
                bytes.Add(Bitmap.Get(column.Data.Span, e) ? (byte)1 : (byte)0);
                break;
            case ColumnType.String:
                AppendText(bytes, column.IsValid(e) ? column.Dictionary![column.Values<int>()[e]] : default);
                break;
            default:
                var width = column.Type.Width();
                bytes.AddRange(column.Data.Span.Slice(e * width, width));
                break;
        }
    }

    private static void AppendText(List<byte> bytes, ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        bytes.AddRange(length);
        bytes.AddRange(text);
    }
}
