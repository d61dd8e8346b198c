//! The SQL of each [`Query`](super::Query). Values are `?1`, `?2` …; each placeholder occurs once.
//!
//! The message of a dead letter is in the column `parcel`. The column keeps its first name, because `make deploy` uploads the
//! Worker before it migrates: the old and the new Worker must both work with either schema.

/// A page of the leads that meet a condition. `migrations/` has an index in the order of `ORDER BY`, so that a page reads only
/// its own leads.
macro_rules! leads_where {
    ($($condition:expr),+) => {
        concat!(
            "WITH page AS (SELECT id, received_at, LENGTH(CAST(lead AS BLOB)) AS bytes FROM leads \
            WHERE (received_at, id) < (?1, ?2) AND ",
            $($condition,)+
            " ORDER BY received_at DESC, id DESC LIMIT ?3), \
            sums AS (SELECT id, SUM(bytes) OVER (ORDER BY received_at DESC, id DESC) - bytes AS bytes_before FROM page) \
            SELECT id, form_key, received_at, status, lead FROM sums JOIN leads USING (id) \
            WHERE bytes_before < ?4 ORDER BY received_at DESC, id DESC"
        )
    };
}

macro_rules! selected {
    () => {
        "received_at >= ?5 AND ?6 IN ('', status) \
        AND ?7 IN ('', CASE folder WHEN 'spam' THEN 'yes' ELSE 'no' END)"
    };
}

/// Whether a lead contains an address: as a name or a value in its JSON, or as an item of a comma-separated list in a value;
/// case is ignored. A lead that is not JSON is searched as text. `INSTR` on the text comes first, since it is ten times faster
/// than `json_tree`.
macro_rules! has_address {
    ($lead:literal, $typed:literal, $stored:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM (SELECT ",
            $typed,
            " AS address UNION SELECT ",
            $stored,
            ") WHERE INSTR(LOWER(",
            $lead,
            "), address) > 0 AND (NOT json_valid(",
            $lead,
            ") OR EXISTS (SELECT 1 FROM json_tree(",
            $lead,
            ") AS member WHERE LOWER(member.key) = address OR (member.type = 'text' \
            AND INSTR(',' || REPLACE(LOWER(member.atom), ' ', '') || ',', ',' || address || ',') > 0))))"
        )
    };
}

/// `has_address!` for a dead letter: searches the lead after the first line of the message, or an unreadable message whole.
macro_rules! dead_letter_has_address {
    ($typed:literal, $stored:literal) => {
        has_address!(
            "IIF(form_key IS NULL, parcel, SUBSTR(parcel, INSTR(parcel, CHAR(10)) + 1))",
            $typed,
            $stored
        )
    };
}

pub(super) const LEADS: &str = leads_where!(selected!());
pub(super) const LEADS_OF_FORM: &str = leads_where!("form_key = ?8 AND ", selected!());
pub(super) const LEADS_WITH: &str = leads_where!(has_address!("lead", "?5", "?6"));
pub(super) const FORGET_LEADS: &str = concat!(
    "DELETE FROM leads WHERE ",
    has_address!("lead", "?1", "?2"),
    " RETURNING id"
);
pub(super) const FORGET_DEAD_LETTERS: &str = concat!(
    "DELETE FROM dead_letters WHERE ",
    dead_letter_has_address!("?1", "?2"),
    " RETURNING id"
);
pub(super) const TABLES: &str = "SELECT status, folder, redrive, signals, outcome, hash, object \
    FROM leads, dead_letters, not_spam, usage, api_tokens, audit LIMIT 0";
pub(super) const FORM_KEYS: &str = "SELECT form_key FROM leads GROUP BY form_key";
/// A lead that is not JSON counts as one without fields.
pub(super) const FIELD_NAMES: &str = "SELECT field.key FROM leads, \
    json_each(CASE WHEN json_valid(lead) THEN lead ELSE '{}' END, '$.fields') AS field \
    WHERE form_key = ?1 AND typeof(field.key) = 'text' \
    GROUP BY field.key ORDER BY MAX(received_at) DESC, MIN(field.id)";
pub(super) const LEAD: &str =
    "SELECT id, form_key, received_at, status, lead FROM leads WHERE id = ?1";
pub(super) const SET_STATUS: &str = "UPDATE leads SET status = ?2 WHERE id = ?1 RETURNING id";

pub(super) const INTO_SPAM: &str =
    "UPDATE leads SET folder = 'spam' WHERE id = ?1 AND folder <> 'spam' RETURNING id";
/// A repetition of these three changes nothing more, so that the whole may be repeated after a failure.
pub(super) const NOTE_NOT_SPAM: &str = "INSERT OR IGNORE INTO not_spam (id, form_key, signals) \
    SELECT id, form_key, spam FROM leads WHERE id = ?1 AND folder = 'spam' RETURNING id";
