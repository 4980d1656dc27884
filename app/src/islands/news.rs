//! Says that what the page shows has changed, and shows the change when asked to, or by itself
//! where the person wants that.

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::*;
use web_sys::{Document, Event, HtmlInputElement, Storage};

use super::{reload, stream};
use wasm_bindgen::JsCast;

/// Where the browser keeps the choice.
const KEEP_LIVE: &str = "routebook:keep-live";

/// Ages on the page grow even when nothing happens.
const AGES: Duration = Duration::from_secs(60);
/// A sync can begin to fail, or to work again, without a change to the store.
const STATES: Duration = Duration::from_secs(5);

/// News of the part of the page with the id `results`.
#[island]
pub fn News(
    /// The base path of Routebook.
    base: String,
    /// The store's revision at which the page was made.
    revision: u64,
    /// What has changed: "This list".
    what: String,
    /// Show changes at once and say nothing, as a page of states does.
    always: bool,
) -> impl IntoView {
    let reader = Reader::new(always);
    let every = if always { STATES } else { AGES };
    Effect::new(move || start(&base, revision, every, reader));
    let changed = what + " has changed.";
    let choose = move |event: Event| reader.choose(is_checked(&event));
    let choice = (!always).then(|| {
        view! {
            <label class="keep">
                <input type="checkbox" prop:checked=move || reader.keep.get() on:change=choose/>
                "Keep live: show changes as they come"
            </label>
        }
    });
    view! {
        <div class="news" hidden=move || reader.link.get() == Link::Unknown>
            <p class="link" data-live=move || (reader.link.get() == Link::Up).to_string()>
                {move || reader.link.get().words()}
            </p>
            {choice}
            <p role="status" class="changed-note">
                {move || reader.changed.get().then(|| changed.clone())}
            </p>
            <button
                type="button"
                class="button primary"
                hidden=move || !reader.changed.get()
                on:click=move |_| reader.show()
            >
                "Show the changes"
            </button>
        </div>
    }
}

/// Whether news arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// No script, or not asked yet.
    Unknown,
    Up,
    Down,
}

impl Link {
    fn words(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Up => "Live",
            Self::Down => "Not live: no connection to Routebook. Trying again.",
        }
    }
}

thread_local! {
    /// The newer page that waits to be shown. It is a thing of the browser: among the reader's signals
    /// it would be made and dropped on the server too, by different threads, which panics there.
    static WAITING: RefCell<Option<Document>> = const { RefCell::new(None) };
}

/// What the person sees of the news.
#[derive(Clone, Copy)]
struct Reader {
    link: RwSignal<Link>,
    changed: RwSignal<bool>,
    keep: RwSignal<bool>,
}

impl Reader {
    fn new(always: bool) -> Self {
        Self {
            link: RwSignal::new(Link::Unknown),
            changed: RwSignal::new(false),
            keep: RwSignal::new(always),
        }
    }

    /// Takes the page as it is now: the ages quietly, the rest if it differs.
    fn take(self, page: Document) {
        reload::refresh_ages(&page);
        if !reload::differs(&page) {
            return self.changed.set(false);
        }
        let by_itself = self.keep.get_untracked() && !reload::is_in_use();
        WAITING.replace(Some(page));
        if by_itself {
            self.exchange();
        } else {
            self.changed.set(true);
        }
    }

    /// The person asked: the button goes away, so what was shown gets the focus.
    fn show(self) {
        self.exchange();
        reload::take_focus();
    }

    fn exchange(self) {
        if let Some(page) = WAITING.take() {
            reload::exchange(&page);
        }
        self.changed.set(false);
    }

    fn choose(self, keep: bool) {
        self.keep.set(keep);
        if let Some(storage) = storage() {
            // Not remembered is the worst that can come of it.
            let _ = storage.set_item(KEEP_LIVE, if keep { "yes" } else { "no" });
        }
        if keep {
            self.exchange();
        }
    }
}

fn start(base: &str, revision: u64, every: Duration, reader: Reader) {
    let remembered = storage().and_then(|storage| storage.get_item(KEEP_LIVE).ok().flatten());
    if remembered.as_deref() == Some("yes") {
        reader.keep.set(true);
    }
    let on_link = move |up| reader.link.set(if up { Link::Up } else { Link::Down });
    stream::start(base, revision, every, on_link, move |page| reader.take(page));
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn is_checked(event: &Event) -> bool {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|input| input.checked())
}
