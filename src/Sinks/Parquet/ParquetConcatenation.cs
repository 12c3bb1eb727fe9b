namespace FeatureService.Sinks.Parquet;

/// <summary>Puts Parquet files of one schema together: their row groups byte for byte, under one footer.</summary>
internal static class ParquetConcatenation
{
    /// <summary>Writes one file.</summary>
    /// <param name="parts">Paths of the files in order, at least one, all of one schema.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="InvalidDataException">A part is damaged; the message names it.</exception>
    public static void Write(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        ParquetFooter? all = null;
        long position = ParquetFooter.Magic.Length;
        output.Write(ParquetFooter.Magic);
        foreach (var path in parts)
        {
            using var part = File.OpenRead(path);
            var footer = ReadFooter(part, path);
            footer.Move(position - ParquetFooter.Magic.Length);
            if (all is null)
            {
                all = footer;
            }
            else
            {
                all.Append(footer);
            }

            part.Position = ParquetFooter.Magic.Length;
            for (var left = footer.Start - ParquetFooter.Magic.Length; left > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = part.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                if (read == 0)
                {
                    throw new InvalidDataException($"{path}: it became shorter while it was read");
                }

                output.Write(buffer.AsSpan(0, read));
                left -= read;
                position += read;
            }
        }

        (all ?? throw new ArgumentException("expected at least one part", nameof(parts))).Write(output);
    }

    private static ParquetFooter ReadFooter(FileStream part, string path)
    {
        try
        {
            return ParquetFooter.Read(part);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }
}
