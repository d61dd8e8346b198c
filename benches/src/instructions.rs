//! One operation of a module, repeated: `instructions CASE TIMES`; without arguments, prints the names of the cases.
//! `benches/instructions.mjs` runs it under callgrind and compares the count with the budgets.
//!
//! A case `group/N` belongs to a series that shows how the cost grows with N.

use std::env;
use std::hint::black_box;
use std::num::NonZeroUsize;

use formgate::clock::UnixMillis;
use formgate::delivery::{Lead, Observed, Provenance};
use formgate::embed::{self, AllowedOrigin, Origin, Ticket, TicketKeys};
use formgate::envelope::{Dialect, Receipt, ReceiptStatus, Rendering};
use formgate::form::FormDefinition;
use formgate::hash::Key;
use formgate::limit::{self, Caller, Counters, MAX_COUNTERS, RateLimitPolicy};
use formgate::log::RequestLog;
use formgate::problem::Problem;
use formgate::spam::{
    Assessment, Client, Content, DEFAULT_POLICY, Evidence, Nature, Repeats, TicketState, assess,
    comparable,
};
use formgate::submission::{self, Attribution, MediaType};
use serde_json::json;

type Operation = Box<dyn FnMut()>;
type Case = (&'static str, fn() -> Operation);

const CASES: &[Case] = &[
    ("parse_json", || parse(json_body(10), MediaType::Json)),
    ("parse_urlencoded", || {
        parse(urlencoded(10, 20), MediaType::Urlencoded)
    }),
    ("parse_multipart", || {
        parse(multipart(10), MediaType::Multipart("b".to_owned()))
    }),
    ("origin", || origin(1)),
    ("limit", || limit(1)),
    ("validate", || validate(10, 20)),
    // Longer than `maxlength`.
    ("validate_invalid", || validate(10, 101)),
    ("validate_worded", || worded(10, 101)),
    ("score", score),
    ("render_receipt", render_receipt),
    ("render_problem", render_problem),
    ("lead_json", lead_json),
    ("log_line", log_line),
    ("fields/1", || whole(1)),
    ("fields/10", || whole(10)),
    ("fields/100", || whole(100)),
    ("names/10", || {
        parse(urlencoded(10, 20), MediaType::Urlencoded)
    }),
    ("names/100", || {
        parse(urlencoded(100, 20), MediaType::Urlencoded)
    }),
    ("names/1000", || {
        parse(urlencoded(1_000, 20), MediaType::Urlencoded)
    }),
    ("origins/1", || origin(1)),
    ("origins/10", || origin(10)),
    ("origins/100", || origin(100)),
    ("counters/1", || limit(1)),
    ("counters/100", || limit(100)),
    ("counters/10000", || limit(10_000)),
    ("kilobytes/1", || {
        parse(urlencoded(8, 118), MediaType::Urlencoded)
    }),
    ("kilobytes/16", || {
        parse(urlencoded(8, 2_038), MediaType::Urlencoded)
    }),
    ("kilobytes/128", || {
        parse(urlencoded(8, 16_374), MediaType::Urlencoded)
    }),
];

fn main() {
    let mut arguments = env::args().skip(1);
    let (name, times) = (arguments.next(), arguments.next());
    let Some(name) = name else {
        CASES.iter().for_each(|(name, _)| println!("{name}"));
        return;
    };
    let times = times.and_then(|text| text.parse().ok()).unwrap_or(1_u32);
    let case = CASES.iter().find(|(known, _)| *known == name);
    let Some((_, prepare)) = case else {
        eprintln!("there is no case {name}");
        std::process::exit(1);
    };
    let mut operation = prepare();
    (0..times).for_each(|_| operation());
}

fn parse(body: String, media_type: MediaType) -> Operation {
    assert!(submission::decode(body.as_bytes(), &media_type).is_ok());
    Box::new(move || drop(black_box(submission::decode(body.as_bytes(), &media_type))))
}

fn validate(fields: usize, length: usize) -> Operation {
    let form = form(fields);
    let raw = submission::decode(
        urlencoded(fields, length).as_bytes(),
        &MediaType::Urlencoded,
    );
    let raw = raw.unwrap_or_default();
    let result = submission::validate(&form, &raw, Vec::new());
    assert_eq!(result.is_ok(), length <= MAX_LENGTH);
    Box::new(move || {
        let _ = black_box(submission::validate_seen(&form, &form, &raw, Vec::new()));
    })
}

/// Validates, with the texts of the violations.
fn worded(fields: usize, length: usize) -> Operation {
    let form = form(fields);
    let body = urlencoded(fields, length);
    let raw = submission::decode(body.as_bytes(), &MediaType::Urlencoded).unwrap_or_default();
    assert!(submission::validate(&form, &raw, Vec::new()).is_err());
    Box::new(move || {
        let _ = black_box(submission::validate(&form, &raw, Vec::new()));
    })
}

/// Decodes and validates.
fn whole(fields: usize) -> Operation {
    let (form, body) = (form(fields), urlencoded(fields, 20));
    Box::new(move || {
        let raw = submission::decode(body.as_bytes(), &MediaType::Urlencoded).unwrap_or_default();
        let _ = black_box(submission::validate(&form, &raw, Vec::new()));
    })
}

/// The last of `count` origins.
fn origin(count: usize) -> Operation {
    let page = |index| format!("https://www{index:03}.example.com");
    let listed = (0..count).filter_map(|index| AllowedOrigin::parse(&page(index)).ok());
    let (listed, sent) = (Vec::from_iter(listed), page(count - 1));
    assert!(embed::check(Some(&sent), OWN, &listed).is_ok());
    Box::new(move || drop(black_box(embed::check(Some(&sent), OWN, &listed))))
}

/// One visitor's submission, counted, while `count` visitors have counters.
fn limit(count: u32) -> Operation {
    let policies = RateLimitPolicy::defaults();
    let capacity = NonZeroUsize::new(MAX_COUNTERS).unwrap_or(NonZeroUsize::MIN);
    let mut counters = Counters::new("a".to_owned(), capacity);
    for visitor in 0..count {
        let address = std::net::Ipv4Addr::from_bits(visitor).to_string();
        let caller = Caller::new(Some(&address), None, None);
        counters.decide(&limit::counters(&policies, "lead", &caller), NOW);
    }
    Box::new(move || {
        let caller = Caller::new(Some("0.0.0.0"), None, None);
        let counted = limit::counters(&policies, "lead", &caller);
        let decision = counters.decide(black_box(&counted), NOW);
        black_box(limit::rate_limit_headers(&decision, NOW));
    })
}

/// Reads a ticket and scores a submission: two lines and a text of 100 bytes.
fn score() -> Operation {
    let key = Key::derive("a secret of the benchmark, nothing else", "tickets");
    let keys = TicketKeys {
        current: key,
        previous: None,
    };
    let Ok(page) = Origin::parse("https://www.example.com") else {
        return Box::new(|| ());
    };
    let ticket = Ticket::open(page.clone(), None, false, "lead", &keys, NOW);
    let token = ticket.token("lead", &keys, [7; 16]);
    let text = "We would like to see how it works with our landing pages, and what it costs for a team of 12 people.";
    let mut repeats = Repeats::new();
    let later = NOW.plus(8_000);
    assert!(Ticket::read(Some(&token), "lead", Some(&page), &keys, later).is_ok());
    Box::new(move || {
        let ticket = Ticket::read(Some(&token), "lead", Some(&page), &keys, later);
        let mut content = Content::default();
        content.add(Nature::Text, black_box("Grace Hopper"));
        content.add(Nature::Email, black_box("grace.hopper@example.org"));
        content.add(Nature::Text, black_box(text));
        let is_repeated =
            comparable(text).is_some_and(|text| repeats.note("lead", &text, "192.0.2.1", later));
        let evidence = Evidence {
            is_trap_filled: false,
            ticket: ticket.map_or(TicketState::Missing, |ticket| TicketState::Issued {
                age_ms: ticket.age_ms(later),
            }),
            is_repeated,
            content,
            client: Client {
                user_agent: Some("Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0 Safari/537.36"),
                has_fetch_metadata: true,
                is_secure: true,
            },
        };
        black_box(assess(&DEFAULT_POLICY, &evidence));
    })
}

fn render_receipt() -> Operation {
    let receipt = Receipt {
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        status: ReceiptStatus::Delivered,
        received_at: NOW,
        message: "Thank you! We will be in touch.".to_owned(),
        next: None,
        warnings: Vec::new(),
    };
    Box::new(move || drop(black_box(Dialect::LeadGen.render_receipt(&receipt))))
}

/// Three fields wrong.
fn render_problem() -> Operation {
    let (form, raw) = (form(3), submission::RawSubmission::default());
    let violations = submission::validate(&form, &raw, Vec::new()).err();
    let violations = violations.unwrap_or_default();
    assert_eq!(violations.len(), 3);
    let problem = Problem::ValidationFailed(violations);
    Box::new(move || {
        let rendering = Rendering {
            request_id: "0123456789abcdef",
            now: NOW,
            service: OWN,
        };
        black_box(Dialect::LeadGen.render_problem(&problem, &rendering));
    })
}

/// Ten fields, validated first: a lead borrows from its form.
fn lead_json() -> Operation {
    let (form, body) = (form(10), urlencoded(10, 20));
    let raw = submission::decode(body.as_bytes(), &MediaType::Urlencoded).unwrap_or_default();
    Box::new(move || {
        let Ok(submission) = submission::validate(&form, &raw, Vec::new()) else {
            return;
        };
        let lead = Lead {
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            form_key: "lead".to_owned(),
            received_at: NOW,
            submission,
            is_as_seen: true,
            spam: Assessment::default(),
            provenance: Provenance {
                observed: Observed {
                    user_agent: Some("Mozilla/5.0"),
                    ..Observed::default()
                },
                claimed: Attribution::default(),
            },
        };
        black_box(lead.to_json());
    })
}

fn log_line() -> Operation {
    Box::new(|| {
        let mut log = RequestLog::start("0123456789abcdef".to_owned(), NOW);
        (log.route, log.form) = ("submit", Some("lead".to_owned()));
        for step in ["form", "limit", "submission", "delivery"] {
            log.step(step, NOW);
        }
        black_box(log.line(201, NOW));
    })
}

fn form(fields: usize) -> FormDefinition {
    let fields = Vec::from_iter((0..fields).map(|index| {
        json!({ "name": name(index), "type": "text", "label": name(index), "required": true, "maxlength": MAX_LENGTH })
    }));
    let definition = json!({
        "key": "lead", "allowed_origins": ["https://example.com"], "fields": fields,
    });
    match FormDefinition::parse(&definition.to_string()) {
        Ok(form) => form,
        Err(faults) => {
            eprintln!("the form is invalid: {} faults", faults.len());
            std::process::exit(1);
        }
    }
}

fn name(index: usize) -> String {
    format!("field{index:03}")
}

/// With a space, which is encoded, in each value.
fn value(length: usize) -> String {
    format!("a {}", "b".repeat(length - 2))
}

fn urlencoded(fields: usize, length: usize) -> String {
    let value = value(length).replace(' ', "+");
    let pairs = Vec::from_iter((0..fields).map(|index| format!("{}={value}", name(index))));
    pairs.join("&")
}

fn json_body(fields: usize) -> String {
    let members = (0..fields).map(|index| (name(index), json!(value(20))));
    serde_json::Value::Object(members.collect()).to_string()
}

fn multipart(fields: usize) -> String {
    let part = |index| {
        let (name, value) = (name(index), value(20));
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    (0..fields).map(part).collect::<String>() + "--b--\r\n"
}

const OWN: &str = "https://forms.example.net";
const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const MAX_LENGTH: usize = 100;
