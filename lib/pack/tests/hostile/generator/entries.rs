//! Tricks with entries: what stands in the archive, and where it claims to be.

use super::item::Item;
use super::random::Random;
use super::trick::{Trick, any, refused};

pub(crate) const TRICKS: &[Trick<Vec<Item>>] = &[
    refused("a path out of the package", |random, items| {
        let path = random.pick(OUT);
        put(random, items, path, b"evil");
    }),
    refused("a path with a root", |random, items| {
        let path = random.pick(ROOTED);
        put(random, items, path, b"evil");
    }),
    refused("a path with an empty segment", |random, items| {
        let path = random.pick(&["package//a", "package/a//b", "", "package//"]);
        put(random, items, path, b"1");
    }),
    refused("a file beside the top directory", |random, items| {
        put(random, items, "evil.js", b"1")
    }),
    refused("a second top directory", |random, items| {
        let path = random.pick(&["zzz/package.json", "Package/a", "package /a", "package\u{301}/a"]);
        put(random, items, path, b"{}");
    }),
    refused("a path twice", |random, items| {
        let again = random.pick(&[0, items.len() - 1]);
        items.push(items[again].clone());
    }),
    refused("a file below a file", |random, items| {
        put(random, items, "package/f/g/h", b"1");
        put(random, items, "package/f", b"1");
    }),
    refused("another spelling of the manifest", |random, items| {
        let path = random.pick(MANIFESTS);
        put(random, items, path, b"{}");
    }),
    refused("a link", |random, items| {
        let target = random.pick(&["package/package.json", "/etc/passwd", "../../..", "", "a"]);
        let kind = random.pick(b"12");
        let link = Item::new(kind, b"package/link", b"").changed(157, target.as_bytes());
        insert(random, items, link);
        if random.once_in(2) {
            put(random, items, "package/link/evil", b"1");
        }
    }),
    refused("an entry of another type", |random, items| {
        let kind = random.pick(b"34678ADEIKLMNSVXagz\xff ");
        let size = random.pick(&[0, 10]);
        let item = Item::new(kind, b"package/d", &vec![b'a'; size]);
        insert(random, items, item);
    }),
    refused("a link name on a file", |random, items| {
        change(random, items, 157, b"/etc/passwd")
    }),
    refused("a directory with a body", |random, items| {
        insert(random, items, Item::new(b'5', b"package/d/", b"body"))
    }),
    refused("a file that ends with a slash", |random, items| {
        put(random, items, "package/d/", b"")
    }),
    refused("a path that is not UTF-8", |random, items| {
        let path = random.pick(&[
            &b"package/\xff"[..],
            b"package/\xc0\xae\xc0\xae/a",
            b"package/\xed\xa0\x80",
        ]);
        insert(random, items, Item::new(b'0', path, b"1"));
    }),
    refused("bytes hidden in the padding", |random, items| {
        put(random, items, "package/hidden", b"1");
        items.iter_mut().for_each(|item| item.padding = 1);
    }),
    any("names that differ in case only", |random, items| {
        put(random, items, "package/Readme.md", b"1");
        put(random, items, "package/README.md", b"2");
    }),
    any("names that differ in Unicode form only", |random, items| {
        let (one, other) = random.pick(&[
            ("\u{e9}", "e\u{301}"),
            ("\u{fb01}", "fi"),
            ("\u{df}", "ss"),
            ("\u{212a}", "k"),
        ]);
        put(random, items, &format!("package/{one}"), b"1");
        put(random, items, &format!("package/{other}"), b"2");
    }),
    any("names that some systems do not have", |random, items| {
        let path = random.pick(&[
            "package/CON",
            "package/a.",
            "package/b ",
            "package/x/c:d",
            "package/a\\b",
            "package/a\nb",
        ]);
        put(random, items, path, b"1");
    }),
    any("entries in another order", |random, items| {
        for _ in 0..items.len() {
            let (one, other) = (random.below(items.len()), random.below(items.len()));
            items.swap(one, other);
        }
    }),
    any("a prefix", |random, items| {
        let prefix = random.pick(&["package", "package/a/b", "package/..", "/package", "", "package/"]);
        let item = Item::file("a.js", b"1").changed(345, prefix.as_bytes());
        insert(random, items, item);
    }),
];

/// Into the archive, at a place of its own.
pub(crate) fn insert(random: &mut Random, items: &mut Vec<Item>, item: Item) {
    items.insert(random.below(items.len() + 1), item);
}

fn put(random: &mut Random, items: &mut Vec<Item>, path: &str, body: &[u8]) {
    insert(random, items, Item::file(path, body));
}

fn change(random: &mut Random, items: &mut [Item], at: usize, bytes: &[u8]) {
    let index = random.below(items.len());
    items[index] = items[index].clone().changed(at, bytes);
}

const OUT: &[&str] = &[
    "../evil",
    "package/../evil",
    "package/../../evil",
    "package/a/../../../evil",
    "package/..",
    "..",
    ".",
    "./package/a",
    "package/./a",
    "package/a/.",
    "package\\..\\..\\evil",
    "package/a\\..\\..\\evil",
    "package/.. /evil",
    "package/.../evil",
    "package/..\\evil",
];

const ROOTED: &[&str] = &[
    "/etc/passwd",
    "//server/share",
    "C:/evil",
    "c:evil",
    "package/C:/evil",
    "package/c:evil",
    "\\evil",
    "package/\\evil",
    "\\\\server\\share",
    "package/\\\\?\\C:\\evil",
];

const MANIFESTS: &[&str] = &[
    "package/Package.json",
    "package/PACKAGE.JSON",
    "package/package.json.",
    "package/package.json ",
    "package/package.json::$DATA",
    "package/pac\u{212a}age.json",
    "package/package.j\u{17f}on",
    "package/pack\u{200c}age.json",
    "package/Package.json/a",
];
