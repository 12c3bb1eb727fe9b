using System.Buffers;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;

namespace FeatureService.Sinks.Parquet;

/// <summary>Puts column chunks of several Parquet files together: their bytes as they are, under a footer of its own.</summary>
internal static class ParquetWeaving
{
    private const int CopyBytes = 1 << 20;

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
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            long position = ParquetFooter.Magic.Length;
            output.Write(ParquetFooter.Magic);
            for (var group = 0; group < sources[0].GroupCount; group++)
            {
                var rows = CheckRows(files, sources, group);
                var chunks = new ParquetChunk[columns.Count];
                for (var i = 0; i < chunks.Length; i++)
                {
                    var chunk = files[i].Footer.Chunk(sources[i].FirstGroup + group, sources[i].Column);
                    chunks[i] = chunk.MovedTo(position, columns[i].Name);
                    Copy(files[i], chunk, output, buffer, cancellation);
                    position += chunk.Length;
                }

                footer.AddRowGroup(chunks, rows);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

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

    private static void Copy(ParquetFile file, ParquetChunk chunk, Stream output, byte[] buffer, CancellationToken cancellation)
    {
        for (var done = 0L; done < chunk.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file.Handle, buffer.AsSpan(0, (int)Math.Min(chunk.Length - done, buffer.Length)), chunk.Start + done);
            if (read == 0)
            {
                throw new InvalidDataException($"{file.Name}: it became shorter while it was read");
            }

            output.Write(buffer.AsSpan(0, read));
            done += read;
        }
    }
}
