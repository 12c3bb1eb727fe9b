using FeatureService.Client.Datasets;
using FeatureService.Ingest;
using FeatureService.Samples.Taxi;
using static System.FormattableString;

namespace FeatureService.Cli.Demo;

/// <summary>What the demonstration made, and what to try next.</summary>
internal sealed record DemoSummary(DemoFolder Folder, TaxiOptions Taxi, TaxiReport Events, BuildReport Snapshot, DatasetReport Dataset)
{
    /// <summary>Prints it.</summary>
    /// <param name="output">Where to.</param>
    public async Task WriteAsync(TextWriter output)
    {
        foreach (var line in (IEnumerable<string>)[.. Figures(), "", .. Rates(), "", .. Next()])
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }
    }

    private IEnumerable<string> Figures()
    {
        var rows = Dataset.Manifest.Rows;
        var seconds = Dataset.Elapsed.TotalSeconds;
        yield return Invariant($"events     {Events.Events:N0} of {Taxi.Users:N0} users: {Events.AppOpens:N0} opens, {Events.Rides:N0} rides, {Events.Coupons:N0} coupons");
        yield return Invariant($"snapshot   {Snapshot.SnapshotId} in {Snapshot.Elapsed.TotalSeconds:F1} s");
        yield return Invariant($"dataset    {rows:N0} vectors of 20 features and a label, {Taxi.Weeks} weeks, in {seconds:F1} s: {rows / seconds / 1e6:F2} M vectors/s");
        yield return Invariant($"files      {ThisProgram.Shortest(Folder.Path)}: events, snapshot/, dataset/, {TaxiSample.ViewFile}");
    }

    private IEnumerable<string> Rates()
    {
        yield return "year        vectors   used a coupon in the week after";
        foreach (var (year, rows, rate) in LabelRate.OfDataset(Folder.Dataset))
        {
            yield return Invariant($"{year}  {rows,13:N0}   {100 * rate,5:F2} %");
        }
    }

    private IEnumerable<string> Next()
    {
        var featurectl = ThisProgram.Typed;
        var snapshot = ThisProgram.Shortest(Folder.Snapshot);
        var views = ThisProgram.Shortest(Folder.Views);
        yield return "try next";
        yield return $"  {featurectl} get --snapshot {snapshot} --views {views} --view coupon_response --entities 8,56 --weeks 2024-W10..2024-W12";
        yield return $"  {featurectl} view validate {ThisProgram.Shortest(Path.Combine(Folder.Path, TaxiSample.ViewFile))} --snapshot {snapshot}";
        yield return $"  {featurectl} serve --snapshot {snapshot} --views {views}";
    }
}
