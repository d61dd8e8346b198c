//! The content security policy of a page.

use super::style::Look;

pub(super) fn policy(form_action: &str, frame_ancestors: &str, look: &Look) -> String {
    format!(
        "default-src 'none'; style-src {}; img-src 'self'; base-uri 'none'; {form_action}; {frame_ancestors}{}",
        look.sources(),
        look.scripts.directives(),
    )
}

/// `https://example.com` of `https://example.com/thanks?a=b`, since a policy's sources have no query.
pub(super) fn origin_of(url: &str) -> String {
    let end = url
        .char_indices()
        .filter(|(_, character)| "/?#".contains(*character))
        .map(|(index, _)| index)
        .find(|&index| index >= "https://".len());
    end.and_then(|end| url.get(..end)).unwrap_or(url).to_owned()
}
