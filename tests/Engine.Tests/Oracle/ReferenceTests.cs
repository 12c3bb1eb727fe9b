using CsCheck;
using FeatureService.Engine.Planning;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Kernels against the reference evaluator, bit for bit.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Plain_aggregates_have_the_bits_of_the_reference() =>
        CaseGen.Of(rowsMax: 40, depth: 0).Sample(HasTheBitsOfTheReference, iter: 2500);

    [Fact]
    public void Expressions_have_the_bits_of_the_reference() =>
        CaseGen.Of(rowsMax: 12, depth: 2).Sample(HasTheBitsOfTheReference, iter: 2500);

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
