//! A living fleet: an endless, seeded sequence of the changes that a day in a cluster brings.

use serde_json::{Value, json};

use super::dice::Dice;
use super::generate::Fleet;

/// The most objects of a kind that take part; the rest of a large fleet sleeps.
pub const CHURNING: usize = 2_000;
/// Deleted objects that wait before they come back.
const WAITING: usize = 4;

/// One change to apply to a cluster.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new object. It has no UID, so the server gives it one: a new life.
    Create(Value),
    /// The whole object as it is to be, without a resource version.
    Update(Value),
    /// The end of an object.
    Delete {
        /// `Ingress` or `Service`.
        kind: &'static str,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// The sequence. It ends only for a fleet without Ingresses.
#[derive(Debug)]
pub struct Churn {
    dice: Dice,
    ingresses: Herd,
    services: Herd,
    slices: Vec<Value>,
    step: u64,
}

/// Objects of one kind: those alive, and those deleted that will come back.
#[derive(Debug)]
struct Herd {
    kind: &'static str,
    alive: Vec<Value>,
    gone: Vec<Value>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Annotate,
    AddHost,
    DropHost,
    Create,
    Delete,
    ServiceGone,
    Endpoints,
}

const STEPS: &[(u32, Step)] = &[
    (36, Step::Annotate),
    (12, Step::AddHost),
    (6, Step::DropHost),
    (9, Step::Create),
    (9, Step::Delete),
    (8, Step::ServiceGone),
    (20, Step::Endpoints),
];

impl Churn {
    /// The changes of a fleet. Apply every one: later changes build on earlier ones.
    pub fn new(fleet: &Fleet, seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            ingresses: Herd::new("Ingress", &fleet.ingresses),
            services: Herd::new("Service", &fleet.services),
            slices: fleet.endpoint_slices.iter().take(CHURNING).cloned().collect(),
            step: 0,
        }
    }

    fn annotate(&mut self) -> Option<Change> {
        let step = self.step;
        let change = self.dice.pick(&["deploy", "restart", "note"]);
        let ingress = self.ingresses.any(&mut self.dice)?;
        ingress["metadata"]["annotations"][format!("marrowby.example/last-{change}")] =
            format!("change-{step}").into();
        Some(Change::Update(ingress.clone()))
    }

    fn add_host(&mut self) -> Option<Change> {
        let step = self.step;
        let ingress = self.ingresses.any(&mut self.dice)?;
        let mut rule = ingress["spec"]["rules"].get(0)?.clone();
        rule["host"] = sibling(&rule, "promo", step).into();
        ingress.pointer_mut("/spec/rules")?.as_array_mut()?.push(rule);
        Some(Change::Update(ingress.clone()))
    }

    fn drop_host(&mut self) -> Option<Change> {
        let ingress = self.ingresses.any(&mut self.dice)?;
        let rules =
            ingress.pointer_mut("/spec/rules")?.as_array_mut().filter(|rules| rules.len() > 1)?;
        rules.pop();
        Some(Change::Update(ingress.clone()))
    }

    /// Something new, or something deleted earlier that comes back under its name.
    fn create(&mut self) -> Option<Change> {
        if self.ingresses.gone.len() > WAITING {
            return self.ingresses.bring_back();
        }
        let mut ingress = self.ingresses.any(&mut self.dice)?.clone();
        let name: String = ingress["metadata"]["name"].as_str()?.chars().take(40).collect();
        let name = name.trim_end_matches(['-', '.']);
        ingress["metadata"]["name"] = format!("{name}-preview-{}", self.step).into();
        let host = sibling(ingress["spec"]["rules"].get(0)?, "preview", self.step);
        ingress["spec"]["rules"][0]["host"] = host.into();
        forget_life(&mut ingress);
        self.ingresses.alive.push(ingress.clone());
        Some(Change::Create(ingress))
    }

    /// Takes one endpoint out of rotation, or back into it.
    fn endpoints(&mut self) -> Option<Change> {
        let index = self.dice.between(0, self.slices.len().checked_sub(1)?);
        let slice = &mut self.slices[index];
        let conditions = slice["endpoints"].get_mut(0)?.get_mut("conditions")?;
        let ready = conditions["ready"] != true;
        *conditions = json!({ "ready": ready, "serving": ready, "terminating": false });
        Some(Change::Update(slice.clone()))
    }

    fn service(&mut self) -> Option<Change> {
        if self.services.gone.len() > WAITING {
            return self.services.bring_back();
        }
        self.services.delete(&mut self.dice)
    }
}

impl Iterator for Churn {
    type Item = Change;

    fn next(&mut self) -> Option<Change> {
        // A step may not fit the object it met; annotating one always does.
        self.step += 1;
        let change = match self.dice.weighted(STEPS) {
            Step::Annotate => None,
            Step::AddHost => self.add_host(),
            Step::DropHost => self.drop_host(),
            Step::Create => self.create(),
            Step::Delete => self.ingresses.delete(&mut self.dice),
            Step::ServiceGone => self.service(),
            Step::Endpoints => self.endpoints(),
        };
        change.or_else(|| self.annotate())
    }
}

impl Herd {
    fn new(kind: &'static str, objects: &[Value]) -> Self {
        // Deleting an object with finalizers would only begin its end.
        let ends_at_once = |object: &&Value| object.pointer("/metadata/finalizers").is_none();
        let mut alive: Vec<Value> =
            objects.iter().filter(ends_at_once).take(CHURNING).cloned().collect();
        // Exported manifests carry the version and life of another cluster.
        for metadata in alive.iter_mut().filter_map(|object| object["metadata"].as_object_mut()) {
            metadata.remove("resourceVersion");
        }
        Self { kind, alive, gone: Vec::new() }
    }

    fn any(&mut self, dice: &mut Dice) -> Option<&mut Value> {
        let last = self.alive.len().checked_sub(1)?;
        self.alive.get_mut(dice.between(0, last))
    }

    /// Deletes one, but never the last few.
    fn delete(&mut self, dice: &mut Dice) -> Option<Change> {
        let last = self.alive.len().checked_sub(1).filter(|last| *last > WAITING)?;
        let mut object = self.alive.swap_remove(dice.between(0, last));
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
        let change =
            Change::Delete { kind: self.kind, namespace: text("namespace"), name: text("name") };
        forget_life(&mut object);
        self.gone.push(object);
        Some(change)
    }

    fn bring_back(&mut self) -> Option<Change> {
        if self.gone.is_empty() {
            return None;
        }
        let object = self.gone.remove(0);
        self.alive.push(object.clone());
        Some(Change::Create(object))
    }
}

/// A new host in the domain of a rule's host.
fn sibling(rule: &Value, word: &str, step: u64) -> String {
    let domain = rule["host"].as_str().and_then(|host| host.split_once('.'));
    let (_, domain) = domain.unwrap_or(("", "shops.example"));
    format!("{word}-{step}.{domain}")
}

/// Removes what the server gives to an object for one life.
fn forget_life(object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in ["uid", "creationTimestamp", "managedFields", "generation"] {
            metadata.remove(field);
        }
    }
    if let Some(object) = object.as_object_mut() {
        object.remove("status");
    }
}
