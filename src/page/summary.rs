//! The error summary above the form.

use maud::{Markup, html};

use super::control;
use super::words::{Place, words};
use crate::form::FormDefinition;
use crate::problem::{Problem, Violation};
use crate::texts::{self, Locale};

/// The problem in words, with a link to each refused field.
pub(super) fn summary(
    form: &FormDefinition,
    problem: &Problem,
    violations: &[Violation],
    is_framed: bool,
    locale: Locale<'_>,
) -> Markup {
    html! {
        // In a frame of another origin browsers refuse it; there the script moves the focus.
        div class="summary" tabindex="-1" autofocus[!is_framed] {
            div role="alert" {
                h2 { (locale.text(texts::PROBLEM)) }
                ul {
                    @for violation in violations {
                        @let field = violation.field.as_deref().and_then(|name| form.field(name));
                        li {
                            @match field.and_then(control::link_target) {
                                Some(id) => a href={ "#" (id) } { (violation.message) },
                                None => (violation.message),
                            }
                        }
                    }
                    @if violations.is_empty() {
                        @let (heading, text) = words(problem, Place::Form, locale);
                        li { (text.as_deref().unwrap_or(heading)) }
                        @if matches!(problem, Problem::EmbedInvalid(reason) if reason.is_origin_unknown()) {
                            li {
                                a href={ "/f/" (form.key.as_str()) } target="_blank" {
                                    (locale.text(texts::OPEN_HOSTED_PAGE))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
