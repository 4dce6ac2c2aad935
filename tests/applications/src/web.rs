//! A web server that tells a price.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

/// Answers `GET /price`, and nothing else, on a free port of this machine, one after the other, until dropped.
pub struct Web {
    /// Where it answers.
    pub url: String,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    price: AtomicU64,
    requests: AtomicU64,
    numbers_answers: AtomicBool,
    is_over: AtomicBool,
}

impl Web {
    /// A server that says 0.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let url = format!("http://{}/price", listener.local_addr().expect("it is bound"));
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.is_over.load(Ordering::SeqCst) {
                    return;
                }
                if let Err(error) = stream.and_then(|stream| shared.answer(stream)) {
                    eprintln!("web: somebody went away before the answer: {error}");
                }
            }
        });
        Self { url, state, thread: Some(thread) }
    }

    /// What it says from now on.
    pub fn set(&self, price: u64) {
        self.state.price.store(price, Ordering::SeqCst);
    }

    /// From now on no two answers have the same headers, as with most servers.
    pub fn number_answers(&self) {
        self.state.numbers_answers.store(true, Ordering::SeqCst);
    }

    /// How many requests there were since the last time.
    pub fn take_requests(&self) -> u64 {
        self.state.requests.swap(0, Ordering::SeqCst)
    }
}

impl State {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let (status, body) = match request.starts_with("GET /price ") {
            true => ("200 OK", format!("{}\n", self.price.load(Ordering::SeqCst))),
            false => ("404 Not Found", String::new()),
        };
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n", body.len())?;
        if self.numbers_answers.load(Ordering::SeqCst) {
            write!(stream, "x-answer: {number}\r\n")?;
        }
        write!(stream, "\r\n{body}")
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        let address = self.url.trim_start_matches("http://").trim_end_matches("/price");
        // Wakes the thread; if that is impossible, it is gone already.
        if TcpStream::connect(address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            thread.join().expect("the server does not panic");
        }
    }
}
