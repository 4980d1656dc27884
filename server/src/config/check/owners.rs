//! By what owners are found.

use domain::owner::{Fallback, OwnerSource, Rules};

use super::super::closest::closest;
use super::super::given::{Source, Written};
use super::super::keys::{FallbackKeys, OwnersKeys, Text};
use super::Error;
use super::value::{maybe_text, text, word};

/// The rules without the teams. `clusters` are the configured ones.
pub fn rules(given: Option<Written<OwnersKeys>>, clusters: &[&str]) -> Result<Rules, Error> {
    let default = Rules::default();
    let Some(Written { keys: given, source }) = given else { return Ok(default) };
    let list = |key: &str, given: Option<Vec<Text>>, default: Vec<String>| match given {
        Some(given) => keys(key, &given, &source),
        None => Ok(default),
    };
    let fallbacks = given.fallback.unwrap_or_default();
    let fallbacks = fallbacks.iter().map(|keys| fallback(keys, &source, clusters));
    Ok(Rules {
        steps: match given.steps {
            Some(given) => steps(&given, &source)?,
            None => default.steps,
        },
        annotations: list("owners.annotations", given.annotations, default.annotations)?,
        labels: list("owners.labels", given.labels, default.labels)?,
        namespace_keys: list("owners.namespaceKeys", given.namespace_keys, default.namespace_keys)?,
        fallbacks: fallbacks.collect::<Result<_, _>>()?,
        teams: Vec::new(),
    })
}

/// What is set in Routebook itself comes before all steps and is not one of them.
fn steps(given: &[Text], source: &Source) -> Result<Vec<OwnerSource>, Error> {
    let known: Vec<(&str, OwnerSource)> = OwnerSource::ALL
        .into_iter()
        .filter(|step| *step != OwnerSource::Override)
        .map(|step| (step.as_str(), step))
        .collect();
    let mut steps = Vec::new();
    for text in given {
        let step = word("owners.steps", &known, &text.value, Some(&source.place(text)))?;
        if steps.contains(&step) {
            let message =
                format!("`owners.steps` has {} twice; a step is taken once", step.as_str());
            return Err(source.refuse(text, message));
        }
        steps.push(step);
    }
    Ok(steps)
}

/// Keys of annotations and labels: `name`, `prefix/name`, or `*/name` for any prefix.
fn keys(key: &str, given: &[Text], source: &Source) -> Result<Vec<String>, Error> {
    let check = |given: &Text| {
        let text = text(key, given, source)?;
        let name = text.strip_prefix("*/").unwrap_or(&text);
        if name.is_empty() || name.contains(['*', ' ', ':', '=']) || name.matches('/').count() > 1 {
            let message = format!("`{key}`: {text:?} is no key of an annotation or label");
            let way = "examples: team, example.com/owner, */team-name for any prefix";
            return Err(source.refuse(given, message).hint(way));
        }
        Ok(text)
    };
    given.iter().map(check).collect()
}

fn fallback(keys: &FallbackKeys, source: &Source, clusters: &[&str]) -> Result<Fallback, Error> {
    let cluster = maybe_text("owners.fallback[].cluster", keys.cluster.as_ref(), source)?;
    if let (Some(given), Some(name)) = (&keys.cluster, &cluster)
        && !clusters.contains(&name.as_str())
    {
        let meant = closest(name, clusters.iter().copied());
        let meant = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        let message = format!("a fallback is for cluster {name:?}, which is not configured{meant}");
        return Err(source.refuse(given, message));
    }
    Ok(Fallback {
        cluster,
        class: maybe_text("owners.fallback[].class", keys.class.as_ref(), source)?,
        owner: text("owners.fallback[].owner", &keys.owner, source)?,
    })
}
