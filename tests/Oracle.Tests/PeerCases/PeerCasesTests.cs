using System.Globalization;
using System.Text;
using System.Text.Json;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Oracle.Tests.PeerCases;

/// <summary>What the test suites of peers expect, but for a list of cases that are left out with a reason each.</summary>
public sealed class PeerCasesTests
{
    /// <summary>Rows that the list leaves out: the list may shrink, never grow.</summary>
    private const int LeftOutMax = 23;

    [Fact]
    public void Every_case_that_is_not_left_out_has_the_value_that_its_suite_expects_and_no_case_is_left_out_without_need()
    {
        var (cutoff, cases) = PeerCase.Read(DataFolder.Require("peer-cases/cases_weekly.json"));
        var leftOut = LeftOut();
        var failures = new List<string>();
        var left = 0;
        foreach (var peer in cases)
        {
            var difference = Difference(peer, cutoff[..10]);
            var isLeftOut = leftOut.ContainsKey(peer.User) || leftOut.ContainsKey(peer.Name);
            left += isLeftOut ? 1 : 0;
            if (isLeftOut == (difference is null))
            {
                failures.Add(isLeftOut ? $"{peer.User} is left out, but passes" : $"{peer.User}: {difference}");
            }
        }

        var unknown = leftOut.Keys.Where(name => !cases.Any(peer => peer.User == name || peer.Name == name));
        failures.AddRange(unknown.Select(name => $"{name} is no case"));
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(left <= LeftOutMax, $"{left} rows are left out: at most {LeftOutMax} may be");
    }

    /// <summary>Lines of a case or one row of it, a bar, and the reason.</summary>
    private static Dictionary<string, string> LeftOut() => File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "PeerCases", "left-out.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(" | ", 2))
        .ToDictionary(parts => parts[0], parts => parts[1]);

    private static string? Difference(PeerCase peer, string week)
    {
        var features = peer.Features();
        if (features.Count == 0)
        {
            return "nothing in the language says the same";
        }

        var catalog = Catalogs.Of("UTC", peer.Source());
        var lines = features.Select((definition, index) => $"  x{index}: '{definition.Replace("'", "''")}'\n");
        var result = ViewCompiler.Compile($"view: peer\nfeatures:\n{string.Concat(lines)}", "peer.view.yaml", catalog);
        if (result.View is null)
        {
            return $"{features[0]}: {string.Join("; ", result.Diagnostics)}";
        }

        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [peer.Rows()]);
        var values = Values(Plan.Create(snapshot, result.View, result.View.Columns), week);
        var expected = peer.Expected();
        var wrong = Enumerable.Range(0, Math.Max(values.Length, expected.Count))
            .FirstOrDefault(i => i >= values.Length || i >= expected.Count || !IsExpected(expected[i], values[i], peer.Tolerance), -1);
        return wrong < 0
            ? null
            : $"{string.Join("; ", features)}: expected {string.Join(", ", expected)}, found {string.Join(", ", values.Select(v => v ?? "null"))}";
    }

    private static object?[] Values(Plan plan, string week)
    {
        Assert.True(plan.Snapshot.Catalog.Calendar.TryParse(week, out var number, out var error), error);
        using var run = RowsRun.OfList(plan, [EntityKey.Of(1)], [number]);
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }

        using var block = run.Complete().Single();
        return [.. block.Columns.Select(Value)];
    }

    private static object? Value(Column column) => !column.IsValid(0) ? null : column.Type switch
    {
        ColumnType.Bool => column.Values<byte>()[0] == 1,
        ColumnType.Int64 => column.Values<long>()[0],
        ColumnType.Float64 => column.Values<double>()[0],
        _ => Encoding.UTF8.GetString(column.Utf8(0)),
    };

    private static bool IsExpected(JsonElement expected, object? value, double tolerance) => (expected.ValueKind, value) switch
    {
        (JsonValueKind.Null or JsonValueKind.Undefined, null) => true,
        (JsonValueKind.True, true) or (JsonValueKind.False, false) => true,
        (JsonValueKind.String, string text) => expected.GetString() == text,
        (JsonValueKind.String, double special) => expected.GetString() == special.ToString("R", CultureInfo.InvariantCulture),
        (JsonValueKind.Number, long number) => IsNear(expected.GetDouble(), number, tolerance),
        (JsonValueKind.Number, double number) => IsNear(expected.GetDouble(), number, tolerance),
        _ => false,
    };

    private static bool IsNear(double expected, double value, double tolerance) =>
        Math.Abs(expected - value) <= tolerance * Math.Max(1, Math.Abs(expected));
}
