using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>Cuts listed rows into requests whose answers fit, between entities where that leaves them large.</summary>
internal sealed class ListCut
{
    /// <summary>
    /// What an answer aims at, as messages of a stream do. Larger ones, which a service would give, are no faster, and an answer is held
    /// twice while it is read.
    /// </summary>
    private const long AnswerBytesTarget = 1 << 20;

    /// <summary>Rows of one request, so that it stays far below any limit of a request's size.</summary>
    private const int RowsMax = 1 << 16;

    /// <summary>Header, padding and names of an answer, of each column and of all.</summary>
    private const int ColumnEnvelopeBytes = 512;
    private const int EnvelopeBytes = 1024;

    /// <summary>A week, and the offset and longest text of a row status.</summary>
    private const int RowBytesFixed = sizeof(int) + sizeof(int) + 10;

    /// <summary>Taken for a text until an answer is refused: only the service knows.</summary>
    private const int TextBytes = 12;

    private readonly long _bytesMax;
    private int _rowsMax = RowsMax;

    /// <summary>The cut for a view's answers.</summary>
    /// <param name="target">What is computed.</param>
    public ListCut(ViewOnSnapshot target)
    {
        var answerBytes = target.AnswerBytesMax > 0 ? Math.Min(target.AnswerBytesMax, AnswerBytesTarget) : AnswerBytesTarget;
        _bytesMax = answerBytes - EnvelopeBytes - ((long)target.Columns.Count * ColumnEnvelopeBytes);
        RowBytes = BytesOf(target);
    }

    /// <summary>Bytes that one row is expected to take in an answer, an entity's text apart.</summary>
    public int RowBytes { get; }

    /// <summary>The requests: rows of a list, each once.</summary>
    /// <param name="rows">The list.</param>
    public IReadOnlyList<ReadOnlyMemory<int>> Cut(ListedRows rows)
    {
        var order = rows.Ordered(out var places);
        var requests = new List<ReadOnlyMemory<int>>();
        for (var first = 0; first < order.Length;)
        {
            var end = End(rows.Keys, order, first);
            if (end < order.Length)
            {
                end = BetweenEntities(places, first, end);
            }

            requests.Add(order.AsMemory(first, end - first));
            first = end;
        }

        return requests;
    }

    /// <summary>Notes that an answer of so many rows was too large; later requests are at most half of it.</summary>
    /// <param name="rowCount">From 2.</param>
    public void Refused(int rowCount) => Volatile.Write(ref _rowsMax, Math.Min(Volatile.Read(ref _rowsMax), rowCount / 2));

    private int End(EntityKeys keys, int[] order, int first)
    {
        var last = (int)Math.Min(order.Length, first + (long)Volatile.Read(ref _rowsMax));
        if (keys.Texts is not { } texts)
        {
            return (int)Math.Min(last, first + Math.Max(1, _bytesMax / RowBytes));
        }

        var bytes = 0L;
        var end = first;
        while (end < last && ((bytes += RowBytes + texts[order[end]].Length) <= _bytesMax || end == first))
        {
            end++;
        }

        return end;
    }

    /// <summary>The last change of entities in the second half of a run; its end where an entity has more rows.</summary>
    private static int BetweenEntities(ulong[] places, int first, int end)
    {
        for (var cut = end; cut > first + ((end - first) / 2); cut--)
        {
            if (!RowOrder.AreOfOneEntity(places[cut - 1], places[cut]))
            {
                return cut;
            }
        }

        return end;
    }

    private static int BytesOf(ViewOnSnapshot target)
    {
        var values = target.Columns.Skip(2).SkipLast(1).Sum(c => c.Type == ColumnType.String ? sizeof(int) + TextBytes : c.Type.Width());
        // A bit for each value's validity, rounded up; an int64 key, or a text's offset and as much again.
        return RowBytesFixed + sizeof(long) + values + Bitmap.Bytes(target.Columns.Count);
    }
}
