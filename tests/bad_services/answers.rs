//! Answers that are no answers: too large, no JSON, or a word to ask somewhere else. Each is refused by its kind, and nothing of it is
//! shown, because it may echo what was sent.

use crate::meddling::{Act, Answer, Asked, Said, Scene, Service};
use crate::writes;

/// Stands in every answer and nowhere in what is printed.
const ECHO: &str = "ECHO-OF-WHAT-WAS-SENT";
/// Bytes; more than any small conversation takes.
const TOO_MUCH: usize = 2 * 1024 * 1024;

/// One service answers one question with this. What was written before it is counted in requests.
async fn answered((service, method, path): Question, answer: fn() -> Answer) -> (Scene, Said) {
    let scene = Scene::meddled(move |asked: &Asked| {
        match asked.service == service && asked.method == method && asked.path.starts_with(path) {
            true => Act::Answer(answer()),
            false => Act::Forward,
        }
    })
    .await;
    let said = scene.run().await;
    assert!(
        !said.stderr.contains(ECHO) && !said.stdout.contains(ECHO),
        "{}",
        said.stderr
    );
    (scene, said)
}

fn too_large() -> Answer {
    Answer::json(200, &ECHO.repeat(TOO_MUCH / ECHO.len()))
}

fn not_json() -> Answer {
    Answer::json(200, &format!("<html><title>{ECHO}</title></html>"))
}

fn another_shape() -> Answer {
    Answer::json(200, &format!(r#"{{"success":"{ECHO}"}}"#))
}

fn an_error_page() -> Answer {
    Answer {
        status: 418,
        headers: vec![],
        body: format!("<html>{ECHO}</html>").into(),
    }
}

/// Whoever followed it would ask npm for what was meant for another.
fn elsewhere() -> Answer {
    Answer {
        status: 307,
        headers: vec![("location", format!("http://127.0.0.1:9/{ECHO}"))],
        body: ECHO.into(),
    }
}

/// Who is asked, how, and where the path begins.
type Question = (Service, &'static str, &'static str);

const CHITTY_ID: Question = (Service::ChittyId, "POST", "/v1/");
const TIMESTAMPS: Question = (Service::ChittyId, "POST", "/api/v1/timestamp");
const LOG: Question = (Service::Gateway, "POST", "/log/");
const CHRONICLE: Question = (Service::Gateway, "POST", "/chronicle/");
const REGISTRY: Question = (Service::Gateway, "GET", "/");
const NPM: Question = (Service::Npm, "GET", "/");
const PUT: Question = (Service::Npm, "PUT", "/");

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    for (question, code, name, written) in [
        (CHITTY_ID, "certificate/answer", "too-large-chittyid", 1),
        (TIMESTAMPS, "sign/answer", "too-large-timestamps", 2),
        (LOG, "sign/answer", "too-large-log", 3),
        (CHRONICLE, "chronicle/answer", "too-large-chronicle", 4),
        (REGISTRY, "certificate/answer", "too-large-registry", 0),
    ] {
        let (scene, said) = answered(question, too_large).await;
        said.stops(40, code).shows(name);
        assert_eq!(scene.written(), writes(6)[..written]);
        assert!(scene.archived().is_empty());
    }
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_not_shown() {
    for (question, code, name, written) in [
        (CHITTY_ID, "certificate/answer", "not-json-chittyid", 1),
        (TIMESTAMPS, "sign/answer", "not-der-timestamps", 2),
        (LOG, "sign/answer", "not-json-log", 3),
        (CHRONICLE, "chronicle/answer", "not-json-chronicle", 4),
        (REGISTRY, "certificate/answer", "not-json-registry", 0),
        (NPM, "certificate/answer", "not-json-npm", 0),
    ] {
        let (scene, said) = answered(question, not_json).await;
        said.stops(40, code).shows(name);
        assert_eq!(scene.written(), writes(6)[..written]);
        assert!(scene.archived().is_empty());
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_is_not_shown() {
    let (scene, said) = answered(CHITTY_ID, another_shape).await;
    said.stops(40, "certificate/answer").shows("another-shape-chittyid");
    assert_eq!(scene.written(), writes(1));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for (question, code, name, written) in [
        (CHITTY_ID, "certificate/refused", "redirect-chittyid", 1),
        (TIMESTAMPS, "sign/refused", "redirect-timestamps", 2),
        (LOG, "sign/refused", "redirect-log", 3),
        (CHRONICLE, "chronicle/refused", "redirect-chronicle", 4),
        (REGISTRY, "certificate/refused", "redirect-registry", 0),
        (NPM, "certificate/refused", "redirect-npm", 0),
        (PUT, "publish/refused", "redirect-publish", 10),
    ] {
        let (scene, said) = answered(question, elsewhere).await;
        said.stops(2, code).shows(name);
        assert_eq!(scene.written(), writes(6)[..written]);
    }
}

#[tokio::test]
async fn an_error_page_in_between_is_not_shown() {
    let (scene, said) = answered(CHITTY_ID, an_error_page).await;
    said.stops(2, "certificate/refused").shows("error-page-chittyid");
    assert_eq!(scene.written(), writes(1));
}
