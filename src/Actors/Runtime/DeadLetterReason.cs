namespace Conference.Actors.Runtime;

/// <summary>Why a message became a dead letter. The names are metric labels: do not rename.</summary>
public enum DeadLetterReason
{
    /// <summary>The recipient has stopped, or stopped before it came to this message.</summary>
    Stopped,

    /// <summary>The recipient's bounded mailbox was full; the newest message is the one that goes.</summary>
    MailboxFull,

    /// <summary>The recipient stashed more than its stash holds.</summary>
    StashFull,

    /// <summary>The reply came after the ask had its answer, its deadline or its cancellation.</summary>
    LateReply,

    /// <summary>A shard's buffer for an entity that is passivating was full.</summary>
    BufferFull,

    /// <summary>It was told to the dead letters themselves: mostly a reply to a message without a sender.</summary>
    NoRecipient,

    /// <summary>The recipient is on another node, and there was no link to it, or the link's queue was full.</summary>
    Unreachable,

    /// <summary>The recipient is on another node, and the message is none that crosses, or is too long.</summary>
    CannotCross,

    /// <summary>For longer than anybody wants to wait, no node was known to own the recipient's shard.</summary>
    NoOwner,
}
