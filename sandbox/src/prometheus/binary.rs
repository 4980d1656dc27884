//! Binary operators: between numbers, element by element, and between sets.

use std::collections::{HashMap, HashSet};

use promql_parser::parser::token::{
    T_ADD, T_DIV, T_EQLC, T_GTE, T_GTR, T_LAND, T_LOR, T_LSS, T_LTE, T_MOD, T_MUL, T_NEQ, T_POW,
    T_SUB, TokenId,
};
use promql_parser::parser::{
    BinModifier, BinaryExpr, LabelModifier, VectorMatchCardinality, VectorMatchFillValues,
};

use super::evaluate::{Evaluation, Point, Value, nameless};
use super::failure::Failure;
use super::labels::Labels;

/// An operator between elements, and whether a comparison answers 0 and 1 instead of filtering.
#[derive(Clone, Copy)]
struct Operator {
    id: TokenId,
    bool: bool,
}

/// Which elements belong together, and how many of them.
struct Matching<'e> {
    on: bool,
    labels: &'e [String],
    card: &'e VectorMatchCardinality,
}

/// Evaluates both sides and what stands between them.
pub(super) fn operate(
    evaluation: &Evaluation<'_>,
    operation: &BinaryExpr,
    at: i64,
) -> Result<Value, Failure> {
    let left = evaluation.value(&operation.lhs, at)?;
    let right = evaluation.value(&operation.rhs, at)?;
    let default = BinModifier::default();
    let modifier = operation.modifier.as_ref().unwrap_or(&default);
    if modifier.fill_values != VectorMatchFillValues::default() {
        return Err(Failure::Execution("fill modifiers are not enabled".to_owned()));
    }
    let operator = Operator { id: operation.op.id(), bool: modifier.return_bool };
    let matching = Matching::of(modifier);
    Ok(match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => Value::Scalar(operator.number(left, right)?),
        (Value::Vector(points), Value::Scalar(number)) => {
            Value::Vector(operator.each(points, |value| (value, number))?)
        }
        (Value::Scalar(number), Value::Vector(points)) => {
            Value::Vector(operator.each(points, |value| (number, value))?)
        }
        (Value::Vector(left), Value::Vector(right)) if operation.op.is_set_operator() => {
            Value::Vector(matching.set(operator.id, left, right))
        }
        (Value::Vector(left), Value::Vector(right)) => {
            Value::Vector(matching.join(operator, &left, &right)?)
        }
        (Value::Text(_), _) | (_, Value::Text(_)) => {
            return Err(Failure::Execution("a string has no operators".to_owned()));
        }
    })
}

impl Operator {
    /// The result for two numbers; nothing where a comparison does not hold.
    fn apply(self, left: f64, right: f64) -> Result<Option<f64>, Failure> {
        let holds = |holds: bool| match self.bool {
            true => Some(f64::from(u8::from(holds))),
            false => holds.then_some(left),
        };
        Ok(match self.id {
            T_ADD => Some(left + right),
            T_SUB => Some(left - right),
            T_MUL => Some(left * right),
            T_DIV => Some(left / right),
            T_MOD => Some(left % right),
            T_POW => Some(left.powf(right)),
            T_EQLC => holds(left == right),
            T_NEQ => holds(left != right),
            T_GTR => holds(left > right),
            T_LSS => holds(left < right),
            T_GTE => holds(left >= right),
            T_LTE => holds(left <= right),
            _ => return Err(Failure::Execution("the sandbox lacks this operator".to_owned())),
        })
    }

    /// Between scalars, comparisons must have `bool`; the parser sees to it.
    fn number(self, left: f64, right: f64) -> Result<f64, Failure> {
        Ok(self.apply(left, right)?.unwrap_or(0.0))
    }

    fn compares(self) -> bool {
        matches!(self.id, T_EQLC | T_NEQ | T_GTR | T_LSS | T_GTE | T_LTE)
    }

    /// Whether elements keep the name of their metric.
    fn keeps_name(self) -> bool {
        self.compares() && !self.bool
    }

    /// With a scalar on either side. A filter passes on the element, wherever it stands.
    fn each(
        self,
        points: Vec<Point>,
        sides: impl Fn(f64) -> (f64, f64),
    ) -> Result<Vec<Point>, Failure> {
        let mut results = Vec::new();
        for point in points {
            let (left, right) = sides(point.value);
            if let Some(value) = self.apply(left, right)? {
                let value = if self.keeps_name() { point.value } else { value };
                results.push(Point { value, ..point });
            }
        }
        if self.keeps_name() { Ok(results) } else { nameless(results) }
    }
}

