//! Archives: the strict reader and the audit agree on what both accept, and a file that is exchanged can be exchanged back.
#![no_main]

use certified_pack::{Archive, Audit, EntryKind, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut tar = bytes.to_vec();
    // No fuzzer finds a checksum by itself. An odd number of bytes keeps the checksums as they are.
    if tar.len().is_multiple_of(2) {
        tar.chunks_exact_mut(512).filter(|block| block[257..].starts_with(b"ustar")).for_each(sum);
    }
    let limits = Limits::default();
    let audit = Audit::from_tar(tar.clone(), &limits);
    let Ok(archive) = Archive::from_tar(tar, &limits) else {
        assert!(audit.is_err() || !audit.unwrap().remarks().is_empty());
        return;
    };
    let audit = audit.unwrap();
    assert_eq!((audit.entries(), audit.remarks().len()), (archive.entries(), 0));
    for entry in archive.entries() {
        assert!(entry.path.split(['/', '\\']).all(|segment| segment != ".."), "{entry:?}");
        if entry.kind == EntryKind::Directory {
            continue;
        }
        let old = archive.file(&entry.path).unwrap();
        assert_eq!(old.len() as u64, entry.size);
        if let Ok(exchanged) = archive.replaced(&entry.path, b"exchanged") {
            let exchanged = Archive::from_tar(exchanged, &limits).unwrap();
            assert_eq!(exchanged.file(&entry.path), Some(&b"exchanged"[..]));
            assert!(exchanged.replaced(&entry.path, old).unwrap() == archive.tar());
        }
    }
});

fn sum(block: &mut [u8]) {
    block[148..156].copy_from_slice(b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}
