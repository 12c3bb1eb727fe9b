using System.CommandLine;
using FeatureService.Cli.Inspection;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Cli;

/// <summary><c>featurectl snapshot inspect</c>: what a snapshot holds, by its manifest alone.</summary>
internal static class SnapshotInspectCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var snapshot = new Option<string>("--snapshot") { Description = "The snapshot's folder.", HelpName = "DIR", Required = true };
        var id = new Option<string>("--id") { Description = "The snapshot's id; default the folder's current one.", HelpName = "ID" };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("inspect", "Show a snapshot: id, catalog, counts, partitions, bytes, completeness.") { snapshot, id, json };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(snapshot);
            var manifest = ManifestFiles.Read(folder, parsed.GetValue(id) ?? ManifestFiles.ReadCurrent(folder));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                SnapshotJson.Print(folder, manifest, output);
            }
            else
            {
                SnapshotText.Print(folder, manifest, output);
            }

            return (int)CommandLine.ExitCode.Done;
        });
        return command;
    }
}
