using System.Runtime.Intrinsics;
using System.Text;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Expressions;

/// <summary>A constant of eight bytes: int64, float64, or an instant or day.</summary>
internal sealed unsafe class Constant(long bits) : Instruction
{
    public override void Run(Frame frame)
    {
        var data = frame.Arena.Take<long>(Vector512<long>.Count);
        Vector512.Create(bits).Store(data);
        frame.Slots[Target] = new Lanes { Data = data, Mask = 0 };
    }
}

/// <summary>A constant bool.</summary>
internal sealed unsafe class BoolConstant(bool value) : Instruction
{
    public override void Run(Frame frame)
    {
        var data = frame.Arena.Take<ulong>(1);
        *data = value ? ulong.MaxValue : 0;
        frame.Slots[Target] = new Lanes { Data = data, Mask = 0 };
    }
}

/// <summary>A null of any type.</summary>
internal sealed unsafe class NullConstant : Instruction
{
    public override void Run(Frame frame)
    {
        var valid = frame.TakeBits();
        BitWords.Fill(valid, frame.Count, 0);
        frame.Slots[Target] = new Lanes { Data = frame.Arena.TakeCleared<long>(Vector512<long>.Count), Mask = 0, Valid = valid };
    }

    public override void Bind(Binding binding) => binding.Texts[Target] = StringTable.Of([""]);
}

/// <summary>A constant text: code 0 of a table of its own.</summary>
internal sealed unsafe class TextConstant(string text) : Instruction
{
    private readonly StringTable _texts = new(1, Offsets(text), Encoding.UTF8.GetBytes(text));

    public override void Run(Frame frame) =>
        frame.Slots[Target] = new Lanes { Data = frame.Arena.TakeCleared<long>(Vector512<long>.Count), Mask = 0 };

    public override void Bind(Binding binding) => binding.Texts[Target] = _texts;

    private static byte[] Offsets(string text) => [0, 0, 0, 0, .. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text))];
}
