using System.Collections.Immutable;
using System.Text;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>One file of a source.</summary>
internal abstract class InputFile
{
    private readonly Lazy<ImmutableArray<InputColumn>> _columns;

    /// <summary>A file.</summary>
    /// <param name="path">Where it is, and what its folders say.</param>
    protected InputFile(InputPath path)
    {
        Path = path.Path;
        _columns = new(() => [.. OwnColumns, .. path.FolderValues.Where(value => OwnIndexOf(value.Name) < 0).Select(value => new InputColumn(value.Name, InputKind.Untyped, "text"))]);
        FolderValues = path.FolderValues;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>What folders named <c>column=value</c> say of every row; a column that the file itself has goes before.</summary>
    public ImmutableArray<FolderValue> FolderValues { get; }

    /// <summary>The columns in the file itself.</summary>
    public abstract ImmutableArray<InputColumn> OwnColumns { get; }

    /// <summary>The file's columns, those of its folders last.</summary>
    public ImmutableArray<InputColumn> Columns => _columns.Value;

    /// <summary>Reads the file, one block after the other; each is decoded on any thread, once.</summary>
    /// <param name="schema">The source.</param>
    public abstract IEnumerable<InputBlock> Blocks(SourceSchema schema);

    /// <summary>Shows all values of columns of text to the inferences of their types.</summary>
    /// <param name="types">The columns wanted; others are left out.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public void AddTypes(IReadOnlyDictionary<string, TypeInference> types, CancellationToken cancellation)
    {
        foreach (var value in FolderValues)
        {
            if (OwnIndexOf(value.Name) < 0 && value.Text is { Length: > 0 } text && types.TryGetValue(value.Name, out var type))
            {
                type.Add(Encoding.UTF8.GetBytes(text));
            }
        }

        AddOwnTypes(types, cancellation);
    }

    /// <summary>Index of a column by its exact name; -1 where there is none.</summary>
    public int IndexOf(string name) => IndexOf(Columns, name);

    /// <summary>Index of a column of the file itself by its exact name; -1 where there is none.</summary>
    public int OwnIndexOf(string name) => IndexOf(OwnColumns, name);

    /// <summary>Shows the values in the file itself; does nothing where its columns have types.</summary>
    protected virtual void AddOwnTypes(IReadOnlyDictionary<string, TypeInference> types, CancellationToken cancellation)
    {
    }

    private static int IndexOf(ImmutableArray<InputColumn> columns, string name)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>Where a file is.</summary>
/// <param name="Path">Full path.</param>
/// <param name="FolderValues">What folders named <c>column=value</c> say.</param>
internal sealed record InputPath(string Path, ImmutableArray<FolderValue> FolderValues);

/// <summary>One column by a folder's name.</summary>
/// <param name="Name">The column.</param>
/// <param name="Text">The value of every row; null where the folder stands for null.</param>
internal sealed record FolderValue(string Name, string? Text);
