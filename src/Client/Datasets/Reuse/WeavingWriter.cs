using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets.Reuse;

/// <summary>Where the columns of a part come from.</summary>
/// <param name="Format">The file format.</param>
/// <param name="Columns">The part's columns.</param>
/// <param name="Sources">For each of them its index in the earlier dataset; null where it is received.</param>
/// <param name="Kept">The columns of what is kept of what arrives.</param>
internal sealed record WeavingLayout(
    IColumnarFormat Format, IReadOnlyList<DatasetColumn> Columns, IReadOnlyList<int?> Sources, IReadOnlyList<DatasetColumn> Kept)
{
    /// <summary>The columns that are received and not taken over.</summary>
    public IReadOnlyList<DatasetColumn> New => [.. Columns.Where((_, i) => Sources[i] is null)];
}

/// <summary>
/// Writes a part of columns that are received and of others that an earlier part has: first a file of the new ones, in the same row
/// groups, then all of them together.
/// </summary>
internal sealed class WeavingWriter : IPartWriter
{
    private readonly WeavingLayout _layout;
    private readonly PreviousPart _previous;
    private readonly Stream _output;
    private readonly string _path;
    private readonly IReadOnlyList<DatasetColumn> _new;
    private readonly int[] _places;
    private readonly GroupCut _cut;
    private readonly HashingStream? _file;
    private IPartWriter? _writer;

    /// <summary>Starts a part.</summary>
    /// <param name="layout">Where its columns come from.</param>
    /// <param name="previous">The earlier part.</param>
    /// <param name="output">Where the part is written.</param>
    /// <param name="path">A name for the file of the new columns.</param>
    public WeavingWriter(WeavingLayout layout, PreviousPart previous, Stream output, string path)
    {
        (_layout, _previous, _output, _path) = (layout, previous, output, path);
        _new = layout.New;
        _places = [.. _new.Select(column => layout.Kept.ToList().IndexOf(column))];
        _cut = new GroupCut(previous.RowGroups, _places.Length);
        if (_new.Count > 0)
        {
            _file = new HashingStream(path);
            _writer = layout.Format.CreatePart(_file, _new);
        }
    }

    /// <inheritdoc/>
    public void Write(FeatureBatch batch)
    {
        foreach (var group in _cut.Add([.. _places.Select(batch.Chunks)], batch.RowCount))
        {
            _writer?.Write(new FeatureBatch(batch.Header with { Columns = _new }, batch.Slice, 0, group.Rows, group.Chunks));
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _cut.Complete();
        _writer?.Complete();
        _writer?.Dispose();
        _writer = null;
        _file?.Dispose();
        using var made = _file is null ? null : _layout.Format.Open(new FileStream(_path, new FileStreamOptions { BufferSize = 0 }));
        var next = 0;
        var sources = _layout.Sources.Select(source => source is { } there
            ? new ColumnSource(_previous.File, there, _previous.FirstGroup, _previous.GroupCount)
            : new ColumnSource(made!, next++, 0, _previous.GroupCount)).ToArray();
        _layout.Format.Weave(_layout.Columns, sources, _output, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _file?.Dispose();
        _previous.Dispose();
        File.Delete(_path);
    }
}
