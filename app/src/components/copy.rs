//! A button that copies the text of another element. It is shown only where the script that serves
//! it runs; the script is one listener for all of them, in `islands::comforts`.

use leptos::prelude::*;

/// Copies the text of the element with the id `of`.
pub fn copy_button(of: &str, label: &str) -> AnyView {
    view! {
        <button type="button" class="button copy" data-copy=of.to_owned()>
            {label.to_owned()}
        </button>
    }
    .into_any()
}
