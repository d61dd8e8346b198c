-- `folder` is where a lead is: in the inbox, in the spam folder, or taken out of it (`released`) and to be delivered at the next
-- scheduled event. With a core, a released lead goes into the outbox and leaves the table; without one, it goes into the inbox.
ALTER TABLE leads ADD COLUMN folder TEXT NOT NULL DEFAULT 'inbox' CHECK (folder IN ('inbox', 'spam', 'released'));

-- The lists are of one folder. These indexes replace those of 0004, with every column that selects leads.
CREATE INDEX leads_in_folder ON leads (received_at, id, status, folder);
CREATE INDEX leads_in_folder_of_form ON leads (form_key, received_at, id, status, folder);
DROP INDEX leads_newest;
DROP INDEX leads_newest_of_form;
CREATE INDEX leads_released ON leads (received_at) WHERE folder = 'released';

-- Leads that were taken out of the spam folder, for `make spam-report`: their signals of spam (a JSON array of names), nothing of
-- their values.
CREATE TABLE not_spam (
  id TEXT PRIMARY KEY,
  form_key TEXT NOT NULL,
  signals TEXT
) STRICT;
