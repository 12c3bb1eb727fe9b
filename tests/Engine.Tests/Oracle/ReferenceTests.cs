using CsCheck;
using FeatureService.Engine.Planning;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Kernels against the reference evaluator, bit for bit. A case that fails is shown with the seed that makes it again.</summary>
public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_cases_have_the_bits_of_the_reference_every_aggregate_under_every_condition_among_them()
    {
        var coverage = new Coverage();
        var cases = Gen.Frequency((1, (IGen<OracleCase>)CaseGen.Of(rowsMax: 120, depth: 0)), (1, CaseGen.Of(rowsMax: 12, depth: 2)));
        cases.Sample(
            oracle =>
            {
                HasTheBitsOfTheReference(oracle);
                coverage.Add(oracle.View());
            },
            output.WriteLine,
            iter: 10_000);
        coverage.HasEachAtLeast(20, output.WriteLine);
    }

    [Fact]
    public void Deep_expressions_have_the_bits_of_the_reference() =>
        CaseGen.Of(rowsMax: 6, depth: 4).Sample(HasTheBitsOfTheReference, iter: 300);

    [Fact]
    public void Many_events_have_the_bits_of_the_reference() =>
        CaseGen.Of(rowsMax: 400, depth: 1).Sample(HasTheBitsOfTheReference, iter: 150);

    private static void HasTheBitsOfTheReference(OracleCase oracle)
    {
        var view = oracle.View();
        var plan = Plan.Create(oracle.Snapshot(), view, view.Columns);
        Expected.Equal(plan, Expected.OfGrid(plan, oracle.Weeks), Answer.OfGrid(plan, oracle.Weeks));
    }
}
