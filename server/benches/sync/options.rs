//! What the command line asks for.

use anyhow::{Context as _, bail};

/// What is measured.
pub struct Options {
    /// Numbers of Ingresses.
    pub sizes: Vec<usize>,
    /// Whether a missed target is no failure.
    pub report_only: bool,
    parts: Vec<Part>,
}

/// A part of the measurements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Cold,
    Relist,
    Memory,
    Visible,
    Storm,
    Pages,
}

const PARTS: [(&str, Part); 6] = [
    ("cold", Part::Cold),
    ("relist", Part::Relist),
    ("memory", Part::Memory),
    ("visible", Part::Visible),
    ("storm", Part::Storm),
    ("pages", Part::Pages),
];

impl Options {
    /// Reads the arguments. `--bench` is what Cargo adds.
    pub fn parse(arguments: &[String]) -> anyhow::Result<Self> {
        let mut options = Self {
            sizes: vec![1_000, 10_000, 50_000],
            report_only: false,
            parts: PARTS.map(|(_, part)| part).to_vec(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut list = || {
                let value =
                    arguments.next().with_context(|| format!("{argument} needs a value"))?;
                anyhow::Ok(value.split(','))
            };
            match argument.as_str() {
                "--bench" => {}
                "--report-only" => options.report_only = true,
                "--sizes" => options.sizes = list()?.map(str::parse).collect::<Result<_, _>>()?,
                "--only" => options.parts = list()?.map(part).collect::<anyhow::Result<_>>()?,
                other => bail!("unknown argument {other}"),
            }
        }
        Ok(options)
    }

    /// Whether this part is asked for.
    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Whether anything needs a running server.
    pub fn needs_serve(&self) -> bool {
        [Part::Memory, Part::Visible, Part::Storm, Part::Pages]
            .map(|part| self.has(part))
            .contains(&true)
    }
}

fn part(name: &str) -> anyhow::Result<Part> {
    let found = PARTS.iter().find(|(each, _)| *each == name);
    found.map(|(_, part)| *part).with_context(|| format!("unknown part {name}"))
}
