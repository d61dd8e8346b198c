//! SHA-256, HMAC-SHA-256, PBKDF2, a [`Key`] for one purpose, lower-case hexadecimal and base64url.

mod key;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

pub use key::Key;

/// The SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The HMAC-SHA-256 of some bytes.
fn hash_with(mac: Hmac<Sha256>, bytes: &[u8]) -> [u8; 32] {
    let mac = Mac::chain_update(mac, bytes);
    mac.finalize().into_bytes().into()
}

/// The HMAC-SHA-256 under a key of any length: RFC 2104.
fn mac_under(key: &[u8]) -> Hmac<Sha256> {
    // RFC 2104 section 2: a key longer than a block of the hash, 64 bytes, is hashed; a shorter one is filled with zeros.
    let hashed = (key.len() > 64).then(|| sha256(key));
    let key = hashed.as_ref().map_or(key, |hashed| hashed);
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    for (filled, byte) in block.iter_mut().zip(key) {
        *filled = *byte;
    }
    <Hmac<Sha256> as KeyInit>::new(&block)
}

/// The first 32 bytes that PBKDF2 (RFC 8018 section 5.2) derives with HMAC-SHA-256.
pub fn pbkdf2(password: &[u8], salt: &[u8], iterations: u32) -> [u8; 32] {
    let mac = mac_under(password);
    let hash = |bytes: &[u8]| hash_with(mac.clone(), bytes);
    // The first block has number 1.
    let mut hashed = hash(&[salt, &1_u32.to_be_bytes()].concat());
    let mut sum = hashed;
    for _ in 1..iterations {
        hashed = hash(&hashed);
        for (sum, byte) in sum.iter_mut().zip(hashed) {
            *sum ^= byte;
        }
    }
    sum
}

/// The first 16 bytes of a hash: enough that two inputs do not meet, half the text. RFC 2104 section 5 allows it for an HMAC.
pub fn first_half(hash: [u8; 32]) -> [u8; 16] {
    hash.first_chunk().copied().unwrap_or_default()
}

/// A hash of texts for a table in memory, where two that meet do little harm.
pub fn short_hash(parts: &[&str]) -> u64 {
    let half = first_half(sha256(&separated(parts)));
    u64::from_le_bytes(half.first_chunk().copied().unwrap_or_default())
}

/// The bytes of each part and a zero byte after it, so that `["ab", "c"]` and `["a", "bc"]` have different hashes.
pub fn separated(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(part.as_bytes());
        bytes.push(0);
    }
    bytes
}

/// Two lower-case hexadecimal digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let mut digits = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        digits.push(digit(byte >> 4));
        digits.push(digit(byte & 15));
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// The bytes of a text of [`hex`]; `None` unless it has as many digits.
pub fn from_hex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let mut digits = text.bytes().map(|letter| match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    });
    for byte in &mut bytes {
        *byte = digits.next()?? << 4 | digits.next()??;
    }
    digits.next().is_none().then_some(bytes)
}

/// Base64url without padding: RFC 4648 section 5.
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let block = chunk
            .iter()
            .fold(0_u32, |block, byte| block << 8 | u32::from(*byte));
        let block = block << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            let sextet = block >> (18 - 6 * digit) & 63;
            let letter = BASE64URL.get(sextet as usize).copied();
            text.extend(letter.map(char::from));
        }
    }
    text
}

/// The bytes of a text in base64url; `None` for a text that [`base64url`] does not write.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let block = chunk.iter().try_fold(0_u32, |block, letter| {
            // Not searched for in `BASE64URL`, which takes ten times as long.
            let sextet = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'-' => 62,
                b'_' => 63,
                _ => return None,
            };
            Some(block << 6 | u32::from(sextet))
        })?;
        let block = block << (6 * (4 - chunk.len()));
        let [_, whole @ ..] = block.to_be_bytes();
        let (kept, rest) = whole.split_at_checked((chunk.len() * 6) / 8)?;
        if chunk.len() == 1 || rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

/// The bytes of a text in Base64, as browsers write it, or in base64url, with padding or without.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let letters = text
        .trim_end_matches('=')
        .chars()
        .map(|letter| match letter {
            '+' => '-',
            '/' => '_',
            other => other,
        });
    from_base64url(&String::from_iter(letters))
}

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_that_of_the_standard() {
        // RFC 4648 section 10, without padding; the last one has both letters that base64 writes differently.
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"fooba", "Zm9vYmE"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff\xfe", "-__-"),
        ] {
            assert_eq!(base64url(bytes), text);
            assert_eq!(from_base64url(text).as_deref(), Some(bytes), "{text}");
            let standard = text.replace('-', "+").replace('_', "/") + "=";
            assert_eq!(from_base64(&standard).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Z", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm 9v", "+/+/", "Zm9vü"] {
            assert_eq!(from_base64url(text), None, "{text}");
        }
    }

    #[test]
    fn hashes_the_examples_of_the_standards() {
        // FIPS 180-2 appendix B.1; RFC 4231 test cases 1, 2 and 6 (a key longer than a block).
        let long_key = [0xaa; 131];
        for (hash, expected) in [
            (
                sha256(b"abc"),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                hash_with(mac_under(&[0x0b; 20]), b"Hi There"),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                hash_with(mac_under(b"Jefe"), b"what do ya want for nothing?"),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                hash_with(
                    mac_under(&long_key),
                    b"Test Using Larger Than Block-Size Key - Hash Key First",
                ),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&hash), expected);
            assert!(expected.starts_with(&hex(&first_half(hash))));
        }
    }

    #[test]
    fn hexadecimal_is_read_as_it_is_written() {
        let bytes = [0x00, 0x09, 0x9a, 0xaf, 0xf0];
        assert_eq!(hex(&bytes), "00099aaff0");
        assert_eq!(from_hex("00099aaff0"), Some(bytes));
        for text in [
            "00099AAFF0",
            "00099aaff",
            "00099aaff00",
            "00099aaffg",
            "",
            "/:`{00099a",
        ] {
            assert_eq!(from_hex::<5>(text), None, "{text}");
        }
    }

    #[test]
    fn derives_the_keys_of_the_standard() {
        // RFC 7914 section 11, the first 32 bytes; and RFC 6070 with SHA-256.
        for (password, salt, iterations, expected) in [
            (
                "passwd",
                "salt",
                1,
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
            ),
            (
                "password",
                "salt",
                2,
                "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43",
            ),
        ] {
            let derived = pbkdf2(password.as_bytes(), salt.as_bytes(), iterations);
            assert_eq!(hex(&derived), expected);
        }
    }

    #[test]
    fn separated_parts_are_unambiguous() {
        assert_eq!(separated(&["ab", "c"]), b"ab\0c\0");
        assert_ne!(separated(&["ab", "c"]), separated(&["a", "bc"]));
        assert_ne!(separated(&["a", ""]), separated(&["a"]));
    }
}
