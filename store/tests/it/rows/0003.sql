-- What schema 3 added: somebody who is signed in, somebody who is shut out, and two audit entries.
INSERT INTO users (id, issuer, subject, name, email, groups, provider, first_seen_at, signed_in_at, disabled_at)
VALUES (1, 'https://id.example.com', '248289761001', 'Ada', 'ada@example.com', '["engineering","shop"]', 'corp',
  1699900000000, 1699990000000, NULL),
  (2, 'https://id.example.com', '248289761002', NULL, NULL, '[]', 'corp', 1699900000000, 1699900000000, 1699910000000);
INSERT INTO sessions (id, hash, user_id, provider, provider_session, created_at, seen_at, ends_at, address, agent)
VALUES (7, '3f3af1ecebbd1410ab417ec0d27bbfcb5d340e177ae159b59fc8626c2dfd9175', 1, 'corp',
  '34b36454cab2e7842c389f7d88ecb7df279e3918cbac07970d4cde496e70f4c8',
  1699990000000, 1699999990000, 1700594800000, '192.0.2.1', 'Mozilla/5.0');
INSERT INTO sign_ins (hash, provider, back, begun_at)
VALUES ('48d7c508cc0ca58aebce521a3588fca017d7ce5ab891ec395d1f5faf447d7221', 'corp', '/ingresses', 1699999900000);
INSERT INTO logout_tokens (hash, ends_at)
VALUES ('3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0', 1700000100000);
INSERT INTO audit (sequence, at, actor, issuer, subject, name, action, target, detail, address, previous, hash) VALUES
  (1, 1699990000000, 'person', 'https://id.example.com', '248289761001', 'Ada', 'sign-in', 'Ada', '{"provider":"corp"}', '192.0.2.1',
   '0000000000000000000000000000000000000000000000000000000000000000',
   '29098d7312ee65b552c86e5cc497ed0e2d62d3b42bbc46a8385532b74112a815'),
  (2, 1699995000000, 'anonymous', '', '', '', 'sign-in.failed', '', '{"code":"state"}', '192.0.2.7',
   '29098d7312ee65b552c86e5cc497ed0e2d62d3b42bbc46a8385532b74112a815',
   '0729e6242c1e3bbc18663f20660ed2b93864ab72e9d367ade744caf8b1fa4645');
