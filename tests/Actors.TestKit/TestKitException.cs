namespace Conference.Actors.TestKit;

/// <summary>What was expected did not happen. Any test framework reports it as the failure it is.</summary>
public sealed class TestKitException(string message) : Exception(message);
