//! [`FormsQuery`]: the queries on the table of forms: drafts, the versions given out, changes of KV that have begun. Its rows.

use super::Row;
use super::statement::{Param, Statement};
use crate::form::{FormKey, Record, Writing};

/// A query that reads or changes the table of forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormsQuery<'a> {
    /// One form: a row for [`read_record`], or none.
    One {
        /// The form key.
        form: &'a FormKey,
    },
    /// A page of the forms, by key: rows of the key and the form as JSON.
    Page {
        /// The key after which the page begins.
        after: &'a str,
        /// The maximum number of forms.
        limit: u32,
        /// The first day of the counts: `2026-10-27`.
        since: &'a str,
        /// Whether accepted submissions are counted, and not the leads in the inbox.
        has_core: bool,
    },
    /// Adds the forms that only KV has; returns their keys. The highest version counts as the current one.
    Adopt {
        /// A JSON array of the names of these forms in KV, all of each: `form/demo`, `form/demo/v/1` …
        names: &'a str,
    },
    /// Stores a draft; returns the key, unless the draft that is there has neither tag.
    SaveDraft {
        /// The form key.
        form: &'a FormKey,
        /// The draft.
        text: &'a str,
        /// Its entity tag.
        tag: &'a str,
        /// The tag of the draft that it replaces; empty when there must be none.
        replaced: &'a str,
    },
    /// Removes a draft; returns the key if there was one.
    DeleteDraft {
        /// The form key.
        form: &'a FormKey,
        /// The tag the draft must have; any for an empty one.
        tag: &'a str,
    },
    /// Begins a change of KV; returns the key, unless another is in progress, or what was read has changed.
    Begin(Begin<'a>),
    /// Ends it: what was written is what visitors get. Returns the key if this writer was the one.
    End {
        /// The form key.
        form: &'a FormKey,
        /// Who has written.
        writer: &'a str,
        /// The heading of the published definition.
        title: &'a str,
        /// The tag of the draft that is published, and so no longer a draft; empty for none.
        tag: &'a str,
        /// The content hash when a file was published; else empty.
        file_hash: &'a str,
    },
    /// Lets others begin at once after a change that failed.
    Release {
        /// The form key.
        form: &'a FormKey,
        /// Who has failed.
        writer: &'a str,
    },
    /// The keys of the forms whose change was interrupted: rows of one column.
    Interrupted {
        /// Seconds since 1970.
        now_s: u32,
        /// The maximum number of forms.
        limit: u32,
    },
}

/// The beginning of a change of what visitors get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begin<'a> {
    /// The form key.
    pub form: &'a FormKey,
    /// The version that will be written; 0 to unpublish.
    pub version: u32,
    /// Its content hash.
    pub hash: &'a str,
    /// Who writes: a text that no other has.
    pub writer: &'a str,
    /// The highest version that was given out, as it was read.
    pub last_version: u32,
    /// The tag of the draft, as it was read; `-` when none is published.
    pub tag: &'a str,
    /// Now: seconds since 1970.
    pub now_s: u32,
    /// Until when no other may begin: seconds since 1970.
    pub until_s: u32,
}

impl<'a> FormsQuery<'a> {
    /// The SQL with its values.
    pub(super) fn statement(&self) -> Statement<'a> {
        let text = Param::Text;
        let (sql, values) = match *self {
            Self::One { form } => (ONE, vec![text(form.as_str())]),
            Self::Page {
                after,
                limit,
                since,
                has_core,
            } => {
                let has_core = Param::Number(has_core.into());
                let [after, since, limit] = [text(after), text(since), Param::Number(limit)];
                (PAGE, vec![after, limit, since, since, has_core])
            }
            Self::Adopt { names } => (ADOPT, vec![text(names)]),
            Self::SaveDraft {
                form,
                text: draft,
                tag,
                replaced,
            } => (
                SAVE_DRAFT,
                [form.as_str(), draft, tag, replaced].map(text).into(),
            ),
            Self::DeleteDraft { form, tag } => {
                (DELETE_DRAFT, [form.as_str(), tag].map(text).into())
            }
            Self::Begin(begin) => {
                let numbers = [begin.last_version, begin.now_s, begin.until_s];
                let mut values = vec![text(begin.form.as_str()), Param::Number(begin.version)];
                values.extend([begin.hash, begin.writer, begin.tag].map(text));
                values.extend(numbers.map(Param::Number));
                (BEGIN, values)
            }
            Self::End {
                form,
                writer,
                title,
                tag,
                file_hash,
            } => {
                let values = [form.as_str(), writer, title, tag, file_hash];
                (END, values.map(text).into())
            }
            Self::Release { form, writer } => (RELEASE, [form.as_str(), writer].map(text).into()),
            Self::Interrupted { now_s, limit } => {
                (INTERRUPTED, [now_s, limit].map(Param::Number).into())
            }
        };
        Statement { sql, values }
    }
}

/// Reads the row of [`FormsQuery::One`].
pub fn read_record(row: &Row) -> Option<Record> {
    let [
        title,
        version,
        hash,
        is_published,
        last_version,
        file_hash,
        writing,
        writing_hash,
        until_s,
        draft_tag,
        draft,
    ] = row.as_slice()
    else {
        return None;
    };
    let number = |column: &Option<String>| column.as_deref()?.parse::<u32>().ok();
    Some(Record {
        draft: draft.clone(),
        draft_tag: draft_tag.clone()?,
        title: title.clone(),
        version: number(version),
        hash: hash.clone()?,
        file_hash: file_hash.clone()?,
        is_published: number(is_published)? > 0,
        last_version: number(last_version)?,
        writing: match number(writing) {
            None => None,
            Some(version) => Some(Writing {
                version,
                hash: writing_hash.clone()?,
                until_s: number(until_s)?.into(),
            }),
        },
    })
}

