-- API tokens. `hash` is the SHA-256 of the whole token, which is stored nowhere. `last_used_day` is written once a day.
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  last_used_day TEXT
) STRICT;

-- Who changed or exported what. `subject` is the address of an owner, editor or viewer, or the id of an API token; `object` is a
-- form key or an id. Nothing in it is of a visitor. Rows are deleted after 400 days.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  at TEXT NOT NULL,
  subject TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  count INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_newest ON audit (at, id);
