-- Leads are listed the newest first, of one form or of all, often those of one status. An index in that order makes a page as
-- fast among 50,000 leads as among 50; the two have all that a page is chosen by but `spam`.
CREATE INDEX leads_newest ON leads (received_at, id, status);
CREATE INDEX leads_newest_of_form ON leads (form_key, received_at, id, status);
DROP INDEX leads_by_form;