impl<'e> Matching<'e> {
    fn of(modifier: &'e BinModifier) -> Self {
        let named = modifier.matching.as_ref().map(|matching| matching.labels());
        Self {
            on: matches!(modifier.matching, Some(LabelModifier::Include(_))),
            labels: named.map(|named| named.labels.as_slice()).unwrap_or_default(),
            card: &modifier.card,
        }
    }

    /// What two elements must have in common.
    fn signature(&self, labels: &Labels) -> Labels {
        match (self.on, self.labels) {
            (true, names) => labels.only(names),
            (false, []) => labels.nameless(),
            (false, names) => labels.nameless().except(names),
        }
    }

    fn set(&self, operator: TokenId, left: Vec<Point>, right: Vec<Point>) -> Vec<Point> {
        let signatures = |points: &[Point]| -> HashSet<Labels> {
            points.iter().map(|point| self.signature(&point.labels)).collect()
        };
        if operator == T_LOR {
            let known = signatures(&left);
            let more =
                right.into_iter().filter(|point| !known.contains(&self.signature(&point.labels)));
            return left.into_iter().chain(more).collect();
        }
        let known = signatures(&right);
        let wanted = operator == T_LAND;
        let kept = left
            .into_iter()
            .filter(|point| known.contains(&self.signature(&point.labels)) == wanted);
        kept.collect()
    }

    /// Element by element. One side has one element for each signature; the other may have many,
    /// if `group_left` or `group_right` says so.
    fn join(
        &self,
        operator: Operator,
        left: &[Point],
        right: &[Point],
    ) -> Result<Vec<Point>, Failure> {
        let turned = matches!(self.card, VectorMatchCardinality::OneToMany(_));
        let one_to_one = matches!(self.card, VectorMatchCardinality::OneToOne);
        let (many, one) = if turned { (right, left) } else { (left, right) };
        let ones = self.ones(one, if turned { "left" } else { "right" })?;
        let mut made = HashSet::new();
        let mut results = Vec::new();
        for point in many {
            let signature = self.signature(&point.labels);
            let Some(other) = ones.get(&signature) else { continue };
            let (left, right) =
                if turned { (other.value, point.value) } else { (point.value, other.value) };
            let value = operator.apply(left, right)?;
            let labels = self.labels(operator, &point.labels, &other.labels);
            let unique = if one_to_one { Labels::default() } else { labels.clone() };
            if !made.insert((signature, unique)) {
                return Err(ambiguous(one_to_one));
            }
            results.extend(value.map(|value| Point { labels, at: point.at, value }));
        }
        Ok(results)
    }

    /// The elements of the side that has one of each.
    fn ones<'p>(
        &self,
        points: &'p [Point],
        side: &str,
    ) -> Result<HashMap<Labels, &'p Point>, Failure> {
        let mut ones: HashMap<Labels, &Point> = HashMap::new();
        for point in points {
            let signature = self.signature(&point.labels);
            if let Some(other) = ones.insert(signature.clone(), point) {
                return Err(Failure::Execution(format!(
                    "found duplicate series for the match group {signature} on the {side} \
                     hand-side of the operation: [{}, {}];many-to-many matching not allowed: \
                     matching labels must be unique on one side",
                    point.labels, other.labels
                )));
            }
        }
        Ok(ones)
    }

    /// The labels of a result: those of the side with many elements, with what `group_left` or
    /// `group_right` takes from the other.
    fn labels(&self, operator: Operator, many: &Labels, one: &Labels) -> Labels {
        let named = if operator.keeps_name() { many.clone() } else { many.nameless() };
        match self.card {
            VectorMatchCardinality::ManyToOne(wanted)
            | VectorMatchCardinality::OneToMany(wanted) => {
                let take = |labels: Labels, name: &String| labels.with(name, one.get(name));
                wanted.labels.iter().fold(named, take)
            }
            _ if self.on => named.only(self.labels),
            _ if self.labels.is_empty() => named,
            _ => named.except(self.labels),
        }
    }
}

fn ambiguous(one_to_one: bool) -> Failure {
    let why = match one_to_one {
        true => "many-to-one matching must be explicit (group_left/group_right)",
        false => "grouping labels must ensure unique matches",
    };
    Failure::Execution(format!("multiple matches for labels: {why}"))
}
