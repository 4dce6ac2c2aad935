//! Requests to a server on loopback that says what it is told to say.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    thread::JoinHandle,
};

use walnut_base::TimeDelta;

use super::*;

/// Answers one connection after the other with these texts; gives back what it was asked.
struct Server {
    url: String,
    thread: JoinHandle<Vec<String>>,
}

impl Server {
    fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let thread = std::thread::spawn(move || {
            let mut asked = Vec::new();
            for answer in answers {
                let (stream, _) = listener.accept().expect("somebody asks");
                asked.push(read_request(&stream));
                // The client may have seen enough already.
                let _closed = (&stream).write_all(answer.as_bytes());
            }
            asked
        });
        Self { url, thread }
    }

    fn asked(self) -> Vec<String> {
        self.thread.join().expect("the server ends after its last answer")
    }
}

/// Head and body of a request.
fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    let mut length = 0;
    loop {
        let start = text.len();
        reader.read_line(&mut text).expect("a line");
        let line = text[start..].trim_end().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    text + &String::from_utf8(body).expect("text")
}

fn request(method: http::Method, url: &str) -> http::Request {
    http::Request { method, url: url.to_owned(), headers: vec![], body: vec![] }
}

const LIMITS: http::Limits = http::Limits { maximum_bytes: 1_000, timeout: TimeDelta::from_secs(20) };

#[test]
fn a_response_has_all_of_its_parts() {
    let answer =
        "HTTP/1.1 418 I'm a teapot\r\nX-One: a\r\nx-two: b\r\nX-ONE: c\r\ncontent-length: 5\r\n\r\nhello";
    let server = Server::start(vec![answer.to_owned()]);
    let mut request = request(http::Method::Post, &server.url);
    request.headers.push(http::Header { name: "x-key".into(), value: b"\xc3\xa4".to_vec() });
    request.body = b"question".to_vec();
    let response = HttpClient::default().exchange(&request, LIMITS).expect("any status is a response");
    assert_eq!((response.status, response.body.as_slice()), (418, &b"hello"[..]));
    let headers = response.headers.iter().map(|header| (header.name.as_str(), header.value.as_slice()));
    let expected: [(&str, &[u8]); 4] =
        [("x-one", b"a"), ("x-one", b"c"), ("x-two", b"b"), ("content-length", b"5")];
    assert_eq!(headers.collect::<Vec<_>>(), expected);
    let asked = server.asked().remove(0).to_lowercase();
    assert!(asked.starts_with("post / http/1.1\r\n"), "{asked}");
    assert!(asked.contains("x-key: ä\r\n") && asked.ends_with("\r\n\r\nquestion"), "{asked}");
    assert!(!asked.contains("user-agent") && !asked.contains("accept-encoding"), "{asked}");
}

#[test]
fn headers_and_body_count_together() {
    let answer = "HTTP/1.1 200 OK\r\na: b\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let size = "a".len() + "b".len() + "transfer-encoding".len() + "chunked".len() + "hello".len();
    let size = u64::try_from(size).expect("small");
    for limit in [size, size - 1, 3] {
        let server = Server::start(vec![answer.to_owned()]);
        let outcome = HttpClient::default().exchange(
            &request(http::Method::Get, &server.url),
            http::Limits { maximum_bytes: limit, ..LIMITS },
        );
        match limit == size {
            true => assert_eq!(outcome.map(|response| response.body), Ok(b"hello".to_vec())),
            false => assert!(
                matches!(outcome, Err(HttpError::TooLarge { limit: found, .. }) if found == limit),
                "{outcome:?}"
            ),
        }
        server.asked();
    }
}

#[test]
fn an_announced_length_is_enough_to_refuse() {
    let server = Server::start(vec!["HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_owned()]);
    let outcome = HttpClient::default().exchange(&request(http::Method::Get, &server.url), LIMITS);
    let size = 1_000_000 + "content-length".len() as u64 + "1000000".len() as u64;
    assert_eq!(outcome, Err(HttpError::TooLarge { limit: 1_000, size }));
    server.asked();
}

#[test]
fn redirects_end() {
    let redirect = |to: &str| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
    let last = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned();
    let server = Server::start(vec![redirect("/there"), last]);
    let response = HttpClient::default().exchange(&request(http::Method::Get, &server.url), LIMITS);
    assert_eq!(response.map(|response| (response.status, response.body)), Ok((200, b"ok".to_vec())));
    assert!(server.asked()[1].starts_with("GET /there"));

    let server = Server::start(vec![redirect("/"); 11]);
    let outcome = HttpClient::default().exchange(&request(http::Method::Get, &server.url), LIMITS);
    assert!(matches!(outcome, Err(HttpError::Failed(_))), "{outcome:?}");
    server.asked();
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let client = HttpClient::default();
    let outcome = client.exchange(&request(http::Method::Get, "not a url"), LIMITS);
    assert!(matches!(outcome, Err(HttpError::InvalidRequest(_))), "{outcome:?}");
    let mut bad = request(http::Method::Get, "http://127.0.0.1:1/");
    bad.headers.push(http::Header { name: "bad name".into(), value: vec![] });
    let outcome = client.exchange(&bad, LIMITS);
    assert!(matches!(outcome, Err(HttpError::InvalidRequest(_))), "{outcome:?}");
    // A port that was free a moment ago: nobody listens.
    let url = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let url = format!("http://{}/", url.expect("a free port"));
    let outcome = client.exchange(&request(http::Method::Get, &url), LIMITS);
    assert!(matches!(outcome, Err(HttpError::Failed(_))), "{outcome:?}");
}

#[test]
fn hosts_are_compared_as_the_reference_compares_them() {
    for (url, host) in [
        ("https://Example.ORG:8443/path?q#f", Some("example.org")),
        ("http://user:word@api.example.org", Some("api.example.org")),
        ("http://bücher.example/", Some("xn--bcher-kva.example")),
        ("http://127.1/", Some("127.0.0.1")),
        ("http://[::1]:80/", Some("[::1]")),
        ("mailto:somebody", None),
        ("/path", None),
        ("", None),
    ] {
        assert_eq!(url_host(url).as_deref(), host, "{url}");
    }
}
