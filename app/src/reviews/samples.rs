//! Reviews for the tests of their pages, one oddity at a time.

use domain::audit::Actor;
use domain::campaign::{
    Campaign, Closed, Closing, Completeness, Open, Reasons, Summary, Terms, Undecided,
};
use domain::recommendation::{Advice, Recommendation};
use domain::review::{Choice, Decision, Kind, Review, ReviewState};
use domain::{CampaignId, IngressId, ReviewId, Scope};
use store::{Comment, ReviewCard, ReviewRow};

use crate::testing::{EVIL, detail, now, row};

/// A review of the team payments that nobody has decided; to keep it is recommended.
pub fn review(id: i64) -> Review {
    Review {
        id: ReviewId(id),
        campaign: CampaignId(3),
        ingress: IngressId(7),
        assignee: "payments".into(),
        state: ReviewState::Open,
        material_hash: "4f9d".into(),
        recommendation: recommended(Advice::Keep),
    }
}

/// A recommendation with a reason.
pub fn recommended(advice: Advice) -> Recommendation {
    Recommendation { advice, reasons: vec!["it was used 3 days ago".into()] }
}

/// Ann's decision.
pub fn decision(kind: Kind) -> Decision {
    Decision {
        id: 11,
        team: "payments".into(),
        choice: Choice::new(kind, "we still need it"),
        by: Actor::Person {
            issuer: "https://id.example.com".into(),
            subject: "ann-1".into(),
            name: "Ann Example".into(),
        },
        on_behalf: false,
        at: "2026-11-22T12:00:00Z".parse().unwrap(),
        material_hash: "4f9d".into(),
        recommendation: Advice::Keep,
        superseded: false,
        undone: false,
    }
}

/// Its line in the queue.
pub fn line(review: Review) -> ReviewRow {
    let last = review.state.last().cloned();
    let due = "2026-11-30T23:59:59Z".parse().unwrap();
    ReviewRow { review, row: row(), campaign: "Stale routes".into(), due, last }
}

fn terms() -> Terms {
    Terms {
        name: "Stale routes".into(),
        scope: Scope::default(),
        due: "2026-11-30T23:59:59Z".parse().unwrap(),
        look_back_days: 90,
        undecided: Undecided::Exception,
        reasons: Reasons::AgainstRecommendation,
        fallback: Some("core".into()),
        attest_months: 12,
        four_eyes: false,
    }
}

/// An open campaign.
pub fn campaign() -> Campaign {
    let completeness = Completeness { at: now(), clusters: Vec::new() };
    let (id, terms) = (CampaignId(3), terms());
    Campaign::Open(Open { id, terms, series: None, opened_at: now(), completeness })
}

/// The same, closed.
pub fn closed() -> Campaign {
    Campaign::Closed(Closed {
        id: CampaignId(3),
        terms: terms(),
        series: None,
        opened_at: now(),
        completeness: Completeness { at: now(), clusters: Vec::new() },
        closed_at: now(),
        by: Closing::ByHand,
        outcome: Summary::default(),
    })
}

/// The card of a review in the open campaign.
pub fn card(review: Review) -> ReviewCard {
    ReviewCard {
        decisions: review.state.last().cloned().into_iter().collect(),
        review,
        campaign: campaign(),
        detail: detail(),
        attestation: None,
        changes: Vec::new(),
        same_host: Vec::new(),
        earlier: Vec::new(),
        comments: Vec::new(),
        retirements: Vec::new(),
    }
}

/// What somebody said who means harm.
pub fn evil_comment() -> Comment {
    let by = Actor::Person { issuer: EVIL.into(), subject: EVIL.into(), name: EVIL.into() };
    Comment { at: now(), by, text: format!("</textarea>{EVIL}") }
}
