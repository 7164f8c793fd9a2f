using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Conference.Node.Webhooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Conference.Node.Api;

/// <summary>
/// The API's description, made of the routes and of the doc comments of what they call, take and return, which are Markdown here: code goes in backticks.
/// What no route says alone is in this file. A test holds the whole to a file.
/// </summary>
internal static class ApiDescription
{
    public const string Document = "v1";

    private const string Root = "/api/v1";
    private const string AdminToken = "adminToken";

    /// <summary>What an answer means, by its status, wherever it is given.</summary>
    private static readonly FrozenDictionary<string, string> _answers = new Dictionary<string, string>
    {
        ["204"] = "Done.",
        ["400"] = "A name, a parameter or the body is not what it must be.",
        ["401"] = "No admin token, or a wrong one.",
        ["403"] = "The token may not do this, or not here; or a browser says that a page of another site asks for it.",
        ["404"] = "There is no such thing.",
        ["429"] = "Too many wrong tokens from this address.",
        ["503"] = "The store is away, or nobody who knows answered in time. Of a change it is not known whether it was made; make it again.",
    }.ToFrozenDictionary();

    public static void MapApiDescription(this WebApplication app)
    {
        // Once, and not for every request as MapOpenApi does: it takes 40 ms of a core, and anybody may ask.
        var json = new Lazy<Task<string>>(async () =>
        {
            var document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync();
            return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);
        });
        app.MapGet("/api/openapi.json", async () => Results.Text(await json.Value, "application/json"));
    }

    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = call => $"/{call.RelativePath}".StartsWith(Root, StringComparison.Ordinal);
        options.CreateSchemaReferenceId = NameOf;
        options.AddDocumentTransformer(CompleteAsync).AddOperationTransformer(ExplainAsync).AddSchemaTransformer(ConstrainAsync);
    }

    /// <summary>NodeModel is a Node, and a page of them is a NodePage.</summary>
    private static string? NameOf(JsonTypeInfo json)
    {
        string? name = OpenApiOptions.CreateDefaultSchemaReferenceId(json);
        if (name is not null && json.Type is { IsGenericType: true, GenericTypeArguments: [var item] })
            name = $"{item.Name}Page";
        return name?.Replace("Model", "", StringComparison.Ordinal);
    }

    private static Task CompleteAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancelled)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Conference operations API",
            Version = "1",
            Description = "What operators do to a conference. Bodies are at most 16 KiB.",
        };
        document.Servers = [new OpenApiServer { Url = Root }];
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths)
            paths.Add(path[Root.Length..], item);
        document.Paths = paths;
        document.AddComponent<IOpenApiSecurityScheme>(AdminToken, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "`Http:AdminToken`, or the one printed at start; or one that was made by `POST admin-tokens`.",
        });
        document.Webhooks = new Dictionary<string, IOpenApiPathItem> { ["event"] = EventsSent(document) };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(AdminToken, document)] = [] }];
        return Task.CompletedTask;
    }

    /// <summary>What webhooks are sent.</summary>
    private static OpenApiPathItem EventsSent(OpenApiDocument document)
    {
        static OpenApiParameter Header(string name, string description) => new()
        {
            Name = name, In = ParameterLocation.Header, Required = true, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

        return new OpenApiPathItem
        {
            Operations = new Dictionary<HttpMethod, OpenApiOperation>
            {
                [HttpMethod.Post] = new()
                {
                    Summary = "Something happened in a room.",
                    Description = "Sent to each webhook of the domain that wants it, at least once, in the order of the room.",
                    Security = [],
                    Parameters =
                    [
                        Header(WebhookSender.IdHeader, "The event's id, as in the body."),
                        Header(WebhookSender.TimeHeader, "When it was sent, in seconds since 1970."),
                        Header(WebhookSender.SignatureHeader, "`sha256=` and the HMAC-SHA256 of that time, a dot and the body, in hexadecimal, by the webhook's secret."),
                    ],
                    RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
                            ["application/json"] = new() { Schema = new OpenApiSchemaReference(nameof(WebhookEvent), document) },
                        },
                    },
                    Responses = new OpenApiResponses
                    {
                        ["2XX"] = new OpenApiResponse { Description = "Taken. Anything else, redirects too, and no answer within 10 s, is a failure: it is sent again." },
                    },
                },
            },
        };
    }

    private static Task ExplainAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancelled)
    {
        var answers = new OpenApiResponses();
        foreach (var (status, answer) in (operation.Responses ?? []).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            answer.Description = _answers.GetValueOrDefault(status, answer.Description ?? "");
            answers.Add(status, answer);
        }

        operation.Responses = answers;
        // The domain is read in one place for all calls, and so is in no handler's parameters.
        bool isInDomain = context.Description.RelativePath?.Contains($"{{{ApiDomain.Parameter}}}/", StringComparison.Ordinal) is true;
        if (isInDomain)
        {
            operation.Parameters ??= [];
            operation.Parameters.Insert(0, new OpenApiParameter
            {
                Name = ApiDomain.Parameter,
                In = ParameterLocation.Path,
                Required = true,
                Description = "A domain, in any of its forms, or another name for it; `default` for the default domain.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            answers.TryAdd("404", new OpenApiResponse { Description = _answers["404"] });
        }

        return Task.CompletedTask;
    }

    private static Task ConstrainAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancelled)
    {
        var place = context.JsonPropertyInfo?.AttributeProvider
            ?? (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo;
        if (place?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute allowed])
            schema.Enum = [.. allowed.Values.Select(v => v is string text ? JsonValue.Create(text) : JsonNullSentinel.JsonNull)];
        if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
        {
            schema.Description = "RFC 9457";
            schema.Required = new HashSet<string> { "status" };
            schema.Properties![ApiProblems.Field] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "The parameter, or the field of the body, that is not what it must be.",
            };
        }

        // What it does not say is left out, and not null.
        if (context.JsonPropertyInfo?.DeclaringType == typeof(ProblemDetails))
            schema.Type &= ~JsonSchemaType.Null;

        return Task.CompletedTask;
    }
}
