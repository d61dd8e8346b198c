//! The page at `/errors`: every code of every dialect, rendered from the tables that the code uses.
//!
//! Its anchors are the `type` URIs of `application/problem+json`.

use std::fmt::Write;

use super::html::escape;
use super::{document, policy};
use crate::envelope::{Code, Dialect, Response};
use crate::problem::ProblemType;

/// Renders the page; it does not depend on the request.
pub fn errors_page() -> Response {
    let mut main = "<h1>Errors</h1><p>What the service answers, and what it understands when a core answers it.</p>\
        <nav aria-label=\"Dialects\"><ul>"
        .to_owned();
    for dialect in Dialect::ALL {
        let name = dialect.as_str();
        let _ = write!(main, "<li><a href=\"#{name}\">{name}</a></li>");
    }
    main.push_str("</ul></nav>");
    for &dialect in Dialect::ALL {
        let name = dialect.as_str();
        let _ = write!(main, "<h2 id=\"{name}\">{name}</h2>");
        match dialect {
            Dialect::LeadGen => main.push_str(&catalogue()),
            Dialect::Problem => main.push_str(
                "<p>RFC 9457. The <code>type</code> of a problem is the address of its row in the first table.</p>",
            ),
            _ => main.push_str(&reference(dialect)),
        }
    }
    let page = document("en", "Errors", &main);
    Response::html(200, page)
        .with(
            "Content-Security-Policy",
            policy("form-action 'none'", "frame-ancestors 'none'"),
        )
        .with("Cache-Control", format!("max-age={MAX_AGE_S}"))
}

/// The table of our problem types, each with an anchor.
fn catalogue() -> String {
    let mut rows = String::new();
    for ours in ProblemType::ALL {
        let _ = write!(
            rows,
            "<tr id=\"{code}\"><th scope=\"row\"><code>{code}</code></th><td>{}</td><td><code>{}</code></td>\
             <td>{}</td><td>{}</td><td>{}</td></tr>",
            ours.status(),
            ours.name(),
            escape(ours.message()),
            escape(ours.resolution()),
            ours.class().as_str(),
            code = ours.code(),
        );
    }
    let heads = [
        "Code",
        "Status",
        "Name",
        "Meaning",
        "What to do",
        "From a core",
    ];
    table(Dialect::LeadGen, &heads, &rows)
}

/// The table of a dialect's codes, with the problem types that are rendered as each.
fn reference(dialect: Dialect) -> String {
    let mut rows = String::new();
    for row in dialect.codes() {
        let Code {
            code,
            status,
            meaning,
            class,
            problem_types,
        } = row;
        let ours: Vec<String> = problem_types
            .iter()
            .map(|ours| format!("<a href=\"#{0}\">{0}</a>", ours.code()))
            .collect();
        let _ = write!(
            rows,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(code),
            status.map_or_else(|| "any".to_owned(), |status| status.to_string()),
            escape(meaning),
            class.as_str(),
            ours.join(", "),
        );
    }
    let heads = ["Code", "Status", "Meaning", "From a core", "Written for"];
    table(dialect, &heads, &rows)
}

fn table(dialect: Dialect, heads: &[&str], rows: &str) -> String {
    let heads: String = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{head}</th>"))
        .collect();
    // A table wider than the screen scrolls on its own, also by keyboard.
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{}\">\
         <table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>",
        dialect.as_str()
    )
}

/// How long the page may be cached: seconds. It changes only with a new version of the service.
const MAX_AGE_S: u64 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_every_dialect_is_on_the_page() {
        let page = errors_page().body;
        for dialect in Dialect::ALL {
            for row in dialect.codes() {
                let cell = format!("<code>{}</code>", escape(row.code));
                assert!(page.contains(&cell), "{} of {}", row.code, dialect.as_str());
                assert!(page.contains(&escape(row.meaning)), "{}", row.meaning);
            }
        }
        for ours in ProblemType::ALL {
            assert!(page.contains(&format!("<tr id=\"{}\">", ours.code())));
        }
    }
}
