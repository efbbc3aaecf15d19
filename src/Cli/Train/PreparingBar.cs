using DistSeq2Seq.Model.Data.Corpus;
using Spectre.Console;

namespace DistSeq2Seq.Cli.Train;

/// <summary>A progress bar while a corpus is being prepared.</summary>
internal static class PreparingBar
{
    /// <summary>Runs <paramref name="work"/> under the bar.</summary>
    public static T Show<T>(Func<IProgress<PrepareProgress>, T> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return work(new Relay(_ => { }));
        return AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            var task = context.AddTask("preparing the corpus");
            return work(new Relay(p =>
            {
                task.MaxValue = Math.Max(1, p.BytesTotal);
                task.Value = p.BytesRead;
                task.Description = $"{What(p.Stage)} ({p.Split})";
            }));
        });
    }

    private static string What(string stage) => stage switch
    {
        "words" => "reading words",
        "merges" => "learning subwords",
        "count" => "counting tokens",
        "vectors" => "reading word vectors",
        _ => "encoding",
    };

    private sealed class Relay(Action<PrepareProgress> report) : IProgress<PrepareProgress>
    {
        public void Report(PrepareProgress value) => report(value);
    }
}
