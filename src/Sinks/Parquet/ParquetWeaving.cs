using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Parquet;

namespace FeatureService.Sinks.Parquet;

/// <summary>Puts column chunks of several Parquet files together: their bytes as they are, under a footer of its own.</summary>
internal static class ParquetWeaving
{
    /// <summary>Writes one file.</summary>
    /// <param name="empty">A file of the new file's columns without rows.</param>
    /// <param name="columns">The new file's columns.</param>
    /// <param name="sources">Where each comes from.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="InvalidDataException">The sources' row groups differ, or a file is damaged.</exception>
    public static void Write(
        Stream empty, IReadOnlyList<DatasetColumn> columns, IReadOnlyList<ColumnSource> sources, Stream output, CancellationToken cancellation)
    {
        var footer = ParquetFooter.Read(empty);
        var files = sources.Select(source => (ParquetFile)source.File).ToArray();
        using var copy = new ChunkCopy(output, cancellation);
        copy.Write(ParquetFooter.Magic);
        for (var group = 0; group < sources[0].GroupCount; group++)
        {
            var rows = CheckRows(files, sources, group);
            var chunks = new ParquetChunk[columns.Count];
            for (var i = 0; i < chunks.Length; i++)
            {
                var chunk = files[i].Footer.Chunk(sources[i].FirstGroup + group, sources[i].Column);
                chunks[i] = chunk.MovedTo(copy.Position, columns[i].Name);
                copy.Write(files[i], chunk);
            }

            footer.AddRowGroup(chunks, rows);
        }

        copy.Flush();
        footer.Write(output);
    }

    private static long CheckRows(ParquetFile[] files, IReadOnlyList<ColumnSource> sources, int group)
    {
        var rows = files[0].RowGroups[sources[0].FirstGroup + group];
        for (var i = 1; i < files.Length; i++)
        {
            if (sources[i].GroupCount != sources[0].GroupCount || files[i].RowGroups[sources[i].FirstGroup + group] != rows)
            {
                throw new InvalidDataException($"{files[i].Name} and {files[0].Name} differ in their row groups");
            }
        }

        return rows;
    }
}
