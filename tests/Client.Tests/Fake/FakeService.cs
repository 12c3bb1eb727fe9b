using System.Globalization;
using FeatureService.Contracts.V1;
using FeatureService.Testing;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.Tests.Fake;

/// <summary>What one stream does; the default serves it to the end. Of minibatches a slice is an answer.</summary>
public sealed record StreamScript
{
    /// <summary>Slices after which the stream ends or fails; all by default.</summary>
    public int SliceCountMax { get; init; } = int.MaxValue;

    /// <summary>Messages of the slice that follows that are still sent.</summary>
    public int MessageCountMore { get; init; }

    /// <summary>The failure at that point; null ends the stream as a drain does.</summary>
    public Status? Failure { get; init; }

    /// <summary>Time that a slice takes before its first message.</summary>
    public TimeSpan SliceTime { get; init; }

    /// <summary>The reason with which a stream is refused at once; null for none.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether the checksum of the first slice is wrong.</summary>
    public bool WrongChecksum { get; init; }

    /// <summary>What the chunks' encoding is said to be; null for the truth.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Rows of a message.</summary>
    public int RowsPerMessage { get; init; } = 100;

    /// <summary>Answers to minibatches wait for it; nothing by default.</summary>
    public Task Hold { get; init; } = Task.CompletedTask;

    /// <summary>Whether of every two minibatches the second is answered first.</summary>
    public bool SwapsAnswers { get; init; }

    /// <summary>Rows of an answer to a list beyond which it is refused as too large.</summary>
    public int AnswerRowsMax { get; init; } = int.MaxValue;
}

