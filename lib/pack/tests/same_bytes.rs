//! One package, one tarball: whenever, wherever and however it is packed, and whoever unpacks it.
#![allow(clippy::unwrap_used, reason = "a case that cannot be set up is a failed test")]

use std::fs::{self, File, Permissions};
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use certified_pack::tree::Disk;
use certified_pack::{Archive, Gzip, Limits, Options, Package, pack};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// Paths below the package and the pieces that the files are made of.
type Files = std::collections::BTreeMap<String, Vec<(Vec<u8>, usize)>>;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn packing_again_elsewhere_at_another_time_and_with_other_threads_gives_the_same_bytes(files in files()) {
        let here = Folder::new(&files);
        let tarball = packed(here.path(), &Options::default());

        prop_assert_eq!(&packed(here.path(), &Options::default()), &tarball);
        for threads in [1, 2, 8] {
            let options = Options::default().with_threads(NonZero::new(threads).unwrap());
            prop_assert_eq!(&packed(here.path(), &options), &tarball, "{} threads", threads);
        }
        let elsewhere = Folder::new(&files);
        elsewhere.written_at(SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000));
        prop_assert_eq!(&packed(elsewhere.path(), &Options::default()), &tarball);
        elsewhere.read_only();
        prop_assert_eq!(&packed(elsewhere.path(), &Options::default()), &tarball);
    }

    #[test]
    fn fast_bytes_do_not_depend_on_threads_and_hold_the_same_archive(files in files()) {
        let folder = Folder::new(&files);
        let (_, by_npm) = pack(folder.path(), &Options::default()).unwrap();
        let (_, fast) = pack(folder.path(), &Options::default().with_gzip(Gzip::Fast)).unwrap();
        prop_assert_eq!(fast.tar(), by_npm.tar());
        for threads in [1, 2, 8] {
            let options = Options::default().with_gzip(Gzip::Fast).with_threads(NonZero::new(threads).unwrap());
            prop_assert!(packed(folder.path(), &options) == fast.bytes(), "{threads} threads");
        }
    }

    #[test]
    fn what_was_packed_is_read_back(files in files()) {
        let folder = Folder::new(&files);
        for gzip in [Gzip::Npm, Gzip::Fast] {
            let tarball = packed(folder.path(), &Options::default().with_gzip(gzip));
            let archive = Archive::open(&tarball, &Limits::default()).unwrap();
            prop_assert_eq!(archive.entries().len(), files.len() + 1);
            for (path, pieces) in &files {
                prop_assert!(archive.file(path) == Some(content(pieces).as_slice()), "{path}");
            }
        }
    }

    #[test]
    fn every_decoder_gives_the_archive_back(files in files()) {
        let folder = Folder::new(&files);
        for gzip in [Gzip::Npm, Gzip::Fast] {
            let (_, tarball) = pack(folder.path(), &Options::default().with_gzip(gzip)).unwrap();
            prop_assert!(by_libdeflate(tarball.bytes(), tarball.tar().len()) == tarball.tar());
            prop_assert!(by_flate2(tarball.bytes()) == tarball.tar());
        }
    }
}

/// One process each for a package that has blocks of every kind in many segments.
#[test]
fn gzip_and_node_give_the_archive_back() {
    let folder = Folder::new(&Files::from([
        (
            "words.js".to_owned(),
            vec![(b"export const value = 1;\n".to_vec(), 40_000)],
        ),
        ("noise.bin".to_owned(), vec![(noise(700_000), 1)]),
        ("again.bin".to_owned(), vec![(noise(9_000), 60)]),
    ]));
    let inflate = "process.stdout.write(require('zlib').gunzipSync(require('fs').readFileSync(0)))";
    for how in [Gzip::Npm, Gzip::Fast] {
        let (_, tarball) = pack(folder.path(), &Options::default().with_gzip(how)).unwrap();
        assert!(
            through("gzip", &["-dc"], tarball.bytes()) == tarball.tar(),
            "gzip, {how:?}"
        );
        assert!(
            through("node", &["-e", inflate], tarball.bytes()) == tarball.tar(),
            "node, {how:?}"
        );
    }
}

/// A package folder that goes away with the value.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &Files) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(
            folder.path().join("package.json"),
            r#"{"name":"widgets","version":"1.0.0"}"#,
        )
        .unwrap();
        for (path, pieces) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content(pieces)).unwrap();
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn all(&self) -> Vec<PathBuf> {
        let disk = Disk::new(self.path()).unwrap();
        let options = Options::default();
        let (packed, _) = Package::select(&disk, &options).unwrap().pack().unwrap();
        packed.files.iter().map(|file| self.path().join(&file.path)).collect()
    }

    fn written_at(&self, time: SystemTime) {
        for file in self.all() {
            File::options()
                .write(true)
                .open(file)
                .unwrap()
                .set_modified(time)
                .unwrap();
        }
    }

    /// No file may be written to, and nothing may be added to the folder itself. The modes of files stay: they are packed.
    #[cfg(unix)]
    fn read_only(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(self.path(), Permissions::from_mode(0o555)).unwrap();
    }

    #[cfg(not(unix))]
    fn read_only(&self) {
        let mut permissions = fs::metadata(self.path()).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(self.path(), permissions).unwrap();
    }
}

fn packed(folder: &Path, options: &Options) -> Vec<u8> {
    let disk = Disk::new(folder).unwrap();
    let (packed, bytes) = Package::select(&disk, options).unwrap().write(Vec::new()).unwrap();
    assert_eq!(packed.size, bytes.len() as u64);
    bytes
}

fn files() -> impl Strategy<Value = Files> {
    // No letters of names that npm leaves out, such as `CVS`.
    let path = "[a-fA-F]{1,3}(/[a-fé]{1,3}){0,2}\\.(js|md|d\\.ts)";
    let piece = (vec(any::<u8>(), 1..60), 0..6_000_usize);
    btree_map(path, vec(piece, 0..4), 1..8)
}

fn content(pieces: &[(Vec<u8>, usize)]) -> Vec<u8> {
    pieces.iter().flat_map(|(piece, times)| piece.repeat(*times)).collect()
}

fn noise(length: usize) -> Vec<u8> {
    let mut x = 1_u32;
    let next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        (x >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn by_flate2(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

fn by_libdeflate(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let written = libdeflater::Decompressor::new()
        .gzip_decompress(bytes, &mut out)
        .unwrap();
    out.truncate(written);
    out
}

/// What a program makes of its input.
fn through(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new(program);
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}
