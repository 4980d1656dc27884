//! A ZIP archive with the sums of what is in it, written file by file. Nothing is compressed: who reads
//! it in ten years needs no more than the format's description.

use std::fmt::Write as _;
use std::io::{self, Read, Seek, Write};

use jiff::Timestamp;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The last file, in the form that `sha256sum --check` reads.
pub const SUMS: &str = "SHA256SUMS";

/// An archive that is not complete yet.
pub struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    options: SimpleFileOptions,
    sums: String,
}

impl<W: Write + Seek> Archive<W> {
    /// Without files. They are all of this moment.
    pub fn new(out: W, at: Timestamp) -> Self {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(moment(at));
        Self { zip: ZipWriter::new(out), options, sums: String::new() }
    }

    /// Adds a file of which all is there.
    pub fn add(&mut self, name: &str, mut content: impl Read) -> io::Result<()> {
        let mut file = self.begin(name)?;
        io::copy(&mut content, &mut file)?;
        file.end();
        Ok(())
    }

    /// Begins a file that is written piece by piece.
    pub fn begin(&mut self, name: &str) -> io::Result<Begun<'_, W>> {
        self.zip.start_file(name, self.options)?;
        Ok(Begun { archive: self, name: name.to_owned(), digest: Sha256::new() })
    }

    /// Adds the sums, and what ends the archive.
    pub fn finish(mut self) -> io::Result<W> {
        self.zip.start_file(SUMS, self.options)?;
        self.zip.write_all(self.sums.as_bytes())?;
        Ok(self.zip.finish()?)
    }
}

/// A file that is being written.
pub struct Begun<'a, W: Write + Seek> {
    archive: &'a mut Archive<W>,
    name: String,
    digest: Sha256,
}

impl<W: Write + Seek> Begun<'_, W> {
    /// That was all of it.
    pub fn end(self) {
        let sum = self.digest.finalize();
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        // A String takes all that is written.
        let _ = writeln!(self.archive.sums, "{sum}  {}", self.name);
    }
}

impl<W: Write + Seek> Write for Begun<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.archive.zip.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.archive.zip.flush()
    }
}

/// The format has local times from 1980 to 2107; ours are UTC. What it has not is its first one.
fn moment(at: Timestamp) -> DateTime {
    let at = Offset::UTC.to_datetime(at);
    let small = |number: i8| number.unsigned_abs();
    let year = at.year().unsigned_abs();
    let (month, day) = (small(at.month()), small(at.day()));
    let (hour, minute, second) = (small(at.hour()), small(at.minute()), small(at.second()));
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use zip::ZipArchive;

    use super::*;

    fn read(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn what_was_written_is_there_with_its_sum() {
        let at = "2026-11-24T10:11:12Z".parse().unwrap();
        let mut archive = Archive::new(Cursor::new(Vec::new()), at);
        archive.add("a.csv", "abc".as_bytes()).unwrap();
        let mut file = archive.begin("b.jsonl").unwrap();
        file.write_all(b"{}").unwrap();
        file.write_all(b"\n").unwrap();
        file.end();
        let mut archive = ZipArchive::new(archive.finish().unwrap()).unwrap();
        assert_eq!(archive.file_names().collect::<Vec<_>>(), ["a.csv", "b.jsonl", SUMS]);
        assert_eq!(read(&mut archive, "a.csv"), "abc");
        assert_eq!(read(&mut archive, "b.jsonl"), "{}\n");
        // The sum of "abc" stands in FIPS 180-2, appendix B.1.
        let sums = read(&mut archive, SUMS);
        assert!(
            sums.starts_with(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.csv\n"
            ),
            "{sums}"
        );
        assert_eq!(sums.lines().count(), 2, "{sums}");
    }

    #[test]
    fn a_moment_that_the_format_has_not_is_its_first_one() {
        let year = |at: &str| moment(at.parse().unwrap()).year();
        assert_eq!(year("2026-11-24T10:11:12Z"), 2026);
        assert_eq!((year("1970-01-01T00:00:00Z"), year("-000001-01-01T00:00:00Z")), (1980, 1980));
    }
}
