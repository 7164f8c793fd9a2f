using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

#pragma warning disable CA1050 // The runtime wants it by this very name.

/// <summary>
/// Runs in a node's process before the node does (DOTNET_STARTUP_HOOKS), and makes it one of another release: what it says of the
/// protocols it speaks is what the variable CONFERENCE_PROTOCOLS says ("1-2"). The node itself has no such switch.
/// </summary>
internal static class StartupHook
{
    public const string Protocols = "CONFERENCE_PROTOCOLS";

    public static void Initialize()
    {
        var range = Type.GetType("Conference.Node.Links.ProtocolRange, Conference.Node", throwOnError: true)!;
        var field = range.GetField("<OfThisRelease>k__BackingField", BindingFlags.Static | BindingFlags.NonPublic)!;
        RuntimeHelpers.RunClassConstructor(range.TypeHandle);
        object[] bounds = [.. Environment.GetEnvironmentVariable(Protocols)!.Split('-').Select(b => (object)int.Parse(b, CultureInfo.InvariantCulture))];
        // Reflection does not write what is read-only; code does.
        var set = new DynamicMethod("Set", null, [range], range, skipVisibility: true);
        var body = set.GetILGenerator();
        body.Emit(OpCodes.Ldarg_0);
        body.Emit(OpCodes.Stsfld, field);
        body.Emit(OpCodes.Ret);
        set.Invoke(null, [Activator.CreateInstance(range, bounds)]);
    }
}
