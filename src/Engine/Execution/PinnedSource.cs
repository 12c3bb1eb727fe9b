using System.Buffers;
using FeatureService.Core.Columns;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>The columns of a source's events that a plan reads, fixed in memory for as long as a task runs.</summary>
internal sealed unsafe class PinnedSource : IDisposable
{
    private readonly MemoryHandle[] _handles;

    /// <summary>Fixes what a plan reads.</summary>
    public PinnedSource(SourceEvents events, SourcePlan plan)
    {
        Events = events;
        var inputs = plan.Rows.Inputs;
        _handles = new MemoryHandle[(inputs.Length * 2) + 2];
        Times = (long*)Pin(0, events.TimeMemory);
        FirstCutoffs = (int*)Pin(1, events.FirstCutoffMemory);
        Columns = new PinnedColumn[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var column = events.Column(inputs[i].Index);
            Columns[i] = new PinnedColumn
            {
                Type = column.Type,
                Data = (byte*)Pin((i * 2) + 2, column.Data),
                DataBytes = column.Data.Length,
                Validity = (byte*)Pin((i * 2) + 3, column.Validity),
            };
        }
    }

    /// <summary>The events.</summary>
    public SourceEvents Events { get; }

    /// <summary>Microseconds UTC, by event number.</summary>
    public long* Times { get; }

    /// <summary>The first week whose cutoff sees each event, by event number.</summary>
    public int* FirstCutoffs { get; }

    /// <summary>One column for each input of the source's program.</summary>
    public PinnedColumn[] Columns { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var handle in _handles)
        {
            handle.Dispose();
        }
    }

    private void* Pin<T>(int index, ReadOnlyMemory<T> memory)
    {
        if (memory.IsEmpty)
        {
            return null;
        }

        _handles[index] = memory.Pin();
        return _handles[index].Pointer;
    }
}

/// <summary>One column, by event number.</summary>
internal unsafe struct PinnedColumn
{
    /// <summary>The type of the values.</summary>
    public ColumnType Type;

    /// <summary>The values, as <see cref="EventColumn.Data"/> has them.</summary>
    public byte* Data;

    /// <summary>Bytes of the values.</summary>
    public long DataBytes;

    /// <summary>One bit an event; a null pointer where all are valid.</summary>
    public byte* Validity;
}
