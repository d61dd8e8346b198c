//! Scores a submission for spam, from its values, its headers and what the isolate remembers. Nothing is awaited.

use super::Intake;
use crate::embed::Ticket;
use crate::form::{FieldKind, FormDefinition};
use crate::limit::Visitor;
use crate::platform::Platform;
use crate::problem::EmbedReason;
use crate::spam::{
    Assessment, Client, Content, Evidence, Mode, Nature, TicketState, assess, comparable,
};
use crate::submission::{FieldValue, Submission};

impl<P: Platform> Intake<'_, P> {
    /// The score of a valid submission. `seen` is the version that it was checked against; the policy is that of the current
    /// one, `form`.
    pub(super) fn judge(
        &self,
        form: &FormDefinition,
        seen: &FormDefinition,
        submission: &Submission<'_>,
        ticket: TicketState,
    ) -> Assessment {
        if form.spam.mode == Mode::Off {
            return Assessment::default();
        }
        let (content, longest) = read(seen, submission);
        let header = |name| self.request.header(name);
        let fetch_metadata = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];
        let evidence = Evidence {
            is_trap_filled: submission.is_trap_filled,
            ticket,
            is_repeated: longest.is_some_and(|text| self.is_repeated(form, text)),
            content,
            client: Client {
                user_agent: header("user-agent"),
                has_fetch_metadata: fetch_metadata
                    .into_iter()
                    .any(|name| header(name).is_some()),
                is_secure: self.request.own_origin.starts_with("https:"),
            },
        };
        assess(&form.spam, &evidence)
    }

    /// What the ticket of a submission shows. A plain form has none, and an expired one is that of a tab left open.
    pub(super) fn ticket_state(&self, ticket: &Result<Ticket, EmbedReason>) -> TicketState {
        match ticket {
            Ok(ticket) => TicketState::Issued {
                age_ms: ticket.age_ms(self.platform.now()),
            },
            Err(EmbedReason::TicketMissing | EmbedReason::TicketInvalid)
                if !self.wants_page && self.platform.isolate().keys().is_some() =>
            {
                TicketState::Missing
            }
            Err(_) => TicketState::NotExpected,
        }
    }

    /// Whether other visitors sent a text of this form lately.
    fn is_repeated(&self, form: &FormDefinition, text: &str) -> bool {
        let Some(text) = comparable(text) else {
            return false;
        };
        let visitor = Visitor::from_address(self.request.header("cf-connecting-ip"));
        let isolate = self.platform.isolate();
        let mut repeats = isolate.repeats.borrow_mut();
        let now = self.platform.now();
        repeats.note(form.key.as_str(), &text, visitor.name(), now)
    }
}

/// What the values show, and the longest text that a visitor wrote: not one that the form itself fills in.
fn read<'s>(seen: &FormDefinition, submission: &'s Submission<'_>) -> (Content, Option<&'s str>) {
    let mut content = Content::default();
    let mut longest: Option<&str> = None;
    for (name, value) in &submission.fields {
        let (Some(field), FieldValue::One(value)) = (seen.field(name), value) else {
            continue;
        };
        let nature = match field.kind {
            FieldKind::Text | FieldKind::Search | FieldKind::Textarea => Nature::Text,
            FieldKind::Email => Nature::Email,
            _ => continue,
        };
        if field.attributes.value.as_deref() == Some(value.as_ref()) {
            continue;
        }
        content.add(nature, value);
        let length = longest.map_or(0, str::len);
        if nature == Nature::Text && value.len() > length {
            longest = Some(value);
        }
    }
    (content, longest)
}
