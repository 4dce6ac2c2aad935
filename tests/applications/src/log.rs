//! What applications write into their log.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt as _};

/// Keeps what applications say while the person's nodes of this thread execute them. Validators run in other threads.
pub struct Log {
    text: Buffer,
    _guard: DefaultGuard,
}

impl Log {
    /// Listens on this thread until dropped.
    pub fn listen() -> Self {
        let text = Buffer::default();
        let writer = text.clone();
        let lines = fmt::layer().with_writer(move || writer.clone());
        let only = Targets::new().with_target("walnut_cli::outside", Level::DEBUG);
        let subscriber = tracing_subscriber::registry().with(lines).with(only);
        Self { text, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// Everything since the last time.
    pub fn take(&self) -> String {
        let mut bytes = self.text.0.lock().expect("nobody panics while writing");
        String::from_utf8(std::mem::take(&mut *bytes)).expect("a log is text")
    }
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
