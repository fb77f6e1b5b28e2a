//! Every way in which a call can fail, as the caller sees it.

use std::time::Duration;

use certified_client::{Chronicle, Class, ClientError, Failure, Patience};

use crate::samples::{chronicle, event, event_reply, token, transport};
use crate::stub::{After, HASTY, Reply, Stub, hangs_up_after, nobody};

async fn refusal(reply: Reply) -> ClientError {
    let stub = Stub::new([reply]).await;
    chronicle(&stub).record(&event()).await.unwrap_err()
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    let body = r#"{"error_code":"SOME_CODE","message":"some words"}"#;
    let meanings = [
        (
            400,
            Class::Usage,
            "the Chronicle refuses the request, status 400 (SOME_CODE: some words)",
        ),
        (
            401,
            Class::Authentication,
            "the Chronicle does not accept the token (SOME_CODE: some words)",
        ),
        (
            403,
            Class::Authentication,
            "the Chronicle does not permit this with the token given (SOME_CODE: some words)",
        ),
        (
            404,
            Class::Usage,
            "the Chronicle does not have what was asked for (SOME_CODE: some words)",
        ),
        (
            409,
            Class::Conflict,
            "the Chronicle already has something else there (SOME_CODE: some words)",
        ),
        (
            429,
            Class::Unavailable,
            "the Chronicle has had too many requests (SOME_CODE: some words)",
        ),
        (
            500,
            Class::Unavailable,
            "the Chronicle is unavailable, status 500 (SOME_CODE: some words)",
        ),
        (
            501,
            Class::Unavailable,
            "the Chronicle refuses the request, status 501 (SOME_CODE: some words)",
        ),
        (
            503,
            Class::Unavailable,
            "the Chronicle is unavailable, status 503 (SOME_CODE: some words)",
        ),
    ];
    for (status, class, sentence) in meanings {
        let error = refusal(Reply::json(status, body)).await;
        assert_eq!((error.class(), error.to_string().as_str()), (class, sentence));
        assert!(!error.advice().is_empty());
        assert!(!error.nothing_was_sent());
    }
}

#[tokio::test]
async fn an_error_without_json_shows_its_status_and_nothing_of_its_body() {
    let error = refusal(Reply::json(502, "<html>nginx secret</html>")).await;
    assert_eq!(error.to_string(), "the Chronicle is unavailable, status 502");
}

#[tokio::test]
async fn an_error_that_never_ends_is_still_known_by_its_status() {
    let error = refusal(Reply::json(403, "{").then(After::MoreForever)).await;
    assert!(matches!(error.what, Failure::Forbidden(_)), "{error}");
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_was_sent() {
    let error = Chronicle::new(transport(), nobody().await, token())
        .with_patience(HASTY)
        .record(&event())
        .await
        .unwrap_err();
    assert!(matches!(error.what, Failure::NotSent(_)), "{error}");
    assert!(error.nothing_was_sent());
    assert_eq!(error.class(), Class::Unavailable);
}

#[tokio::test]
async fn hanging_up_without_an_answer_leaves_the_outcome_unknown() {
    let (base, count) = hangs_up_after("").await;
    let error = Chronicle::new(transport(), base, token())
        .with_patience(HASTY)
        .record(&event())
        .await
        .unwrap_err();
    assert!(matches!(error.what, Failure::Unknown(_)), "{error}");
    assert_eq!(error.class(), Class::Unknown);
    assert!(!error.nothing_was_sent());
    assert_eq!(*count.lock().unwrap(), 3);
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_outcome_unknown() {
    let (base, _) = hangs_up_after("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"success\":").await;
    let error = Chronicle::new(transport(), base, token())
        .with_patience(HASTY)
        .record(&event())
        .await
        .unwrap_err();
    assert!(matches!(error.what, Failure::Unknown(_)), "{error}");
}

#[tokio::test]
async fn a_body_that_never_ends_meets_the_deadline() {
    let stub = Stub::new([Reply::json(201, "{").then(After::Silence)]).await;
    let patience = Patience {
        timeout: Duration::from_millis(300),
        attempts: 1,
        ..HASTY
    };
    let error = chronicle(&stub)
        .with_patience(patience)
        .record(&event())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Chronicle was asked, and its answer was lost: no whole answer within 0.3 s"
    );
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_read() {
    for reply in [
        Reply::json(201, "{").then(After::MoreForever),
        Reply::json(201, &" ".repeat(65 * 1024)),
    ] {
        let error = refusal(reply).await;
        assert!(matches!(error.what, Failure::TooLarge { limit: 65_536 }), "{error}");
        assert_eq!(error.class(), Class::Verification);
    }
}

#[tokio::test]
async fn an_unreadable_success_is_described_by_place_and_field_and_not_shown() {
    let whole = event_reply().to_string();
    let missing = whole.replace("\"chronicle_url\"", "\"other\"");
    let twice = whole.replacen("\"success\":true", "\"success\":true,\"success\":true", 1);
    let wrong = whole.replacen("evt_20260101120000_ab12cd", "not an event", 1);
    let bodies = [
        ("", "JSON that ends too early at line 1, column 0"),
        ("<html>hunter2</html>", "no JSON at line 1, column 1"),
        (missing.as_str(), "JSON of another shape at line 1"),
        (twice.as_str(), "duplicate field `success`"),
        (wrong.as_str(), "JSON of another shape at line 1"),
        (&format!("{whole} {{}}"), "no JSON at line 1"),
    ];
    for (body, expected) in bodies {
        let error = refusal(Reply::json(201, body)).await;
        assert!(
            matches!(&error.what, Failure::Unreadable(why) if why.contains(expected)),
            "{error}"
        );
        assert!(
            !error.to_string().contains("hunter2") && !error.to_string().contains("not an event"),
            "{error}"
        );
        assert_eq!(error.class(), Class::Verification);
        assert!(error.request_id().is_some());
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_goes_nowhere_else() {
    let elsewhere = Stub::new([Reply::json(200, "{}")]).await;
    for status in [301, 302, 303, 307, 308] {
        let stub = Stub::new([Reply::status(status).header("location", &format!("{}/stolen", elsewhere.base))]).await;
        let error = chronicle(&stub).record(&event()).await.unwrap_err();
        assert_eq!(error.what, Failure::Redirected { status });
        assert_eq!(error.class(), Class::Usage);
        assert_eq!(stub.seen().len(), 1);
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_call_that_needs_a_token_says_which_before_anything_is_sent() {
    let stub = Stub::new([Reply::status(200)]).await;
    let error = Chronicle::reader(transport(), stub.base.clone())
        .record(&event())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Chronicle needs a token for this, and none was given"
    );
    assert_eq!(
        (error.advice().as_str(), error.class()),
        ("set CHITTY_API_KEY", Class::Authentication)
    );
    let broken = Chronicle::new(transport(), stub.base.clone(), "line\nbreak".into())
        .record(&event())
        .await
        .unwrap_err();
    assert_eq!(broken.what, Failure::BadToken);
    assert!(stub.seen().is_empty());
}
