using System.Text.Json;
using System.Text.Json.Nodes;
using FeatureService.Client.Datasets;
using FeatureService.Client.Tests.Fake;
using FeatureService.Testing;

namespace FeatureService.Client.Tests;

/// <summary>What is read of files that leave out what they may.</summary>
public sealed class DatasetJsonTests
{
    [Fact]
    public async Task A_manifest_without_what_may_be_left_out_has_none_of_it_and_not_null()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var whole = (await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat())).Manifest;
        var json = JsonNode.Parse(File.ReadAllText(folder["set/_manifest.json"]))!.AsObject();
        foreach (var name in (string[])["columnHashes", "parts", "reuse", "estimate"])
        {
            json.Remove(name);
        }

        File.WriteAllText(folder["less.json"], json.ToJsonString());
        var less = DatasetManifest.Read(folder["less.json"]);

        Assert.Empty(less.ColumnHashes);
        Assert.Empty(less.Parts);
        Assert.Null(less.Reuse);
        Assert.Null(less.Estimate);
        Assert.Equal((whole.ContentHash, whole.Rows, whole.ViewVersion), (less.ContentHash, less.Rows, less.ViewVersion));
    }

    [Fact]
    public async Task A_manifest_without_what_it_must_have_says_what_is_missing()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await DatasetBuilds.RunAsync(service, folder["set"], new CsvFormat());
        var json = JsonNode.Parse(File.ReadAllText(folder["set/_manifest.json"]))!.AsObject();
        json.Remove("contentHash");
        File.WriteAllText(folder["less.json"], json.ToJsonString());

        var error = Assert.Throws<DatasetException>(() => DatasetManifest.Read(folder["less.json"]));

        Assert.Contains("contentHash", error.Message, StringComparison.Ordinal);
        Assert.IsType<JsonException>(error.InnerException);
    }
}
