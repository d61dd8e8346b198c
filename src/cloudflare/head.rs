//! The head of a request, from the flat text that `boundary.js` makes of it.

use super::boundary::MISSING;
use crate::route::{self, HEADERS_READ, Method};

/// The time in milliseconds, and the request.
pub(super) fn parse(text: &str) -> (u64, route::Request) {
    let mut lines = text.split('\n');
    // Not parsed as a fraction, whose tables are 10 KB of the wasm.
    let now_ms = lines.next().and_then(|text| text.parse().ok());
    let method = lines.next().unwrap_or_default();
    let url = lines.next().unwrap_or_default();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host = address.find("://").map_or(0, |at| at + 3);
    let path = address.get(host..).and_then(|rest| rest.find('/'));
    let (own_origin, path) = address
        .split_at_checked(path.map_or(address.len(), |at| host + at))
        .unwrap_or((address, ""));
    let mut line = || lines.next().filter(|text| *text != MISSING);
    let country = line().map(str::to_owned);
    let header = |name| Some((name, line()?.to_owned()));
    let request = route::Request {
        method: Method::parse(method),
        own_origin: own_origin.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        country,
        headers: HEADERS_READ.into_iter().filter_map(header).collect(),
    };
    (now_ms.unwrap_or_default(), request)
}
