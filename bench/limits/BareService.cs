using FeatureService.Bench.Limits.Contract;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureService.Bench.Limits;

/// <summary>Answers at once, with nothing or with the same bytes again and again.</summary>
internal sealed class BareService : Bare.BareBase
{
    private static readonly PingResponse s_pong = new();

    /// <summary>Serves until the process ends.</summary>
    /// <param name="port">Port of the loopback interface.</param>
    public static async Task ServeAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        var app = builder.Build();
        app.MapGrpcService<BareService>();
        await app.RunAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task<PingResponse> Ping(PingRequest request, ServerCallContext context) => Task.FromResult(s_pong);

    /// <inheritdoc/>
    public override async Task Stream(StreamRequest request, IServerStreamWriter<StreamResponse> responseStream, ServerCallContext context)
    {
        var bytes = new byte[request.MessageBytes];
        new Random(1).NextBytes(bytes);
        for (var i = 0; i < request.Messages; i++)
        {
            await responseStream.WriteAsync(new StreamResponse { Payload = UnsafeByteOperations.UnsafeWrap(bytes) }, context.CancellationToken).ConfigureAwait(false);
        }
    }
}
