using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>
/// The values of a program's slots. Counts come as int32 and are widened when a step first reads them, so that those which only go to the
/// output never are.
/// </summary>
internal sealed unsafe class SlotValues(int count, Frame frame)
{
    private readonly Lanes[] _lanes = new Lanes[count];

    /// <summary>The values of a slot, int64 or float64.</summary>
    public Lanes this[int slot]
    {
        get
        {
            ref var lanes = ref _lanes[slot];
            if (lanes.Data == null && lanes.Ints != null)
            {
                lanes.Data = Widened(lanes.Ints, frame.Count, frame.Arena);
            }

            return lanes with { Ints = null };
        }

        set => _lanes[slot] = value;
    }

    /// <summary>The values of a slot as they came: perhaps only as int32.</summary>
    public ref readonly Lanes AsTheyAre(int slot) => ref _lanes[slot];

    /// <summary>Int32 as int64.</summary>
    public static long* Widened(int* values, int count, Arena arena)
    {
        var target = arena.Take<long>(count);
        for (nint i = 0; i < count; i += 8)
        {
            Widening.Longs(values + i).Store(target + i);
        }

        return target;
    }
}
