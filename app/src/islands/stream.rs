//! Listens to the server's revisions, and fetches the page again when there is a new one: at most
//! once a second, never twice at a time, and not while nobody looks.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{document, set_interval, set_timeout, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::{Closure, WasmClosure};
use web_sys::{Document, EventSource, MessageEvent, XmlHttpRequest, XmlHttpRequestResponseType};

const PACE: Duration = Duration::from_secs(1);
/// The browser reconnects by itself, unless the server answered with an error.
const AGAIN: Duration = Duration::from_secs(10);

struct Stream {
    address: String,
    seen: Cell<Option<u64>>,
    busy: Cell<bool>,
    more: Cell<bool>,
    on_link: Box<dyn Fn(bool)>,
    on_page: Box<dyn Fn(Document)>,
}

/// Listens for as long as the page is open. What no revision tells, such as growing ages, is looked
/// for `every` so often.
pub fn start(
    base: &str,
    revision: u64,
    every: Duration,
    on_link: impl Fn(bool) + 'static,
    on_page: impl Fn(Document) + 'static,
) {
    let stream = Rc::new(Stream {
        address: format!("{base}/events"),
        seen: Cell::new(Some(revision)),
        busy: Cell::new(false),
        more: Cell::new(false),
        on_link: Box::new(on_link),
        on_page: Box::new(on_page),
    });
    connect(&stream);
    let ages = Rc::clone(&stream);
    set_interval(move || request(&ages), every);
    let seen_again = Closure::<dyn Fn()>::new(move || {
        if !document().hidden() && stream.more.get() {
            request(&stream);
        }
    });
    listen(&document(), "visibilitychange", seen_again);
}

fn connect(stream: &Rc<Stream>) {
    let Ok(source) = EventSource::new(&stream.address) else { return (stream.on_link)(false) };
    let opened = Rc::clone(stream);
    listen(&source, "open", Closure::<dyn Fn()>::new(move || (opened.on_link)(true)));
    let told = Rc::clone(stream);
    let on_revision = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let revision = event.data().as_string().and_then(|text| text.trim().parse().ok());
        // Another number, not a higher one: a restarted server may count anew.
        if told.seen.replace(revision) != revision {
            request(&told);
        }
    });
    listen(&source, "revision", on_revision);
    let (failed, broken) = (Rc::clone(stream), source.clone());
    let on_error = Closure::<dyn Fn()>::new(move || {
        (failed.on_link)(false);
        if broken.ready_state() == EventSource::CLOSED {
            let failed = Rc::clone(&failed);
            set_timeout(move || connect(&failed), AGAIN);
        }
    });
    listen(&source, "error", on_error);
}

/// The listener lives as long as the page.
fn listen<T: WasmClosure + ?Sized>(
    target: &web_sys::EventTarget,
    name: &str,
    listener: Closure<T>,
) {
    // It cannot fail for a function.
    let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Asks for the page at once; what else comes within the pace is one more request after it.
fn request(stream: &Rc<Stream>) {
    if document().hidden() || stream.busy.get() {
        return stream.more.set(true);
    }
    stream.busy.set(true);
    stream.more.set(false);
    fetch(Rc::clone(stream));
}

fn rested(stream: &Rc<Stream>) {
    stream.busy.set(false);
    if stream.more.get() {
        request(stream);
    }
}

fn fetch(stream: Rc<Stream>) {
    let done = move |page: Option<Document>| {
        if let Some(page) = page {
            (stream.on_page)(page);
        }
        set_timeout(move || rested(&stream), PACE);
    };
    let (Ok(request), Ok(address)) = (XmlHttpRequest::new(), window().location().href()) else {
        return;
    };
    let answer = request.clone();
    let ended = Closure::once_into_js(move || done(page_of(&answer)));
    request.set_onloadend(Some(ended.unchecked_ref()));
    if request.open("GET", &address).is_ok() {
        request.set_response_type(XmlHttpRequestResponseType::Document);
        // A failure ends like an answer that is no page.
        let _ = request.send();
    }
}

/// Anything but the page itself, such as an error or a way to sign in, is no news.
fn page_of(answer: &XmlHttpRequest) -> Option<Document> {
    let is_page = answer.status().is_ok_and(|status| status == 200);
    answer.response_xml().ok().flatten().filter(|_| is_page)
}
