namespace Conference.Node.Api;

/// <summary>The API's description, <c>openapi.json</c> beside this file. A test holds it to the routes.</summary>
internal static class OpenApiDocument
{
    public static string Json { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
