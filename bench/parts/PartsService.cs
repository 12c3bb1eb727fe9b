using System.Collections.Concurrent;
using FeatureService.Bench.Parts.Contract;
using FeatureService.Client.Datasets;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Samples.Taxi;
using FeatureService.Sinks.Parquet;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureService.Bench.Parts;

/// <summary>Computes a part, encodes it as Parquet, hashes its content, and sends the file's bytes as they come.</summary>
/// <param name="plan">What is computed.</param>
internal sealed class PartsService(Plan plan) : Contract.Parts.PartsBase
{
    private const int MessageBytes = 1 << 20;

    private static readonly ConcurrentBag<PartMaker> s_makers = [];

    /// <summary>Serves until the process ends.</summary>
    /// <param name="port">Port of the loopback interface.</param>
    /// <param name="folder">The snapshot.</param>
    public static async Task ServeAsync(int port, string folder)
    {
        using var snapshot = MappedSnapshot.Open(folder);
        var compiled = ViewCompiler.Compile(TaxiSample.Text(TaxiSample.ViewFile), TaxiSample.ViewFile, snapshot.Catalog);
        var view = compiled.View ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(Plan.Create(snapshot, view, view.Columns));
        var app = builder.Build();
        app.MapGrpcService<PartsService>();
        await app.RunAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task Make(MakeRequest request, IServerStreamWriter<MakeResponse> responseStream, ServerCallContext context) => Task.Run(async () =>
    {
        var snapshot = (MappedSnapshot)plan.Snapshot;
        var calendar = snapshot.Catalog.Calendar;
        if (!calendar.TryParse(request.FirstWeek, out var first, out var error) || !calendar.TryParse(request.LastWeek, out var last, out error))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, error!));
        }

        var maker = s_makers.TryTake(out var known) ? known : new PartMaker(plan);
        var hasher = new ContentHasher(maker.Header.Columns);
        using var bytes = new MemoryStream();
        using var part = new ParquetFormat().CreatePart(bytes, maker.Header.Columns);
        var weeks = new WeekRange(first, last - first + 1);
        for (var i = 0; i < request.Partitions * snapshot.Placement.SlicesPerPartition; i++)
        {
            var slice = new SliceId(request.FirstPartition + (i / snapshot.Placement.SlicesPerPartition), i % snapshot.Placement.SlicesPerPartition);
            foreach (var batch in maker.Compute(slice, weeks))
            {
                hasher.Add(batch);
                part.Write(batch);
                await SendAsync(bytes, MessageBytes).ConfigureAwait(false);
            }
        }

        hasher.Finish();
        part.Complete();
        await SendAsync(bytes, 1).ConfigureAwait(false);
        s_makers.Add(maker);

        async Task SendAsync(MemoryStream written, int bytesMin)
        {
            while (written.Length >= bytesMin)
            {
                for (var offset = 0; offset < written.Length; offset += MessageBytes)
                {
                    var memory = written.GetBuffer().AsMemory(offset, (int)Math.Min(MessageBytes, written.Length - offset));
                    await responseStream.WriteAsync(new MakeResponse { Payload = UnsafeByteOperations.UnsafeWrap(memory) }).ConfigureAwait(false);
                }

                written.SetLength(0);
            }
        }
    });
}
