using System.Numerics;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace FeatureService.Architecture.Tests;

/// <summary>What EVALUATION.md bans in Core and Engine is on the analyzer's list, for every type that has it.</summary>
public sealed partial class BannedFunctionTests
{
    private static readonly Type[] Homes =
    [
        typeof(Math), typeof(double), typeof(float), typeof(Vector), typeof(Vector64), typeof(Vector128), typeof(Vector256), typeof(Vector512),
    ];

    [Fact]
    public void Functions_whose_bits_change_with_the_processor_are_on_the_list()
    {
        var listed = Repository.Text("src/BannedSymbols.Bits.txt").Split('\n');
        var banned = from home in Homes
                     from method in home.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                     where ChangingBits().IsMatch(method.Name)
                     group method by $"M:{home.FullName}.{method.Name}";
        Assert.All(banned, overloads => Assert.Equal(
            overloads.Count(), listed.Count(line => Regex.IsMatch(line, $@"^{Regex.Escape(overloads.Key)}(``\d)?\("))));
    }

    [Theory]
    [InlineData("src/Core/Core.csproj")]
    [InlineData("src/Engine/Engine.csproj")]
    public void Core_and_engine_use_the_list(string project) =>
        Assert.Contains("BannedSymbols.Bits.txt", Repository.Text(project), StringComparison.Ordinal);

    [GeneratedRegex("^(Exp|Log|Pow$|Cbrt$|A?(Sin|Cos|Tan)|Hypot$|RootN$|FusedMultiplyAdd$|.*Estimate$|.*Native$)")]
    private static partial Regex ChangingBits();
}
