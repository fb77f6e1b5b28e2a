//! The forms of what services issue: one line each, from the issuers' own documentation.

use super::finding::LeakKind;
use super::form::Body::{self, Address, Assigned, Middle, Token};
use super::form::Form;
use super::form::Part::{Run, Text};
use super::letters::Letters::{Any, Base64, Hex, Unreserved, Upper, Url, Word};

/// Anchors of four bytes and more, sixty-four at most: that is what the search takes at full speed.
#[rustfmt::skip]
pub(super) const FORMS: &[Form] = &[
    made("PRIVATE KEY", "private-key", "a private key", Body::PrivateKey),
    made("PuTTY-User-Key-File-", "private-key", "a private PuTTY key", Body::Putty),
    made("AGE-SECRET-KEY-1", "age-key", "a private age key", Token(&[Run(Upper, 58, 58)])),
    made("eyJh", "web-token", "a long-lived web token", Body::WebToken),
    made("eyJ0", "web-token", "a long-lived web token", Body::WebToken),
    made("eyJr", "web-token", "a long-lived web token", Body::WebToken),

    issued("npm_", "npm-token", "an npm token", Token(&[Run(Word, 36, 36)])),
    issued("_authToken", "npm-token", "an npm token", Assigned(Run(Any, 20, 2000))),
    issued("npmAuthToken", "npm-token", "an npm token", Assigned(Run(Any, 20, 2000))),
    issued("ghp_", "github-token", "a GitHub token", GITHUB),
    issued("gho_", "github-token", "a GitHub token", GITHUB),
    issued("ghu_", "github-token", "a GitHub token", GITHUB),
    issued("ghs_", "github-token", "a GitHub token", Token(&[Run(Unreserved, 36, 2000)])),
    issued("ghr_", "github-token", "a GitHub token", GITHUB),
    issued("github_pat_", "github-token", "a GitHub token", Token(&[Run(Word, 22, 22), Text("_"), Run(Word, 59, 59)])),
    issued("glpat-", "gitlab-token", "a GitLab token", GITLAB),
    issued("gldt-", "gitlab-token", "a GitLab deploy token", GITLAB),
    issued("glrt-", "gitlab-token", "a GitLab runner token", GITLAB),
    issued("glptt-", "gitlab-token", "a GitLab trigger token", GITLAB),

    issued("AKIA", "aws-key", "an AWS access key with its secret", Body::AwsPair),
    issued("ASIA", "aws-key", "an AWS access key with its secret", Body::AwsPair),
    issued("aws_secret_access_key", "aws-key", "an AWS secret key", AWS_SECRET),
    issued("AWS_SECRET_ACCESS_KEY", "aws-key", "an AWS secret key", AWS_SECRET),
    issued("ecretAccessKey", "aws-key", "an AWS secret key", AWS_SECRET),
    issued("AIza", "google-key", "a Google API key", Token(&[Run(Url, 35, 35)])),
    issued("GOCSPX-", "google-key", "a Google OAuth client secret", Token(&[Run(Url, 28, 28)])),
    issued("1//0", "google-key", "a Google refresh token", Token(&[Run(Url, 60, 200)])),
    issued("AccountKey=", "azure-key", "an Azure storage key", Address(&[Run(Base64, 86, 86), Text("==")])),
    issued("SharedAccessKey=", "azure-key", "an Azure shared access key", Address(&[Run(Base64, 43, 43), Text("=")])),
    issued("CLOUDFLARE_API_TOKEN", "cloudflare-token", "a Cloudflare token", Assigned(Run(Url, 40, 64))),
    issued("CF_API_TOKEN", "cloudflare-token", "a Cloudflare token", Assigned(Run(Url, 40, 64))),
    issued("CLOUDFLARE_API_KEY", "cloudflare-token", "a Cloudflare key", Assigned(Run(Hex, 37, 37))),
    issued("v1.0-", "cloudflare-token", "a Cloudflare origin key", Token(&[Run(Hex, 24, 24), Text("-"), Run(Hex, 146, 146)])),
    issued("cfut_", "cloudflare-token", "a Cloudflare token", Token(&[Run(Word, 40, 64)])),
    issued("cfat_", "cloudflare-token", "a Cloudflare token", Token(&[Run(Word, 40, 64)])),
    issued("-key-data", "kubernetes-key", "a Kubernetes client key", Assigned(Run(Base64, 100, 4000))),
    issued("dop_v1_", "digitalocean-token", "a DigitalOcean token", HEX_64),
    issued("hvs.", "vault-token", "a Vault token", Token(&[Run(Url, 90, 300)])),
    issued("dp.pt.", "doppler-token", "a Doppler token", Token(&[Run(Word, 43, 43)])),

    issued("xoxb-", "slack-token", "a Slack token", SLACK),
    issued("xoxp-", "slack-token", "a Slack token", SLACK),
    issued("xapp-", "slack-token", "a Slack token", SLACK),
    issued("xoxe", "slack-token", "a Slack token", Token(&[Run(Unreserved, 60, 400)])),
    issued("slack.com/services/", "slack-webhook", "a Slack webhook", Address(&[Run(Upper, 9, 12), Text("/"), Run(Upper, 9, 12), Text("/"), Run(Word, 24, 24)])),
    issued("sk_live_", "stripe-key", "a live Stripe key", STRIPE),
    issued("rk_live_", "stripe-key", "a live Stripe key", STRIPE),
    issued("T3BlbkFJ", "openai-key", "an OpenAI key", Middle("sk-", Run(Url, 20, 200), Run(Url, 20, 200))),
    issued("sk-ant-", "anthropic-key", "an Anthropic key", Token(&[Run(Word, 3, 10), Text("-"), Run(Url, 80, 200)])),
    issued("TWILIO_AUTH_TOKEN", "twilio-token", "a Twilio token", Assigned(Run(Hex, 32, 32))),

    issued("pypi-", "pypi-token", "a PyPI token", Token(&[Run(Url, 85, 400)])),
    issued("rubygems_", "rubygems-key", "a RubyGems key", Token(&[Run(Hex, 48, 48)])),
    issued("dckr_pat_", "docker-token", "a Docker token", Token(&[Run(Url, 27, 27)])),
    issued("shpat_", "shopify-token", "a Shopify token", SHOPIFY),
    issued("shpss_", "shopify-token", "a Shopify secret", SHOPIFY),
    issued("lin_api_", "linear-key", "a Linear key", Token(&[Run(Word, 40, 40)])),
    issued("ATATT3", "atlassian-token", "an Atlassian token", Token(&[Run(Any, 180, 200)])),
    issued("pscale_", "planetscale-token", "a PlanetScale token", Token(&[Run(Word, 2, 5), Text("_"), Run(Unreserved, 32, 64)])),
    issued("glsa_", "grafana-token", "a Grafana token", Token(&[Run(Word, 32, 32), Text("_"), Run(Hex, 8, 8)])),
    issued("sntryu_", "sentry-token", "a Sentry token", HEX_64),
    issued("sbp_", "supabase-token", "a Supabase token", Token(&[Run(Hex, 40, 40)])),
    issued("nfp_", "netlify-token", "a Netlify token", Token(&[Run(Word, 36, 36)])),
];