const ONE: &str = "SELECT title, CAST(version AS TEXT), hash, CAST(is_published AS TEXT), CAST(last_version AS TEXT), file_hash, \
    CAST(writing AS TEXT), writing_hash, CAST(writing_until_s AS TEXT), draft_tag, draft FROM forms WHERE form_key = ?1";
/// The counts are of this page's forms alone. A form that was never published has the heading of its draft.
const PAGE: &str = "WITH page AS (SELECT form_key, CASE WHEN version IS NOT NULL THEN NULLIF(title, '') \
    WHEN json_type(draft, '$.title') = 'text' THEN draft ->> '$.title' END AS title, version, is_published, draft_tag \
    FROM forms WHERE form_key > ?1 AND (last_version > 0 OR draft_tag <> '') ORDER BY form_key LIMIT ?2), \
    counted AS (SELECT form_key, SUM(IIF(outcome = 'accepted', count, 0)) AS accepted, \
    SUM(IIF(outcome IN ('accepted', 'loaded', 'would_refuse'), 0, count)) AS rejects FROM usage \
    WHERE day >= ?3 AND form_key IN (SELECT form_key FROM page) GROUP BY form_key) \
    SELECT form_key, json_object('key', form_key, 'title', title, 'version', version, \
    'status', CASE WHEN version IS NULL THEN 'draft' WHEN is_published THEN 'published' ELSE 'unpublished' END, \
    'has_draft', json(IIF(draft_tag <> '', 'true', 'false')), \
    'leads_30d', IIF(?5, COALESCE(accepted, 0), (SELECT COUNT(*) FROM leads WHERE leads.form_key = page.form_key \
    AND received_at >= ?4 AND folder = 'inbox')), 'rejects_30d', COALESCE(rejects, 0)) \
    FROM page LEFT JOIN counted USING (form_key) ORDER BY form_key";
const ADOPT: &str = "INSERT OR IGNORE INTO forms (form_key, version, last_version, is_published) \
    SELECT name, NULLIF(MAX(number), 0), MAX(number), MAX(is_current) FROM (\
    SELECT IIF(at > 0, SUBSTR(name, 6, at - 6), SUBSTR(name, 6)) AS name, \
    IIF(at > 0, CAST(SUBSTR(name, at + 3) AS INTEGER), 1) AS number, at = 0 AS is_current \
    FROM (SELECT value AS name, INSTR(value, '/v/') AS at FROM json_each(?1))) \
    WHERE name NOT LIKE '%/%' GROUP BY name RETURNING form_key";
const SAVE_DRAFT: &str = "INSERT INTO forms (form_key, draft, draft_tag) VALUES (?1, ?2, ?3) ON CONFLICT (form_key) DO UPDATE \
    SET draft = excluded.draft, draft_tag = excluded.draft_tag WHERE draft_tag IN (?4, excluded.draft_tag) RETURNING form_key";
const DELETE_DRAFT: &str = "UPDATE forms SET draft = NULL, draft_tag = '' \
    WHERE form_key = ?1 AND draft_tag <> '' AND ?2 IN ('', draft_tag) RETURNING form_key";
/// A writer that begins again, since it got no response, is not another one.
const BEGIN: &str = "UPDATE forms SET last_version = MAX(forms.last_version, begun.version), writing = begun.version, \
    writing_hash = begun.hash, writer = begun.writer, writing_until_s = begun.until_s \
    FROM (SELECT ?2 AS version, ?3 AS hash, ?4 AS writer, ?5 AS tag, ?6 AS read_version, ?7 AS now_s, ?8 AS until_s) AS begun \
    WHERE form_key = ?1 AND (forms.writer = begun.writer OR forms.writing_until_s <= begun.now_s \
    AND forms.last_version = begun.read_version AND begun.tag IN ('-', draft_tag)) RETURNING form_key";
const END: &str = "UPDATE forms SET version = IIF(writing = 0, version, writing), hash = IIF(writing = 0, hash, writing_hash), \
    title = IIF(writing = 0, forms.title, ended.title), is_published = writing > 0, writing = NULL, writing_hash = '', writer = '', \
    writing_until_s = 0, draft = IIF(draft_tag = ended.tag, NULL, draft), draft_tag = IIF(draft_tag = ended.tag, '', draft_tag), \
    file_hash = IIF(ended.file_hash = '', forms.file_hash, ended.file_hash) \
    FROM (SELECT ?2 AS writer, ?3 AS title, ?4 AS tag, ?5 AS file_hash) AS ended WHERE form_key = ?1 AND forms.writer = ended.writer \
    RETURNING form_key";
const RELEASE: &str = "UPDATE forms SET writer = '', writing_until_s = 0 WHERE form_key = ?1 AND writer = ?2 RETURNING form_key";
const INTERRUPTED: &str =
    "SELECT form_key FROM forms WHERE writing IS NOT NULL AND writing_until_s <= ?1 LIMIT ?2";
