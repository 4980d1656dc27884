//! A generator of realistic fleets: the Ingresses, Services, EndpointSlices, IngressClasses and
//! Namespaces of Marrowby, an invented retailer. The same plan always gives the same objects, and
//! nothing here reads a clock. All hosts lie under `example.com` or `.example`, and all public
//! addresses in the blocks reserved for documentation.

mod addresses;
mod annotations;
mod build;
mod churn;
mod class;
mod dice;
mod endpoints;
mod generate;
mod hosts;
mod ingress;
mod ingress_annotations;
mod managed_fields;
mod namespace;
mod oddities;
mod profile;
mod routes;
mod service;
mod team;
mod tls;
pub mod words;

pub use churn::{CHURNING, Change, Churn};
pub use generate::{Fleet, Plan, generate, parts};
pub use oddities::WIDEST_RULES;
pub use profile::{DemoCluster, Profile, demo, demo_of, demo_plans};
