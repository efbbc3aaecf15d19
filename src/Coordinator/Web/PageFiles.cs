using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>The live page: three files embedded in this assembly. They load nothing from other servers.</summary>
public static class PageFiles
{
    /// <summary>
    /// Allows only this server's own script, style and data; no inline script or style, no frames, no forms. The only image is the icon,
    /// which the page contains as a data URL.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps <c>/</c> and the two files that the page refers to.</summary>
    public static void Map(WebApplication app)
    {
        Map(app, "/", "index.html", "text/html; charset=utf-8");
        Map(app, "/page.css", "page.css", "text/css; charset=utf-8");
        Map(app, "/page.js", "page.js", "text/javascript; charset=utf-8");
    }

    private static void Map(WebApplication app, string path, string name, string contentType)
    {
        var content = Read(name);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
        app.MapGet(path, (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache"; // browsers ask again each time, so a new version of the program shows at once
            return Results.Bytes(content, contentType, entityTag: tag);
        });
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream("web/" + name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource web/{name}: the project file must embed it.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
