'use strict'
// What npm sees in tarballs: one JSON line for each, in the order of their names, with every entry of it as npm's own reader
// (the `tar` inside npm) gives it out. One process for all of them.
//   node list.js FOLDER
const { execFileSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const { readdirSync } = require('node:fs')
const { join } = require('node:path')

const globally = execFileSync('npm', ['root', '--global', '--silent'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
const tar = require(join(globally.trim(), 'npm', 'node_modules', 'tar'))
const folder = process.argv[2]

for (const name of readdirSync(folder).sort()) {
  const entries = []
  const warnings = []
  const onReadEntry = entry => {
    const hash = createHash('sha256')
    const isDirectory = entry.type === 'Directory'
    const listed = {
      path: isDirectory ? entry.path.replace(/\/$/, '') : entry.path,
      // Of the days before ustar: a file whose type is a NUL.
      type: entry.type === 'OldFile' ? 'File' : entry.type,
      size: 0,
      mode: entry.mode
    }
    entries.push(listed)
    entry.on('data', bytes => {
      hash.update(bytes)
      listed.size += bytes.length
    })
    entry.on('end', () => { listed.sha256 = hash.digest('hex') })
  }
  try {
    tar.list({ file: join(folder, name), sync: true, onReadEntry, onwarn: (code, message) => warnings.push(`${code}: ${message}`) })
  } catch (error) {
    warnings.push(`throws ${error.message}`)
  }
  console.log(JSON.stringify({ name, entries, warnings }))
}
