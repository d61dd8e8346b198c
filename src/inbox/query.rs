//! [`Query`]: everything an operator asks the tables, and the SQL of it.

use super::address::Address;
use super::cursor::Cursor;
use super::lead::{LeadStatus, Moment, Selection};
use super::sql;
use super::statement::{Param, Statement};
use crate::delivery::OUTBOX_REFUSED;
use crate::form::FormKey;

/// What to ask the tables, or to change in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query<'a> {
    /// A page of leads, the newest first: [`super::StoredLead`]s, of [`MAX_PAGE_BYTES`].
    Leads {
        /// Which leads.
        selection: &'a Selection,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many leads at most.
        limit: u32,
    },
    /// Whether both tables are there, with all their columns: no row, or a fault.
    Tables,
    /// The names of the fields that occur in the leads of a form, those of the newest lead first: one column.
    FieldNames {
        /// Under which key the form is published.
        form: &'a FormKey,
    },
    /// The keys of the forms that have leads: one column.
    FormKeys,
    /// A page of the leads with an e-mail address, as [`Self::Leads`].
    LeadsWith {
        /// The address.
        address: &'a Address,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many leads at most.
        limit: u32,
    },
    /// A page of the dead letters with an e-mail address, as [`Self::DeadLetters`].
    DeadLettersWith {
        /// The address.
        address: &'a Address,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many dead letters at most.
        limit: u32,
    },
    /// Deletes every lead with an e-mail address; gives their ids.
    ForgetLeads {
        /// The address.
        address: &'a Address,
    },
    /// Deletes every dead letter with an e-mail address; gives their ids.
    ForgetDeadLetters {
        /// The address.
        address: &'a Address,
    },
    /// One lead: a [`super::StoredLead`].
    Lead {
        /// Its id.
        id: &'a str,
    },
    /// Sets the status of one lead; gives its id if it is there.
    SetStatus {
        /// Its id.
        id: &'a str,
        /// The status.
        status: LeadStatus,
    },
    /// A page of the dead letters, the newest first: [`super::DeadLetterEntry`]s.
    DeadLetters {
        /// Where the page begins.
        after: &'a Cursor,
        /// How many dead letters at most.
        limit: u32,
    },
    /// One dead letter: a [`super::DeadLetterEntry`] and the message that is left.
    DeadLetter {
        /// Its id.
        id: &'a str,
    },
    /// Asks for one dead letter to be sent again; gives its id if it is there and can be.
    Redrive {
        /// Its id.
        id: &'a str,
    },
    /// Asks for all dead letters to be sent again that can be; gives their ids.
    RedriveAll,
    /// The dead letters to send again, those asked for and those that only the outbox refused, the oldest first: each a
    /// [`super::DeadLetterEntry`] and the message that is left, of [`MAX_PAGE_BYTES`].
    ToRedrive {
        /// How many dead letters at most.
        limit: u32,
    },
    /// Removes the dead letter that died at this moment under this id. If it has died again since, it stays: its message is
    /// in no outbox any more.
    DeleteDeadLetter {
        /// Its moment and id.
        letter: &'a Cursor,
    },
}

