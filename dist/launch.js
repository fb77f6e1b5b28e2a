// Finds the program for this runner, checks its SHA-256 against checksums.json beside this file, and becomes it.
//
// What is checked is what is started: a copy in a new folder that nobody else may enter, so whoever exchanges the file meanwhile exchanges
// nothing. Nothing is taken from PATH, no shell is involved, and nothing that was not checked is ever started. What hardly any start needs is
// loaded where it is needed. `benches/launch` says what this costs.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const LARGEST = 64 * 1024 * 1024;
const PIECE = 256 * 1024;
const REDIRECTS = 5;
const SECONDS = 120;
const FOLDER = 'certified-publish-program-';

/** Becomes the program; where a process cannot, waits for it, passes signals on, and ends as it does. */
async function launch(words) {
  try {
    const program = await ready();
    if (process.platform !== 'win32' && typeof process.execve === 'function') {
      process.execve(program, [program, ...words], process.env);
    }
    follow(require('node:child_process').spawn(program, words, { stdio: 'inherit', windowsHide: true }), program);
  } catch (error) {
    fail(error);
  }
}

/** Runs it to its end, then removes every copy that was made of it. */
async function cleanUp(words) {
  try {
    const ended = require('node:child_process').spawnSync(await ready(), words, { stdio: 'inherit', windowsHide: true });
    process.exitCode = ended.status ?? 1;
  } catch (error) {
    fail(error);
  }
  for (const name of fs.readdirSync(temporary()).filter((name) => name.startsWith(FOLDER))) {
    fs.rmSync(path.join(temporary(), name), { recursive: true, force: true });
  }
}

/** The path of a copy that was checked. */
async function ready() {
  const file = process.platform === 'win32' ? 'certified-publish.exe' : 'certified-publish';
  const program = path.join(fs.mkdtempSync(path.join(temporary(), FOLDER)), file);
  const built = development();
  if (built) await copy(built, program);
  else await released(program);
  fs.chmodSync(program, 0o500);
  return program;
}

/** Writes the release's program for this kind of machine there: from beside this file, from the runner's cache, or from the release. */
async function released(program) {
  const { version, programs } = table();
  const machine = `${process.platform}-${process.arch}`;
  const entry = programs[machine];
  if (!entry) {
    const known = Object.keys(programs).join(', ') || 'none';
    throw new Error(`there is no program for ${machine} in this release of the action, only: ${known}`);
  }
  const places = [path.join(__dirname, entry.file), cached(version, entry)].filter(Boolean);
  for (const place of places.filter(isProgram)) {
    if ((await copy(place, program)) === entry.sha256) return;
    fs.rmSync(program);
  }
  const bytes = await download(new URL(entry.url), REDIRECTS);
  const found = require('node:crypto').createHash('sha256').update(bytes).digest('hex');
  if (found !== entry.sha256) throw new Error(`${entry.url} is not what was released: expected ${entry.sha256}, found ${found}`);
  fs.writeFileSync(program, bytes, { flag: 'wx', mode: 0o400 });
  keep(cached(version, entry), bytes);
}

/** Answers with the SHA-256 of what it wrote. The copy is made while what computes it is loaded; both take about as long. */
async function copy(from, to) {
  const copied = new Promise((resolve, reject) => {
    fs.copyFile(from, to, fs.constants.COPYFILE_EXCL, (error) => (error ? reject(error) : resolve()));
  });
  const hash = require('node:crypto').createHash('sha256');
  await copied;
  // It came with the rights of what was copied.
  fs.chmodSync(to, 0o400);
  // Pieces that fit into the processor's cache take half the time of the whole.
  const piece = Buffer.allocUnsafe(PIECE);
  const file = fs.openSync(to);
  for (let size; (size = fs.readSync(file, piece)) > 0; ) hash.update(piece.subarray(0, size));
  fs.closeSync(file);
  return hash.digest('hex');
}

/**
 * A program that was just built, for those who work on it: only with a table that says `"development": true`, which no release has, and
 * never on a machine of GitHub's. Whoever can set a variable of a release's step gains nothing.
 */
function development() {
  const program = process.env.CERTIFIED_PUBLISH_PROGRAM;
  if (!program || !table().development || process.env.RUNNER_ENVIRONMENT === 'github-hosted') return undefined;
  return program;
}

function table() {
  return JSON.parse(fs.readFileSync(path.join(__dirname, 'checksums.json'), 'utf8'));
}

function cached(version, entry) {
  const cache = process.env.RUNNER_TOOL_CACHE;
  return cache && path.join(cache, 'certified-publish', version, process.arch, entry.sha256);
}

/** A cache is a favour: without it the program is fetched again, and what it gives is checked like everything else. */
function keep(place, bytes) {
  if (!place) return;
  try {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    const beside = `${place}.${require('node:crypto').randomUUID()}`;
    fs.writeFileSync(beside, bytes, { flag: 'wx', mode: 0o400 });
    fs.renameSync(beside, place);
  } catch {
    // A cache that cannot be written to.
  }
}

/** What cannot be read is not there: another user of the machine may have filled the cache. */
function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    const found = fs.statSync(file);
    return found.isFile() && found.size <= LARGEST;
  } catch {
    return false;
  }
}

function download(url, redirects) {
  return new Promise((resolve, reject) => {
    if (url.protocol !== 'https:') return reject(new Error(`${url.origin} is no https address`));
    const request = require('node:https').get(url, { headers: { 'user-agent': 'certified-publish' } }, (answer) => {
      const { statusCode: status, headers } = answer;
      if ([301, 302, 303, 307, 308].includes(status) && headers.location && redirects > 0) {
        answer.resume();
        return resolve(download(new URL(headers.location, url), redirects - 1));
      }
      if (status !== 200) return reject(new Error(`${url.origin}${url.pathname} answered ${status}`));
      const chunks = [];
      let size = 0;
      answer.on('data', (chunk) => {
        size += chunk.length;
        if (size > LARGEST) request.destroy(new Error(`${url.origin}${url.pathname} has more than ${LARGEST} bytes`));
        else chunks.push(chunk);
      });
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    });
    request.setTimeout(SECONDS * 1000, () => request.destroy(new Error(`${url.origin} is silent for ${SECONDS} seconds`)));
    request.on('error', reject);
  });
}

/** The runner stops a step by signals to this process alone. */
function follow(child, program) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']) {
    try {
      process.on(signal, () => child.kill(signal));
    } catch {
      // A signal that this system does not have.
    }
  }
  child.on('error', (error) => fail(new Error(`${program} cannot be started: ${error.message}`)));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));
}

function temporary() {
  return process.env.RUNNER_TEMP || os.tmpdir();
}

/** The runner reads commands from stdout; text of others must not end one and begin another. */
function fail(error) {
  const text = String(error.message).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  process.stdout.write(`::error title=certified-publish%3A action/program::${text}%0Ahelp: use a released version of the action, by its tag or commit\n`);
  process.exitCode = 50;
}

module.exports = { cleanUp, download, launch };
