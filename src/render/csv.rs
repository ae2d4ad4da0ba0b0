//! Tables as CSV, for spreadsheets.

/// A head and rows as RFC 4180 has them, with lines that end in a line feed. A cell that a spreadsheet would take for a
/// formula begins with an apostrophe: what stands in a manifest must not run on the machine of who opens the table.
pub fn table<'c>(head: &[&str], rows: impl IntoIterator<Item = Vec<std::borrow::Cow<'c, str>>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has the cells of its head.
    let _ = writer.write_record(head);
    for row in rows {
        let _ = writer.write_record(row.iter().map(|cell| defused(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell without the beginnings that spreadsheets give a meaning.
fn defused(cell: &str) -> String {
    let armed = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if armed { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quoting is that of RFC 4180, section 2; the beginnings are those that OWASP lists under CSV injection.
    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let row = ["a,b", "say \"no\"", "two\nlines", "=1+1", "+49", "-2", "@x", "\tx", "a=b", ""];
        let text = table(&["h1"; 10], [row.iter().map(|cell| (*cell).into()).collect()]);
        let line = text.split_once('\n').expect("a head").1;
        assert_eq!(line, "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",'=1+1,'+49,'-2,'@x,'\tx,a=b,\n");
    }
}
