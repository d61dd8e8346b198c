//! Loads the texts of a language into the isolate, when the first response in it is to be written.

use crate::clock::UnixMillis;
use crate::log::background_line;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};
use crate::texts::Wanted;

/// Loads the texts that are wanted, unless they are there or could not be loaded a moment ago; whether they have come now. Without
/// them the response is in English.
pub async fn load_texts<P: Platform>(platform: &P, wanted: Wanted<'_>) -> bool {
    let language = wanted.locale().language;
    let isolate = platform.isolate();
    if !language.is_missing() || platform.now() < isolate.no_texts_until.get() {
        return false;
    }
    let tag = language.tag();
    let texts = platform.texts(tag).await;
    let has_come = texts.is_some_and(|texts| language.load(texts));
    if !has_come {
        let until = platform.now().0.saturating_add(RETRY_AFTER_MS);
        isolate.no_texts_until.set(UnixMillis(until));
        let fault = Fault::new(FaultKind::Setting, format!("no texts of {tag}"));
        platform.log(&background_line("load_texts", &fault));
    }
    has_come
}

/// How long no texts are loaded after some could not be: milliseconds.
const RETRY_AFTER_MS: u64 = 60_000;
