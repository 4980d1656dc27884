//! A Prometheus HTTP API over series that somebody made: queries, their errors and their JSON as
//! Prometheus 3 has them, with faults on demand. Series are recorded sample by sample, or computed
//! when they are asked for, so that months of history cost nothing.

mod aggregate;
mod answer;
mod binary;
mod evaluate;
mod failure;
mod faults;
mod functions;
mod http;
mod labels;
mod metadata;
mod over_time;
mod parameters;
mod profile;
mod query;
mod sabotage;
mod sample;
mod series;
mod server;
mod shape;
mod store;
mod target;

pub use failure::Failure;
pub use faults::{Effect, Fault, Faults};
pub use labels::Labels;
pub use profile::Profile;
pub use server::{Clock, Options, Server};
pub use shape::{Measure, Shape};
pub use store::Store;
pub use target::Target;
