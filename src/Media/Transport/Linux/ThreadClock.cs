using System.Globalization;

namespace Conference.Media.Transport.Linux;

/// <summary>How much processor time a thread of this process has used, as the kernel's scheduler counts it. Costs the thread nothing.</summary>
internal static class ThreadClock
{
    /// <param name="thread">The kernel's id of it.</param>
    /// <returns>Null where the kernel does not say, or the thread has ended.</returns>
    public static TimeSpan? Read(int thread)
    {
        try
        {
            // "<nanoseconds on a core> <nanoseconds waiting for one> <turns>"
            string text = File.ReadAllText($"/proc/self/task/{thread}/schedstat");
            return long.TryParse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture, out long ns)
                ? TimeSpan.FromTicks(ns / TimeSpan.NanosecondsPerTick)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
