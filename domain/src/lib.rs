//! Pure rules and types of Routebook. Nothing here does I/O, reads a clock or knows a framework,
//! so that every rule can be tested as a table and the whole crate compiles to wasm.

pub mod assess;
pub mod audit;
pub mod change;
pub mod class;
pub mod clock;
pub mod detail;
pub mod ids;
pub mod ingress;
pub mod inventory;
pub mod managed;
pub mod manifest;
pub mod material;
pub mod overview;
pub mod owner;
pub mod problem;
pub mod rights;
pub mod sync;
pub mod testing;
pub mod tls;
pub mod traffic;
pub mod user;

pub use change::{Change, diff};
pub use class::{Class, ClassSource};
pub use clock::Clock;
pub use ids::{ClusterName, IngressId};
pub use ingress::{Backend, FieldManager, Ingress, Object, PathType, Port, Route, TlsEntry};
pub use problem::{Checks, Problem};
