using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>Picks lanes of two slots by a bitmap.</summary>
internal static unsafe class Choice
{
    // Bit i of a byte selects lane i.
    private static readonly Vector512<long> LaneBits = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);

    /// <summary>What is picked counts into the table that both operands were recoded to.</summary>
    public static void Bind(Binding binding, int target, int operand, bool isText)
    {
        if (isText)
        {
            binding.Texts[target] = binding.Texts[operand];
        }
    }

    /// <summary>Values of <paramref name="yes"/> where a bit is set, else of <paramref name="no"/>.</summary>
    public static void* Select(Frame frame, ulong* bits, Lanes yes, Lanes no, bool isBool)
    {
        if (isBool)
        {
            var words = frame.TakeBits();
            for (nint i = 0; i < frame.Words; i++)
            {
                words[i] = (yes.Word(i) & bits[i]) | (no.Word(i) & ~bits[i]);
            }

            return words;
        }

        var target = frame.Take<long>();
        for (nint i = 0; i < frame.Count; i += 8)
        {
            var chosen = Vector512.Equals(Vector512.Create((long)((byte*)bits)[i >> 3]) & LaneBits, LaneBits);
            Vector512.ConditionalSelect(chosen, yes.Longs(i), no.Longs(i)).Store(target + i);
        }

        return target;
    }
}

/// <summary>The first of two slots where it is not null, else the second; an error in either stays one.</summary>
internal sealed unsafe class Coalesce(int first, int second, bool isBool, bool isText) : Instruction
{
    public override void Bind(Binding binding) => Choice.Bind(binding, Target, second, isText);

    public override void Run(Frame frame)
    {
        var (a, b) = (frame.Slots[first], frame.Slots[second]);
        var errors = frame.Either(a.Errors, b.Errors);
        if (a.Valid == null)
        {
            frame.Slots[Target] = a with { Valid = frame.Except(null, errors), Errors = errors };
            return;
        }

        var data = Choice.Select(frame, a.Valid, a, b, isBool);
        var valid = b.Valid == null ? null : frame.Either(a.Valid, b.Valid);
        frame.Slots[Target] = Lanes.Of(data) with { Valid = frame.Except(valid, errors), Errors = errors };
    }
}

/// <summary>The lesser or the greater of two slots, or the one that is not null; an error in either stays one.</summary>
/// <param name="first">A slot.</param>
/// <param name="second">A slot.</param>
/// <param name="firstWins">A slot of bools: whether the first is to be taken where both have values.</param>
/// <param name="isBool">Whether the slots hold bools.</param>
/// <param name="isText">Whether the slots hold codes of one table.</param>
internal sealed unsafe class Extreme(int first, int second, int firstWins, bool isBool, bool isText) : Instruction
{
    public override void Bind(Binding binding) => Choice.Bind(binding, Target, second, isText);

    public override void Run(Frame frame)
    {
        var (a, b, wins) = (frame.Slots[first], frame.Slots[second], frame.Slots[firstWins]);
        var errors = frame.Either(a.Errors, b.Errors);
        var bits = frame.TakeBits();
        for (nint i = 0; i < frame.Words; i++)
        {
            bits[i] = a.ValidWord(i) & (wins.Word(i) | ~b.ValidWord(i));
        }

        var data = Choice.Select(frame, bits, a, b, isBool);
        var valid = a.Valid == null || b.Valid == null ? null : frame.Either(a.Valid, b.Valid);
        frame.Slots[Target] = Lanes.Of(data) with { Valid = frame.Except(valid, errors), Errors = errors };
    }
}

/// <summary>A slot, null also where another is; an error in either stays one.</summary>
internal sealed unsafe class NullWith(int value, int other, bool isText) : Instruction
{
    public override void Bind(Binding binding) => Choice.Bind(binding, Target, value, isText);

    public override void Run(Frame frame)
    {
        var (source, needed) = (frame.Slots[value], frame.Slots[other]);
        frame.Slots[Target] = source with
        {
            Valid = frame.Both(source.Valid, needed.Valid),
            Errors = frame.Either(source.Errors, needed.Errors),
        };
    }
}

/// <summary>
/// One branch of a <c>case</c>: the result where the condition is true, else what the branches behind it give. Errors of what is not
/// taken are forgotten.
/// </summary>
internal sealed unsafe class Branch(int when, int then, int otherwise, bool isBool, bool isText) : Instruction
{
    public override void Bind(Binding binding) => Choice.Bind(binding, Target, then, isText);

    public override void Run(Frame frame)
    {
        var (condition, yes, no) = (frame.Slots[when], frame.Slots[then], frame.Slots[otherwise]);
        var taken = frame.TakeBits();
        var valid = yes.Valid == null && no.Valid == null && condition.Errors == null ? null : frame.TakeBits();
        var errors = yes.Errors == null && no.Errors == null && condition.Errors == null ? null : frame.TakeBits();
        for (nint i = 0; i < frame.Words; i++)
        {
            var bits = condition.Word(i) & condition.ValidWord(i);
            taken[i] = bits;
            if (valid != null)
            {
                valid[i] = ((yes.ValidWord(i) & bits) | (no.ValidWord(i) & ~bits)) & ~condition.ErrorWord(i);
            }

            if (errors != null)
            {
                errors[i] = (yes.ErrorWord(i) & bits) | (no.ErrorWord(i) & ~bits) | condition.ErrorWord(i);
            }
        }

        var data = Choice.Select(frame, taken, yes, no, isBool);
        frame.Slots[Target] = Lanes.Of(data) with { Valid = valid, Errors = errors };
    }
}
