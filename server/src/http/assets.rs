//! What the browser loads besides pages. The files are inside the binary, and their address holds a
//! hash of all of them, so that a browser may keep them for ever and never mixes two versions.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Once, OnceLock};

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::errors;

#[derive(RustEmbed)]
#[folder = "../dist"]
#[exclude = ".*"]
#[exclude = "*.html"]
struct Files;

struct Asset {
    content: Bytes,
    content_type: &'static str,
    brotli: OnceLock<Bytes>,
}

struct Assets {
    build: String,
    files: BTreeMap<Cow<'static, str>, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// Best, because it is done once; 0.6 MB take about a second in the background. Until then answers
/// are compressed on the fly.
const BROTLI_QUALITY: i32 = 11;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const A_DAY: &str = "public, max-age=86400";
const SVG: &str = "image/svg+xml";
const FAVICON: &str = include_str!("favicon.svg");

/// The path under which this build's files are.
pub fn base() -> String {
    format!("/assets/{}", ASSETS.build)
}

/// Compresses every file in a thread of its own, which nothing waits for. The files are those of the
/// process: a second server in it has nothing to do.
pub fn compress() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        std::thread::spawn(|| {
            for asset in ASSETS.files.values().filter(|asset| asset.is_text_or_wasm()) {
                asset.compress();
            }
        });
    });
}

/// Answers with a file of this build.
pub async fn asset(Path((build, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    match ASSETS.files.get(name.as_str()) {
        Some(asset) if build == ASSETS.build => asset.answer(accepts_brotli(&headers)),
        _ => errors::not_found().await,
    }
}

/// The picture in the browser's tab, where browsers look for it unasked.
pub async fn favicon() -> Response {
    ([(header::CONTENT_TYPE, SVG), (header::CACHE_CONTROL, A_DAY)], FAVICON).into_response()
}

impl Assets {
    fn load() -> Self {
        let mut hash = Sha256::new();
        let mut files = BTreeMap::new();
        let favicon = ("favicon.svg".into(), Cow::Borrowed(FAVICON.as_bytes()));
        for (name, content) in Files::iter().filter_map(read).chain([favicon]) {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name.as_bytes());
            hash.update((content.len() as u64).to_be_bytes());
            hash.update(&content);
            files.insert(name.clone(), Asset::new(&name, content));
        }
        let build = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { build, files }
    }
}

fn read(name: Cow<'static, str>) -> Option<(Cow<'static, str>, Cow<'static, [u8]>)> {
    Files::get(&name).map(|file| (name, file.data))
}

impl Asset {
    fn new(name: &str, content: Cow<'static, [u8]>) -> Self {
        let content = match content {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Self { content, content_type: content_type(name), brotli: OnceLock::new() }
    }

    fn is_text_or_wasm(&self) -> bool {
        self.content_type.starts_with("text/") || self.content_type == "application/wasm"
    }

    fn compress(&self) {
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: BROTLI_QUALITY,
            size_hint: self.content.len(),
            ..Default::default()
        };
        let mut out = Vec::new();
        if brotli::BrotliCompress(&mut &self.content[..], &mut out, &parameters).is_ok() {
            // An error only says that it was done already.
            let _ = self.brotli.set(out.into());
        }
    }

    fn answer(&self, accepts_brotli: bool) -> Response {
        let answer = Response::builder()
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::CACHE_CONTROL, FOR_EVER)
            .header(header::VARY, "accept-encoding");
        let answer = match self.brotli.get().filter(|_| accepts_brotli) {
            Some(small) => {
                answer.header(header::CONTENT_ENCODING, "br").body(Body::from(small.clone()))
            }
            None => answer.body(Body::from(self.content.clone())),
        };
        answer.expect("the headers are constants")
    }
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    let mut codings = values.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    codings.any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("br") && !refused(quality)
    })
}

/// `q=0` in any spelling: `q=0.000` too.
fn refused(quality: &str) -> bool {
    let number = quality.trim().strip_prefix("q=").and_then(|number| number.parse::<f32>().ok());
    number == Some(0.0)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => SVG,
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_only_to_who_asks_for_it() {
        let check = |value: &'static str, expected| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]);
            assert_eq!(accepts_brotli(&headers), expected, "{value}");
        };
        check("gzip, deflate, br, zstd", true);
        check("BR;q=0.5", true);
        check("gzip, br;q=0", false);
        check("br; q=0.000", false);
        check("brotli", false);
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn a_file_is_sent_compressed_once_it_is() {
        let asset = Asset::new("app_bg.wasm", Cow::Owned(vec![0; 10_000]));
        let encoding = |asset: &Asset, accepts| {
            asset.answer(accepts).headers().get(header::CONTENT_ENCODING).cloned()
        };
        assert_eq!(encoding(&asset, true), None);
        asset.compress();
        assert_eq!(encoding(&asset, true).unwrap(), "br");
        assert_eq!(encoding(&asset, false), None);
        assert_eq!(asset.answer(true).headers()[header::CONTENT_TYPE], "application/wasm");
    }
}
