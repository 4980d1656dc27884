//! Tells the client that somebody signed out (OpenID Connect Back-Channel Logout).

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::account::Account;
use super::http::Shared;
use super::{claims, jws};

/// Nobody who signs out waits longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A notice for the client, changed before it is signed.
pub(super) fn token(
    shared: &Shared,
    account: &Account,
    session: Option<&str>,
    change: impl FnOnce(&mut Map<String, Value>),
) -> String {
    let mut claims = claims::notice(shared, account, session);
    change(&mut claims);
    jws::signed(&shared.key(), "logout+jwt", &Value::Object(claims))
}

/// Sends a notice where the client wants it. A client that does not take it is not told again.
pub(super) async fn send(shared: &Shared, account: &Account, session: &str) {
    let Some(place) = &shared.options.back_channel else { return };
    let token = token(shared, account, Some(session), |_| {});
    let sent = tokio::time::timeout(PATIENCE, post(place, &token)).await;
    match sent {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%place, "no notice of a sign-out: {error:#}"),
        Err(_) => tracing::warn!(%place, "no notice of a sign-out: no answer"),
    }
}

/// One request, so small that it needs no client library.
async fn post(place: &str, token: &str) -> anyhow::Result<()> {
    let url = Url::parse(place).context("not an address")?;
    let (host, port) = (url.host_str().context("no host")?, url.port_or_known_default());
    let port = port.context("no port")?;
    let mut stream = TcpStream::connect((host, port)).await.context("no connection")?;
    let body = format!("logout_token={token}");
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {host}:{port}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        url.path(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if !matches!(status, "200" | "204") {
        bail!("the client answered {status:?}");
    }
    Ok(())
}
