//! All evidence of a campaign in one archive: the reviews in both forms, what the population was taken
//! from, the audit entries, and the sums of these files.

use std::io::{self, Read, Seek, SeekFrom, Write};

use domain::CampaignId;
use domain::audit::Entry;
use domain::campaign::{Campaign, CampaignState};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Store;

use super::archive::Archive;
use super::{Audit, Encoder, Evidence, Format, Sheet as _};

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What was gathered could not be kept.
    #[error("the evidence could not be written: {0}")]
    Write(#[from] io::Error),
}

/// What belongs into the archive. The reviews wait in two spools, because there may be many.
pub struct Bundle<S> {
    id: CampaignId,
    at: Timestamp,
    csv: S,
    jsonl: S,
    reviews: usize,
    completeness: Value,
    entries: Vec<Entry>,
}

impl<S: Read + Write + Seek> Bundle<S> {
    /// Reads the evidence, all of it from one snapshot; `None` if there is no campaign of this number that
    /// was opened. Both forms come from the same rows.
    pub async fn gather(
        store: &Store,
        id: CampaignId,
        at: Timestamp,
        [mut csv, mut jsonl]: [S; 2],
    ) -> Result<Option<Self>, Broken> {
        let Some(mut evidence) = store.evidence(id).await? else { return Ok(None) };
        if evidence.campaign().state() == CampaignState::Draft {
            return Ok(None);
        }
        let mut sheets = [Format::Csv, Format::Jsonl].map(|form| Encoder::new(form, Evidence(id)));
        csv.write_all(&sheets[0].head())?;
        let mut reviews = 0;
        loop {
            let batch = evidence.rows().await?;
            if batch.is_empty() {
                break;
            }
            reviews += batch.len();
            csv.write_all(&sheets[0].rows(&batch))?;
            jsonl.write_all(&sheets[1].rows(&batch))?;
        }
        let entries = evidence.entries().await?;
        let completeness = completeness(evidence.campaign(), at);
        Ok(Some(Self { id, at, csv, jsonl, reviews, completeness, entries }))
    }

    /// How many reviews there are.
    pub fn reviews(&self) -> usize {
        self.reviews
    }

    /// Writes the archive.
    pub fn pack<W: Write + Seek>(mut self, out: W) -> io::Result<W> {
        let name = Evidence(self.id).file();
        let mut archive = Archive::new(out, self.at);
        for (spool, format) in [(&mut self.csv, Format::Csv), (&mut self.jsonl, Format::Jsonl)] {
            spool.seek(SeekFrom::Start(0))?;
            archive.add(&format!("{name}.{}", format.as_str()), spool)?;
        }
        let completeness = serde_json::to_vec_pretty(&self.completeness)?;
        archive.add("completeness.json", completeness.as_slice())?;
        let entries = Encoder::new(Format::Jsonl, Audit).rows(&self.entries);
        archive.add(&format!("{}.jsonl", Audit::NAME), entries.as_slice())?;
        archive.finish()
    }
}

/// What the population was taken from, by which terms, and what came of it.
fn completeness(campaign: &Campaign, at: Timestamp) -> Value {
    let (opened_at, completeness) = match campaign {
        Campaign::Draft(_) => (None, None),
        Campaign::Open(open) => (Some(open.opened_at), Some(&open.completeness)),
        Campaign::Closed(closed) => (Some(closed.opened_at), Some(&closed.completeness)),
    };
    let closed = match campaign {
        Campaign::Closed(closed) => Some(closed),
        Campaign::Draft(_) | Campaign::Open(_) => None,
    };
    json!({
        "schema_version": "completeness/1",
        "campaign": campaign.id(),
        "state": campaign.state().as_str(),
        "series": campaign.series(),
        "terms": campaign.terms(),
        "opened_at": opened_at,
        "closed_at": closed.map(|closed| closed.closed_at),
        "closed_by": closed.map(|closed| closed.by.as_str()),
        "outcome": closed.map(|closed| closed.outcome),
        "exported_at": at,
        "completeness": completeness,
    })
}

#[cfg(test)]
mod tests {
    use domain::Scope;
    use domain::campaign::{Closing, Completeness, Draft, Terms};

    use super::*;

    #[test]
    fn the_record_says_what_the_population_was_taken_from() {
        let at = Timestamp::UNIX_EPOCH;
        let terms = Terms::new("Q1", Scope::parse("cluster=prod").unwrap(), Timestamp::MAX);
        let draft = Draft { id: CampaignId(7), terms, series: None };
        let open = draft.open(Completeness { at, clusters: Vec::new() }, 1, at).unwrap();
        let record = completeness(&Campaign::Open(open.clone()), at);
        assert_eq!((&record["campaign"], &record["state"]), (&json!(7), &json!("open")));
        assert_eq!(record["terms"]["scope"], "cluster=prod");
        assert_eq!(record["completeness"]["at"], "1970-01-01T00:00:00Z");
        assert_eq!((&record["closed_at"], &record["outcome"]), (&Value::Null, &Value::Null));
        let closed = Campaign::Closed(open.close(Closing::Due, at, &[]));
        let record = completeness(&closed, at);
        assert_eq!(
            (&record["closed_by"], &record["outcome"]["confirmed"]),
            (&json!("due"), &json!(0))
        );
    }
}
