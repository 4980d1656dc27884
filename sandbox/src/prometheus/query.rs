//! A query from its text to its outcome.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::parser::value::ValueType;
use promql_parser::parser::{self, Expr, VectorSelector};

use super::evaluate::{Evaluation, Outcome, Value};
use super::failure::Failure;
use super::labels::Labels;
use super::sample::Sample;
use super::store::Store;

/// What a query came to, and what Prometheus remarks on it.
pub(super) struct Reply {
    pub outcome: Outcome,
    pub infos: BTreeSet<String>,
}

/// The moments of a range query, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    pub start: i64,
    pub end: i64,
    pub every: i64,
}

/// Evaluates a query at one moment.
pub(super) fn instant(store: &Store, query: &str, at: i64) -> Result<Reply, Failure> {
    let expression = parse(query)?;
    let evaluation = Evaluation::new(store, at, at);
    let outcome = if expression.value_type() == ValueType::Matrix {
        let matrix = evaluation.matrix(&expression, at)?.into_iter();
        let series = matrix.map(|each| (each.labels.clone(), each.samples()));
        Outcome::Matrix(series.filter(|(_, samples)| !samples.is_empty()).collect())
    } else {
        match evaluation.value(&expression, at)? {
            Value::Scalar(value) => Outcome::Scalar(Sample { at, value }),
            Value::Text(text) => Outcome::Text(at, text),
            Value::Vector(points) => Outcome::Vector(points),
        }
    };
    Ok(Reply { outcome, infos: evaluation.infos() })
}

/// Evaluates a query at each of many moments.
pub(super) fn range(store: &Store, query: &str, steps: Steps) -> Result<Reply, Failure> {
    let expression = parse(query)?;
    let kind = match expression.value_type() {
        ValueType::Scalar | ValueType::Vector => None,
        ValueType::Matrix => Some("range vector"),
        ValueType::String => Some("string"),
    };
    if let Some(kind) = kind {
        let why = format!(
            "invalid expression type \"{kind}\" for range query, must be Scalar or instant Vector"
        );
        return Err(Failure::parameter("query", why));
    }
    let evaluation = Evaluation::new(store, steps.start, steps.end);
    let mut series: BTreeMap<Labels, Vec<Sample>> = BTreeMap::new();
    let mut at = steps.start;
    while at <= steps.end {
        match evaluation.value(&expression, at)? {
            Value::Scalar(value) => {
                series.entry(Labels::default()).or_default().push(Sample { at, value });
            }
            Value::Vector(points) => {
                for point in points {
                    let sample = Sample { at, value: point.value };
                    series.entry(point.labels).or_default().push(sample);
                }
            }
            Value::Text(_) => {}
        }
        at += steps.every;
    }
    Ok(Reply { outcome: Outcome::Matrix(series.into_iter().collect()), infos: evaluation.infos() })
}

/// Parses a series selector, as `match[]` has it.
pub(super) fn selector(text: &str) -> Result<VectorSelector, Failure> {
    let expression = parser::parse(text).map_err(|why| refusal("match[]", &why))?;
    match expression {
        Expr::VectorSelector(selector) => known(selector),
        _ => Err(refusal("match[]", "unexpected expression, expected a vector selector")),
    }
}

/// Selectors with `or` between matchers are an extension of the parser, not of Prometheus.
pub(super) fn known(selector: VectorSelector) -> Result<VectorSelector, Failure> {
    match selector.matchers.or_matchers.is_empty() {
        true => Ok(selector),
        false => {
            Err(refusal("query", "unexpected <op:or> in label matching, expected \",\" or \"}\""))
        }
    }
}

fn parse(query: &str) -> Result<Expr, Failure> {
    parser::parse(query).map_err(|why| refusal("query", &why))
}

/// The parser does not say where it stopped; Prometheus has words for that too.
fn refusal(parameter: &str, why: &str) -> Failure {
    Failure::parameter(parameter, format!("unknown position: parse error: {why}"))
}
