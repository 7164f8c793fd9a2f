namespace Conference.Node.Web.Sdp;

/// <summary>What is answered to one m-line.</summary>
internal abstract record AnswerLine(OfferedLine Offered)
{
    /// <summary>Not used, and on no transport.</summary>
    public sealed record Refused(OfferedLine Offered) : AnswerLine(Offered);

    /// <summary>One that media may flow on.</summary>
    /// <param name="Codecs">Best first.</param>
    /// <param name="Extensions">Ids of header extensions by URI.</param>
    public abstract record Accepted(OfferedLine Offered, IReadOnlyList<AgreedCodec> Codecs, IReadOnlyDictionary<string, int> Extensions) : AnswerLine(Offered);

    /// <summary>The browser sends.</summary>
    /// <param name="Rids">Its layers; none where it sends one picture without a name.</param>
    public sealed record Uplink(OfferedLine Offered, IReadOnlyList<AgreedCodec> Codecs, IReadOnlyDictionary<string, int> Extensions, IReadOnlyList<string> Rids)
        : Accepted(Offered, Codecs, Extensions)
    {
        /// <summary>The browser wants to know when each packet came.</summary>
        public bool UsesTransportFeedback => Extensions.ContainsKey(Sdp.Extensions.TransportSequence);
    }

    /// <summary>The browser is sent somebody.</summary>
    public sealed record Downlink(OfferedLine Offered, IReadOnlyList<AgreedCodec> Codecs, IReadOnlyDictionary<string, int> Extensions, AnswerSlot Slot)
        : Accepted(Offered, Codecs, Extensions);

    /// <summary>Nothing flows for now.</summary>
    public sealed record Idle(OfferedLine Offered, IReadOnlyList<AgreedCodec> Codecs, IReadOnlyDictionary<string, int> Extensions)
        : Accepted(Offered, Codecs, Extensions);
}
