using FeatureService.Engine.Execution;

namespace FeatureService.Engine.Tests.Execution;

public sealed unsafe class BlockMemoryTests
{
    [Fact]
    public void Parts_are_aligned_and_none_touches_another()
    {
        var memory = new BlockMemory();
        var parts = new List<BlockBytes>();
        foreach (var size in Enumerable.Range(0, 300).Select(i => i * 37 % 2_000))
        {
            var part = memory.Take(size);
            Assert.Equal(size, part.Memory.Length);
            Assert.Equal(0, (nint)part.Start % 64);
            part.Memory.Span.Fill((byte)parts.Count);
            parts.Add(part);
        }

        for (var i = 0; i < parts.Count; i++)
        {
            Assert.False(parts[i].Memory.Span.ContainsAnyExcept((byte)i));
            Assert.True(parts[i].Memory.IsEmpty || *parts[i].Start == (byte)i);
        }

        memory.Return();
    }

    [Fact]
    public void It_can_be_used_again_once_it_was_given_back()
    {
        var memory = new BlockMemory();
        memory.Take(8);
        memory.Return();
        var part = memory.Take(8);
        part.Memory.Span.Fill(1);
        Assert.Equal(1, *part.Start);
        memory.Return();
    }
}
