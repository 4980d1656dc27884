//! What all files have in common: rows of one kind, in columns with names.

use serde::Serialize;

/// What a file is made of.
pub trait Sheet {
    /// What stands in one row.
    type Row;

    /// What it is called: in the name of the file and in its address.
    const NAME: &'static str;

    /// Of what there are so many.
    const UNIT: &'static str;

    /// Which columns there are. Columns may be added under the same number; it grows when one goes
    /// away or comes to mean something else.
    const SCHEMA: &'static str;

    /// How its file is called, where it is about one thing of several.
    fn file(&self) -> String {
        Self::NAME.to_owned()
    }

    /// The names of the columns in their order, without that of the schema.
    fn columns(&self) -> impl Iterator<Item = &'static str>;

    /// Hands over each cell of a row, in the order of the columns.
    fn cells(&self, row: &Self::Row, put: impl FnMut(&str));

    /// The row as a JSON object with the same names.
    fn object<'a>(&'a self, row: &'a Self::Row) -> impl Serialize + 'a;
}
