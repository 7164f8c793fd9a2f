-- A store as the first engine wrote it (version 0.1, before the move to Akka.NET). It is refused, and never to be changed.
CREATE TABLE call (id text primary key, room text not null, member text not null, session integer not null,
    services text not null, node text not null, started integer not null, ended integer, ending integer not null,
    bytes_in integer not null, bytes_out integer not null, packets_in integer not null, packets_out integer not null) strict, without rowid;
CREATE TABLE directory (kind integer not null, name text not null, details text not null,
    primary key (kind, name)) strict, without rowid;
CREATE TABLE event (pid text not null, seq integer not null, payload blob not null, checksum integer not null,
    at integer not null, shard integer, epoch integer, primary key (pid, seq)) strict, without rowid;
CREATE TABLE migration (number integer primary key, name text not null, at integer not null) strict;
CREATE TABLE snapshot (pid text not null, seq integer not null, payload blob not null, checksum integer not null,
    at integer not null, primary key (pid, seq)) strict, without rowid;
CREATE INDEX call_ended on call (ended);
CREATE INDEX call_member on call (member, started, id);
CREATE INDEX call_room on call (room, started, id);
CREATE INDEX call_started on call (started, id);
insert into migration values (1, 'events, snapshots, directory, calls', 1795414183);
insert into event values ('room/standup', 1, x'82020408321001', 2339075531, 1795414183970800, null, null);
insert into event values ('room/standup', 2, x'9202070a036a6f651001', 1374655402, 1795414183970800, null, null);
insert into event values ('room/standup', 3, x'9a02310a1000112233445566778899aabbccddeeff12036a6f6519f9ffffffffffffff22066e6f64652d6128b59eddb2efeb9103', 895237447, 1795414183970800, null, null);
insert into event values ('room/standup', 4, x'a202380a1000112233445566778899aabbccddeeff1080c18d84fdeb910318042205766964656f2205617564696f28013002380340808080808020', 2537390342, 1795414183970800, null, null);
insert into event values ('room/standup', 5, x'8a0200', 1560442286, 1795414183970800, null, null);
insert into event values ('user/joe', 1, x'0a280a2670626b6466322d73686135313224323130303030246332467364413d3d246147467a61413d3d', 1762253810, 1795414183924367, null, null);
insert into event values ('user/joe', 2, x'22020802', 4128528308, 1795414183924367, null, null);
insert into event values ('user/joe', 3, x'22020803', 890110087, 1795414183924367, null, null);
insert into event values ('user/joe', 4, x'22020804', 2006010108, 1795414183924367, null, null);
insert into event values ('user/joe', 5, x'12240a2270626b6466322d73686135313224323130303030246332467364413d3d24626d5633', 1966109781, 1795414183924367, null, null);
insert into event values ('user/joe', 6, x'1a00', 1099397534, 1795414183924367, null, null);
insert into event values ('user/joe', 7, x'22020801', 301080752, 1795414183924367, null, null);
insert into snapshot values ('room/standup', 3, x'123e0a040832100112310a1000112233445566778899aabbccddeeff12036a6f6519f9ffffffffffffff22066e6f64652d6128b59eddb2efeb91031a036a6f65', 4107775870, 1795414183991336);
insert into snapshot values ('user/joe', 5, x'0a260a2270626b6466322d73686135313224323130303030246332467364413d3d24626d56331004', 1886174415, 1795414183983374);
insert into directory values (2, 'standup', '{"maxMembers":50}');
insert into call values ('00112233445566778899aabbccddeeff', 'standup', 'joe', -7, 'video,audio', 'node-a', 1767323045678901, 1767326706000000, 4, 1, 2, 3, 1099511627776);
