-- `folder` is where a lead is. What an owner takes out of the spam folder becomes a dead letter with a request to send it again, so
-- that the next scheduled event delivers it.
ALTER TABLE leads ADD COLUMN folder TEXT NOT NULL DEFAULT 'inbox' CHECK (folder IN ('inbox', 'spam'));

-- The lists are of one folder. These indexes replace those of 0004, with every column that selects leads.
CREATE INDEX leads_in_folder ON leads (received_at, id, status, folder);
CREATE INDEX leads_in_folder_of_form ON leads (form_key, received_at, id, status, folder);
DROP INDEX leads_newest;
DROP INDEX leads_newest_of_form;

-- Leads that were taken out of the spam folder: their signals of spam (a JSON array of names) for `make spam-report`, nothing of
-- their values. Their ids keep a late copy in the outbox from going into the folder again.
CREATE TABLE not_spam (
  id TEXT PRIMARY KEY,
  form_key TEXT NOT NULL,
  signals TEXT
) STRICT;
