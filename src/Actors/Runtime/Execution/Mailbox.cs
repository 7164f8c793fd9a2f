namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// An actor's two queues, and the right to run it. Many threads post; one thread at a time, the owner, takes.
/// </summary>
/// <remarks>
/// <para>User messages: a linked list with an exchange at its tail, as in an MCS lock. <c>_tail</c> is null exactly when the mailbox is
/// idle, so whoever posts onto null has also won the right to run the actor and must schedule it: one exchange both enqueues and
/// wakes. The owner keeps the node it took last linked (emptied) and gives the right back by swapping <c>_tail</c> from that node to
/// null, which fails when anyone has posted since. An idle mailbox holds no node at all.</para>
/// <para>System messages: a stack that the owner takes whole and reverses. They need the right to run too: on an idle mailbox the
/// sender takes it with an emptied node (<see cref="TryAcquire"/>).</para>
/// <para>Parked: the owner has stopped running (suspended, or awaiting a task) but keeps the right, so user messages pile up without
/// waking anyone. Only a system message ends it.</para>
/// <para>No wake-up is lost: a sender of a system message writes <c>_system</c> and then reads <c>_parked</c> and <c>_tail</c>; an owner
/// that stops writes <c>_parked</c> or <c>_tail</c> and then reads <c>_system</c>. All four writes are interlocked, hence full fences,
/// so at least one of the two sees the other, and where both do, a compare-and-swap picks one.</para>
/// <para><c>_head</c> belongs to the owner. It passes from one owner to the next through the exchange that gave the right, and through
/// the thread pool's queue.</para>
/// </remarks>
internal struct Mailbox
{
    private Node? _head;
    private Node? _tail;
    private SystemMessage? _system;
    private int _parked;

    internal enum Taken
    {
        Message,

        /// <summary>Nothing there: <see cref="TryRelease"/> is next.</summary>
        Empty,

        /// <summary>A sender is between its exchange and its link, and was interrupted there. Rare; try again later.</summary>
        Unlinked,
    }

    internal bool HasSystem => Volatile.Read(ref _system) is not null;

    /// <returns>True when the caller now owns the mailbox and must schedule the actor.</returns>
    internal bool Post(object message, IActorRef? sender)
    {
        var node = new Node { Message = message, Sender = sender };
        var previous = Interlocked.Exchange(ref _tail, node);
        if (previous is null)
        {
            _head = node;
            return true;
        }
        Volatile.Write(ref previous.Next, node);
        return false;
    }

    /// <inheritdoc cref="Post"/>
    internal bool PostSystem(SystemMessage message)
    {
        var top = Volatile.Read(ref _system);
        while (true)
        {
            message.Next = top;
            var seen = Interlocked.CompareExchange(ref _system, message, top);
            if (seen == top)
                break;
            top = seen;
        }
        return Volatile.Read(ref _parked) == 1
            ? Interlocked.CompareExchange(ref _parked, 0, 1) == 1
            : Volatile.Read(ref _tail) is null && TryAcquire();
    }

    /// <summary>All system messages so far, oldest first.</summary>
    internal SystemMessage? TakeSystem()
    {
        var newest = Interlocked.Exchange(ref _system, null);
        SystemMessage? oldest = null;
        while (newest is not null)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }
        return oldest;
    }

    internal Taken Take(out object message, out IActorRef? sender)
    {
        message = null!;
        sender = null;
        var node = _head!;
        while (node.Message is null)
        {
            var next = Volatile.Read(ref node.Next);
            if (next is null)
            {
                if (Volatile.Read(ref _tail) == node)
                    return Taken.Empty;
                if (!node.SpinUntilLinked())
                    return Taken.Unlinked;
                continue;
            }
            // Cut off: a dead node that the GC has promoted would keep all its followers alive.
            node.Next = null;
            _head = node = next;
        }
        message = node.Message;
        sender = node.Sender;
        node.Message = null;
        node.Sender = null;
        return Taken.Message;
    }

    /// <summary>Gives back the right to run, if the mailbox is still empty.</summary>
    /// <returns>False when the caller is still the owner and goes on; after true it must not touch the actor any more.</returns>
    internal bool TryRelease()
    {
        var last = _head!;
        // Before the swap: after it, the next owner may already be writing its own head.
        _head = null;
        if (Interlocked.CompareExchange(ref _tail, null, last) != last)
        {
            _head = last;
            return false;
        }
        return !HasSystem || !TryAcquire();
    }

    /// <summary>True when a take would find a message. False may also mean that one is just being linked.</summary>
    internal readonly bool HasMessage => _head is { } node && (node.Message ?? Volatile.Read(ref node.Next)) is not null;

    /// <summary>Stops running while suspended.</summary>
    /// <returns>False when a system message came meanwhile: the caller is still the owner and goes on.</returns>
    internal bool Park()
    {
        Interlocked.Exchange(ref _parked, 1);
        return !HasSystem || Interlocked.CompareExchange(ref _parked, 0, 1) == 0;
    }

    /// <summary>User messages waiting: a walk, for statistics. Racing with the owner it may come out short.</summary>
    internal readonly int CountQueued()
    {
        var count = 0;
        for (var node = _head; node is not null; node = Volatile.Read(ref node.Next))
            count += node.Message is null ? 0 : 1;
        return count;
    }

    private bool TryAcquire()
    {
        var emptied = new Node();
        if (Interlocked.CompareExchange(ref _tail, emptied, null) is not null)
            return false;
        _head = emptied;
        return true;
    }

    private sealed class Node
    {
        internal object? Message;
        internal IActorRef? Sender;
        internal Node? Next;

        internal bool SpinUntilLinked()
        {
            var spinner = new SpinWait();
            while (Volatile.Read(ref Next) is null)
            {
                if (spinner.NextSpinWillYield)
                    return false;
                spinner.SpinOnce();
            }
            return true;
        }
    }
}
