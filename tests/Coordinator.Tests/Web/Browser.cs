using System.Collections.Concurrent;
using PuppeteerSharp;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Web;

/// <summary>A page in the system's own Chromium, without a window.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly IBrowser _browser;
    private readonly IPage _page;
    private readonly ConcurrentQueue<string> _errors = [];

    private Browser(IBrowser browser, IPage page)
    {
        _browser = browser;
        _page = page;
        _page.Console += (_, told) =>
        {
            if (told.Message.Type == ConsoleType.Error)
                _errors.Enqueue(told.Message.Text);
        };
        _page.PageError += (_, failed) => _errors.Enqueue(failed.Message);
    }

    /// <summary>
    /// What the page's script threw, and what the browser complained about, such as something that the page's policy forbids.
    /// </summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Opens a page; skips the running test where there is no Chromium.</summary>
    public static async Task<Browser> OpenOrSkipAsync(Uri address)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} (Debian package chromium) is not installed");
        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = Program,
            Headless = true,
            Timeout = (int)Patience.TotalMilliseconds,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        try
        {
            var page = new Browser(browser, await browser.NewPageAsync());
            await page._page.GoToAsync(address.ToString(), (int)Patience.TotalMilliseconds);
            return page;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a JavaScript expression is true, and returns the page's document then.</summary>
    /// <exception cref="TimeoutException">It did not become true; the message holds the document.</exception>
    public async Task<string> WaitForAsync(string condition)
    {
        try
        {
            await _page.WaitForExpressionAsync(condition, new WaitForFunctionOptions { Timeout = (int)Patience.TotalMilliseconds });
        }
        catch (WaitTaskTimeoutException e)
        {
            throw new TimeoutException($"{condition} did not become true; the page is\n{await DocumentAsync()}", e);
        }

        return await DocumentAsync();
    }

    /// <summary>The value of a JavaScript expression.</summary>
    public Task<T> EvaluateAsync<T>(string expression) => _page.EvaluateExpressionAsync<T>(expression);

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    private Task<string> DocumentAsync() => EvaluateAsync<string>("document.documentElement.outerHTML");
}
