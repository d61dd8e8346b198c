//! Every promise, after a run.

use std::collections::{BTreeMap, BTreeSet};

use formgate::delivery::{DeadLetter, DeadLetterBody, OUTBOX_REFUSED};
use serde_json::Value;

use sim::memory::Folder;

use super::Stage;
use super::cloud::email_of;
use super::visitor::{IN_FLIGHT_MS, NO_SPAM, SPAM, Sent};

/// What came of one run.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    /// Submissions that visitors made; each may have been sent several times.
    pub submissions: u64,
    /// Things that went wrong.
    pub faults: u64,
    /// Leads that were acknowledged.
    pub acknowledged: u64,
    /// Acknowledged leads that are nowhere.
    pub lost: u64,
    /// Leads that a core that honours keys has twice.
    pub duplicated: u64,
    /// Visitors who left for good before the response, when the edge had all they sent.
    pub gone: u64,
    /// Those whose lead is nowhere because the platform ended the request, not the isolate.
    pub gone_unheard: u64,
    /// Versions of a form that were published.
    pub published: u64,
    /// People who were erased.
    pub erased: u64,
    /// Other promises that were broken, in words.
    pub broken: Vec<String>,
}

impl Counter {
    /// Adds another run's.
    pub fn add(&mut self, other: Self) {
        self.submissions += other.submissions;
        self.faults += other.faults;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.gone += other.gone;
        self.gone_unheard += other.gone_unheard;
        self.published += other.published;
        self.erased += other.erased;
        self.broken.extend(other.broken);
    }
}

impl Stage {
    pub(super) fn check(&self, visitors: u64) -> Counter {
        let state = &self.cloud.0;
        let stores = &state.stores;
        let (core, dead, inbox) = (
            state.core.borrow(),
            stores.dead.borrow(),
            stores.inbox.borrow(),
        );
        let leads: BTreeSet<&str> = core.values().map(|taken| taken.id.as_str()).collect();
        let stored: BTreeSet<&str> = inbox.values().map(|queued| queued.id.as_str()).collect();
        // A visitor repeats a submission only to have it accepted once, so that an address identifies a lead whatever its ids are.
        let parsed: Vec<Value> = inbox
            .values()
            .map(|queued| serde_json::from_str(&queued.lead).unwrap_or_default())
            .collect();
        let dead_leads: Vec<Value> = dead.values().map(lead_of).collect();
        let in_core = core.values().map(|taken| taken.email.as_str());
        let mut people: BTreeMap<&str, u64> = BTreeMap::new();
        for email in in_core.chain(parsed.iter().map(email_of)) {
            *people.entry(email).or_default() += 1;
        }
        let acknowledged = self.acknowledged.borrow();
        let mut counter = Counter {
            submissions: visitors,
            faults: state.faults.get() + stores.too_large.get(),
            acknowledged: u64::try_from(acknowledged.len()).unwrap_or(u64::MAX),
            duplicated: people.values().map(|count| count - 1).sum(),
            ..Counter::default()
        };
        for gone in self.gone.borrow().iter() {
            let is_left = |sent: &&Sent| sent.is_whole.get() && sent.is_visitor_gone.get();
            let left: Vec<&Sent> = gone.sent.iter().filter(is_left).collect();
            let is_cut_off = left.iter().any(|sent| sent.is_cut_off.get());
            let is_email = |lead: &Value| email_of(lead) == gone.email;
            let is_kept =
                people.contains_key(gone.email.as_str()) || dead_leads.iter().any(is_email);
            counter.gone += u64::from(!left.is_empty());
            counter.gone_unheard += u64::from(is_cut_off && !is_kept);
        }
        counter.published = u64::try_from(self.published.borrow().len()).unwrap_or(u64::MAX);
        self.check_form(&mut counter.broken);
        let mut broken = |what: String| counter.broken.push(what);
        for (id, status) in acknowledged.iter() {
            let id = id.as_str();
            let (in_core, in_inbox) = (leads.contains(id), stored.contains(id));
            if !in_core && !in_inbox && !dead.contains_key(id) {
                counter.lost += 1;
            }
            match status.as_str() {
                "delivered" if !in_core => broken(format!("{id} is called delivered")),
                // What was taken out of the spam folder is in the core, or on the way there.
                "stored" if !in_inbox && !in_core && !dead.contains_key(id) => {
                    broken(format!("{id} is called stored"));
                }
                _ => {}
            }
        }
        for taken in core.values().filter(|taken| taken.email.starts_with(SPAM)) {
            broken(format!("{} is spam and reached the core", taken.id));
        }
        for (queued, lead) in inbox.values().zip(&parsed) {
            let (id, email) = (&queued.id, email_of(lead));
            let folder = stores.folder(id);
            let is_right = match email {
                email if email.starts_with(SPAM) => folder == Some(Folder::Spam),
                email if email.starts_with(NO_SPAM) => {
                    !self.has_core && folder == Some(Folder::Inbox)
                }
                _ => folder == Some(Folder::Inbox),
            };
            if !is_right {
                broken(format!("{id} is in {folder:?}"));
            }
        }
        let erased = self.erased.borrow();
        counter.erased = u64::try_from(erased.len()).unwrap_or(u64::MAX);
        for taken in core.values() {
            let erased_ms = erased.get(&taken.email).copied();
            if erased_ms.is_some_and(|at_ms| taken.at_ms > at_ms + IN_FLIGHT_MS) {
                broken(format!("{} was delivered after it was erased", taken.id));
            }
        }
        for email in parsed.iter().chain(&dead_leads).map(email_of) {
            if erased.contains_key(email) {
                broken(format!("{email} was erased and is there"));
            }
        }
        for email in self.to_erase.borrow().iter() {
            broken(format!("{email} was never erased"));
        }
        // The core was repaired long ago, and no lead is a week old: also without an operator, each was tried again.
        let is_blocked =
            |letter: &&DeadLetter| letter.retry_at.is_some() || letter.reason.starts_with(BLOCKED);
        for letter in dead.values().filter(is_blocked) {
            broken(format!("{} is blocked for ever", letter.id));
        }
        if state.in_outbox.get() > 0 {
            broken(format!(
                "{} messages never left the outbox",
                state.in_outbox.get()
            ));
        }
        for letter in dead
            .values()
            .filter(|letter| letter.reason.trim().is_empty())
        {
            broken(format!("{} is dead without a reason", letter.id));
        }
        for letter in dead
            .values()
            .filter(|letter| letter.reason == OUTBOX_REFUSED)
        {
            broken(format!("{} is sent again for ever", letter.id));
        }
        for id in state.refused_by_core.borrow().iter() {
            if leads.contains(id.as_str()) {
                broken(format!("{id} was refused and taken"));
            }
            if acknowledged
                .get(id)
                .is_some_and(|status| status == "delivered")
            {
                broken(format!("{id} was refused and acknowledged"));
            }
        }
        for visitor in self
            .refused
            .borrow()
            .iter()
            .filter(|visitor| **visitor % 50 != 7 && **visitor % 50 != 8)
        {
            broken(format!("visitor {visitor} was refused for nothing"));
        }
        counter
    }
}

/// How the reason of a lead begins that the core blocks.
const BLOCKED: &str = "blocked: ";

fn lead_of(letter: &DeadLetter) -> Value {
    match &letter.body {
        DeadLetterBody::Lead(queued) => serde_json::from_str(&queued.lead).unwrap_or_default(),
        DeadLetterBody::Unreadable(_) => Value::Null,
    }
}
