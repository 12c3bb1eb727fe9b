using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FeatureService.Engine.Definitions.Yaml;

/// <summary>Reads a YAML file of one document into nodes that know their places.</summary>
internal sealed class YamlReader
{
    private const int DepthMax = 16;

    private readonly Parser _parser;
    private int _open;

    private YamlReader(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>Reads a file; what YAML cannot read is reported as one error.</summary>
    /// <param name="source">The file.</param>
    /// <returns>The document's root; null where an error was reported.</returns>
    public static YamlNode? Read(SourceText source)
    {
        var control = source.Text.AsSpan().IndexOf('\0');
        if (control >= 0)
        {
            source.Report(control, "the file is no text: it holds a character U+0000");
            return null;
        }

        var reader = new YamlReader(source.Text);
        try
        {
            return reader.Document();
        }
        catch (FormException error)
        {
            source.Report(error.Index, error.Message);
        }
        catch (YamlException error)
        {
            var at = (int)Math.Clamp(error.Start.Index, 0, source.Text.Length);
            source.Report(at, YamlErrors.Describe(source.Text, at, error.Message));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this where a bracket or brace is not closed.
            source.Report(reader._open, YamlErrors.Describe(source.Text, reader._open, "the bracket or brace is not closed"));
        }

        return null;
    }

    private YamlNode Document()
    {
        Take<StreamStart>();
        if (Current is StreamEnd)
        {
            throw Error(Current, "the file is empty: expected a mapping");
        }

        Take<DocumentStart>();
        var root = Node(1);
        Take<DocumentEnd>();
        return Current is StreamEnd ? root : throw Error(Current, "a second document starts: expected one document in the file");
    }

    private ParsingEvent Current
    {
        get
        {
            if (_parser.Current is null)
            {
                _parser.MoveNext();
            }

            return _parser.Current!;
        }
    }

    private T Take<T>()
        where T : ParsingEvent
    {
        var taken = (T)Current;
        _parser.MoveNext();
        return taken;
    }

    private YamlNode Node(int depth)
    {
        if (Current is AnchorAlias || Current is NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false })
        {
            throw Error(Current, "anchors, aliases and tags of YAML are not supported here: expected the value itself");
        }

        if (depth > DepthMax)
        {
            throw Error(Current, $"the file is nested too deep: expected at most {DepthMax} levels");
        }

        return Current switch
        {
            MappingStart => Mapping(depth),
            SequenceStart => Sequence(depth),
            _ => Scalar(),
        };
    }

    private YamlScalar Scalar()
    {
        var scalar = Take<Scalar>();
        return new YamlScalar((int)scalar.Start.Index, (int)scalar.End.Index, scalar.Value, scalar.Style);
    }

    private YamlMapping Mapping(int depth)
    {
        var outer = _open;
        var start = _open = (int)Current.Start.Index;
        Take<MappingStart>();
        var entries = new List<(YamlScalar, YamlNode)>();
        while (Current is not MappingEnd)
        {
            var key = Node(depth + 1);
            entries.Add(key is YamlScalar text
                ? (text, Node(depth + 1))
                : throw new FormException(key.Start, $"a key is {key.Kind}: expected a text"));
        }

        Take<MappingEnd>();
        _open = outer;
        return new YamlMapping(start, entries);
    }

    private YamlSequence Sequence(int depth)
    {
        var outer = _open;
        var start = _open = (int)Current.Start.Index;
        Take<SequenceStart>();
        var items = new List<YamlNode>();
        while (Current is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
        }

        Take<SequenceEnd>();
        _open = outer;
        return new YamlSequence(start, items);
    }

    private static FormException Error(ParsingEvent at, string message) => new((int)at.Start.Index, message);

    /// <summary>The file is YAML, but not of the kind that catalogs and views are.</summary>
    private sealed class FormException(int index, string message) : Exception(message)
    {
        public int Index => index;
    }
}
