namespace FeatureService.Parquet.Pages;

/// <summary>What stands before a page: the format's <c>PageHeader</c>.</summary>
internal sealed class PageHeaders
{
    private const int DataPage = 0;
    private const int DictionaryPage = 2;
    private const int Plain = 0;
    private const int LevelsByRuns = 3;

    private readonly int _kind;
    private readonly ThriftField _page;

    private PageHeaders(int kind, short field, params int[] numbers)
    {
        _kind = kind;
        var page = new ThriftStruct();
        for (var i = 0; i < numbers.Length; i++)
        {
            page.Fields.Add(new ThriftField((short)(i + 1), ThriftType.Int32, (long)numbers[i]));
        }

        _page = new ThriftField(field, ThriftType.Struct, page);
    }

    /// <summary>A page of values.</summary>
    /// <param name="rows">Number of rows, nulls included.</param>
    /// <param name="encoding">The format's <c>Encoding</c> of the values.</param>
    public static PageHeaders OfData(int rows, int encoding) => new(DataPage, 5, rows, encoding, LevelsByRuns, LevelsByRuns);

    /// <summary>A page of a dictionary.</summary>
    /// <param name="count">Number of its values.</param>
    public static PageHeaders OfDictionary(int count) => new(DictionaryPage, 7, count, Plain);

    /// <summary>Appends the header.</summary>
    /// <param name="uncompressed">Bytes of the page.</param>
    /// <param name="compressed">Bytes of it in the file.</param>
    /// <param name="output">Where it goes.</param>
    public void Append(int uncompressed, int compressed, PageBuffer output)
    {
        var header = new ThriftStruct();
        header.Fields.Add(new ThriftField(1, ThriftType.Int32, (long)_kind));
        header.Fields.Add(new ThriftField(2, ThriftType.Int32, (long)uncompressed));
        header.Fields.Add(new ThriftField(3, ThriftType.Int32, (long)compressed));
        header.Fields.Add(_page);
        using var bytes = new MemoryStream();
        new ThriftWriter(bytes).Write(header);
        output.Append(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
