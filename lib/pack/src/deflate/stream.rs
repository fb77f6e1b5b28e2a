//! A gzip member (RFC 1952) that is written while its content arrives.

use std::io::{self, Write};
use std::mem;
use std::num::NonZero;
use std::thread;

use flate2::Crc;

use super::Gzip;
use super::chain::REACH;
use super::fast;
use super::segment::{MARGIN, Parsed, Segment};
use super::splice::Splice;
use super::workers::Workers;

/// Compresses what is written to it and passes it on. Memory is bounded by the number of threads, not by the content.
#[derive(Debug)]
pub(crate) struct GzipWriter<W> {
    out: W,
    /// The next segment, as far as it has arrived, with the text before it.
    next: Segment,
    /// Bytes to a segment.
    cut: usize,
    crc: Crc,
    method: Method,
}

/// How segments become bytes.
#[derive(Debug)]
enum Method {
    Npm(Box<Splice>, Workers<Segment, Parsed>),
    Fast(Workers<Segment, io::Result<Vec<u8>>>),
}

impl<W: Write> GzipWriter<W> {
    /// Begins a member, compressed by so many threads, or by as many as there are processors. `expected` is about how long
    /// the content will be. Neither changes the bytes.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub(crate) fn new(mut out: W, gzip: Gzip, threads: Option<NonZero<usize>>, expected: u64) -> io::Result<Self> {
        out.write_all(&HEADER)?;
        // Work that one thread does in a moment is not worth a second one.
        let threads = if expected < WORTH_A_THREAD {
            NonZero::<usize>::MIN
        } else {
            threads
                .or_else(|| thread::available_parallelism().ok())
                .unwrap_or(NonZero::<usize>::MIN)
        };
        let (cut, method) = match gzip {
            Gzip::Npm => (
                cut(expected, threads),
                Method::Npm(Box::new(Splice::new()), Workers::new(threads, Segment::parse)),
            ),
            Gzip::Fast => (
                fast::CUT,
                Method::Fast(Workers::new(threads, |segment| Ok(fast::deflate(&segment)?))),
            ),
        };
        Ok(Self {
            out,
            next: Segment::default(),
            cut,
            crc: Crc::new(),
            method,
        })
    }

    /// Ends the member and gives back what it was written to.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let mut last = mem::take(&mut self.next);
        last.to = last.text.len();
        last.last = true;
        self.submit(last)?;
        while self.write_oldest()? {}
        if let Method::Npm(splice, _) = &mut self.method {
            splice.finish();
            self.out.write_all(&splice.take())?;
        }
        self.out.write_all(&self.crc.sum().to_le_bytes())?;
        // ISIZE counts modulo 2^32.
        self.out.write_all(&self.crc.amount().to_le_bytes())?;
        Ok(self.out)
    }

    /// Hands out the segment that is complete, and begins the next one with the text that copies may come from.
    fn advance(&mut self) -> io::Result<()> {
        let to = self.next.from + self.cut;
        let kept = to - REACH;
        let next = Segment {
            text: self.next.text.get(kept..).unwrap_or_default().to_vec(),
            origin: self.next.origin + kept,
            from: REACH,
            ..Segment::default()
        };
        let mut segment = mem::replace(&mut self.next, next);
        segment.to = to;
        self.submit(segment)
    }

    fn submit(&mut self, segment: Segment) -> io::Result<()> {
        let is_full = match &mut self.method {
            Method::Npm(_, workers) => workers.submit(segment),
            Method::Fast(workers) => workers.submit(segment),
        };
        if is_full {
            self.write_oldest()?;
        }
        Ok(())
    }

    /// Writes what became of the oldest segment that was handed out, if there is one.
    fn write_oldest(&mut self) -> io::Result<bool> {
        let bytes = match &mut self.method {
            Method::Npm(splice, workers) => workers.next()?.map(|parsed| {
                splice.add(parsed);
                splice.take()
            }),
            Method::Fast(workers) => workers.next()?.transpose()?,
        };
        self.out.write_all(bytes.as_deref().unwrap_or_default())?;
        Ok(bytes.is_some())
    }
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.crc.update(bytes);
        while !bytes.is_empty() {
            let room = self.next.from + self.cut + MARGIN - self.next.text.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.next.text.extend_from_slice(now);
            bytes = later;
            if now.len() == room {
                self.advance()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes to a segment: every thread gets a few, and each is long beside the text that has to be looked at before it.
fn cut(expected: u64, threads: NonZero<usize>) -> usize {
    let share = usize::try_from(expected).unwrap_or(usize::MAX) / (2 * threads.get());
    share.next_multiple_of(REACH).clamp(2 * REACH, 8 * REACH)
}

/// Deflate, no flags, no time, "slowest algorithm", unknown operating system: npm keeps the machine out of the header.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
/// Less than this is compressed without a second thread.
const WORTH_A_THREAD: u64 = 1 << 16;
