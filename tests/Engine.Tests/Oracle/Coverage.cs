using System.Collections.Concurrent;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Counts how often random views hold each aggregate of the language, and under which conditions.</summary>
internal sealed class Coverage
{
    private static readonly string[] s_conditions = ["where", "by", "series", "lag", "available", "last N", "over all", "next"];

    private readonly ConcurrentDictionary<(string Aggregate, string Condition), int> _counts = new();

    /// <summary>Counts the aggregates of a view whose source <c>b</c> has late availability.</summary>
    public void Add(FeatureView view)
    {
        foreach (var definition in view.Columns.Select(column => column.Text).Distinct().Select(Parser.Parse))
        {
            foreach (var call in Calls(definition.Expression).Where(call => Vocabulary.Aggregates.ContainsKey(call.Name)))
            {
                foreach (var condition in Conditions(definition, call).Append(""))
                {
                    _counts.AddOrUpdate((call.Name, condition), 1, (_, count) => count + 1);
                }
            }
        }
    }

    /// <summary>Fails unless every aggregate was met under every condition that may stand with it.</summary>
    /// <param name="times">How often at least.</param>
    /// <param name="writeLine">Takes the counts, an aggregate a line.</param>
    public void HasEachAtLeast(int times, Action<string> writeLine)
    {
        string[] names = [.. Vocabulary.Aggregates.Keys.Order(StringComparer.Ordinal)];
        writeLine($"{"",-18}{string.Concat(s_conditions.Prepend("all").Select(condition => $"{condition,10}"))}");
        foreach (var name in names)
        {
            writeLine($"{name,-18}{string.Concat(s_conditions.Prepend("").Select(condition => $"{Count(name, condition),10}"))}");
        }

        var rare =
            from name in names
            from condition in s_conditions.Where(condition => MayStand(name, condition)).Append("")
            where Count(name, condition) < times
            select $"{name} {condition}: {Count(name, condition)}";
        Assert.Empty(rare);
    }

    /// <summary>Functions and aggregates of a definition, those inside others too.</summary>
    public static IEnumerable<CallSyntax> Calls(SyntaxNode node) =>
        SyntaxWalk.Children(node).SelectMany(Calls).Concat(node is CallSyntax call ? [call] : []);

    private int Count(string aggregate, string condition) => _counts.GetValueOrDefault((aggregate, condition));

    private static bool MayStand(string aggregate, string condition) => aggregate switch
    {
        Vocabulary.Value => false,
        // It stands in labels only, and last N events in features only.
        "days_until_first" => condition != "last N",
        _ => true,
    };

    private static IEnumerable<string> Conditions(DefinitionSyntax definition, CallSyntax call)
    {
        var window = call.Window?.Window;
        bool[] holds =
        [
            call.Where is not null, definition.By is not null, definition.Series is not null, window?.Lag is not null, Source(call) == "b",
            window?.Kind == WindowKind.LastEvents, window?.Kind == WindowKind.All, window?.Kind == WindowKind.Next,
        ];
        return s_conditions.Where((_, index) => holds[index]);
    }

    private static string Source(CallSyntax call) =>
        SyntaxWalk.FirstQualified(call.Arguments[0])?.Source ?? ((NameSyntax)call.Arguments[0]).Name;
}
