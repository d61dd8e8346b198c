-- Submissions by UTC day, form, page origin and outcome: `accepted`, or why they were refused. Nothing in it is of a visitor.
-- Rows are deleted after 90 days, which the order of the key makes cheap.
CREATE TABLE usage (
  day TEXT NOT NULL,
  form_key TEXT NOT NULL,
  origin TEXT NOT NULL,
  outcome TEXT NOT NULL,
  count INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  PRIMARY KEY (day, form_key, origin, outcome)
) STRICT, WITHOUT ROWID;
