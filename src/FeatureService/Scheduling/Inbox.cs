namespace FeatureService.Scheduling;

/// <summary>
/// Hands things over from any threads to any threads, in the order in which they came. Nobody waits for anybody: a thread that the
/// system has stopped in the middle holds up no other.
/// </summary>
/// <typeparam name="T">What is handed over.</typeparam>
internal sealed class Inbox<T>
{
    private Item? _last;

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => Volatile.Read(ref _last) is null;

    /// <summary>Adds something.</summary>
    public void Add(T value)
    {
        var item = new Item(value);
        Item? before;
        do
        {
            before = Volatile.Read(ref _last);
            item.Before = before;
        }
        while (Interlocked.CompareExchange(ref _last, item, before) != before);
    }

    /// <summary>Takes all that is in it, the oldest first.</summary>
    public IReadOnlyList<T> TakeAll()
    {
        var taken = new List<T>();
        for (var item = Interlocked.Exchange(ref _last, null); item is not null; item = item.Before)
        {
            taken.Add(item.Value);
        }

        taken.Reverse();
        return taken;
    }

    private sealed class Item(T value)
    {
        public T Value { get; } = value;

        public Item? Before { get; set; }
    }
}
