//! The embed check of one request: the page that sent it, its ticket, and what the form enforces of both.

use super::Intake;
use crate::background;
use crate::clock::UnixMillis;
use crate::embed::{self, Origin, Ticket};
use crate::form::FormDefinition;
use crate::platform::Platform;
use crate::problem::{EmbedReason, Problem};
use crate::route::Method;
use crate::submission::RawSubmission;
use crate::usage;

/// A ticket, as the page gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    /// The token that a submission brings back.
    pub(crate) token: String,
    /// The moment until which it may.
    pub(crate) expires_at: UnixMillis,
}

impl<P: Platform> Intake<'_, P> {
    /// Checks that the page that sent the request may embed the form, as far as the form enforces that. `None` for a page whose
    /// origin is not known.
    ///
    /// # Errors
    /// [`Problem::EmbedInvalid`].
    pub(crate) fn check_embed(&mut self, form: &FormDefinition) -> Result<Option<Origin>, Problem> {
        self.enforce(form, self.check_origin(form))
    }

    /// Issues a ticket to a page; `None` without a signing key. `former` is the token that the page had before; `is_filled` is
    /// whether the form is filled in already.
    pub(crate) fn issue_ticket(
        &self,
        form: &FormDefinition,
        origin: Origin,
        former: Option<&str>,
        is_filled: bool,
    ) -> Option<Issued> {
        let keys = &self.platform.isolate().keys()?.tickets;
        let form_key = form.key.as_str();
        let ticket = Ticket::open(
            origin,
            former,
            is_filled,
            form_key,
            keys,
            self.platform.now(),
        );
        // The nonce only makes two tokens differ.
        let random = self.platform.random().unwrap_or_default();
        Some(Issued {
            token: ticket.token(form_key, keys, random),
            expires_at: ticket.expires_at(),
        })
    }

    /// The token of a ticket for the hosted page; empty without a signing key. The others as for [`Self::issue_ticket`].
    pub(crate) fn own_ticket(
        &self,
        form: &FormDefinition,
        former: Option<&str>,
        is_filled: bool,
    ) -> String {
        let own = Origin::parse(&self.request.own_origin).ok();
        let issued = own.and_then(|own| self.issue_ticket(form, own, former, is_filled));
        issued.map_or_else(String::new, |issued| issued.token)
    }

    pub(super) fn check_origin(&self, form: &FormDefinition) -> Result<Origin, EmbedReason> {
        let origin = self.request.header("origin");
        embed::check(origin, &self.request.own_origin, &form.allowed_origins)
    }

    /// The ticket of a submission; `origin` is its page if that is known.
    pub(super) fn read_ticket(
        &mut self,
        form: &FormDefinition,
        values: &RawSubmission,
        origin: Option<&Origin>,
    ) -> Result<Ticket, EmbedReason> {
        let keys = self.platform.isolate().keys();
        let tickets = &keys.ok_or(EmbedReason::TicketMissing)?.tickets;
        let (key, now) = (form.key.as_str(), self.platform.now());
        let ticket = Ticket::read(values.ticket(), key, origin, tickets, now);
        self.log.ticket(ticket.as_ref().err().copied());
        ticket
    }

    /// Checks the page of a submission, with its ticket if the form requires one.
    pub(super) fn check_page(
        &mut self,
        form: &FormDefinition,
        origin: Result<Origin, EmbedReason>,
        ticket: &Result<Ticket, EmbedReason>,
    ) -> Result<Option<Origin>, Problem> {
        let checked = match form.requires_ticket {
            true => {
                let own_origin = &self.request.own_origin;
                embed::check_with_ticket(origin, ticket, own_origin, &form.allowed_origins)
            }
            false => origin,
        };
        self.enforce(form, checked)
    }

    /// Names and writes values as the form does.
    pub(super) fn resolve(&self, values: &mut RawSubmission, form: &FormDefinition) {
        values.resolve_list_names(form);
        let origin = self.request.header("origin");
        if self.wants_page && origin == Some(&self.request.own_origin) {
            values.read_numbers(form, self.wanted(Some(form)).locale());
        }
    }

    fn enforce(
        &mut self,
        form: &FormDefinition,
        checked: Result<Origin, EmbedReason>,
    ) -> Result<Option<Origin>, Problem> {
        match checked {
            Ok(origin) => Ok(Some(origin)),
            Err(reason) if form.enforces_origins => Err(Problem::EmbedInvalid(reason)),
            Err(reason) => {
                let origin = self.request.header("origin");
                self.log.would_refuse(reason, origin);
                if self.request.method == Method::Post {
                    let outcome = usage::WOULD_REFUSE;
                    background::count_usage(self.platform, &form.key, origin, outcome);
                }
                Ok(origin.and_then(|origin| Origin::parse(origin).ok()))
            }
        }
    }
}

/// Whether a submission's body is worth reading: where the form requires a ticket, that decides about a page whose browser sends
/// no origin.
pub(super) fn may_go_on(
    form: &FormDefinition,
    origin: &Result<Origin, EmbedReason>,
) -> Result<(), Problem> {
    match origin {
        Err(reason)
            if form.enforces_origins && !(form.requires_ticket && reason.is_origin_unknown()) =>
        {
            Err(Problem::EmbedInvalid(*reason))
        }
        _ => Ok(()),
    }
}
