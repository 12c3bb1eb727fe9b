using System.Collections.Concurrent;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Expressions;

/// <summary>
/// Expressions as a list of steps in which each distinct subexpression stands once. Slots for inputs (columns, aggregates, the week)
/// are filled by the caller before the steps run. Immutable.
/// </summary>
/// <param name="types">Type of the values of each slot.</param>
/// <param name="inputs">What the caller fills.</param>
/// <param name="instructions">The steps.</param>
/// <param name="tableCount">Number of tables in a binding.</param>
internal sealed class VectorProgram(
    IReadOnlyList<ColumnType> types, IReadOnlyList<ProgramInput> inputs, IReadOnlyList<Instruction> instructions, int tableCount)
{
    private readonly Instruction[] _instructions = [.. instructions];
    private readonly ConcurrentDictionary<TextKey, Binding> _bindings = new();

    /// <summary>Number of slots.</summary>
    public int SlotCount => types.Count;

    /// <summary>Number of steps.</summary>
    public int StepCount => _instructions.Length;

    /// <summary>Type of the values of a slot.</summary>
    public ColumnType TypeOf(int slot) => types[slot];

    /// <summary>What the caller fills.</summary>
    public ProgramInput[] Inputs { get; } = [.. inputs];

    /// <summary>Fills every slot that is no input.</summary>
    public void Run(Frame frame)
    {
        foreach (var instruction in _instructions)
        {
            instruction.Run(frame);
        }
    }

    /// <summary>The tables for the texts of the inputs; made once for the same tables.</summary>
    /// <param name="texts">One for each input; null for those that are no texts.</param>
    public Binding Bind(StringTable?[] texts) => _bindings.GetOrAdd(new TextKey(texts), key => Make(key.Texts));

    private Binding Make(StringTable?[] texts)
    {
        var binding = new Binding(SlotCount, tableCount);
        for (var i = 0; i < texts.Length; i++)
        {
            binding.Texts[Inputs[i].Slot] = texts[i];
        }

        foreach (var instruction in _instructions)
        {
            instruction.Bind(binding);
        }

        return binding;
    }

    /// <summary>Tables by reference: a snapshot keeps one for each partition.</summary>
    private readonly struct TextKey(StringTable?[] texts) : IEquatable<TextKey>
    {
        public StringTable?[] Texts { get; } = texts;

        public bool Equals(TextKey other) => Texts.AsSpan().SequenceEqual(other.Texts, ReferenceEqualityComparer.Instance);

        public override bool Equals(object? obj) => obj is TextKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var table in Texts)
            {
                hash.Add(table is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(table));
            }

            return hash.ToHashCode();
        }
    }
}

/// <summary>A slot that is filled before a program runs.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Index">Which: a column of the source, or an aggregate of the plan.</param>
/// <param name="Type">Type of the values.</param>
internal readonly record struct ProgramInput(int Slot, ProgramInputKind Kind, int Index, ColumnType Type);

/// <summary>What an input slot holds.</summary>
internal enum ProgramInputKind : byte
{
    /// <summary>A column of the events.</summary>
    Column,

    /// <summary>An aggregate.</summary>
    Aggregate,

    /// <summary>First day of the row's week.</summary>
    Week,
}
