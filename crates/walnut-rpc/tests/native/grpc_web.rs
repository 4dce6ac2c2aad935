//! gRPC-web and CORS over HTTP/1, with requests written by hand; health and reflection.

use bytes::Bytes;
use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use walnut_base::{BlockHeight, ChainInfoQuery, ChainInfoResponse, NodeError, Notification, Reason, Round};
use walnut_rpc::{
    Code, Method, Status,
    grpc_web::{CONTENT_TYPE, Response, encode},
    proto,
};

use crate::support::{TestServer, blob_id, chain, chain_info};

/// One HTTP/1 exchange, read bit by bit.
struct Http1 {
    stream: TcpStream,
    buffer: Vec<u8>,
    status: u16,
    headers: Vec<(String, String)>,
}

impl Http1 {
    async fn send(server: &TestServer, head: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let mut request = format!("{head} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut this = Self { stream, buffer: Vec::new(), status: 0, headers: Vec::new() };
        this.status = this.line().await.split(' ').nth(1).unwrap().parse().unwrap();
        loop {
            let line = this.line().await;
            let Some((name, value)) = line.split_once(':') else { break };
            this.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        this
    }

    fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    async fn fill(&mut self) {
        let mut bytes = [0; 4096];
        let count = self.stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "the connection ended early");
        self.buffer.extend_from_slice(&bytes[..count]);
    }

    async fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8(self.buffer[..end].to_vec()).unwrap();
                self.buffer.drain(..end + 2);
                return line;
            }
            self.fill().await;
        }
    }

    /// The next chunk of a chunked body; `None` at its end.
    async fn chunk(&mut self) -> Option<Vec<u8>> {
        if self.header("content-length").as_deref() == Some("0") {
            return None;
        }
        assert_eq!(self.header("transfer-encoding").as_deref(), Some("chunked"));
        let length = usize::from_str_radix(&self.line().await, 16).unwrap();
        while self.buffer.len() < length + 2 {
            self.fill().await;
        }
        let chunk = self.buffer.drain(..length + 2).take(length).collect();
        (length > 0).then_some(chunk)
    }
}

async fn call(server: &TestServer, method: Method, message: &impl prost::Message) -> Http1 {
    let body = encode(&message.encode_to_vec()).unwrap();
    let headers = [
        ("content-type", CONTENT_TYPE),
        ("accept", CONTENT_TYPE),
        ("x-grpc-web", "1"),
        ("origin", "moz-extension://b8a9e0d2"),
    ];
    Http1::send(server, &format!("POST {}", method.path), &headers, &body).await
}

/// All messages of an answer, fed to our decoder one byte at a time.
async fn messages(mut http: Http1) -> Result<Vec<Bytes>, Status> {
    let mut response = Response::start(http.status, |name| http.header(name))?;
    let mut messages = Vec::new();
    while let Some(chunk) = http.chunk().await {
        for byte in chunk {
            response.push(&[byte]);
            messages.extend(response.next_message()?);
        }
    }
    response.finish()?;
    Ok(messages)
}

fn query() -> proto::ChainInfoQuery {
    (&ChainInfoQuery::new(chain(1))).into()
}

#[tokio::test]
async fn a_unary_call() {
    let server = TestServer::start().await;
    let http = call(&server, Method::HANDLE_CHAIN_INFO_QUERY, &query()).await;
    assert_eq!(http.status, 200);
    assert_eq!(http.header("content-type").as_deref(), Some(CONTENT_TYPE));
    assert_eq!(http.header("access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(http.header("access-control-expose-headers").as_deref(), Some("*"));
    assert_eq!(http.header("access-control-allow-credentials"), None);
    let messages = messages(http).await.unwrap();
    assert_eq!(messages.len(), 1);
    let result = proto::ChainInfoResult::decode(messages[0].clone()).unwrap();
    assert_eq!(Result::<ChainInfoResponse, NodeError>::from(result), Ok(chain_info()));
    server.stop().await;
}

#[tokio::test]
async fn errors_before_data_come_as_headers() {
    let server = TestServer::start().await;
    let http = call(&server, Method::DOWNLOAD_BLOB, &proto::BlobId::from(blob_id(1))).await;
    assert_eq!(http.status, 200);
    assert_eq!(http.header("grpc-status").as_deref(), Some("5"));
    let status = messages(http).await.unwrap_err();
    assert_eq!(status, Status::new(Code::NotFound, format!("Blob not found {}", blob_id(1))));
    server.stop().await;
}

#[tokio::test]
async fn a_subscription() {
    let server = TestServer::start().await;
    let request = proto::SubscriptionRequest::from([chain(1)].as_slice());
    let mut http = call(&server, Method::SUBSCRIBE, &request).await;
    assert_eq!(http.status, 200);
    let mut response = Response::start(http.status, |name| http.header(name)).unwrap();
    response.push(&http.chunk().await.unwrap());
    // The acknowledgement.
    assert_eq!(response.next_message(), Ok(Some(Bytes::new())));

    let reason = Reason::NewRound { height: BlockHeight(1), round: Round::Fast };
    let notification = Notification { chain_id: chain(1), reason };
    server.set(|state| state.subscribers[0].1.send(notification.clone()).unwrap());
    response.push(&http.chunk().await.unwrap());
    let message = response.next_message().unwrap().unwrap();
    let message = proto::Notification::decode(message).unwrap();
    assert_eq!(Option::<Notification>::try_from(message), Ok(Some(notification)));

    server.set(|state| state.subscribers.clear());
    while let Some(chunk) = http.chunk().await {
        response.push(&chunk);
    }
    assert_eq!(response.next_message(), Ok(None));
    assert!(response.is_ended());
    drop(http);
    server.stop().await;
}

#[tokio::test]
async fn preflights_are_answered_for_any_origin() {
    let server = TestServer::start().await;
    let headers = [
        ("origin", "chrome-extension://abcdefgh"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-grpc-web"),
    ];
    let head = format!("OPTIONS {}", Method::HANDLE_CHAIN_INFO_QUERY.path);
    let http = Http1::send(&server, &head, &headers, &[]).await;
    assert_eq!(http.status, 200);
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "*"),
        ("access-control-allow-headers", "*"),
    ] {
        assert_eq!(http.header(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(http.header("access-control-allow-credentials"), None);
    drop(http);
    server.stop().await;
}

#[tokio::test]
async fn other_http1_requests_are_refused() {
    let server = TestServer::start().await;
    let path = Method::HANDLE_CHAIN_INFO_QUERY.path;
    let get = Http1::send(&server, &format!("GET {path}"), &[("content-type", CONTENT_TYPE)], &[]).await;
    assert_eq!(get.status, 405);
    let json =
        Http1::send(&server, &format!("POST {path}"), &[("content-type", "application/json")], &[]).await;
    assert_eq!(json.status, 400);
    drop((get, json));
    server.stop().await;
}

#[tokio::test]
async fn health_and_reflection() {
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };

    let server = TestServer::start().await;
    let mut health = HealthClient::new(server.channel().await);
    for service in ["", "rpc.v1.ValidatorNode"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let status = health.check(request).await.unwrap().into_inner().status();
        assert_eq!(status, ServingStatus::Serving, "{service}");
    }
    let mut reflection = ServerReflectionClient::new(server.channel().await);
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let requests = futures_util::stream::iter([request]);
    let mut answers = reflection.server_reflection_info(requests).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("expected a list of services")
    };
    assert!(list.service.iter().any(|service| service.name == "rpc.v1.ValidatorNode"));
    drop((answers, reflection, health));
    server.stop().await;
}
