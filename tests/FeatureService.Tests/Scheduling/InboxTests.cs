using FeatureService.Scheduling;

namespace FeatureService.Tests.Scheduling;

public sealed class InboxTests
{
    [Fact]
    public void What_was_added_first_is_taken_first_and_all_at_once()
    {
        var inbox = new Inbox<int>();
        Assert.True(inbox.IsEmpty);

        inbox.Add(1);
        inbox.Add(2);
        inbox.Add(3);

        Assert.False(inbox.IsEmpty);
        Assert.Equal([1, 2, 3], inbox.TakeAll());
        Assert.True(inbox.IsEmpty);
        Assert.Empty(inbox.TakeAll());
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_where_many_add_at_once()
    {
        const int Writers = 4;
        const int Each = 20_000;
        var inbox = new Inbox<(int Writer, int Number)>();
        var taken = new List<(int Writer, int Number)>();

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                inbox.Add((writer, i));
            }
        })));
        while (!writing.IsCompleted)
        {
            taken.AddRange(inbox.TakeAll());
        }

        await writing;
        taken.AddRange(inbox.TakeAll());

        Assert.Equal(Writers * Each, taken.Count);
        Assert.All(taken.GroupBy(item => item.Writer), own => Assert.Equal(Enumerable.Range(0, Each), own.Select(item => item.Number)));
    }
}
