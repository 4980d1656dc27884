//! Asks a server on loopback whether it is ready, with just enough HTTP for that.

use crate::run::Result;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{io, iter};

/// The first free port at or above the wanted one.
pub fn free_port(wanted: u16) -> Result<u16> {
    iter::successors(Some(wanted), |port| port.checked_add(1))
        .take(100)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| format!("ports {wanted} and the next hundred are taken"))
}

/// Waits until `/readyz` answers 200. `alive` ends the waiting early when there is nothing to wait for.
pub fn wait(port: u16, patience: Duration, mut alive: impl FnMut() -> Result) -> Result {
    let deadline = Instant::now() + patience;
    loop {
        alive()?;
        let answer = ask(port).unwrap_or_else(|error| error.to_string());
        if answer.split_whitespace().nth(1) == Some("200") {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(format!("/readyz on port {port} is not ready:\n{answer}"));
        }
        sleep(Duration::from_millis(100));
    }
}

/// The whole answer, head and body, as text.
fn ask(port: u16) -> io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let timeout = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    // One write: a server that answers the first part of a request may close before the second.
    let host = format!("Host: localhost:{port}");
    let request = format!("GET /readyz HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{free_port, wait};
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    /// Answers one request after the other with these status lines.
    fn server(answers: &'static [&'static str]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]);
                write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").unwrap();
            }
        });
        port
    }

    #[test]
    fn waits_until_the_answer_is_200() {
        let port = server(&["503 Service Unavailable", "200 OK"]);
        assert_eq!(wait(port, Duration::from_secs(10), || Ok(())), Ok(()));
    }

    #[test]
    fn stops_waiting_for_what_has_ended() {
        let port = free_port(40_000).unwrap();
        let outcome = wait(port, Duration::from_secs(10), || Err("it ended".to_owned()));
        assert_eq!(outcome, Err("it ended".to_owned()));
    }

    #[test]
    fn a_taken_port_is_passed_over() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = listener.local_addr().unwrap().port();
        assert_ne!(free_port(taken), Ok(taken));
    }
}
