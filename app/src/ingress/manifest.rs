//! The last manifest seen, as YAML that can be applied again.

use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::yaml;
use crate::components::copy_button;

/// The manifest, with its managed fields folded away.
pub fn section(manifest: &str) -> AnyView {
    let body = match serde_json::from_str::<Map<String, Value>>(manifest) {
        Ok(object) => shown(object),
        Err(_) => view! { <p class="subdued">"It cannot be shown: it is not JSON."</p> }.into_any(),
    };
    view! {
        <section aria-labelledby="manifest-title">
            <h2 id="manifest-title">"Manifest, as last seen"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn shown(mut object: Map<String, Value>) -> AnyView {
    let managed = take_managed_fields(&mut object);
    let text = yaml::write(&in_order(object));
    let managed = managed.map(|fields| {
        let text = yaml::write(&json!({ "managedFields": fields }));
        view! {
            <details>
                <summary>"Managed fields (who set what; left out above)"</summary>
                <pre tabindex="0" role="region" aria-label="Managed fields">{text}</pre>
            </details>
        }
    });
    view! {
        <div class="code">
            {copy_button("manifest", "Copy")}
            <pre id="manifest" tabindex="0" role="region" aria-label="Manifest">{text}</pre>
        </div>
        {managed}
    }
    .into_any()
}

fn take_managed_fields(object: &mut Map<String, Value>) -> Option<Value> {
    object.get_mut("metadata")?.as_object_mut()?.remove("managedFields")
}

/// The keys in the order in which people write them. The API server's lists leave out the first two.
fn in_order(mut object: Map<String, Value>) -> Value {
    object.insert("apiVersion".into(), "networking.k8s.io/v1".into());
    object.insert("kind".into(), "Ingress".into());
    Value::Object(object)
}
