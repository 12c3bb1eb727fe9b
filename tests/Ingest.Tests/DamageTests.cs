using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class DamageTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _id;

    public DamageTests()
    {
        _folder.Write("e.csv", "user_id,at,x\n" + string.Concat(Enumerable.Range(0, 9000).Select(i => $"{i},2024-01-01,{i % 7}\n")));
        _id = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_changed_byte_anywhere_is_refused_naming_file_and_block()
    {
        foreach (var file in Directory.EnumerateFiles(_folder["out"], "*", SearchOption.AllDirectories).Where(IsOfSnapshot))
        {
            var bytes = File.ReadAllBytes(file);
            // Every byte of a manifest; of a segment enough to meet magic, metadata, buffers, padding, footer and each block.
            var step = file.EndsWith(".arrow", StringComparison.Ordinal) ? 997 : 1 + (bytes.Length / 500);
            for (var at = 0; at < bytes.Length; at += step)
            {
                bytes[at] ^= 0x04;
                File.WriteAllBytes(file, bytes);
                bytes[at] ^= 0x04;
                var error = Assert.Throws<SnapshotDamagedException>(Open);
                Assert.Equal(file, error.File);
                Assert.Contains(file, error.Message, StringComparison.Ordinal);
                if (file.EndsWith(".arrow", StringComparison.Ordinal))
                {
                    Assert.Equal(at / Checksums.BlockBytes * Checksums.BlockBytes, error.Offset);
                }
            }

            File.WriteAllBytes(file, bytes);
        }

        Open();
    }

    [Fact]
    public void Opening_reads_no_block_and_damage_is_found_by_the_slice_that_touches_it()
    {
        _folder.Write("e.csv", "user_id,at,x\n" + string.Concat(Enumerable.Range(0, 80_000).Select(i => $"{i},2024-01-01,a{i % 7}\n")));
        Builds.Build(_folder, Builds.Catalog("e.csv"), options => options with { SlicesPerPartition = 4 });
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        var segment = snapshot.Manifest.Segments[0];
        var path = Path.Combine(_folder["out"], segment.File);
        var bytes = File.ReadAllBytes(path);

        // In the middle of the last slice's events: no other slice has a part of the block.
        var at = segment.Times.Offset + ((segment.SliceEventStarts[3] + (long)segment.SliceEventStarts[4]) / 2 * sizeof(long));
        bytes[at] ^= 0x04;
        File.WriteAllBytes(path, bytes);
        using var damaged = MappedSnapshot.Open(_folder["out"]);
        for (var slice = 0; slice < 3; slice++)
        {
            Assert.Equal(damaged.EntityCount(new SliceId(0, slice)), damaged.Slice(new SliceId(0, slice)).EntityCount);
        }

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = Assert.Throws<SnapshotDamagedException>(() => damaged.Slice(new SliceId(0, 3)));
            Assert.Equal((path, at / Checksums.BlockBytes * Checksums.BlockBytes), (error.File, error.Offset));
        }
    }

    [Fact]
    public void A_changed_byte_of_the_name_of_the_current_snapshot_is_refused()
    {
        var file = ManifestFiles.CurrentPath(_folder["out"]);
        var bytes = File.ReadAllBytes(file);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 0x04;
            File.WriteAllBytes(file, bytes);
            bytes[at] ^= 0x04;
            var error = Record.Exception(Open);
            Assert.True(error is SnapshotDamagedException or SnapshotNotFoundException, $"byte {at}: {error}");
            Assert.Contains(_folder["out"], error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_is_cut_or_gone_is_refused_naming_where_it_ends()
    {
        var segment = Directory.GetFiles(_folder["out"], "*.arrow", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(segment);
        File.WriteAllBytes(segment, bytes[..70_000]);
        Assert.Equal(70_000, Assert.Throws<SnapshotDamagedException>(Open).Offset);
        File.Delete(segment);
        Assert.Equal(segment, Assert.Throws<SnapshotDamagedException>(Open).File);
        var manifest = ManifestFiles.SnapshotPath(_folder["out"], _id);
        File.WriteAllBytes(manifest, File.ReadAllBytes(manifest)[..^20]);
        Assert.Equal(manifest, Assert.Throws<SnapshotDamagedException>(Open).File);
        File.Delete(manifest);
        Assert.Contains($"no snapshot {_id} in {_folder["out"]}", Assert.Throws<SnapshotNotFoundException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_snapshot_is_told_with_what_was_expected()
    {
        Assert.Contains("no such folder", Assert.Throws<SnapshotNotFoundException>(() => MappedSnapshot.Open(_folder["none"])).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("holds no snapshot: expected", Assert.Throws<SnapshotNotFoundException>(() => MappedSnapshot.Open(_folder["empty"])).Message, StringComparison.Ordinal);
        Assert.Contains("is no snapshot id", Assert.Throws<SnapshotNotFoundException>(() => MappedSnapshot.Open(_folder["out"], "../x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_of_a_newer_format_is_refused()
    {
        var newer = ManifestFiles.Read(_folder["out"], _id) with { FormatVersion = SnapshotManifest.FormatVersionNewest + 1 };
        File.WriteAllBytes(ManifestFiles.SnapshotPath(_folder["out"], _id), ManifestFiles.Format(newer));
        Assert.Contains("this program reads versions 1 to 1", Assert.Throws<SnapshotNotFoundException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slice_stays_readable_after_the_snapshot_is_disposed_of_and_its_files_are_gone()
    {
        var snapshot = MappedSnapshot.Open(_folder["out"]);
        var slice = snapshot.Slice(default);
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => snapshot.Slice(default));
        snapshot = null;
        Directory.Delete(_folder["out"], recursive: true);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(9000, slice.Source(0).Times.ToArray().Length);
        Assert.Equal(8999, slice.Keys[slice.EntityCount - 1].Number);
        GC.KeepAlive(slice);
    }

    [Fact]
    public void A_slice_that_the_snapshot_does_not_have_is_refused()
    {
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.Slice(new SliceId(1, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.EntityCount(new SliceId(0, 1)));
    }

    private static bool IsOfSnapshot(string file) => Path.GetFileName(file) is not (".lock" or "manifest.json");

    private void Open()
    {
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        snapshot.Verify();
        GC.KeepAlive(snapshot.Slice(default));
    }
}
