-- Who has signed in, and the audit chain. Nothing here lets anybody in: of session ids, of what the
-- provider calls its sessions, of sign-ins that have begun and of its logout tokens only the SHA-256
-- is kept, in hexadecimal. No token is kept at all.

CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT,
  email TEXT,
  -- As of the last sign-in.
  groups TEXT NOT NULL,
  provider TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  signed_in_at INTEGER NOT NULL,
  disabled_at INTEGER,
  UNIQUE (issuer, subject)
);

-- A number is never used again: an admin who ends session 7 means the one on the page.
CREATE TABLE sessions (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  hash TEXT NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
  provider TEXT NOT NULL,
  -- Empty if the provider has not told.
  provider_session TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_provider ON sessions (provider_session);

-- Sign-ins that have begun. Each is taken out by whatever answer comes.
CREATE TABLE sign_ins (
  hash TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL,
  back TEXT NOT NULL,
  begun_at INTEGER NOT NULL
);

CREATE INDEX sign_ins_by_begin ON sign_ins (begun_at);

-- Logout tokens that were obeyed, each until it is out of date.
CREATE TABLE logout_tokens (
  hash TEXT NOT NULL PRIMARY KEY,
  ends_at INTEGER NOT NULL
);

-- Each entry has the hash of the one before it, and one of its own over everything it says.
CREATE TABLE audit (
  sequence INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE INDEX audit_by_action ON audit (action, sequence);
CREATE INDEX audit_by_time ON audit (at, sequence);

-- A first hurdle only: who can write to the file can take it away. The chain tells.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit entries are never changed');
END;

CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit entries are never removed');
END;
