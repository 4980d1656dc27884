//! The wasm that the pages load. All of it is in the library; this links it.

use app as _;

fn main() {}