/// Anchors of three bytes. They have a search of their own, because one of them would slow down that of the others.
#[rustfmt::skip]
pub(super) const SHORT: &[Form] = &[
    issued("SG.", "sendgrid-key", "a SendGrid key", Token(&[Run(Url, 22, 22), Text("."), Run(Url, 43, 43)])),
    issued("hf_", "huggingface-token", "a Hugging Face token", Token(&[Run(Word, 34, 34)])),
    issued("7Q~", "azure-key", "an Azure client secret", Middle("", Run(Unreserved, 3, 3), Run(Unreserved, 31, 34))),
    issued("8Q~", "azure-key", "an Azure client secret", Middle("", Run(Unreserved, 3, 3), Run(Unreserved, 31, 34))),
];

const fn issued(anchor: &'static str, rule: &'static str, what: &'static str, body: Body) -> Form {
    Form {
        anchor,
        kind: LeakKind::Issued,
        rule,
        what,
        body,
    }
}

const fn made(anchor: &'static str, rule: &'static str, what: &'static str, body: Body) -> Form {
    Form {
        anchor,
        kind: LeakKind::Made,
        rule,
        what,
        body,
    }
}

const GITHUB: Body = Token(&[Run(Word, 36, 255)]);
const GITLAB: Body = Token(&[Run(Unreserved, 20, 300)]);
const SLACK: Body = Token(&[Run(Url, 24, 255)]);
const STRIPE: Body = Token(&[Run(Word, 24, 255)]);
const SHOPIFY: Body = Token(&[Run(Hex, 32, 32)]);
const HEX_64: Body = Token(&[Run(Hex, 64, 64)]);
const AWS_SECRET: Body = Assigned(Run(Base64, 40, 40));