impl<'a> Query<'a> {
    /// The question as SQL.
    pub fn statement(&self) -> Statement<'a> {
        let either = |address: &'a Address| [address.typed(), address.stored()].map(Param::Text);
        let (sql, values) = match *self {
            Self::Leads {
                selection,
                after,
                limit,
            } => {
                let form = selection.form.as_ref().map(FormKey::as_str);
                let spam = match selection.is_spam {
                    None => "",
                    Some(true) => "yes",
                    Some(false) => "no",
                };
                let mut values = lead_page(after, limit);
                values.push(Param::Text(
                    selection.from.as_ref().map_or("", Moment::as_str),
                ));
                values.push(Param::Text(selection.status.map_or("", LeadStatus::as_str)));
                values.push(Param::Text(spam));
                values.extend(form.map(Param::Text));
                (
                    if form.is_some() {
                        sql::LEADS_OF_FORM
                    } else {
                        sql::LEADS
                    },
                    values,
                )
            }
            Self::Tables => (sql::TABLES, Vec::new()),
            Self::FieldNames { form } => (sql::FIELD_NAMES, vec![Param::Text(form.as_str())]),
            Self::FormKeys => (sql::FORM_KEYS, Vec::new()),
            Self::LeadsWith {
                address,
                after,
                limit,
            } => {
                let mut values = lead_page(after, limit);
                values.extend(either(address));
                (sql::LEADS_WITH, values)
            }
            Self::DeadLettersWith {
                address,
                after,
                limit,
            } => {
                let mut values = page(after, limit);
                values.extend(either(address));
                (sql::DEAD_LETTERS_WITH, values)
            }
            Self::ForgetLeads { address } => (sql::FORGET_LEADS, either(address).into()),
            Self::ForgetDeadLetters { address } => {
                (sql::FORGET_DEAD_LETTERS, either(address).into())
            }
            Self::Lead { id } => (sql::LEAD, vec![Param::Text(id)]),
            Self::SetStatus { id, status } => {
                let status = Param::Text(status.as_str());
                (sql::SET_STATUS, vec![Param::Text(id), status])
            }
            Self::DeadLetters { after, limit } => (sql::DEAD_LETTERS, page(after, limit)),
            Self::DeadLetter { id } => (sql::DEAD_LETTER, vec![Param::Text(id)]),
            Self::Redrive { id } => (sql::REDRIVE, vec![Param::Text(id)]),
            Self::RedriveAll => (sql::REDRIVE_ALL, Vec::new()),
            Self::ToRedrive { limit } => {
                let values = [Param::Number(limit), Param::Number(MAX_PAGE_BYTES)];
                (
                    sql::TO_REDRIVE,
                    [&values[..], &[Param::Text(OUTBOX_REFUSED)]].concat(),
                )
            }
            Self::DeleteDeadLetter { letter } => {
                let values = [letter.at(), letter.id()].map(Param::Text);
                (sql::DELETE_DEAD_LETTER, values.into())
            }
        };
        Statement { sql, values }
    }
}

fn page(after: &Cursor, limit: u32) -> Vec<Param<'_>> {
    vec![
        Param::Text(after.at()),
        Param::Text(after.id()),
        Param::Number(limit),
    ]
}

fn lead_page(after: &Cursor, limit: u32) -> Vec<Param<'_>> {
    let mut values = page(after, limit);
    values.push(Param::Number(MAX_PAGE_BYTES));
    values
}

/// How much is on a page of leads: bytes of their JSON, and one lead more, so that every page has one. A lead may be six times
/// what was sent (`\u0001`), and a page of such leads has to fit into an isolate.
pub const MAX_PAGE_BYTES: u32 = 4_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_place() {
        let form = &FormKey::parse("demo").unwrap();
        let every = &Selection::default();
        let of_form = &Selection {
            form: Some(form.clone()),
            ..Selection::default()
        };
        let address = &Address::parse("ada@example.com").unwrap();
        let (after, limit) = (&Cursor::default(), 3);
        let leads = |selection| Query::Leads {
            selection,
            after,
            limit,
        };
        for query in [
            leads(every),
            leads(of_form),
            Query::FieldNames { form },
            Query::FormKeys,
            Query::Tables,
            Query::LeadsWith {
                address,
                after,
                limit,
            },
            Query::DeadLettersWith {
                address,
                after,
                limit,
            },
            Query::ForgetLeads { address },
            Query::ForgetDeadLetters { address },
            Query::Lead { id: "a" },
            Query::SetStatus {
                id: "a",
                status: LeadStatus::Done,
            },
            Query::DeadLetters { after, limit },
            Query::DeadLetter { id: "a" },
            Query::Redrive { id: "a" },
            Query::RedriveAll,
            Query::ToRedrive { limit },
            Query::DeleteDeadLetter { letter: after },
        ] {
            let Statement { sql, values } = query.statement();
            for number in 1..=values.len() {
                assert!(sql.contains(&format!("?{number}")), "{sql}");
            }
            assert_eq!(sql.matches('?').count(), values.len(), "{sql}");
        }
    }

    #[test]
    fn an_empty_id_does_not_mean_all() {
        let statement = Query::Redrive { id: "" }.statement();
        let written = statement.written_out().unwrap();
        assert!(written.contains("WHERE id = '' AND"), "{written}");
    }
}
