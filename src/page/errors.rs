//! The page at `/errors`: every code of every dialect, rendered from the tables that the code uses.
//!
//! Its anchors are the `type` URIs of `application/problem+json`.

use maud::{Markup, html};

use super::document;
use super::policy::policy;
use super::style::Look;
use crate::envelope::{Code, Dialect, Response};
use crate::problem::ProblemType;

/// Renders the page; it does not depend on the request.
pub fn errors_page() -> Response {
    let main = html! {
        h1 { "Errors" }
        p { "What the service answers, and what it understands when a core answers it." }
        nav aria-label="Dialects" {
            ul {
                @for dialect in Dialect::ALL {
                    li { a href={ "#" (dialect.as_str()) } { (dialect.as_str()) } }
                }
            }
        }
        @for &dialect in Dialect::ALL {
            h2 id=(dialect.as_str()) { (dialect.as_str()) }
            @match dialect {
                Dialect::LeadGen => (catalogue()),
                Dialect::Problem => p {
                    "RFC 9457. The " code { "type" }
                    " of a problem is the address of its row in the first table."
                },
                _ => (reference(dialect)),
            }
        }
    };
    let look = Look::default();
    Response::html(200, document("en", "Errors", &look, &main))
        .with(
            "Content-Security-Policy",
            policy("form-action 'none'", "frame-ancestors 'none'", &look),
        )
        .with("Cache-Control", format!("max-age={MAX_AGE_S}"))
}

/// The table of our problem types, each with an anchor.
fn catalogue() -> Markup {
    let rows = html! {
        @for ours in ProblemType::ALL {
            tr id=(ours.code()) {
                th scope="row" { code { (ours.code()) } }
                td { (ours.status()) }
                td { code { (ours.name()) } }
                td { (ours.message()) }
                td { (ours.resolution()) }
                td { (ours.class().as_str()) }
                td { @if ours.is_ours() { "formgate" } @else { "a core only" } }
            }
        }
    };
    let heads = [
        "Code",
        "Status",
        "Name",
        "Meaning",
        "What to do",
        "From a core",
        "Answered by",
    ];
    table(Dialect::LeadGen, &heads, &rows)
}

/// The table of a dialect's codes, with the problem types that are rendered as each.
fn reference(dialect: Dialect) -> Markup {
    let rows = html! {
        @for Code { code: name, status, meaning, class, problem_types } in dialect.codes() {
            tr {
                th scope="row" { code { (name) } }
                td {
                    @match status {
                        Some(status) => (status),
                        None => "any",
                    }
                }
                td { (meaning) }
                td { (class.as_str()) }
                td {
                    @for (index, ours) in problem_types.iter().enumerate() {
                        @if index > 0 { ", " }
                        a href={ "#" (ours.code()) } { (ours.code()) }
                    }
                }
            }
        }
    };
    let heads = ["Code", "Status", "Meaning", "From a core", "Written for"];
    table(dialect, &heads, &rows)
}

fn table(dialect: Dialect, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        // A table wider than the screen scrolls on its own, also by keyboard.
        div class="scroll" tabindex="0" role="group" aria-labelledby=(dialect.as_str()) {
            table {
                thead {
                    tr {
                        @for head in heads {
                            th scope="col" { (head) }
                        }
                    }
                }
                tbody { (rows) }
            }
        }
    }
}

/// How long the page may be cached: seconds. It changes only with a new version of the service.
const MAX_AGE_S: u64 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_every_dialect_is_on_the_page() {
        let page = errors_page().body;
        let escape = |text: &str| html! { (text) }.into_string();
        for dialect in Dialect::ALL {
            for row in dialect.codes() {
                let cell = format!("<code>{}</code>", escape(row.code));
                assert!(page.contains(&cell), "{} of {}", row.code, dialect.as_str());
                assert!(page.contains(&escape(row.meaning)), "{}", row.meaning);
            }
        }
        for ours in ProblemType::ALL {
            let row = page
                .split("<tr id=")
                .find(|row| row.starts_with(&format!("\"{}\">", ours.code())));
            assert_eq!(
                row.unwrap().contains("<td>formgate</td>"),
                ours.is_ours(),
                "{}",
                ours.code()
            );
        }
    }
}
