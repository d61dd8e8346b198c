//! [`StoredLead`]: a row of the inbox; [`Selection`]: which rows a list or an export contains.

use super::Row;
use super::cursor::Cursor;
use crate::constraint::{calendar, time};
use crate::form::FormKey;

/// A lead of the inbox. `Debug` prints no value that a visitor typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StoredLead {
    /// The submission id.
    pub id: String,
    /// The form key.
    pub form: String,
    /// When the submission was received: RFC 3339 in UTC with milliseconds.
    pub received_at: String,
    /// A [`LeadStatus`] as text.
    pub status: String,
    /// The column `lead`: the lead as JSON, unless the row is damaged.
    pub lead: String,
    /// Whether it is in the spam folder.
    pub is_spam: bool,
    /// Whether an owner marked it with a star.
    pub is_starred: bool,
    /// Whether it is a test, which is never forwarded.
    pub is_test: bool,
    /// What an owner noted; empty for nothing.
    pub note: String,
}

/// How far an operator has worked on a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadStatus {
    /// Not worked on yet; the default in the table.
    New,
    /// Finished.
    Done,
}

/// The text is not a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidLeadStatus;

/// The leads that meet all of these conditions; the default selects every lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The form; `None` for any.
    pub form: Option<FormKey>,
    /// The status; `None` for any.
    pub status: Option<LeadStatus>,
    /// Only leads in the spam folder (`true`), or only the others (`false`); `None` for both.
    pub is_spam: Option<bool>,
    /// The earliest time of receipt; `None` for no limit.
    pub from: Option<Moment>,
    /// The latest time of receipt; `None` for no limit.
    pub to: Option<Moment>,
    /// Only leads with a star.
    pub is_starred: bool,
    /// Only tests (`true`), or only the others (`false`); `None` for both.
    pub is_test: Option<bool>,
    /// Only leads of the form in which this text occurs, in any case; empty for all. Nothing is searched without a form.
    pub search: String,
}

/// A time as the inbox stores it: RFC 3339 in UTC with milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(String);

/// The text is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidMoment;

impl std::fmt::Debug for StoredLead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredLead({}, {})", self.id, self.status)
    }
}

impl StoredLead {
    /// Parses a row of a query for leads; `None` for a row of another query.
    pub fn read(row: &Row) -> Option<Self> {
        let [
            Some(id),
            Some(form),
            Some(received_at),
            Some(status),
            Some(lead),
            more @ ..,
        ] = row.as_slice()
        else {
            return None;
        };
        let column = |at: usize| more.get(at).and_then(Option::as_deref).unwrap_or_default();
        Some(Self {
            is_spam: column(0) == "spam",
            is_starred: column(1) == "1",
            is_test: column(2) == "1",
            note: column(3).to_owned(),
            id: id.clone(),
            form: form.clone(),
            received_at: received_at.clone(),
            status: status.clone(),
            lead: lead.clone(),
        })
    }

    /// The position after this row.
    pub fn cursor(&self) -> Cursor {
        Cursor::after(&self.received_at, &self.id)
    }
}

impl Moment {
    /// The first millisecond of a day, minute or second, in UTC: `2026-11-21`, `2026-11-21T20:30Z`, `2026-11-21T20:30:15Z`,
    /// and the same with milliseconds.
    ///
    /// # Errors
    /// [`InvalidMoment`] for anything else, also for a day that does not exist.
    pub fn first_of(text: &str) -> Result<Self, InvalidMoment> {
        Self::parse(text, FIRST)
    }

    /// The last millisecond of a day, minute or second, in the notations of [`Self::first_of`].
    ///
    /// # Errors
    /// [`InvalidMoment`], as [`Self::first_of`].
    pub fn last_of(text: &str) -> Result<Self, InvalidMoment> {
        Self::parse(text, LAST)
    }

