# The four dashboards, as data. A panel is a title, a unit, what it tells, and its queries; the rest is the same for all of them.
# Counters are only ever looked at through rate() or increase(), histograms through their buckets.

def source: {type: "prometheus", uid: "${datasource}"};

# One query; the legend may name labels.
def q($expr; $legend): {expr: $expr, legendFormat: $legend};

def panel($type; $width; $title; $unit; $description; $queries): {
  type: $type, title: $title, description: $description, datasource: source,
  gridPos: {w: $width, h: (if $type == "stat" then 4 else 8 end), x: 0, y: 0},
  targets: [$queries | to_entries[] | .value + {refId: ([65 + .key] | implode), datasource: source}],
  fieldConfig: {defaults: {unit: $unit, min: 0}, overrides: []}
};

def graph($title; $unit; $description; $queries):
  panel("timeseries"; 8; $title; $unit; $description; $queries)
  | .fieldConfig.defaults.custom = {lineWidth: 1, fillOpacity: 10, showPoints: "never"}
  | .options = {legend: {displayMode: "list", placement: "bottom", showLegend: true}, tooltip: {mode: "multi", sort: "desc"}};

def stacked: .fieldConfig.defaults.custom.stacking = {mode: "normal", group: "A"} | .fieldConfig.defaults.custom.fillOpacity = 40;

def wide: .gridPos.w = 12;

# Green below the first limit, then yellow, then red.
def limits($yellow; $red): .fieldConfig.defaults.thresholds = {mode: "absolute", steps: [
  {color: "green", value: null}, {color: "yellow", value: $yellow}, {color: "red", value: $red}]};

# Red below the first, then yellow, then green.
def floors($yellow; $green): .fieldConfig.defaults.thresholds = {mode: "absolute", steps: [
  {color: "red", value: null}, {color: "yellow", value: $yellow}, {color: "green", value: $green}]};

def plain: .fieldConfig.defaults.thresholds = {mode: "absolute", steps: [{color: "text", value: null}]};

def stat($title; $unit; $description; $expr):
  panel("stat"; 4; $title; $unit; $description; [q($expr; "")])
  | .options = {colorMode: "value", graphMode: "area", reduceOptions: {calcs: ["lastNotNull"], fields: "", values: false}, textMode: "value"};

def bars($title; $unit; $description; $queries):
  panel("bargauge"; 8; $title; $unit; $description; [$queries[] + {instant: true}])
  | .options = {displayMode: "basic", orientation: "horizontal", reduceOptions: {calcs: ["lastNotNull"], fields: "", values: false}};

def row($title): {type: "row", title: $title, collapsed: false, panels: [], gridPos: {w: 24, h: 1, x: 0, y: 0}};

# From left to right, then down.
def laid_out:
  reduce .[] as $p ({x: 0, y: 0, h: 0, id: 1, out: []};
    (if $p.type == "row" or .x + $p.gridPos.w > 24 then .y += .h | .x = 0 | .h = 0 else . end)
    | .out += [$p * {id: .id, gridPos: {x: .x, y: .y}}]
    | .x += $p.gridPos.w | .h = ([.h, $p.gridPos.h] | max) | .id += 1)
  | .out;

