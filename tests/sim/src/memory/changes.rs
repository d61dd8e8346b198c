//! The queries on leads with certain ids, on timelines and erased people, and those that delete what is kept no longer.

#![expect(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::BTreeSet;

use formgate::clock::UnixMillis;
use formgate::delivery::{DeadLetter, DeadLetterBody, QueuedLead};
use formgate::inbox::{BulkQuery, Change, Row, Upkeep};

use super::stores::{Folder, Stores, Timeline};

impl Stores {
    pub(super) fn query_bulk(&self, query: &BulkQuery<'_>) -> Vec<Row> {
        match *query {
            BulkQuery::Find { ids } => {
                let found = self.with_ids(ids).into_iter();
                found
                    .map(|queued| vec![Some(queued.id), Some(queued.form)])
                    .collect()
            }
            BulkQuery::Change { ids, change } => {
                let found = self.with_ids(ids);
                if found.len() < parse(ids).len() {
                    return Vec::new();
                }
                let changed = found
                    .into_iter()
                    .filter(|queued| self.change(queued, change));
                changed.map(|queued| vec![Some(queued.id)]).collect()
            }
            BulkQuery::NoteNotSpam { ids } => {
                let ids = self.spam_of(ids).into_iter().map(|queued| queued.id);
                self.not_spam.borrow_mut().extend(ids);
                Vec::new()
            }
            BulkQuery::SpamToDeadLetters { ids } => {
                let spam = self.spam_of(ids).into_iter();
                spam.map(|queued| {
                    let id = queued.id.clone();
                    let queued = QueuedLead {
                        attempts: 0,
                        is_spam: false,
                        ..queued
                    };
                    let letter = DeadLetter {
                        id: id.clone(),
                        reason: "not_spam: taken out of the spam folder".to_owned(),
                        died_at: self.now(),
                        retry_at: None,
                        body: DeadLetterBody::Lead(queued),
                    };
                    self.dead.borrow_mut().insert(id.clone(), letter);
                    self.asked.borrow_mut().insert(id.clone());
                    vec![Some(id)]
                })
                .collect()
            }
            BulkQuery::DeleteSpam { ids } => {
                for spam in self.spam_of(ids) {
                    self.delete(&spam.id);
                }
                Vec::new()
            }
        }
    }

    fn change(&self, queued: &QueuedLead, change: Change<'_>) -> bool {
        let id = queued.id.clone();
        let folder = self.folder(&id);
        match change {
            Change::Status(status) => {
                let status = status.as_str().to_owned();
                self.statuses.borrow_mut().insert(id, status);
            }
            Change::Starred(true) => _ = self.starred.borrow_mut().insert(id),
            Change::Starred(false) => _ = self.starred.borrow_mut().remove(&id),
            Change::Note { note, former } => {
                let mut notes = self.notes.borrow_mut();
                let stored = notes.get(&id).map_or("", String::as_str);
                if former.is_some_and(|former| former != stored) {
                    return false;
                }
                notes.insert(id, note.to_owned());
            }
            Change::Spam if folder == Some(Folder::Inbox) && !queued.is_test => {
                self.folders.borrow_mut().insert(id, Folder::Spam);
            }
            Change::Inbox if folder == Some(Folder::Spam) => {
                self.folders.borrow_mut().insert(id, Folder::Inbox);
            }
            Change::Spam | Change::Inbox => return false,
            Change::Delete => self.delete(&id),
        }
        true
    }

