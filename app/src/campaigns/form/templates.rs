//! Campaigns that many have, to begin with.

use domain::campaign::Template;
use domain::inventory::Choices;
use leptos::prelude::*;

use super::fields::Fields;
use super::scope::controllers;
use crate::components::forms::hidden;
use crate::context::link;

/// All of them; folded away once the form is in use.
pub fn section(fields: &Fields, choices: &Choices, base: &str) -> AnyView {
    let is_open = !fields.is_sent();
    let item = |template: Template| match template {
        Template::OffController(_) => off_controller(choices, base),
        template => self::template(&template, fields, base),
    };
    let items: Vec<_> = Template::ALL_KINDS.into_iter().map(item).collect();
    view! {
        <details class="more" open=is_open>
            <summary>"Begin with a template"</summary>
            <ul class="templates">{items}</ul>
        </details>
    }
    .into_any()
}

fn template(template: &Template, fields: &Fields, base: &str) -> AnyView {
    let code = template.code();
    let current = (fields.one("template") == code).then_some("page");
    let to = link(base, &format!("/campaigns/new?template={code}"));
    view! {
        <li>
            <a href=to aria-current=current>{template.label()}</a>
            <p class="subdued">{template.explanation()}</p>
        </li>
    }
    .into_any()
}

/// Which controller is to be chosen first.
fn off_controller(choices: &Choices, base: &str) -> AnyView {
    let kind = Template::OffController(String::new());
    let option = |(value, label): (String, String)| view! { <option value=value>{label}</option> };
    let options: Vec<_> = controllers(choices).into_iter().skip(1).map(option).collect();
    let form = (!options.is_empty()).then(|| {
        view! {
            <form method="get" action=link(base, "/campaigns/new") class="choices">
                {hidden("template", kind.code().to_owned())}
                <select name="controller" aria-label="Controller that is to be retired">
                    {options}
                </select>
                <button type="submit" class="button small">"Choose"</button>
            </form>
        }
    });
    view! {
        <li>
            <strong>{kind.label()}</strong>
            <p class="subdued">{kind.explanation()}</p>
            {form}
        </li>
    }
    .into_any()
}
