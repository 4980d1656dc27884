//! Pure rules and types of Routebook. Nothing here does I/O, reads a clock or knows a framework,
//! so that every rule can be tested as a table and the whole crate compiles to wasm.

pub mod assess;
pub mod attestation;
pub mod audit;
pub mod campaign;
pub mod change;
pub mod claim;
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
pub mod recommendation;
pub mod retirement;
pub mod review;
pub mod rights;
pub mod scope;
pub mod series;
pub mod sync;
pub mod testing;
pub mod text;
pub mod tls;
pub mod traffic;
pub mod user;

pub use attestation::{Attestation, Reviewed};
pub use change::{Change, diff};
pub use class::{Class, ClassSource};
pub use clock::Clock;
pub use ids::{CampaignId, ClaimId, ClusterName, IngressId, RetirementId, ReviewId, SeriesId};
pub use ingress::{Backend, FieldManager, Ingress, Object, PathType, Port, Route, TlsEntry};
pub use problem::{Checks, Problem};
pub use scope::Scope;
