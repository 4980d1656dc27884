-- What schema 4 added: an open campaign of a series with one decision, and what followed from it.
INSERT INTO series (id, name, template, every, zone, duration_days, starts, ends_after, opened, next, waiting, created_at, ended_at)
VALUES (3, 'Every quarter',
  '[{"name":"Every quarter","scope":"unused=90","due":"2023-11-28T00:00:00Z","look_back_days":90,"undecided":"exception","reasons":"against-recommendation","fallback":"platform","attest_months":12,"four_eyes":false},null]',
  'months/3/31', 'Europe/Berlin', 14, '2023-10-01', NULL, 1, '2024-01-01', NULL, 1699000000000, 1699100000000);
INSERT INTO campaigns (id, state, name, terms, due, created_at, opened_at, closed_at, closing, completeness, outcome, series)
VALUES (5, 'open', 'Stale routes',
  '{"name":"Stale routes","scope":"unused=90","due":"2023-11-28T00:00:00Z","look_back_days":90,"undecided":"exception","reasons":"against-recommendation","fallback":"platform","attest_months":12,"four_eyes":false}',
  1701129600000, 1699990000000, 1699991000000, NULL, NULL, '{"at":"2023-11-14T19:43:20Z","clusters":[]}', NULL, 3);
INSERT INTO reviews (id, campaign, ingress_id, assignee, state, material_hash, recommendation, reasons, changes, decision_id, outcome)
VALUES (11, 5, 2, 'shop', 'confirm', 'abc', 'none', '["it is too young"]', '[]', 7, NULL);
INSERT INTO decisions (id, review, team, kind, routes, wish, proposed, reason, issuer, subject, name, on_behalf, at, material_hash,
  recommendation, evidence, holds_until, key, undone)
VALUES (7, 11, 'shop', 'confirm', '[]', NULL, NULL, 'in use', 'https://id.example.com', '248289761001', 'Ada', 0, 1699995000000, 'abc',
  'none', '{}', 1731617400000, '6c1c7c6e-0c1e-4a39-8f0e-2b1f5f0a0001', 0);
INSERT INTO comments (id, review, at, issuer, subject, name, text)
VALUES (1, 11, 1699995100000, 'https://id.example.com', '248289761001', 'Ada', 'asked the shop');
INSERT INTO acts (key, what, target, issuer, subject, content, at, answer)
VALUES ('6c1c7c6e-0c1e-4a39-8f0e-2b1f5f0a0001', 'decide', '11', 'https://id.example.com', '248289761001', '', 1699995000000, '[11]');
INSERT INTO retirements (id, ingress_id, review, routes, state, until, since, at, why, proof, requested_at, requested_by, wish, reason)
VALUES (2, 1, NULL, '[]', 'removed', NULL, NULL, 1700000300000, '', 'delete-event', 1699000000000, 'Ada', NULL, 'nobody uses it');
INSERT INTO retirement_manifests (retirement, body) VALUES (2, x'');
INSERT INTO owner_claims (id, ingress_id, owner, state, issuer, subject, name, reason, at, answered_at, answered_by, answer)
VALUES (1, 2, 'shop', 'accepted', 'https://id.example.com', '248289761001', 'Ada', 'ours', 1699990000000, 1699990000000, 'Ada', '');
UPDATE ingresses SET attested_at = 1699995000000, attested_until = 1731617400000, attested_by = 'Ada', attested_hash = 'abc',
  owner_set = 'shop' WHERE id = 2;
