//! The parts that pages are made of. A component draws what it is given; it reads nothing.

pub mod account;
pub mod badge;
pub mod copy;
pub mod days;
pub mod forms;
pub mod freshness;
pub mod parts;
pub mod state;
pub mod text;
pub mod trend;

pub use badge::{Tone, badge, problem_badges};
pub use copy::copy_button;
pub use text::{Title, value};
