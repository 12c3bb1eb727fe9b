using FeatureService.Scheduling;

namespace FeatureService.Tests.Scheduling;

public sealed class InlineGateTests
{
    [Fact]
    public void It_has_as_many_places_as_were_given_and_takes_them_back()
    {
        var gate = new InlineGate(2);
        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        Assert.False(gate.TryEnter());

        gate.Leave();
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
    }
}
