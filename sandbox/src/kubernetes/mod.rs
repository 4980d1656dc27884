//! An in-memory Kubernetes API that ordinary clients cannot tell from a real one in what they use:
//! the objects, lists, watches, permissions and errors of a dozen kinds, with faults on demand.

mod answer;
mod cluster;
mod counters;
mod definitions;
mod discovery;
mod faults;
mod http;
pub mod kinds;
mod list;
mod load;
mod object;
mod patch;
mod perform;
mod protobuf;
mod query;
mod rbac;
mod render;
mod reviews;
mod revise;
mod route;
mod sabotage;
mod selector;
mod server;
mod state;
mod status;
mod strategic;
mod table;
mod users;
pub mod validate;
mod watch;
mod wire;
mod write;

pub use cluster::{Cluster, ClusterOptions, Snapshot};
pub use counters::{Counters, Verb};
pub use faults::{Cut, Effect, Fault, Faults};
pub use kinds::Kind;
pub use object::Object;
pub use patch::Patch;
pub use server::{ApiServer, Options};
pub use status::Status;
pub use users::User;
