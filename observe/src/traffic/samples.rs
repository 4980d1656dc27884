//! What was asked for, by the keys of what it may belong to.

use std::collections::{BTreeMap, HashMap};

use domain::traffic::{Keys, Preset, sample_keys};

use super::answer::Series;
use super::day_of;

/// Requests within the window before each moment, by key.
#[derive(Debug, Default)]
pub(super) struct Samples {
    /// The length of a window in seconds.
    pub(super) window: i64,
    /// Whether requests are counted without regard to hosts: then wildcards are counted too.
    pub(super) hostless: bool,
    tracks: HashMap<String, Track>,
}

#[derive(Debug, Default)]
struct Track {
    amounts: BTreeMap<i64, Amount>,
    /// When the last session was, if the controller tells.
    session: Option<i64>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Amount {
    any: f64,
    success: f64,
}

/// What belongs to one ingress, or to one route of it. Times are in seconds since 1970.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) last_any: Option<i64>,
    pub(super) last_success: Option<i64>,
    /// Requests, and those with success, of each UTC day.
    pub(super) days: BTreeMap<i64, (u64, u64)>,
}

/// What an answer is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Any,
    Success,
}

/// Turns samples into keys.
pub(super) struct Sorting<'a> {
    pub(super) preset: Preset,
    pub(super) entry_points: &'a [String],
}

impl Samples {
    pub(super) fn new(window: i64) -> Self {
        Self { window, ..Self::default() }
    }

    /// Takes in an answer; of its moments only those for which `counts` says so.
    pub(super) fn add(
        &mut self,
        about: About,
        answer: &[Series],
        sorting: &Sorting<'_>,
        counts: impl Fn(i64) -> bool,
    ) {
        for series in answer {
            for key in sample_keys(sorting.preset, &series.labels, sorting.entry_points) {
                let track = self.tracks.entry(key).or_default();
                for &(at, value) in series.points.iter().filter(|(at, _)| counts(*at)) {
                    let amount = track.amounts.entry(at).or_default();
                    match about {
                        About::Any => amount.any += value,
                        About::Success => amount.success += value,
                    }
                }
            }
        }
        if sorting.preset == Preset::IngressNginx && matches!(about, About::Any) {
            let bare = answer.iter().all(|series| series.label("host").is_empty());
            self.hostless = bare && !answer.is_empty();
        }
    }

    /// Takes in how many seconds before `now` the last sessions were.
    pub(super) fn add_ages(&mut self, answer: &[Series], sorting: &Sorting<'_>, now: i64) {
        for series in answer {
            let last = series.points.last().filter(|(at, _)| (at - now).abs() <= 1);
            let Some(&(_, age)) = last else { continue };
            let at = now - age.round() as i64;
            for key in sample_keys(sorting.preset, &series.labels, sorting.entry_points) {
                let track = self.tracks.entry(key).or_default();
                track.session = track.session.max(Some(at));
            }
        }
    }

    /// What belongs to a whole ingress that was created at a moment; `None` if nothing does.
    ///
    /// What came within a window that began before it was created may have come for another life of
    /// the same name, and is left out.
    pub(super) fn of_ingress(&self, keys: &Keys, created: Option<i64>) -> Option<Found> {
        self.found(keys.ingress.iter(), created)
    }

    /// The same for one of its routes.
    pub(super) fn of_route(
        &self,
        keys: &Keys,
        route: usize,
        created: Option<i64>,
    ) -> Option<Found> {
        // They are in the order of the routes, of which there may be thousands.
        let begins = keys.routes.partition_point(|(index, _)| *index < route);
        let own = keys.routes[begins..].iter().take_while(|(index, _)| *index == route);
        self.found(own.map(|(_, key)| key), created)
    }