/// The message is that of the outbox, as `QueuedLead` renders it. A lead that is not JSON has no request id.
pub(super) const SPAM_TO_DEAD_LETTER: &str = "INSERT OR REPLACE INTO dead_letters \
    (id, died_at_ms, reason, attempts, form_key, idempotency_key, parcel, redrive) \
    SELECT id, CAST(unixepoch('subsec') * 1000 AS INTEGER), 'not_spam: taken out of the spam folder', 0, form_key, idempotency_key, \
    json_object('id', id, 'form', form_key, 'idempotency_key', idempotency_key, \
    'request_id', IFNULL(CASE WHEN json_valid(lead) THEN lead ->> '$.provenance.observed.request_id' END, ''), \
    'received_at_ms', CAST(ROUND((julianday(received_at) - 2440587.5) * 86400000) AS INTEGER), 'attempts', 0) \
    || CHAR(10) || lead, 1 FROM leads WHERE id = ?1 AND folder = 'spam' RETURNING id";
pub(super) const DELETE_SPAM: &str =
    "DELETE FROM leads WHERE id = ?1 AND folder = 'spam' RETURNING id";
/// Of every signal, how many leads show it, how many of them were put into the spam folder, and how many were taken out again. A
/// lead that was put into it again counts as spam.
pub(super) const SPAM_REPORT: &str = "WITH judged AS (SELECT leads.form_key, leads.spam AS signals, \
    folder = 'spam' AS is_spam, folder = 'inbox' AND not_spam.id IS NOT NULL AS is_not_spam \
    FROM leads LEFT JOIN not_spam ON not_spam.id = leads.id \
    UNION ALL SELECT form_key, signals, FALSE, TRUE FROM not_spam WHERE id NOT IN (SELECT id FROM leads)) \
    SELECT signal.value, CAST(COUNT(*) AS TEXT), CAST(SUM(is_spam OR is_not_spam) AS TEXT), CAST(SUM(is_not_spam) AS TEXT) \
    FROM judged, json_each(CASE json_type(signals) WHEN 'array' THEN signals ELSE '[]' END) AS signal \
    WHERE ?1 IN ('', form_key) AND typeof(signal.value) = 'text' GROUP BY signal.value ORDER BY COUNT(*) DESC, signal.value";

/// The columns of a [`DeadLetterEntry`](super::DeadLetterEntry).
macro_rules! dead_letter {
    ($rest:literal) => {
        concat!(
            "SELECT id, CAST(letter.died_at_ms AS TEXT) AS died_at_ms, form_key, \
            CAST(attempts AS TEXT) AS attempts, reason, CAST(redrive AS TEXT) AS redrive",
            $rest
        )
    };
}

/// A page of the dead letters that meet a condition.
macro_rules! dead_letters_where {
    ($condition:expr) => {
        concat!(
            dead_letter!(
                " FROM dead_letters AS letter WHERE (letter.died_at_ms, id) < (CAST(?1 AS INTEGER), ?2) AND "
            ),
            $condition,
            " ORDER BY letter.died_at_ms DESC, id DESC LIMIT ?3"
        )
    };
}

pub(super) const DEAD_LETTERS: &str = dead_letters_where!("TRUE");
pub(super) const DEAD_LETTERS_WITH: &str =
    dead_letters_where!(dead_letter_has_address!("?4", "?5"));
pub(super) const DEAD_LETTER: &str =
    dead_letter!(", parcel AS message FROM dead_letters AS letter WHERE id = ?1");
pub(super) const TO_REDRIVE: &str = concat!(
    "WITH page AS (SELECT id, died_at_ms, LENGTH(CAST(parcel AS BLOB)) AS bytes FROM dead_letters \
    WHERE form_key IS NOT NULL AND (redrive = 1 OR reason = ?3) ORDER BY died_at_ms, id LIMIT ?1), \
    sums AS (SELECT id, SUM(bytes) OVER (ORDER BY died_at_ms, id) - bytes AS bytes_before FROM page) ",
    dead_letter!(
        ", parcel AS message FROM sums JOIN dead_letters AS letter USING (id) \
        WHERE bytes_before < ?2 ORDER BY letter.died_at_ms, id"
    )
);
pub(super) const DELETE_DEAD_LETTER: &str =
    "DELETE FROM dead_letters WHERE id = ?2 AND died_at_ms = CAST(?1 AS INTEGER) RETURNING id";
/// Only a dead letter with a form key can be sent again: the message of any other is unreadable.
pub(super) const REDRIVE: &str = "UPDATE dead_letters SET redrive = 1 \
    WHERE id = ?1 AND form_key IS NOT NULL RETURNING id";
pub(super) const REDRIVE_ALL: &str = "UPDATE dead_letters SET redrive = 1 \
    WHERE form_key IS NOT NULL RETURNING id";
