//! Evaluation of an expression at one moment, by the rules of Prometheus 3: a range leaves its left
//! end out, and a sample counts for less than five minutes.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use promql_parser::parser::{AtModifier, Expr, Offset, SubqueryExpr, VectorSelector};

use super::failure::Failure;
use super::labels::Labels;
use super::over_time::{Ranged, Window};
use super::sample::Sample;
use super::series::Series;
use super::store::Store;
use super::{aggregate, binary, functions, query};

/// How long a sample counts: the default of `--query.lookback-delta`.
const LOOKBACK: i64 = 5 * 60 * 1000;
/// The step of a subquery that names none: the default of `evaluation_interval`.
const SUBQUERY_STEP: i64 = 60 * 1000;
/// A subquery of more steps is refused, in the words that Prometheus has for too many samples.
const MOST_STEPS: i64 = 1_000_000;

/// One element of an instant vector.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub labels: Labels,
    /// When it was scraped; when it was computed, if it was.
    pub at: i64,
    pub value: f64,
}

/// What an expression is at one moment.
pub(super) enum Value {
    Scalar(f64),
    Vector(Vec<Point>),
    Text(String),
}

/// What a query came to.
pub(super) enum Outcome {
    Scalar(Sample),
    Text(i64, String),
    Vector(Vec<Point>),
    Matrix(Vec<(Labels, Vec<Sample>)>),
}

type Found = Rc<[Arc<Series>]>;

/// One query while it is evaluated; series are looked up once for all its moments.
pub(super) struct Evaluation<'s> {
    store: &'s Store,
    start: i64,
    end: i64,
    found: RefCell<HashMap<*const VectorSelector, Found>>,
    infos: RefCell<BTreeSet<String>>,
}

impl<'s> Evaluation<'s> {
    pub fn new(store: &'s Store, start: i64, end: i64) -> Self {
        Self { store, start, end, found: RefCell::default(), infos: RefCell::default() }
    }

    /// What Prometheus remarks on the query.
    pub fn infos(&self) -> BTreeSet<String> {
        self.infos.take()
    }

    pub fn remark(&self, info: String) {
        self.infos.borrow_mut().insert(info);
    }

    /// The value at a moment; not for range vectors.
    pub fn value(&self, expression: &Expr, at: i64) -> Result<Value, Failure> {
        Ok(match expression {
            Expr::NumberLiteral(number) => Value::Scalar(number.val),
            Expr::StringLiteral(text) => Value::Text(text.val.clone()),
            Expr::Paren(inner) => self.value(&inner.expr, at)?,
            Expr::Unary(inner) => negative(self.value(&inner.expr, at)?)?,
            Expr::VectorSelector(selector) => Value::Vector(self.latest(selector, at)?),
            Expr::Call(call) => functions::call(self, call, at)?,
            Expr::Aggregate(aggregation) => {
                Value::Vector(aggregate::aggregate(self, aggregation, at)?)
            }
            Expr::Binary(operation) => binary::operate(self, operation, at)?,
            Expr::MatrixSelector(_) | Expr::Subquery(_) | Expr::Extension(_) => {
                let why = "a range vector where an instant vector or a scalar belongs";
                return Err(Failure::Execution(why.to_owned()));
            }
        })
    }

    /// The instant vector at a moment; the parser has seen to it that it is one.
    pub fn vector(&self, expression: &Expr, at: i64) -> Result<Vec<Point>, Failure> {
        match self.value(expression, at)? {
            Value::Vector(points) => Ok(points),
            Value::Scalar(_) | Value::Text(_) => {
                Err(Failure::Execution("expected an instant vector".to_owned()))
            }
        }
    }

    /// The scalar at a moment.
    pub fn scalar(&self, expression: &Expr, at: i64) -> Result<f64, Failure> {
        match self.value(expression, at)? {
            Value::Scalar(value) => Ok(value),
            Value::Vector(_) | Value::Text(_) => {
                Err(Failure::Execution("expected a scalar".to_owned()))
            }
        }
    }

    /// The range vector at a moment. Series without samples in it are still there.
    pub fn matrix(&self, expression: &Expr, at: i64) -> Result<Vec<Ranged>, Failure> {
        match expression {
            Expr::Paren(inner) => self.matrix(&inner.expr, at),
            Expr::Subquery(subquery) => self.subquery(subquery, at),
            Expr::MatrixSelector(selector) => {
                let end = self.moment(selector.vs.at.as_ref(), selector.vs.offset.as_ref(), at);
                let start = end - milliseconds(selector.range);
                let ranged = |series: &Arc<Series>| Ranged {
                    labels: series.labels.clone(),
                    start,
                    end,
                    window: Window::Stored(Arc::clone(series)),
                };
                Ok(self.series(&selector.vs)?.iter().map(ranged).collect())
            }
            _ => Err(Failure::Execution("expected a range vector".to_owned())),
        }
    }

