namespace Conference.Actors.Runtime;

/// <summary>A behaviour: takes a message and says whether it knew what to do with it.</summary>
public delegate bool Receive(object message);
