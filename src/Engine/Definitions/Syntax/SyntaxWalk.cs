namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>Looks through definitions as written.</summary>
internal static class SyntaxWalk
{
    /// <summary>The parts of a node, in the order of the text.</summary>
    public static IEnumerable<SyntaxNode> Children(SyntaxNode node) => node switch
    {
        UnarySyntax unary => [unary.Operand],
        BinarySyntax binary => [binary.Left, binary.Right],
        InSyntax @in => [@in.Operand],
        BetweenSyntax between => [between.Operand, between.Low, between.High],
        LikeSyntax like => [like.Operand],
        IsNullSyntax isNull => [isNull.Operand],
        CaseSyntax @case => [.. @case.Branches.SelectMany(branch => new[] { branch.When, branch.Then }), .. Present(@case.Else)],
        CallSyntax call => [.. call.Arguments, .. Present(call.Where)],
        _ => [],
    };

    /// <summary>The first <c>source.column</c> in the order of the text; null where there is none.</summary>
    public static QualifiedSyntax? FirstQualified(SyntaxNode root) => Nodes(root, _ => true).OfType<QualifiedSyntax>().FirstOrDefault();

    /// <summary>The names that stand around aggregates, in the order of the text.</summary>
    public static IEnumerable<NameSyntax> NamesAroundAggregates(SyntaxNode root) =>
        Nodes(root, node => node is not CallSyntax { IsAggregate: true }).OfType<NameSyntax>();

    private static IEnumerable<SyntaxNode> Nodes(SyntaxNode root, Func<SyntaxNode, bool> enters)
    {
        var open = new Stack<SyntaxNode>([root]);
        while (open.TryPop(out var node))
        {
            yield return node;
            if (enters(node))
            {
                foreach (var child in Children(node).Reverse())
                {
                    open.Push(child);
                }
            }
        }
    }

    /// <summary>A node as a list of one, or of none.</summary>
    public static IEnumerable<SyntaxNode> Present(SyntaxNode? node) => node is null ? [] : [node];
}
