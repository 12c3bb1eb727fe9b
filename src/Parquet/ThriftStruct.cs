namespace FeatureService.Parquet;

/// <summary>Types of values in Thrift's compact protocol, by the numbers of fields' headers.</summary>
internal enum ThriftType : byte
{
    /// <summary>True, in the header itself.</summary>
    True = 1,

    /// <summary>False, in the header itself.</summary>
    False = 2,

    /// <summary>One byte.</summary>
    Byte = 3,

    /// <summary>A 16-bit integer.</summary>
    Int16 = 4,

    /// <summary>A 32-bit integer.</summary>
    Int32 = 5,

    /// <summary>A 64-bit integer.</summary>
    Int64 = 6,

    /// <summary>Eight bytes.</summary>
    Double = 7,

    /// <summary>Bytes or text.</summary>
    Binary = 8,

    /// <summary>A list.</summary>
    List = 9,

    /// <summary>A set, in the form of a list.</summary>
    Set = 10,

    /// <summary>A struct.</summary>
    Struct = 12,
}

/// <summary>One field: integers are <see cref="long"/>, doubles and binaries <see cref="byte"/> arrays.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value.</param>
internal sealed record ThriftField(short Id, ThriftType Type, object Value);

/// <summary>A list of values of one type.</summary>
/// <param name="Element">The type.</param>
/// <param name="Values">The values.</param>
internal sealed record ThriftList(ThriftType Element, List<object> Values);

/// <summary>A struct as it was read: every field, also those that are not known here.</summary>
internal sealed class ThriftStruct
{
    /// <summary>The fields in the order read.</summary>
    public List<ThriftField> Fields { get; } = [];

    /// <summary>A field's value; null where it is not set.</summary>
    /// <param name="id">Its number.</param>
    public object? this[short id] => Fields.Find(f => f.Id == id)?.Value;

    /// <summary>Replaces the value of a field that is set; one that is not stays so.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="change">From the old value to the new one.</param>
    public void Change(short id, Func<long, long> change)
    {
        var index = Fields.FindIndex(f => f.Id == id);
        if (index >= 0)
        {
            Fields[index] = Fields[index] with { Value = change((long)Fields[index].Value) };
        }
    }

    /// <summary>Replaces the value of a field that is set.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="value">The new value, of the field's type.</param>
    public void Replace(short id, object value)
    {
        var index = Fields.FindIndex(f => f.Id == id);
        Fields[index] = Fields[index] with { Value = value };
    }

    /// <summary>The same fields; changes of one leave the other as it is.</summary>
    public ThriftStruct Copy()
    {
        var copy = new ThriftStruct();
        copy.Fields.AddRange(Fields);
        return copy;
    }
}
