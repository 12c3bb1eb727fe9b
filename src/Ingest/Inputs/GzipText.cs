using System.IO.Compression;

namespace FeatureService.Ingest.Inputs;

/// <summary>Decompresses gzip, and refuses a file that was cut, which <see cref="GZipStream"/> takes for a whole one.</summary>
/// <remarks>
/// Behind the file's last byte the decoder is given one more member, which holds a mark. The output of a whole file, be it of one member
/// or of many, ends with the mark, and that of a cut one does not; so the last bytes are held back until the end is known.
/// </remarks>
/// <param name="file">The compressed bytes.</param>
internal sealed class GzipText(Stream file) : ReadOnlyStream
{
    private static readonly byte[] s_mark = Guid.Parse("8d1f4c3e-6b52-4f0a-9a37-2f6f5be0c1d9").ToByteArray();
    private static readonly byte[] s_markMember = Compress(s_mark);

    private readonly GZipStream _text = new(new FollowedStream(file, s_markMember), CompressionMode.Decompress);
    private readonly byte[] _ahead = new byte[(1 << 16) + s_mark.Length];
    private int _from;
    private int _to;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is damaged or was cut.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_to - _from <= s_mark.Length)
        {
            _ahead.AsSpan(_from, _to - _from).CopyTo(_ahead);
            (_from, _to) = (0, _to - _from);
            var read = _text.Read(_ahead.AsSpan(_to));
            _to += read;
            if (read == 0)
            {
                return _ahead.AsSpan(0, _to).SequenceEqual(s_mark) ? 0 : throw new InvalidDataException("the file was cut: its compressed text has no end");
            }
        }

        var count = Math.Min(buffer.Length, _to - _from - s_mark.Length);
        _ahead.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _text.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return member.ToArray();
    }

    /// <summary>A stream with further bytes behind its end.</summary>
    private sealed class FollowedStream(Stream stream, byte[] more) : ReadOnlyStream
    {
        private int _used;

        public override int Read(Span<byte> buffer)
        {
            if (_used == 0 && stream.Read(buffer) is var read && read > 0)
            {
                return read;
            }

            var rest = more.AsSpan(_used);
            rest = rest[..Math.Min(rest.Length, buffer.Length)];
            rest.CopyTo(buffer);
            _used += rest.Length;
            return rest.Length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                stream.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
