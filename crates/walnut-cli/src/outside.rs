//! What applications feel of a native machine: a clock, HTTP, and a log for developers.

use std::time::Instant;

use walnut_base::{ApplicationId, TimeDelta, http};
use walnut_execution::{ExecutionError, LogLevel, Outside};
use walnut_rpc::http::{HttpClient, HttpError, url_host};

/// How long a service may think about a question of the program's user.
const QUERY_LIMIT: TimeDelta = TimeDelta::from_secs(60);

/// A native machine. An HTTP request of an application blocks the thread until its answer is here; a program with one
/// user has nothing better to do meanwhile.
#[derive(Clone, Debug)]
pub struct NativeOutside {
    start: Instant,
    client: HttpClient,
}

impl Default for NativeOutside {
    fn default() -> Self {
        Self { start: Instant::now(), client: HttpClient::default() }
    }
}

impl Outside for NativeOutside {
    fn elapsed(&self) -> TimeDelta {
        TimeDelta::from_micros(u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    fn query_limit(&self) -> Option<TimeDelta> {
        Some(QUERY_LIMIT)
    }

    fn url_host(&self, url: &str) -> Option<String> {
        url_host(url)
    }

    async fn http(
        &self,
        request: &http::Request,
        limits: http::Limits,
    ) -> Result<http::Response, ExecutionError> {
        self.client.exchange(request, limits).map_err(|error| match error {
            HttpError::TooLarge { limit, size } => {
                ExecutionError::HttpResponseSizeLimitExceeded { limit, size }
            }
            error => ExecutionError::HttpRequestFailed(error.to_string()),
        })
    }

    fn log(&self, application_id: &ApplicationId, level: LogLevel, message: &str) {
        tracing::debug!(%application_id, ?level, "{message}");
    }
}

#[cfg(test)]
mod tests {
    //! How requests end.

    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
    };

    use super::*;

    fn ask(url: String, maximum_bytes: u64) -> Result<http::Response, ExecutionError> {
        let request = http::Request { method: http::Method::Get, url, headers: vec![], body: vec![] };
        let limits = http::Limits { maximum_bytes, timeout: TimeDelta::from_secs(20) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(NativeOutside::default().http(&request, limits))
    }

    #[test]
    fn large_answers_and_silence_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let server = std::thread::spawn(move || {
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().expect("somebody asks");
                assert!(stream.read(&mut [0; 4096]).expect("reads") > 0);
                stream.write_all(b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n12345").expect("writes");
            }
        });
        assert_eq!(ask(url.clone(), 7).map(|response| response.body), Ok(b"12345".to_vec()));
        let expected = ExecutionError::HttpResponseSizeLimitExceeded { limit: 6, size: 7 };
        assert_eq!(ask(url.clone(), 6), Err(expected));
        server.join().expect("it ends");
        let silence = ask(url, 7);
        assert!(matches!(silence, Err(ExecutionError::HttpRequestFailed(_))), "{silence:?}");
    }
}
