using System.CommandLine;
using System.Globalization;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;

namespace FeatureService.Cli;

/// <summary><c>featurectl demo</c>: five years of a taxi app, from events to a training dataset.</summary>
internal static class DemoCommand
{
    private const int UsersMax = 1_000_000;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var folder = new Option<string>("--out")
        {
            Description = "Folder for events, snapshot and dataset; new, empty, or that of an earlier demo.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "featurectl-demo",
        };
        var users = new Option<int>("--users")
        {
            Description = "Users of the taxi app, from 1 to 1,000,000.",
            HelpName = "N",
            DefaultValueFactory = _ => 10_000,
        };
        var command = new Command("demo", "Generate a taxi app's events, build a snapshot, and make a training dataset through two services.")
        {
            folder, users,
        };
        command.SetAction((parsed, cancellation) => new Demonstration(
            new DemoFolder(parsed.GetRequiredValue(folder)),
            Checked(parsed.GetValue(users)),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error).RunAsync(cancellation));
        return command;
    }

    private static int Checked(int users) => users is >= 1 and <= UsersMax
        ? users
        : throw CliException.BadInput(string.Create(CultureInfo.InvariantCulture, $"--users {users}: expected a number from 1 to {UsersMax}"));
}
