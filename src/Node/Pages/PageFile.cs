using System.IO.Compression;
using System.Security.Cryptography;

namespace Conference.Node.Pages;

/// <summary>One file of a page, as it lies in the assembly, and compressed once somebody can take it so.</summary>
internal sealed class PageFile(string name, byte[] content)
{
    private readonly Lazy<byte[]> _brotli = new(() => Compress(content, to => new BrotliStream(to, CompressionLevel.SmallestSize)));
    private readonly Lazy<byte[]> _gzip = new(() => Compress(content, to => new GZipStream(to, CompressionLevel.SmallestSize)));

    public string ContentType { get; } = Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new ArgumentException($"{name} is of no type that pages have"),
    };

    /// <summary>Of what is in it. Weak: the same whether compressed or not.</summary>
    public string ETag { get; } = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";

    /// <param name="accepted"><c>Accept-Encoding</c></param>
    /// <returns>Its bytes, and their <c>Content-Encoding</c> if they have one.</returns>
    public (byte[] Bytes, string? Encoding) Encode(string accepted) =>
        Accepts(accepted, "br") ? (_brotli.Value, "br")
        : Accepts(accepted, "gzip") ? (_gzip.Value, "gzip")
        : (content, null);

    private static bool Accepts(string accepted, string encoding) => accepted.Split(',').Any(a =>
        a.Split(';') is [var name, .. var rest]
        && name.Trim().Equals(encoding, StringComparison.OrdinalIgnoreCase)
        && !rest.Any(r => r.Trim() is "q=0" or "q=0.0" or "q=0.00" or "q=0.000"));

    private static byte[] Compress(byte[] content, Func<Stream, Stream> open)
    {
        using var to = new MemoryStream();
        using (var compressing = open(to))
            compressing.Write(content);
        return to.ToArray();
    }
}
