using System.Runtime.InteropServices;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using ParquetSharp;
using ParquetSharp.IO;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Sinks.Parquet;

/// <summary>Writes batches as row groups, through the physical column writers: spans in, no value boxed.</summary>
internal sealed class ParquetPartWriter : IPartWriter
{
    private readonly IReadOnlyList<DatasetColumn> _columns;
    private readonly FailureKeepingStream _stream;
    private readonly ManagedOutputStream _output;
    private readonly WriterProperties _properties;
    private readonly ParquetFileWriter _writer;
    private readonly NullableRun _run = new();
    private readonly DecodeBuffer _buffer = new();
    private ByteArray[] _texts = [];

    /// <summary>Starts a file.</summary>
    /// <param name="output">Where it is written; it stays open.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="compression">How column chunks are compressed.</param>
    public ParquetPartWriter(Stream output, IReadOnlyList<DatasetColumn> columns, ParquetCompression compression)
    {
        _columns = columns;
        _stream = new FailureKeepingStream(output);
        _output = new ManagedOutputStream(_stream, leaveOpen: true);
        _properties = ParquetSchema.Properties(columns, compression);
        using var schema = ParquetSchema.Create(columns);
        _writer = _stream.Run(() => new ParquetFileWriter(_output, schema, _properties));
    }

    /// <inheritdoc/>
    public void Write(FeatureBatch batch) => _stream.Run(() => WriteGroup(batch));

    /// <inheritdoc/>
    public void Complete() => _stream.Run(_writer.Close);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _properties.Dispose();
        _output.Dispose();
    }

    private void WriteGroup(FeatureBatch batch)
    {
        using var group = _writer.AppendRowGroup();
        for (var i = 0; i < _columns.Count; i++)
        {
            using var writer = group.NextColumn();
            foreach (var chunk in batch.Chunks(i))
            {
                WriteRun(writer, _columns[i], chunk.Decode(_buffer));
            }
        }
    }

    private void WriteRun(ColumnWriter writer, DatasetColumn column, Column run)
    {
        switch (column.Type)
        {
            case ColumnType.Bool:
                WriteValues((ColumnWriter<bool>)writer, column, run, MemoryMarshal.Cast<byte, bool>(run.Values<byte>()));
                break;
            case ColumnType.Int64 or ColumnType.Timestamp:
                WriteValues((ColumnWriter<long>)writer, column, run, run.Values<long>());
                break;
            case ColumnType.Date:
                WriteValues((ColumnWriter<int>)writer, column, run, run.Values<int>());
                break;
            case ColumnType.Float64:
                WriteValues((ColumnWriter<double>)writer, column, run, run.Values<double>());
                break;
            case ColumnType.Float32:
                WriteValues((ColumnWriter<float>)writer, column, run, run.Values<float>());
                break;
            case ColumnType.String:
                WriteTexts((ColumnWriter<ByteArray>)writer, column, run);
                break;
            default:
                throw new InvalidOperationException($"column {column.Name}: {column.Type} has no form in Parquet");
        }
    }

    private void WriteTexts(ColumnWriter<ByteArray> writer, DatasetColumn column, Column run)
    {
        using var pin = run.Data.Pin();
        if (_texts.Length < run.Length)
        {
            _texts = new ByteArray[run.Length];
        }

        var offsets = MemoryMarshal.Cast<byte, int>(run.Offsets.Span);
        nint start;
        unsafe
        {
            start = (nint)pin.Pointer;
        }

        for (var i = 0; i < run.Length; i++)
        {
            _texts[i] = new ByteArray(start + offsets[i], offsets[i + 1] - offsets[i]);
        }

        WriteValues(writer, column, run, _texts.AsSpan(0, run.Length));
    }

    private void WriteValues<T>(ColumnWriter<T> writer, DatasetColumn column, Column run, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!column.Nullable)
        {
            if (run.NullCount > 0)
            {
                throw new InvalidDataException($"column {column.Name} has nulls, which an entity, week or status never has");
            }

            writer.WriteBatch(values);
            return;
        }

        var levels = _run.Levels(run);
        writer.WriteBatch(run.Length, levels, default, run.NullCount == 0 ? values : _run.Compact(run, values));
    }
}
