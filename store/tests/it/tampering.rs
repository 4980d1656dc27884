//! Whoever can write to the file can change the audit chain, but not unnoticed.

use domain::audit::{Action, Actor, Broken, Checkpoint, Draft};
use fastrand::Rng;
use jiff::SignedDuration;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, QueryBuilder, Sqlite, SqliteConnection};
use store::Store;

use crate::support::{Shelf, draft, now, verified};

const ENTRIES: i64 = 30;
const TIMES: u64 = 200;
const NUMBERS: [&str; 2] = ["sequence", "at"];
const TEXTS: [&str; 10] = [
    "actor", "issuer", "subject", "name", "action", "target", "detail", "address", "previous",
    "hash",
];

/// A chain, a connection with which to change it, and what it was.
struct Victim {
    shelf: Shelf,
    connection: SqliteConnection,
    head: Checkpoint,
}

impl Victim {
    async fn new() -> Self {
        let shelf = Shelf::new().await;
        for n in 0..ENTRIES {
            shelf.store.record(entry(n)).await.unwrap();
        }
        let head = shelf.store.audit_head().await.unwrap().into();
        let options = SqliteConnectOptions::new().filename(shelf.path());
        let mut connection = options.synchronous(SqliteSynchronous::Off).connect().await.unwrap();
        let prepare = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;
             CREATE TABLE kept AS SELECT * FROM audit;";
        sqlx::raw_sql(prepare).execute(&mut connection).await.unwrap();
        Self { shelf, connection, head }
    }

    fn store(&self) -> &Store {
        &self.shelf.store
    }

    async fn run(&mut self, statement: String) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await.unwrap();
    }

    /// How it is found without a checkpoint; then all is as it was.
    async fn found(&mut self) -> Result<(), Broken> {
        let found = verified(self.store(), &[]).await.map(drop);
        let back = "BEGIN; DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; COMMIT;";
        self.run(back.to_owned()).await;
        found
    }

    async fn is_whole(&self) -> bool {
        verified(self.store(), &[self.head]).await.is_ok()
    }
}

fn entry(n: i64) -> Draft {
    let person = Actor::Person {
        issuer: "https://id.example.com".into(),
        subject: format!("u-{n}"),
        name: "Ada".into(),
    };
    let actors = [Actor::System, Actor::Anonymous, Actor::Local, person];
    let actor = actors[n as usize % 4].clone();
    Draft {
        at: now() + SignedDuration::from_mins(n),
        actor,
        target: format!("session {n}"),
        detail: json!({"provider": "corp", "n": n}),
        address: "192.0.2.1".into(),
        ..draft(Action::SignIn)
    }
}

/// Another text than this one.
fn another(text: &str, random: &mut Rng) -> String {
    let (mut longer, mut shorter) = (text.to_owned(), text.to_owned());
    longer.push(random.alphanumeric());
    shorter.pop();
    let cased = text.to_uppercase();
    let others: Vec<String> =
        [longer, shorter, cased].into_iter().filter(|other| other != text).collect();
    others[random.usize(..others.len())].clone()
}

/// Changes one value of an entry to another one; answers the statement's parts.
async fn edit(victim: &mut Victim, random: &mut Rng) -> String {
    let sequence = random.i64(1..=ENTRIES);
    let place = random.usize(..NUMBERS.len() + TEXTS.len());
    let mut update = QueryBuilder::<Sqlite>::new("UPDATE audit SET ");
    let what = match place.checked_sub(NUMBERS.len()) {
        None => {
            let by = random.i64(ENTRIES..1_000_000);
            let column = NUMBERS[place];
            update.push(format!("{column} = {column} + ")).push_bind(by);
            format!("{column} of {sequence} by {by}")
        }
        Some(place) => {
            let column = TEXTS[place];
            let query = format!("SELECT {column} FROM audit WHERE sequence = {sequence}");
            let text: String = sqlx::query_scalar(AssertSqlSafe(query))
                .fetch_one(&mut victim.connection)
                .await
                .unwrap();
            let other = another(&text, random);
            update.push(format!("{column} = ")).push_bind(other.clone());
            format!("{column} of {sequence} from {text:?} to {other:?}")
        }
    };
    update.push(" WHERE sequence = ").push_bind(sequence);
    let done = update.build().execute(&mut victim.connection).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    what
}

#[tokio::test]
async fn every_edit_is_found() {
    let mut victim = Victim::new().await;
    for seed in 0..TIMES {
        let what = edit(&mut victim, &mut Rng::with_seed(seed)).await;
        let found = victim.found().await;
        assert!(found.is_err(), "seed {seed}: {what}");
    }
    assert!(victim.is_whole().await);
}

#[tokio::test]
async fn every_deletion_is_found_at_its_place() {
    let mut victim = Victim::new().await;
    for seed in 0..TIMES {
        let gone = Rng::with_seed(seed).i64(1..ENTRIES);
        victim.run(format!("DELETE FROM audit WHERE sequence = {gone}")).await;
        let gone = gone as u64;
        let expected = Broken::Sequence { expected: gone, found: gone + 1 };
        assert_eq!(victim.found().await, Err(expected), "seed {seed}");
    }
    assert!(victim.is_whole().await);
}

#[tokio::test]
async fn every_exchange_is_found() {
    let mut victim = Victim::new().await;
    for seed in 0..TIMES {
        let mut random = Rng::with_seed(seed);
        let one = random.i64(1..=ENTRIES);
        let other = (one + random.i64(1..ENTRIES) - 1) % ENTRIES + 1;
        assert_ne!(one, other);
        victim
            .run(format!(
                "UPDATE audit SET sequence = -1 WHERE sequence = {one};
                 UPDATE audit SET sequence = {one} WHERE sequence = {other};
                 UPDATE audit SET sequence = {other} WHERE sequence = -1;"
            ))
            .await;
        let found = victim.found().await;
        assert!(found.is_err(), "seed {seed}: {one} and {other}");
    }
    assert!(victim.is_whole().await);
}

#[tokio::test]
async fn every_end_that_was_cut_off_is_found_by_a_checkpoint_only() {
    let mut victim = Victim::new().await;
    for seed in 0..TIMES {
        let left = Rng::with_seed(seed).i64(0..ENTRIES);
        victim.run(format!("DELETE FROM audit WHERE sequence > {left}")).await;
        let head = victim.head;
        let expected = Broken::Cut { checkpoint: head.sequence, found: left as u64 };
        assert_eq!(verified(victim.store(), &[head]).await, Err(expected), "seed {seed}");
        assert_eq!(victim.found().await, Ok(()), "seed {seed}: the rest is whole");
    }
    assert!(victim.is_whole().await);
}

#[tokio::test]
async fn a_chain_written_anew_after_the_cut_is_found_by_the_checkpoint() {
    let mut victim = Victim::new().await;
    victim.run("DELETE FROM audit WHERE sequence > 10".to_owned()).await;
    for n in 100..140 {
        victim.store().record(entry(n)).await.unwrap();
    }
    let head = victim.head;
    let expected = Broken::Checkpoint { sequence: head.sequence };
    assert_eq!(verified(victim.store(), &[head]).await, Err(expected));
    assert_eq!(victim.found().await, Ok(()));
}

#[tokio::test]
async fn what_is_no_number_of_an_entry_is_found_too() {
    let mut victim = Victim::new().await;
    for sequence in ["0", "-1", "-9223372036854775807", "9223372036854775807"] {
        victim.run(format!("UPDATE audit SET sequence = {sequence} WHERE sequence = 5")).await;
        assert!(victim.found().await.is_err(), "{sequence}");
    }
    assert!(victim.is_whole().await);
}
