//! UIDs that stay the same from one start to the next. A real server draws them, but a demo that
//! is started again should not look as if everything had been deleted and created anew.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Gives an object the UID of its kind, namespace and name. One that the file brings is replaced,
/// as a real server does: copies of a manifest carry the same.
pub(super) fn give(object: &mut Value) {
    let metadata = &object["metadata"];
    if !metadata["name"].is_string() {
        return;
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parts = [&object["kind"], &metadata["namespace"], &metadata["name"]].map(text);
    let digest = Sha256::digest(parts.join("/"));
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    let uid = uuid::Builder::from_random_bytes(bytes).into_uuid().to_string();
    object["metadata"]["uid"] = uid.into();
}
