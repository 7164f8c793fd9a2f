using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Node.Api.Access;

namespace Conference.Node.Api;

/// <summary><c>drain</c>, <c>nodes/{node}/drain</c>: starts, watches and calls off a drain of this node, or of any.</summary>
internal static class DrainApi
{
    public const int MostSeconds = 24 * 60 * 60;

    /// <summary>A node that is called off waits for what its drain has begun.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(8);

    public static void MapDrain(this RouteGroupBuilder api)
    {
        api.MapGet("/drain", Read).WithName("readDrain").Needs(Rights.Read).Produces<DrainModel>();
        api.MapPost("/drain", Begin).WithName("beginDrain").Needs(Rights.Operate).Produces<DrainModel>(202).ProducesProblem(400).ProducesProblem(403);
        api.MapDelete("/drain", CallOff).WithName("callOffDrain").Needs(Rights.Operate).Produces<DrainModel>().ProducesProblem(403);
        api.MapGet("/nodes/{node}/drain", ReadNode).WithName("readNodeDrain").Needs(Rights.Read).Produces<DrainModel>().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/nodes/{node}/drain", BeginNode)
            .WithName("beginNodeDrain").Needs(Rights.Operate).Produces<DrainModel>(202).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/nodes/{node}/drain", CallOffNode)
            .WithName("callOffNodeDrain").Needs(Rights.Operate).Produces<DrainModel>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>How far a drain of this node is.</summary>
    /// <response code="200">As it is now.</response>
    public static Task<IResult> Read(NodeActors actors) => ReadNode(actors, null);

    /// <summary>Empty this node: its sessions are told where to go on, nobody is let in.</summary>
    /// <remarks>It stays in the cluster and keeps its shards. Again: the same drain, with another deadline.</remarks>
    /// <response code="202">It goes on.</response>
    public static Task<IResult> Begin(NodeActors actors, PostDrain? body) => BeginNode(actors, null, body);

    /// <summary>Call a drain off: the node lets clients in again. Without one, nothing happens.</summary>
    /// <response code="200">As it is now.</response>
    public static Task<IResult> CallOff(NodeActors actors) => CallOffNode(actors, null);

    /// <summary>How far a drain of a node is, whichever node is asked.</summary>
    /// <param name="node">A node's id, or its name where no other has it.</param>
    /// <response code="200">As it is now.</response>
    public static Task<IResult> ReadNode(NodeActors actors, string? node) => AskAsync(actors, node, new NodeCommands.ReadDrain(), TypedResults.Ok);

    /// <summary>Call the drain of a node off, whichever node is asked.</summary>
    /// <param name="node">A node's id, or its name where no other has it.</param>
    /// <response code="200">As it is now.</response>
    public static Task<IResult> CallOffNode(NodeActors actors, string? node) => AskAsync(actors, node, new NodeCommands.CallOffDrain(), TypedResults.Ok);

    /// <summary>Empty a node, whichever node is asked.</summary>
    /// <param name="node">A node's id, or its name where no other has it.</param>
    /// <response code="202">It goes on.</response>
    public static Task<IResult> BeginNode(NodeActors actors, string? node, PostDrain? body)
    {
        TimeSpan? within = body?.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return AskAsync(actors, node, new NodeCommands.BeginDrain(within), status => TypedResults.Accepted((string?)null, status));
    }

    /// <param name="actors">Of this node.</param>
    /// <param name="node">Id or name of a node of the cluster; null for this one.</param>
    /// <param name="command">One of <see cref="NodeCommands"/>.</param>
    /// <param name="result">How its answer is returned.</param>
    private static async Task<IResult> AskAsync(NodeActors actors, string? node, object command, Func<DrainModel, IResult> result)
    {
        var nodes = actors.Nodes;
        NodeId[] meant = node is null ? [nodes.Self] : [.. nodes.FindAll(node).Select(n => n.Id)];
        return meant is [var one]
            ? result(DrainModel.Of(await nodes.Node(one).AskTracedAsync<DrainStatus>(command, _patience)))
            : NotOne(node!, meant);
    }

    /// <summary>Nobody is meant, or nobody knows who.</summary>
    internal static IResult NotOne(string node, IReadOnlyCollection<NodeId> meant)
    {
        if (meant.Count == 0)
            return ApiProblems.NotFound($"{node} is not in the cluster");
        string ids = string.Join(", ", meant.Select(id => id.Value.ToString("N")).Order(StringComparer.Ordinal));
        return ApiProblems.Conflict($"{node} is the name of {meant.Count} nodes, give the id of one: {ids}");
    }
}

/// <summary>Body of `POST drain`; may be left out.</summary>
/// <param name="DeadlineSeconds">How long sessions have; without it, `Node:DrainSeconds`.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostDrain([property: Range(0, DrainApi.MostSeconds)] int? DeadlineSeconds = null) : IRequestBody
{
    string IRequestBody.Told => DeadlineSeconds is { } seconds ? $"deadlineSeconds={seconds}" : "";
}

/// <param name="State">serving, draining or drained.</param>
/// <param name="Since">When the drain began; null without one.</param>
/// <param name="Deadline">When the sessions that are left are ended; null without one.</param>
/// <param name="Sessions">That are left on the node.</param>
/// <param name="Shards">That the node owns. A drain leaves them where they are until the process stops.</param>
public sealed record DrainModel(
    [property: AllowedValues("serving", "draining", "drained")] string State, DateTimeOffset? Since, DateTimeOffset? Deadline, int Sessions, int Shards)
{
    public static DrainModel Of(DrainStatus status) => new(
        status.State switch
        {
            DrainState.Serving => "serving",
            DrainState.Draining => "draining",
            _ => "drained",
        },
        status.Since, status.Deadline, status.Sessions, status.Shards);
}
