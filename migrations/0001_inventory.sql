-- Times are milliseconds since 1970 UTC. JSON is text. `gone` is 0 while an object is in its cluster.
-- References are looked at when a transaction ends: earlier, SQLite would keep a copy of every page
-- that a statement changes, to be able to take back that statement alone.

CREATE TABLE clusters (
  name TEXT NOT NULL PRIMARY KEY,
  -- The UID of the kube-system namespace: what the cluster is, whatever it is called.
  uid TEXT,
  server TEXT,
  version TEXT,
  error TEXT
);

CREATE TABLE sync_status (
  cluster TEXT NOT NULL REFERENCES clusters (name) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL,
  phase TEXT NOT NULL,
  data_as_of INTEGER,
  listed_at INTEGER,
  resource_version TEXT,
  objects INTEGER NOT NULL,
  error TEXT,
  PRIMARY KEY (cluster, kind)
);

-- One Ingress in one life. A removed one stays.
CREATE TABLE ingresses (
  id INTEGER NOT NULL PRIMARY KEY,
  cluster TEXT NOT NULL REFERENCES clusters (name) DEFERRABLE INITIALLY DEFERRED,
  uid TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  gone INTEGER NOT NULL,
  class TEXT NOT NULL,
  class_source TEXT,
  first_host TEXT NOT NULL,
  -- The first few distinct hosts.
  hosts TEXT NOT NULL,
  host_count INTEGER NOT NULL,
  route_count INTEGER NOT NULL,
  addresses TEXT NOT NULL,
  -- -1 if the API server does not say so legibly.
  created_at INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  removed_at INTEGER,
  removal TEXT,
  material_hash TEXT NOT NULL,
  oddities TEXT NOT NULL,
  problems TEXT NOT NULL,
  problem_count INTEGER NOT NULL,
  -- Which checks were made: 1 Services, 2 endpoints, 4 classes.
  checks INTEGER NOT NULL
);

CREATE UNIQUE INDEX ingresses_by_uid ON ingresses (cluster, uid);
CREATE INDEX ingresses_by_place ON ingresses (gone, cluster, namespace, name);
CREATE INDEX ingresses_by_namespace ON ingresses (gone, namespace, name);
CREATE INDEX ingresses_by_name ON ingresses (gone, name);
CREATE INDEX ingresses_by_host ON ingresses (gone, first_host);
CREATE INDEX ingresses_by_class ON ingresses (gone, class, cluster);
CREATE INDEX ingresses_by_created ON ingresses (gone, created_at);
CREATE INDEX ingresses_by_problems ON ingresses (gone, problem_count);

-- The distinct backends of an ingress that are Services; `port` is its number, its name, or empty.
CREATE TABLE backends (
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  cluster TEXT NOT NULL,
  namespace TEXT NOT NULL,
  service TEXT NOT NULL,
  port TEXT NOT NULL,
  PRIMARY KEY (ingress_id, service, port)
) WITHOUT ROWID;

CREATE INDEX backends_by_service ON backends (cluster, namespace, service);

-- The last manifest seen, LZ4-compressed JSON, out of the way of the hot rows.
CREATE TABLE manifests (
  ingress_id INTEGER NOT NULL PRIMARY KEY REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  body BLOB NOT NULL
);

-- What happened to an ingress, in the order in which it was seen.
CREATE TABLE events (
  id INTEGER NOT NULL PRIMARY KEY,
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE INDEX events_by_ingress ON events (ingress_id, id);

-- What ingresses are judged by: Namespaces, IngressClasses, Services, EndpointSlices. `subject` is
-- the Service of an EndpointSlice.
CREATE TABLE surroundings (
  cluster TEXT NOT NULL REFERENCES clusters (name) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (cluster, kind, namespace, name)
) WITHOUT ROWID;

CREATE INDEX slices_by_service ON surroundings (cluster, namespace, subject)
  WHERE kind = 'EndpointSlice';

-- The search: any three characters or more are found through this index.
CREATE VIRTUAL TABLE ingress_search USING fts5 (text, tokenize = 'trigram');
