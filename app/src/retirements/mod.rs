//! What is on its way out: on hold, due, removed and proved, or there again. Routebook removes nothing;
//! the pages say how somebody does, and show what the clusters prove.

mod figures;
mod list;
pub mod news;
mod one;
mod removal;
#[cfg(test)]
mod tests;
pub mod words;

use domain::retirement::RetirementView;

use crate::context::link;

pub use list::RetirementsPage;
pub use one::RetirementPage;

/// The address of the list.
fn list_address(view: &RetirementView, base: &str) -> String {
    let path = link(base, "/retirements");
    match view.query() {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}
