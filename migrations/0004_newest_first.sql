-- Leads are listed newest first, of one form or of all, often with one status. With an index in this order a page is as fast
-- among 50,000 leads as among 50. Both indexes contain every column that selects leads except `spam`.
CREATE INDEX leads_newest ON leads (received_at, id, status);
CREATE INDEX leads_newest_of_form ON leads (form_key, received_at, id, status);
DROP INDEX leads_by_form;