    /// Takes the parts that `text` omits from `filler`.
    fn parse(text: &str, filler: &str) -> Result<Self, InvalidMoment> {
        let given = match text.strip_suffix('Z') {
            Some(moment) if moment.contains('T') && time::parse_local(moment).is_some() => moment,
            None if calendar::parse_date(text).is_some() => text,
            _ => return Err(InvalidMoment),
        };
        // The lengths of years of four digits, without a fraction or with one of three digits.
        let is_known_length = matches!(given.len(), 10 | 16 | 19 | 23);
        let rest = filler.get(given.len()..).filter(|_| is_known_length);
        rest.map(|rest| Self(format!("{given}{rest}")))
            .ok_or(InvalidMoment)
    }

    /// The time of a row.
    pub fn of_row(received_at: String) -> Self {
        Self(received_at)
    }

    /// As the inbox stores it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Selection {
    /// The position before the first selected lead.
    pub fn start(&self) -> Cursor {
        // `char::MAX` sorts after every id of that millisecond.
        let after = |to: &Moment| Cursor::after(to.as_str(), char::MAX);
        self.to.as_ref().map_or_else(Cursor::default, after)
    }

    /// The earliest time of receipt as text; empty for no limit.
    pub fn since(&self) -> &str {
        self.from.as_ref().map_or("", Moment::as_str)
    }
}

impl LeadStatus {
    /// Every status; a `CHECK` in `migrations/` has the same list.
    pub const ALL: [Self; 2] = [Self::New, Self::Done];

    /// As the table stores it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Done => "done",
        }
    }

    /// Parses what the table stores.
    ///
    /// # Errors
    /// [`InvalidLeadStatus`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidLeadStatus> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == text)
            .ok_or(InvalidLeadStatus)
    }
}

/// The omitted parts of a moment: the first and the last time that they can mean.
const FIRST: &str = "yyyy-mm-ddT00:00:00.000Z";
const LAST: &str = "yyyy-mm-ddT23:59:59.999Z";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omitted_parts_become_the_first_or_the_last_millisecond() {
        for (text, first, last) in [
            (
                "2026-11-21",
                "2026-11-21T00:00:00.000Z",
                "2026-11-21T23:59:59.999Z",
            ),
            (
                "2024-02-29T20:30Z",
                "2024-02-29T20:30:00.000Z",
                "2024-02-29T20:30:59.999Z",
            ),
            (
                "2026-11-21T20:30:15Z",
                "2026-11-21T20:30:15.000Z",
                "2026-11-21T20:30:15.999Z",
            ),
            (
                "2026-11-21T20:30:15.123Z",
                "2026-11-21T20:30:15.123Z",
                "2026-11-21T20:30:15.123Z",
            ),
        ] {
            assert_eq!(Moment::first_of(text).unwrap().as_str(), first);
            assert_eq!(Moment::last_of(text).unwrap().as_str(), last);
        }
        for text in [
            "",
            "yesterday",
            "2026",
            "2026-11",
            "2026-02-30",
            "2026-1-1",
            "02026-01-01",
            "10000-01-01",
            "21.11.2026",
            "2026-11-21Z",
            "2026-11-21T20:30",
            "2026-11-21 20:30Z",
            "2026-11-21T24:00Z",
            "2026-11-21T20:30+01:00",
            "2026-11-21T20:30:15.5Z",
            "2026-11-21' OR 1=1",
        ] {
            assert_eq!(Moment::first_of(text), Err(InvalidMoment), "{text}");
        }
    }

    #[test]
    fn parses_every_status_and_the_table_allows_it() {
        let migration = include_str!("../../migrations/0003_inbox.sql");
        let all = LeadStatus::ALL.map(|status| format!("'{}'", status.as_str()));
        assert!(migration.contains(&format!("status IN ({})", all.join(", "))));
        for status in LeadStatus::ALL {
            assert_eq!(LeadStatus::parse(status.as_str()), Ok(status));
        }
        assert_eq!(LeadStatus::parse("New"), Err(InvalidLeadStatus));
    }

    #[test]
    fn debug_prints_no_value() {
        let row = ["a", "demo", "2026", "new", "ada@example.com"];
        let lead = StoredLead::read(&row.map(|text| Some(text.to_owned())).to_vec()).unwrap();
        assert_eq!(format!("{lead:?}"), "StoredLead(a, new)");
        assert_eq!(lead.cursor(), Cursor::after("2026", "a"));
    }
}
