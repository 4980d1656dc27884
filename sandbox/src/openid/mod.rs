//! An OpenID provider: discovery, the code flow with PKCE, userinfo, sign-out and its notices, on
//! loopback, over plain HTTP or TLS. Whoever signs in picks an account from a list; there are no
//! passwords. It is strict about what clients send, and does wrong on demand what clients must see
//! through.

mod account;
mod answer;
mod authorize;
mod claims;
mod counters;
mod discovery;
mod faults;
mod grants;
mod http;
mod jws;
mod keys;
mod notice;
mod options;
mod page;
mod parameters;
mod sabotage;
mod server;
mod sign_out;
mod token;
mod userinfo;

pub use account::{Account, demo_accounts, demo_roles};
pub use counters::Counters;
pub use faults::Fault;
pub use options::{Algorithm, Clock, GroupsIn, Options};
pub use server::Provider;
