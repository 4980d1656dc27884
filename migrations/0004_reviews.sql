-- Review campaigns, what people decide in them, and what follows: attestations, retirements, owners.
-- Who did something stands there as issuer, subject and name: names change, and people leave.

-- Rules by which campaigns are made again and again.
CREATE TABLE series (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  -- The terms of its campaigns, and those of the next one if they differ, as JSON.
  template TEXT NOT NULL,
  -- How often they come, such as `months/3/31`.
  every TEXT NOT NULL,
  -- An IANA time zone.
  zone TEXT NOT NULL,
  duration_days INTEGER NOT NULL,
  -- Days of the calendar, such as 2024-02-29.
  starts TEXT NOT NULL,
  ends_after INTEGER,
  opened INTEGER NOT NULL DEFAULT 0,
  next TEXT,
  -- Why it does not go on although the day has come.
  waiting TEXT,
  created_at INTEGER NOT NULL,
  -- Set when somebody has ended it.
  ended_at INTEGER
);

CREATE TABLE campaigns (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  -- draft, open or closed.
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  terms TEXT NOT NULL,
  due INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  opened_at INTEGER,
  closed_at INTEGER,
  -- by-hand or due.
  closing TEXT,
  -- What was known of each cluster when it was opened.
  completeness TEXT,
  -- What it came to.
  outcome TEXT,
  series INTEGER REFERENCES series (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX campaigns_by_state ON campaigns (state, due);
CREATE INDEX campaigns_by_series ON campaigns (series, id) WHERE series IS NOT NULL;

-- One ingress in one campaign. Rows come when the campaign is opened, all at once, and stay.
CREATE TABLE reviews (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  campaign INTEGER NOT NULL REFERENCES campaigns (id) DEFERRABLE INITIALLY DEFERRED,
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  -- The team that decides.
  assignee TEXT NOT NULL,
  -- open, confirm, retire, not-mine, reopened or settled.
  state TEXT NOT NULL,
  -- When it was frozen, or last reopened.
  material_hash TEXT NOT NULL,
  -- retire, keep or none, with its reasons as JSON.
  recommendation TEXT NOT NULL,
  reasons TEXT NOT NULL,
  -- What has changed since the last decision, if it was reopened.
  changes TEXT NOT NULL DEFAULT '[]',
  -- The last decision that counts.
  decision_id INTEGER REFERENCES decisions (id) DEFERRABLE INITIALLY DEFERRED,
  -- Whether its ingress has left its cluster. Of what is settled it says nothing.
  gone INTEGER NOT NULL DEFAULT 0,
  -- What it came to at the closing.
  outcome TEXT,
  UNIQUE (ingress_id, campaign)
);

CREATE INDEX reviews_by_campaign ON reviews (campaign, assignee, state, gone);
CREATE INDEX reviews_by_assignee ON reviews (assignee, state, gone);
CREATE INDEX reviews_by_outcome ON reviews (campaign, outcome, id) WHERE outcome IS NOT NULL;

-- Only ever added; that one was undone is noted beside it.
CREATE TABLE decisions (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  review INTEGER NOT NULL REFERENCES reviews (id) DEFERRABLE INITIALLY DEFERRED,
  -- The team that it was assigned to, for which it was made.
  team TEXT NOT NULL,
  -- confirm, retire or not-mine.
  kind TEXT NOT NULL,
  -- The routes to retire; none for all.
  routes TEXT NOT NULL,
  wish TEXT,
  proposed TEXT,
  reason TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  on_behalf INTEGER NOT NULL,
  at INTEGER NOT NULL,
  material_hash TEXT NOT NULL,
  recommendation TEXT NOT NULL,
  -- What was known at that moment: traffic and TLS.
  evidence TEXT NOT NULL,
  -- How long a confirmation holds; -1 for what is none.
  holds_until INTEGER NOT NULL,
  -- The idempotency key under which it was made.
  key TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  UNIQUE (review, key)
);

-- Who has given something away.
CREATE INDEX decisions_given ON decisions (team, review) WHERE proposed IS NOT NULL;

CREATE TABLE comments (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  review INTEGER NOT NULL REFERENCES reviews (id) DEFERRABLE INITIALLY DEFERRED,
  at INTEGER NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL
);

CREATE INDEX comments_by_review ON comments (review, id);

-- What was done under an idempotency key, and what it was answered. Kept for ever.
CREATE TABLE acts (
  key TEXT NOT NULL PRIMARY KEY,
  what TEXT NOT NULL,
  target TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- The SHA-256 of what the form said.
  content TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE retirements (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  review INTEGER REFERENCES reviews (id) DEFERRABLE INITIALLY DEFERRED,
  -- The routes to retire; none for all.
  routes TEXT NOT NULL,
  -- held, cancelled, due, removed or reappeared.
  state TEXT NOT NULL,
  -- Until when it is held; since when it is due; when it was cancelled, proved, or was back.
  until INTEGER,
  since INTEGER,
  at INTEGER,
  why TEXT NOT NULL DEFAULT '',
  proof TEXT NOT NULL DEFAULT '',
  requested_at INTEGER NOT NULL,
  requested_by TEXT NOT NULL,
  wish TEXT,
  reason TEXT NOT NULL
);

CREATE INDEX retirements_by_state ON retirements (state, id);
CREATE INDEX retirements_by_ingress ON retirements (ingress_id, id);
CREATE INDEX retirements_by_review ON retirements (review) WHERE review IS NOT NULL;

-- What an ingress said before it lost routes that were to go; the manifest that is kept of it has lost
-- them too.
CREATE TABLE retirement_manifests (
  retirement INTEGER NOT NULL PRIMARY KEY REFERENCES retirements (id) DEFERRABLE INITIALLY DEFERRED,
  body BLOB NOT NULL
);

CREATE TABLE owner_claims (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  ingress_id INTEGER NOT NULL REFERENCES ingresses (id) DEFERRABLE INITIALLY DEFERRED,
  -- The team that is claimed for.
  owner TEXT NOT NULL,
  -- proposed, accepted, refused or withdrawn.
  state TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- When it was answered, by whom, and why.
  answered_at INTEGER,
  answered_by TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT ''
);

CREATE INDEX owner_claims_by_state ON owner_claims (state, id);
CREATE INDEX owner_claims_by_ingress ON owner_claims (ingress_id, id);

-- The attestation that holds; -1 if there is none.
ALTER TABLE ingresses ADD COLUMN attested_at INTEGER NOT NULL DEFAULT -1;
ALTER TABLE ingresses ADD COLUMN attested_until INTEGER NOT NULL DEFAULT -1;
ALTER TABLE ingresses ADD COLUMN attested_by TEXT NOT NULL DEFAULT '';
ALTER TABLE ingresses ADD COLUMN attested_hash TEXT NOT NULL DEFAULT '';
-- The owner that somebody has said in Routebook; empty if nobody has.
ALTER TABLE ingresses ADD COLUMN owner_set TEXT NOT NULL DEFAULT '';

CREATE INDEX ingresses_by_attested ON ingresses (gone, attested_until, attested_hash, material_hash);

-- A first hurdle only, as for the audit entries.
CREATE TRIGGER decisions_are_not_removed BEFORE DELETE ON decisions
BEGIN
  SELECT RAISE(ABORT, 'decisions are never removed');
END;

-- Which three characters stand next to each other anywhere. So that the last two of a text begin three,
-- every text ends with a line break.
CREATE VIRTUAL TABLE ingress_terms USING fts5vocab (ingress_search, 'row');

UPDATE ingress_search SET text = text || char(10);

-- SQLite would merge the index's segments in one commit in fifty, for a tenth of a second; each commit
-- merges a few pages instead.
INSERT INTO ingress_search (ingress_search, rank) VALUES ('automerge', 0);
