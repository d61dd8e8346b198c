//! Numbers are read, compared and written as in browsers.

use super::*;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect(text)
}

/// Measured in Chromium 147 and 156.
#[test]
fn reads_what_browsers_read() {
    for valid in [
        "0",
        "00",
        "-0",
        "1E+3",
        "007",
        "1.50",
        ".5",
        "-.5e-2",
        "1e308",
        "1e-99999999999",
        "0e400",
        "1.7976931348623157e308",
        "5.e0",
    ] {
        assert!(Decimal::parse(valid).is_some(), "{valid}");
    }
    for invalid in [
        "",
        "+1",
        "5.",
        "1,5",
        " 1",
        "1 ",
        "0x1",
        "Infinity",
        "NaN",
        "1e400",
        "-",
        ".",
        "e1",
        "1e",
        "1e+",
        "--1",
        "1.2.3",
        "١",
        "-.",
        "1.5.",
        ".e0",
        "5e0.",
        "1.8e308",
        "1e99999999999",
    ] {
        assert!(Decimal::parse(invalid).is_none(), "{invalid}");
    }
}

#[test]
fn compares_as_numbers() {
    for ascending in [
        ["-1e308", "-1"],
        ["-1", "-0.5"],
        ["-0.1", "0"],
        ["0", "1e-300"],
        ["0.1", "0.10000000000000001"],
        ["9", "10"],
        ["99.9", "1e2"],
        ["1e2", "100.1"],
        ["123456789012345678", "1e300"],
    ] {
        let [low, high] = ascending.map(decimal);
        assert!(low < high, "{ascending:?}");
        assert!(high > low, "{ascending:?}");
    }
    for equal in [
        ["1.50", "1.5"],
        ["-0", "0"],
        ["1E+3", "1000"],
        ["007", "7"],
        ["0.001", "1e-3"],
    ] {
        assert_eq!(decimal(equal[0]), decimal(equal[1]), "{equal:?}");
    }
}

#[test]
fn is_written_as_browsers_write_it() {
    for (text, written) in [
        ("0", "0"),
        ("-0", "0"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("-.5", "-0.5"),
        ("1e3", "1e+3"),
        ("1e-6", "0.000001"),
        ("1e-7", "1e-7"),
        ("-15e-8", "-1.5e-7"),
        ("1200e1", "1.2e+4"),
        ("0.9999999999999999", "1"),
        ("100", "100"),
        ("1.25e1", "12.5"),
    ] {
        assert_eq!(decimal(text).to_string(), written, "{text}");
    }
}
