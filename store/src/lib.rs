//! The SQLite store.
mod error;
use std::path::Path;
pub use error::Error;
use domain::{IngressId, detail::Detail, inventory::{Choices, Page, View}, sync::ClusterStatus};
use tokio::sync::watch;

/// The store: one writer, several readers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {}
impl Store {
    /// Opens (and creates, and migrates) the file.
    pub async fn open(_path: &Path) -> Result<Self, Error> { unimplemented!() }
    /// The inventory.
    pub async fn inventory(&self, _view: &View) -> Result<Page, Error> { unimplemented!() }
    /// What the filters may be set to.
    pub async fn choices(&self) -> Result<Choices, Error> { unimplemented!() }
    /// One ingress.
    pub async fn ingress(&self, _id: IngressId) -> Result<Option<Detail>, Error> { unimplemented!() }
    /// The sync status of every cluster, by name.
    pub async fn clusters(&self) -> Result<Vec<ClusterStatus>, Error> { unimplemented!() }
    /// Bytes of the database and its write-ahead log.
    pub async fn size(&self) -> Result<u64, Error> { unimplemented!() }
    /// Schema version and SQLite version.
    pub fn versions(&self) -> (i64, String) { unimplemented!() }
    /// Writes a consistent copy to a new file.
    pub async fn backup(&self, _to: &Path) -> Result<(), Error> { unimplemented!() }
    /// A number that grows with every commit that changed something a page shows.
    pub fn revision(&self) -> watch::Receiver<u64> { unimplemented!() }
    /// Finishes what is under way and closes the file.
    pub async fn close(self) { unimplemented!() }
}
