//! Lets the crate compile before the browser's files were built: the folder that is embedded must
//! exist. `cargo xtask web` fills it.

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=../dist");
    std::fs::create_dir_all("../dist")
}
