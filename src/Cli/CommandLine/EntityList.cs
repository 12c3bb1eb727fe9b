using System.Globalization;
using System.Text;
using FeatureService.Core.Keys;

namespace FeatureService.Cli.CommandLine;

/// <summary>Keys of entities as a flag or a file names them; their type is that of the snapshot.</summary>
internal sealed class EntityList
{
    private const int ErrorsMax = 10;

    private readonly string _source;
    private readonly IReadOnlyList<string> _keys;
    private readonly IReadOnlyList<int>? _lines;

    private EntityList(string source, IReadOnlyList<string> keys, IReadOnlyList<int>? lines)
    {
        _source = source;
        _keys = keys;
        _lines = lines;
    }

    /// <summary>Keys of <c>--entities</c>.</summary>
    /// <param name="text">Keys with commas between.</param>
    public static EntityList OfText(string text) => new("--entities", text.Split(','), null);

    /// <summary>The key of <c>--entity</c>, just as it is.</summary>
    /// <param name="text">The key.</param>
    public static EntityList OfKey(string text) => new("--entity", [text], null);

    /// <summary>Keys of <c>--entities-file</c>: UTF-8, one a line, just as they stand there; empty lines are none.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CliException">The file cannot be read, is no UTF-8 or names no entity.</exception>
    public static EntityList OfFile(string path)
    {
        var (keys, lines) = (new List<string>(), new List<int>());
        foreach (var (index, line) in ReadLines(path).Index())
        {
            if (line.Length > 0)
            {
                keys.Add(line);
                lines.Add(index + 1);
            }
        }

        return keys.Count > 0 ? new EntityList(path, keys, lines) : throw CliException.BadInput($"{path}: names no entity: expected keys, one a line");
    }

    /// <summary>The keys in their order.</summary>
    /// <param name="type">The type that the snapshot's entities have.</param>
    /// <exception cref="CliException">Keys have another type, or stand twice in a file.</exception>
    public IReadOnlyList<EntityKey> KeysOf(EntityKeyType type)
    {
        var keys = new List<EntityKey>(_keys.Count);
        var errors = new List<string>();
        var first = new Dictionary<EntityKey, int>();
        for (var i = 0; i < _keys.Count && errors.Count < ErrorsMax; i++)
        {
            if (_keys[i].Length == 0 || !EntityKey.TryParse(_keys[i], type, out var key))
            {
                errors.Add($"{Place(i)}: '{_keys[i]}' is no {(type == EntityKeyType.Int64 ? "integer, which this snapshot's entities are" : "key")}");
            }
            else if (!first.TryAdd(key, i))
            {
                errors.Add($"{Place(i)}: '{_keys[i]}' is named twice{(_lines is null ? "" : $": the first is in line {_lines[first[key]]}")}");
            }
            else
            {
                keys.Add(key);
            }
        }

        return errors.Count == 0 ? keys : throw CliException.BadInput(string.Join('\n', errors));
    }

    private string Place(int index) =>
        _lines is null ? _source : string.Create(CultureInfo.InvariantCulture, $"{_source}:{_lines[index]}");

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            throw CliException.BadInput($"{path}: is no UTF-8: expected keys, one a line");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadInput($"{path}: {error.Message}");
        }
    }
}
