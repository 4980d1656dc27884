//! Changes to a closed database file behind SQLite's back, as somebody makes them who has the file and
//! knows its format (sqlite.org/fileformat2.html). No trigger and no transaction sees them.

use std::ops::Range;

use super::MARK;

/// The first byte of a leaf of a table.
const LEAF: u8 = 0x0d;

/// A row of the audit table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number, which is the key of the table.
    pub sequence: u64,
    /// The columns, one after another.
    pub body: Range<usize>,
    /// Where its page begins.
    pub page: usize,
    /// Its place among the rows of the page.
    index: usize,
    /// Where its number stands.
    key: usize,
}

/// All rows that have the mark, in their order.
pub fn rows(bytes: &[u8]) -> Vec<Row> {
    let size = number(bytes, 16);
    let leaves = (size..bytes.len()).step_by(size).filter(|page| bytes[*page] == LEAF);
    let rows = leaves.flat_map(|page| (0..number(bytes, page + 3)).map(move |index| (page, index)));
    let rows = rows.map(|(page, index)| row(bytes, page, index));
    rows.filter(|row| has_mark(&bytes[row.body.clone()])).collect()
}

fn row(bytes: &[u8], page: usize, index: usize) -> Row {
    let cell = page + number(bytes, pointer(page, index));
    let (length, key) = variable(bytes, cell);
    let (sequence, record) = variable(bytes, key);
    let (head, _) = variable(bytes, record);
    let [length, head] = [length, head].map(|length| usize::try_from(length).unwrap());
    let end = (record + length).min(bytes.len());
    Row { sequence, body: (record + head).min(end)..end, page, index, key }
}

/// Takes a row out.
pub fn delete(bytes: &mut [u8], row: &Row) {
    let count = number(bytes, row.page + 3);
    let others = pointer(row.page, row.index + 1)..pointer(row.page, count);
    bytes.copy_within(others, pointer(row.page, row.index));
    set_count(bytes, row.page, count - 1);
}

/// Gives two rows of one page each other's number, and so each other's place.
pub fn exchange(bytes: &mut [u8], one: &Row, other: &Row) {
    assert!(one.page == other.page && one.sequence < 128 && other.sequence < 128);
    bytes.swap(one.key, other.key);
    let [one, other] = [one, other].map(|row| pointer(row.page, row.index));
    bytes.swap(one, other);
    bytes.swap(one + 1, other + 1);
}

fn set_count(bytes: &mut [u8], page: usize, count: usize) {
    let count = u16::try_from(count).unwrap().to_be_bytes();
    bytes[page + 3..page + 5].copy_from_slice(&count);
}

/// Where a page says where a row is.
fn pointer(page: usize, index: usize) -> usize {
    page + 8 + 2 * index
}

fn number(bytes: &[u8], place: usize) -> usize {
    usize::from(bytes[place]) << 8 | usize::from(bytes[place + 1])
}

/// A number of variable length, and where it ends. None here is as long as nine bytes.
fn variable(bytes: &[u8], place: usize) -> (u64, usize) {
    let mut value = 0;
    for (index, byte) in bytes[place..].iter().enumerate() {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return (value, place + index + 1);
        }
    }
    panic!("the file ends inside a number");
}

fn has_mark(body: &[u8]) -> bool {
    body.windows(MARK.len()).any(|window| window == MARK.as_bytes())
}
