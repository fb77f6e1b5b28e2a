//! Tricks with headers: numbers that lie, fields that end twice, and pax headers that say something else.

use super::entries::insert;
use super::item::{BLOCK, Item, record};
use super::random::Random;
use super::trick::{Trick, any, refused};

pub(crate) const TRICKS: &[Trick<Vec<Item>>] = &[
    refused("a wrong checksum", |random, items| {
        let index = random.below(items.len());
        let sum = random.pick(&[
            &b"000000\0 "[..],
            b"        ",
            b"777777\0 ",
            b"\0\0\0\0\0\0\0\0",
            b"-10101\0 ",
        ]);
        items[index].set(148, sum);
    }),
    refused("a size that lies", |random, items| {
        let size = random.pick(SIZES);
        change(random, items, 124, size);
    }),
    refused("a number that is none", |random, items| {
        let at = random.pick(&[100, 108, 116, 136, 329, 337]);
        let number = random.pick(&[
            &b"\xff\xff\xff\xff\xff\xff\xff\xff"[..],
            b"\x80\xff\xff\xff\xff\xff\xff\xff",
            b"\x99\0\0\0\0\0\0\0",
            b"12x4567\0",
            b"-000001\0",
            b"12345678",
        ]);
        // A number without an end runs on where the field is wider.
        let number = if at == 136 && number == b"12345678" {
            b"123 4567"
        } else {
            number
        };
        change(random, items, at, number);
    }),
    refused("a header of another format", |random, items| {
        let magic = random.pick(&[
            &b"ustar  \0"[..],
            b"\0\0\0\0\0\0\0\0",
            b"ustar\x0001",
            b"USTAR\x0000",
            b"ustar\x000\0",
        ]);
        change(random, items, 257, magic);
    }),
    refused("bytes after the end of a text", |random, items| {
        let at = random.pick(&[50, 99, 250, 470, 499]);
        change(random, items, at, b"x");
    }),
    refused("a pax path out of the package", |random, items| {
        let path = random.pick(&["package/../../evil", "/etc/passwd", "", "evil", "C:/a/b"]);
        before(random, items, Item::pax(&[("path", path.as_bytes())]));
    }),
    refused("a pax size that is not the header's", |random, items| {
        let size = random.pick(&["0", "513", "1000000000000", "18446744073709551616", "-1", "1e3", "0x10"]);
        let tail = Item::file("package/sized", &[b'a'; 100]);
        items.push(Item::pax(&[("size", size.as_bytes())]));
        items.push(tail);
    }),
    refused("a pax key that readers treat differently", |random, items| {
        let key = random.pick(&[
            "linkpath",
            "GNU.sparse.name",
            "GNU.sparse.map",
            "type",
            "mode",
            "uid",
            "charset",
            "comment",
            "PATH",
            "SCHILY.xattr.a",
        ]);
        before(random, items, Item::pax(&[(key, b"package/x")]));
    }),
    refused("a pax key twice", |random, items| {
        before(
            random,
            items,
            Item::pax(&[("path", b"package/one"), ("path", b"package/two")]),
        )
    }),
    refused("a NUL or a line break in a pax path", |random, items| {
        let path = random.pick(&[
            &b"package/a\0b"[..],
            b"package/a\nb",
            b"package/a\n22 path=package/evil",
            b"package/\xff",
        ]);
        before(random, items, Item::pax(&[("path", path)]));
    }),
    refused("a pax record that is miscounted", |random, items| {
        let good = record("path", b"package/counted");
        let bad = random.pick(&[
            "024 path=package/counte\n",
            "024 path=package/counted\n",
            "23 path=package/counted\n",
            "25 path=package/counted\n",
            "+24 path=package/counte\n",
            "24  path=package/counte\n",
            "99999999999999999999 path=a\n",
        ]);
        let body = if random.once_in(4) {
            good[..good.len() - 1].to_vec()
        } else {
            bad.as_bytes().to_vec()
        };
        before(random, items, Item::new(b'x', b"PaxHeader/a", &body));
    }),
    refused("a pax header about nothing", |random, items| match random.below(3) {
        0 => items.push(Item::pax(&[("path", b"package/x")])),
        1 => {
            items.push(Item::pax(&[("path", b"package/x")]));
            items.push(Item::pax(&[("path", b"package/y")]));
            items.push(Item::file("package/z", b"1"));
        }
        _ => before(random, items, Item::pax(&[("path", b"package/x")]).changed(0, &[0; 11])),
    }),
    refused("a pax header that is too large", |random, items| {
        let size = random.pick(&[16_385, 100_000, 1_100_000]);
        before(
            random,
            items,
            Item::new(b'x', b"PaxHeader/a", &record("path", &vec![b'a'; size])),
        );
    }),
    refused("a pax header for the whole archive", |random, items| {
        let mut global = Item::pax(&[random.pick(&[("path", &b"package/x"[..]), ("size", b"1"), ("comment", b"0")])]);
        global = global.changed(156, b"g");
        insert(random, items, global);
    }),
    refused("a path that is too deep or too long", |random, items| {
        let path = match random.below(3) {
            0 => format!("package{}", "/d".repeat(128 + random.below(380))),
            1 => format!("package/{}", "n".repeat(1017 + random.below(6000))),
            _ => format!("package{}", "/..".repeat(300)),
        };
        before(random, items, Item::pax(&[("path", path.as_bytes())]));
    }),
    refused("the long names of GNU", |random, items| {
        let kind = random.pick(b"LK");
        let name = random.pick(&["package/long\0", "../evil\0", "package/a", "/etc/passwd\0"]);
        let header = Item::new(kind, b"././@LongLink", name.as_bytes());
        before(random, items, header);
    }),
    refused("more entries than are read", |random, items| {
        let count = 5_001 + random.below(100);
        items.extend((0..count).map(|number| Item::file(&format!("package/{number}"), b"")));
    }),
    any("a pax header that says nothing new", |random, items| {
        let path = random.pick(&["package/gr\u{f6}\u{df}e", "package/a/b", "package/x=y"]);
        let more = random.pick(&[
            ("mtime", &b"499162500"[..]),
            ("mtime", b"1.5"),
            ("hdrcharset", b"BINARY"),
        ]);
        items.push(Item::pax(&[("path", path.as_bytes()), more, ("size", b"3")]));
        items.push(Item::file("package/short", b"abc"));
    }),
    any("a byte of a header, with its checksum", |random, items| {
        for _ in 0..=random.below(3) {
            let (at, byte) = (random.below(BLOCK), random.byte());
            change(random, items, at, &[byte]);
        }
    }),
    any("numbers of another style", |random, items| {
        let mode = random.pick(&[
            &b"0000755\0"[..],
            b"000755\0 ",
            b"   755 \0",
            b"007777 \0",
            b"7777777\0",
        ]);
        change(random, items, 100, mode);
        let owner = random.pick(&[&b"0000764\0"[..], b"000764 \0", b"       \0"]);
        change(random, items, 108, owner);
    }),
    any("times behind the prefix", |random, items| {
        let times = random.pick(&[
            &b"15257560040\x0015257560040\0"[..],
            b"15257560040 15257560040 ",
            b"x5257560040 15257560040 ",
        ]);
        change(random, items, 476, times);
    }),
];

fn change(random: &mut Random, items: &mut [Item], at: usize, bytes: &[u8]) {
    let index = random.below(items.len());
    items[index] = items[index].clone().changed(at, bytes);
}

/// In front of a file.
fn before(random: &mut Random, items: &mut Vec<Item>, item: Item) {
    let at = random.below(items.len());
    items.insert(at, item);
}

/// None of these is the size of a body that is there, and most claim more than there is.
const SIZES: &[&[u8]] = &[
    b"77777777777\0",
    b"0000100000 \0",
    b"-000000001 \0",
    b"\x80\0\0\0\0\0\0\0\0\0\0\x01",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"            ",
    b"\0\0\0\0\0\0\0\0\0\0\0\0",
    b"777777777777",
    b"0x10      \0\0",
    b"9         \0\0",
];
