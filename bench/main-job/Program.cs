using System.CommandLine;
using FeatureService.Bench.MainJob.Growth;
using FeatureService.Bench.MainJob.Peers;
using FeatureService.Bench.MainJob.Report;
using FeatureService.Bench.MainJob.Telemetry;
using FeatureService.Samples.Taxi;

namespace FeatureService.Bench.MainJob;

/// <summary>Measures the main job beside its peers. The verb <c>duckdb</c> is one of them, started by this program in a process of its own.</summary>
internal static class Program
{
    /// <summary>Users of the work for which goals are set.</summary>
    public const int UsersOfRecord = 100_000;

    /// <summary>Users of the larger work of <c>--million</c>.</summary>
    public const int UsersMillion = 1_000_000;
    private const int UsersQuick = 10_000;
    private const int UsersSmoke = 100;
    private const int WeeksSmoke = 60;

    private static readonly Option<int?> Users = new("--users") { Description = "Users of the taxi app. Default: 100,000; quick 10,000; smoke 100; million 1,000,000, against a tenth of them." };
    private static readonly Option<int> Weeks = new("--weeks") { DefaultValueFactory = _ => new TaxiOptions().Weeks };
    private static readonly Option<string> Folder = new("--folder") { Required = true };

    private static Task<int> Main(string[] args)
    {
        var root = BenchCommand();
        root.Subcommands.Add(DuckDbCommand());
        root.Subcommands.Add(ServiceCommand.Create());
        return root.Parse(args).InvokeAsync();
    }

    private static RootCommand BenchCommand()
    {
        var runs = new Option<int?>("--runs") { Description = "Rounds, of which medians are taken. Default: 5; quick 3; smoke 1." };
        var quick = new Option<bool>("--quick") { Description = "10,000 users, three rounds: under three minutes." };
        var smoke = new Option<bool>("--smoke") { Description = "100 users, one round, also of --million: does the bench still run? Times mean nothing." };
        var noPeers = new Option<bool>("--no-peers") { Description = "Only us." };
        var results = new Option<string?>("--results") { Description = "The report's file. Default: bench/results/DATE.md; quick DATE-quick.md; smoke none." };
        var million = new Option<bool>("--million") { Description = "In place of all that: what ten times the users cost us, two services over TCP, three rounds." };
        var buildMemory = new Option<string?>("--build-memory") { Description = "A snapshot build with this --memory beside the other, with its rate; in --million the only one. Default: 1GB; in --million none." };
        var telemetry = new Option<bool>("--telemetry") { Description = "In place of all that: what telemetry costs our services." };
        var record = new Option<bool>("--record") { Description = "Keep the peers' times in bench/peers/recorded.json as those of record." };
        var root = new RootCommand("Measures the main job beside its peers.") { Users, runs, quick, smoke, noPeers, telemetry, million, buildMemory, results, record };
        root.SetAction((parsed, _) =>
        {
            var (users, rounds) = parsed.GetValue(smoke) ? (UsersSmoke, 1)
                : parsed.GetValue(quick) ? (UsersQuick, 3)
                : parsed.GetValue(million) ? (UsersMillion, 3)
                : (UsersOfRecord, 5);
            rounds = parsed.GetValue(runs) ?? rounds;
            var taxi = new TaxiOptions { Users = parsed.GetValue(Users) ?? users, Weeks = parsed.GetValue(smoke) ? WeeksSmoke : new TaxiOptions().Weeks };
            var today = DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime);
            var kind = (parsed.GetValue(telemetry) ? "-telemetry" : parsed.GetValue(million) ? "-million" : "") + (parsed.GetValue(quick) ? "-quick" : "");
            var file = parsed.GetValue(results)
                ?? (parsed.GetValue(smoke) ? null : FormattableString.Invariant($"bench/results/{today:yyyy-MM-dd}{kind}.md"));
            return parsed.GetValue(telemetry) ? TelemetryAsync(taxi, rounds, today, file)
                : parsed.GetValue(million) ? GrowthAsync(taxi, rounds, parsed.GetValue(buildMemory), today, file)
                : BenchAsync(taxi, work => new Session(work, rounds, !parsed.GetValue(noPeers), parsed.GetValue(buildMemory) ?? "1GB"), parsed.GetValue(record), today, file);
        });
        return root;
    }

    private static Task<int> BenchAsync(TaxiOptions taxi, Func<Work, Session> session, bool record, DateOnly today, string? file) => InFolderAsync("main-job-", async folder =>
    {
        const string RecordedFile = "bench/peers/recorded.json";
        var result = await session(new Work(folder, taxi)).RunAsync().ConfigureAwait(false);
        if (record)
        {
            RecordedTime.Write(RecordedFile, [.. result.All.Where(c => c.IsPeer).Select(c => new RecordedTime(c.Key, taxi.Users, Figure.Of(c).Median, result.FillRate))]);
        }

        var recorded = RecordedTime.Read(RecordedFile);
        var voids = result.Voids(recorded);
        await TellAsync(Markdown.Of(result, today, voids, recorded.Any(time => time.Users == taxi.Users)), file).ConfigureAwait(false);
        return voids.Count == 0 && result.AllAgree ? 0 : 1;
    });

    private static Task<int> TelemetryAsync(TaxiOptions taxi, int runs, DateOnly today, string? file) => InFolderAsync("telemetry-", async folder =>
    {
        var result = await new TelemetrySession(new Work(folder, taxi), runs).RunAsync().ConfigureAwait(false);
        await TellAsync(result.Page(today), file).ConfigureAwait(false);
        return 0;
    });

    private static Task<int> GrowthAsync(TaxiOptions taxi, int runs, string? buildMemory, DateOnly today, string? file) => InFolderAsync("growth-", async folder =>
    {
        var result = await new GrowthSession(folder, taxi, runs, buildMemory).RunAsync().ConfigureAwait(false);
        await TellAsync(result.Page(today), file).ConfigureAwait(false);
        return 0;
    });

    private static async Task<int> InFolderAsync(string prefix, Func<string, Task<int>> run)
    {
        var folder = Directory.CreateTempSubdirectory(prefix);
        try
        {
            return await run(folder.FullName).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task TellAsync(string page, string? file)
    {
        Console.Write(page);
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            await File.WriteAllTextAsync(file, page).ConfigureAwait(false);
        }
    }

    private static Command DuckDbCommand()
    {
        var formulation = new Option<string?>("--formulation");
        var fromParquet = new Option<bool>("--from-parquet");
        var output = new Option<string?>("--out");
        var users = new Option<int>("--users") { Required = true };
        var command = new Command("duckdb", "Makes DuckDB's tables, or with --formulation the dataset.") { Folder, users, Weeks, formulation, fromParquet, output };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var work = new Work(parsed.GetRequiredValue(Folder), new TaxiOptions { Users = parsed.GetValue(users), Weeks = parsed.GetValue(Weeks) });
            if (parsed.GetValue(formulation) is { } name)
            {
                DuckDbPeer.Run(work, name, parsed.GetValue(fromParquet), parsed.GetRequiredValue(output)!);
            }
            else
            {
                DuckDbPeer.Load(work);
            }
        });
        return command;
    }
}
