//! A browser on a lead: starts Chromium without a window and talks to it by its DevTools protocol.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Chromium under one of its names, where it is installed.
pub fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}

/// A browser with one page; gone when dropped.
pub struct Browser {
    process: Child,
    socket: TcpStream,
    number: u64,
    /// What the browser reported by itself so far.
    pub events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts one and connects to its page.
    pub fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let process = Command::new(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Chromium starts");
        let port = wait_for(|| {
            let text = fs::read_to_string(profile.path().join("DevToolsActivePort")).ok()?;
            text.lines().next()?.parse::<u16>().ok()
        });
        let path = wait_for(|| page_path(port));
        let socket = upgrade(port, &path);
        let mut browser = Self {
            process,
            socket,
            number: 0,
            events: Vec::new(),
            _profile: profile,
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method and waits for its answer; events on the way are kept.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let number = self.number;
        let call = json!({ "id": number, "method": method, "params": parameters });
        send(&mut self.socket, 1, call.to_string().as_bytes());
        loop {
            let message = self.receive();
            if message["id"] == number {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// Opens a file and waits until it is loaded.
    pub fn open(&mut self, file: &Path) {
        self.call(
            "Page.navigate",
            json!({ "url": format!("file://{}", file.display()) }),
        );
        let is_load = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(is_load) {
            let event = self.receive();
            self.events.push(event);
        }
        self.events.retain(|event| !is_load(event));
    }

    /// The value of an expression in the page; whatever it throws fails the test.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Presses a key as a person does.
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            other => panic!("no key {other}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// A picture of the whole page.
    pub fn picture(&mut self, file: &Path) {
        let asked = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.call("Page.captureScreenshot", asked);
        fs::write(file, base64(answer["data"].as_str().expect("a picture"))).expect("a file");
    }

    /// The page as PDF.
    pub fn print(&mut self, file: &Path) -> Vec<u8> {
        let answer = self.call("Page.printToPDF", json!({ "preferCSSPageSize": true }));
        let bytes = base64(answer["data"].as_str().expect("a document"));
        fs::write(file, &bytes).expect("a file");
        bytes
    }

    fn receive(&mut self) -> Value {
        let mut whole = Vec::new();
        loop {
            let (last, kind, payload) = frame(&mut self.socket);
            match kind {
                9 => send(&mut self.socket, 10, &payload),
                8 => panic!("the browser hung up"),
                _ => whole.extend(payload),
            }
            if last && kind < 8 {
                return serde_json::from_slice(&whole).expect("JSON");
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait_for<T>(what: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "Chromium does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn connect(port: u16) -> Option<TcpStream> {
    let socket = TcpStream::connect(("127.0.0.1", port)).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    Some(socket)
}

/// The address of the page that the browser started with.
fn page_path(port: u16) -> Option<String> {
    let mut socket = connect(port)?;
    write!(socket, "GET /json/list HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let head = head(&mut socket)?;
    let length = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    };
    let mut body = vec![0; head.lines().find_map(length)?];
    socket.read_exact(&mut body).ok()?;
    let targets: Value = serde_json::from_slice(&body).ok()?;
    let page = targets.as_array()?.iter().find(|t| t["type"] == "page")?;
    let address = page["webSocketDebuggerUrl"].as_str()?;
    let (_, path) = address.strip_prefix("ws://")?.split_once('/')?;
    Some(format!("/{path}"))
}

/// The head of an answer.
fn head(socket: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Opens a WebSocket (RFC 6455). Its key only keeps caches from answering; here are none.
fn upgrade(port: u16, path: &str) -> TcpStream {
    let mut socket = connect(port).expect("the browser listens");
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: cmFpbGFpcnJhaWxhaXJyYQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .expect("a request");
    let head = head(&mut socket).expect("an answer");
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    socket
}

/// Sends a frame; a client must mask, and a mask of zeros changes nothing.
fn send(socket: &mut TcpStream, kind: u8, payload: &[u8]) {
    let mut frame = vec![0x80 | kind];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    socket.write_all(&frame).expect("the browser listens");
}

/// Receives a frame: whether it is a message's last, its kind, its payload.
fn frame(socket: &mut TcpStream) -> (bool, u8, Vec<u8>) {
    let mut head = [0; 2];
    socket
        .read_exact(&mut head)
        .expect("the browser answers in time");
    let length = match head[1] & 0x7f {
        126 => {
            let mut long = [0; 2];
            socket.read_exact(&mut long).expect("a length");
            u64::from(u16::from_be_bytes(long))
        }
        127 => {
            let mut long = [0; 8];
            socket.read_exact(&mut long).expect("a length");
            u64::from_be_bytes(long)
        }
        short => u64::from(short),
    };
    let mut payload = vec![0; length as usize];
    socket.read_exact(&mut payload).expect("a payload");
    (head[0] & 0x80 != 0, head[0] & 0x0f, payload)
}

/// Bytes from their text in base 64 (RFC 4648).
fn base64(text: &str) -> Vec<u8> {
    let value = |sign: u8| match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for sign in text.bytes().filter(|&sign| sign != b'=') {
        bits = bits << 6 | u32::from(value(sign));
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}
