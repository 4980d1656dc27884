//! Whether the process lives, and whether what it shows can be relied on.

use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::ClusterName;
use domain::rights::Right;
use domain::sync::{ClusterStatus, Freshness, Kind};
use domain::user::Visitor;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::state::State;

/// The answer of `/readyz`.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    clusters: Vec<ClusterReadiness>,
}

#[derive(Serialize)]
struct ClusterReadiness {
    name: String,
    state: &'static str,
    data_as_of: Option<Timestamp>,
    age_seconds: Option<i64>,
    reason: Option<String>,
}

/// The process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The store answers, and the ingresses of every configured cluster are fresh. Which clusters there
/// are and what is wrong with them is for those only who may read about them.
pub async fn ready(
    extract::State(state): extract::State<State>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let readiness = match state.store.clusters().await {
        Ok(statuses) => judge(&state.clusters, &statuses, state.clock.now()),
        Err(error) => {
            tracing::error!("not ready: {error}");
            let reason = Some("the database does not answer; the log says why");
            Readiness { ready: false, reason, clusters: Vec::new() }
        }
    };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    match visitor.may(Right::ReadAll) {
        true => (status, Json(readiness)).into_response(),
        false => (status, Json(json!({"ready": readiness.ready}))).into_response(),
    }
}

fn judge(configured: &[ClusterName], statuses: &[ClusterStatus], now: Timestamp) -> Readiness {
    let find = |name: &ClusterName| statuses.iter().find(|status| status.name == name.as_str());
    let clusters: Vec<_> = configured.iter().map(|name| judge_one(name, find(name), now)).collect();
    let ready = clusters.iter().all(|cluster| cluster.state == "fresh");
    Readiness { ready, reason: None, clusters }
}

fn judge_one(
    name: &ClusterName,
    status: Option<&ClusterStatus>,
    now: Timestamp,
) -> ClusterReadiness {
    let freshness = status.map_or(Freshness::Never, |status| status.freshness(now));
    let (state, data_as_of) = match freshness {
        Freshness::Fresh(at) => ("fresh", Some(at)),
        Freshness::Stale(at) => ("stale", Some(at)),
        Freshness::Never => ("never", None),
    };
    ClusterReadiness {
        name: name.to_string(),
        state,
        data_as_of,
        age_seconds: data_as_of.map(|at| now.duration_since(at).as_secs().max(0)),
        reason: (state != "fresh").then(|| why_not(status)),
    }
}

fn why_not(status: Option<&ClusterStatus>) -> String {
    let Some(status) = status else { return "not read yet".into() };
    let kind = status.kind(Kind::Ingress);
    let error = status.error.clone().or_else(|| kind.and_then(|kind| kind.error.clone()));
    error.unwrap_or_else(|| kind.map_or("not read yet", |kind| kind.phase.label()).into())
}

#[cfg(test)]
mod tests {
    use domain::sync::{KindStatus, Phase};
    use jiff::SignedDuration;

    use super::*;

    fn check(age: Option<i64>, error: Option<&str>, expected: (bool, &str, Option<&str>)) {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let mut kind = KindStatus::new(Kind::Ingress);
        kind.phase = Phase::Listing;
        kind.data_as_of = age.map(|age| now - SignedDuration::from_secs(age));
        let status = ClusterStatus {
            name: "prod".into(),
            uid: None,
            server: None,
            version: None,
            error: error.map(str::to_owned),
            configured: true,
            kinds: vec![kind],
        };
        let got = judge(&["prod".parse().unwrap()], &[status], now);
        let cluster = &got.clusters[0];
        assert_eq!((got.ready, cluster.state, cluster.reason.as_deref()), expected);
        assert_eq!(cluster.age_seconds, age);
    }

    #[test]
    fn ready_is_when_every_cluster_is_fresh() {
        check(Some(120), None, (true, "fresh", None));
        check(Some(121), Some("unreachable"), (false, "stale", Some("unreachable")));
        check(None, None, (false, "never", Some("first list running")));
    }

    #[test]
    fn no_cluster_is_ready_and_an_unknown_one_is_not() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(judge(&[], &[], now).ready);
        let unknown = judge(&["prod".parse().unwrap()], &[], now);
        assert!(!unknown.ready);
        assert_eq!(unknown.clusters[0].reason.as_deref(), Some("not read yet"));
    }
}
