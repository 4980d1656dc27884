//! Function calls.

use promql_parser::label::{MatchOp, Matcher, Matchers};
use promql_parser::parser::token::T_EQL_REGEX;
use promql_parser::parser::{Call, Expr};

use super::evaluate::{Evaluation, Point, Value, distinct, nameless};
use super::failure::Failure;
use super::labels::{Labels, NAME};
use super::over_time::{OverTime, for_counters, named};

/// Calls a function; those that the sandbox lacks are refused by name.
pub(super) fn call(evaluation: &Evaluation<'_>, call: &Call, at: i64) -> Result<Value, Failure> {
    let name = call.func.name;
    let arguments: Vec<&Expr> = call.args.args.iter().map(AsRef::as_ref).collect();
    if let Some(function) = named(name) {
        return Ok(Value::Vector(over_time(evaluation, name, function, arguments[0], at)?));
    }
    let vector = || evaluation.vector(arguments[0], at);
    let each = |change: fn(f64) -> f64| -> Result<Value, Failure> {
        let changed =
            vector()?.into_iter().map(|point| Point { value: change(point.value), ..point });
        Ok(Value::Vector(nameless(changed.collect())?))
    };
    match name {
        "time" => Ok(Value::Scalar(at as f64 / 1000.0)),
        "vector" => {
            let value = evaluation.scalar(arguments[0], at)?;
            Ok(Value::Vector(vec![Point { labels: Labels::default(), at, value }]))
        }
        "scalar" => Ok(Value::Scalar(match vector()?.as_slice() {
            [only] => only.value,
            _ => f64::NAN,
        })),
        "timestamp" => timestamp(evaluation, arguments[0], at),
        "absent" => Ok(absent(arguments[0], vector()?.is_empty(), at)),
        "absent_over_time" => {
            let matrix = evaluation.matrix(arguments[0], at)?;
            let empty = matrix.iter().all(|each| each.samples().is_empty());
            Ok(absent(arguments[0], empty, at))
        }
        "abs" => each(f64::abs),
        "ceil" => each(f64::ceil),
        "floor" => each(f64::floor),
        "sort" => sorted(vector()?, false),
        "sort_desc" => sorted(vector()?, true),
        "label_replace" => label_replace(vector()?, &arguments[1..]),
        _ => Err(Failure::Execution(format!("the sandbox has no function {name}"))),
    }
}

fn over_time(
    evaluation: &Evaluation<'_>,
    name: &str,
    function: OverTime,
    argument: &Expr,
    at: i64,
) -> Result<Vec<Point>, Failure> {
    let mut points = Vec::new();
    for range in evaluation.matrix(argument, at)? {
        if let Some(value) = function(&range) {
            points.push(Point { labels: range.labels, at, value });
        }
    }
    if for_counters(name) {
        remark(evaluation, &points);
    }
    match name {
        "last_over_time" | "first_over_time" => Ok(points),
        _ => nameless(points),
    }
}

/// What Prometheus 3 says of counters that are not named as such, as those of ingress-nginx; it adds
/// a position, which the parser does not tell.
fn remark(evaluation: &Evaluation<'_>, points: &[Point]) {
    let mut last = "";
    for name in points.iter().map(|point| point.labels.name()) {
        let counter =
            ["_total", "_sum", "_count", "_bucket"].iter().any(|end| name.ends_with(*end));
        if name != last && !name.is_empty() && !counter {
            evaluation.remark(format!(
                "PromQL info: metric might not be a counter, name does not end in \
                 _total/_sum/_count/_bucket: \"{name}\""
            ));
        }
        last = name;
    }
}

/// When a selector's samples were scraped; of anything else, when it was evaluated.
fn timestamp(evaluation: &Evaluation<'_>, argument: &Expr, at: i64) -> Result<Value, Failure> {
    let mut bare = argument;
    while let Expr::Paren(inner) = bare {
        bare = &inner.expr;
    }
    let scraped = matches!(bare, Expr::VectorSelector(_));
    let points = evaluation.vector(argument, at)?.into_iter().map(|point| {
        let time = if scraped { point.at } else { at };
        Point { value: time as f64 / 1000.0, at, ..point }
    });
    Ok(Value::Vector(nameless(points.collect())?))
}

/// 1 with the labels that the selector asks for, if there was nothing.
fn absent(argument: &Expr, empty: bool, at: i64) -> Value {
    if !empty {
        return Value::Vector(Vec::new());
    }
    let labels = match argument {
        Expr::VectorSelector(selector) => asked_for(&selector.matchers),
        Expr::MatrixSelector(selector) => asked_for(&selector.vs.matchers),
        _ => Labels::default(),
    };
    Value::Vector(vec![Point { labels, at, value: 1.0 }])
}

/// The labels that matchers ask for by value, without those that several matchers name.
fn asked_for(matchers: &Matchers) -> Labels {
    let all = &matchers.matchers;
    let once = |matcher: &&Matcher| {
        let name = &matcher.name;
        matches!(matcher.op, MatchOp::Equal)
            && name != NAME
            && all.iter().filter(|other| other.name == *name).count() == 1
    };
    all.iter().filter(once).map(|matcher| (&*matcher.name, &*matcher.value)).collect()
}

/// By value; those that are not numbers come last.
fn sorted(mut points: Vec<Point>, descending: bool) -> Result<Value, Failure> {
    points.sort_by(|one, other| {
        let numbers = if descending {
            other.value.total_cmp(&one.value)
        } else {
            one.value.total_cmp(&other.value)
        };
        one.value.is_nan().cmp(&other.value.is_nan()).then(numbers)
    });
    Ok(Value::Vector(points))
}

/// Sets a label from the groups of a pattern that another label matches as a whole.
fn label_replace(points: Vec<Point>, arguments: &[&Expr]) -> Result<Value, Failure> {
    let texts = arguments.iter().filter_map(|argument| match argument {
        Expr::StringLiteral(text) => Some(text.val.as_str()),
        _ => None,
    });
    let texts: Vec<&str> = texts.collect();
    let [target, replacement, source, pattern] = texts.as_slice() else {
        return Err(Failure::Execution("label_replace() needs four strings".to_owned()));
    };
    // The parser reads patterns as Prometheus does, so its matcher is asked for one.
    let matcher = Matcher::new_matcher(T_EQL_REGEX, (*source).to_owned(), (*pattern).to_owned());
    let Ok(Matcher { op: MatchOp::Re(pattern), .. }) = matcher else {
        let why = format!("invalid regular expression in label_replace(): {pattern}");
        return Err(Failure::Execution(why));
    };
    let replaced = points.into_iter().map(|point| {
        let Some(groups) = pattern.captures(point.labels.get(source)) else { return point };
        let mut value = String::new();
        groups.expand(replacement, &mut value);
        let labels = point.labels.with(target, &value);
        Point { labels, ..point }
    });
    Ok(Value::Vector(distinct(replaced.collect())?))
}
