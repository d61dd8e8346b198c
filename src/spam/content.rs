//! [`Content`]: what the values of a submission show, of whatever form.

use super::disposable::is_disposable;

/// What kind of value a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Words that the visitor wrote.
    Text,
    /// An e-mail address, or several separated by commas.
    Email,
}

/// What was found in the values so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Content {
    links: u32,
    texts: u32,
    /// Texts that are a word of random letters.
    random: u32,
    /// The letters of the longest of them.
    random_letters: usize,
    is_dotted: bool,
    is_disposable: bool,
}

impl Content {
    /// Looks at a value.
    pub fn add(&mut self, nature: Nature, value: &str) {
        match nature {
            Nature::Text => self.add_text(value),
            Nature::Email => value
                .split(',')
                .for_each(|one| self.add_address(one.trim())),
        }
    }

    fn add_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.links = self.links.saturating_add(links(text));
        self.texts = self.texts.saturating_add(1);
        if is_random(text) {
            self.random = self.random.saturating_add(1);
            self.random_letters = self.random_letters.max(text.len());
        }
    }

    fn add_address(&mut self, address: &str) {
        let Some((local, domain)) = address.rsplit_once('@') else {
            return;
        };
        let is_gmail = ["gmail.com", "googlemail.com"]
            .iter()
            .any(|gmail| domain.eq_ignore_ascii_case(gmail));
        self.is_dotted |=
            is_gmail && local.bytes().filter(|byte| *byte == b'.').count() >= MANY_DOTS;
        self.is_disposable |= is_disposable(domain);
    }

    /// The links in all texts.
    pub fn links(&self) -> u32 {
        self.links
    }

    /// Whether every text is a word of random letters; if there is only one, whether it is a long one.
    pub fn is_gibberish(&self) -> bool {
        self.random == self.texts
            && (self.random >= 2 || self.random_letters >= LONG_RANDOM_LETTERS)
    }

    /// Whether it has a Gmail address with many dots.
    pub fn is_dotted(&self) -> bool {
        self.is_dotted
    }

    /// Whether it has an address of a disposable domain.
    pub fn is_disposable(&self) -> bool {
        self.is_disposable
    }
}

/// A text as it is compared with those of other visitors: its letters and digits in lower case, since robots vary the rest. `None`
/// for one that is too short to be more than a coincidence.
pub fn comparable(text: &str) -> Option<String> {
    if text.len() < MIN_COMPARED_BYTES {
        return None;
    }
    let end = text.floor_char_boundary(MAX_COMPARED_BYTES);
    let letters = text.get(..end).unwrap_or_default().chars();
    let compared: String = letters
        .filter(|letter| letter.is_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    (compared.len() >= MIN_COMPARED_BYTES).then_some(compared)
}

/// Counts `http://`, `https://`, and `www.` without either.
fn links(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut count = 0_u32;
    for (index, byte) in bytes.iter().enumerate() {
        let starts = |start: &[u8]| {
            let from = bytes.get(index..).unwrap_or_default();
            from.get(..start.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(start))
        };
        let before = index.checked_sub(1).and_then(|index| bytes.get(index));
        let is_link = match byte {
            b'h' | b'H' => starts(b"http://") || starts(b"https://"),
            b'w' | b'W' => {
                let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"/.@-".contains(byte);
                starts(b"www.") && !before.is_some_and(is_inside)
            }
            _ => false,
        };
        count = count.saturating_add(is_link.into());
    }
    count
}

/// Whether a text is a word of random letters in both cases, like `uKguQGoDbyxINzxieQkVUmII`. Names of several words written
/// as one (`JeanClaudeVanDamme`, `McDonald`) are not: each of their capitals begins a word of lower-case letters.
fn is_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < RANDOM_LETTERS || !bytes.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let is_lower = |index: Option<usize>| {
        let byte = index.and_then(|index| bytes.get(index));
        byte.is_some_and(u8::is_ascii_lowercase)
    };
    let capitals = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_uppercase());
    let begins_word =
        |index: usize| is_lower(index.checked_add(1)) && is_lower(index.checked_add(2));
    let (mut odd, mut turns) = (0, 0);
    for (index, _) in capitals {
        odd += usize::from(!begins_word(index));
        turns += usize::from(is_lower(index.checked_sub(1)));
    }
    odd >= ODD_CAPITALS && turns >= ODD_CAPITALS
}

