using Conference.Client.Commands;

return await QcvcCommandLine.RunAsync(args);
