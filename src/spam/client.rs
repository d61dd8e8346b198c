//! [`Client`]: what the headers of a submission show of the program that sent it.

/// The headers that tell a browser from a script.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client<'a> {
    /// `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// Whether any `Sec-Fetch-*` header was sent: <https://www.w3.org/TR/fetch-metadata/>.
    pub has_fetch_metadata: bool,
    /// Whether the request came over https; over http, browsers send no `Sec-Fetch-*`.
    pub is_secure: bool,
}

impl Client<'_> {
    /// Whether it calls itself an HTTP library, or a browser that a program drives.
    pub fn is_automation(&self) -> bool {
        let agent = self.user_agent.unwrap_or_default();
        if starts_with(agent, "Mozilla/") {
            return DRIVEN.iter().any(|name| agent.contains(name));
        }
        // Node sends its name alone.
        agent == "node" || LIBRARIES.iter().any(|name| starts_with(agent, name))
    }

    /// Whether it sent no `Sec-Fetch-*` header although it calls itself a browser that sends one, or does not name itself.
    pub fn lacks_fetch_metadata(&self) -> bool {
        if self.has_fetch_metadata || !self.is_secure {
            return false;
        }
        let agent = self.user_agent.unwrap_or_default();
        let is_at_least = |&(name, first): &(&str, u32)| {
            let version = agent.split_once(name).map_or("", |(_, after)| after);
            let digits = version.split(|c: char| !c.is_ascii_digit()).next();
            digits.is_some_and(|digits| digits.parse().is_ok_and(|version: u32| version >= first))
        };
        agent.is_empty()
            || SENDERS.iter().any(is_at_least) && !OLDER.iter().any(|name| agent.contains(name))
    }
}

/// Whether a text begins with an ASCII text, in any case.
fn starts_with(text: &str, start: &str) -> bool {
    let beginning = text.as_bytes().get(..start.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(start.as_bytes()))
}

/// Browsers whose `User-Agent` shows that a program drives them.
const DRIVEN: [&str; 5] = [
    "HeadlessChrome",
    "PhantomJS",
    "Puppeteer",
    "Playwright",
    "Selenium",
];

/// How the `User-Agent` of HTTP libraries, command line programs and scanners begins unless it is changed.
const LIBRARIES: [&str; 26] = [
    "aiohttp",
    "apache-httpclient",
    "axios",
    "bun/",
    "colly",
    "curl/",
    "deno/",
    "faraday",
    "go-http-client",
    "got ",
    "guzzlehttp",
    "java/",
    "java-http-client",
    "libwww-perl",
    "node-fetch",
    "okhttp",
    "php",
    "postmanruntime",
    "python",
    "reqwest",
    "rest-client",
    "ruby",
    "scrapy",
    "superagent",
    "undici",
    "wget",
];

/// Browsers and their first version that certainly sends `Sec-Fetch-*`: <https://caniuse.com/mdn-http_headers_sec-fetch-site>.
const SENDERS: [(&str, u32); 3] = [("Chrome/", 80), ("Firefox/", 90), ("Version/", 17)];

/// Browsers that give the version of a newer one.
const OLDER: [&str; 3] = ["Goanna", "SeaMonkey", "Trident"];

#[cfg(test)]
mod tests {
    use super::*;

    fn client(user_agent: &str) -> Client<'_> {
        Client {
            user_agent: Some(user_agent),
            has_fetch_metadata: false,
            is_secure: true,
        }
    }

    #[test]
    fn libraries_and_driven_browsers_are_automation() {
        for (agent, expected) in [
            ("curl/8.5.0", true),
            ("python-requests/2.32.3", true),
            ("Python/3.12 aiohttp/3.9.5", true),
            ("Go-http-client/2.0", true),
            ("node", true),
            ("axios/1.7.2", true),
            ("okhttp/4.12.0", true),
            ("Wget/1.21.4", true),
            ("Java/17.0.2", true),
            ("GuzzleHttp/7", true),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
                true,
            ),
            ("", false),
            ("nodepad/1.0", false),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                false,
            ),
            (
                "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
                false,
            ),
            ("Dalvik/2.1.0 (Linux; U; Android 13)", false),
        ] {
            assert_eq!(client(agent).is_automation(), expected, "{agent}");
        }
        assert!(!Client::default().is_automation());
    }

    #[test]
    fn only_browsers_that_send_fetch_metadata_lack_it() {
        for (agent, expected) in [
            ("", true),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.87 Safari/537.36",
                true,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.88 Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:90.0) Gecko/20100101 Firefox/90.0",
                true,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:89.0) Gecko/20100101 Firefox/89.0",
                false,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
                true,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/605.1.15",
                false,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS]",
                false,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Goanna/6.7 Firefox/128.0 PaleMoon/33.4.0",
                false,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:91.0) Gecko/20100101 Firefox/91.0 SeaMonkey/2.53.18",
                false,
            ),
            ("Chrome/", false),
            ("Chrome/99999999999", false),
            ("curl/8.5.0", false),
        ] {
            let bare = client(agent);
            assert_eq!(bare.lacks_fetch_metadata(), expected, "{agent}");
            let with = Client {
                has_fetch_metadata: true,
                ..bare
            };
            let insecure = Client {
                is_secure: false,
                ..bare
            };
            assert!(!with.lacks_fetch_metadata() && !insecure.lacks_fetch_metadata());
        }
    }
}
