-- The inbox: leads of a service without a core. `lead` is the whole lead as JSON.
CREATE TABLE leads (
  id TEXT PRIMARY KEY,
  form_key TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  received_at TEXT NOT NULL,
  lead TEXT NOT NULL
) STRICT;

CREATE INDEX leads_by_form ON leads (form_key, received_at);
