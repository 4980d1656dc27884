//! A generator of realistic fleets: the Ingresses, Services, EndpointSlices, IngressClasses,
//! Namespaces, Certificates and Secrets of Marrowby, an invented retailer. The same plan always gives
//! the same objects, and nothing here reads a clock. All hosts lie under `example.com` or `.example`,
//! and all public addresses in the blocks reserved for documentation.

mod acquired;
mod addresses;
mod annotations;
mod build;
mod certificate;
mod churn;
mod class;
mod dice;
mod endpoints;
mod generate;
mod hosts;
mod ingress;
mod ingress_annotations;
mod issuing;
mod managed_fields;
mod named;
mod namespace;
mod oddities;
mod profile;
mod routes;
mod secret;
mod service;
mod settings;
mod team;
mod tls;
mod traffic;
pub mod words;

pub use acquired::SECRET_NAMESPACES;
pub use churn::{CHURNING, Change, Churn};
pub use generate::{Fleet, Plan, generate, parts};
pub use issuing::MOST_WITH_SECRETS;
pub use oddities::WIDEST_RULES;
pub use profile::{DemoCluster, Profile, demo, demo_of, demo_plans};
pub use settings::{fallbacks, teams};
pub use traffic::{Replay, Usage};
