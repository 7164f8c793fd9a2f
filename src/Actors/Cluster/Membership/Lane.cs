namespace Conference.Actors.Cluster.Membership;

/// <summary>One type of statement: at most one is out, and after a failure the next waits.</summary>
internal sealed class Lane(MembershipRules rules)
{
    private MembershipStatement? _out;
    private int _failures;

    internal bool IsBusy => _out is not null;

    /// <summary>Not to be sent before this.</summary>
    internal TimeSpan NotBefore { get; set; }

    internal bool IsReady(TimeSpan now) => _out is null && now >= NotBefore;

    internal MembershipOutput.Execute Send(MembershipStatement statement)
    {
        _out = statement;
        return new MembershipOutput.Execute(statement);
    }

    /// <returns>False when this is not the answer that is waited for.</returns>
    internal bool Complete(MembershipStatement statement)
    {
        if (!ReferenceEquals(_out, statement))
            return false;
        _out = null;
        _failures = 0;
        return true;
    }

    /// <param name="statement">Which failed.</param>
    /// <param name="now">When.</param>
    /// <param name="chance">From 0 to 1: so that not all nodes come back in the same moment.</param>
    internal bool Fail(MembershipStatement statement, TimeSpan now, double chance)
    {
        if (!ReferenceEquals(_out, statement))
            return false;
        _out = null;
        var wait = rules.Retry * Math.Pow(2, Math.Min(_failures++, 4));
        NotBefore = now + ((wait < rules.MaxRetry ? wait : rules.MaxRetry) * (0.75 + (chance / 2)));
        return true;
    }
}
