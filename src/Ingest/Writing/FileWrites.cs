namespace FeatureService.Ingest.Writing;

/// <summary>Writes files so that a disk or limit that is full is told as such.</summary>
internal static class FileWrites
{
    /// <summary>Writes at a file's end.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">What is written.</param>
    /// <exception cref="IOException">The bytes cannot be written.</exception>
    public static void Append(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (ArgumentOutOfRangeException error)
        {
            // What .NET makes of EFBIG, as if the length were an argument.
            throw new IOException($"{file.Name}: cannot write it: the file is larger than the disk or a limit allows", error);
        }
    }
}
