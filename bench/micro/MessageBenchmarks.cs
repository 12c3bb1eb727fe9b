using BenchmarkDotNet.Attributes;
using FeatureService.Bench.Engine;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Replies;
using CoreSlice = FeatureService.Core.Keys.SliceId;
using CoreWeeks = FeatureService.Core.Calendar.WeekRange;
using Cursor = FeatureService.Pipeline.Cursor;

namespace FeatureService.Bench.Micro;

/// <summary>A finished slice of the sample's view, 1,024 users in 260 weeks, cut into a stream's messages that nobody sends; times are by value.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private const int MessageBytes = 1 << 20;
    private const int ColumnCount = 21;

    private readonly SyntheticSnapshot _snapshot = new(1);
    private readonly Nowhere _nowhere = new();
    private readonly CoreSlice _slice = new(0, 0);
    private IReadOnlyList<FeatureBlock> _blocks = [];
    private SliceMessages _messages = null!;
    private Cursor _cursor = null!;

    /// <summary>Whether the caller reads all encodings, or PLAIN alone.</summary>
    [Params(true, false)]
    public bool Encoded { get; set; }

    /// <summary>Computes the slice.</summary>
    [GlobalSetup]
    public void Setup()
    {
        using var reader = new StreamReader(typeof(MessageBenchmarks).Assembly.GetManifestResourceStream("view.yaml")!);
        var view = ViewCompiler.Compile(reader.ReadToEnd(), "view.yaml", _snapshot.Catalog).View!;
        var plan = Plan.Create(_snapshot, view, [.. view.Columns]);
        using var run = RowsRun.OfSlice(plan, _slice, new CoreWeeks(_snapshot.FirstWeek, SyntheticSnapshot.WeekCount));
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }

        _blocks = run.Complete();
        _cursor = new Cursor(_snapshot.Id, plan.Id, 0, 1);
        var writer = new MessageWriter<BackfillResponse>(
            _nowhere, (message, payload) => message.Payload = payload, MessageBytes, TimeSpan.FromMinutes(1), "", TimeProvider.System);
        _messages = new SliceMessages(plan, Encoded ? EncodingSet.All : EncodingSet.Plain, null, writer, MessageBytes, CancellationToken.None);
    }

    /// <summary>Gives the memory back, and tells how large the messages were.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _messages.Dispose();
        foreach (var block in _blocks)
        {
            block.Dispose();
        }

        Console.WriteLine(FormattableString.Invariant($"// {_nowhere.Bytes / _nowhere.Slices:N0} bytes of payload a slice"));
    }

    /// <summary>The choice of forms, the bytes, their checksum, the messages.</summary>
    [Benchmark(OperationsPerInvoke = 1024 * SyntheticSnapshot.WeekCount * ColumnCount)]
    public async Task Slice()
    {
        foreach (var block in _blocks)
        {
            await _messages.AddAsync(_slice, block);
        }

        await _messages.EndSliceAsync(_slice, _cursor, TimeSpan.Zero, cellsFound: 0, isLast: false);
    }

    /// <summary>Takes messages and counts them.</summary>
    private sealed class Nowhere : IReplyStream<BackfillResponse>
    {
        public long Bytes { get; private set; }

        public long Slices { get; private set; }

        public Task WriteAsync(BackfillResponse message, CancellationToken cancellation)
        {
            Bytes += message.Payload.Length;
            Slices += message.SliceEnd is null ? 0 : 1;
            return Task.CompletedTask;
        }

        public void Reset() => throw new InvalidOperationException("nobody waits for this stream");
    }
}
