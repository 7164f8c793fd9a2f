namespace Conference.Node.Http;

/// <summary>A page for people: what the node counts, as <c>/metrics</c> tells it, every two seconds.</summary>
internal static class StatusPage
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Conference</title>
        <style>
          :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
          body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
          dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; }
          dl div { border: 1px solid #8886; border-radius: .5rem; padding: .75rem 1rem; }
          dt { opacity: .7; } dd { margin: 0; font-size: 1.75rem; font-variant-numeric: tabular-nums; }
        </style>
        </head>
        <body>
        <h1>Conference</h1>
        <p id="state" role="status">connecting</p>
        <dl id="numbers"></dl>
        <p><a href="/metrics">All metrics</a></p>
        <script>
          const shown = [
            ["Sessions", "conference_sessions"], ["Rooms", "conference_rooms"], ["Members", "conference_members"],
            ["Ports in use", "conference_ports_in_use"], ["Datagrams/s in", "conference_datagrams_in_total", true],
            ["Datagrams/s out", "conference_datagrams_out_total", true], ["Dropped/s", "conference_datagrams_dropped_total", true]];
          const list = document.getElementById("numbers"), state = document.getElementById("state");
          const cells = shown.map(([title]) => {
            const box = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
            dt.textContent = title; dd.textContent = "0"; box.append(dt, dd); list.append(box); return dd;
          });
          let before = null;
          async function refresh() {
            try {
              const [ready, text] = await Promise.all([fetch("/health/ready"), fetch("/metrics").then(r => r.text())]);
              const now = { at: performance.now() };
              for (const line of text.split("\n")) {
                const found = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line);
                if (found) now[found[1]] = (now[found[1]] ?? 0) + Number(found[2]);
              }
              shown.forEach(([, name, rate], i) => {
                const value = now[name] ?? 0;
                cells[i].textContent = (!rate ? value
                  : before ? Math.round((value - (before[name] ?? 0)) / (now.at - before.at) * 1000) : 0).toLocaleString();
              });
              before = now;
              state.textContent = ready.ok ? "ready" : "not ready";
            } catch { state.textContent = "no answer"; }
          }
          refresh(); setInterval(refresh, 2000);
        </script>
        </body>
        </html>
        """;
}
