-- One lead for one idempotency key: whoever sends the same again gets the receipt of the first. Leads from before that
-- share a key keep it for the oldest of them.
UPDATE leads SET idempotency_key = id WHERE EXISTS (
  SELECT 1 FROM leads AS older
  WHERE older.form_key = leads.form_key AND older.idempotency_key = leads.idempotency_key
    AND (older.received_at, older.id) < (leads.received_at, leads.id)
);
CREATE UNIQUE INDEX leads_by_key ON leads (form_key, idempotency_key);

-- Leads that were acknowledged and that nobody takes: with the reason, and all it takes to hand them over after all. What is
-- `unreadable` has no form. `redrive` asks for it to be sent again; `outbox_refused` is, by itself.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  died_at_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  form_key TEXT,
  idempotency_key TEXT,
  parcel TEXT NOT NULL,
  redrive INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX dead_letters_by_time ON dead_letters (died_at_ms);
