//! The fields that say by which rules a campaign goes, and how often it comes again.

use domain::campaign::{MOST_MONTHS, Reasons, Undecided};
use domain::inventory::MOST_DAYS;
use domain::series::{MOST_BETWEEN, MOST_DURATION};
use domain::text::LONGEST_NAME;
use jiff::Timestamp;
use leptos::prelude::*;

use super::What;
use super::fields::Fields;
use super::inputs::{Entry, day, entry, names, number, select, text};
use crate::format;

/// The days of the week, as the form sends them.
const WEEKDAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];

/// What it is called, until when, and what is asked of reviewers.
pub fn fields(fields: &Fields, what: What, teams: &[String], now: Timestamp) -> AnyView {
    // Each campaign of a series has its own.
    let is_one = !matches!(what, What::Series(_));
    let due = is_one.then(|| day(fields, "due", "Due, at the end of the day", format::date(now)));
    let reasons = Reasons::ALL.map(|one| entry(one.as_str(), one.label()));
    let undecided = Undecided::ALL.map(|one| entry(one.as_str(), one.label()));
    let eyes = fields.maybe("four_eyes").is_some();
    view! {
        <fieldset class="part">
            <legend>"Name and rules"</legend>
            <div class="row">
                {name(fields)}
                {due}
                {text(fields, "zone", "Time zone, such as Europe/Berlin", "UTC")}
                {select(fields, "fallback", "Who reviews what has no team", Some("Nobody"), names(teams))}
                {select(fields, "undecided", "What nobody decides", None, undecided.into())}
                {select(fields, "reasons", "A reason is needed", None, reasons.into())}
                {number(fields, "look_back_days", "Unused counts after (days)", (1, MOST_DAYS), "90")}
                {number(fields, "attest_months", "Confirmed holds for (months)", (1, MOST_MONTHS), "12")}
            </div>
            <label class="tick">
                <input type="checkbox" name="four_eyes" value="on" checked=eyes/>
                "Four eyes: who changed an ingress last does not confirm it alone"
            </label>
        </fieldset>
    }
    .into_any()
}

fn name(fields: &Fields) -> AnyView {
    view! {
        <div class="field wide">
            <label for="name">"Name"</label>
            <input
                id="name"
                name="name"
                value=fields.one("name").to_owned()
                maxlength=LONGEST_NAME.to_string()
                required=true
                autocomplete="off"
                dir="auto"
            />
        </div>
    }
    .into_any()
}

/// How often it comes again. A single campaign does not.
pub fn repeat(fields: &Fields, what: What) -> Option<AnyView> {
    let is_open = match what {
        What::Draft(_) => return None,
        What::Series(_) => true,
        What::New => fields.maybe("every").is_some(),
    };
    let days: Vec<Entry> = WEEKDAYS.map(|(word, label)| entry(word, label)).into();
    let how = vec![entry("weeks", "Weeks"), entry("months", "Months")];
    let part = view! {
        <details class="part more" open=is_open>
            <summary>"Repeat it: a series"</summary>
            <p class="subdued">
                "Each campaign of a series opens by itself at nine in the morning of its day, in the \
                 time zone above, once every cluster is up to date. Its due date comes from the days \
                 that reviewers have."
            </p>
            <div class="row">
                {number(fields, "n", "Every", (1, MOST_BETWEEN), "1")}
                {select(fields, "every", "Weeks or months", Some("Not at all"), how)}
                {select(fields, "on", "Weeks: on this day", None, days)}
                {number(fields, "day", "Months: on day (31 is the last)", (1, 31), "1 to 31")}
                {day(fields, "starts", "First day", String::new())}
                {number(fields, "duration_days", "Reviewers have (days)", (1, MOST_DURATION), "14")}
                {number(fields, "ends_after", "Ends after so many campaigns", (1, 10_000), "Never")}
            </div>
        </details>
    };
    Some(part.into_any())
}

/// What a change of a series is about.
pub fn which(fields: &Fields) -> AnyView {
    let next = fields.one("which") == "next";
    let choice = |word: &'static str, label: &'static str, chosen: bool| {
        view! {
            <label class="tick">
                <input type="radio" name="which" value=word checked=chosen/>
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="ticks">
            <legend>"What this changes"</legend>
            <div class="row">
                {choice("all", "All campaigns that follow", !next)}
                {choice("next", "The next campaign alone", next)}
            </div>
        </fieldset>
    }
    .into_any()
}
