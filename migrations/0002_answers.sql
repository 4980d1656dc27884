-- Owner, age, last traffic and TLS state. What lists are filtered or sorted by is a column of
-- `ingresses`; how it is known stands aside in `answers`. Times that are not known are the largest
-- number there is, so that they come last in an order and are within no limit.

ALTER TABLE ingresses ADD COLUMN controller TEXT NOT NULL DEFAULT '';
-- Empty for an orphan.
ALTER TABLE ingresses ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE ingresses ADD COLUMN managed TEXT NOT NULL DEFAULT 'unknown';
-- The last change that matters, as far as it was seen; -1 if there was none.
ALTER TABLE ingresses ADD COLUMN changed_at INTEGER NOT NULL DEFAULT -1;
ALTER TABLE ingresses ADD COLUMN verdict TEXT NOT NULL DEFAULT 'not-measurable';
-- The last successful request; 0 if none was ever seen although somebody looked.
ALTER TABLE ingresses ADD COLUMN last_traffic INTEGER NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE ingresses ADD COLUMN unused_since INTEGER NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE ingresses ADD COLUMN tls_state TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE ingresses ADD COLUMN tls_expires INTEGER NOT NULL DEFAULT 9223372036854775807;

UPDATE ingresses SET changed_at = coalesce((
  SELECT max(e.at) FROM events AS e
  CROSS JOIN json_each(CASE e.what WHEN 'changed' THEN e.detail ELSE '[]' END) AS c
  WHERE e.ingress_id = ingresses.id AND c.value ->> 'material'
), -1);

CREATE INDEX ingresses_by_owner ON ingresses (gone, owner);
CREATE INDEX ingresses_by_managed ON ingresses (gone, managed);
CREATE INDEX ingresses_by_changed ON ingresses (gone, changed_at);
CREATE INDEX ingresses_by_traffic ON ingresses (gone, last_traffic);
CREATE INDEX ingresses_by_expires ON ingresses (gone, tls_expires);
-- Everything that filters and figures look at, so that neither reads the rows.
CREATE INDEX ingresses_by_facts ON ingresses
  (gone, cluster, verdict, tls_state, owner, managed, controller, unused_since, tls_expires,
   created_at, problem_count, checks, class, namespace);

CREATE TABLE answers (
  ingress_id INTEGER NOT NULL PRIMARY KEY REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  owner TEXT NOT NULL,
  managed TEXT NOT NULL,
  tls TEXT NOT NULL,
  traffic TEXT
);

-- By which rules of the operator the answers were found, and other single values.
CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

ALTER TABLE surroundings ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE surroundings SET facts = '{"Namespace":{}}' WHERE kind = 'Namespace';
CREATE INDEX certificates_by_secret ON surroundings (cluster, namespace, subject)
  WHERE kind = 'Certificate';

-- The Secrets and hosts in the TLS entries of an ingress.
CREATE TABLE tls_names (
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  cluster TEXT NOT NULL,
  namespace TEXT NOT NULL,
  secret TEXT NOT NULL,
  host TEXT NOT NULL,
  PRIMARY KEY (ingress_id, secret, host)
) WITHOUT ROWID;
CREATE INDEX tls_names_by_secret ON tls_names (cluster, namespace, secret);
CREATE INDEX tls_names_by_host ON tls_names (cluster, host);

-- What was found out about certificates, other than by cert-manager's objects. `subject_kind` is
-- `secret` or `host`; evidence on a host that is not of one namespace has an empty one.
CREATE TABLE tls_evidence (
  cluster TEXT NOT NULL REFERENCES clusters (name) DEFERRABLE INITIALLY DEFERRED,
  method TEXT NOT NULL,
  namespace TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  finding TEXT NOT NULL,
  PRIMARY KEY (cluster, subject_kind, subject, namespace, method)
) WITHOUT ROWID;

CREATE TABLE traffic_sources (
  cluster TEXT NOT NULL REFERENCES clusters (name) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  -- The first moment that was observed, and the last.
  since INTEGER,
  collected_until INTEGER,
  -- Down to where its past was read; unset until that is done.
  filled_from INTEGER,
  checked_at INTEGER,
  error TEXT,
  PRIMARY KEY (cluster, name)
);

-- How many seconds of each UTC day a source was observed. Days are counted from 1970.
CREATE TABLE traffic_coverage (
  cluster TEXT NOT NULL,
  source TEXT NOT NULL,
  day INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  PRIMARY KEY (cluster, source, day)
) WITHOUT ROWID;

-- When requests were last seen: of a whole ingress (`route` is empty), or of one of its routes.
CREATE TABLE traffic_seen (
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  route TEXT NOT NULL,
  last_any INTEGER,
  last_success INTEGER,
  PRIMARY KEY (ingress_id, route)
) WITHOUT ROWID;

CREATE TABLE traffic_days (
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  day INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  PRIMARY KEY (ingress_id, day)
) WITHOUT ROWID;

-- The figures of each UTC day, as they stood last; an empty cluster is all of them.
CREATE TABLE snapshots (
  day INTEGER NOT NULL,
  cluster TEXT NOT NULL,
  figures TEXT NOT NULL,
  PRIMARY KEY (day, cluster)
) WITHOUT ROWID;
