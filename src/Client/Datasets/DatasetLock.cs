namespace FeatureService.Client.Datasets;

/// <summary>Holds a dataset's folder for one build. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class DatasetLock : IDisposable
{
    private readonly DatasetPlace _place;
    private readonly FileStream _file;

    private DatasetLock(DatasetPlace place, FileStream file)
    {
        _place = place;
        _file = file;
    }

    /// <summary>Takes the lock; the folder is made where there is none.</summary>
    /// <param name="place">The dataset's place.</param>
    /// <exception cref="DatasetException">Another build holds it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static DatasetLock Take(DatasetPlace place)
    {
        while (true)
        {
            var file = TryMake(place)
                ?? throw new DatasetException($"{place.Path} is being built by another process, which holds {place.Lock}");

            // Who let go has removed the file: what was opened just before is no longer the one that others find.
            using var other = TryOpen(place.Lock);
            if (other is null)
            {
                return new DatasetLock(place, file);
            }

            file.Dispose();
        }
    }

    /// <summary>Lets go: the file is removed while it is still held; a folder in which nothing came to be goes with it.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_place.Folder))
        {
            File.Delete(_place.Lock);
            if (!Directory.EnumerateFileSystemEntries(_place.Folder).Any())
            {
                Directory.Delete(_place.Folder);
            }
        }

        _file.Dispose();
    }

    private static FileStream? TryMake(DatasetPlace place)
    {
        try
        {
            Directory.CreateDirectory(place.Folder);
            return TryOpen(place.Lock);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{place.Path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Opens the file for this handle alone; null where another handle has it.</summary>
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path))
        {
            return null;
        }
    }
}
