-- One lead per idempotency key: a repeated submission gets the receipt of the first one. Of older leads that share a key, the
-- oldest keeps it; the others get their id as key.
UPDATE leads SET idempotency_key = id WHERE EXISTS (
  SELECT 1 FROM leads AS older
  WHERE older.form_key = leads.form_key AND older.idempotency_key = leads.idempotency_key
    AND (older.received_at, older.id) < (leads.received_at, leads.id)
);
CREATE UNIQUE INDEX leads_by_key ON leads (form_key, idempotency_key);

-- Acknowledged leads that could not be delivered, with the reason and the message of the outbox (`parcel`), so that they can be
-- sent again. An unreadable message has no form_key. Rows with redrive = 1 are sent again, and those with the reason
-- `outbox_refused` without a request.
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