    /// The fresh samples of a selector's series.
    fn latest(&self, selector: &VectorSelector, at: i64) -> Result<Vec<Point>, Failure> {
        let moment = self.moment(selector.at.as_ref(), selector.offset.as_ref(), at);
        let point = |series: &Arc<Series>| {
            let sample = series.latest(moment, LOOKBACK)?;
            Some(Point { labels: series.labels.clone(), at: sample.at, value: sample.value })
        };
        Ok(self.series(selector)?.iter().filter_map(point).collect())
    }

    fn series(&self, selector: &VectorSelector) -> Result<Found, Failure> {
        let key = std::ptr::from_ref(selector);
        if let Some(found) = self.found.borrow().get(&key) {
            return Ok(Rc::clone(found));
        }
        let known = query::known(selector.clone())?;
        let found: Found = self.store.matching(known.name.as_deref(), &known.matchers).into();
        self.found.borrow_mut().insert(key, Rc::clone(&found));
        Ok(found)
    }

    /// Evaluates the inner expression at the whole multiples of the step within the range.
    fn subquery(&self, subquery: &SubqueryExpr, at: i64) -> Result<Vec<Ranged>, Failure> {
        let end = self.moment(subquery.at.as_ref(), subquery.offset.as_ref(), at);
        let start = end - milliseconds(subquery.range);
        let step = subquery.step.map_or(SUBQUERY_STEP, milliseconds).max(1);
        if (end - start) / step > MOST_STEPS {
            let why = "query processing would load too many samples into memory in query execution";
            return Err(Failure::Execution(why.to_owned()));
        }
        let mut order = Vec::new();
        let mut all: HashMap<Labels, Vec<Sample>> = HashMap::new();
        let mut moment = (start.div_euclid(step) + 1) * step;
        while moment <= end {
            for point in self.vector(&subquery.expr, moment)? {
                let samples = all.entry(point.labels.clone()).or_insert_with(|| {
                    order.push(point.labels);
                    Vec::new()
                });
                samples.push(Sample { at: moment, value: point.value });
            }
            moment += step;
        }
        let ranged = |labels: Labels| {
            let samples = all.remove(&labels).unwrap_or_default();
            Ranged { labels, start, end, window: Window::Made(samples) }
        };
        Ok(order.into_iter().map(ranged).collect())
    }

    /// The moment that a selector looks at, with its `@` and its `offset`.
    fn moment(&self, at: Option<&AtModifier>, offset: Option<&Offset>, now: i64) -> i64 {
        let moment = match at {
            None => now,
            Some(AtModifier::Start) => self.start,
            Some(AtModifier::End) => self.end,
            Some(AtModifier::At(time)) => match time.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => milliseconds(since),
                Err(before) => -milliseconds(before.duration()),
            },
        };
        match offset {
            None => moment,
            Some(Offset::Pos(offset)) => moment - milliseconds(*offset),
            Some(Offset::Neg(offset)) => moment + milliseconds(*offset),
        }
    }
}

/// Takes the names off, and refuses what can then no longer be told apart.
pub(super) fn nameless(mut points: Vec<Point>) -> Result<Vec<Point>, Failure> {
    let one_name = points.windows(2).all(|pair| pair[0].labels.name() == pair[1].labels.name());
    for point in &mut points {
        point.labels = point.labels.nameless();
    }
    if one_name { Ok(points) } else { distinct(points) }
}

/// Refuses a vector with two elements of the same labels.
pub(super) fn distinct(points: Vec<Point>) -> Result<Vec<Point>, Failure> {
    let mut seen = HashSet::new();
    if points.iter().all(|point| seen.insert(point.labels.clone())) {
        return Ok(points);
    }
    let why = "vector cannot contain metrics with the same labelset";
    Err(Failure::Execution(why.to_owned()))
}

fn negative(value: Value) -> Result<Value, Failure> {
    Ok(match value {
        Value::Scalar(value) => Value::Scalar(-value),
        Value::Text(text) => Value::Text(text),
        Value::Vector(mut points) => {
            points.iter_mut().for_each(|point| point.value = -point.value);
            Value::Vector(nameless(points)?)
        }
    })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
