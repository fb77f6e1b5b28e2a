// Shows folders of evidence to npm's verifier and prints a JSON object: folder -> "accepts" or "refuses: …".
// usage: node verify.cjs bundle-package verify-package folder…
const fs = require('node:fs')
const path = require('node:path')
const { createHash } = require('node:crypto')

const [bundlePackage, verifyPackage, ...folders] = process.argv.slice(2)
const { bundleFromJSON } = require(bundlePackage)
const { Verifier, toSignedEntity, toTrustMaterial } = require(verifyPackage)
const { TrustedRoot } = require('@sigstore/protobuf-specs')

function verify(folder) {
  const read = (name) => fs.readFileSync(path.join(folder, name))
  const json = (name) => JSON.parse(read(name))
  const { identity, issuer } = json('expected.json')
  const artifact = read('artifact')
  const bundle = bundleFromJSON(json('bundle.json'))
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(json('trusted_root.json'))))
  const exactly = `^${identity.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
  // An authority that verified no workflow names no issuer.
  const policy = { subjectAlternativeName: exactly, extensions: issuer === null ? undefined : { issuer } }
  verifier.verify(toSignedEntity(bundle, artifact), policy)
  // What an envelope is about is left to the caller; npm compares like this.
  if (bundle.content.$case === 'dsseEnvelope') {
    const [subject] = JSON.parse(bundle.content.dsseEnvelope.payload).subject
    if (subject.digest.sha512 !== createHash('sha512').update(artifact).digest('hex')) {
      throw Object.assign(new Error(), { code: 'SUBJECT' })
    }
  }
}

function verdict(folder) {
  try {
    verify(folder)
    return 'accepts'
  } catch (error) {
    return `refuses: ${error.code ?? error.name}`
  }
}

console.log(JSON.stringify(Object.fromEntries(folders.map((folder) => [path.basename(folder), verdict(folder)]))))