def datasource_variable: {name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus", hide: 0, refresh: 1};

def instance_variable: {
  name: "instance", label: "Node", type: "query", datasource: source, refresh: 2, sort: 1, hide: 0,
  query: "label_values(conference_build_info, instance)"
};

def dashboard($uid; $title; $description; $variables; $panels): {
  uid: "conference-\($uid)", title: "Conference / \($title)", description: $description, tags: ["conference"],
  schemaVersion: 39, version: 1, editable: true, graphTooltip: 1, timezone: "browser",
  time: {from: "now-1h", to: "now"}, refresh: "30s",
  links: [{title: "Conference", type: "dashboards", tags: ["conference"], icon: "external link", tooltip: "", asDropdown: false,
    targetBlank: false, includeVars: true, keepTime: true}],
  templating: {list: ([datasource_variable] + $variables)},
  annotations: {list: [{name: "Alerts", datasource: source, enable: true, hide: false, iconColor: "red",
    expr: "ALERTS{alertname=~\"Conference.*\", alertstate=\"firing\"}", titleFormat: "{{alertname}}", textFormat: "{{instance}}"}]},
  panels: ($panels | laid_out)
};

def quantile($q; $metric; $labels): "histogram_quantile(\($q), sum by (le) (rate(\($metric)_bucket\($labels)[$__rate_interval])))";

def service: dashboard("service"; "Service"; "Is it well? What callers get, over all nodes."; []; [
  row("Now"),
  (stat("Nodes"; "none"; "Nodes that answer Prometheus."; "count(conference_build_info)") | plain),
  (stat("Sessions"; "short"; "Open QCVC sessions."; "sum(conference_sessions)") | plain),
  (stat("Rooms"; "short"; "Open rooms."; "sum(conference_rooms)") | plain),
  (stat("Members"; "short"; "Members of rooms: a session in two rooms counts twice."; "sum(conference_members)") | plain),
  (stat("Alerts"; "none"; "Alerts that fire now."; "count(ALERTS{alertname=~\"Conference.*\", alertstate=\"firing\"}) or vector(0)") | limits(1; 1)),
  (stat("Error budget left"; "percentunit"; "Of the joins that may fail in 30 days (one in a thousand): what is left. Below 0 the objective is missed.";
    "1 - (sum(increase(conference_joins_total{outcome=~\"unavailable|no_port\"}[30d])) / sum(increase(conference_joins_total[30d]))) / 0.001")
    | floors(0; 0.25) | del(.fieldConfig.defaults.min)),
  (stat("Joins that fail"; "percentunit"; "By the service's fault, of the last 5 minutes."; "conference:join_failures:ratio_rate5m") | limits(0.001; 0.01)),
  (stat("Join p99"; "s"; "One join in a hundred takes longer."; "conference:join_seconds:p99_5m") | limits(0.5; 1)),
  (stat("Delay p99"; "s"; "Added to one datagram in a hundred."; "conference:forward_delay_seconds:p99_5m") | limits(0.001; 0.005)),
  (stat("Loss"; "percentunit"; "Of the node that loses most: datagrams it should have sent and did not."; "max(instance:conference_datagrams_lost:ratio_rate5m)") | limits(0.001; 0.005)),
  (stat("Forwarded"; "bps"; "Media to members."; "sum(rate(conference_media_out_bytes_total[$__rate_interval])) * 8") | plain),
  (stat("Copies"; "short"; "Datagrams sent for each that came in."; "sum(rate(conference_datagrams_out_total[$__rate_interval])) / sum(rate(conference_datagrams_in_total[$__rate_interval]))") | plain),

  row("Joining"),
  (graph("Joins by outcome"; "ops"; "CONNs that a room was asked for. unavailable and no_port are the service's fault.";
    [q("sum by (outcome) (rate(conference_joins_total[$__rate_interval]))"; "{{outcome}}")]) | stacked),
  graph("Time to join"; "s"; "From the CONN line to its answer.";
    [q(quantile("0.5"; "conference_command_seconds"; "{verb=\"CONN\"}"); "p50"), q(quantile("0.99"; "conference_command_seconds"; "{verb=\"CONN\"}"); "p99")]),
  graph("Joins that fail, against the objective"; "percentunit"; "Burn rates that wake somebody: 14.4 of 0.1 % over 1 h and 5 min.";
    [q("conference:join_failures:ratio_rate5m"; "5 minutes"), q("conference:join_failures:ratio_rate1h"; "1 hour"), q("conference:join_failures:ratio_rate6h"; "6 hours"), q("vector(0.0144)"; "page")]),
  (graph("Sign-ins by outcome"; "ops"; "AUTH commands.";
    [q("sum by (mechanism, outcome) (rate(conference_signins_total[$__rate_interval])) or vector(0)"; "{{mechanism}} {{outcome}}")]) | stacked),
  (graph("Commands"; "ops"; "Answered, by verb."; [q("sum by (verb) (rate(conference_commands_total[$__rate_interval]))"; "{{verb}}")]) | stacked),
  graph("Turned away"; "ops"; "Connections answered 421 at once, TLS handshakes that came to nothing, API calls without the token.";
    [q("sum by (reason) (rate(conference_connections_refused_total[$__rate_interval]))"; "421 {{reason}}"),
     q("sum by (outcome) (rate(conference_tls_handshakes_total{outcome!=\"ok\"}[$__rate_interval]))"; "TLS {{outcome}}"),
     q("sum by (reason) (rate(conference_http_refused_total[$__rate_interval]))"; "API {{reason}}")]),

  row("Media"),
  graph("Delay"; "s"; "From a datagram's receipt to its last copy handed to the kernel.";
    [q(quantile("0.5"; "conference_forward_delay_seconds"; ""); "p50"), q(quantile("0.99"; "conference_forward_delay_seconds"; ""); "p99"),
     q(quantile("0.999"; "conference_forward_delay_seconds"; ""); "p99.9")]),
  (graph("Dropped, by reason"; "pps"; "loop_behind and send_failed are losses; receiver_full is one client's slow path; stranger and empty are none.";
    [q("sum by (reason) (rate(conference_datagrams_dropped_total[$__rate_interval]))"; "{{reason}}")]) | stacked),
  graph("Media"; "bps"; "From and to members, UDP payload.";
    [q("sum by (service) (rate(conference_media_in_bytes_total[$__rate_interval])) * 8"; "{{service}} in"),
     q("sum by (service) (rate(conference_media_out_bytes_total[$__rate_interval])) * 8"; "{{service}} out")]),

  row("Nodes"),
  (graph("Sessions"; "short"; "By node."; [q("conference_sessions"; "{{instance}}")]) | stacked),
  (graph("Members"; "short"; "By the node their session is on."; [q("conference_members"; "{{instance}}")]) | stacked),
  graph("Busy"; "percentunit"; "Of each node's processors, and of its busiest media thread.";
    [q("instance:conference_cpu_busy:ratio_rate5m"; "{{instance}}"), q("instance:conference_loop_busy:max5m"; "{{instance}} media thread")])
]);

def of_node: "instance=~\"$instance\"";

def node: dashboard("node"; "Node"; "One node: cores, media threads, ports, queues, drops, garbage collection, the other nodes."; [instance_variable]; [
  row("Now"),
  (stat("Release"; "none"; "Of the node."; "conference_build_info{\(of_node)}") | plain | .targets[0].legendFormat = "{{version}}" | .options.textMode = "name" | .options.graphMode = "none"),
  (stat("Up for"; "s"; "Since the process started."; "time() - conference_process_start_timestamp_seconds{\(of_node)}") | plain),
  (stat("Sessions"; "percentunit"; "Of those it takes."; "instance:conference_sessions:ratio{\(of_node)}") | limits(0.7; 0.9)),
  (stat("Processor"; "percentunit"; "Of what it may use."; "instance:conference_cpu_busy:ratio_rate5m{\(of_node)}") | limits(0.6; 0.85)),
  (stat("Busiest media thread"; "percentunit"; "At 85 % delay begins to grow."; "instance:conference_loop_busy:max5m{\(of_node)}") | limits(0.6; 0.85)),
  (stat("Certificate"; "s"; "Until it expires; nothing without TLS."; "conference_tls_certificate_expiry_timestamp_seconds{\(of_node)} - time()") | floors(86400; 1209600)),

  row("Load"),
  graph("Processor"; "percentunit"; "Of all it may use; each media thread, of one core.";
    [q("rate(conference_process_cpu_seconds_total{\(of_node)}[$__rate_interval]) / conference_process_processors{\(of_node)}"; "process"),
     q("rate(conference_loop_cpu_seconds_total{\(of_node)}[$__rate_interval])"; "{{loop}}")]),
  graph("Memory"; "bytes"; "What the process holds, and the managed heap in it.";
    [q("conference_process_resident_bytes{\(of_node)}"; "resident"), q("conference_heap_bytes{\(of_node)}"; "heap")]),
  graph("Sessions, members, rooms"; "short"; "Sessions and members here; rooms this node owns.";
    [q("conference_sessions{\(of_node)}"; "sessions"), q("conference_members{\(of_node)}"; "members"), q("conference_rooms{\(of_node)}"; "rooms")]),

  row("Media"),
  graph("Datagrams"; "pps"; "From and to members.";
    [q("sum by (service) (rate(conference_datagrams_in_total{\(of_node)}[$__rate_interval]))"; "{{service}} in"),
     q("sum by (service) (rate(conference_datagrams_out_total{\(of_node)}[$__rate_interval]))"; "{{service}} out")]),
  (graph("Dropped, by reason"; "pps"; "What went no further, and why.";
    [q("rate(conference_datagrams_dropped_total{\(of_node)}[$__rate_interval])"; "{{reason}}")]) | stacked),
  graph("Delay"; "s"; "From receipt to the last copy.";
    [q("instance:conference_forward_delay_seconds:p50_5m{\(of_node)}"; "p50"), q("instance:conference_forward_delay_seconds:p99_5m{\(of_node)}"; "p99")]),
  graph("Between media threads"; "short"; "Batches of large rooms that wait for another thread; packets kept to be sent again.";
    [q("conference_loop_queued{\(of_node)}"; "{{loop}} waiting"), q("conference_loop_packets_kept{\(of_node)}"; "{{loop}} kept")]),
  graph("Repair"; "ops"; "Lost packets that receivers asked for, keyframes asked of senders, changes of layer.";
    [q("rate(conference_media_nacks_total{\(of_node)}[$__rate_interval])"; "NACK {{answer}}"),
     q("rate(conference_media_keyframes_asked_total{\(of_node)}[$__rate_interval])"; "keyframes asked"),
     q("rate(conference_media_layer_switches_total{\(of_node)}[$__rate_interval])"; "layer switches"),
     q("sum(rate(conference_loop_packets_not_kept_total{\(of_node)}[$__rate_interval]))"; "not kept")]),
  graph("Offload"; "short"; "1 where the kernel takes or gives several datagrams at a time; runs it refused, per second.";
    [q("conference_media_offload{\(of_node)}"; "{{kind}}"), q("rate(conference_media_offload_fallbacks_total{\(of_node)}[$__rate_interval])"; "refused"),
     q("rate(conference_media_sources_refused_total{\(of_node)}[$__rate_interval])"; "sources refused")]),

  row("Ports"),
  graph("Port numbers"; "short"; "CONNs that hold a port; numbers in the pool; those of the address that holds most.";
    [q("conference_ports_in_use{\(of_node)}"; "CONNs"), q("conference_ports_pool{\(of_node)}"; "pool"), q("conference_ports_free{\(of_node)}"; "unused"),
     q("conference_ports_busiest_address{\(of_node)}"; "busiest address"), q("conference_ports_aside{\(of_node)}"; "held by others")]),
  graph("CONNs without a port"; "ops"; "no_number: their address held all. no_socket: descriptors or memory were out.";
    [q("rate(conference_ports_refused_total{\(of_node)}[$__rate_interval])"; "{{reason}}")]),
  graph("Port events"; "short"; "That wait to be heard; dropped per second.";
    [q("conference_media_events_queued{\(of_node)}"; "waiting"), q("rate(conference_media_events_dropped_total{\(of_node)}[$__rate_interval])"; "dropped")]),

  row("Queues"),
  graph("Work that waits"; "short"; "For a thread of the pool, actors with messages among it.";
    [q("conference_thread_pool_queued{\(of_node)}"; "waiting")]),
  graph("Sessions' queues"; "short"; "Commands not yet answered; passwords that wait for a core.";
    [q("conference_commands_in_flight{\(of_node)}"; "commands"), q("conference_password_checks_waiting{\(of_node)}"; "passwords"),
     q("conference_signin_failures_remembered{\(of_node)}"; "failures remembered")]),
  graph("Lines that wait for clients"; "bytes"; "Written and not yet read."; [q("conference_session_unsent_bytes{\(of_node)}"; "unsent")]),
  graph("Slow clients"; "ops"; "Unasked lines dropped; connections closed for not reading.";
    [q("rate(conference_lines_dropped_total{\(of_node)}[$__rate_interval])"; "lines dropped"), q("rate(conference_slow_readers_closed_total{\(of_node)}[$__rate_interval])"; "closed")]),
  graph("Journal"; "ops"; "Events stored, writes and reads that failed; 1 while the breaker is open.";
    [q("rate(conference_journal_events_total{\(of_node)}[$__rate_interval])"; "stored"),
     q("sum by (reason) (rate(conference_journal_failures_total{\(of_node)}[$__rate_interval]))"; "{{reason}}"),
     q("conference_journal_breaker_open{\(of_node)}"; "breaker open")]),

  row("Actors and runtime"),
  (graph("Actors"; "short"; "By type."; [q("conference_actors{\(of_node)}"; "{{type}}")]) | stacked),
  graph("Messages nobody had"; "ops"; "Dead letters by reason, messages without a use, actors that failed: any failure is a bug.";
    [q("rate(conference_dead_letters_total{\(of_node)}[$__rate_interval])"; "{{reason}}"), q("rate(conference_unhandled_messages_total{\(of_node)}[$__rate_interval])"; "unhandled"),
     q("rate(conference_actor_failures_total{\(of_node)}[$__rate_interval])"; "failures")]),
  graph("Garbage collection"; "percentunit"; "Share of time that all threads stood still.";
    [q("rate(conference_gc_pause_seconds_total{\(of_node)}[$__rate_interval])"; "paused")]),
  graph("Collections"; "ops"; "By generation."; [q("rate(conference_gc_collections_total{\(of_node)}[$__rate_interval])"; "generation {{generation}}")]),
  graph("Allocated"; "Bps"; "On the managed heap; forwarding allocates nothing."; [q("rate(conference_gc_allocated_bytes_total{\(of_node)}[$__rate_interval])"; "allocated")]),
  graph("Threads"; "short"; "All; those of the pool; work that waits for one; waits for a lock, per second.";
    [q("conference_process_threads{\(of_node)}"; "all"), q("conference_thread_pool_threads{\(of_node)}"; "pool"), q("conference_thread_pool_queued{\(of_node)}"; "waiting"),
     q("rate(conference_lock_contentions_total{\(of_node)}[$__rate_interval])"; "lock contentions")]),

  row("Other nodes"),
  graph("Reachable"; "short"; "1 where it is."; [q("conference_cluster_reachable{\(of_node)}"; "{{peer}}")]),
  graph("Round trip"; "s"; "Of the last question to an actor of that node, queues included."; [q("conference_cluster_round_trip_seconds{\(of_node)}"; "{{peer}}")]),
  graph("Connections"; "ops"; "Made, ended, failed; quarantined: never spoken to again.";
    [q("rate(conference_remoting_associations_total{\(of_node)}[$__rate_interval])"; "{{event}}")])
]);

def cluster: dashboard("cluster"; "Cluster"; "Members, reachability, shards, trunks, and the journal and read models they rest on."; []; [
  row("Now"),
  (stat("Nodes up"; "none"; "As the cluster sees it."; "max(conference_cluster_nodes{state=\"up\"})") | floors(2; 3)),
  (stat("Unreachable"; "none"; "Nodes that some other does not hear from."; "max(conference_cluster_nodes{state=\"unreachable\"})") | limits(1; 1)),
  (stat("Shards owned"; "none"; "Of 128: 64 of users and 64 of rooms."; "sum(conference_cluster_shards{state=\"owned\"})") | floors(128; 128)),
  (stat("Clusters"; "none"; "More than one is a split; nodes that are alone count too."; "sum(conference_cluster_oldest)") | limits(2; 2)),
  (stat("Breakers open"; "none"; "Nodes that do not ask their store any more."; "sum(conference_journal_breaker_open)") | limits(1; 1)),
  (stat("Draining"; "none"; "Nodes that drain."; "sum(conference_drain_state)") | plain),

  row("Membership"),
  graph("Nodes"; "short"; "As each node sees the cluster: they should agree."; [q("conference_cluster_nodes"; "{{instance}}: {{state}}")]),
  graph("Reachable"; "short"; "1 where it is."; [q("conference_cluster_reachable"; "{{instance}} - {{peer}}")]),
  graph("Ready, may act, has the database"; "short"; "What readiness says; whether a node has heard from a majority of late; whether it holds its session at the database.";
    [q("conference_ready"; "{{instance}} ready"), q("conference_cluster_may_act"; "{{instance}} may act"), q("conference_cluster_database_connected"; "{{instance}} database")]),
  (graph("Shards"; "short"; "128 in all, by owner."; [q("conference_cluster_shards{state=\"owned\"}"; "{{instance}}")]) | stacked),
  graph("Put out"; "ops"; "Nodes downed, as each saw it; found dead by whom.";
    [q("rate(conference_cluster_downed_total[$__rate_interval])"; "{{instance}} downed"), q("rate(conference_cluster_proven_deaths_total[$__rate_interval])"; "{{instance}} found dead"),
     q("rate(conference_cluster_self_downed_total[$__rate_interval])"; "{{instance}} was put out")]),
  graph("Oldest"; "short"; "Where the singletons run."; [q("conference_cluster_oldest"; "{{instance}}")]),
  graph("Drain"; "short"; "Sessions that are left."; [q("conference_drain_sessions_left"; "{{instance}}")]),
  graph("Certificates between nodes"; "s"; "Until they expire."; [q("conference_cluster_certificate_expiry_timestamp_seconds - time()"; "{{instance}}")]),
  graph("News of rooms that were lost"; "ops"; "On their way to a node, which asked for the whole picture."; [q("rate(conference_room_events_missed_total[$__rate_interval])"; "{{instance}}")]),

  row("Between nodes"),
  graph("Round trip"; "s"; "Of the last question to an actor of that node, queues included."; [q("conference_cluster_round_trip_seconds"; "{{instance}} - {{peer}}")]),
  graph("Connections"; "ops"; "Made, ended, failed; quarantined: never spoken to again; refused: strangers.";
    [q("rate(conference_remoting_associations_total[$__rate_interval])"; "{{instance}} {{event}}"),
     q("rate(conference_remoting_refused_total[$__rate_interval])"; "{{instance}} refused")]),
  graph("Dead letters"; "ops"; "Messages nobody received: a few whenever nodes come and go."; [q("sum by (instance) (rate(conference_dead_letters_total[$__rate_interval]))"; "{{instance}}")]),

  row("Trunks"),
  graph("Datagrams"; "pps"; "Between nodes: one per source packet and node."; [q("rate(conference_trunk_datagrams_total[$__rate_interval])"; "{{instance}} {{direction}}")]),
  graph("Media between nodes"; "bps"; "Encrypted, with what that adds."; [q("rate(conference_trunk_bytes_total[$__rate_interval]) * 8"; "{{instance}} {{direction}}")]),
  (graph("Dropped, by reason"; "pps"; "Strangers, replays, what could not be sent."; [q("sum by (instance, reason) (rate(conference_trunk_dropped_total[$__rate_interval]))"; "{{instance}} {{reason}}")]) | stacked),

  row("Journal and read models"),
  graph("Writes are durable after"; "s"; "p99, by node."; [q("instance:conference_journal_append_seconds:p99_5m"; "{{instance}}")]),
  graph("Events stored"; "ops"; "By node."; [q("rate(conference_journal_events_total[$__rate_interval])"; "{{instance}}")]),
  (graph("Failures"; "ops"; "By reason. breaker_open: the store was not even asked.";
    [q("sum by (instance, reason) (rate(conference_journal_failures_total[$__rate_interval]))"; "{{instance}} {{reason}}")]) | stacked),
  graph("Read models are behind"; "s"; "The age of the event that came in last; 0 when there is none left.";
    [q("conference_projection_lag_seconds"; "{{instance}}")]),
  graph("Read models are at"; "short"; "The number of the last event."; [q("conference_projection_position"; "{{instance}}")]),
  graph("Read models, trouble"; "ops"; "Events that could not be read; times that it was tried again.";
    [q("sum(rate(conference_projection_skipped_total[$__rate_interval]))"; "skipped"),
     q("sum(rate(conference_projection_failures_total[$__rate_interval]))"; "failed")]),

  row("Webhooks"),
  graph("Deliveries"; "ops"; "Delivered; failed, and tried again; dead, after a day of trying.";
    [q("sum by (result) (rate(conference_webhook_deliveries_total[$__rate_interval]))"; "{{result}}")]),
  graph("Queue"; "short"; "Deliveries that wait, and dead letters that are kept.";
    [q("conference_webhook_queue_deliveries"; "waiting"), q("conference_webhook_dead_deliveries"; "dead")]),
  graph("The first waits since"; "s"; "How long the oldest delivery has waited."; [q("conference_webhook_oldest_seconds"; "oldest")])
]);

def rooms: dashboard("rooms"; "Rooms"; "How large rooms are, how they spread, and where it is hottest. Names are in the console, never in metrics."; []; [
  row("Now"),
  (stat("Rooms"; "short"; "Open rooms."; "sum(conference_rooms)") | plain),
  (stat("Members"; "short"; "Of all rooms."; "sum(conference_members)") | plain),
  (stat("Mean size"; "short"; "Members of a room."; "sum(conference_members) / sum(conference_rooms)") | plain),
  (stat("Largest"; "short"; "Members of the largest room."; "max(conference_room_members_largest)") | plain),
  (stat("Over several nodes"; "percentunit"; "Rooms with members on more than one node.";
    "sum(conference_rooms_by_nodes{nodes!=\"1\"}) / sum(conference_rooms_by_nodes)") | plain),
  (stat("Media of a member"; "bps"; "What one member receives, on average."; "sum(rate(conference_media_out_bytes_total[$__rate_interval])) * 8 / sum(conference_members)") | plain),

  row("Sizes and spread"),
  bars("Rooms by members"; "short"; "Now."; [q("sum by (members) (conference_rooms_by_members)"; "{{members}}")]),
  bars("Rooms by nodes"; "short"; "How many nodes have members of a room."; [q("sum by (nodes) (conference_rooms_by_nodes)"; "{{nodes}}")]),
  graph("Largest room"; "short"; "By the node that owns it."; [q("conference_room_members_largest"; "{{instance}}")]),
  (graph("Rooms by members"; "short"; "Over time."; [q("sum by (members) (conference_rooms_by_members)"; "{{members}}")]) | stacked),
  (graph("Rooms"; "short"; "By the node that owns them."; [q("conference_rooms"; "{{instance}}")]) | stacked),
  (graph("Members"; "short"; "By the node their session is on."; [q("conference_members"; "{{instance}}")]) | stacked),

  row("Hottest"),
  bars("Media threads"; "percentunit"; "The busiest; a room lives on one until it has 32 ports.";
    [q("topk(8, rate(conference_loop_cpu_seconds_total{loop!=\"media-doors\"}[$__rate_interval]))"; "{{instance}} {{loop}}")]),
  bars("Nodes, by media"; "bps"; "Sent to members."; [q("topk(8, sum by (instance) (rate(conference_media_out_bytes_total[$__rate_interval])) * 8)"; "{{instance}}")]),
  graph("Copies of a datagram"; "short"; "Sent for each that came in: how large rooms are for the media plane.";
    [q("sum by (instance, service) (rate(conference_datagrams_out_total[$__rate_interval])) / sum by (instance, service) (rate(conference_datagrams_in_total[$__rate_interval]))"; "{{instance}} {{service}}")]),

  row("Who gets in, what they see"),
  (graph("Turned away by rooms"; "ops"; "Full, locked, put out."; [q("sum by (outcome) (rate(conference_joins_total{outcome=~\"full|locked|put_out\"}[$__rate_interval]))"; "{{outcome}}")]) | stacked),
  graph("Repair"; "ops"; "Keyframes asked of senders, lost packets sent again, changes of layer.";
    [q("sum(rate(conference_media_keyframes_asked_total[$__rate_interval]))"; "keyframes"), q("sum by (answer) (rate(conference_media_nacks_total[$__rate_interval]))"; "NACK {{answer}}"),
     q("sum(rate(conference_media_layer_switches_total[$__rate_interval]))"; "layers")]),
  graph("Not forwarded"; "pps"; "Muted members, clients whose path is full or who are gone.";
    [q("sum by (reason) (rate(conference_datagrams_dropped_total{reason=~\"muted|receiver_full|receiver_gone|no_route\"}[$__rate_interval]))"; "{{reason}}")])
]);

{service: service, node: node, cluster: cluster, rooms: rooms}[$name]
