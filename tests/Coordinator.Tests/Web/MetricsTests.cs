using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol.Monitoring;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Web;

public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_OfATraining_AreServedInTheTextFormat()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        using var response = await server.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var page = PrometheusText.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(1234, page.Value("distseq2seq_step"));
        Assert.Equal(4000, page.Value("distseq2seq_planned_steps"));
        Assert.Equal(3, page.Value("distseq2seq_epoch"));
        Assert.Equal(1.5, page.Value("distseq2seq_loss"));
        Assert.Equal(4_567_890, page.Value("distseq2seq_tokens_total"));
        Assert.Equal(18250.5, page.Value("distseq2seq_tokens_per_second"));
        Assert.Equal(2, page.Value("distseq2seq_generation"));
        Assert.Equal(1, page.Value("distseq2seq_skipped_steps_total"));
        Assert.Equal(4, page.Value("distseq2seq_stale_messages_total"));
        Assert.Equal(1, page.Value("distseq2seq_workers_lost_total"));
        Assert.Equal(2, page.Value("distseq2seq_refusals_total", ("reason", "model")));
        Assert.Equal(1200, page.Value("distseq2seq_last_checkpoint_step"));
        Assert.Equal(0.875, page.Value("distseq2seq_gradient_norm"));
        Assert.Equal(0.001, page.Value("distseq2seq_learning_rate"));
        Assert.Equal(server.Source.Current.Validations[^1].Loss, page.Value("distseq2seq_validation_loss"));
        Assert.Equal(1, page.Value("distseq2seq_state", ("state", "training")));
        Assert.Equal(0, page.Value("distseq2seq_state", ("state", "waiting")));
        Assert.Equal(2, page.Value("distseq2seq_workers", ("state", "training")));
        Assert.Equal(0, page.Value("distseq2seq_workers", ("state", "spare")));
        Assert.Equal(0.117, page.Value("distseq2seq_worker_phase_seconds", ("worker", "worker-1"), ("rank", "1"), ("phase", "compute")));
        Assert.Equal(0.024, page.Value("distseq2seq_worker_phase_seconds", ("worker", "worker-1"), ("rank", "1"), ("phase", "exchange")));
        Assert.Equal(0.026, page.Value("distseq2seq_worker_phase_seconds", ("worker", "worker-1"), ("rank", "1"), ("phase", "wait")));
        Assert.Equal(734_003_200, page.Value("distseq2seq_worker_resident_bytes", ("worker", "worker-0")));
        Assert.Equal(412, page.Value("distseq2seq_worker_live_tensors", ("worker", "worker-0")));
    }

    [Fact]
    public void Families_OfATraining_AreNamedByTheRules()
    {
        var page = PrometheusText.Parse(RunMetrics.Render(CannedStatus.Training()));
        Assert.All(page.Types, family => Assert.StartsWith("distseq2seq_", family.Key));
        Assert.All(page.Types, family => Assert.Equal(family.Value == "counter", family.Key.EndsWith("_total", StringComparison.Ordinal)));
        Assert.Equal(page.Types.Keys, page.Helps.Keys);
        Assert.All(page.Types.Keys, family => Assert.Contains(page.Samples, sample => sample.Name == family));
    }

    [Fact]
    public void Labels_WithQuotesBackslashesAndLineFeeds_ComeBackAsTheyWere()
    {
        const string awkward = "C:\\runs\\\"a\"\n=1,{b}\u00e9";
        var status = CannedStatus.Training();
        status.RunFolder = awkward;
        status.Workers[0].WorkerId = awkward;
        var page = PrometheusText.Parse(RunMetrics.Render(status));
        Assert.Equal(1, page.Value("distseq2seq_run_info", ("folder", awkward)));
        Assert.Equal(412, page.Value("distseq2seq_worker_live_tensors", ("worker", awkward)));
    }

    [Fact]
    public void Values_ThatAreNotFinite_AreWrittenInTheFormatsOwnWords()
    {
        var status = CannedStatus.Training();
        status.Loss = double.NaN;
        status.GradientNorm = double.PositiveInfinity;
        status.LearningRate = 1e-12;
        var page = PrometheusText.Parse(RunMetrics.Render(status));
        Assert.Equal(double.NaN, page.Value("distseq2seq_loss"));
        Assert.Equal(double.PositiveInfinity, page.Value("distseq2seq_gradient_norm"));
        Assert.Equal(1e-12, page.Value("distseq2seq_learning_rate"));
    }

    [Fact]
    public void States_EachHasASeries_AndOneIsOn()
    {
        foreach (var state in StateTexts.OfRuns)
        {
            var status = new RunStatus { State = state };
            status.Workers.AddRange(StateTexts.OfWorkers.Select(each => new WorkerStatus { WorkerId = each.Name(), State = each }));
            var page = PrometheusText.Parse(RunMetrics.Render(status));
            Assert.Equal([state], StateTexts.OfRuns.Where(each => page.Value("distseq2seq_state", ("state", each.Name())) == 1));
            Assert.All(StateTexts.OfWorkers, each => Assert.Equal(1, page.Value("distseq2seq_workers", ("state", each.Name()))));
        }
    }

    [Fact]
    public void Values_NotKnownYet_AreAbsent()
    {
        var page = PrometheusText.Parse(RunMetrics.Render(new RunStatus { State = RunStatus.Types.State.Starting, RemainingSeconds = -1 }));
        Assert.DoesNotContain("distseq2seq_remaining_seconds", page.Types.Keys);
        Assert.DoesNotContain("distseq2seq_validation_loss", page.Types.Keys);
        Assert.DoesNotContain("distseq2seq_worker_step", page.Types.Keys);
        Assert.Equal(0, page.Value("distseq2seq_workers", ("state", "training")));
    }

    [Theory]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1")]
    [InlineData("# TYPE a gauge\na 1\n")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{x=\"1} 1\n")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1\na 1\n")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{x=\"\\d\"} 1\n")]
    public void Reader_OfBrokenPages_Refuses(string text) => Assert.Throws<FormatException>(() => PrometheusText.Parse(text));

    [Fact]
    public async Task Metrics_CheckedByPromtool_HaveNothingToComplainAbout()
    {
        var end = await Tool.TryAsync("promtool", ["check", "metrics"], RunMetrics.Render(CannedStatus.Training()));
        Assert.SkipWhen(end is null, "promtool (Debian package prometheus) is not installed");
        Assert.Equal((0, "", ""), (end.ExitCode, end.StandardOutput, end.StandardError));
    }
}
