namespace FeatureService.Engine.Snapshots;

/// <summary>Checks blocks of a mapped file when they are first touched, so that opening a snapshot reads none.</summary>
/// <param name="file">The file.</param>
/// <param name="path">Its name, for errors.</param>
/// <param name="checksums">The checksums of its blocks.</param>
internal sealed class BlockChecks(MappedFile file, string path, byte[] checksums)
{
    // Set by any thread, always to the same: two that meet check a block twice.
    private readonly bool[] _isGood = new bool[Checksums.BlockCount(file.Length)];

    /// <summary>Checks the blocks of a part of a buffer that were not touched before.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="length">Bytes of the part.</param>
    /// <exception cref="SnapshotDamagedException">A block is not as it was written.</exception>
    public void Touch(BufferPlace buffer, long offset, long length)
    {
        if (buffer.Length > 0 && length > 0)
        {
            Check((int)((buffer.Offset + offset) / Checksums.BlockBytes), (int)((buffer.Offset + offset + length - 1) / Checksums.BlockBytes));
        }
    }

    /// <summary>Checks a whole buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <exception cref="SnapshotDamagedException">A block is not as it was written.</exception>
    public void Touch(BufferPlace buffer) => Touch(buffer, 0, buffer.Length);

    /// <summary>Checks the whole file.</summary>
    /// <exception cref="SnapshotDamagedException">A block is not as it was written.</exception>
    public void TouchAll() => Check(0, _isGood.Length - 1);

    private void Check(int first, int last)
    {
        for (var block = first; block <= last; block++)
        {
            if (Volatile.Read(ref _isGood[block]))
            {
                continue;
            }

            if (!Checksums.Fits(file.Bytes, checksums, block))
            {
                throw new SnapshotDamagedException(
                    path, (long)block * Checksums.BlockBytes, $"the block of {Checksums.BlockBytes} bytes does not fit its checksum");
            }

            Volatile.Write(ref _isGood[block], true);
        }

        GC.KeepAlive(file);
    }
}
