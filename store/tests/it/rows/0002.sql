-- What schema 2 added, of the same ingresses.
INSERT INTO answers (ingress_id, owner, managed, tls, traffic) VALUES
  (2, 'null', '{"by":"unknown","name":null,"how":""}',
   '{"state":"none","reason":"","method":null,"at":null,"expires_at":null,"disagreement":null}', NULL);
INSERT INTO settings (name, value) VALUES ('rules', '{}');
INSERT INTO traffic_sources (cluster, name, since, collected_until, checked_at)
VALUES ('prod', 'ingress-nginx at prometheus', 1700000100000, 1700000300000, 1700000300000);
INSERT INTO traffic_coverage (cluster, source, day, seconds)
VALUES ('prod', 'ingress-nginx at prometheus', 19675, 200);
INSERT INTO traffic_seen (ingress_id, route, last_any, last_success) VALUES (2, '', 1700000200000, NULL);
INSERT INTO traffic_days (ingress_id, day, requests, successes) VALUES (2, 19675, 3, 0);
INSERT INTO tls_names (ingress_id, cluster, namespace, secret, host)
VALUES (2, 'prod', 'shop', 'web-tls', 'web.example.com');
INSERT INTO tls_evidence (cluster, method, namespace, subject_kind, subject, at, finding)
VALUES ('prod', 'handshake', 'shop', 'host', 'web.example.com', 1700000200000, '{"unreachable":{"reason":"x"}}');
INSERT INTO snapshots (day, cluster, figures) VALUES (19675, '', '{"ingresses":1}');
