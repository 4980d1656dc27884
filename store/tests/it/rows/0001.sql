-- A little of everything, as schema 1 had it: one ingress in its second life.
INSERT INTO clusters (name, uid, server, version, error) VALUES ('prod', 'uid-1', 'https://prod', 'v1.33.0', NULL);
INSERT INTO sync_status (cluster, kind, phase, data_as_of, listed_at, resource_version, objects, error)
VALUES ('prod', 'Ingress', 'watching', 1700000400000, 1700000400000, '42', 1, NULL),
  ('prod', 'Service', 'watching', 1700000400000, 1700000400000, '42', 1, NULL),
  ('prod', 'IngressClass', 'watching', 1700000400000, 1700000400000, '42', 1, NULL);
INSERT INTO ingresses (id, cluster, uid, namespace, name, resource_version, gone, class, class_source,
  first_host, hosts, host_count, route_count, addresses, created_at, first_seen_at, removed_at, removal,
  material_hash, oddities, problems, problem_count, checks)
VALUES (1, 'prod', 'life-1', 'shop', 'web', '7', 1, 'nginx', 'spec',
  'web.example.com', '["web.example.com"]', 1, 1, '["192.0.2.1"]', 1700000000000, 1700000100000, 1700000300000, 'delete-event',
  'abc', '[]', '[{"service-missing":{"service":"web"}}]', 1, 7);
INSERT INTO manifests (ingress_id, body) VALUES (1, x'0a010000f0fb7b226d65746164617461223a7b226e616d65223a22776562222c226e616d657370616365223a2273686f70222c22756964223a226c6966652d31222c227265736f7572636556657273696f6e223a2237227d2c2273706563223a7b22696e6772657373436c6173734e616d65223a226e67696e78222c2272756c6573223a5b7b22686f7374223a227765622e6578616d706c652e636f6d222c2268747470223a7b227061746873223a5b7b2270617468223a222f222c227061746854797065223a22507265666978222c226261636b656e64223a7b2273657276696365223a7b226e616d65223a22776562222c22706f7274223a7b226e756d626572223a38307d7d7d7d5d7d7d5d7d7d');
INSERT INTO backends (ingress_id, cluster, namespace, service, port) VALUES (1, 'prod', 'shop', 'web', '80');
INSERT INTO ingress_search (rowid, text) VALUES (1, 'web' || char(10) || 'shop' || char(10) || 'web.example.com');
INSERT INTO ingresses (id, cluster, uid, namespace, name, resource_version, gone, class, class_source,
  first_host, hosts, host_count, route_count, addresses, created_at, first_seen_at, removed_at, removal,
  material_hash, oddities, problems, problem_count, checks)
VALUES (2, 'prod', 'life-2', 'shop', 'web', '9', 0, 'nginx', 'spec',
  'web.example.com', '["web.example.com"]', 1, 1, '["192.0.2.1"]', 1700000000000, 1700000100000, NULL, NULL,
  'abc', '[]', '[{"service-missing":{"service":"web"}}]', 1, 7);
INSERT INTO manifests (ingress_id, body) VALUES (2, x'0a010000f0fb7b226d65746164617461223a7b226e616d65223a22776562222c226e616d657370616365223a2273686f70222c22756964223a226c6966652d32222c227265736f7572636556657273696f6e223a2239227d2c2273706563223a7b22696e6772657373436c6173734e616d65223a226e67696e78222c2272756c6573223a5b7b22686f7374223a227765622e6578616d706c652e636f6d222c2268747470223a7b227061746873223a5b7b2270617468223a222f222c227061746854797065223a22507265666978222c226261636b656e64223a7b2273657276696365223a7b226e616d65223a22776562222c22706f7274223a7b226e756d626572223a38307d7d7d7d5d7d7d5d7d7d');
INSERT INTO backends (ingress_id, cluster, namespace, service, port) VALUES (2, 'prod', 'shop', 'web', '80');
INSERT INTO ingress_search (rowid, text) VALUES (2, 'web' || char(10) || 'shop' || char(10) || 'web.example.com');
INSERT INTO events (id, ingress_id, at, what, detail) VALUES
  (1, 1, 1700000200000, 'appeared', ''),
  (2, 1, 1700000300000, 'removed', 'delete-event'),
  (3, 2, 1700000300000, 'appeared', ''),
  (4, 2, 1700000350000, 'changed', '[{"what":"class","before":null,"after":"nginx","material":true}]'),
  (5, 2, 1700000360000, 'changed', '[{"what":"label a","before":null,"after":"b","material":false}]');
INSERT INTO surroundings (cluster, kind, namespace, name, subject, facts) VALUES
  ('prod', 'Service', 'shop', 'web', '', '{"Service":{"ports":[[80,"http"]],"external":false}}'),
  ('prod', 'IngressClass', '', 'nginx', '', '{"Class":{"controller":"k8s.io/ingress-nginx","default":true}}');
