using FeatureService.Contracts.V1;
using FeatureService.Engine;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline.Replies;
using FeatureService.Registry;
using FeatureService.Scheduling;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Pipeline;

/// <summary>Tells what the service holds.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="snapshots">The snapshots.</param>
/// <param name="workers">What computes.</param>
/// <param name="limits">Bounds of requests and answers.</param>
public sealed class TopologyPipeline(Admission admission, SnapshotRegistry snapshots, WorkerPool workers, PipelineLimits limits)
{
    /// <summary>The snapshots, their placement, and the limits.</summary>
    /// <param name="request">Which snapshot must be among them.</param>
    /// <exception cref="RequestException">It is not here.</exception>
    public GetTopologyResponse Get(GetTopologyRequest request)
    {
        using var admitted = admission.Enter(WorkLane.Interactive);
        var response = new GetTopologyResponse
        {
            EngineVersion = EngineVersion.Semantics,
            Limits = new Limits
            {
                UnaryResponseBytesMax = (ulong)limits.UnaryBytesMax,
                StreamMessageBytesMax = (ulong)limits.MessageBytesMax,
                RequestBytesMax = (ulong)limits.RequestBytesMax,
                // Two streams a worker: one is computed while another's messages are written. More than are let in would be refused.
                BackfillsInFlight = Math.Min(workers.Workers * 2, admission.MaxOf(WorkLane.Backfill)),
                StreamIdsMax = limits.UnansweredIdsMax,
                StreamRowsMax = limits.UnansweredRowsMax,
            },
        };
        var served = snapshots.Served;
        response.Snapshots.AddRange(served.Select(s => Of(s.Name, s.Snapshot)));
        response.PreviousSnapshots.AddRange(served.Where(s => s.Previous is not null).Select(s => Of(s.Name, s.Previous!)));
        if (request.Snapshot is { Id.Length: > 0 } asked)
        {
            var (name, snapshot) = snapshots.Find(asked.Name, asked.Id);
            if (!response.Snapshots.Concat(response.PreviousSnapshots).Any(told => told.Id == snapshot.Id))
            {
                response.PreviousSnapshots.Add(Of(name, snapshot));
            }
        }

        return response;
    }

    private static SnapshotTopology Of(string name, ISnapshot snapshot)
    {
        var placement = snapshot.Placement;
        var topology = new SnapshotTopology
        {
            Name = name,
            Id = snapshot.Id,
            EntityName = snapshot.Catalog.EntityName,
            EntityType = Headers.TypeOf(snapshot.Catalog.EntityType),
            TimeZone = snapshot.Catalog.Calendar.Zone.Id,
            WeekStart = (int)snapshot.Catalog.Calendar.WeekStart,
            Partitions = placement.Partitions,
            SlicesPerPartition = placement.SlicesPerPartition,
            KeyHash = "xxh3-64",
            Events = (ulong)snapshot.EventCount,
            ZoneRules = Of(snapshot.Catalog.Calendar.Zone),
        };
        for (var partition = 0; partition < placement.Partitions; partition++)
        {
            for (var slice = 0; slice < placement.SlicesPerPartition; slice++)
            {
                topology.SliceEntities.Add((uint)snapshot.EntityCount(new SliceId(partition, slice)));
            }
        }

        return topology;
    }

    private static ZoneRules Of(Core.Calendar.ZoneRules zone)
    {
        var rules = new ZoneRules();
        rules.StartsMicros.AddRange(zone.Starts);
        rules.OffsetSeconds.AddRange(zone.OffsetSeconds);
        return rules;
    }
}
