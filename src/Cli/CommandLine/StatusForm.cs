using System.Globalization;
using System.Text.Json;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>Prints the status of services.</summary>
/// <param name="IsJson">Whether a program reads it.</param>
/// <param name="IsWatch">Whether it is printed again and again: JSON is then one line.</param>
internal sealed record StatusForm(bool IsJson, bool IsWatch)
{
    private static readonly JsonSerializerOptions _lines = new(JsonSerializerDefaults.Web);
    private static readonly JsonSerializerOptions _indented = new(_lines) { WriteIndented = true };

    /// <summary>Prints the answers of every server.</summary>
    /// <param name="statuses">The answers.</param>
    /// <param name="output">Where to.</param>
    public void Print(IReadOnlyList<EndpointStatus> statuses, TextWriter output)
    {
        if (IsJson)
        {
            output.WriteLine(JsonSerializer.Serialize(statuses, IsWatch ? _lines : _indented));
            return;
        }

        foreach (var endpoint in statuses.Where(s => s.Status is not null))
        {
            PrintOne(endpoint.Address, endpoint.Status!, output);
        }
    }

    private static void PrintOne(string address, ServiceStatus status, TextWriter output)
    {
        output.WriteLine($"service     {address}, up {Text(status.Uptime)}, engine {status.EngineVersion}{(status.Draining ? ", stopping" : "")}");
        output.WriteLine($"workers     {string.Join("; ", status.WorkerClasses.Select(c => $"{c.Name}: {c.Busy} of {c.Workers} busy, policy {c.Policy}"))}");
        output.WriteLine($"queue       {string.Join("; ", status.Lanes.Select(l => $"{l.Name}: {l.Requests} requests, {l.Waiting} waiting"))}");
        if (status.Cache is { } cache)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"cache       redis: {cache.Redis}; {cache.Blocks:N0} blocks, {Megabytes(cache.MemoryBytes)} MB in memory; {cache.Hits:N0} hits, {cache.Misses:N0} misses, {cache.Damaged:N0} damaged"));
        }

        output.WriteLine($"memory      {Megabytes(status.AnonymousBytes)} MB anonymous, {Megabytes(status.ManagedBytes)} of them managed");
        foreach (var snapshot in status.Snapshots)
        {
            PrintSnapshot(snapshot, output);
        }

        foreach (var view in status.Views)
        {
            output.WriteLine($"view        {view.Name}: {Text(view)}");
            PrintErrors(view.Errors, output);
        }

        PrintErrors(status.ViewsError.Length == 0 ? [] : [status.ViewsError], output);
    }

    private static void PrintSnapshot(SnapshotStatus snapshot, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"snapshot    {snapshot.Name}: {snapshot.Id}, {snapshot.Events:N0} events of {snapshot.Entities:N0} entities"));
        if (snapshot.PreviousId.Length > 0)
        {
            output.WriteLine($"            before: {snapshot.PreviousId}, switched at {snapshot.LoadedAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}");
        }

        PrintErrors(snapshot.Error.Length == 0 ? [] : [snapshot.Error], output);
    }

    private static void PrintErrors(IEnumerable<string> errors, TextWriter output)
    {
        foreach (var error in errors)
        {
            output.WriteLine($"            error: {error}");
        }
    }

    private static string Text(PublishedViewStatus view) => view.State switch
    {
        _ when view.State != "broken" && view.Version.Length == 0 => $"{view.State}, fits no snapshot",
        "broken" => "broken, not served",
        _ => $"{view.State}, {view.Features} features, {view.Labels} labels, version {view.Version}",
    };

    private static string Text(TimeSpan span) =>
        span.ToString(span.Days > 0 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture);
}