/// Dots in the part before the `@` that make a Gmail address suspicious.
const MANY_DOTS: usize = 5;
/// The shortest word that is taken for random letters, and the shortest that suffices alone: letters.
const RANDOM_LETTERS: usize = 10;
const LONG_RANDOM_LETTERS: usize = 16;
/// The capitals in it that begin no word, and those that follow a small letter.
const ODD_CAPITALS: usize = 3;
/// The shortest text that is compared, and how much of a longer one: bytes.
const MIN_COMPARED_BYTES: usize = 30;
const MAX_COMPARED_BYTES: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use Nature::{Email, Text};

    fn content(values: &[(Nature, &str)]) -> Content {
        let mut content = Content::default();
        values
            .iter()
            .for_each(|(nature, value)| content.add(*nature, value));
        content
    }

    #[test]
    fn counts_links_once_however_they_are_written() {
        for (text, expected) in [
            ("", 0),
            ("no link, www and http", 0),
            ("https://example.com", 1),
            ("HTTP://EXAMPLE.COM and Www.example.com", 2),
            ("https://www.example.com", 1),
            ("<a href=\"http://a.example\">http://a.example</a>", 2),
            ("[url=https://a.example]b[/url]", 1),
            ("write to ada@www.example.com", 0),
            ("swww.example.com", 0),
            ("schön: https://a.example/ü www.b.example", 2),
            ("https:/ /a http:", 0),
        ] {
            assert_eq!(links(text), expected, "{text}");
        }
    }

    #[test]
    fn random_letters_are_gibberish_and_names_are_not() {
        for (text, expected) in [
            ("uKguQGoDbyxINzxieQkVUmII", true),
            ("GwNpTgbQvXrD", true),
            ("JeanClaudeVanDamme", false),
            ("McDonaldMacKenzie", false),
            ("IBMDeutschlandGmbH", false),
            ("DonaudampfschifffahrtsGmbH", false),
            ("Wolfeschlegelsteinhausen", false),
            ("HELLO WORLD AGAIN", false),
            ("HELLOWORLDAGAIN", false),
            ("uKguQGoDb", false),
            ("uKguQGoDbyxIN zxieQkVUmII", false),
            ("aGk3NzQ4MzkyMDE5Mg", false),
            ("ВладимирВладимирович", false),
        ] {
            assert_eq!(is_random(text), expected, "{text}");
        }
        let random = "uKguQGoDbyxINzxieQkVUmII";
        for (values, expected) in [
            (&[][..], false),
            (&[(Text, random)], true),
            (&[(Text, "GwNpTgbQvXrD")], false),
            (&[(Text, "GwNpTgbQvXrD"), (Text, "xQzRtBvNmKpL")], true),
            (&[(Text, random), (Text, "Hello, is it free?")], false),
            (
                &[(Text, random), (Email, "a@example.com"), (Text, "")],
                true,
            ),
            (&[(Email, "uKguQGoDbyxINzxieQkVUmII@example.com")], false),
        ] {
            assert_eq!(content(values).is_gibberish(), expected, "{values:?}");
        }
    }

    #[test]
    fn an_address_shows_dots_and_a_disposable_domain() {
        for (address, is_dotted, is_disposable) in [
            ("a.b.c.d.e.f@gmail.com", true, false),
            ("a.b.c.d.e.f@GoogleMail.com", true, false),
            ("a.b.c.d.ef@gmail.com", false, false),
            ("a.b.c.d.e.f@example.com", false, false),
            ("ada@mailinator.com", false, true),
            ("ada@example.com, bob@mailinator.com", false, true),
            ("ada", false, false),
            ("", false, false),
        ] {
            let found = content(&[(Email, address)]);
            assert_eq!(found.is_dotted(), is_dotted, "{address}");
            assert_eq!(found.is_disposable(), is_disposable, "{address}");
        }
    }

    #[test]
    fn texts_are_compared_by_letters_and_digits_from_a_length_on() {
        let text = "I can get you 1,000 visitors a day!";
        let other = "i can  get you 1000 visitors, a day - ";
        assert!(comparable(text).is_none(), "27 letters and digits");
        let (text, other) = (format!("{text} Call me."), format!("{other}CALL ME"));
        assert_eq!(comparable(&text), comparable(&other));
        assert!(comparable(&text).is_some());
        assert_eq!(comparable(&"ü".repeat(14)), None);
        assert!(comparable(&"ü".repeat(15)).is_some());
        let longest = "a".repeat(MAX_COMPARED_BYTES);
        assert_eq!(comparable(&format!("{longest}b")), Some(longest));
    }
}
