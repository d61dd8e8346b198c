//! [`Statement`]: SQL with values, to be bound, or written into the SQL where nothing can be bound.

/// SQL with the placeholders `?1`, `?2` …, and their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The SQL. No literal in it contains a `?`.
    pub sql: &'static str,
    /// The values, from `?1` on.
    pub values: Vec<Param<'a>>,
}

/// A value of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param<'a> {
    /// A value of the type TEXT.
    Text(&'a str),
    /// A value of the type INTEGER.
    Number(u32),
}

/// A value cannot be written as an SQL literal, or a placeholder has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unwritable;

impl Statement<'_> {
    /// The SQL with its values as literals, for `wrangler d1 execute`, which cannot bind values.
    ///
    /// # Errors
    /// [`Unwritable`] when a value contains NUL, at which `SQLite` would end the text.
    pub fn written_out(&self) -> Result<String, Unwritable> {
        let mut pieces = self.sql.split('?');
        let mut written = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = piece.split_at_checked(digits).ok_or(Unwritable)?;
            let number: usize = number.parse().map_err(|_| Unwritable)?;
            let value = self.values.get(number.wrapping_sub(1)).ok_or(Unwritable)?;
            written += &quote(*value)?;
            written += rest;
        }
        Ok(written)
    }
}

/// A value as a literal. <https://www.sqlite.org/lang_expr.html#literal_values_constants_>
fn quote(value: Param<'_>) -> Result<String, Unwritable> {
    match value {
        Param::Number(number) => Ok(number.to_string()),
        Param::Text(text) if text.contains('\0') => Err(Unwritable),
        Param::Text(text) => Ok(format!("'{}'", text.replace('\'', "''"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_out(values: &[Param<'_>]) -> Result<String, Unwritable> {
        let statement = Statement {
            sql: "SELECT ?2 WHERE a = ?1 LIMIT ?3",
            values: values.to_vec(),
        };
        statement.written_out()
    }

    #[test]
    fn no_value_ends_its_literal_early() {
        for (value, literal) in [
            ("", "''"),
            ("'; DROP TABLE leads; --", "'''; DROP TABLE leads; --'"),
            ("?1 $(id) \\' \"", "'?1 $(id) \\'' \"'"),
            ("ü\n", "'ü\n'"),
        ] {
            let values = [Param::Text(value), Param::Text("x"), Param::Number(7)];
            let expected = format!("SELECT 'x' WHERE a = {literal} LIMIT 7");
            assert_eq!(written_out(&values), Ok(expected));
        }
    }

    #[test]
    fn nul_and_missing_values_are_errors() {
        let nul = [Param::Text("a\0b"), Param::Number(1), Param::Number(2)];
        assert_eq!(written_out(&nul), Err(Unwritable));
        assert_eq!(written_out(&nul[1..]), Err(Unwritable));
    }
}
