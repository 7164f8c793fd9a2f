using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class NodeCommandLineTests
{
    [Theory]
    [InlineData("foo", "foo is not an argument")]
    [InlineData("-x", "-x is not an argument")]
    [InlineData("Qcvc:Port=1", "Qcvc:Port=1 is not an argument")]
    [InlineData("/Qcvc:Port 1", "/Qcvc:Port is not an argument")]
    [InlineData("--Qcvv:Port 1", "--Qcvv:Port is not a setting")]
    [InlineData("--Qcvv:Port=1", "--Qcvv:Port is not a setting")]
    [InlineData("--port", "--port is not a setting")]
    [InlineData("--Qcvc 1", "--Qcvc is not a setting")]
    [InlineData("--Qcvc: 1", "--Qcvc: is not a setting")]
    [InlineData("--Logging: 1", "--Logging: is not a setting")]
    [InlineData("--Logging:LogLevels:Default Debug", "--Logging:LogLevels:Default is not a setting")]
    [InlineData("--Logging:LogLevel Debug", "--Logging:LogLevel is not a setting")]
    [InlineData("--", "-- is not a setting")]
    [InlineData("--urls http://127.0.0.1", "--urls is not a setting")]
    [InlineData("--Kestrel:Limits:MaxRequestBodySize 1", "--Kestrel:Limits:MaxRequestBodySize is not a setting")]
    [InlineData("--Qcvc:Port", "--Qcvc:Port has no value")]
    [InlineData("--Qcvc:Port=", "--Qcvc:Port has no value")]
    [InlineData("--Qcvc:Port --Http:Port 1", "--Qcvc:Port has no value")]
    [InlineData("--Http:Port 1 --Qcvc:Port", "--Qcvc:Port has no value")]
    [InlineData("--migrate-store foo", "foo is not an argument")]
    public void What_is_no_setting_is_refused_in_one_sentence(string line, string why)
    {
        var wrong = Assert.Throws<CommandLineException>(() => Parse(line));

        Assert.StartsWith(why, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    [Fact]
    public void The_second_half_of_a_secret_is_not_told()
    {
        var wrong = Assert.Throws<CommandLineException>(() => Parse("--Http:AdminToken open sesame"));

        Assert.Equal("there is a word too many after --Http:AdminToken: a value with spaces in it needs quotes", wrong.Message);
        Assert.DoesNotContain("hush", Assert.Throws<CommandLineException>(() => Parse("--Http:AdminTokn:x: --Htpp:AdminToken=hush")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", NodeTask.Serve)]
    [InlineData("--Qcvc:Port 0 --logging:loglevel:default=Debug", NodeTask.Serve, "--Qcvc:Port=0", "--logging:loglevel:default=Debug")]
    [InlineData("--Cluster:Secret=--so--it=begins", NodeTask.Serve, "--Cluster:Secret=--so--it=begins")]
    [InlineData("--migrate-store --Store:Path=a --Store:Postgres Host=b;Username=c", NodeTask.MigrateStore, "--Store:Path=a", "--Store:Postgres=Host=b;Username=c")]
    [InlineData("--Qcvc:Port 0 --help", NodeTask.Help)]
    [InlineData("-h", NodeTask.Help)]
    [InlineData("foo --version", NodeTask.Version)]
    public void What_is_asked_is_understood(string line, object task, params string[] settings)
    {
        var command = Parse(line);

        Assert.Equal((NodeTask)task, command.Task);
        Assert.Equal(settings, command.Settings);
    }

    [Fact]
    public void The_help_names_every_setting() => Assert.All(NodeSettings.Keys, key => Assert.Contains($"  --{key}\n", NodeCommandLine.Help, StringComparison.Ordinal));

    [Fact]
    public void A_file_is_the_nodes_own_and_the_environment_belongs_to_others_too()
    {
        string folder = Directory.CreateTempSubdirectory("conference-settings-").FullName;
        string prefix = $"T{Guid.NewGuid():N}_";
        try
        {
            File.WriteAllText(Path.Combine(folder, "appsettings.json"), """{"Qcvv":{"Port":1},"Port":4321,"Logging":{"LogLevel":{"Default":"Debug"}},"Qcvc":{"Prot":1}}""");
            foreach (var (name, value) in new[] { ("NODE", "/usr/bin/node"), ("Qcvv__Port", "1"), ("HTTP", "x"), ("Rooms__Ondemandd", "1") })
                Environment.SetEnvironmentVariable(prefix + name, value);
            var configuration = new ConfigurationBuilder().SetBasePath(folder).AddJsonFile("appsettings.json").AddEnvironmentVariables(prefix).Build();

            var wrong = Assert.Throws<SettingsException>(() => NodeSettings.Read(configuration));

            Assert.Equal(["Port is not a setting", "Qcvc:Prot is not a setting", "Qcvv:Port is not a setting", "Rooms:Ondemandd is not a setting"], wrong.Errors.Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NodeCommandLine Parse(string line) => NodeCommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
