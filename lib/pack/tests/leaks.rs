//! What the leak guard stops, and what it lets through.
//!
//! Nothing here looks like a token to a program that reads this file: every one is put together when the test runs.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use certified_pack::{Finding, LeakGuard, LeakKind, OwnSecret};

/// Letters drawn by lot, always the same ones.
fn drawn(alphabet: &str, length: usize) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        alphabet[(state % alphabet.len() as u64) as usize]
    };
    (0..length).map(|_| next()).collect()
}

fn word(length: usize) -> String {
    drawn(WORD, length)
}

fn hex(length: usize) -> String {
    drawn("0123456789abcdef", length)
}

fn upper(length: usize) -> String {
    drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)
}

const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn scanned(path: &str, content: &str) -> Vec<Finding> {
    let guard = LeakGuard::default();
    let mut scan = guard.file(path);
    scan.feed(content.as_bytes());
    scan.finish()
}

/// One of every form, with the rule that has to find it.
fn tokens() -> Vec<(&'static str, String)> {
    let mut tokens = vec![
        ("npm-token", format!("{}_{}", "npm", word(36))),
        ("npm-token", format!("//npm.acme.example/:{}={}", "_authToken", hex(36))),
        ("npm-token", format!("{}: \"{}\"", "npmAuthToken", word(40))),
        ("github-token", format!("{}_{}_{}", "github_pat", word(22), word(59))),
        (
            "aws-key",
            format!("aws_access_key_id = {}{}\naws_x = {}", "AKIA", upper(16), word(40)),
        ),
        ("aws-key", format!("{}={}", "AWS_SECRET_ACCESS_KEY", word(40))),
        ("aws-key", format!("{}: '{}'", "secretAccessKey", word(40))),
        ("google-key", format!("{}{}", "AIza", word(35))),
        ("google-key", format!("{}-{}", "GOCSPX", word(28))),
        ("google-key", format!("{}0{}", "1//", word(90))),
        ("azure-key", format!("{}={}==;", "AccountKey", word(86))),
        ("azure-key", format!("{}={}=", "SharedAccessKey", word(43))),
        (
            "azure-key",
            format!("'{}8{}{}'", word(2).to_lowercase() + "a", "Q~", word(34)),
        ),
        ("cloudflare-token", format!("{}={}", "CLOUDFLARE_API_TOKEN", word(40))),
        ("cloudflare-token", format!("{}0-{}-{}", "v1.", hex(24), hex(146))),
        ("kubernetes-key", format!("{}-data: {}", "client-key", word(200))),
        ("digitalocean-token", format!("{}_v1_{}", "dop", hex(64))),
        ("vault-token", format!("{}.{}", "hvs", word(95))),
        ("doppler-token", format!("{}.{}", "dp.pt", word(43))),
        (
            "slack-webhook",
            format!(
                "https://hooks.{}/services/T{}/B{}/{}",
                "slack.com",
                upper(8),
                upper(8),
                word(24)
            ),
        ),
        ("stripe-key", format!("{}_live_{}", "sk", word(24))),
        ("stripe-key", format!("{}_live_{}", "rk", word(99))),
        (
            "openai-key",
            format!("{}-{}{}{}", "sk", word(20), "T3Blbk".to_owned() + "FJ", word(20)),
        ),
        (
            "openai-key",
            format!("{}-proj-{}{}{}", "sk", word(74), "T3Blbk".to_owned() + "FJ", word(74)),
        ),
        ("anthropic-key", format!("{}-api03-{}AA", "sk-ant", word(93))),
        ("huggingface-token", format!("{}_{}", "hf", word(34))),
        ("twilio-token", format!("{}={}", "TWILIO_AUTH_TOKEN", hex(32))),
        ("sendgrid-key", format!("{}.{}.{}", "SG", word(22), word(43))),
        ("pypi-token", format!("{}-{}", "pypi", word(150))),
        ("rubygems-key", format!("{}_{}", "rubygems", hex(48))),
        ("docker-token", format!("{}_pat_{}", "dckr", word(27))),
        ("shopify-token", format!("{}_{}", "shpat", hex(32))),
        ("linear-key", format!("{}_api_{}", "lin", word(40))),
        ("atlassian-token", format!("{}T3{}={}", "ATAT", word(177), upper(8))),
        ("planetscale-token", format!("{}_tkn_{}", "pscale", word(43))),
        ("grafana-token", format!("{}_{}_{}", "glsa", word(32), hex(8))),
        ("sentry-token", format!("{}_{}", "sntryu", hex(64))),
        ("supabase-token", format!("{}_{}", "sbp", hex(40))),
        ("netlify-token", format!("{}_{}", "nfp", word(36))),
        ("age-key", format!("AGE-{}-KEY-1{}", "SECRET", upper(58))),
    ];
    tokens.extend(["ghp", "gho", "ghu", "ghs", "ghr"].map(|prefix| ("github-token", format!("{prefix}_{}", word(36)))));
    tokens.extend(["glpat", "gldt", "glrt", "glptt"].map(|prefix| ("gitlab-token", format!("{prefix}-{}", word(20)))));
    tokens.extend(["xoxb", "xoxp", "xapp"].map(|prefix| ("slack-token", format!("{prefix}-1-{}", word(50)))));
    tokens
}

