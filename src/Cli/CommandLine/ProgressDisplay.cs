using Spectre.Console;

namespace FeatureService.Cli.CommandLine;

/// <summary>How far a long command is.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="Text">Figures in words, such as <c>12 of 93 shards, 1,234,567 rows</c>.</param>
internal readonly record struct ProgressUpdate(double Fraction, string Text);

/// <summary>Shows progress on stderr: a bar on a terminal, else a plain line every few seconds.</summary>
internal static class ProgressDisplay
{
    /// <summary>Between two plain lines.</summary>
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    /// <summary>Runs work that reports its progress; reports may come from any thread.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="title">What is being done, such as <c>building</c>.</param>
    /// <param name="error">The command's stderr; a bar is shown only where it is the process's own and a terminal.</param>
    /// <param name="work">The work.</param>
    public static Task<T> RunAsync<T>(string title, TextWriter error, Func<IProgress<ProgressUpdate>, Task<T>> work) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected
            ? RunWithBarAsync(title, work)
            : work(new LineProgress(title, error, TimeProvider.System, LineInterval));

    private static Task<T> RunWithBarAsync<T>(string title, Func<IProgress<ProgressUpdate>, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                var result = await work(new BarProgress(title, task)).ConfigureAwait(false);
                task.Value = 1;
                return result;
            });
    }

    private sealed class BarProgress(string title, ProgressTask task) : IProgress<ProgressUpdate>
    {
        public void Report(ProgressUpdate value)
        {
            task.Description = Markup.Escape($"{title}: {value.Text}");
            task.Value = value.Fraction;
        }
    }
}
