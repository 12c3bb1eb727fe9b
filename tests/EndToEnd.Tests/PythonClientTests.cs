using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

/// <summary>The sample client and notebook against a service, compared with what the command line writes.</summary>
[Collection(TaxiWorld.Name)]
public sealed class PythonClientTests(TaxiWorld world) : IAsyncLifetime
{
    private const string Weeks = "2024-W40..2024-W52";
    private const string Entities = "8,1,5999,123456789,56";
    private readonly TempFolder _folder = new();
    private ServiceProcess? _service;

    private ServiceProcess Service => _service!;

    private string Server => new Uri(Service.Address).Authority;

    public async ValueTask InitializeAsync()
    {
        await PythonProcess.SkipUnlessCompleteAsync(TestContext.Current.CancellationToken);
        _service = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
    }

    public ValueTask DisposeAsync()
    {
        _service?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Vectors_are_those_that_the_command_line_prints()
    {
        var printed = await FeatureCtl.SucceedAsync(
            "get", "--server", Service.Address, "--view", "coupon_response", "--entities", Entities, "--weeks", Weeks, "--format", "csv");
        await File.WriteAllTextAsync(_folder["get.csv"], printed.Output, TestContext.Current.CancellationToken);
        await PythonProcess.CheckAsync("check_client.py", "vectors", Server, _folder["get.csv"], Entities, Weeks);
    }

    [Fact]
    public async Task A_backfill_has_every_row_of_the_dataset_also_when_it_goes_on_from_a_cursor()
    {
        await FeatureCtl.SucceedAsync(
            "dataset", "build", "--server", Service.Address, "--view", "coupon_response", "--weeks", Weeks, "--out", _folder["all.csv"]);
        await PythonProcess.CheckAsync("check_client.py", "backfill", Server, _folder["all.csv"], Weeks);
    }

    [Fact]
    public Task A_frame_has_the_values_of_the_arrays_and_misses_what_is_null() =>
        PythonProcess.CheckAsync("check_client.py", "frame", Server, Weeks);

    [Fact]
    public Task Minibatches_have_the_values_of_single_answers() => PythonProcess.CheckAsync("check_client.py", "stream", Server, Entities, Weeks);

    [Fact]
    public Task Errors_carry_places_reasons_and_deadlines() => PythonProcess.CheckAsync("check_client.py", "errors", Server);

    [Fact]
    public Task The_notebook_runs_and_its_training_set_is_what_the_command_line_writes() =>
        PythonProcess.CheckAsync("check_notebook.py", Server, Shell.Featurectl, _folder.Path);
}
