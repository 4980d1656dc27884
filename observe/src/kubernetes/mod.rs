//! The sync of Kubernetes clusters: per cluster one [`Site`], per kind one [`Follower`] that lists,
//! watches and lists again.
//!
//! It uses kube's client for authentication and TLS only. Lists and watches are our own requests,
//! because the store needs the raw JSON, and because kube-runtime's watcher has no deadline for
//! lists, keeps a resource version for ever that was answered 410 or 504, and reopens without a
//! pause a stream that closes at once.

mod api;
mod connect;
mod failure;
mod follow;
mod ingresses;
mod list;
#[cfg(test)]
mod model;
mod pause;
mod sink;
mod site;
mod surroundings;
mod wire;

pub(crate) use api::secrets;
pub(crate) use failure::Failure;
pub(crate) use follow::Follower;
pub(crate) use site::Site;
