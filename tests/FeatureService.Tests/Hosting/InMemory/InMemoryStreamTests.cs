using System.Buffers;
using System.IO.Pipelines;
using FeatureService.Hosting.InMemory;
using FeatureService.Tests.Support;
using Microsoft.AspNetCore.Connections;

namespace FeatureService.Tests.Hosting.InMemory;

/// <summary>One connection inside the process: what each side notices of the other.</summary>
public sealed class InMemoryStreamTests : IAsyncDisposable
{
    /// <summary>More than either direction holds.</summary>
    private const int Large = 8 << 20;

    private readonly WatchedPool _pool = new();
    private readonly InMemoryListener _listener;
    private readonly Stream _caller;
    private readonly ConnectionContext _server;

    public InMemoryStreamTests()
    {
        _listener = new InMemoryListener(_pool);
        _caller = _listener.Connect();
        _server = _listener.AcceptAsync(Cancellation).AsTask().Result!;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _server.DisposeAsync();
        await _listener.DisposeAsync();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task Bytes_arrive_whole_and_in_order_both_ways_at_once()
    {
        var (request, answer) = (Bytes(1), Bytes(2));

        var sent = WriteAsync(_caller, request);
        var answered = WriteAsync(_server.Transport.Output.AsStream(leaveOpen: true), answer);
        var received = ReadAsync(_caller);
        var read = ReadAsync(_server.Transport.Input.AsStream(leaveOpen: true));
        await Task.WhenAll(sent, answered, received, read);

        Assert.Equal(request, await read);
        Assert.Equal(answer, await received);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_stops_the_server()
    {
        var written = 0;
        ValueTask<FlushResult> write;
        while ((write = _server.Transport.Output.WriteAsync(new byte[1000], Cancellation)).IsCompletedSuccessfully)
        {
            Assert.False((await write).IsCompleted);
            written += 1000;
            Assert.InRange(written, 0, 1 << 20);
        }

        await _caller.ReadExactlyAsync(new byte[written + 1000], Cancellation);
        await write;
    }

    [Fact]
    public async Task A_server_that_does_not_read_stops_the_caller()
    {
        var written = 0;
        ValueTask write;
        while ((write = _caller.WriteAsync(new byte[1000], Cancellation)).IsCompletedSuccessfully)
        {
            await write;
            written += 1000;
            Assert.InRange(written, 0, 1 << 20);
        }

        var read = await _server.Transport.Input.ReadAtLeastAsync(written + 1000, Cancellation);
        _server.Transport.Input.AdvanceTo(read.Buffer.End);
        await write;
    }

    [Fact]
    public async Task A_caller_reads_what_a_server_wrote_before_it_closed_and_then_the_end()
    {
        await _server.Transport.Output.WriteAsync("abc"u8.ToArray(), Cancellation);
        await _server.DisposeAsync();

        var buffer = new byte[10];
        Assert.Equal(3, await _caller.ReadAsync(buffer, Cancellation));
        Assert.Equal(0, await _caller.ReadAsync(buffer, Cancellation));
        Assert.Equal(0, await _caller.ReadAsync(buffer, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => _caller.WriteAsync(buffer, Cancellation).AsTask());
        Assert.Equal("abc"u8, buffer.AsSpan(0, 3));
    }

    [Fact]
    public async Task A_caller_that_waits_for_room_learns_that_the_server_has_closed()
    {
        var write = _caller.WriteAsync(new byte[Large], Cancellation);
        Assert.False(write.IsCompleted);

        await _server.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(write.AsTask);
    }

    [Fact]
    public async Task A_server_reads_what_a_caller_wrote_before_it_closed_and_then_the_end()
    {
        await _caller.WriteAsync("abc"u8.ToArray(), Cancellation);
        var closed = ClosedAsync();
        await _caller.DisposeAsync();

        var read = await _server.Transport.Input.ReadAsync(Cancellation);
        Assert.Equal("abc"u8, read.Buffer.ToArray());
        _server.Transport.Input.AdvanceTo(read.Buffer.End);
        Assert.True((await _server.Transport.Input.ReadAsync(Cancellation)).IsCompleted);
        Assert.True((await _server.Transport.Output.WriteAsync(new byte[10], Cancellation)).IsCompleted);
        await closed;
    }

    [Fact]
    public async Task A_server_that_waits_for_room_learns_that_the_caller_has_closed()
    {
        var write = _server.Transport.Output.WriteAsync(new byte[Large], Cancellation);
        Assert.False(write.IsCompleted);

        await _caller.DisposeAsync();

        Assert.True((await write).IsCompleted);
    }

    [Fact]
    public async Task A_stream_that_is_disposed_ends_its_own_waits()
    {
        var read = _caller.ReadAsync(new byte[10], Cancellation);
        var write = _caller.WriteAsync(new byte[Large], Cancellation);
        Assert.False(read.IsCompleted || write.IsCompleted);

        await _caller.DisposeAsync();
        await _caller.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(read.AsTask);
        await Assert.ThrowsAsync<ObjectDisposedException>(write.AsTask);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _caller.ReadAsync(new byte[10], Cancellation).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _caller.WriteAsync(new byte[10], Cancellation).AsTask());
    }

    [Fact]
    public async Task A_connection_that_is_cut_ends_the_waits_of_both_sides()
    {
        var read = _caller.ReadAsync(new byte[10], Cancellation);
        var write = _caller.WriteAsync(new byte[Large], Cancellation);
        var closed = ClosedAsync();

        _server.Abort(new ConnectionAbortedException());

        await Assert.ThrowsAsync<IOException>(read.AsTask);
        await Assert.ThrowsAsync<IOException>(write.AsTask);
        await Assert.ThrowsAsync<IOException>(() => _caller.ReadAsync(new byte[10], Cancellation).AsTask());
        await Assert.ThrowsAsync<IOException>(() => _caller.WriteAsync(new byte[10], Cancellation).AsTask());
        var seen = await _server.Transport.Input.ReadAsync(Cancellation);
        Assert.True(seen.IsCanceled);
        _server.Transport.Input.AdvanceTo(seen.Buffer.End);
        Assert.True((await _server.Transport.Output.WriteAsync(new byte[Large], Cancellation)).IsCanceled);
        await closed;
    }

    [Fact]
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var read = _caller.ReadAsync(new byte[10], cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(read.AsTask);

        await _server.Transport.Output.WriteAsync("abc"u8.ToArray(), Cancellation);

        Assert.Equal(3, await _caller.ReadAsync(new byte[10], Cancellation));
    }

    [Fact]
    public async Task A_read_into_no_room_waits_for_bytes_and_takes_none()
    {
        var read = _caller.ReadAsync(Memory<byte>.Empty, Cancellation);
        Assert.False(read.IsCompleted);

        await _server.Transport.Output.WriteAsync("abc"u8.ToArray(), Cancellation);

        Assert.Equal(0, await read);
        Assert.Equal(3, await _caller.ReadAsync(new byte[10], Cancellation));
    }

    [Fact]
    public async Task Nobody_connects_to_a_listener_that_has_ended_and_who_was_not_accepted_is_cut()
    {
        var late = _listener.Connect();
        var read = late.ReadAsync(new byte[10], Cancellation);
        await _listener.UnbindAsync(Cancellation);
        Assert.Throws<IOException>(() => _listener.Connect());

        await _listener.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(read.AsTask);
        Assert.Null(await _listener.AcceptAsync(Cancellation));
        await late.DisposeAsync();
    }

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[Large];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes in pieces of many sizes.</summary>
    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        var random = new Random(3);
        while (bytes.Length > 0)
        {
            var length = Math.Min(random.Next(1, 100_000), bytes.Length);
            await stream.WriteAsync(bytes[..length], Cancellation);
            bytes = bytes[length..];
        }
    }

    /// <summary>Reads in pieces of many sizes.</summary>
    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var random = new Random(4);
        var bytes = new byte[Large];
        for (var position = 0; position < Large;)
        {
            var read = await stream.ReadAsync(bytes.AsMemory(position, Math.Min(random.Next(1, 50_000), Large - position)), Cancellation);
            Assert.NotEqual(0, read);
            position += read;
        }

        return bytes;
    }

    private async Task ClosedAsync()
    {
        var closed = new TaskCompletionSource();
        using (_server.ConnectionClosed.Register(closed.SetResult))
        {
            await closed.Task.WaitAsync(Cancellation);
        }
    }
}
