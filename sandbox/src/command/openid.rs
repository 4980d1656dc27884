//! The OpenID provider beside the clusters, and what Routebook should be told about it.

use sandbox::hands::Clock;
use sandbox::openid::{Account, Options, Provider, demo_roles};
use serde_json::{Value, json};

use super::{kubeconfig, say};
use crate::Kubernetes;

/// Starts the provider and says where it is, in one line of JSON.
pub(crate) async fn start(told: &Kubernetes, clock: &Clock) -> anyhow::Result<Provider> {
    let options = Options {
        port: told.openid_port,
        back_channel: told.openid_back_channel.clone(),
        ..Options::new(clock.clone())
    };
    let secret = &options.client_secret;
    let secret_file = kubeconfig::write(&told.kubeconfig_dir, "openid.secret", secret)?;
    let client = options.client_id.clone();
    let accounts: Vec<Value> = options.accounts.iter().map(shown).collect();
    let provider = Provider::start(options).await?;
    let line = json!({
        "openid": {
            "issuer": provider.issuer(),
            "clientId": client,
            "clientSecretFile": secret_file,
            "roles": demo_roles(),
            "accounts": accounts,
        },
    });
    say(&line.to_string());
    Ok(provider)
}

fn shown(account: &Account) -> Value {
    json!({ "key": account.key, "name": account.name, "explanation": account.explanation })
}
