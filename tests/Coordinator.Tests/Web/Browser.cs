using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistSeq2Seq.Coordinator.Tests.Web;

/// <summary>
/// A page in Chromium without a window, driven over the DevTools protocol. Chromium's own <c>--dump-dom</c> with
/// virtual time would not do: virtual time stands still as long as a stream of events is open.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private Browser(Process process, DirectoryInfo folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Opens a page.</summary>
    public static async Task<Browser> OpenAsync(string program, Uri page)
    {
        var folder = Directory.CreateTempSubdirectory("distseq2seq-chromium-");
        var start = new ProcessStartInfo(program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
            $"--user-data-dir={folder.FullName}", "about:blank",
        ])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!, folder);
        try
        {
            await browser.ConnectAsync();
            await browser.CallAsync("Page.navigate", new JsonObject { ["url"] = page.ToString() });
            return browser;
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
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; await Task.Delay(50))
        {
            if (await EvaluateAsync(condition) is JsonValue value && value.TryGetValue<bool>(out var holds) && holds)
                return await DocumentAsync();
        }

        throw new TimeoutException($"{condition} did not become true; the page is\n{await DocumentAsync()}");
    }

    /// <summary>The value of a JavaScript expression; null also for one that fails.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression) =>
        (await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true }))["result"]?["value"];

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();

        // Its helpers may still write for a moment after they were told to end.
        for (var tries = 0; _folder.Exists && tries < 100; tries++)
        {
            try
            {
                _folder.Delete(recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }

            _folder.Refresh();
        }
    }

    private async Task<string> DocumentAsync() => (await EvaluateAsync("document.documentElement.outerHTML"))?.GetValue<string>() ?? "";

    private async Task ConnectAsync()
    {
        const string announcement = "DevTools listening on ";
        var said = new StringBuilder();
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync().WaitAsync(Patience)
                ?? throw new InvalidOperationException($"Chromium ended: {said}");
            said.AppendLine(line);
        }
        while (!line.StartsWith(announcement, StringComparison.Ordinal));
        _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

        var port = new Uri(line[announcement.Length..].Trim()).Port;
        using var client = new HttpClient { Timeout = Patience };
        using var response = await client.PutAsync($"http://127.0.0.1:{port}/json/new?about:blank", null);
        var target = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        await _socket.ConnectAsync(new Uri(target.GetProperty("webSocketDebuggerUrl").GetString()!), CancellationToken.None);
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        using var late = new CancellationTokenSource(Patience);
        var id = ++_calls;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, true, late.Token);
        while (true)
        {
            using var message = new MemoryStream();
            var buffer = new byte[65536];
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), late.Token);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            var answer = JsonNode.Parse(message.ToArray())!;
            if (answer["id"]?.GetValue<int>() == id)
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
        }
    }
}
