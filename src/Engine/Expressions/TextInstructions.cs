namespace FeatureService.Engine.Expressions;

/// <summary>An int64 function of a text, made once for each text of a slice's table and then looked up by code.</summary>
internal sealed unsafe class TextLookup(int operand, int table, Func<string, long> function) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        frame.Slots[Target] = source with { Data = Gather(frame, source, frame.Binding.Tables[table]), Mask = -1 };
    }

    public override void Bind(Binding binding)
    {
        var texts = binding.Texts[operand]!;
        var values = new long[texts.Count];
        for (var code = 0; code < values.Length; code++)
        {
            values[code] = function(texts.Text(code));
        }

        binding.Tables[table] = values;
    }

    /// <summary>A table's values by code; a code under a null is any number.</summary>
    public static long* Gather(Frame frame, Lanes source, long[] table)
    {
        var target = frame.Take<long>();
        for (nint i = 0; i < frame.Count; i++)
        {
            var code = source.Long(i);
            target[i] = (ulong)code < (ulong)table.Length ? table[code] : 0;
        }

        return target;
    }
}

/// <summary>A predicate of a text, made once for each text of a slice's table.</summary>
internal sealed unsafe class TextPredicate(int operand, int table, Func<string, bool> predicate) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var values = frame.Binding.Tables[table];
        var target = frame.TakeBits();
        for (nint word = 0; word < frame.Words; word++)
        {
            ulong bits = 0;
            var end = Math.Min(frame.Count - (word << 6), 64);
            for (nint i = 0; i < end; i++)
            {
                var code = source.Long((word << 6) + i);
                bits |= ((ulong)code < (ulong)values.Length ? (ulong)values[code] : 0) << (int)i;
            }

            target[word] = bits;
        }

        frame.Slots[Target] = source with { Data = target, Mask = -1 };
    }

    public override void Bind(Binding binding)
    {
        var texts = binding.Texts[operand]!;
        var values = new long[texts.Count];
        for (var code = 0; code < values.Length; code++)
        {
            values[code] = predicate(texts.Text(code)) ? 1 : 0;
        }

        binding.Tables[table] = values;
    }
}

/// <summary>A text function of a text: codes into a table of the distinct results, ascending by bytes.</summary>
internal sealed unsafe class TextMap(int operand, int table, Func<string, string> function) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        frame.Slots[Target] = source with { Data = TextLookup.Gather(frame, source, frame.Binding.Tables[table]), Mask = -1 };
    }

    public override void Bind(Binding binding)
    {
        var texts = binding.Texts[operand]!;
        var mapped = new string[texts.Count];
        for (var code = 0; code < mapped.Length; code++)
        {
            mapped[code] = function(texts.Text(code));
        }

        (binding.Texts[Target], binding.Tables[table]) = TextTables.Sort(mapped);
    }
}

/// <summary>Codes of a slot as codes into the union of several slots' tables, so that they can be compared or mixed.</summary>
internal sealed unsafe class Recode(int operand, int[] together, int table) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        frame.Slots[Target] = source with { Data = TextLookup.Gather(frame, source, frame.Binding.Tables[table]), Mask = -1 };
    }

    public override void Bind(Binding binding)
    {
        var union = TextTables.Union([.. together.Select(slot => binding.Texts[slot]!).Distinct()]);
        binding.Texts[Target] = union;
        binding.Tables[table] = TextTables.Codes(binding.Texts[operand]!, union);
    }
}
