use reqwest::Method;
use serde_json::{Value, json};

use crate::receipts;
use crate::up::{As, Up};

const APPEND: (Method, &str) = (Method::POST, "gateway/chronicle/events");
const REQUEST: &str = "chronicle/append.request.json";
const REPLY: &str = "chronicle/append.reply.json";

#[tokio::test]
async fn an_event_is_recorded_once_and_shown_to_everybody() {
    let mut up = Up::at_noon().await;
    let body = up.golden.request(REQUEST);
    let first: Value = up
        .ask(APPEND.0, APPEND.1, As::ApiKey, Some(body))
        .await
        .json()
        .await
        .unwrap();
    let event_id = first["event_id"].as_str().unwrap();
    up.golden.learn(event_id, "6f9619ff-8b86-4d01-b42d-00cf4fc964ff");
    receipts::learn(&mut up, &first);
    up.golden.compare(REPLY, &first);
    up.writes(APPEND, As::ApiKey, REQUEST, 200, REPLY).await;
    let event = format!("gateway/chronicle/events/{event_id}");
    up.reads(Method::GET, &event, As::Nobody, 200, "chronicle/event.reply.json")
        .await;
    let page = "gateway/chronicle/events?limit=1&offset=0&type=package.build.complete";
    up.reads(Method::GET, page, As::Nobody, 200, "chronicle/page.reply.json")
        .await;
    let of_package = "gateway/chronicle/packages/@acme%2fwidgets/events";
    up.reads(Method::GET, of_package, As::Nobody, 200, "chronicle/package.reply.json")
        .await;
    let other: Value = up
        .ask(
            Method::GET,
            "gateway/chronicle/events?type=package.published",
            As::Nobody,
            None,
        )
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((&other["total"], &other["limit"]), (&json!(0), &json!(100)));
}

#[tokio::test]
async fn the_first_answer_is_201() {
    let up = Up::at_noon().await;
    let body = up.golden.request(REQUEST);
    assert_eq!(up.ask(APPEND.0, APPEND.1, As::ApiKey, Some(body)).await.status(), 201);
}

#[tokio::test]
async fn events_that_may_or_can_not_be_recorded_are_refused() {
    let up = Up::at_noon().await;
    up.writes(
        APPEND,
        As::Nobody,
        REQUEST,
        401,
        "chronicle/append-without-credential.error.json",
    )
    .await;
    up.writes(
        APPEND,
        As::ChittyId,
        REQUEST,
        403,
        "chronicle/append-without-scope.error.json",
    )
    .await;
    let golden: Value = serde_json::from_str(&up.golden.request(REQUEST)).unwrap();
    let mut other_type = golden.clone();
    other_type["event_type"] = json!("package.eaten");
    let mut no_package = golden;
    no_package.as_object_mut().unwrap().shift_remove("package");
    for (body, reply) in [
        (other_type.to_string(), "chronicle/append-unknown-type.error.json"),
        (no_package.to_string(), "chronicle/append-missing-field.error.json"),
        ("{".to_owned(), "chronicle/append-no-json.error.json"),
    ] {
        let response = up.ask(APPEND.0, APPEND.1, As::ApiKey, Some(body)).await;
        up.compared(response, 400, reply).await;
    }
    let all: Value = up
        .ask(Method::GET, APPEND.1, As::Nobody, None)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(all["total"], json!(0));
}

#[tokio::test]
async fn an_unknown_event_is_told_as_such() {
    let up = Up::at_noon().await;
    let unknown = "gateway/chronicle/events/00000000-0000-4000-8000-000000000000";
    up.reads(
        Method::GET,
        unknown,
        As::Nobody,
        404,
        "chronicle/event-unknown.error.json",
    )
    .await;
    for page in ["limit=-1", "limit=many", "type=package.eaten"] {
        let path = format!("gateway/chronicle/events?{page}");
        assert_eq!(
            up.ask(Method::GET, &path, As::Nobody, None).await.status(),
            400,
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_same_event_from_many_at_once_is_recorded_once() {
    let up = Up::at_noon().await;
    let body = up.golden.request(REQUEST);
    let asked = (0..20).map(|_| {
        let url = format!("{}{}", up.root(), APPEND.1);
        let request = up
            .client
            .post(url)
            .bearer_auth(up.token(As::ApiKey).unwrap())
            .body(body.clone());
        tokio::spawn(request.send())
    });
    let asked: Vec<_> = asked.collect();
    let (mut statuses, mut names) = (Vec::new(), Vec::new());
    for answer in asked {
        let answer = answer.await.unwrap().unwrap();
        statuses.push(answer.status().as_u16());
        names.push(answer.json::<Value>().await.unwrap()["event_id"].clone());
    }
    names.dedup();
    assert_eq!(names.len(), 1);
    assert_eq!(
        (
            statuses.iter().filter(|&&s| s == 201).count(),
            statuses.iter().filter(|&&s| s == 200).count()
        ),
        (1, 19)
    );
}
