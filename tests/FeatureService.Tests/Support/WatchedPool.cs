using System.Buffers;

namespace FeatureService.Tests.Support;

/// <summary>Memory that is overwritten when it is given back, so that whoever still uses it is found out.</summary>
internal sealed class WatchedPool : MemoryPool<byte>
{
    private const int BlockBytes = 4096;
    private const byte Overwritten = 0xDD;
    private int _outstanding;

    /// <summary>Blocks that were not given back.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _outstanding);
        return new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(WatchedPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = new byte[BlockBytes];
        private int _returned;

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            Assert.Equal(0, Interlocked.Exchange(ref _returned, 1));
            _bytes.AsSpan().Fill(Overwritten);
            Interlocked.Decrement(ref pool._outstanding);
        }
    }
}
