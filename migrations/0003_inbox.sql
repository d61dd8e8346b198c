-- What whoever looks after an inbox has done with a lead, and what is asked for most of what stands in it. The latter are read
-- out of `lead` and stored nowhere else; `spam`, `provenance` and `extras` are JSON. No lead may be refused for one of them,
-- so each is NULL where it is not what it should be, and where `lead` is no JSON.
ALTER TABLE leads ADD COLUMN status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'done'));
ALTER TABLE leads ADD COLUMN version INTEGER GENERATED ALWAYS AS (
  CASE WHEN json_valid(lead) AND json_type(lead, '$.form.version') = 'integer'
    THEN CAST(json_extract(lead, '$.form.version') AS INTEGER) END
) VIRTUAL;
ALTER TABLE leads ADD COLUMN spam TEXT GENERATED ALWAYS AS (
  CASE WHEN json_valid(lead) THEN NULLIF(lead -> '$.spam', 'null') END
) VIRTUAL;
ALTER TABLE leads ADD COLUMN provenance TEXT GENERATED ALWAYS AS (
  CASE WHEN json_valid(lead) THEN NULLIF(lead -> '$.provenance', 'null') END
) VIRTUAL;
ALTER TABLE leads ADD COLUMN extras TEXT GENERATED ALWAYS AS (
  CASE WHEN json_valid(lead) THEN NULLIF(lead -> '$.extras', 'null') END
) VIRTUAL;
