using FeatureService.Arrow;

namespace FeatureService.Sinks.Arrow;

/// <summary>Puts Arrow files of one schema together: their record batches byte for byte, under one footer.</summary>
internal static class ArrowConcatenation
{
    /// <summary>Writes one file.</summary>
    /// <param name="parts">Paths of the files in order, at least one, all of one schema.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="InvalidDataException">A part is damaged; the message names it.</exception>
    public static void Write(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        ArrowFileWriter? file = null;
        foreach (var path in parts)
        {
            using var part = File.OpenRead(path);
            try
            {
                var footer = ArrowFooter.Read(part);
                if (file is null)
                {
                    file = new ArrowFileWriter(output);
                    file.WriteSchema(footer.Fields);
                }

                foreach (var batch in footer.Batches)
                {
                    file.CopyBatch(batch, target => Copy(part, batch, target, buffer, cancellation));
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
            {
                throw new InvalidDataException($"{path}: {exception.Message}", exception);
            }
        }

        (file ?? throw new ArgumentException("expected at least one part", nameof(parts))).Finish();
    }

    private static void Copy(FileStream part, ArrowBlock batch, Stream target, byte[] buffer, CancellationToken cancellation)
    {
        part.Position = batch.Offset;
        for (var left = batch.MetadataLength + batch.BodyLength; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(left, buffer.Length);
            part.ReadExactly(buffer, 0, count);
            target.Write(buffer, 0, count);
            left -= count;
        }
    }
}
