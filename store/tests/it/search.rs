//! The search: exactly what has the words, whatever the words are, and never an error.

use domain::inventory::{Count, LONGEST_SEARCH, View};
use domain::manifest;
use serde_json::Value;

use crate::support::{Shelf, manifest as sample, simple};

/// Paths that a query language or a pattern would trip over.
const PATHS: [&str; 18] = [
    "/a\"b",
    "/100%",
    "/under_score",
    "/star*",
    "/x AND y",
    "/NEAR(a b, 2)",
    "/a'b;--",
    "/OR",
    "/näh/ÄRGER",
    "/日本語テスト",
    "/\u{0}nul\u{0}",
    "/bell\u{7}tab\tend",
    "/\u{202e}bidi\u{202c}",
    "/<script>alert(1)</script>",
    "/back\\slash",
    "/col:on^caret-minus+plus",
    "/{brace}(paren)[square]",
    "/🚀/é/e\u{301}",
];

async fn odd() -> (Shelf, Vec<Value>) {
    let shelf = Shelf::new().await;
    let odd = PATHS.iter().enumerate();
    let mut manifests: Vec<_> = odd
        .map(|(n, path)| sample("odd", &format!("odd-{n}"), "odd.example.org", path, "svc"))
        .collect();
    manifests.push(sample("shop", "basket", "pay.example.com", "/checkout", "cart-svc"));
    manifests.push(sample("xy", "ab", "q.io", "/zz", "k8"));
    shelf.put("prod", &manifests).await;
    (shelf, manifests)
}

/// The names that have every word of a query somewhere, by the plainest reading.
fn expected(manifests: &[Value], query: &str) -> Vec<String> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut names = Vec::new();
    for value in manifests {
        let text = manifest::ingress(&value.to_string()).search_text().to_lowercase();
        if words.iter().all(|word| text.contains(word.as_str())) {
            names.push(value["metadata"]["name"].as_str().unwrap().to_owned());
        }
    }
    names.sort();
    names
}

async fn check(shelf: &Shelf, manifests: &[Value], query: &str) {
    let view = View { search: query.to_owned(), ..View::default() };
    let wanted = expected(manifests, query);
    assert_eq!(shelf.names(&view).await, wanted, "{query:?}");
    let matching = shelf.page(&view).await.matching;
    assert_eq!(matching, Count::Exactly(wanted.len() as i64), "{query:?}");
}

#[tokio::test]
async fn a_part_of_host_name_namespace_service_or_path_is_enough() {
    let (shelf, manifests) = odd().await;
    for query in ["ay.exam", "aske", "sho", "rt-sv", "eckou", "PAY.EXAMPLE", "basket shop pay"] {
        let view = View { search: query.to_owned(), ..View::default() };
        assert_eq!(shelf.names(&view).await, ["basket"], "{query}");
        check(&shelf, &manifests, query).await;
    }
    for query in ["basket elsewhere", "cartsvc", "checkout/"] {
        let view = View { search: query.to_owned(), ..View::default() };
        assert!(shelf.names(&view).await.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn words_of_one_and_two_characters_are_found_too() {
    let (shelf, manifests) = odd().await;
    for query in
        ["a", "b", "ab", "k8", "zz", "/", "%", "_", "*", "\"", "é", "Ä", "日", "x y", "k8 q.io"]
    {
        check(&shelf, &manifests, query).await;
    }
}

#[tokio::test]
async fn each_two_characters_are_found_wherever_they_stand() {
    let (shelf, manifests) = odd().await;
    let mut pairs: Vec<String> = Vec::new();
    for value in &manifests {
        let text = manifest::ingress(&value.to_string()).search_text();
        let characters: Vec<char> = text.chars().collect();
        let all = characters.windows(2).map(|pair| pair.iter().collect::<String>());
        pairs.extend(all.filter(|pair| !pair.contains(char::is_whitespace)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    assert!(pairs.len() > 100, "{}", pairs.len());
    for pair in pairs.iter().map(String::as_str).chain(["qq", "zx", "1z"]) {
        check(&shelf, &manifests, pair).await;
    }
}

#[tokio::test]
async fn no_text_is_an_error_and_only_true_matches_come() {
    let (shelf, manifests) = odd().await;
    let mut queries: Vec<String> = PATHS.iter().map(|path| (*path).to_owned()).collect();
    queries.extend(PATHS.iter().map(|path| path.to_uppercase()));
    let hostile = [
        "AND",
        "OR",
        "NOT",
        "NEAR(",
        "NEAR(a b)",
        "a AND",
        "\"",
        "\"\"",
        "\"\"\"",
        "'",
        "''",
        "text:",
        "text : odd",
        "odd*",
        "^odd",
        "-odd",
        "+odd",
        "(odd",
        "odd)",
        "{odd}",
        "%odd%",
        "o_d",
        "\\",
        "\u{0}",
        "a\u{0}b",
        "odd\u{0}",
        "\u{0}nul",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}odd",
        "\u{a0}odd\u{a0}",
        "; DROP TABLE ingresses",
        "$1",
        "?1",
        ":a",
        "@a",
    ];
    queries.extend(hostile.map(str::to_owned));
    queries.push("x".repeat(LONGEST_SEARCH));
    queries.push("\"".repeat(LONGEST_SEARCH));
    queries.push("a ".repeat(LONGEST_SEARCH / 2));
    queries.push("日".repeat(LONGEST_SEARCH));
    for query in queries {
        check(&shelf, &manifests, &query).await;
    }
}

#[tokio::test]
async fn every_piece_of_every_text_finds_its_ingress() {
    let (shelf, manifests) = odd().await;
    for path in PATHS {
        let letters: Vec<char> = path.chars().collect();
        for length in [1, 2, 3, 5] {
            for piece in letters.windows(length).step_by(2) {
                check(&shelf, &manifests, &piece.iter().collect::<String>()).await;
            }
        }
    }
}

#[tokio::test]
async fn a_word_that_most_have_is_counted_and_walked_in_order() {
    let shelf = Shelf::new().await;
    let manifests: Vec<_> = (0..2200).map(|n| simple("shop", &format!("web-{n:04}"))).collect();
    shelf.put("prod", &manifests).await;
    for query in ["example.com", "example.com web", "com-", "web-1 /"] {
        check(&shelf, &manifests, query).await;
    }
}
