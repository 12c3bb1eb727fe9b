using System.IO.Compression;
using System.Text;
using FeatureService.Testing;
using ZstdSharp;

namespace FeatureService.Ingest.Tests;

/// <summary>Compressed files, and folders that name columns.</summary>
public sealed class InputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_gzip_file_that_was_cut_anywhere_is_refused()
    {
        var whole = Gzip(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i},2024-01-01,{i * 7919 % 1000}\n").Prepend("user_id,at,x\n")));
        for (var bytes = 1; bytes < whole.Length; bytes += bytes > whole.Length - 40 ? 1 : 37)
        {
            File.WriteAllBytes(_folder["e.csv.gz"], whole[..bytes]);
            Assert.Contains("e.csv.gz: cannot read it", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv.gz"))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_gzip_file_of_many_members_is_read_to_its_end()
    {
        File.WriteAllBytes(_folder["e.csv.gz"], [.. Gzip("user_id,at,x\n1,2024-01-01,1\n"), .. Gzip(""), .. Gzip("2,2024-01-01,2\n")]);
        Assert.Equal(2, Builds.Build(_folder, Builds.Catalog("e.csv.gz")).EventCount);
    }

    [Theory]
    [InlineData("e.csv", "user_id,at,x\n1,2024-01-01,5\n")]
    [InlineData("e.ndjson", "{\"user_id\":1,\"at\":\"2024-01-01\",\"x\":5}\n")]
    public void Compressed_files_read_as_plain_ones(string name, string text)
    {
        _folder.Write(name, text);
        var expected = Builds.Build(_folder, Builds.Catalog(name)).SnapshotId;
        Compress(name + ".gz", text, stream => new GZipStream(stream, CompressionLevel.Fastest));
        Compress(name + ".zst", text, stream => new CompressionStream(stream, leaveOpen: true));
        Assert.Equal(expected, Builds.Build(_folder, Builds.Catalog(name + ".gz")).SnapshotId);
        Assert.Equal(expected, Builds.Build(_folder, Builds.Catalog(name + ".zst")).SnapshotId);
    }

    [Fact]
    public void Damaged_and_cut_compressed_files_are_told_with_their_names()
    {
        var text = "user_id,at,x\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},2024-01-01,{i * 7919}\n"));
        Compress("e.csv.zst", text, stream => new CompressionStream(stream, leaveOpen: true));
        var good = File.ReadAllBytes(_folder["e.csv.zst"]);
        File.WriteAllBytes(_folder["e.csv.zst"], good[..(good.Length / 2)]);
        Assert.StartsWith($"{_folder["e.csv.zst"]}: cannot read it: ", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv.zst"))), StringComparison.Ordinal);
        File.WriteAllText(_folder["e.csv.zst"], text);
        Assert.StartsWith($"{_folder["e.csv.zst"]}: cannot read it: ", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv.zst"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_name_columns_give_their_values_to_every_row()
    {
        _folder.Write("d/at=2024-01-01/region=n%2Fw/a.csv", "user_id,x\n1,10\n");
        _folder.Write("d/at=2024-01-02/region=__HIVE_DEFAULT_PARTITION__/b.csv", "user_id,x\n1,20\n2,30\n");
        Builds.Build(_folder, Builds.Catalog("'d/*/*/*.csv'"));
        Assert.Equal("x int64, at date, region string", Builds.Columns(_folder));
        _folder.Write("flat.csv", "user_id,x,at,region\n1,10,2024-01-01,n/w\n1,20,2024-01-02,\n2,30,2024-01-02,\n");
        var lines = Builds.Lines(_folder);
        Builds.Build(_folder, Builds.Catalog("flat.csv"));
        Assert.Equal(Builds.Lines(_folder), lines);
    }

    [Fact]
    public void Folders_work_for_Parquet_NDJSON_and_the_entity_and_the_files_own_column_goes_before()
    {
        _folder.Write("d/user_id=7/x=1/a.ndjson", "{\"at\":\"2024-01-01\",\"x\":5}\n");
        using (var writer = new ParquetSharp.ParquetFileWriter(_folder["p.parquet"], [new ParquetSharp.Column<string>("at")]))
        {
            using var group = writer.AppendRowGroup();
            using (var column = group.NextColumn().LogicalWriter<string>())
            {
                column.WriteBatch(["2024-01-02"]);
            }

            writer.Close();
        }

        Directory.CreateDirectory(_folder["d/user_id=8/x=2"]);
        File.Move(_folder["p.parquet"], _folder["d/user_id=8/x=2/b.parquet"]);
        Builds.Build(_folder, Builds.Catalog("'d/**/*'", "columns: {x: int64, at: timestamp}"));
        Assert.Equal(["7 5", "8 2"], Rows());
    }

    [Fact]
    public void A_folders_value_that_does_not_read_as_its_type_is_a_bad_row()
    {
        _folder.Write("d/x=ten/a.csv", "user_id,at\n1,2024-01-01\n");
        Assert.Equal(
            $"{_folder["d/x=ten/a.csv"]}:2: 'ten' in column x: expected int64",
            Builds.Refused(_folder, Builds.Catalog("'d/*/a.csv'", "columns: {x: int64, at: date}"))[1]);
    }

    private List<string> Rows()
    {
        using var snapshot = Engine.Snapshots.MappedSnapshot.Open(_folder["out"]);
        var slice = snapshot.Slice(default);
        var events = slice.Source(0);
        var rows = new List<string>();
        for (var entity = 0; entity < slice.Keys.Count; entity++)
        {
            for (var e = events.Offsets[entity]; e < events.Offsets[entity + 1]; e++)
            {
                rows.Add($"{slice.Keys[entity]} {events.Column(0).Values<long>()[e]}");
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private void Compress(string name, string text, Func<Stream, Stream> compressor)
    {
        using var file = File.Create(_folder[name]);
        using var stream = compressor(file);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static byte[] Gzip(string text)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }
}
