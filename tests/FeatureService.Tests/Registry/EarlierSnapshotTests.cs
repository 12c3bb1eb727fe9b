using FeatureService.Engine.Snapshots;
using FeatureService.Registry;
using FeatureService.Testing;

namespace FeatureService.Tests.Registry;

/// <summary>Snapshots that a folder has beside its current one.</summary>
public sealed class EarlierSnapshotTests : IDisposable
{
    /// <summary>Sixteen, each placed in another way, so that their ids differ.</summary>
    private static readonly ISnapshot[] s_all = [.. Enumerable.Range(0, 16).Select(i =>
        new MemorySnapshot(Catalogs.Taxi("UTC"), new Core.Keys.Placement(1 << (i / 4), 1 << (i % 4)), [[], []]))];

    private readonly Folders _folders = new();
    private readonly SnapshotRegistry _registry;

    public EarlierSnapshotTests() => _registry = new SnapshotRegistry(
        [Served("north", s_all[0]), Served("south", s_all[1]) with { Previous = s_all[2] }], _folders);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void An_id_is_found_in_its_folder_with_and_without_the_folders_name()
    {
        _folders.Has.Add(("south", s_all[3].Id));

        Assert.Same(s_all[3], _registry.Resolve("", s_all[3].Id));
        Assert.Equal(("south", s_all[3]), _registry.Find("south", s_all[3].Id));
        Assert.Equal(("south", s_all[3]), _registry.Find("", s_all[3].Id));
        Assert.Equal("SNAPSHOT_GONE", Assert.Throws<RequestException>(() => _registry.Resolve("north", s_all[3].Id)).Reason);
        Assert.Equal("SNAPSHOT_GONE", Assert.Throws<RequestException>(() => _registry.Resolve("", s_all[4].Id)).Reason);
        Assert.Equal(s_all[..4], _registry.Open);
    }

    [Fact]
    public void What_is_served_is_not_opened_again_and_an_earlier_one_once()
    {
        _folders.Has.UnionWith([("north", s_all[0].Id), ("south", s_all[2].Id), ("south", s_all[3].Id)]);
        for (var i = 0; i < 3; i++)
        {
            Assert.All(s_all[..4], snapshot => Assert.Same(snapshot, _registry.Resolve("", snapshot.Id)));
        }

        Assert.Equal([("south", s_all[3].Id)], _folders.Opened);
    }

    [Fact]
    public void Few_earlier_ones_stay_open()
    {
        _folders.Has.UnionWith(s_all[3..].Select(snapshot => ("north", snapshot.Id)));
        Assert.All(s_all[3..], snapshot => Assert.Same(snapshot, _registry.Resolve("", snapshot.Id)));

        Assert.Equal(3 + 4, _registry.Open.Count());
        Assert.Same(s_all[3], _registry.Resolve("", s_all[3].Id));
        Assert.Equal(14, _folders.Opened.Count);
    }

    private static ServedSnapshot Served(string name, ISnapshot snapshot) => new(name, name, snapshot, DateTimeOffset.UnixEpoch);

    private sealed class Folders : ISnapshotOpener
    {
        public HashSet<(string Directory, string Id)> Has { get; } = [];

        public List<(string Directory, string Id)> Opened { get; } = [];

        public string CurrentId(string directory) => throw new InvalidOperationException("nobody asks");

        public ISnapshot Open(string directory, string id)
        {
            if (!Has.Contains((directory, id)))
            {
                throw new SnapshotNotFoundException($"no {id} in {directory}");
            }

            Opened.Add((directory, id));
            return s_all.Single(snapshot => snapshot.Id == id);
        }
    }
}
