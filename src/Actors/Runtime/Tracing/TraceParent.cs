using System.Diagnostics;

namespace Conference.Actors.Runtime.Tracing;

/// <summary>The recorded span under which a question's messages are handled, on this node or another.</summary>
internal sealed record TraceParent(ActivityContext Context);
