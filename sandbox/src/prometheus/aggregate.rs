//! Aggregations.

use std::collections::HashMap;

use promql_parser::parser::token::{T_AVG, T_COUNT, T_GROUP, T_MAX, T_MIN, T_SUM, TokenId};
use promql_parser::parser::{AggregateExpr, LabelModifier};

use super::evaluate::{Evaluation, Point};
use super::failure::Failure;
use super::labels::{Labels, NAME};

/// What the elements of one group come to.
struct Group {
    labels: Labels,
    count: f64,
    sum: f64,
    least: f64,
    most: f64,
}

/// One element for each group, in the order in which the groups appear.
pub(super) fn aggregate(
    evaluation: &Evaluation<'_>,
    aggregation: &AggregateExpr,
    at: i64,
) -> Result<Vec<Point>, Failure> {
    let operator = aggregation.op.id();
    let known = [T_SUM, T_MIN, T_MAX, T_AVG, T_COUNT, T_GROUP].contains(&operator);
    if !known {
        let why = format!("the sandbox has no aggregation {}", aggregation.op);
        return Err(Failure::Execution(why));
    }
    let points = evaluation.vector(&aggregation.expr, at)?;
    let groups = group(&points, aggregation.modifier.as_ref());
    let point = |group: Group| Point { value: group.result(operator), labels: group.labels, at };
    Ok(groups.into_iter().map(point).collect())
}

fn group(points: &[Point], modifier: Option<&LabelModifier>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let key = key_of(modifier);
    for point in points {
        let key = key(&point.labels);
        match places.get(&key) {
            Some(place) => groups[*place].add(point.value),
            None => {
                places.insert(key.clone(), groups.len());
                groups.push(Group::of(key, point.value));
            }
        }
    }
    groups
}

/// How the labels of a group follow from those of an element.
fn key_of(modifier: Option<&LabelModifier>) -> impl Fn(&Labels) -> Labels {
    let mut names = modifier.map(|modifier| modifier.labels().labels.clone()).unwrap_or_default();
    let without = matches!(modifier, Some(LabelModifier::Exclude(_)));
    if without {
        names.push(NAME.to_owned());
    }
    move |labels| if without { labels.except(&names) } else { labels.only(&names) }
}

impl Group {
    fn of(labels: Labels, value: f64) -> Self {
        Self { labels, count: 1.0, sum: value, least: value, most: value }
    }

    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        if value < self.least || self.least.is_nan() {
            self.least = value;
        }
        if value > self.most || self.most.is_nan() {
            self.most = value;
        }
    }

    fn result(&self, operator: TokenId) -> f64 {
        match operator {
            T_SUM => self.sum,
            T_MIN => self.least,
            T_MAX => self.most,
            T_AVG => self.sum / self.count,
            T_COUNT => self.count,
            _ => 1.0,
        }
    }
}
