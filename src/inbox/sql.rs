//! The SQL of each [`Query`](super::Query). Values are `?1`, `?2` …; each placeholder occurs once.
//!
//! The message of a dead letter is in the column `parcel`. The column keeps its first name, because `make deploy` uploads the
//! Worker before it migrates: the old and the new Worker must both work with either schema.

/// A page of the leads that meet a condition. `migrations/` has an index in the order of `ORDER BY`, so that a page reads only
/// its own leads.
macro_rules! leads_where {
    ($($condition:expr),+) => { leads_where!("leads"; $($condition),+) };
    ($table:literal; $($condition:expr),+) => {
        concat!(
            "WITH page AS (SELECT id, received_at, LENGTH(CAST(lead AS BLOB)) AS bytes FROM ",
            $table,
            " WHERE (received_at, id) < (?1, ?2) AND ",
            $($condition,)+
            " ORDER BY received_at DESC, id DESC LIMIT ?3), \
            sums AS (SELECT id, SUM(bytes) OVER (ORDER BY received_at DESC, id DESC) - bytes AS bytes_before FROM page) \
            SELECT ", lead_columns!(), " FROM sums JOIN leads USING (id) \
            WHERE bytes_before < ?4 ORDER BY received_at DESC, id DESC"
        )
    };
}

/// The columns of a [`StoredLead`](super::StoredLead).
macro_rules! lead_columns {
    () => {
        "id, form_key, received_at, status, lead, folder, CAST(starred AS TEXT), CAST(is_test AS TEXT), note"
    };
}

macro_rules! selected {
    () => {
        concat!("received_at >= ?5 AND ", chosen!())
    };
}

macro_rules! chosen {
    () => {
        "?6 IN ('', status) \
        AND ?7 IN ('', CASE folder WHEN 'spam' THEN 'yes' ELSE 'no' END) AND (?8 = '' OR starred = 1)"
    };
}

/// `INSTR`, because a pattern of `LIKE` has at most 50 bytes in D1.
macro_rules! searched {
    () => {
        " AND INSTR(IFNULL(search, LOWER(lead)), ?11) > 0"
    };
}

/// Whether a lead is a test is not in the index: it is read last, of leads that meet the other conditions.
macro_rules! is_test {
    () => {
        " AND ?9 IN ('', CASE is_test WHEN 1 THEN 'yes' ELSE 'no' END)"
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

/// The number of leads that meet the conditions of a page, with the page's values.
macro_rules! count_where {
    ($($condition:expr),+) => {
        concat!(
            "SELECT CAST(COUNT(*) AS TEXT) FROM (SELECT 1 FROM leads WHERE (received_at, id) < (?1, ?2) AND ",
            $($condition,)+
            " LIMIT ?3) WHERE ?4 > 0"
        )
    };
}

pub(super) const COUNT: &str = count_where!(selected!(), is_test!());
pub(super) const COUNT_OF_FORM: &str = count_where!("form_key = ?10 AND ", selected!(), is_test!());
pub(super) const COUNT_SEARCHED: &str =
    count_where!("form_key = ?10 AND ", selected!(), searched!(), is_test!());
pub(super) const LEADS: &str = leads_where!(selected!(), is_test!());
pub(super) const LEADS_OF_FORM: &str = leads_where!("leads INDEXED BY leads_listed_of_form"; "form_key = ?10 AND ", selected!(), is_test!());
pub(super) const LEADS_SEARCHED: &str = leads_where!(
    "leads INDEXED BY leads_searched";
    "form_key = ?10 AND received_at >= ?5",
    searched!(),
    " AND ",
    chosen!(),
    is_test!()
);
/// Tests, which are few.
pub(super) const LEADS_TESTED: &str = leads_where!(
    "leads INDEXED BY leads_of_tests";
    "is_test = 1 AND ?10 IN ('', form_key) AND ",
    selected!(),
    is_test!(),
    searched!()
);
/// In the narrowest index with the order of `leads_searched`.
pub(super) const SEARCH_END: &str = "SELECT received_at FROM leads INDEXED BY leads_listed_of_form \
    WHERE (received_at, id) < (?1, ?2) AND received_at >= ?4 AND form_key = ?5 \
    ORDER BY received_at DESC, id DESC LIMIT 1 OFFSET ?3 - 1";
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
/// The subqueries name a column of each table that its last migration added.
pub(super) const TABLES: &str = "SELECT CAST(COUNT(*) AS TEXT), \
    CAST((SELECT COUNT(*) FROM dead_letters WHERE retry_at_ms IS NOT NULL) AS TEXT), \
    (SELECT search || people || person || signals || outcome || api_tokens.hash || object || writer \
    FROM leads, timelines, erased, not_spam, usage, api_tokens, audit, forms LIMIT 0) FROM dead_letters";
/// Each key is found from the one before it, so that not every lead is read.
pub(super) const FORM_KEYS: &str = "WITH RECURSIVE keys(form_key) AS (SELECT MIN(form_key) FROM leads UNION ALL \
    SELECT (SELECT MIN(form_key) FROM leads WHERE leads.form_key > keys.form_key) FROM keys WHERE form_key IS NOT NULL) \
    SELECT form_key FROM keys WHERE form_key IS NOT NULL \
    UNION SELECT form_key FROM dead_letters WHERE form_key IS NOT NULL";
/// A lead that is not JSON counts as one without fields.
pub(super) const FIELD_NAMES: &str = "SELECT field.key FROM leads, \
    json_each(CASE WHEN json_valid(lead) THEN lead ELSE '{}' END, '$.fields') AS field \
    WHERE form_key = ?1 AND typeof(field.key) = 'text' \
    GROUP BY field.key ORDER BY MAX(received_at) DESC, MIN(field.id)";
pub(super) const LEAD: &str = concat!("SELECT ", lead_columns!(), " FROM leads WHERE id = ?1");
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
            CAST(attempts AS TEXT) AS attempts, reason, CAST(redrive AS TEXT) AS redrive, \
            CAST(letter.retry_at_ms IS NOT NULL AS TEXT) AS is_blocked",
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
    WHERE form_key IS NOT NULL AND (redrive = 1 OR reason = ?3 OR retry_at_ms <= CAST(?4 AS INTEGER)) ORDER BY died_at_ms, id LIMIT ?1), \
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
