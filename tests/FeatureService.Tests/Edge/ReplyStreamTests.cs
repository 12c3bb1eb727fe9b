using FeatureService.Contracts.V1;
using FeatureService.Edge;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace FeatureService.Tests.Edge;

public sealed class ReplyStreamTests
{
    [Fact]
    public async Task A_write_leaves_the_end_of_its_call_to_the_call()
    {
        using var call = new CancellationTokenSource();
        var writer = new Writer();
        var stream = new GrpcReplyStream<BackfillResponse>(writer, new DefaultHttpContext());

        await stream.WriteAsync(new BackfillResponse(), call.Token);

        Assert.Equal(1, writer.Written);
    }

    /// <summary>gRPC's own writer aborts the call at a token's end; this one has no writes that take a token, so the interface refuses them.</summary>
    private sealed class Writer : IServerStreamWriter<BackfillResponse>
    {
        public int Written { get; private set; }

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(BackfillResponse message)
        {
            Written++;
            return Task.CompletedTask;
        }
    }
}
