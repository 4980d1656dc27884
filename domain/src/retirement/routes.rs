//! The proof that some routes of an ingress are gone: its manifest does not have them any more.

use jiff::Timestamp;

use super::{Retirement, Stage, State};

impl Retirement {
    /// The ingress was seen with these routes. They say nothing of a retirement of all.
    pub fn routes(self, present: &[String], at: Timestamp) -> Self {
        if !self.is_partial() {
            return self;
        }
        let is_there = self.routes.iter().any(|route| present.contains(route));
        match (self.state.stage(), is_there) {
            (Stage::Removed, true) => Self { state: State::Reappeared { at }, ..self },
            (Stage::Held | Stage::Due | Stage::Reappeared, false) => {
                let proof = match self.routes.len() {
                    1 => "its manifest does not have the route any more".to_owned(),
                    several => format!("its manifest has none of the {several} routes any more"),
                };
                Self { state: State::Removed { at, proof }, ..self }
            }
            _ => self,
        }
    }
}
