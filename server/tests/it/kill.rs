//! The process is killed while people decide: what was answered is there, once, with its entry.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};
use std::thread;
use std::time::Duration;

use domain::CampaignId;
use futures::TryStreamExt as _;
use futures::future::join_all;
use reqwest::redirect::Policy;
use store::{EvidenceRow, ReviewRow, Store};
use tokio::time::sleep;

use crate::support::{
    Browser, Closed, SESSION, Setup, Site, decision, done, key, owned, routebook, verified,
};

/// So many databases, each with a process of its own, at the same time.
const LANES: usize = 4;
/// How often each process is killed: two hundred times in all.
const KILLS: usize = 50;
/// So many people decide at the same time.
const PEOPLE: usize = 4;
/// A process is killed at most so long after people began to decide, in milliseconds.
const LONGEST: u64 = 60;
/// How many ingresses are reviewed.
const REVIEWS: u64 = 6;

/// A decision that was sent: its form, and whether that was answered.
struct Sent {
    form: String,
    answered: bool,
}

/// One database, and what was sent to its processes, by the reason that each decision gives.
struct Lane {
    closed: Closed,
    session: String,
    campaign: CampaignId,
    reviews: Vec<ReviewRow>,
    sent: BTreeMap<String, Sent>,
    dice: u64,
}

impl Lane {
    async fn new(number: usize) -> Self {
        // Sessions are kept in the database, and processes read the system's clock.
        let site = Site::with_sign_in(Setup { begin: today(), ..Setup::default() }).await;
        let (admin, owner) = (site.sign_in("admin").await, site.sign_in("owner").await);
        let names = (0..REVIEWS).map(|number| owned(&format!("web{number}"), "payments"));
        site.show(&names.collect::<Vec<_>>()).await;
        let campaign = site.open_campaign(&admin, &[("due", "2199-12-31")]).await;
        let reviews = site.reviews(campaign).await;
        let (closed, session) = (site.close().await, owner.session());
        let dice = 0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1);
        Self { closed, session, campaign, reviews, sent: BTreeMap::new(), dice }
    }

    /// Chance that is the same each time; when a process dies is not.
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % limit
    }

    /// A process that is ready.
    async fn start(&self) -> Process {
        let environment = self.closed.environment();
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut command = routebook(self.closed.folder.path(), &["serve"], &environment);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = child.stderr.take().unwrap();
        let address = tokio::task::spawn_blocking(|| address(log));
        let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let child = Running(child);
        let browser = Browser::new(client, &format!("http://{}", address.await.unwrap()));
        browser.put(SESSION, &self.session);
        Process { child, browser }
    }

    /// Several people decide until the process is killed.
    async fn round(&mut self, process: Process) {
        let pause = Duration::from_micros(self.below(LONGEST * 1_000));
        let first: Vec<u64> = (0..PEOPLE).map(|_| self.below(REVIEWS)).collect();
        let Process { mut child, browser } = process;
        let people = first.into_iter().map(|first| decide(&browser, &self.reviews, first));
        let killing = async {
            sleep(pause).await;
            child.kill();
        };
        let (made, ()) = tokio::join!(join_all(people), killing);
        self.sent.extend(made.into_iter().flatten());
    }

    /// Sends again what was not answered: then it is, and was done once all the same.
    async fn send_again(&mut self, browser: &Browser) {
        for sent in self.sent.values_mut().filter(|sent| !sent.answered) {
            done(browser.submit("/reviews/decide", &sent.form).await).await;
            sent.answered = true;
        }
    }

    /// Everything that was answered is there once, with its entry; nothing else is there.
    async fn check(&self) {
        let store = Store::open_read_only(&self.closed.folder.path().join("routebook.db")).await;
        let store = store.unwrap();
        let entries = verified(&store).await;
        let decided = entries.iter().filter(|entry| entry.action == "review.decided");
        let recorded = counted(decided.map(|entry| {
            let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap();
            detail["reason"].as_str().unwrap().to_owned()
        }));
        let rows: Vec<Vec<EvidenceRow>> =
            Box::pin(store.export_campaign(self.campaign)).try_collect().await.unwrap();
        let made = rows.iter().flatten().flat_map(|row| row.decision.iter().chain(&row.others));
        let made = counted(made.map(|decision| decision.choice.reason.clone()));
        assert_eq!(made, recorded, "each decision has its entry, and each entry its decision");
        for (reason, count) in &made {
            assert_eq!(*count, 1, "{reason}");
            assert!(self.sent.contains_key(reason), "nobody sent {reason}");
        }
        for (reason, _) in self.sent.iter().filter(|(_, sent)| sent.answered) {
            assert!(made.contains_key(reason), "{reason} was answered, and is lost");
        }
        store.close().await.unwrap();
    }
}

/// A process, and a browser in which the owner is signed in there.
struct Process {
    child: Running,
    browser: Browser,
}

/// A child that does not outlive the test.
struct Running(Child);

impl Running {
    /// Kills it: it learns nothing of that.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One person decides again and again, until nobody answers.
async fn decide(browser: &Browser, reviews: &[ReviewRow], first: u64) -> Vec<(String, Sent)> {
    let mut made = Vec::new();
    for number in first.. {
        let reason = format!("reason-{}", key());
        let kind = if number % 5 == 4 { "retire" } else { "confirm" };
        let row = &reviews[usize::try_from(number % REVIEWS).unwrap()];
        let form = decision(row, kind, &[("reason", reason.as_str())]);
        let request = browser.form("/reviews/decide", &form);
        let answer = request.header("sec-fetch-site", "same-origin").send().await;
        let answered = answer.as_ref().is_ok_and(|answer| answer.status() == 303);
        if let Ok(answer) = &answer {
            assert!(answered, "{}", answer.status());
        }
        made.push((reason, Sent { form, answered }));
        if !answered {
            break;
        }
    }
    made
}

/// How often each text comes.
fn counted(texts: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

/// Where a process serves pages, once it is ready. The rest of its log is read beside, so that it
/// never has to wait for a reader.
fn address(log: ChildStderr) -> String {
    let mut lines = BufReader::new(log).lines().map_while(Result::ok);
    let mut before = Vec::new();
    for line in lines.by_ref() {
        if line.contains("ready at") {
            let (_, rest) = line.split_once("pages=").unwrap();
            thread::spawn(move || lines.for_each(drop));
            return rest.split_whitespace().next().unwrap().to_owned();
        }
        before.push(line);
    }
    panic!("it ended: {before:#?}")
}

#[expect(clippy::disallowed_methods, reason = "the processes of this test read the system's clock")]
fn today() -> &'static str {
    jiff::Timestamp::now().to_string().leak()
}

async fn lane(number: usize) {
    let mut lane = Lane::new(number).await;
    for _ in 0..KILLS {
        let process = lane.start().await;
        lane.check().await;
        lane.send_again(&process.browser).await;
        lane.round(process).await;
    }
    let process = lane.start().await;
    lane.send_again(&process.browser).await;
    lane.check().await;
    assert!(lane.sent.len() > KILLS, "too few decisions to say anything: {}", lane.sent.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_kills_lose_no_decision_that_was_answered_and_double_none() {
    join_all((0..LANES).map(lane)).await;
}
