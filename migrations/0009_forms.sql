-- Drafts of forms, and which versions were given out. KV, which visitors read, has no compare-and-set and may be a minute behind,
-- so publishing decides here and then writes to KV. `version` was published last; `hash` is that of its content, `file_hash` that of
-- what `make seed` published last. `last_version` is the highest number given out. `draft_tag` is the entity tag of the draft, ''
-- without one. While KV is being changed, `writing` is the version that is written (0 while the form is unpublished),
-- `writing_hash` its content, `writer` who writes, until `writing_until_s` at most (seconds since 1970). A row with `writing` whose
-- time has passed is of a change that was interrupted.
CREATE TABLE forms (
  form_key TEXT PRIMARY KEY,
  title TEXT,
  version INTEGER,
  hash TEXT NOT NULL DEFAULT '',
  is_published INTEGER NOT NULL DEFAULT 0,
  last_version INTEGER NOT NULL DEFAULT 0,
  file_hash TEXT NOT NULL DEFAULT '',
  writing INTEGER,
  writing_hash TEXT NOT NULL DEFAULT '',
  writer TEXT NOT NULL DEFAULT '',
  writing_until_s INTEGER NOT NULL DEFAULT 0,
  draft_tag TEXT NOT NULL DEFAULT '',
  draft TEXT
) STRICT;

CREATE INDEX forms_interrupted ON forms (writing_until_s) WHERE writing IS NOT NULL;
