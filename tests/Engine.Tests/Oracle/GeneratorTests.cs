using CsCheck;
using FeatureService.Engine.Definitions;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

public sealed class GeneratorTests
{
    [Fact]
    public void Generated_views_compile() => ViewGen.Of(depth: 3).Sample(
        text =>
        {
            var result = ViewCompiler.Compile(text, "v.view.yaml", CaseGen.Example);
            Assert.True(result.View is not null, string.Join('\n', result.Diagnostics));
        },
        iter: 300);
}