#[test]
fn every_form_is_found_with_its_line_in_the_ways_of_program_text() {
    for (rule, token) in tokens() {
        for content in [
            format!("a\nb\nconst key = \"{token}\";\n"),
            format!("\n\n{token}"),
            format!("// x\n\nkey: {token}\n"),
        ] {
            let found = scanned("lib/index.js", &content);
            assert!(!found.is_empty(), "{rule}: {content}");
            assert!(found.iter().all(|found| found.rule == rule), "{content}: {found:?}");
            assert!(found[0].line >= Some(3), "{content}: {found:?}");
        }
    }
}

#[test]
fn nothing_of_what_was_found_is_shown_but_how_its_kind_begins() {
    for (_, token) in tokens() {
        for found in scanned("lib/index.js", &token) {
            let shown = format!("{found} {found:?}");
            let secret = &token[token.len() - 20..];
            let parts = (0..16).map(|at| &secret[at..at + 5]);
            let told: Vec<_> = parts.filter(|part| shown.contains(part)).collect();
            assert!(found.shown.as_ref().is_none_or(|shown| shown.len() <= 4), "{shown}");
            assert!(told.is_empty(), "{shown} tells {told:?}");
        }
    }
}

#[test]
fn values_that_were_written_by_hand_pass() {
    for content in [
        format!("{}_{}", "ghp", "x".repeat(36)),
        format!("{}_{}", "npm", "0123456789".repeat(4).get(..36).unwrap()),
        format!("{}{}", "AKIA", "IOSFODNN7EXAMPLE"),
        format!("{}{}", "AKIA", upper(16)),
        format!("{}=${{NPM_TOKEN}}", "_authToken"),
        format!("{} = options.credentialsProvider.current.value", "_authToken"),
        format!("{}_live_{}", "sk", "your_secret_key_goes_here_0000"),
        format!(
            "{}={}",
            "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        ),
        format!("{}_test_{}", "sk", word(24)),
        format!("{}={}{}==", "AccountKey", "Eby8vdM02xNOcqFl", word(70)),
        format!("{}_{}", "ghp", word(35)),
        format!("x{}_{}", "npm", word(36)),
        format!("{}{}+{}", word(60), "/AIza", word(35)),
    ] {
        assert_eq!(scanned("lib/index.js", &content), [], "{content}");
    }
}

#[test]
fn a_secret_is_found_wherever_the_pieces_of_a_file_end() {
    let token = format!("{}_{}", "ghp", word(36));
    let guard = LeakGuard::new(vec![OwnSecret::new("NPM_TOKEN", "correct horse battery staple")]);
    let lead = ".\n".repeat(30_000);
    let file = format!("{lead}{token}\n{lead}correct horse battery staple\n{lead}");
    let at = lead.len();
    let sizes = [1, 7, 512, 4_096, 4_608, 8_191, 60_000, 65_536, 200_000];
    let ends = (at - 5..at + 45).chain([at - 4_096, at + 4_096, at + 512, at - 512]);
    let split = |size: usize| file.as_bytes().chunks(size).collect::<Vec<_>>();
    let halves = ends.map(|end| file.as_bytes().split_at(end)).map(|(a, b)| vec![a, b]);
    for pieces in sizes.map(split).into_iter().chain(halves) {
        let mut scan = guard.file("bundle.js");
        pieces.iter().for_each(|piece| scan.feed(piece));
        let found: Vec<_> = scan.finish().iter().map(|found| (found.line, found.rule)).collect();
        let expected = [(Some(30_001), "github-token"), (Some(60_002), "own-secret")];
        assert_eq!(found, expected, "{} pieces", pieces.len());
    }
}

#[test]
fn a_long_key_and_a_long_own_secret_are_found_across_pieces() {
    let key = format!("-----BEGIN {} KEY-----\nMIIEpQIBAAKCAQEA{}", "PRIVATE", word(6_000));
    let own = word(9_000);
    let guard = LeakGuard::new(vec![OwnSecret::new("KEY", own.clone())]);
    let file = format!("{}{key}\n{own}{}", " ".repeat(50_000), " ".repeat(50_000));
    for size in [3_000, 5_000, 70_000, 1_000_000] {
        let mut scan = guard.file("bundle.js");
        file.as_bytes().chunks(size).for_each(|piece| scan.feed(piece));
        let found: Vec<_> = scan.finish().iter().map(|found| found.rule).collect();
        assert_eq!(found, ["private-key", "own-secret"], "{size}");
    }
}

#[test]
fn what_people_make_for_tests_and_pages_passes_there_and_what_was_issued_does_not() {
    let key = format!("-----BEGIN {} KEY-----\nMC4CAQAwBQYDK2VwBCIEI{}\n", "PRIVATE", word(43));
    let token = format!("{}_{}", "npm", word(36));
    for path in [
        "test/fixtures/server.pem",
        "src/__tests__/key.js",
        "README.md",
        "docs/setup.html",
    ] {
        assert_eq!(scanned(path, &key), [], "{path}");
        assert_eq!(scanned(path, &token).len(), 1, "{path}");
    }
    assert_eq!(scanned("lib/server.pem", &key)[0].kind, LeakKind::Made);
}

#[test]
fn a_file_or_a_folder_can_be_allowed_but_never_our_own_secrets() {
    let content = format!("{}_{}\ncorrect horse battery staple", "npm", word(36));
    let own = OwnSecret::new("NPM_TOKEN", "correct horse battery staple");
    let guard = LeakGuard::new(vec![own]).allowing(["./lib/a.js".to_owned(), "keys/".to_owned(), String::new()]);
    let found = |path: &str| {
        let mut scan = guard.file(path);
        scan.feed(content.as_bytes());
        scan.finish().iter().map(|found| found.rule).collect::<Vec<_>>()
    };
    for allowed in ["lib/a.js", "keys/b.js", "keys/deep/c.js"] {
        assert_eq!(found(allowed), ["own-secret"], "{allowed}");
    }
    for other in ["lib/a.jsx", "keys.js", "lib/keys/a.js"] {
        assert_eq!(found(other), ["npm-token", "own-secret"], "{other}");
    }
    assert_eq!(guard.path("keys/id_rsa"), None);
    assert_eq!(guard.path("id_rsa").unwrap().kind, LeakKind::File);
    assert_eq!(
        guard.path("keys/correct horse battery staple").unwrap().kind,
        LeakKind::Own
    );
}

#[test]
fn findings_read_as_sentences_and_a_path_commands_no_terminal() {
    let token = format!("x\n{}_{}", "ghp", word(36));
    let found = scanned("lib/\u{1b}[2Ja.js", &token);
    assert_eq!(found[0].to_string(), "lib/\\u{1b}[2Ja.js:2: a GitHub token, ghp_****");
    let named = LeakGuard::default().path(".env.local").unwrap();
    assert_eq!(named.to_string(), ".env.local: an environment file");
}

#[test]
fn a_file_full_of_secrets_fills_no_memory() {
    let line = format!("{}_{}\n", "npm", word(36));
    assert_eq!(scanned("a.js", &line.repeat(10_000)).len(), 50);
}

#[test]
fn the_guard_shows_the_names_of_our_secrets_alone() {
    let guard = LeakGuard::new(vec![OwnSecret::new("NPM_TOKEN", "correct horse battery staple")]);
    let shown = format!("{guard:?} {:?}", guard.file("a.js"));
    assert!(shown.contains("NPM_TOKEN") && !shown.contains("correct"), "{shown}");
}
