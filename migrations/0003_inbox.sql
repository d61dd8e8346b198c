-- `status` is how far the operator has worked on a lead. The generated columns are the members of `lead` that are queried most;
-- they are computed from `lead` and not stored. `spam`, `provenance` and `extras` are JSON. A generated column never makes an
-- INSERT fail: it is NULL when its member has another type or `lead` is not JSON.
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