    pub(super) fn query_upkeep(&self, query: &Upkeep<'_>) -> Vec<Row> {
        match *query {
            Upkeep::AddEvent {
                ids,
                at,
                name,
                line,
                people,
            } => {
                let mut timelines = self.timelines.borrow_mut();
                for id in parse(ids) {
                    let timeline = timelines.entry(id).or_insert_with(|| Timeline {
                        since_ms: at.parse().unwrap(),
                        ..Timeline::default()
                    });
                    name.clone_into(&mut timeline.state);
                    timeline.events += line;
                    if timeline.people.is_empty() {
                        people.clone_into(&mut timeline.people);
                    }
                }
                Vec::new()
            }
            Upkeep::Timeline { id } => {
                let timelines = self.timelines.borrow();
                let found = timelines.get(id).into_iter();
                found
                    .map(|found| vec![Some(found.events.clone())])
                    .collect()
            }
            Upkeep::DropTimelines { ids } => {
                let ids = parse(ids);
                let mut timelines = self.timelines.borrow_mut();
                timelines.retain(|id, _| !ids.contains(id));
                Vec::new()
            }
            Upkeep::Erase { people } => {
                let now = self.now();
                let people = parse(people).into_iter().map(|person| (person, now));
                self.erased.borrow_mut().extend(people);
                Vec::new()
            }
            Upkeep::EraseQueued { people } => {
                let people = parse(people);
                let mut timelines = self.timelines.borrow_mut();
                let gone = timelines.extract_if(.., |_, timeline| {
                    ["queued", "attempt", "redriven"].contains(&timeline.state.as_str())
                        && people.iter().any(|person| timeline.people.contains(person))
                });
                gone.map(|(id, _)| vec![Some(id)]).collect()
            }
            Upkeep::Erased { since } => {
                let since = millis(since);
                let erased = self.erased.borrow();
                let found = erased.iter().filter(|(_, at)| *at >= since);
                found
                    .map(|(person, _)| vec![Some(person.clone())])
                    .collect()
            }
            Upkeep::DeleteDeadLetter { id } => {
                self.dead.borrow_mut().remove(id);
                Vec::new()
            }
            Upkeep::Retain { form, before } => {
                self.delete_where(|queued| {
                    queued.form == form && queued.received_at().to_rfc3339().as_str() < before
                });
                Vec::new()
            }
            Upkeep::RetainDeadLetters { form, before } => {
                let before = millis(before);
                let is_old = |letter: &DeadLetter| {
                    let is_of =
                        matches!(&letter.body, DeadLetterBody::Lead(queued) if queued.form == form);
                    is_of && letter.died_at < before
                };
                self.dead.borrow_mut().retain(|_, letter| !is_old(letter));
                Vec::new()
            }
            // How many tests are kept is tested on the real SQL.
            Upkeep::ExpireTests { before } => {
                self.delete_where(|queued| {
                    queued.is_test && queued.received_at().to_rfc3339().as_str() < before
                });
                Vec::new()
            }
            Upkeep::ExpireTimelines { before } => {
                let before = millis(before);
                let mut timelines = self.timelines.borrow_mut();
                timelines.retain(|_, timeline| UnixMillis(timeline.since_ms) >= before);
                Vec::new()
            }
            Upkeep::ExpireErased { before } => {
                let before = millis(before);
                self.erased.borrow_mut().retain(|(_, at)| *at >= before);
                Vec::new()
            }
        }
    }

    fn with_ids(&self, ids: &str) -> Vec<QueuedLead> {
        let ids = parse(ids);
        let inbox = self.inbox.borrow();
        let found = inbox.values().filter(|queued| ids.contains(&queued.id));
        found.cloned().collect()
    }

    fn spam_of(&self, ids: &str) -> Vec<QueuedLead> {
        let mut found = self.with_ids(ids);
        found.retain(|queued| self.folder(&queued.id) == Some(Folder::Spam));
        found
    }

    fn delete(&self, id: &str) {
        self.delete_where(|queued| queued.id == id);
    }

    fn delete_where(&self, is_meant: impl Fn(&QueuedLead) -> bool) {
        let mut folders = self.folders.borrow_mut();
        self.inbox.borrow_mut().retain(|_, queued| {
            let is_meant = is_meant(queued);
            if is_meant {
                folders.remove(&queued.id);
            }
            !is_meant
        });
    }
}

fn parse(ids: &str) -> BTreeSet<String> {
    serde_json::from_str(ids).unwrap()
}

fn millis(text: &str) -> UnixMillis {
    UnixMillis(text.parse().unwrap())
}
