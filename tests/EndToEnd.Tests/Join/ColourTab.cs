using Conference.EndToEnd.Tests.Support;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>A tab in a real call, whose camera sees one colour and whose screen is magenta.</summary>
internal static class ColourTab
{
    /// <param name="node">Where it joins.</param>
    /// <param name="colour">As CSS has it.</param>
    /// <param name="rest">Of the address: room and name.</param>
    /// <param name="ways">What is special about it: of <see cref="TabScripts"/>.</param>
    public static async Task<JoinPage> JoinAsync(Browser browser, NodeProcess node, string colour, string rest, params string[] ways)
    {
        var page = new JoinPage(await browser.TabAsync(), node);
        foreach (string script in (string[])[TabScripts.Seeing(colour), .. ways])
            await page.Page.AddInitScriptAsync(script);
        await page.JoinAsync(rest);
        return page;
    }
}
