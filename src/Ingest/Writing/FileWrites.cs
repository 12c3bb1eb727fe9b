using Microsoft.Win32.SafeHandles;

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
            throw TooLarge(file.Name, error);
        }
    }

    /// <summary>Writes somewhere in a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="bytes">What is written.</param>
    /// <param name="offset">Where to.</param>
    /// <exception cref="IOException">The bytes cannot be written.</exception>
    public static void At(SafeFileHandle file, string path, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw TooLarge(path, error);
        }
    }

    /// <summary>EFBIG, which .NET tells as if the length were an argument.</summary>
    private static IOException TooLarge(string path, ArgumentOutOfRangeException error) =>
        new($"{path}: cannot write it: the file is larger than the disk or a limit allows", error);
}
