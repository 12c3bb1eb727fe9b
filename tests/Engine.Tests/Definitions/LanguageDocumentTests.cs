using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Definitions;

/// <summary>The tables of docs/language.md are what the compiler says.</summary>
public sealed class LanguageDocumentTests
{
    private const string File = "docs/language.md";

    private static readonly (string Title, string Text)[] Inputs =
    [
        ("bool", "rides.shared"), ("int64", "rides.fare"), ("float64", "rides.km"), ("string", "rides.area"), ("date", "rides.booked_on"),
        ("timestamp", "rides.settled_at"),
    ];

    [Fact]
    public void Aggregates_are_those_that_the_compiler_binds() => Document.CheckPart(
        File,
        "aggregates",
        Table(
            [("source", "rides"), .. Inputs],
            Vocabulary.Aggregates.Keys.Where(name => name != Vocabulary.Value),
            (name, input) => $"{name}({input}{MoreOf(name)}) over 1w"));

    [Fact]
    public void Functions_are_those_that_the_compiler_binds() => Document.CheckPart(
        File,
        "functions",
        Table(
            Inputs,
            Vocabulary.Functions.Keys,
            (name, input) => $"last({name}({input}{MoreOf(name, input)})) over 1w"));

    /// <summary>What stands behind the first argument.</summary>
    private static string MoreOf(string name, string input = "") => name switch
    {
        "quantile" => ", 0.9",
        "top" or "nth_last" => ", 2",
        "min_by" or "max_by" => ", rides.km",
        "decayed_sum" or "decayed_count" => ", 2w",
        "share" => " where shared",
        "clip" => $", {input}, {input}",
        _ => "",
    };

    [Fact]
    public void Reserved_words_are_named() => Document.CheckPart(File, "reserved", $"{Names(Vocabulary.Reserved)}\n");

    [Fact]
    public void The_sample_of_the_whole_language_uses_every_word_of_it()
    {
        var text = Document.Text("samples/taxi/views/growth/ride_habits.view.yaml");
        Assert.All(Vocabulary.Aggregates.Keys.Concat(Vocabulary.Functions.Keys), name => Assert.Contains($"{name}(", text, StringComparison.Ordinal));
        Assert.All(
            Vocabulary.Reserved.Append("events").Append("series(").Append("population:").Append("(week)"),
            word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    private static string Names(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal).Select(name => $"`{name}`"));

    /// <summary>A row for each name, with the type that it gives for each input, or nothing where the compiler refuses it.</summary>
    private static string Table((string Title, string Text)[] inputs, IEnumerable<string> names, Func<string, string, string> definition)
    {
        var rows = names.Order(StringComparer.Ordinal)
            .Select(name => $"| `{name}` | {string.Join(" | ", inputs.Select(input => TypeOf(definition(name, input.Text))))} |\n");
        var heads = $"| of | {string.Join(" | ", inputs.Select(input => input.Title))} |\n";
        var rule = $"| --- |{string.Concat(Enumerable.Repeat(" --- |", inputs.Length))}\n";
        return heads + rule + string.Concat(rows);
    }

    private static string TypeOf(string definition) =>
        Sample.Compile(Sample.Alone(definition, definition.StartsWith("days_until", StringComparison.Ordinal) ? "labels" : "features"))
            .View?.Columns[0].OutputType.Name() ?? "";
}
