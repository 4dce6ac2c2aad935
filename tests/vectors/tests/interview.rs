//! The reference's answers to wrong questions, from a validator of ours: `tests/vectors/interviews/README.md`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path, sync::Arc};

use tokio::{net::TcpListener, sync::oneshot};
use walnut_base::ValidatorSecretKey;
use walnut_execution::UnsupportedApplications;
use walnut_rpc::{Method, server::serve};
use walnut_storage::MemoryStorage;
use walnut_validator::{Validator, ValidatorStorage};
use walnut_vectors::interview::{Answer, Bytes, Interview};

/// Shards, as the reference's validators had.
const SHARDS: usize = 2;

fn interviews() -> Vec<(String, Interview)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interviews");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: std::path::PathBuf| {
        (file.display().to_string(), serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
    };
    files.map(read).collect()
}

/// Asks what was asked: every difference, by the name of the question.
fn differences(url: &str, interview: &Interview) -> Vec<String> {
    for Bytes(block) in &interview.blocks {
        let path = Method::HANDLE_CONFIRMED_CERTIFICATE.path;
        let answer = Answer::from_validator(url, path, block).unwrap();
        assert!(answer.chain_info().is_some(), "a block of theirs: {}", answer.essence(path));
    }
    let mut differences = Vec::new();
    for question in &interview.questions {
        let answer = Answer::from_validator(url, &question.path, &question.request.0).unwrap();
        let (ours, theirs) = (answer.essence(&question.path), question.answer.essence(&question.path));
        if ours != theirs {
            differences.push(format!("{}:\n  ours   {ours}\n  theirs {theirs}", question.name));
        }
    }
    differences
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ours_answers_as_theirs_did() {
    let interviews = interviews();
    assert!(!interviews.is_empty());
    for (file, interview) in interviews {
        // No member of their committee: what it signs is not compared.
        let secret = ValidatorSecretKey::from_bytes(&[5; 32]).unwrap();
        let storage = ValidatorStorage::Memory(MemoryStorage::new());
        let validator =
            Validator::start(storage, &interview.genesis, &secret, SHARDS, UnsupportedApplications).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let until_stopped = async { drop(stopped.await) };
        let front = Arc::new(validator.front().clone());
        let served = tokio::spawn(serve(front, listener, until_stopped));
        let asked = interview.questions.len();
        let differences = tokio::task::spawn_blocking(move || differences(&url, &interview)).await.unwrap();
        assert!(differences.is_empty(), "{file}, {asked} questions:\n{}", differences.join("\n"));
        stop.send(()).unwrap();
        served.await.unwrap().unwrap();
        tokio::task::spawn_blocking(move || validator.stop()).await.unwrap();
    }
}