/// <summary>A service on a Unix socket that answers from a <see cref="FakeGrid"/> and fails by script, one script for each stream or list.</summary>
public sealed class FakeService : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WebApplication _app;
    private int _streams;
    private long _messages;

    private FakeService(FakeGrid grid, Func<int, StreamScript> script)
    {
        Grid = grid;
        Script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A machine that stands is no client that is too slow.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(_folder["socket"], listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Use((http, next) =>
        {
            TraceParents.Enqueue(http.Request.Headers.TraceParent.ToString());
            return next(http);
        });
        _app.MapGrpcService<Vectors>();
        _app.MapGrpcService<Views>();
        _app.MapGrpcService<Cluster>();
    }

    public string Address => $"unix:{_folder["socket"]}";

    public FakeGrid Grid { get; set; }

    /// <summary>What the n-th stream does, from 0.</summary>
    public Func<int, StreamScript> Script { get; set; }

    /// <summary>What backfills are said to cost; null where the service does not know the call.</summary>
    public PlanCost? Cost { get; set; }

    /// <summary>CPU time that a slice is said to have taken; null where the service does not tell.</summary>
    public TimeSpan? SliceCpu { get; set; }

    /// <summary>Values of a slice that are said to be from a cache; null where the service does not tell.</summary>
    public ulong? SliceCachedValues { get; set; }

    /// <summary>What was asked to be explained.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<ExplainRequest> Explained { get; } = [];

    /// <summary>Streams that were opened, and lists that were asked for.</summary>
    public int StreamCount => Volatile.Read(ref _streams);

    /// <summary>Messages that were written.</summary>
    public long MessageCount => Interlocked.Read(ref _messages);

    /// <summary>The lists that were asked for.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<GetFeatureVectorsRequest> Lists { get; } = [];

    /// <summary>The minibatches that were asked for, by the number of their stream.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<(int Stream, ulong Id)> Minibatches { get; } = [];

    /// <summary>Cursors with which streams were opened.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Cursors { get; } = [];

    /// <summary>What each call said of its trace.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> TraceParents { get; } = [];

    public static async Task<FakeService> StartAsync(FakeGrid? grid = null, Func<int, StreamScript>? script = null)
    {
        var service = new FakeService(grid ?? new FakeGrid(), script ?? (_ => new StreamScript()));
        await service._app.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    public Task StopAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class Vectors(FakeService service) : FeatureVectorsService.FeatureVectorsServiceBase
    {
        public override async Task Backfill(BackfillRequest request, IServerStreamWriter<BackfillResponse> responses, ServerCallContext context)
        {
            var script = service.Script(Interlocked.Increment(ref service._streams) - 1);
            var grid = service.Grid;
            if (script.Refusal is { } reason)
            {
                throw new Google.Rpc.Status
                {
                    Code = (int)StatusCode.FailedPrecondition,
                    Message = "refused",
                    Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.ErrorInfo { Domain = "features.v1", Reason = reason }) },
                }.ToRpcException();
            }

            service.Cursors.Enqueue(request.Cursor.ToStringUtf8());
            var weeks = request.Grid.Weeks;
            var first = DateOnly.Parse(weeks.First, CultureInfo.InvariantCulture);
            var weekCount = ((DateOnly.Parse(weeks.Last, CultureInfo.InvariantCulture).DayNumber - first.DayNumber) / 7 / weeks.Step) + 1;
            var slices = FakeMessages.Slices(grid, request.Grid);
            var start = request.Cursor.IsEmpty ? 0 : int.Parse(request.Cursor.ToStringUtf8(), CultureInfo.InvariantCulture);
            ResponseHeader? header = FakeMessages.Header(grid);
            for (var i = start; i < slices.Count; i++)
            {
                var (slice, keys) = slices[i];
                var cursor = System.Text.Encoding.UTF8.GetBytes((i + 1).ToString(CultureInfo.InvariantCulture));
                var messages = FakeMessages.OfSlice(
                    slice, FakeGrid.Columns(keys, first, weekCount, weeks.Step), script.RowsPerMessage, cursor, i + 1 == slices.Count);
                AddErrors(grid, messages[^1].SliceEnd, slice);
                foreach (var chunk in messages.SelectMany(m => m.Columns))
                {
                    chunk.Encoding = script.Encoding ?? chunk.Encoding;
                }

                if (service.SliceCpu is { } cpu)
                {
                    messages[^1].SliceEnd.CpuMicros = (ulong)cpu.TotalMicroseconds;
                }

                if (service.SliceCachedValues is { } cached)
                {
                    messages[^1].SliceEnd.CachedValues = cached;
                }

                await Task.Delay(script.SliceTime, context.CancellationToken);
                var cut = i - start >= script.SliceCountMax;
                if (script.WrongChecksum && i == start)
                {
                    messages[^1].SliceEnd.Checksum++;
                }

                foreach (var message in cut ? messages.Take(Math.Min(script.MessageCountMore, messages.Count - 1)) : messages)
                {
                    message.Header = header;
                    header = null;
                    await responses.WriteAsync(message, context.CancellationToken);
                    Interlocked.Increment(ref service._messages);
                }

                if (cut)
                {
                    if (script.Failure is { } failure)
                    {
                        throw new RpcException(failure);
                    }

                    return;
                }
            }
        }

        public override Task<GetFeatureVectorsResponse> GetFeatureVectors(GetFeatureVectorsRequest request, ServerCallContext context)
        {
            var script = service.Script(Interlocked.Increment(ref service._streams) - 1);
            service.Lists.Enqueue(request);
            if (script.SliceCountMax == 0)
            {
                throw new RpcException(script.Failure ?? new Status(StatusCode.Unavailable, "gone"));
            }

            return request.List.Weeks.Count <= script.AnswerRowsMax
                ? Task.FromResult(FakeMessages.OfList(service.Grid, request))
                : throw new Google.Rpc.Status
                {
                    Code = (int)StatusCode.InvalidArgument,
                    Message = "too large",
                    Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.ErrorInfo { Domain = "features.v1", Reason = "ANSWER_TOO_LARGE" }) },
                }.ToRpcException();
        }

        public override async Task StreamFeatureVectors(
            IAsyncStreamReader<StreamFeatureVectorsRequest> requests, IServerStreamWriter<StreamFeatureVectorsResponse> responses, ServerCallContext context)
        {
            var stream = Interlocked.Increment(ref service._streams) - 1;
            var script = service.Script(stream);
            Assert.True(await requests.MoveNext(context.CancellationToken));
            Assert.Equal(service.Grid.SnapshotId, requests.Current.Selection.Snapshot.Id);
            ResponseHeader? header = FakeMessages.Header(service.Grid);
            Minibatch? behind = null;
            var answered = 0;
            while (await requests.MoveNext(context.CancellationToken))
            {
                var minibatch = requests.Current.Minibatch;
                service.Minibatches.Enqueue((stream, minibatch.Id));
                if (script.SwapsAnswers && behind is null)
                {
                    behind = minibatch;
                    continue;
                }

                await script.Hold;
                foreach (var due in (Minibatch[])[minibatch, .. behind is null ? Array.Empty<Minibatch>() : [behind]])
                {
                    var isCut = answered++ == script.SliceCountMax;
                    var messages = Messages(due, script);
                    foreach (var message in isCut ? messages.Take(Math.Min(script.MessageCountMore, messages.Count - 1)) : messages)
                    {
                        message.Header = header;
                        header = null;
                        await responses.WriteAsync(message, context.CancellationToken);
                    }

                    if (isCut)
                    {
                        if (script.Failure is { } failure)
                        {
                            throw new RpcException(failure);
                        }

                        return;
                    }
                }

                behind = null;
            }
        }

        private List<StreamFeatureVectorsResponse> Messages(Minibatch minibatch, StreamScript script)
        {
            var key = minibatch.List.Keys.Int64Keys[0];
            if (!service.Grid.HasOverflowed(key, FakeGrid.FirstDay(DateOnly.Parse(minibatch.List.Weeks[0], CultureInfo.InvariantCulture))))
            {
                return FakeMessages.OfMinibatch(service.Grid, minibatch, script.RowsPerMessage);
            }

            var status = new Google.Rpc.Status
            {
                Code = (int)StatusCode.OutOfRange,
                Message = $"key {key} overflows",
                Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.ErrorInfo { Domain = "features.v1", Reason = "INT64_OVERFLOW" }) },
            };
            return [new StreamFeatureVectorsResponse { Id = minibatch.Id, Last = true, Status = Google.Protobuf.MessageExtensions.ToByteString(status) }];
        }

        private static void AddErrors(FakeGrid grid, SliceEnd end, SliceId slice)
        {
            for (var i = 0; i < grid.ErrorsPerSlice && grid.TellsErrors; i++)
            {
                end.Errors.Add(new CellError { Column = "total", Entity = $"{slice.Partition}/{slice.Slice}", Week = "2024-01-01", Message = $"overflow {i}" });
            }

            end.ErrorCount = (ulong)grid.ErrorsPerSlice;
        }
    }

    private sealed class Views(FakeService service) : FeatureViewsService.FeatureViewsServiceBase
    {
        public override Task<ValidateResponse> Validate(ValidateRequest request, ServerCallContext context) =>
            Task.FromResult(FakeMessages.OfView(service.Grid, request));

        public override Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context)
        {
            service.Explained.Enqueue(request);
            return service.Cost is { } cost
                ? Task.FromResult(new ExplainResponse { Entities = request.Grid.Keys?.Int64Keys.Count ?? 0, Tasks = 3, Workers = 2, Cost = cost })
                : base.Explain(request, context);
        }
    }

    private sealed class Cluster(FakeService service) : ClusterService.ClusterServiceBase
    {
        public override Task<GetTopologyResponse> GetTopology(GetTopologyRequest request, ServerCallContext context) =>
            Task.FromResult(FakeMessages.OfTopology(service.Grid));
    }
}
