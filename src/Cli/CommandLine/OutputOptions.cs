using System.CommandLine;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Parquet;
using FeatureService.Sinks.Arrow;
using FeatureService.Sinks.Parquet;

namespace FeatureService.Cli.CommandLine;

/// <summary>Where a dataset goes: <c>--out</c>, <c>--format</c>, <c>--compression</c>, <c>--resume</c>, <c>--overwrite</c>, <c>--reuse</c>.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> _out = new("--out")
    {
        Description = "A folder, or a file ending in .parquet, .arrow or .csv.",
        HelpName = "PATH",
        Required = true,
    };

    private readonly Option<string> _format = new("--format") { Description = "parquet, arrow or csv. Default: as --out ends, else parquet." };
    private readonly Option<string> _compression = new("--compression") { Description = "Of Parquet: zstd, snappy or none. Default: zstd." };
    private readonly Option<bool> _resume = new("--resume") { Description = "Keep what an earlier run has finished, and do what is missing." };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace what is there." };

    private readonly Option<string> _reuse = new("--reuse")
    {
        Description = "A finished Parquet dataset of the same snapshot, weeks, rows and compression: columns whose definitions have not changed are taken from it, byte for byte.",
        HelpName = "PREVIOUS",
    };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        _format.AcceptOnlyFromAmong("parquet", "arrow", "csv");
        _compression.AcceptOnlyFromAmong("zstd", "snappy", "none");
        command.Options.Add(_out);
        command.Options.Add(_format);
        command.Options.Add(_compression);
        command.Options.Add(_resume);
        command.Options.Add(_overwrite);
        command.Options.Add(_reuse);
        _reuse.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
            {
                result.AddError("--reuse is empty: expected a finished dataset, a folder or a file");
            }
        });
        _out.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
            {
                result.AddError("--out is empty: expected a folder, or a file ending in .parquet, .arrow or .csv");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_resume) && result.GetValue(_overwrite))
            {
                result.AddError("expected at most one of --resume and --overwrite");
            }
        });
    }

    /// <summary>The dataset to build.</summary>
    /// <exception cref="CliException">The options contradict each other.</exception>
    public DatasetBuildOptions Read(ParseResult parsed, FeatureQuery query)
    {
        var path = parsed.GetRequiredValue(_out);
        var ending = Path.GetExtension(path) switch
        {
            ".parquet" => "parquet",
            ".csv" => "csv",
            ".arrow" => "arrow",
            _ => null,
        };
        var format = parsed.GetValue(_format) ?? ending ?? "parquet";
        if (ending is not null && format != ending)
        {
            throw CliException.BadInput($"--format {format} contradicts --out {path}: leave --format out, or name a folder");
        }

        return new DatasetBuildOptions
        {
            Query = query,
            Path = path,
            Format = Format(format, parsed.GetValue(_compression)),
            SingleFile = ending is not null,
            Existing = parsed.GetValue(_resume) ? ExistingOutput.Resume
                : parsed.GetValue(_overwrite) ? ExistingOutput.Overwrite : ExistingOutput.Refuse,
            Reuse = parsed.GetValue(_reuse),
        };
    }

    private static IDatasetFormat Format(string format, string? compression)
    {
        if (format != "parquet")
        {
            IDatasetFormat plain = format == "csv" ? new CsvFormat() : new ArrowFormat();
            return compression is null ? plain : throw CliException.BadInput($"--compression is for Parquet, not for {format}");
        }

        return new ParquetFormat(compression switch
        {
            "snappy" => ParquetCompression.Snappy,
            "none" => ParquetCompression.None,
            _ => ParquetCompression.Zstd,
        });
    }
}
