using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Conference.Integration.Tests;

/// <summary>An operator with the admin token.</summary>
public sealed class AdminClient : IDisposable
{
    public const string Token = "a-token-for-tests";

    private readonly HttpClient _http;

    /// <param name="node">Which is asked.</param>
    /// <param name="token">The admin token.</param>
    /// <param name="operatorName">What it calls itself; null: nothing.</param>
    public AdminClient(NodeProcess node, string token = Token, string? operatorName = null)
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://{node.HttpAddress}:{node.HttpPort}/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (operatorName is not null)
            _http.DefaultRequestHeaders.Add("Conference-Operator", operatorName);
    }

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Of an answer that is no JSON.</summary>
    public async Task<string> GetTextAsync(string path, string mediaType)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal((200, mediaType), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return await response.Content.ReadAsStringAsync();
    }

    public Task<(int Status, JsonElement Body)> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<(int Status, JsonElement Body)> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json);

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode >= 400)
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public void Dispose() => _http.Dispose();
}
