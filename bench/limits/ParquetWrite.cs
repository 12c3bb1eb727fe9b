using System.Diagnostics;
using FeatureService.Bench.MainJob;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using ParquetSharp;
using ColumnType = FeatureService.Core.Columns.ColumnType;

namespace FeatureService.Bench.Limits;

/// <summary>
/// The job's own columns, already in memory, written by ParquetSharp on as many threads as there are CPUs and nothing else done: zstd
/// level 1, no dictionaries. Null is written as NaN, so that no levels are needed.
/// </summary>
internal sealed class ParquetWrite
{
    private readonly List<float[][]> _groups = [];

    private ParquetWrite()
    {
    }

    /// <summary>Rows that are held.</summary>
    public long Rows => _groups.Sum(group => (long)group[0].Length);

    /// <summary>Takes the first rows of a backfill into memory.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="rowsMax">No batch is taken once there are so many.</param>
    public static async Task<ParquetWrite> ReadAsync(FeatureServiceClient client, BackfillQuery query, long rowsMax)
    {
        var write = new ParquetWrite();
        await foreach (var batch in client.BackfillAsync(query).ConfigureAwait(false))
        {
            write._groups.Add([.. Enumerable.Range(0, batch.ColumnCount)
                .Where(i => batch.Header.Columns[i].Type == ColumnType.Float32)
                .Select(i => batch[i].Values<float>().ToArray())]);
            if (write.Rows >= rowsMax)
            {
                break;
            }
        }

        return write;
    }

    /// <summary>Writes them.</summary>
    /// <param name="folder">Where.</param>
    public (double Seconds, double CpuSeconds) Run(string folder)
    {
        var (started, cpu) = (Stopwatch.GetTimestamp(), ProcStat.CpuSeconds(Environment.ProcessId));
        var threads = Environment.ProcessorCount;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            using var properties = new WriterPropertiesBuilder().Compression(Compression.Zstd).CompressionLevel(1).DisableDictionary().DisableStatistics().Build();
            var columns = Enumerable.Range(0, _groups[0].Length).Select(i => (Column)new Column<float>(FormattableString.Invariant($"f{i}"))).ToArray();
            using var writer = new ParquetFileWriter(Path.Combine(folder, FormattableString.Invariant($"bare-{thread}.parquet")), columns, properties);
            for (var i = thread; i < _groups.Count; i += threads)
            {
                using var group = writer.AppendRowGroup();
                foreach (var values in _groups[i])
                {
                    using var column = (ColumnWriter<float>)group.NextColumn();
                    column.WriteBatch(values);
                }
            }

            writer.Close();
        });
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, ProcStat.CpuSeconds(Environment.ProcessId) - cpu);
    }
}
