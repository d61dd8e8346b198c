-- What an owner notes on a lead, and whether it is a test, which is never forwarded and deleted after a week. `search` has the values
-- of a lead in lower case; leads of before have NULL, and are searched in their JSON.
ALTER TABLE leads ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1));
ALTER TABLE leads ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1));
ALTER TABLE leads ADD COLUMN search TEXT;

-- Two of these replace the indexes of 0005. A search reads nothing but the third.
CREATE INDEX leads_listed ON leads (received_at, id, status, folder, starred);
CREATE INDEX leads_listed_of_form ON leads (form_key, received_at, id, status, folder, starred);
CREATE INDEX leads_searched ON leads (form_key, received_at, id, search);
DROP INDEX leads_in_folder;
DROP INDEX leads_in_folder_of_form;
CREATE INDEX leads_of_tests ON leads (received_at) WHERE is_test = 1;

-- A dead letter with a time is a lead that the core blocks: it is tried again then. Others wait for an owner.
ALTER TABLE dead_letters ADD COLUMN retry_at_ms INTEGER;
CREATE INDEX dead_letters_blocked ON dead_letters (retry_at_ms) WHERE retry_at_ms IS NOT NULL;
CREATE INDEX dead_letters_of_form ON dead_letters (form_key, died_at_ms);

-- What happened to a lead after it was accepted: a line an event, with its time in milliseconds, its name and a detail. Nothing in
-- it is of a visitor but `people`: keyed hashes of the addresses in a queued lead, so that erasing a person counts those.
CREATE TABLE timelines (
  id TEXT PRIMARY KEY,
  since_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  events TEXT NOT NULL,
  people TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX timelines_by_time ON timelines (since_ms);

-- Hashes of e-mail addresses that were erased, and when. What the outbox has of before is not delivered.
CREATE TABLE erased (
  person TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX erased_by_time ON erased (at_ms, person);