    fn found<'k>(
        &self,
        keys: impl Iterator<Item = &'k String>,
        created: Option<i64>,
    ) -> Option<Found> {
        let mut sums: BTreeMap<i64, Amount> = BTreeMap::new();
        let mut session = None;
        for track in keys.filter_map(|key| self.tracks.get(key)) {
            session = session.max(track.session);
            for (&at, amount) in &track.amounts {
                let sum = sums.entry(at).or_default();
                sum.any += amount.any;
                sum.success += amount.success;
            }
        }
        let born = created.unwrap_or(i64::MIN);
        sums.retain(|at, _| at - self.window >= born);
        let session = session.filter(|at| *at >= born);
        (session.is_some() || !sums.is_empty()).then(|| Found::new(&sums, session))
    }
}

impl Found {
    fn new(sums: &BTreeMap<i64, Amount>, session: Option<i64>) -> Self {
        let mut found = Self { last_any: session, ..Self::default() };
        for (&at, amount) in sums {
            let (any, success) =
                (requests(amount.any.max(amount.success)), requests(amount.success));
            if any > 0 {
                found.last_any = found.last_any.max(Some(at));
                // The window ends with the moment: midnight belongs to the day before.
                let day = found.days.entry(day_of(at - 1)).or_default();
                *day = (day.0 + any, day.1 + success);
            }
            if success > 0 {
                found.last_success = found.last_success.max(Some(at));
            }
        }
        found
    }
}

/// Whole requests; a part of one is one.
fn requests(amount: f64) -> u64 {
    if amount > 0.0 { (amount.round() as u64).max(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::DAY;
    use super::*;

    const SORTING: Sorting<'_> = Sorting { preset: Preset::NginxPlus, entry_points: &[] };

    fn series(name: &str, points: &[(i64, f64)]) -> Series {
        let labels = [("resource_namespace", "shop"), ("resource_name", name)];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Series { labels: labels.into_iter().collect(), points: points.to_vec() }
    }

    fn keys(names: &[&str]) -> Keys {
        let ingress = names.iter().map(|name| format!("shop/{name}")).collect();
        Keys { ingress, ..Keys::default() }
    }

    fn samples() -> Samples {
        let mut samples = Samples::new(3600);
        let any = [series("a", &[(DAY, 2.0), (DAY + 3600, 0.3)]), series("b", &[(DAY, 5.0)])];
        samples.add(About::Any, &any, &SORTING, |_| true);
        samples.add(About::Success, &[series("a", &[(DAY, 1.0)])], &SORTING, |_| true);
        samples
    }

    #[test]
    fn requests_are_added_up_by_key_and_day() {
        let found = samples().of_ingress(&keys(&["a"]), None).unwrap();
        assert_eq!((found.last_any, found.last_success), (Some(DAY + 3600), Some(DAY)));
        assert_eq!(found.days, BTreeMap::from([(0, (2, 1)), (1, (1, 0))]));
        let both = samples().of_ingress(&keys(&["a", "b"]), None).unwrap();
        assert_eq!(both.days[&0], (7, 1));
        assert_eq!(samples().of_ingress(&keys(&["c"]), None), None);
    }

    #[test]
    fn a_new_life_inherits_nothing() {
        let of = |created| samples().of_ingress(&keys(&["a"]), Some(created));
        assert_eq!(of(DAY - 3599).unwrap().last_success, None);
        assert_eq!(of(DAY - 3599).unwrap().last_any, Some(DAY + 3600));
        assert_eq!(of(DAY + 1), None);
    }

    #[test]
    fn a_session_is_a_request_of_a_known_time() {
        let mut samples = Samples::new(300);
        samples.add_ages(&[series("a", &[(1000, 400.0)])], &SORTING, 1000);
        samples.add_ages(&[series("a", &[(1000, 700.0)])], &SORTING, 1000);
        let found = |created| samples.of_ingress(&keys(&["a"]), created);
        let expected = Found { last_any: Some(600), ..Found::default() };
        assert_eq!(found(Some(600)), Some(expected));
        assert_eq!(found(Some(601)), None);
    }

    #[test]
    fn moments_that_do_not_count_are_left_out() {
        let mut samples = Samples::new(3600);
        let any = [series("a", &[(3600, 1.0), (7200, 1.0)])];
        samples.add(About::Any, &any, &SORTING, |at| at == 3600);
        assert_eq!(samples.of_ingress(&keys(&["a"]), None).unwrap().last_any, Some(3600));
    }
}
