//! What of retirements calls for somebody, told where they look anyway.

use domain::retirement::{RetirementView, Stage};
use leptos::prelude::*;
use store::RetirementNews;

use super::list_address;
use crate::format;

/// One line with the way to each list; nothing where there is nothing to do.
pub fn notice(news: RetirementNews, base: &str) -> Option<AnyView> {
    if news == RetirementNews::default() {
        return None;
    }
    let parts = [
        (news.reappeared, Stage::Reappeared, "there again: somebody has to look"),
        (news.due, Stage::Due, "due: to be removed"),
        (news.in_use, Stage::Cancelled, "cancelled within 14 days, because they are used"),
    ];
    let part = |(count, stage, what): (u64, Stage, &'static str)| {
        let view = RetirementView { state: Some(stage), ..RetirementView::default() };
        let text = format!("{} {what}", format::number(i64::try_from(count).unwrap_or(i64::MAX)));
        view! { <li><a href=list_address(&view, base)>{text}</a></li> }
    };
    let parts: Vec<_> = parts.into_iter().filter(|(count, ..)| *count > 0).map(part).collect();
    let notice = view! {
        <section class="notice" aria-labelledby="retirement-news">
            <h2 id="retirement-news">"Retirements"</h2>
            <ul class="plain">{parts}</ul>
        </section>
    };
    Some(notice.into_any())
}
