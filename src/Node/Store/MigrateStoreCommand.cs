using Conference.Node.Settings;

namespace Conference.Node.Store;

/// <summary><c>Conference.Node --migrate-store --Store:Path ... --Store:Postgres ...</c>: copies the first to the second, and ends.</summary>
internal static class MigrateStoreCommand
{
    internal const string Name = "--migrate-store";

    /// <exception cref="SettingsException">The settings name no target.</exception>
    /// <exception cref="StoreException">Nothing was copied.</exception>
    internal static async Task RunAsync(string[] settings)
    {
        var builder = NodeConfiguration.CreateBuilder(settings);
        var store = NodeSettings.Read(builder.Configuration).Store;
        if (store.Postgres is null)
            throw new SettingsException([$"Store:Postgres must say where {Name} is to copy {store.Path}"]);
        var copied = await StoreMigrator.CopyAsync(store.Path, store.Postgres);
        System.Console.WriteLine($"copied {store.Path}: {string.Join(", ", copied.Select(t => $"{t.Value} of {t.Key}"))}");
    }
}
