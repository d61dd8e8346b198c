//! [`Record`]: what the database knows of a form: its draft, the versions given out, and a publication in progress.

use crate::clock::UnixMillis;

/// What the database knows of a form. [`Record::default`] is that of a form that was never stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The text of the draft, as it was sent.
    pub draft: Option<String>,
    /// Its entity tag; empty without one.
    pub draft_tag: String,
    /// The heading of the published definition.
    pub title: Option<String>,
    /// The version that was published last.
    pub version: Option<u32>,
    /// The [content hash](super::Checked::hash) of that version.
    pub hash: String,
    /// The content hash of what `make seed` published last; empty when it never did.
    pub file_hash: String,
    /// Whether visitors get it; otherwise it was unpublished.
    pub is_published: bool,
    /// The highest version number that was given out; 0 for none.
    pub last_version: u32,
    /// A change of what visitors get that has begun and not ended.
    pub writing: Option<Writing>,
}

/// A publication in progress, or one that was interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The version that is being published; 0 while the form is being unpublished.
    pub version: u32,
    /// Its content hash.
    pub hash: String,
    /// Until then no other may begin: seconds since 1970.
    pub until_s: u64,
}

/// What visitors get of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormStatus {
    /// Its current version.
    Published,
    /// Nothing any more: it was unpublished.
    Unpublished,
    /// Nothing yet: it was never published.
    Draft,
}

impl Record {
    /// What visitors get.
    pub fn status(&self) -> FormStatus {
        match self.version {
            Some(_) if self.is_published => FormStatus::Published,
            Some(_) => FormStatus::Unpublished,
            None => FormStatus::Draft,
        }
    }

    /// Whether nothing of the form is stored.
    pub fn is_empty(&self) -> bool {
        self.draft.is_none() && self.last_version == 0
    }

    /// Whether visitors get exactly this version, and no change of it has begun.
    pub fn is_current(&self, version: u32, hash: &str) -> bool {
        self.is_published
            && self.version == Some(version)
            && self.hash == hash
            && self.writing.is_none()
    }

    /// Whether it was changed through the API after `make seed` published this content, so that publishing the same file again would
    /// undo that.
    pub fn is_changed_since(&self, file_hash: &str) -> bool {
        self.file_hash == file_hash && (self.hash != file_hash || !self.is_published)
    }

    /// Seconds until another publication may begin; `None` when it may now.
    pub fn busy_for_s(&self, now: UnixMillis) -> Option<u64> {
        let until_s = self.writing.as_ref()?.until_s;
        until_s.checked_sub(now.seconds()).filter(|left| *left > 0)
    }
}

impl FormStatus {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::Draft => "draft",
        }
    }
}
