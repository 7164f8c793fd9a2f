using Akka.Actor;

namespace Conference.Actors.Rooms;

/// <summary>
/// The times of one room's events. None is before the one before it, also where another node wrote that by a clock of its own; and how long a call or
/// a recording lasted is measured, not read from a clock that somebody may set meanwhile. Part of the room's actor.
/// </summary>
internal sealed class RoomClock(RoomState state, ActorSystem system)
{
    private readonly ForwardClock _clock = ForwardClock.Of(system);

    /// <summary>When each open call began, by the clock that only goes forward.</summary>
    private readonly Dictionary<Guid, TimeSpan> _began = [];

    /// <summary>When each call that records began to.</summary>
    private readonly Dictionary<Guid, TimeSpan> _recording = [];

    public DateTimeOffset Now => _clock.Now is var now && now > state.Latest ? now : state.Latest;

    private TimeSpan Steady => system.Scheduler.MonotonicClock;

    public void Heard(RoomEvent happened)
    {
        switch (happened)
        {
            case RoomEvent.CallStarted call:
                _began[call.Call] = Steady;
                break;
            case RoomEvent.CallEnded call:
                _began.Remove(call.Call);
                break;
            case RoomEvent.RecordingBegan recording:
                _recording[recording.Call] = Steady;
                break;
            case RoomEvent.RecordingEnded recording:
                _recording.Remove(recording.Call);
                break;
        }
    }

    /// <summary>Calls that began before this actor did: how long ago, only the times of day say.</summary>
    public void Recovered()
    {
        var now = Now;
        foreach (var call in state.OpenCalls)
            _began[call.Call] = Steady - (now - call.At);
        foreach (var recording in state.Recordings)
            _recording[recording.Call] = Steady - (now - recording.At);
    }

    /// <summary>How long a call has lasted. Never less than nothing.</summary>
    public TimeSpan LengthOf(RoomEvent.CallStarted call) => Steady - _began[call.Call];

    /// <summary>What is written as the end of a call that ends now.</summary>
    public DateTimeOffset EndOf(RoomEvent.CallStarted call) => call.At + LengthOf(call);

    /// <summary>The same of a recording.</summary>
    public DateTimeOffset EndOf(RoomEvent.RecordingBegan recording) => recording.At + (Steady - _recording[recording.Call]);
}
