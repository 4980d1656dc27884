//! Behaviour of the whole process, from outside: its configuration, its command line and its
//! answers.

#[cfg(test)]
mod api;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod config;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod http;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod stop;
#[cfg(test)]
mod support;
