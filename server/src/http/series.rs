//! What an admin does with series: begins, changes and ends them.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::SeriesId;
use domain::series::{Every, InvalidEvery, Series};
use jiff::Timestamp;

use super::campaigns::{CAMPAIGNS, drawn_at};
use super::form::Form;
use super::not_done::{NotDone, answer};
use super::reviews::{date, way_back};
use super::terms::{number, terms_until, zone, zone_name};
use crate::state;

/// Reviewers have so many days unless the form says otherwise.
const DAYS: u32 = 14;

/// Begins a series.
pub async fn create(State(state): State<state::State>, form: Form) -> Response {
    let doing = async {
        let now = state.clock.now();
        let (act, series) = (form.act()?, series(&form, now)?);
        state.store.create_series(&act, series, now).await?;
        Ok(CAMPAIGNS.to_owned())
    };
    answer(&state, &form, &drawn_at(&form), doing).await
}

/// Changes a series from its next campaign on, or that campaign alone.
pub async fn edit(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, CAMPAIGNS);
    let doing = async {
        let (now, id) = (state.clock.now(), of_path(&id)?);
        let (act, series) = (form.act()?, series(&form, now)?);
        state.store.edit_series(&act, id, series, is_for_all(&form)?, now).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Ends a series; its campaigns stay.
pub async fn end(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, CAMPAIGNS);
    let doing = async {
        let (id, act) = (of_path(&id)?, form.act()?);
        state.store.end_series(&act, id, state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Reads a series. What only the store knows of it is empty; its campaigns get their own due dates.
fn series(form: &Form, now: Timestamp) -> Result<Series, NotDone> {
    let zone = zone(form)?;
    let starts = match form.maybe("starts") {
        Some(day) => date(&day)?,
        None => zone.to_datetime(now).date(),
    };
    Ok(Series {
        id: SeriesId(0),
        name: form.one("name").to_owned(),
        template: terms_until(form, now)?,
        every: every(form)?,
        zone: zone_name(form),
        duration_days: number(form, "duration_days", DAYS)?,
        starts,
        ends_after: Some(number(form, "ends_after", 0)?).filter(|most| *most > 0),
        opened: 0,
        next: None,
        waiting: None,
        once: None,
    })
}

/// How often: `every=months&n=3&day=31`, `every=weeks&n=2&on=monday`, or the whole of it in one word.
fn every(form: &Form) -> Result<Every, NotDone> {
    let n = form.maybe("n").unwrap_or_else(|| "1".to_owned());
    let text = match form.one("every") {
        "weeks" => format!("weeks/{n}/{}", form.one("on")),
        "months" => format!("months/{n}/{}", form.one("day")),
        whole => whole.to_owned(),
    };
    text.parse().map_err(|error: InvalidEvery| NotDone::invalid(error.to_string()))
}

/// Whether all campaigns that follow are meant, or the next one alone.
fn is_for_all(form: &Form) -> Result<bool, NotDone> {
    match form.one("which") {
        "all" => Ok(true),
        "next" => Ok(false),
        _ => Err(NotDone::invalid(
            "say whether all campaigns that follow are meant, or the next one",
        )),
    }
}

fn of_path(text: &str) -> Result<SeriesId, NotDone> {
    text.parse().map_err(|_| NotDone::missing("series"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Series, String> {
        let now = "2026-01-31T23:30:00Z".parse().unwrap();
        series(&Form::of(query), now).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn a_form_gives_a_series() {
        let series = read(
            "name=Quarterly&unused=90&every=months&n=3&day=31&zone=Europe%2FBerlin&ends_after=4\
             &duration_days=21&fallback=platform",
        );
        let series = series.unwrap();
        assert_eq!((series.every.to_string().as_str(), series.duration_days), ("months/3/31", 21));
        assert_eq!(
            (series.starts.to_string().as_str(), series.ends_after),
            ("2026-02-01", Some(4))
        );
        assert_eq!(series.template.scope.query(), "unused=90");
        assert_eq!(series.template.fallback.as_deref(), Some("platform"));
    }

    #[test]
    fn what_is_left_out_is_as_usual() {
        let series = read("name=W&every=weeks&on=monday&starts=2026-03-01").unwrap();
        assert_eq!(series.every.to_string(), "weeks/1/monday");
        assert_eq!((series.zone.as_str(), series.duration_days), ("UTC", DAYS));
        assert_eq!((series.starts.to_string().as_str(), series.ends_after), ("2026-03-01", None));
        assert_eq!(read("every=weeks/2/friday").unwrap().every.to_string(), "weeks/2/friday");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |query: &str, part: &str| {
            let error = read(query).unwrap_err();
            assert!(error.contains(part), "{query} gave {error}");
        };
        check("every=never", "how often");
        check("every=weeks&on=someday", "how often");
        check("every=months&n=0&day=1", "not every 0");
        check("every=months&day=1&starts=2026-02-30", "is no day");
        check("every=months&day=1&zone=Mars", "no time zone");
        assert!(is_for_all(&Form::of("which=all")).unwrap());
        assert!(is_for_all(&Form::of("which=some")).is_err());
    }
}
