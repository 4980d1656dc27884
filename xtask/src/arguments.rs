//! Reads the options of one command, and refuses what it does not know.

use crate::run::Result;

/// What is left of a command line while options are taken out of it.
pub struct Arguments(Vec<String>);

impl Arguments {
    pub fn new(arguments: &[String]) -> Self {
        Self(arguments.to_vec())
    }

    /// Takes `--name`, and says whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// Takes `--name VALUE` or `--name=VALUE`.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        let Some(at) = self.0.iter().position(|a| a == name || a.starts_with(&joined)) else {
            return Ok(None);
        };
        let found = self.0.remove(at);
        if let Some(value) = found.strip_prefix(&joined) {
            return Ok(Some(value.to_owned()));
        }
        if at < self.0.len() {
            return Ok(Some(self.0.remove(at)));
        }
        Err(format!("{name} needs a value"))
    }

    /// Takes `--name N`.
    pub fn number<N: std::str::FromStr>(&mut self, name: &str) -> Result<Option<N>> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("{name} needs a number, not {text}"))
    }

    /// The arguments that are not options, or an error that names an option nobody took.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.0.iter().find(|argument| argument.starts_with('-')) {
            Some(unknown) => Err(format!("no such option: {unknown}")),
            None => Ok(self.0),
        }
    }

    /// For commands without any argument but their options.
    pub fn nothing_more(self) -> Result {
        match self.rest()?.first() {
            Some(unknown) => Err(format!("unexpected argument: {unknown}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(text: &str) -> Arguments {
        Arguments(text.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_are_taken_and_the_rest_is_left() {
        let mut arguments = arguments("/a --dark --width 500 --port=9 /b");
        assert!(arguments.flag("--dark"));
        assert!(!arguments.flag("--no-js"));
        assert_eq!(arguments.number("--width"), Ok(Some(500)));
        assert_eq!(arguments.number::<u16>("--port"), Ok(Some(9)));
        assert_eq!(arguments.rest(), Ok(vec!["/a".to_owned(), "/b".to_owned()]));
    }

    #[test]
    fn what_nobody_took_is_refused() {
        assert!(arguments("--drak").rest().is_err());
        assert!(arguments("extra").nothing_more().is_err());
        assert!(arguments("--width").value("--width").is_err());
        assert!(arguments("--width wide").number::<u32>("--width").is_err());
    }
}
