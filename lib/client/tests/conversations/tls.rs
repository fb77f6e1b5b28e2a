//! TLS 1.3 with a certificate that is trusted, or nothing: against the server of OpenSSL.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use certified_client::{Chronicle, Class, ClientError, Failure, Transport};
use certified_evidence::EventId;

use crate::samples::token;
use crate::stub::HASTY;

/// Runs until it is dropped; a request for an event is answered with 404, which says that it arrived.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(folder: &Path, options: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let events = folder.join("chronicle/events");
        std::fs::create_dir_all(&events).unwrap();
        std::fs::write(
            events.join("evt-1"),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
        let address = format!("127.0.0.1:{port}");
        let mut child = Command::new("openssl")
            .args([
                "s_server", "-accept", &address, "-cert", "cert.pem", "-key", "key.pem", "-HTTP",
            ])
            .args(options)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines.any(|line| line.unwrap().contains("ACCEPT")),
            "the server did not start"
        );
        // Its output is read on, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A key and a self-signed certificate for a host; gives back the certificate.
fn certificate(folder: &Path, host: &str) -> String {
    let subject = format!("/CN={host}");
    let names = format!("subjectAltName=DNS:{host}");
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ])
        .args([
            "-days",
            "2",
            "-subj",
            &subject,
            "-addext",
            &names,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read_to_string(folder.join("cert.pem")).unwrap()
}

async fn ask(transport: Transport, server: &Server) -> Result<(), ClientError> {
    let base = format!("https://localhost:{}", server.port).parse().unwrap();
    let id: EventId = "evt-1".parse().unwrap();
    let event = Chronicle::new(transport, base, token())
        .with_patience(HASTY)
        .event(&id)
        .await?;
    assert!(event.is_none());
    Ok(())
}

fn trusting(root: &str) -> Transport {
    Transport::builder().extra_root(root).build().unwrap()
}

#[tokio::test]
async fn a_server_with_tls_1_3_and_a_trusted_certificate_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let root = certificate(folder.path(), "localhost");
    let server = Server::start(folder.path(), &["-tls1_3"]);
    ask(trusting(&root), &server).await.unwrap();
}

#[tokio::test]
async fn a_server_that_only_has_tls_1_2_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let root = certificate(folder.path(), "localhost");
    let server = Server::start(folder.path(), &["-tls1_2"]);
    let error = ask(trusting(&root), &server).await.unwrap_err();
    assert!(matches!(error.what, Failure::Tls(_)), "{error}");
    assert_eq!(error.class(), Class::Verification);
    assert!(error.nothing_was_sent());
    assert!(error.advice().contains("CHITTY_API_GATEWAY"));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path(), "localhost");
    let server = Server::start(folder.path(), &["-tls1_3"]);
    let error = ask(Transport::new().unwrap(), &server).await.unwrap_err();
    assert!(matches!(error.what, Failure::Tls(_)), "{error}");
}

#[tokio::test]
async fn a_trusted_certificate_of_another_host_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = certificate(folder.path(), "other.example");
    let server = Server::start(folder.path(), &["-tls1_3"]);
    let error = ask(trusting(&root), &server).await.unwrap_err();
    assert!(matches!(error.what, Failure::Tls(_)), "{error}");
}

#[test]
fn an_extra_root_that_is_no_certificate_is_refused() {
    for pem in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(Transport::builder().extra_root(pem).build().is_err(), "{pem}");
    }
}
