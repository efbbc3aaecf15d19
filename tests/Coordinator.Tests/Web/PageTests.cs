using System.Net;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol.Monitoring;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Web;

public sealed class PageTests
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8", "<!doctype html>")]
    [InlineData("/page.css", "text/css; charset=utf-8", ":root {")]
    [InlineData("/page.js", "text/javascript; charset=utf-8", "'use strict';")]
    public async Task File_IsServedUnderAStrictPolicy(string path, string type, string start)
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        using var response = await server.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.StartsWith(start, await response.Content.ReadAsStringAsync());
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(PageFiles.ContentSecurityPolicy, policy);
        Assert.StartsWith("default-src 'none';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task File_AskedForAgain_IsNotSentAgain()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        using var first = await server.Client.GetAsync("/page.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/page.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Page_HasNoInlineScriptOrStyle_AndNamesNoOtherPlace()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        var html = await server.Client.GetStringAsync("/");
        Assert.DoesNotMatch(@"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html);
        foreach (var path in new[] { "/", "/page.css", "/page.js" })
        {
            // The one address is the name of SVG's vocabulary, which nobody fetches.
            var text = (await server.Client.GetStringAsync(path)).Replace("http://www.w3.org/2000/svg", "");
            Assert.DoesNotContain("http:", text);
            Assert.DoesNotContain("https:", text);
        }
    }

    [Fact]
    public async Task Page_InABrowser_ShowsTheRunAndItsWorkers()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        await using var browser = await Browser.OpenOrSkipAsync(server.Address);
        var document = await browser.WaitForAsync("document.getElementById('connection').textContent === 'connected'");
        Assert.Contains("Step 1,234 of 4,000 (30.8 %)", document);
        Assert.Contains("node-0 · 4101", document);
        Assert.Contains("node-1 · 4102", document);
        Assert.Equal("compute 142 ms, exchange 21 ms, wait 4 ms",
            await browser.EvaluateAsync<string>("document.querySelector('.times').textContent"));
        Assert.Contains("5c2f0a9be1d34877a6c0e2f4b8d19033", document);
        Assert.Equal(6, await browser.EvaluateAsync<int>("document.querySelectorAll('#curve circle').length"));
        Assert.Equal(308, await browser.EvaluateAsync<int>("document.querySelector('#curve polyline').points.length"));

        // The style sheet is in force, and nothing came from elsewhere.
        Assert.Equal("none", await browser.EvaluateAsync<string>("getComputedStyle(document.getElementById('progress')).appearance"));
        Assert.True(await browser.EvaluateAsync<bool>("performance.getEntriesByType('resource').every(r => "
            + "r.name.startsWith(location.origin) || r.name.startsWith('data:'))"));

        server.Source.Set(CannedStatus.Training(1240));
        await browser.WaitForAsync("document.getElementById('steps').textContent.startsWith('Step 1,240 of')");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Page_NumbersThatAreNone_AreShownAsSuch()
    {
        var status = CannedStatus.Training();
        status.Loss = double.NaN;
        status.Losses[7].Loss = double.NaN;
        status.GradientNorm = double.PositiveInfinity;
        status.Message = "<b>not markup</b>";
        status.Workers[0].ComputeSeconds = double.NaN;
        await using var server = await MonitorServer.StartAsync(status);
        await using var browser = await Browser.OpenOrSkipAsync(server.Address);
        var document = await browser.WaitForAsync("document.getElementById('loss').textContent === 'not a number'");
        Assert.Contains("infinite", document);
        Assert.Contains("&lt;b&gt;not markup&lt;/b&gt;", document);
        Assert.DoesNotContain("NaN", document);
    }

    [Fact]
    public async Task Page_OfARunThatEnded_SaysHow()
    {
        await using var server =
            await MonitorServer.StartAsync(Ended(RunStatus.Types.State.Failed, "3 steps in a row had gradients that are not finite"));
        await using var browser = await Browser.OpenOrSkipAsync(server.Address);
        await browser.WaitForAsync("document.getElementById('state').textContent === 'failed'");
        Assert.Equal("badge bad", await browser.EvaluateAsync<string>("document.getElementById('state').className"));
        Assert.Contains("not finite", await browser.EvaluateAsync<string>("document.getElementById('message').textContent"));
        Assert.Equal("none", await browser.EvaluateAsync<string>("document.getElementById('remaining').textContent"));

        foreach (var (state, words, tone) in new[]
        {
            (RunStatus.Types.State.StoppedEarly, "stopped early", "good"),
            (RunStatus.Types.State.Stopped, "stopped", "neutral"),
            (RunStatus.Types.State.Finished, "finished", "good"),
        })
        {
            server.Source.Set(Ended(state, words));
            await browser.WaitForAsync($"document.getElementById('state').textContent === '{words}'");
            Assert.Equal($"badge {tone}", await browser.EvaluateAsync<string>("document.getElementById('state').className"));
        }

        static RunStatus Ended(RunStatus.Types.State state, string message) =>
            new() { State = state, Tone = StateTexts.ToneOf(state), Over = true, Message = message, Step = 1234, TotalSteps = 4000 };
    }

    [Fact]
    public async Task Page_CoordinatorGoneAndBack_SaysSoAndGoesOn()
    {
        var first = await MonitorServer.StartAsync(CannedStatus.Training());
        var address = first.Address;
        Browser browser;
        await using (first)
        {
            browser = await Browser.OpenOrSkipAsync(address);
            await browser.WaitForAsync("document.getElementById('connection').textContent === 'connected'");
            await first.StopAsync();
        }

        await using (browser)
        {
            await browser.WaitForAsync("document.getElementById('connection').textContent.startsWith('disconnected, trying again')");
            Assert.Contains("Step 1,234", await browser.EvaluateAsync<string>("document.getElementById('steps').textContent"));
            await using var second =
                await MonitorServer.StartAsync(new RunStatus { State = RunStatus.Types.State.Waiting, Step = 1235, TotalSteps = 4000 },
                    address.Port);
            var document = await browser.WaitForAsync("document.getElementById('connection').textContent === 'connected'");
            Assert.Contains("Step 1,235 of 4,000", document);
            Assert.Contains("No worker has joined yet.", document);
        }
    }
}
