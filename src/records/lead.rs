//! [`StoredLead`]: a lead as it stands in the inbox, and which ones are meant.

use super::Row;
use super::cursor::Cursor;
use crate::form::FormKey;

/// A lead of the inbox. Prints no value.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredLead {
    /// The submission id.
    pub id: String,
    /// Under which key the form is published.
    pub form: String,
    /// When it was received: RFC 3339 in UTC with milliseconds.
    pub received_at: String,
    /// A [`LeadStatus`] as text.
    pub status: String,
    /// The lead as JSON, or whatever stands there instead.
    pub lead: String,
}

/// What has been done with a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadStatus {
    /// Nothing yet.
    New,
    /// All there is to do.
    Done,
}

/// The text is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidLeadStatus;

/// The leads of one form: all, or those of one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Which form.
    pub form: FormKey,
    /// Which status; `None` for any.
    pub status: Option<LeadStatus>,
}

impl std::fmt::Debug for StoredLead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredLead({}, {})", self.id, self.status)
    }
}

impl StoredLead {
    /// Reads the row of a question about leads; `None` when it is none.
    pub fn read(row: &Row) -> Option<Self> {
        let [
            Some(id),
            Some(form),
            Some(received_at),
            Some(status),
            Some(lead),
        ] = row.as_slice()
        else {
            return None;
        };
        Some(Self {
            id: id.clone(),
            form: form.clone(),
            received_at: received_at.clone(),
            status: status.clone(),
            lead: lead.clone(),
        })
    }

    /// Where the page after it begins.
    pub fn cursor(&self) -> Cursor {
        Cursor::after(&self.received_at, &self.id)
    }
}

impl LeadStatus {
    /// All there are; a `CHECK` in `migrations/` knows the same.
    pub const ALL: [Self; 2] = [Self::New, Self::Done];

    /// As it stands in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Done => "done",
        }
    }

    /// Reads what stands in the table.
    ///
    /// # Errors
    /// [`InvalidLeadStatus`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidLeadStatus> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == text)
            .ok_or(InvalidLeadStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_it_was_written_and_the_table_allows_it() {
        let migration = include_str!("../../migrations/0003_inbox.sql");
        let all = LeadStatus::ALL.map(|status| format!("'{}'", status.as_str()));
        assert!(migration.contains(&format!("status IN ({})", all.join(", "))));
        for status in LeadStatus::ALL {
            assert_eq!(LeadStatus::parse(status.as_str()), Ok(status));
        }
        assert_eq!(LeadStatus::parse("New"), Err(InvalidLeadStatus));
    }

    #[test]
    fn prints_no_value() {
        let row = ["a", "demo", "2026", "new", "ada@example.com"];
        let lead = StoredLead::read(&row.map(|text| Some(text.to_owned())).to_vec()).unwrap();
        assert_eq!(format!("{lead:?}"), "StoredLead(a, new)");
        assert_eq!(lead.cursor(), Cursor::after("2026", "a"));
    }
}
